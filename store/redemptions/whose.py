"""Which redemptions, made by a checkout or by an earlier import, are those of an order that has come in?"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, exists, or_, select

from campaigns.checkout import HOLDS_A_USE
from store.redemptions import rows
from store.redemptions.arrival import Arrival
from store.redemptions.asking import Redemption
from store.redemptions.buyer import Buyer
from store.redemptions.coupon import Coupon
from store.schema import orders, redemptions
from store.sets import among

_ONE_PURCHASE = timedelta(days=2)
"""Between the checkout and the order's own date: a transfer may take its time, and a file may give the day alone."""


def of_orders(connection: Connection, arrivals: Sequence[Arrival]) -> dict[int, list[Redemption]]:
    """Order -> its redemptions: those that are linked with it, else those that a checkout made under its key, or under a number of its own."""
    if not connection.execute(select(exists(select(redemptions.c.id)))).scalar_one():
        return {}
    ids = {arrival.order_id for arrival in arrivals}
    found: dict[int, list[Redemption]] = {}
    for one in rows.where(connection, among(connection, redemptions.c.order_id, ids)):
        found.setdefault(one.order_id or 0, []).append(one)
    names = {name for arrival in arrivals for name in (arrival.source_id, arrival.number) if name}
    sources = {arrival.source for arrival in arrivals}
    unlinked = rows.where(
        connection, redemptions.c.source.in_(sources), among(connection, redemptions.c.order_ref, names), redemptions.c.order_id.is_(None)
    )  # fmt: skip
    meant = _meant(connection, arrivals, {(one.source, one.order_ref) for one in unlinked})
    for one in unlinked:
        if order_id := meant.get((one.source, one.order_ref)):
            found.setdefault(order_id, []).append(one)
    return found


def _meant(connection: Connection, arrivals: Sequence[Arrival], names: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """(source, name) -> order: by its key, or by a number that no other order of the shop goes by."""
    by_key = {(arrival.source, arrival.source_id): arrival.order_id for arrival in arrivals}
    by_number = {(arrival.source, arrival.number): arrival.order_id for arrival in arrivals if (arrival.source, arrival.number) in names}
    for column in (orders.c.number, orders.c.source_id) if by_number else ():
        mine = (orders.c.source.in_({source for source, _ in by_number}), among(connection, column, {name for _, name in by_number}))
        for row in connection.execute(select(orders.c.id, orders.c.source, column.label("name")).where(*mine)):
            if by_number.get((row.source, row.name), row.id) != row.id:
                del by_number[row.source, row.name]
    return by_number | {name: order_id for name, order_id in by_key.items() if name in names}


def adopt(connection: Connection, found: Coupon, arrival: Arrival, buyer: Buyer, others: Collection[int]) -> Redemption | None:
    """What a checkout made of this coupon under a name of its own that says nothing to us: a cart's number, or a key of another source.

    The same coupon, of the same person or under the order's number, within two days: it is one purchase. ``others`` are redemptions
    of other orders. A source that brings orders of its own will bring this one, too.
    """
    table = redemptions.c
    people = {*buyer.ids, *([arrival.customer_id] if arrival.customer_id else [])}
    whose: list[ColumnElement[bool]] = [(table.source == arrival.source) & (table.order_ref == arrival.number), table.customer_id.in_(people)]
    whose += [table.email_hash == buyer.mailbox] if buyer.mailbox else []
    brings_orders = (table.source != arrival.source) & exists().where(orders.c.source == table.source)
    first, last = arrival.ordered_at - _ONE_PURCHASE, arrival.ordered_at + _ONE_PURCHASE
    candidates = rows.where(
        connection, table.coupon_id == found.id, table.order_id.is_(None), table.state.in_(HOLDS_A_USE), or_(*whose), ~brings_orders,
        table.created_at.between(first, last),
    )  # fmt: skip
    free = [one for one in candidates if one.id not in others]
    return min(free, key=lambda one: abs(one.created_at - arrival.ordered_at), default=None)
