"""What do we know of a person when several sources have told it, each at times of its own?

One rule for imports, merges, their undoing and the desk: a person is described in parts (name, address, e-mail …), of each part
the newest telling counts, whole, and a blank tells nothing. So no letter mixes an old addition with a new street, the answer does
not depend on the order in which the records came, and a merge is undone by leaving the other's records out.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeAlias

from campaigns.address import Address
from campaigns.customer import Customer, Sex

DESK = "postillion:desk"
"""The source of what was edited in the desk; no shop can have a name with a colon."""
GUEST = "guest:"
"""Begins the source's key of a person who is known from orders alone."""


class Part(StrEnum):
    """What is replaced whole or not at all."""

    NUMBER = "number"
    EMAIL = "email"
    NAME = "name"
    ADDRESS = "address"
    SEX = "sex"
    LANGUAGE = "language"
    TAGS = "tags"


FIELDS = {
    Part.NUMBER: ("number",),
    Part.EMAIL: ("email",),
    Part.NAME: ("title", "first_name", "last_name", "company"),
    Part.ADDRESS: ("addition", "street", "postcode", "town", "country"),
    Part.SEX: ("sex",),
    Part.LANGUAGE: ("language",),
    Part.TAGS: ("tags",),
}
Value: TypeAlias = tuple[Any, ...]
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """All that one source has told of a person so far, whatever came first; ``record.changed_at`` is that of its newest telling."""

    record: Customer
    older: Mapping[Part, datetime | None] = field(default_factory=dict)
    """When it told the parts that its newest telling left blank."""
    sex_for: str = ""
    """The first name with which the sex was told: for another one it does not hold."""

    def at(self, part: Part) -> datetime | None:
        """When the part was told; None if the source does not say when."""
        return self.older.get(part, self.record.changed_at)


def values(record: Customer, sex_for: str | None = None) -> dict[Part, Value]:
    """The parts that the record does not leave blank."""
    return {part: value for part, value in _all_values(record, sex_for).items() if (value[0] if part is Part.SEX else any(value))}


def _all_values(record: Customer, sex_for: str | None) -> dict[Part, Value]:
    address = record.address
    return {
        Part.NUMBER: (record.number,),
        Part.EMAIL: (record.email.strip(),),
        Part.NAME: (address.title, address.first_name, address.last_name, address.company),
        Part.ADDRESS: (address.addition, address.street, address.postcode, address.town, address.country),
        Part.SEX: (record.sex, address.first_name if sex_for is None else sex_for),
        Part.LANGUAGE: (record.language,),
        Part.TAGS: (record.tags,),
    }


def _is_whole(part: Part, value: Value) -> bool:
    """An address without a street, or a title without a name, fills a blank and overwrites nothing."""
    return bool(value[1]) if part is Part.ADDRESS else any(value[1:]) if part is Part.NAME else True


def tell(known: Told | None, record: Customer) -> Told:
    """What the source has told with ``record`` added: newer parts replace older ones, an older record fills blanks only.

    Where one of two tellings does not say when it was made, the one that comes later counts. Of the times of registration the
    earliest is kept.
    """
    if known is None:
        record = record if record.email == record.email.strip() else replace(record, email=record.email.strip())
        return Told(record, sex_for=record.address.first_name if record.sex else "")
    parts, times = values(known.record, known.sex_for), {part: known.at(part) for part in Part}
    for part, value in values(record).items():
        if part not in parts or _is_whole(part, value) > _is_whole(part, parts[part]):
            parts[part], times[part] = value, record.changed_at
        elif _is_whole(part, value) == _is_whole(part, parts[part]) and not _is_older(record.changed_at, times[part]):
            parts[part], times[part] = value, record.changed_at or times[part]
    changed_at = max((moment for moment in (known.record.changed_at, record.changed_at) if moment), default=None)
    sex_for = str(parts[Part.SEX][1]) if Part.SEX in parts else ""
    registered_at = min((moment for moment in (known.record.registered_at, record.registered_at) if moment), default=None)
    whole = _customer(record.source, record.source_id, parts, registered_at, changed_at)
    return Told(whole, {part: times[part] for part in parts if times[part] != changed_at}, sex_for)


def only(record: Customer, parts: Collection[Part]) -> Customer:
    """The record without its other parts."""
    kept = {part: value for part, value in _all_values(record, None).items() if part in parts}
    return _customer(record.source, record.source_id, kept, None, None)


def _is_older(moment: datetime | None, than: datetime | None) -> bool:
    return moment is not None and than is not None and moment < than


