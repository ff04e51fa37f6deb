"""Was this record's person erased?  Told by keyed hashes, so that a later import brings nobody back and nothing personal stays for it."""

import hashlib
import hmac
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from store.schema import customer_sources, customers
from store.sets import among

ERASED = "erased:"
"""Begins the source's key, and the number, of a person who was erased."""


class Erased(NamedTuple):
    """What names somebody who was erased -> what is left of that customer."""

    keys: dict[str, int]
    """The source's own keys."""
    numbers: dict[str, int]
    """Customer numbers that were that person's alone: one that others share names nobody."""


def key_of(source: str, key: str, secret: bytes) -> str:
    """What stands in the place of a source's key after an erasure; the same again stays what it is."""
    return _hashed("key", source, key, secret)


def number_of(source: str, number: str, secret: bytes) -> str:
    """The same of a customer number: the key of one person may be the number of another."""
    return _hashed("number", source, number, secret)


def _hashed(kind: str, source: str, value: str, secret: bytes) -> str:
    if not value or value.startswith(ERASED):
        return value
    return ERASED + hmac.new(secret, f"erased\0{kind}\0{source}\0{value}".encode(), hashlib.sha256).hexdigest()


def owners(connection: Connection, source: str, keys: Collection[str], numbers: Collection[str], secret: bytes) -> Erased:
    """Those of the source's keys and customer numbers that belonged to somebody erased.

    Costs one look into a small index where nobody was ever erased.
    """
    if not (keys or numbers) or connection.execute(select(customers.c.id).where(customers.c.erased_at.is_not(None)).limit(1)).one_or_none() is None:
        return Erased({}, {})
    table = customer_sources.c
    hashed_keys = {key_of(source, key, secret): key for key in keys if key}
    hashed_numbers = {number_of(source, number, secret): number for number in numbers if number}
    return Erased(_left(connection, source, table.source_id, hashed_keys), _left(connection, source, table.number, hashed_numbers))


def _left(connection: Connection, source: str, column: ColumnElement[str], hashed: dict[str, str]) -> dict[str, int]:
    if not hashed:
        return {}
    rows = connection.execute(select(column, customer_sources.c.customer_id).where(customer_sources.c.source == source, among(connection, column, hashed)))
    return {hashed[value]: customer_id for value, customer_id in rows}
