"""How is a campaign written down so that it can be read again as long as there are letters of it?"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from campaigns.campaign import Campaign, Limits, Step
from campaigns.errors import InvalidCampaign
from campaigns.kinds import AUDIENCES, Audience, CampaignKind, Counted, Product, ProductField, Reorder, Scanned, Segment, Who


def version(campaign: Campaign) -> str:
    """The content hash: equal definitions have equal versions."""
    return hashlib.sha256(json.dumps(as_dict(campaign), sort_keys=True).encode()).hexdigest()


def as_dict(campaign: Campaign) -> dict[str, Any]:
    """The definition as JSON can hold it."""
    plain: dict[str, Any] = _plain({field.name: getattr(campaign, field.name) for field in fields(campaign)} | {"kind": campaign.kind})
    return plain


def _plain(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case Mapping():
            return {name: _plain(each) for name, each in value.items()}
        case tuple() | list():
            return [_plain(each) for each in value]
        case _ if hasattr(value, "__dataclass_fields__"):
            return _plain(asdict(value))
        case _:
            return value


def from_dict(definition: Mapping[str, Any]) -> Campaign:
    """The way back from ``as_dict``, of older versions too; raises InvalidCampaign for what can no longer work."""
    try:
        return _from_dict(definition)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidCampaign(f"This campaign definition cannot be read ({type(error).__name__}: {error}): save the campaign again.") from error


def _from_dict(definition: Mapping[str, Any]) -> Campaign:
    return Campaign(
        slug=definition["slug"],
        name=definition["name"],
        landing_url=definition["landing_url"],
        steps=tuple(Step(**step) for step in definition["steps"]),
        audience=_audience(CampaignKind(definition["kind"]), dict(definition["audience"])),
        limits=_limits(dict(definition["limits"])),
        default_language=definition["default_language"],
        active=definition.get("active", True),
    )


def _limits(values: dict[str, Any]) -> Limits:
    return Limits(**values | {"countries": tuple(values["countries"])} | _dates(values, "earliest", "latest"))


def _audience(kind: CampaignKind, values: dict[str, Any]) -> Audience:
    if kind is CampaignKind.REORDER:
        return Reorder(**values | {"counted": Counted(values["counted"])})
    if kind is CampaignKind.SEGMENT:
        return _segment(values)
    return AUDIENCES[kind](**values)


def _segment(values: dict[str, Any]) -> Segment:
    lists = {name: tuple(values[name]) for name in ("countries", "postcodes", "languages", "tags", "platforms")}
    products = {name: tuple(Product(ProductField(one["field"]), one["text"]) for one in values[name]) for name in ("bought", "not_bought")}
    words = {"who": Who(values["who"]), "scanned": Scanned(values["scanned"])}
    return Segment(**values | lists | products | words | _dates(values, "first_order_from", "first_order_until"))


def _dates(values: Mapping[str, Any], *names: str) -> dict[str, date | None]:
    return {name: date.fromisoformat(values[name]) if values.get(name) else None for name in names}
