"""How is a cart stored once, at the right customer?"""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, select

from campaigns.cart import Cart
from campaigns.customer import email_key
from store.schema import carts, customers
from store.upsert import record_hash, upsert


def upsert_carts(connection: Connection, records: Sequence[Cart]) -> int:
    """Store what is new or changed and say how many; all records come from one source."""
    latest = {record.source_id: record for record in records}
    source = records[0].source if records else ""
    query = select(carts.c.source_id, carts.c.record_hash, carts.c.customer_id).where(carts.c.source == source, carts.c.source_id.in_(list(latest)))
    known = {row.source_id: row for row in connection.execute(query)}
    changed = [record for key, record in latest.items() if key not in known or known[key].record_hash != record_hash(record)]
    linked = {key: row.customer_id for key, row in known.items()}
    emails = {email_key(record.email) for record in changed if record.email}
    by_email = select(customers.c.email_key, customers.c.id).where(customers.c.email_key.in_(emails))
    owners = {row.email_key: row.id for row in connection.execute(by_email)} if emails else {}
    rows = [
        {
            "source": record.source,
            "source_id": record.source_id,
            "record_hash": record_hash(record),
            "kind": record.kind,
            "customer_id": owners.get(email_key(record.email)) or linked.get(record.source_id),
            "email_key": email_key(record.email) or None,
            "currency": record.currency,
            "created_at": record.created_at,
            "updated_at": record.updated_at,
            "items": [asdict(item) for item in record.items],
        }
        for record in changed
    ]
    upsert(connection, carts, ("source", "source_id"), rows)
    return len(changed)
