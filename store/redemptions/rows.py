"""Which redemptions are there, by order, coupon or person?"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, select, union, update

from campaigns.checkout import RedemptionState
from store.redemptions.asking import Redemption, to_redemption
from store.schema import coupons, orders, redemptions
from store.sets import is_postgresql, one_of, values

_QUERY: Select[Any] = select(redemptions, coupons.c.code, coupons.c.valid_until, coupons.c.uses, coupons.c.most_uses).join(
    coupons, coupons.c.id == redemptions.c.coupon_id
)
_NEWEST = redemptions.c.id.desc()
_SOURCE: BindParameter[str] = bindparam("of_source")
_OTHER = orders.alias("other")
_IS_ONLY_ONE = ~union(*(
    select(_OTHER.c.id).where(_OTHER.c.source == _SOURCE, name == orders.c.number, _OTHER.c.id != orders.c.id).correlate(orders)
    for name in (_OTHER.c.source_id, _OTHER.c.number)
)).exists()  # fmt: skip
_BY_ID = _QUERY.where(redemptions.c.id == bindparam("its"))


@cache
def _by_orders(on_postgresql: bool) -> Select[Any]:
    """All that may be meant by some names of orders, with what tells whether it is."""
    named = select(redemptions.c.id, redemptions.c.order_id).where(redemptions.c.source == _SOURCE, one_of(on_postgresql, redemptions.c.order_ref, "refs"))
    these = named.cte("named")
    came_in = (select(orders.c.id).where(orders.c.source == _SOURCE, one_of(on_postgresql, name, "refs")) for name in (orders.c.source_id, orders.c.number))
    theirs = select(redemptions.c.id).where(redemptions.c.order_id.in_(union(select(these.c.order_id), *came_in)))
    told = (orders.c.source.label("of"), orders.c.source_id.label("key"), orders.c.number.label("number"), _IS_ONLY_ONE.label("is_only_one"))
    joined = _QUERY.add_columns(*told).outerjoin(orders, orders.c.id == redemptions.c.order_id)
    return joined.where(redemptions.c.id.in_(union(select(these.c.id), theirs))).order_by(redemptions.c.id)


def by_order(connection: Connection, source: str, order_ref: str) -> list[Redemption]:
    """The coupons of an order, first used first; which, see ``by_orders``."""
    return by_orders(connection, source, [order_ref])[order_ref]


def by_orders(connection: Connection, source: str, order_refs: Collection[str]) -> dict[str, list[Redemption]]:
    """Name -> the coupons of that order, first used first.

    A name is what the checkout called the order, else the shop's key of an order that has come in, else its number if no other order of
    the shop goes by that: nobody's coupon is shown or rolled back for an order that happens to have the same number.
    """
    query = _by_orders(is_postgresql(connection))
    found = connection.execute(query, {"of_source": source, "refs": values(connection, order_refs)}).all() if order_refs else []
    return {order_ref: _of_order(found, source, order_ref) if found else [] for order_ref in order_refs}


def _of_order(found: Sequence[Row[Any]], source: str, order_ref: str) -> list[Redemption]:
    named = {row.id for row in found if row.source == source and row.order_ref == order_ref}
    meant = {row.order_id for row in found if row.id in named and row.order_id} or {row.order_id for row in found if (row.of, row.key) == (source, order_ref)}
    meant = meant or {row.order_id for row in found if (row.of, row.number) == (source, order_ref) and row.is_only_one}
    return [to_redemption(row) for row in found if row.id in named or row.order_id in meant]


def by_id(connection: Connection, redemption_id: int) -> Redemption | None:
    """One redemption; None for an unknown number."""
    row = connection.execute(_BY_ID, {"its": redemption_id}).one_or_none()
    return to_redemption(row) if row else None


def of_coupon(connection: Connection, coupon_id: int, limit: int = 200) -> list[Redemption]:
    """Who used a coupon, the newest first."""
    return _read(connection, _QUERY.where(redemptions.c.coupon_id == coupon_id).order_by(_NEWEST).limit(limit))


def of_customer(connection: Connection, customer_id: int, limit: int = 200) -> list[Redemption]:
    """What a person used, the newest first."""
    return _read(connection, _QUERY.where(redemptions.c.customer_id == customer_id).order_by(_NEWEST).limit(limit))


def expired(connection: Connection, now: datetime, limit: int, coupon_ids: Collection[int] | None = None) -> list[Redemption]:
    """Reservations whose time is over and that still hold a use, the oldest first."""
    table = redemptions.c
    query = _QUERY.where(table.state == RedemptionState.RESERVED, table.expires_at <= now)
    if coupon_ids is not None:
        query = query.where(table.coupon_id.in_(coupon_ids))
    return _read(connection, query.order_by(table.expires_at, table.id).limit(limit))


def where(connection: Connection, *conditions: Any) -> list[Redemption]:
    """Those of which all this holds, first used first."""
    return _read(connection, _QUERY.where(*conditions).order_by(redemptions.c.id))


def change(connection: Connection, redemption_id: int, **values: Any) -> None:
    """Write columns of one redemption."""
    connection.execute(update(redemptions).where(redemptions.c.id == redemption_id).values(values))


def _read(connection: Connection, query: Select[Any]) -> list[Redemption]:
    return [to_redemption(row) for row in connection.execute(query)]
