"""Was this record's person erased?  Told by keyed hashes, so that a later import brings nobody back and nothing personal stays for it."""

import hashlib
import hmac
from collections.abc import Collection

from sqlalchemy import Connection, or_, select

from store.schema import customer_sources, customers
from store.sets import among

ERASED = "erased:"
"""Begins the source's key, and the number, of a person who was erased."""


def key_of(source: str, value: str, secret: bytes) -> str:
    """What stands in the place of a source's key or customer number after an erasure; the same again stays what it is."""
    if not value or value.startswith(ERASED):
        return value
    return ERASED + hmac.new(secret, f"erased\0{source}\0{value}".encode(), hashlib.sha256).hexdigest()


def owners(connection: Connection, source: str, values: Collection[str], secret: bytes) -> dict[str, int]:
    """Those of the source's keys and customer numbers that belonged to somebody erased -> what is left of that customer.

    Costs one look into a small index where nobody was ever erased.
    """
    if not values or connection.execute(select(customers.c.id).where(customers.c.erased_at.is_not(None)).limit(1)).one_or_none() is None:
        return {}
    table = customer_sources.c
    hashed = {key_of(source, value, secret): value for value in values if value}
    named = or_(among(connection, table.source_id, hashed), among(connection, table.number, hashed))
    query = select(table.source_id, table.number, table.customer_id).where(table.source == source, named)
    return {hashed[key]: row.customer_id for row in connection.execute(query) for key in (row.number, row.source_id) if key in hashed}
