"""How is a saved campaign written as a file again?"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from campaigns.offer import Offer
from flows.forms import CampaignForm, OfferForm


def as_toml(form: CampaignForm, offers: Sequence[Offer]) -> str:
    """A campaign file (TOML) that reads as ``form`` and brings the offers along; fields without a value are left out."""
    values = form.model_dump(mode="json", exclude_none=True)
    audience, steps, limits = (values.pop(name) for name in ("audience", "steps", "limits"))
    tables = [("[audience]", audience), *(("[[steps]]", step) for step in steps), ("[limits]", limits), *(("[[offers]]", _offer(offer)) for offer in offers)]
    return "\n\n".join([_lines(values), *(f"{head}\n{_lines(table)}" for head, table in tables)])


def offer_as_toml(offer: Offer) -> str:
    """An offer file (TOML) that reads as ``offer``."""
    return _lines(_offer(offer))


def _offer(offer: Offer) -> dict[str, Any]:
    """What says the offer; of the many rules only those that it makes use of."""
    form = OfferForm.of(offer)
    always = form.model_dump(mode="json", include={"slug", "name", "kind", "value", "currency", "minimum_order", "valid_days", "codes"})
    return always | form.model_dump(mode="json", exclude_defaults=True)


def _lines(values: Mapping[str, Any]) -> str:
    limits = "cooldown_days" in values  # where no countries means everywhere, and to leave them out means the usual three
    return "\n".join(f"{name} = {_value(value)}" for name, value in values.items() if value not in ("", []) or limits)


def _value(value: Any) -> str:
    """Words of JSON are words of TOML; only tables look different."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_value(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)
