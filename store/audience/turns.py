"""How do two campaigns keep from finding the same person unwritten to?"""

from sqlalchemy import Connection, func, select

_LOCK = 7_061_787
"""Any number of our own, beside the one of store.migrate."""


def lock(connection: Connection) -> None:
    """Let one selection page be decided at a time, of whatever campaign, until this transaction ends.

    Else two campaigns could each find the same person unwritten to and both write (SQLite has its write lock).
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
