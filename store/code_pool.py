"""Which codes of another system are left for an offer, and how does a letter take one, or give it back?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, exists, func, or_, select, update

from campaigns.letter import CouponGrant
from campaigns.offer import Offer
from store import issuing, offers
from store.errors import WrongState
from store.issuing import OWN
from store.schema import coupon_events, coupons, redemptions, sign_up_codes, uploaded_codes

_LEFT = (
    *(coupons.c.letter_id.is_(None), coupons.c.customer_id.is_(None), coupons.c.partner_id.is_(None)),
    *(coupons.c.voided.is_(False), coupons.c.uses == 0, coupons.c.source != OWN),
)
"""Imported codes that nobody has, nor has used: somebody who was told of one may have redeemed it already."""


@dataclass(frozen=True, slots=True)
class PoolCode:
    """An imported code that belongs to nobody yet."""

    id: int
    code: str
    valid_until: date


def left(connection: Connection, offer_id: int, least: date, limit: int) -> list[PoolCode]:
    """At most ``limit`` codes of the offer that are good until ``least`` or longer; the one to take first comes last, it ends soonest.

    Whoever means to take them holds the selection's lock (store.audience).
    """
    table = coupons.c
    query = select(table.id, table.code, table.valid_until).where(table.offer_id == offer_id, *_LEFT, table.valid_until >= least)
    rows = connection.execute(query.order_by(table.valid_until, table.id).limit(limit)).all()
    return [PoolCode(*row) for row in reversed(rows)]


def count(connection: Connection, offer_id: int, least: date) -> int:
    """How many codes of the offer are left that are good until ``least`` or longer."""
    query = select(func.count()).where(coupons.c.offer_id == offer_id, *_LEFT, coupons.c.valid_until >= least)
    return int(connection.execute(query).scalar_one())


@dataclass(frozen=True, slots=True)
class Taking:
    """A letter that takes an imported code."""

    coupon_id: int
    letter_id: int
    customer_id: int
    grant: CouponGrant


def take(connection: Connection, takings: Sequence[Taking], now: datetime) -> None:
    """Give codes to letters, with the terms that are printed; raises WrongState if one of them is not free any more."""
    if not takings:
        return
    kept = {name: bindparam(f"its_{name}", type_=coupons.c[name].type) for name in ("terms", "valid_from", "most_uses")}
    new = {"letter_id": bindparam("letter"), "customer_id": bindparam("customer"), "issued_at": now} | kept
    rows = [_taking_row(one) for one in takings]
    taken = connection.execute(update(coupons).where(coupons.c.id == bindparam("its"), *_LEFT).values(new), rows).rowcount
    if taken != len(takings):
        raise WrongState(f"{len(takings) - taken} imported code(s) were taken by somebody else meanwhile: run this again.")


def _taking_row(one: Taking) -> dict[str, Any]:
    bound = {f"its_{name}": value for name, value in issuing.bound(one.grant.offer).items()}
    return {"its": one.coupon_id, "letter": one.letter_id, "customer": one.customer_id} | bound


def release(connection: Connection, letter_ids: Select[Any]) -> None:
    """Letters are not going to be printed: codes of our own are void, imported ones are free for another letter."""
    theirs, own = coupons.c.letter_id.in_(letter_ids), coupons.c.source == OWN
    connection.execute(update(coupons).where(theirs, own).values(voided=True))
    connection.execute(update(coupons).where(theirs, ~own).values(letter_id=None, customer_id=None))


def forget(connection: Connection, letter_ids: Select[Any]) -> None:
    """Letters are to be deleted: codes of our own go with them, imported ones are free for another letter.

    One that somebody has asked about or used stays, void and nobody's: its history hangs on it.
    """
    release(connection, letter_ids)
    has_history = or_(*(exists().where(table.c.coupon_id == coupons.c.id) for table in (coupon_events, redemptions, sign_up_codes)))
    connection.execute(update(coupons).where(coupons.c.letter_id.in_(letter_ids), has_history).values(letter_id=None, customer_id=None))
    connection.execute(delete(uploaded_codes).where(uploaded_codes.c.coupon_id.in_(select(coupons.c.id).where(coupons.c.letter_id.in_(letter_ids)))))
    connection.execute(delete(coupons).where(coupons.c.letter_id.in_(letter_ids)))


@dataclass(frozen=True, slots=True)
class Issued:
    """A code that somebody has, and under which terms."""

    offer_id: int
    offer: Offer
    valid_until: date
    is_own: bool


def issued(connection: Connection, code: str) -> Issued:
    """The terms of a code that is printed in a letter."""
    table = coupons.c
    row = connection.execute(select(table.offer_id, table.terms, table.valid_until, table.source).where(table.code == code)).one()
    return Issued(row.offer_id, offers.offer_of(row.terms), row.valid_until, row.source == OWN)
