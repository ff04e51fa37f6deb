"""How is an order stored once, with its lines, at the right customer?"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, delete, exists, func, or_, select, update

from campaigns.customer import Customer, email_key
from campaigns.order import Order
from store.customers import GUEST, date_first_sales, upsert_customers
from store.schema import carts, customer_sources, customers, order_lines, orders
from store.upsert import record_hash, upsert

Owners = dict[tuple[str, str], int]
"""("number" or "email", the value) -> customer."""


def upsert_orders(connection: Connection, records: Sequence[Order], secret: bytes, now: datetime) -> int:
    """Store what is new or changed, lines included, and say how many; all records come from one source.

    A buyer whom no customer record names becomes a customer by the billing address of the newest order, if there is an
    e-mail to know them by. An order stays with its customer until a customer number says otherwise.
    """
    latest = {record.source_id: record for record in records}
    source = records[0].source if records else ""
    table = orders.c
    query = select(table.source_id, table.record_hash, table.customer_id).where(table.source == source, table.source_id.in_(list(latest)))
    known = {row.source_id: row for row in connection.execute(query)}
    changed = {key: record for key, record in latest.items() if key not in known or known[key].record_hash != record_hash(record)}
    if not changed:
        return 0
    linked = {key: row.customer_id for key, row in known.items() if row.customer_id}
    _add_guests(connection, source, list(changed.values()), linked, secret, now)
    owners = _owners(connection, source, list(changed.values()))
    rows = [_columns(record, owners, linked) for record in changed.values()]
    upsert(connection, orders, ("source", "source_id"), rows)
    ids = {
        row.source_id: row.id for row in connection.execute(select(table.source_id, table.id).where(table.source == source, table.source_id.in_(list(changed))))
    }
    old = [ids[key] for key in changed if key in known]
    if old:
        connection.execute(delete(order_lines).where(order_lines.c.order_id.in_(old)))
    lines = [row for key, record in changed.items() for row in _lines(ids[key], record)]
    if lines:
        connection.execute(order_lines.insert(), lines)
    date_first_sales(connection, sorted({row["customer_id"] for row in rows if row["customer_id"]}))
    return len(changed)


def _columns(record: Order, owners: Owners, linked: Mapping[str, int]) -> dict[str, Any]:
    email = email_key(record.email)
    owner = owners.get(("number", record.customer_number)) or linked.get(record.source_id) or owners.get(("email", email))
    return {
        "source": record.source,
        "source_id": record.source_id,
        "record_hash": record_hash(record),
        "number": record.number,
        "customer_id": owner,
        "customer_number": record.customer_number,
        "email_key": email or None,
        "ordered_at": record.ordered_at,
        "state": record.state,
        "total_cents": record.total_cents,
        "currency": record.currency,
        "platform": record.platform,
        "discount_codes": list(record.discount_codes),
    }


def _lines(order_id: int, record: Order) -> list[dict[str, Any]]:
    return [
        {"order_id": order_id, "position": position, "sku": line.sku, "title": line.title, "quantity": line.quantity, "unit_price_cents": line.unit_price_cents}
        for position, line in enumerate(record.lines, 1)
    ]


def _owners(connection: Connection, source: str, records: Sequence[Order]) -> Owners:
    emails = {email_key(record.email) for record in records if record.email}
    numbers = {record.customer_number for record in records if record.customer_number}
    by_email = select(customers.c.email_key, customers.c.id).where(customers.c.email_key.in_(emails))
    table = customer_sources.c
    named = or_(table.number.in_(numbers), and_(table.number == "", table.source_id.in_(numbers)))
    by_number = select(table.source_id, table.number, table.customer_id).where(table.source == source, named)
    found = {("email", row.email_key): row.id for row in connection.execute(by_email)}
    return found | {("number", row.number or row.source_id): row.customer_id for row in connection.execute(by_number)}


def _add_guests(connection: Connection, source: str, records: Sequence[Order], linked: Mapping[str, int], secret: bytes, now: datetime) -> None:
    owners = _owners(connection, source, records)
    newest: dict[str, tuple[Order, int | None]] = {}
    for record in sorted(records, key=lambda record: record.ordered_at):
        email = email_key(record.email)
        if email and record.address.street:
            newest[email] = record, owners.get(("number", record.customer_number)) or linked.get(record.source_id) or owners.get(("email", email))
    known = _newest_orders_of_guests(connection, [owner for _, owner in newest.values() if owner])
    guests = [_guest(source, email, record, owner is None) for email, (record, owner) in newest.items() if _is_news(record, owner, known)]
    upsert_customers(connection, guests, secret, now)


def _is_news(record: Order, owner: int | None, known_guests: Mapping[int, datetime]) -> bool:
    """Whether the order's address is the best that is known of its buyer."""
    return owner is None or (owner in known_guests and known_guests[owner] <= record.ordered_at)


def _guest(source: str, email: str, record: Order, is_new: bool) -> Customer:
    registered_at = record.ordered_at if is_new else None
    return Customer(source, f"{GUEST}{email}", record.customer_number, record.email, address=record.address, registered_at=registered_at)


def _newest_orders_of_guests(connection: Connection, ids: Sequence[int]) -> dict[int, datetime]:
    """Those of ``ids`` whom no customer record names, with their newest order."""
    table = customer_sources.c
    named = func.sum(case((table.source_id.startswith(GUEST), 0), else_=1))
    query = select(table.customer_id, func.max(orders.c.ordered_at).label("at")).join(orders, orders.c.customer_id == table.customer_id)
    rows = connection.execute(query.where(table.customer_id.in_(ids)).group_by(table.customer_id).having(named == 0))
    return {row.customer_id: row.at for row in rows}


def link_to_customers(connection: Connection, source: str) -> None:
    """Give orders and carts that came before their customer an owner: by the source's number, then by e-mail, which is the same everywhere."""
    number, email = customer_sources.c, customers.c
    named = or_(number.number == orders.c.customer_number, and_(number.number == "", number.source_id == orders.c.customer_number))
    by_number = select(func.min(number.customer_id)).where(number.source == orders.c.source, named)
    connection.execute(
        update(orders)
        .where(
            orders.c.source == source, orders.c.customer_id.is_(None), orders.c.customer_number != "", exists().where(number.source == orders.c.source, named)
        )
        .values(customer_id=by_number.scalar_subquery())
    )
    for table in (orders, carts):
        by_email = select(email.id).where(email.email_key == table.c.email_key)
        connection.execute(
            update(table).where(table.c.customer_id.is_(None), table.c.email_key.is_not(None), by_email.exists()).values(customer_id=by_email.scalar_subquery())
        )
    date_first_sales(connection)
