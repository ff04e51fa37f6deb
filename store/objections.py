"""Who does not want our advertising?  Absolute, without an end, and kept beyond the person's data (Art. 21 GDPR)."""

from datetime import datetime

from sqlalchemy import Connection, select

from store.schema import customers, letters, objections
from store.upsert import insert_for


def add(connection: Connection, customer_id: int, channel: str, now: datetime, letter_id: int | None = None) -> bool:
    """File a person's objection; False if it was there already.  The evidence of the first one stays as it is."""
    email_hash = connection.execute(select(customers.c.email_hash).where(customers.c.id == customer_id)).scalar_one()
    row = {"customer_id": customer_id, "email_hash": email_hash, "letter_id": letter_id, "channel": channel, "received_at": now}
    statement = insert_for(connection, objections).on_conflict_do_nothing(index_elements=["customer_id"])
    return connection.execute(statement.values(row).returning(objections.c.id)).one_or_none() is not None


def add_by_letter(connection: Connection, letter_id: int, now: datetime) -> bool:
    """File the objection of whoever got this letter."""
    customer_id = connection.execute(select(letters.c.customer_id).where(letters.c.id == letter_id)).scalar_one()
    return add(connection, customer_id, "letter", now, letter_id)


def received_at(connection: Connection, customer_id: int) -> datetime | None:
    """Since when the person's objection stands."""
    mine = (objections.c.customer_id == customer_id) | (
        objections.c.email_hash == select(customers.c.email_hash).where(customers.c.id == customer_id).scalar_subquery()
    )
    return connection.execute(select(objections.c.received_at).where(mine).order_by(objections.c.received_at).limit(1)).scalar_one_or_none()
