"""Which coupon rules has the shop saved?"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from campaigns import offer_terms
from campaigns.offer import Offer
from store.schema import offers
from store.upsert import upsert

_COLUMNS = frozenset(column.name for column in offers.c) - {"id", "saved_at", "rules"}
"""Fields with a column of their own; the others are in the column ``rules``."""


def save(connection: Connection, offer: Offer, now: datetime) -> None:
    """Create the offer or change its terms; codes that are already printed keep the terms they were printed with."""
    row = {name: getattr(offer, name) for name in _COLUMNS}
    rules = {name: value for name, value in terms_of(offer).items() if name not in _COLUMNS}
    upsert(connection, offers, ("slug",), [row | {"rules": rules, "saved_at": now}])


def changes(before: Offer | None, after: Offer) -> str:
    """What saving ``after`` changes, field by field, for the audit log; empty where nothing does."""
    old, new = terms_of(before) if before else {}, terms_of(after)
    names = [name for name in dict.fromkeys((*new, *old)) if old.get(name) != new.get(name)]
    return ", ".join(f"{name} {old.get(name, '–')} → {new.get(name, '–')}" if before else f"{name} {new[name]}" for name in names)


def by_slug(connection: Connection, slugs: Iterable[str]) -> dict[str, tuple[int, Offer]]:
    """Slug -> id and offer, for those that exist."""
    rows = connection.execute(select(offers).where(offers.c.slug.in_(set(slugs))))
    return {row.slug: (row.id, _to_offer(row)) for row in rows}


def every(connection: Connection) -> dict[str, Offer]:
    """All offers by slug, in the order of their names."""
    return {row.slug: _to_offer(row) for row in connection.execute(select(offers).order_by(offers.c.slug))}


def slugs(connection: Connection) -> list[str]:
    """All offers by name."""
    return list(connection.execute(select(offers.c.slug).order_by(offers.c.slug)).scalars())


def terms_of(offer: Offer) -> dict[str, Any]:
    """The rule as a JSON document: what a coupon keeps of it, so that a later change of the rule changes no code that is printed."""
    return offer_terms.as_dict(offer)


def offer_of(terms: Mapping[str, Any]) -> Offer:
    """The way back from ``terms_of``, also for codes issued before offers had rules of who, for what and when."""
    return offer_terms.from_dict(terms)


def _to_offer(row: Row[Any]) -> Offer:
    return offer_terms.from_dict({name: row._mapping[name] for name in _COLUMNS} | row.rules)
