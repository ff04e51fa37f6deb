"""Which coupon is meant by a code, and how is it kept to ourselves until the transaction ends?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, CompoundSelect, Connection, Row, Select, Text, bindparam, func, select, union, update

from campaigns.coupon import normalise
from campaigns.offer import Offer
from campaigns.order import OrderState
from store import offers
from store.schema import coupons, orders, partners
from store.sets import among, is_postgresql, one_of, values

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

    @property
    def uses_left(self) -> int | None:
        """None: without end."""
        return None if self.most_uses is None else self.most_uses - self.uses

    @property
    def is_counted_by_person(self) -> bool:
        """One person may use it less often than all together."""
        return self.offer.uses_per_customer is not None and self.most_uses != 1

    @property
    def depends_on_buyer(self) -> bool:
        """Some rule of it asks who the buyer is."""
        return self.is_counted_by_person or self.offer.personal or self.offer.new_customers_only or self.partner_id is not None


def find(connection: Connection, code: str) -> Coupon | None:
    """The coupon of a code, however it is typed."""
    return _one(connection, _BY_KEY, code)


def locked(connection: Connection, code: str) -> Coupon | None:
    """The same, and until the transaction ends nobody else has it: every limit of a coupon is kept by this lock (SQLite has its write lock)."""
    return _one(connection, _LOCKED, code)


def by_key(connection: Connection, keys: Collection[str]) -> dict[str, Coupon]:
    """Normalised code -> coupon."""
    return _keyed(connection, _by_keys(is_postgresql(connection)), keys)


def locked_by_key(connection: Connection, keys: Collection[str]) -> dict[str, Coupon]:
    """The same, locked in the order of their numbers: two who need several never wait for each other in a ring."""
    return _keyed(connection, _locked_by_keys(is_postgresql(connection)), keys)


def lock_orders(connection: Connection, source: str, order_refs: Collection[str]) -> None:
    """Keep orders to ourselves, in the order of their names: two coupons of one that do not go together must see each other.

    Whoever needs coupons as well takes them after this. SQLite has its write lock.
    """
    if is_postgresql(connection):
        connection.execute(_LOCK_ORDERS, {"names": [f"{source}\n{order_ref}" for order_ref in sorted(order_refs)]})


class CameIn(NamedTuple):
    """An order that has come in, and whose it is."""

    source_id: str
    number: str
    customer_id: int | None
    email_key: str | None
    is_cancelled: bool
    """The shop has said so."""


def came_in(connection: Connection, source: str, order_refs: Collection[str]) -> list[CameIn]:
    """The orders that have one of these keys or numbers."""
    names = {"of_source": source, "refs": values(connection, order_refs)}
    return [CameIn(*row) for row in connection.execute(_came_in(is_postgresql(connection)), names)] if order_refs else []


def ids(connection: Connection, keys: Collection[str]) -> set[int]:
    """The numbers of the coupons of these normalised codes."""
    return set(connection.execute(select(coupons.c.id).where(among(connection, coupons.c.code_key, keys))).scalars()) if keys else set()


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
_LOCK_ORDERS = select(func.pg_advisory_xact_lock(func.hashtextextended(func.unnest(bindparam("names", type_=ARRAY(Text))).column_valued("name"), 0)))


@cache
def _by_keys(on_postgresql: bool) -> Select[Any]:
    return _QUERY.add_columns(_TABLE.code_key).where(one_of(on_postgresql, _TABLE.code_key, "keys")).order_by(_TABLE.id)


@cache
def _locked_by_keys(on_postgresql: bool) -> Select[Any]:
    return _by_keys(on_postgresql).with_for_update(of=coupons, key_share=True)


@cache
def _came_in(on_postgresql: bool) -> CompoundSelect[Any]:
    table = orders.c
    its = (table.source_id, table.number, table.customer_id, table.email_key, table.state.in_(CANCELLED).label("is_cancelled"))
    mine = table.source == bindparam("of_source")
    return union(*(select(*its).where(mine, one_of(on_postgresql, name, "refs")) for name in (table.source_id, table.number)))


_FREE = _TABLE.most_uses.is_(None) | (_TABLE.uses < _TABLE.most_uses)
_TAKE_AS_FACT = update(coupons).where(_TABLE.id == bindparam("its"), _FREE).values(uses=_TABLE.uses + 1)
_TAKE = _TAKE_AS_FACT.where(_TABLE.voided.is_(False))


def _keyed(connection: Connection, query: Select[Any], keys: Collection[str]) -> dict[str, Coupon]:
    return {row.code_key: _to_coupon(row) for row in connection.execute(query, {"keys": values(connection, keys)})} if keys else {}


def _one(connection: Connection, query: Select[Any], code: str) -> Coupon | None:
    row = connection.execute(query, {"key": normalise(code)}).one_or_none()
    return _to_coupon(row) if row else None


def _to_coupon(row: Row[Any]) -> Coupon:
    return Coupon(
        row.id, row.code, row.offer_id, offers.offer_of(row.terms), row.valid_from, row.valid_until, row.voided, row.uses, row.most_uses,
        row.customer_id, row.letter_id, row.partner_id, bool(row.partner_is_active), row.partner_email, row.own_customer_id,
    )  # fmt: skip
