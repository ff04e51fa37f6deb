"""Which coupon is meant by a code, and how is it kept to ourselves until the transaction ends?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, case, func, select, union_all, update

from campaigns.coupon import normalise
from campaigns.offer import Offer
from campaigns.order import OrderState
from store import offers
from store.schema import coupons, orders, partners
from store.sets import among, is_postgresql

CANCELLED = (OrderState.CANCELLED, OrderState.REFUNDED, OrderState.DELETED)
"""What rolls an order's coupons back."""


@dataclass(frozen=True, slots=True)
class Coupon:
    """A code with the terms that it was issued with."""

    id: int
    code: str
    offer_id: int
    offer: Offer
    valid_from: date | None
    valid_until: date
    voided: bool
    uses: int
    most_uses: int | None
    customer_id: int | None
    letter_id: int | None
    partner_id: int | None
    partner_is_active: bool
    partner_email: str
    partner_customer_id: int | None
    """The partner's own record as a buyer."""

    @property
    def is_used_up(self) -> bool:
        """No use is left."""
        return self.most_uses is not None and self.uses >= self.most_uses


def find(connection: Connection, code: str) -> Coupon | None:
    """The coupon of a code, however it is typed."""
    return _one(connection, _BY_KEY, code)


def locked(connection: Connection, code: str) -> Coupon | None:
    """The same, and until the transaction ends nobody else has it: every limit of a coupon is kept by this lock (SQLite has its write lock)."""
    return _one(connection, _LOCKED, code)


class ForAnOrder(NamedTuple):
    """A coupon, and what is known of the order that wants it."""

    coupon: Coupon
    is_cancelled: bool
    """The shop has said so, of the order of this key or of all that have this number."""


def locked_for(connection: Connection, code: str, source: str, order_ref: str) -> ForAnOrder | None:
    """The same, and nobody else gives this order another coupon meanwhile: two that do not go together must see each other."""
    names = {"key": normalise(code), "of_source": source, "ref": order_ref}
    if is_postgresql(connection):
        row = connection.execute(_LOCKED_WITH_ORDER, {**names, "order": f"{source}\n{order_ref}"}).one_or_none()
    else:
        row = connection.execute(_LOCKED_FOR, names).one_or_none()
    return ForAnOrder(_to_coupon(row), bool(row.is_cancelled)) if row else None


def locked_by_key(connection: Connection, keys: Collection[str]) -> dict[str, Coupon]:
    """Normalised code -> coupon, locked in the order of their numbers: two who need several never wait for each other in a ring."""
    query = _QUERY.add_columns(coupons.c.code_key).where(among(connection, coupons.c.code_key, keys)).order_by(coupons.c.id)
    return {row.code_key: _to_coupon(row) for row in connection.execute(query.with_for_update(of=coupons, key_share=True))} if keys else {}


def lock(connection: Connection, ids: Collection[int]) -> None:
    """Keep coupons to ourselves by number, in the order of their numbers."""
    if ids:
        connection.execute(select(coupons.c.id).where(among(connection, coupons.c.id, ids)).order_by(coupons.c.id).with_for_update(key_share=True)).all()


def by_id(connection: Connection, coupon_ids: Collection[int]) -> dict[int, Coupon]:
    """The coupons of these numbers."""
    return {row.id: _to_coupon(row) for row in connection.execute(_QUERY.where(among(connection, coupons.c.id, coupon_ids)))} if coupon_ids else {}


def take(connection: Connection, coupon_id: int) -> bool:
    """Count one more use; False, and nothing changes, where none is left or the coupon is void: this statement decides, whoever asks at once."""
    return bool(connection.execute(_TAKE, {"its": coupon_id}).rowcount)


def take_as_fact(connection: Connection, coupon_id: int) -> bool:
    """The same for an order that the shop has granted already: void or not."""
    return bool(connection.execute(_TAKE_AS_FACT, {"its": coupon_id}).rowcount)


def give_back(connection: Connection, coupon_id: int) -> None:
    """Count one use less."""
    connection.execute(update(coupons).where(coupons.c.id == coupon_id).values(uses=coupons.c.uses - 1))


_TABLE = coupons.c
_QUERY: Select[Any] = select(
    _TABLE.id, _TABLE.code, _TABLE.offer_id, _TABLE.terms, _TABLE.valid_from, _TABLE.valid_until, _TABLE.voided, _TABLE.uses, _TABLE.most_uses,
    _TABLE.customer_id, _TABLE.letter_id, _TABLE.partner_id, func.coalesce(partners.c.is_active, True).label("partner_is_active"),
    func.coalesce(partners.c.email, "").label("partner_email"), partners.c.own_customer_id,
).select_from(coupons.outerjoin(partners, partners.c.id == _TABLE.partner_id))  # fmt: skip


_BY_KEY = _QUERY.where(_TABLE.code_key == bindparam("key"))  # statements are made once: making one costs more than asking it
_LOCKED = _BY_KEY.with_for_update(of=coupons, key_share=True)
_STATES = [select(orders.c.state).where(orders.c.source == bindparam("of_source"), name == bindparam("ref")) for name in (orders.c.source_id, orders.c.number)]
_STATE = union_all(*_STATES).subquery()
_IS_CANCELLED = select(func.min(case((_STATE.c.state.in_(CANCELLED), 1), else_=0))).scalar_subquery()
_LOCKED_FOR = _LOCKED.add_columns(_IS_CANCELLED.label("is_cancelled"))
_LOCKED_WITH_ORDER = _LOCKED_FOR.add_columns(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("order"), 0)).label("order_lock"))
_FREE = _TABLE.most_uses.is_(None) | (_TABLE.uses < _TABLE.most_uses)
_TAKE_AS_FACT = update(coupons).where(_TABLE.id == bindparam("its"), _FREE).values(uses=_TABLE.uses + 1)
_TAKE = _TAKE_AS_FACT.where(_TABLE.voided.is_(False))


def _one(connection: Connection, query: Select[Any], code: str) -> Coupon | None:
    row = connection.execute(query, {"key": normalise(code)}).one_or_none()
    return _to_coupon(row) if row else None


def _to_coupon(row: Row[Any]) -> Coupon:
    return Coupon(
        row.id, row.code, row.offer_id, offers.offer_of(row.terms), row.valid_from, row.valid_until, row.voided, row.uses, row.most_uses,
        row.customer_id, row.letter_id, row.partner_id, bool(row.partner_is_active), row.partner_email, row.own_customer_id,
    )  # fmt: skip
