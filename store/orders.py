"""How is an order stored once, with its lines, at the right customer?"""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from campaigns.checkout import Shopper
from campaigns.customer import Customer, email_key
from campaigns.order import Order, OrderState
from campaigns.profile import DESK, GUEST
from campaigns.record import Outcome
from store import redemptions
from store.belongings import News, add_older, news, owners, replace_rows
from store.customers import upsert_customers
from store.linking import date_first_sales
from store.people import Naming, Whose
from store.redemptions import Arrival
from store.schema import customer_sources, order_lines, orders
from store.sets import among, insert_rows, new_ids
from store.versions import Key

_COLUMNS = (
    "source",
    "source_id",
    "record_hash",
    "number",
    "customer_id",
    "customer_number",
    "email_key",
    "ordered_at",
    "state",
    "total_cents",
    "currency",
    "platform",
    "changed_at",
    "sold_at",
    "discount_codes",
)
_LINE_COLUMNS = ("order_id", "position", "sku", "title", "quantity", "unit_price_cents", "category")


def upsert_orders(connection: Connection, records: Sequence[Order], secret: bytes, now: datetime, hashes: Sequence[str] = ()) -> list[Outcome]:
    """Store what is new or changed, lines included, and say which; all records come from one source.  ``hashes``: as in store.records.

    A buyer whom no customer record names becomes a customer by the billing address of the newest order, if there is an e-mail to
    know them by. An order stays with its customer until a customer number says otherwise.  Its coupon codes are redeemed, or rolled
    back, with it (store.redemptions.arriving).
    """
    if not records:
        return []
    found = news(connection, orders, records, hashes)
    before = [int(found.known[key].id) for key in found.all if key in found.known]
    redemptions.lock_codes(connection, (code for record in found.all.values() for code in record.discount_codes), before)
    named = owners(connection, found, secret)
    if _add_guests(connection, found, named, secret, now):
        named = owners(connection, found, secret)
    whose = {key: named.whose(record, found.linked(key)) for key, record in found.all.items()}
    sold = {key: _sold_at(found, key) for key in whose}
    written = {**found.new, **found.newer}
    rows = {key: _row(record, found.batch[key].hash, whose[key], sold[key]) for key, record in written.items()}
    ids = dict(zip(found.new, new_ids(connection, orders, len(found.new)), strict=True))
    insert_rows(connection, orders, ("id", *_COLUMNS), [(order_id, *rows[key][:-1], json.dumps(rows[key][-1])) for key, order_id in ids.items()])
    replaced = {key: int(found.known[key].id) for key in found.newer}
    replace_rows(connection, orders, _COLUMNS, [rows[key] for key in replaced], list(replaced.values()))
    if replaced:
        connection.execute(delete(order_lines).where(among(connection, order_lines.c.order_id, replaced.values())))
    insert_rows(connection, order_lines, _LINE_COLUMNS, [line for key, one in {**ids, **replaced}.items() for line in _lines(one, written[key])])
    older = add_older(connection, orders, found, whose, {key: {"sold_at": sold[key]} for key in found.older})
    date_first_sales(connection, _first_sales((whose[key].customer_id, sold[key]) for key in (*written, *older)))
    stored = {**ids, **replaced}
    redemptions.arrived(connection, [_arrival(stored[key], record, whose[key], sold[key]) for key, record in written.items()], secret, now)
    redemptions.completed(connection, [int(found.known[key].id) for key in older if sold[key]], now)
    return found.outcomes(older)


def _arrival(order_id: int, record: Order, whose: Whose, sold_at: datetime | None) -> Arrival:
    shopper = Shopper() if whose.is_erased else Shopper(record.email, record.customer_number, record.address)
    return Arrival(
        order_id, record.source, record.source_id, record.number, record.state, record.ordered_at, sold_at, record.currency, record.total_cents,
        whose.customer_id, shopper, record.discount_codes,
    )  # fmt: skip


def _sold_at(found: News[Order], key: Key) -> datetime | None:
    """The order's date if any version of it ever was completed; of several dates the earliest."""
    dates = [record.ordered_at for record in found.batch[key].all if record.state is OrderState.COMPLETED]
    before = found.known[key].sold_at if key in found.known else None
    return min([*dates, before] if before else dates, default=None)


def _row(record: Order, record_hash: str, whose: Whose, sold_at: datetime | None) -> tuple[Any, ...]:
    return (
        record.source,
        record.source_id,
        record_hash,
        record.number,
        whose.customer_id,
        whose.customer_number,
        whose.email_key,
        record.ordered_at,
        str(record.state),
        record.total_cents,
        record.currency,
        record.platform,
        record.changed_at,
        sold_at,
        record.discount_codes,
    )


def _lines(order_id: int, record: Order) -> list[tuple[Any, ...]]:
    return [(order_id, position, *(getattr(line, name) for name in _LINE_COLUMNS[2:])) for position, line in enumerate(record.lines, 1)]


def _first_sales(sold: Iterable[tuple[int | None, datetime | None]]) -> dict[int, datetime]:
    firsts: dict[int, datetime] = {}
    for owner, at in sold:
        if owner and at:
            firsts[owner] = min(firsts.get(owner, at), at)
    return firsts


def mark_deleted(connection: Connection, source: str, source_id: str, at: datetime) -> bool:
    """Let an order be no sale any more, because its shop deleted it at ``at``: nothing older brings it back. False for an unknown one.

    Its coupons are rolled back.
    """
    mine = (orders.c.source == source, orders.c.source_id == source_id)
    if not connection.execute(update(orders).where(*mine).values(state=OrderState.DELETED, changed_at=at, record_hash="")).rowcount:
        return False
    row = connection.execute(select(orders).where(*mine)).one()
    redemptions.arrived(connection, [redemptions.to_arrival(row)], b"", at)
    return True


# --- guests ------------------------------------------------------------------------------------------------------------


def _add_guests(connection: Connection, found: News[Order], named: Naming, secret: bytes, now: datetime) -> bool:
    """Make customers of buyers whom no account names, living where their newest order says; whether there was any such buyer."""
    bought: dict[str, list[Order]] = {}
    buyers: dict[str, int | None] = {}
    for key, record in found.all.items():
        email = email_key(record.email)
        if email and record.address.street:
            whose = named.whose(record, found.linked(key))
            if not whose.is_erased:
                bought.setdefault(email, []).append(record)
                buyers[email] = buyers.get(email) or whose.customer_id
    with_account = _with_account(connection, {owner for owner in buyers.values() if owner})
    guests = [_guest(email, mine) for email, mine in bought.items() if buyers[email] not in with_account]
    upsert_customers(connection, guests, secret, now)
    return bool(guests)


def _guest(email: str, bought: Sequence[Order]) -> Customer:
    newest = max(bought, key=lambda record: record.ordered_at)
    first = min(record.ordered_at for record in bought)
    return Customer(
        newest.source, GUEST + email, newest.customer_number, newest.email, address=newest.address, registered_at=first, changed_at=newest.ordered_at
    )


def _with_account(connection: Connection, ids: Collection[int]) -> set[int | None]:
    """Those whom a record of their own describes: no order says better where they live."""
    table = customer_sources.c
    accounts = (~table.source_id.startswith(GUEST), table.source != DESK, table.record.is_not(None))
    return set(connection.execute(select(table.customer_id).where(among(connection, table.customer_id, ids), *accounts)).scalars()) if ids else set()
