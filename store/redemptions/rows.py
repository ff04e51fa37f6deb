"""Which redemptions are there, by order, coupon or person?"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, exists, select, update

from campaigns.checkout import RedemptionState
from store.redemptions.asking import Redemption, to_redemption
from store.schema import coupons, orders, redemptions

_QUERY: Select[Any] = select(redemptions, coupons.c.code, coupons.c.valid_until, coupons.c.uses, coupons.c.most_uses).join(
    coupons, coupons.c.id == redemptions.c.coupon_id
)
_NEWEST = redemptions.c.id.desc()
_SOURCE: BindParameter[str] = bindparam("of_source")
_REF: BindParameter[str] = bindparam("ref")
_NAMED_SO = (redemptions.c.source == _SOURCE, redemptions.c.order_ref == _REF)
_NAMED = select(redemptions.c.id).where(*_NAMED_SO)
_SAME_ORDER = select(redemptions.c.id).where(redemptions.c.order_id.in_(select(redemptions.c.order_id).where(*_NAMED_SO)))
_CAME_IN = select(redemptions.c.id).join(orders, orders.c.id == redemptions.c.order_id).where(orders.c.source == _SOURCE)
_OTHER = orders.alias("other")
_ANOTHER = [
    exists().where(_OTHER.c.source == _SOURCE, name == _REF, _OTHER.c.id != orders.c.id).correlate(orders)
    for name in (_OTHER.c.source_id, _OTHER.c.number)
]  # fmt: skip
_BY_KEY = _CAME_IN.where(orders.c.source_id == _REF)
_BY_NUMBER = _CAME_IN.where(orders.c.number == _REF, *(~another for another in _ANOTHER))
_BY_ORDER = (
    _QUERY.add_columns(orders.c.source_id.label("order_key"))
    .outerjoin(orders, orders.c.id == redemptions.c.order_id)
    .where(redemptions.c.id.in_(_NAMED.union(_SAME_ORDER, _BY_KEY, _BY_NUMBER)))
    .order_by(redemptions.c.id)
)
_BY_ID = _QUERY.where(redemptions.c.id == bindparam("its"))


def by_order(connection: Connection, source: str, order_ref: str) -> list[Redemption]:
    """The coupons of an order, first used first.

    ``order_ref`` is what the checkout called it, else the shop's key of an order that has come in, else its number if no other order of
    the shop goes by that: nobody's coupon is shown or rolled back for an order that happens to have the same number.
    """
    found = connection.execute(_BY_ORDER, {"of_source": source, "ref": order_ref}).all()
    named = [row for row in found if row.source == source and row.order_ref == order_ref]
    meant = {row.order_id for row in named if row.order_id} or {row.order_id for row in found if row.order_key == order_ref and row.order_id}
    meant = meant or {row.order_id for row in found if row.order_id}
    return [to_redemption(row) for row in found if row in named or row.order_id in meant]


def is_named(connection: Connection, source: str, order_ref: str) -> bool:
    """Whether an order has this name already."""
    return bool(connection.execute(select(exists(_NAMED)), {"of_source": source, "ref": order_ref}).scalar_one())


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
