"""Which coupon rules has the shop saved?"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, Row, select

from campaigns.offer import Offer, OfferKind
from store.schema import offers
from store.upsert import upsert


def save(connection: Connection, offer: Offer, now: datetime) -> None:
    """Create the offer or change its terms; codes that are already printed keep the terms they were printed with."""
    upsert(connection, offers, ("slug",), [asdict(offer) | {"saved_at": now}])


def by_slug(connection: Connection, slugs: Iterable[str]) -> dict[str, tuple[int, Offer]]:
    """Slug -> id and offer, for those that exist."""
    rows = connection.execute(select(offers).where(offers.c.slug.in_(set(slugs))))
    return {row.slug: (row.id, _to_offer(row)) for row in rows}


def slugs(connection: Connection) -> list[str]:
    """All offers by name."""
    return list(connection.execute(select(offers.c.slug).order_by(offers.c.slug)).scalars())


def _to_offer(row: Row[tuple[object, ...]]) -> Offer:
    return Offer(row.slug, row.name, OfferKind(row.kind), row.value, row.currency, row.minimum_order_cents, row.valid_days)
