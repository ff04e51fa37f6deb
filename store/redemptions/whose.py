"""Which redemptions, made by a checkout or by an earlier import, are those of an order that has come in?"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, exists, or_, select

from campaigns.checkout import HOLDS_A_USE
from store.hashes import mailbox_hash
from store.redemptions import rows
from store.redemptions.arrival import Arrival
from store.redemptions.asking import Redemption
from store.redemptions.buyer import Buyer
from store.redemptions.coupon import Coupon
from store.schema import orders, redemptions
from store.sets import among

_ONE_PURCHASE = timedelta(days=2)
"""Between the checkout and the order's own date: a transfer may take its time, and a file may give the day alone."""
_ONE_DAY = timedelta(days=1)


def of_orders(connection: Connection, arrivals: Sequence[Arrival], secret: bytes) -> dict[int, list[Redemption]]:
    """Order -> its redemptions: those that are linked with it, else those that a checkout made under its key, or under a number of its own.

    A number that somebody else's order goes by is not its own: one source may bring orders of several shops. An empty ``secret``
    knows people by their records alone.
    """
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
    by_id = {arrival.order_id: arrival for arrival in arrivals}
    people = _people(connection, unlinked)
    for one in unlinked:
        if order_id := meant.get((one.source, one.order_ref)):
            arrival = by_id[order_id]
            if one.order_ref == arrival.source_id or not _is_anothers(people[one.id], arrival, secret):
                found.setdefault(order_id, []).append(one)
    return found


def coupons_of(connection: Connection, order_ids: Collection[int]) -> set[int]:
    """The coupons that these orders have used, or given back."""
    query = select(redemptions.c.coupon_id).where(among(connection, redemptions.c.order_id, order_ids))
    return set(connection.execute(query).scalars()) if order_ids else set()


def _people(connection: Connection, those: Collection[Redemption]) -> dict[int, tuple[int | None, str | None]]:
    """Redemption -> the customer, and the keyed hash of the mailbox, that its checkout has told."""
    table = redemptions.c
    query = select(table.id, table.customer_id, table.email_hash).where(among(connection, table.id, [one.id for one in those]))
    return {row.id: (row.customer_id, row.email_hash) for row in connection.execute(query)} if those else {}


def _is_anothers(who: tuple[int | None, str | None], arrival: Arrival, secret: bytes) -> bool:
    """Checkout and order both name a customer, or a mailbox, and neither is the same."""
    box = mailbox_hash(arrival.shopper.email, secret) if secret else None
    is_told = any(one and other for one, other in zip(who, (arrival.customer_id, box), strict=True))
    return is_told and not _is_theirs(who, arrival, secret)


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


def loose(connection: Connection, coupon_ids: Collection[int]) -> set[int]:
    """Those coupons that a checkout holds a use of for an order that has not come in: ``adopt`` may find it."""
    table = redemptions.c
    query = select(table.coupon_id).where(among(connection, table.coupon_id, coupon_ids), table.order_id.is_(None), table.state.in_(HOLDS_A_USE))
    return set(connection.execute(query.distinct()).scalars()) if coupon_ids else set()


def misnamed(connection: Connection, arrivals: Sequence[Arrival], known: Mapping[int, Sequence[Redemption]]) -> set[int]:
    """Orders by whose key a checkout has called another one; ``known``: as of_orders gives it."""
    table = redemptions.c
    by_key = {(arrival.source, arrival.source_id): arrival.order_id for arrival in arrivals}
    mine = (table.source.in_({source for source, _ in by_key}), among(connection, table.order_ref, {key for _, key in by_key}))
    named = connection.execute(select(table.id, table.source, table.order_ref).where(*mine)).all()
    own = {one.id for those in known.values() for one in those}
    return {by_key[row.source, row.order_ref] for row in named if (row.source, row.order_ref) in by_key and row.id not in own}


def twins(connection: Connection, arrivals: Sequence[Arrival], coupon_ids: Collection[int], secret: bytes) -> set[tuple[int, int]]:
    """(order, coupon) where another source has brought the same purchase, and the coupon's use with it: nothing is counted a second time.

    The same number (Shopify writes ``#1001`` where others write 1001), person, total and currency, within a day; or a checkout's redemption that
    waits for the order of another source under this number, of the same person, within the time of one purchase.
    """
    by_number: dict[str, list[Arrival]] = {}
    for arrival in arrivals:
        if arrival.number and arrival.state.is_sale:
            by_number.setdefault(arrival.number.removeprefix("#"), []).append(arrival)
    names = {name for number in by_number for name in (number, f"#{number}")}
    table = redemptions.c
    its = (table.coupon_id, table.source, table.customer_id, table.email_hash, table.state, table.created_at)
    ordered = (orders.c.source.label("of"), orders.c.number, orders.c.customer_id.label("owner"), orders.c.total_cents, orders.c.currency, orders.c.ordered_at)
    mine = among(connection, table.coupon_id, coupon_ids)
    come_in = select(*its, *ordered).join(orders, orders.c.id == table.order_id).where(mine, among(connection, orders.c.number, names))
    waiting = select(*its, table.order_ref).where(mine, among(connection, table.order_ref, names), table.order_id.is_(None), table.state.in_(HOLDS_A_USE))
    found: set[tuple[int, int]] = set()
    for row in connection.execute(come_in) if names and coupon_ids else ():
        for arrival in by_number[row.number.removeprefix("#")]:
            is_same = (row.total_cents, row.currency) == (arrival.total_cents, arrival.currency) and abs(row.ordered_at - arrival.ordered_at) < _ONE_DAY
            if row.of != arrival.source and is_same and _is_theirs((row.owner or row.customer_id, row.email_hash), arrival, secret):
                found.add((arrival.order_id, row.coupon_id))
    for row in connection.execute(waiting) if names and coupon_ids else ():
        for arrival in by_number[row.order_ref.removeprefix("#")]:
            is_near = abs(row.created_at - arrival.ordered_at) <= _ONE_PURCHASE
            if row.source != arrival.source and is_near and _is_theirs((row.customer_id, row.email_hash), arrival, secret):
                found.add((arrival.order_id, row.coupon_id))
    return found


def _is_theirs(who: tuple[int | None, str | None], arrival: Arrival, secret: bytes) -> bool:
    box = mailbox_hash(arrival.shopper.email, secret) if secret else None
    return any(one and one == other for one, other in zip(who, (arrival.customer_id, box), strict=True))


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
