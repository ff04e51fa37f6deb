"""How is an order stored once, with its lines, at the right customer?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from campaigns.customer import Customer, email_key
from campaigns.order import Order
from store.customers import date_first_sales, upsert_customers
from store.schema import carts, customer_sources, customers, order_lines, orders
from store.upsert import record_hash, upsert


def upsert_orders(connection: Connection, records: Sequence[Order], secret: bytes, now: datetime) -> int:
    """Store what is new or changed, lines included, and say how many; all records come from one source.

    A buyer whom no customer record names becomes a customer by the billing address, if there is an e-mail to know them by.
    """
    latest = {record.source_id: record for record in records}
    source = records[0].source if records else ""
    table = orders.c
    query = select(table.source_id, table.record_hash).where(table.source == source, table.source_id.in_(list(latest)))
    known = {row.source_id: row.record_hash for row in connection.execute(query)}
    changed = {key: record for key, record in latest.items() if known.get(key) != record_hash(record)}
    if not changed:
        return 0
    _add_guests(connection, source, list(changed.values()), secret, now)
    owners = _owners(connection, source, list(changed.values()))
    rows = [_columns(record, owners) for record in changed.values()]
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


def _columns(record: Order, owners: dict[tuple[str, str], int]) -> dict[str, Any]:
    email = email_key(record.email)
    return {
        "source": record.source,
        "source_id": record.source_id,
        "record_hash": record_hash(record),
        "number": record.number,
        "customer_id": owners.get(("number", record.customer_number)) or owners.get(("email", email)),
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


def _owners(connection: Connection, source: str, records: Sequence[Order]) -> dict[tuple[str, str], int]:
    emails = {email_key(record.email) for record in records if record.email}
    numbers = {record.customer_number for record in records if record.customer_number}
    by_email = select(customers.c.email_key, customers.c.id).where(customers.c.email_key.in_(emails))
    table = customer_sources.c
    by_number = select(table.source_id, table.customer_id).where(table.source == source, table.source_id.in_(numbers))
    found = {("email", row.email_key): row.id for row in connection.execute(by_email)}
    return found | {("number", row.source_id): row.customer_id for row in connection.execute(by_number)}


def _add_guests(connection: Connection, source: str, records: Sequence[Order], secret: bytes, now: datetime) -> None:
    owners = _owners(connection, source, records)
    guests = {
        email_key(record.email): Customer(
            source, f"guest:{email_key(record.email)}", email=record.email, address=record.address, registered_at=record.ordered_at
        )
        for record in records
        if record.email and record.address.street and ("email", email_key(record.email)) not in owners and ("number", record.customer_number) not in owners
    }
    upsert_customers(connection, list(guests.values()), secret, now)


def link_to_customers(connection: Connection, source: str) -> None:
    """Give orders and carts that came before their customer an owner, by number, then by e-mail."""
    number, email = customer_sources.c, customers.c
    by_number = select(number.customer_id).where(number.source == orders.c.source, number.source_id == orders.c.customer_number)
    connection.execute(
        update(orders)
        .where(orders.c.source == source, orders.c.customer_id.is_(None), orders.c.customer_number != "", by_number.exists())
        .values(customer_id=by_number.scalar_subquery())
    )
    for table in (orders, carts):
        by_email = select(email.id).where(email.email_key == table.c.email_key)
        connection.execute(
            update(table)
            .where(table.c.source == source, table.c.customer_id.is_(None), table.c.email_key.is_not(None), by_email.exists())
            .values(customer_id=by_email.scalar_subquery())
        )
    date_first_sales(connection)
