"""How is a code given out under an offer: what is stored with it, and how are many drawn in advance?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, literal, select, true

from campaigns.coupon import new_codes, normalise
from campaigns.errors import InvalidOffer
from campaigns.offer import CodeSource, Offer
from store import offers
from store.schema import coupons
from store.sets import each
from store.upsert import insert_for

OWN = "postillion"
"""Source of the codes that we drew ourselves."""


def bound(offer: Offer) -> dict[str, Any]:
    """What a code under the offer is bound to from the day it is given out: the terms as they stand now, its first day and how often it is good."""
    return {"terms": offers.terms_of(offer), "valid_from": offer.valid_from, "most_uses": offer.uses}


def row(code: str, offer_id: int, offer: Offer, last_day: date, now: datetime, **more: Any) -> dict[str, Any]:
    """A new row of the table of coupons; ``more`` says whose it is."""
    return {"code": code, "code_key": normalise(code), "offer_id": offer_id, **bound(offer), "valid_until": last_day, "issued_at": now, "source": OWN} | more


def draw(connection: Connection, offer_id: int, offer: Offer, count: int, last_day: date, now: datetime) -> list[str]:
    """``count`` fresh codes for nobody in particular, stored: to print on flyers, to give out in a shop.

    The unique key decides: a code that was issued before is drawn again.  Raises InvalidOffer for an offer that such codes cannot be of.
    """
    if wrong := cannot_draw(offer):
        raise InvalidOffer(wrong)
    stored: list[str] = []
    while len(stored) < count:
        stored += _store(connection, list(new_codes(count - len(stored), offer.prefix)), row("", offer_id, offer, last_day, now))
    return stored


def _store(connection: Connection, fresh: Sequence[str], same: Mapping[str, Any]) -> Sequence[str]:
    """Store those codes that nobody has, in one statement: what is the same for all of them is sent once."""
    code = each(connection, fresh)
    names = [name for name in same if name not in ("code", "code_key")]
    values = [literal(same[name], coupons.c[name].type) for name in names]
    rows = select(code, func.replace(code, "-", ""), *values).where(true())  # SQLite reads ON CONFLICT behind a bare SELECT as part of a join
    statement = insert_for(connection, coupons).from_select(["code", "code_key", *names], rows)
    return connection.execute(statement.on_conflict_do_nothing().returning(coupons.c.code)).scalars().all()


def cannot_draw(offer: Offer) -> str:
    """Why no codes can be drawn in advance under the offer; empty where they can."""
    if offer.codes is CodeSource.IMPORTED:
        return f"The codes of offer {offer.slug!r} come from another system: import them, or save an offer whose codes are generated."
    if offer.codes is CodeSource.SHOPIFY:
        return f"The codes of offer {offer.slug!r} are created in your shop together with letters: save an offer whose codes are generated, without Shopify."
    if offer.personal:
        return f"Offer {offer.slug!r} is personal, and a code of nobody's is good for nobody: let letters give it, or import codes with their customers."
    if offer.for_partners:
        return f"Offer {offer.slug!r} is for partners: they derive its codes themselves."
    return ""


@dataclass(frozen=True, slots=True)
class DrawnCode:
    """A code that was drawn in advance."""

    code: str
    valid_from: date | None
    valid_until: date
    uses: int
    most_uses: int | None


def of_partners(connection: Connection, offer_id: int) -> int:
    """How many codes partners have made under an offer."""
    query = select(func.count()).where(coupons.c.offer_id == offer_id, coupons.c.partner_id.is_not(None), coupons.c.voided.is_(False))
    return connection.execute(query).scalar_one()


def drawn(connection: Connection, offer_id: int) -> list[DrawnCode]:
    """The codes that were drawn in advance under an offer and are not void, oldest first."""
    table = coupons.c
    nobodys = (table.offer_id == offer_id, table.letter_id.is_(None), table.customer_id.is_(None), table.source == OWN, table.voided.is_(False))
    query = select(table.code, table.valid_from, table.valid_until, table.uses, table.most_uses).where(*nobodys).order_by(table.id)
    return [DrawnCode(*one) for one in connection.execute(query)]