def _customer(source: str, source_id: str, parts: Mapping[Part, Value], registered_at: datetime | None, changed_at: datetime | None) -> Customer:
    title, first_name, last_name, company = parts.get(Part.NAME, ("",) * 4)
    address = Address(company, title, first_name, last_name, *parts.get(Part.ADDRESS, ("",) * 5))
    (number,), (email,), (language,), (tags,) = (
        parts.get(part, (blank,)) for part, blank in ((Part.NUMBER, ""), (Part.EMAIL, ""), (Part.LANGUAGE, ""), (Part.TAGS, ()))
    )
    sex = parts.get(Part.SEX, (Sex.UNKNOWN,))[0]
    return Customer(source, source_id, number, email, sex, address, language, registered_at, tags, changed_at)


@dataclass(frozen=True, slots=True)
class Telling:
    """One source's words about a customer."""

    told: Told
    stored_at: datetime | None = None
    """When it came to us: it stands in where the source does not say when it was told."""
    parts: tuple[Part, ...] = ()
    """The parts that the desk has taken over, blank or not; empty for every other source."""

    @property
    def is_desk(self) -> bool:
        """Edited by hand."""
        return self.told.record.source == DESK

    @property
    def is_guest(self) -> bool:
        """Known from orders alone."""
        return self.told.record.source_id.startswith(GUEST)

    def values(self) -> dict[Part, Value]:
        """The parts that it tells."""
        record, sex_for = self.told.record, self.told.sex_for
        return {part: value for part, value in _all_values(record, sex_for).items() if part in self.parts} if self.is_desk else values(record, sex_for)

    def weight(self, part: Part, value: Value) -> tuple[Any, ...]:
        """The heaviest counts: the desk before accounts before guest orders, then the newest; the key keeps two of one time apart."""
        record = self.told.record
        at = self.told.at(part) or self.stored_at or LONG_AGO
        return self.is_desk, _is_whole(part, value), not self.is_guest, at, record.source, record.source_id


def combined(tellings: Sequence[Telling]) -> Customer:
    """The person as all sources together describe them.

    Tags of all sources add up, and the earliest registration counts. A sex holds only for the first name that it was told with.
    """
    told = [(telling, telling.values()) for telling in tellings]
    parts = {}
    for part in Part:
        giving = [(telling.weight(part, found[part]), found[part]) for telling, found in told if part in found]
        if giving:
            parts[part] = max(giving, key=lambda each: each[0])[1]
    by_desk = {part for telling in tellings for part in telling.parts}
    if Part.TAGS not in by_desk:
        parts[Part.TAGS] = (tuple(sorted({tag for _, found in told for tag in found.get(Part.TAGS, ((),))[0]})),)
    if Part.SEX not in by_desk:
        _drop_foreign_sex(parts)
    registered_at = min((telling.told.record.registered_at for telling in tellings if telling.told.record.registered_at), default=None)
    return _customer("postillion", "", parts, registered_at, None)


def _drop_foreign_sex(parts: dict[Part, Value]) -> None:
    """Another first name is another person at the same key: the old salutation must not stay."""
    if Part.SEX in parts and Part.NAME in parts:
        told_for, first_name = parts[Part.SEX][1], parts[Part.NAME][1]
        if told_for and first_name and told_for != first_name:
            del parts[Part.SEX]


# --- as JSON -----------------------------------------------------------------------------------------------------------


def told_as_dict(told: Told) -> dict[str, Any]:
    """What JSON can hold of it, without the blanks; source, key and ``changed_at`` stand beside it."""
    record = told.record
    address = record.address
    where = {
        "company": address.company,
        "title": address.title,
        "first_name": address.first_name,
        "last_name": address.last_name,
        "addition": address.addition,
        "street": address.street,
        "postcode": address.postcode,
        "town": address.town,
        "country": address.country,
    }
    found = {
        "number": record.number,
        "email": record.email.strip(),
        "sex": str(record.sex),
        "address": {name: value for name, value in where.items() if value},
        "language": record.language,
        "registered_at": record.registered_at.isoformat() if record.registered_at else "",
        "tags": list(record.tags),
        "older": {str(part): moment.isoformat() if moment else None for part, moment in told.older.items()},
        "sex_for": told.sex_for,
    }
    return {name: value for name, value in found.items() if value}


def told_from_dict(source: str, source_id: str, changed_at: datetime | None, found: Mapping[str, Any]) -> Told:
    """The other way round."""
    record = Customer(
        source,
        source_id,
        found.get("number", ""),
        found.get("email", ""),
        Sex(found.get("sex", "")),
        Address(**found.get("address", {})),
        found.get("language", ""),
        datetime.fromisoformat(found["registered_at"]) if "registered_at" in found else None,
        tuple(found.get("tags", ())),
        changed_at,
    )
    older = {Part(part): datetime.fromisoformat(moment) if moment else None for part, moment in found.get("older", {}).items()}
    return Told(record, older, found.get("sex_for", ""))
