"""How far has each stream of a shop been read?  Moved in the transaction that stores the rows, never before."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from campaigns.record import Kind
from store.schema import sync_states
from store.upsert import upsert

ACCOUNT = "account"
"""Beside the streams of a source: whose streams they are."""
APP = "app"
"""Beside the streams of a source: when the shop removed our app."""


def get(connection: Connection, source: str, stream: str) -> dict[str, Any]:
    """What the importer left there; empty before the first batch."""
    query = select(sync_states.c.state).where(sync_states.c.source == source, sync_states.c.stream == stream)
    return dict(connection.execute(query).scalar_one_or_none() or {})


def save(connection: Connection, source: str, stream: str, state: Mapping[str, Any], now: datetime) -> None:
    """Keep the importer's own words."""
    upsert(connection, sync_states, ("source", "stream"), [{"source": source, "stream": stream, "state": dict(state), "moved_at": now}])


def moved_at(connection: Connection, source: str, stream: str) -> datetime | None:
    """When it was saved last, None if never."""
    query = select(sync_states.c.moved_at).where(sync_states.c.source == source, sync_states.c.stream == stream)
    return connection.execute(query).scalar_one_or_none()


def forget(connection: Connection, source: str, stream: str) -> None:
    """Read the whole stream again next time; what is stored stays."""
    connection.execute(delete(sync_states).where(sync_states.c.source == source, sync_states.c.stream == stream))


def moved(connection: Connection) -> dict[tuple[str, str], tuple[dict[str, Any], datetime]]:
    """(source, stream) -> its state and when it last moved, for every stream of records."""
    rows = connection.execute(select(sync_states).where(sync_states.c.stream.in_(list(Kind))))
    return {(row.source, row.stream): (dict(row.state), row.moved_at) for row in rows}
