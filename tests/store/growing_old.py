"""Rows whose time is over, ended all at once."""

from datetime import datetime

from sqlalchemy import Connection

from store import retention
from store.retention import Term


def end(connection: Connection, term: Term, now: datetime) -> int:
    """How many rows went."""
    return retention.end(connection, term, retention.page(connection, term, now), now)
