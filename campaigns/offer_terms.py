"""How is an offer written as a JSON document, and read again?"""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, time
from typing import Any

from campaigns.offer import Articles, CodeSource, Offer, OfferKind, TimeWindow

_FIELDS = frozenset(field.name for field in fields(Offer))
_ALWAYS = frozenset({"minimum_order_cents", "uses", "uses_per_customer"})
"""Fields of which nothing, or none, is something to say."""


def as_dict(offer: Offer) -> dict[str, Any]:
    """The offer as JSON can hold it: days and hours as ISO 8601; a rule that it does not have is left out, for every code carries its terms."""
    windows = [{"weekdays": list(one.weekdays), "start": one.start.isoformat(), "end": one.end.isoformat()} for one in offer.windows]
    days = {name: day and day.isoformat() for name, day in (("valid_from", offer.valid_from), ("valid_until", offer.valid_until))}
    listed = {"windows": windows, "vat_rates": list(offer.vat_rates), "only": _listed(offer.only), "never": _listed(offer.never)}
    return {name: value for name, value in {**asdict(offer), **days, **listed}.items() if name in _ALWAYS or value not in (None, "", [], False)}


def from_dict(stored: Mapping[str, Any]) -> Offer:
    """The way back; rules that are not there, as in documents of before they existed, do not hold."""
    days = {name: _day(stored.get(name)) for name in ("valid_from", "valid_until")}
    windows = tuple(TimeWindow(tuple(one["weekdays"]), time.fromisoformat(one["start"]), time.fromisoformat(one["end"])) for one in stored.get("windows", ()))
    read = {
        **days,
        "kind": OfferKind(stored["kind"]),
        "codes": CodeSource(stored.get("codes", CodeSource.GENERATED)),
        "windows": windows,
        "vat_rates": tuple(stored.get("vat_rates", ())),
        "only": _chosen(stored.get("only")),
        "never": _chosen(stored.get("never")),
    }
    return Offer(**{name: value for name, value in stored.items() if name in _FIELDS} | read)


def _listed(articles: Articles | None) -> dict[str, list[str]] | None:
    return None if articles is None else {"skus": list(articles.skus), "categories": list(articles.categories)}


def _chosen(stored: Mapping[str, Any] | None) -> Articles | None:
    return None if stored is None else Articles(tuple(stored["skus"]), tuple(stored["categories"]))


def _day(stored: str | date | None) -> date | None:
    return date.fromisoformat(stored) if isinstance(stored, str) else stored
