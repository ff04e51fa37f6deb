"""Which coupon rules has the shop saved?"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from campaigns.offer import CodeSource, Offer, OfferKind
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


def terms_of(offer: Offer) -> dict[str, Any]:
    """The rule as a JSON document: what a coupon keeps of it, so that a later change of the rule changes no code that is printed."""
    return asdict(offer) | {"valid_until": offer.valid_until.isoformat() if offer.valid_until else None}


def offer_of(terms: Mapping[str, Any]) -> Offer:
    """The way back from ``terms_of``, also for codes issued before offers had a last day or codes from elsewhere."""
    last_day = terms.get("valid_until")
    return Offer(
        **{
            **terms,
            "kind": OfferKind(terms["kind"]),
            "valid_until": date.fromisoformat(last_day) if last_day else None,
            "codes": CodeSource(terms.get("codes", CodeSource.GENERATED)),
        }
    )


def _to_offer(row: Row[tuple[Any, ...]]) -> Offer:
    kind, codes = OfferKind(row.kind), CodeSource(row.codes)
    return Offer(row.slug, row.name, kind, row.value, row.currency, row.minimum_order_cents, row.valid_days, row.valid_until, codes)
