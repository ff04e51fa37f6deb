"""What happens when two transactions stand in each other's way, and the database makes one of them give way?"""

from collections.abc import Callable
from typing import TypeVar

from store.engine import Connection, DatabaseTrouble, Engine, writing

Result = TypeVar("Result")

TRIES = 5
"""Whoever gave way lets the other through: a second try is enough for two, and more than a few have something else in their way."""
_POSTGRESQL = ("40P01", "40001")
"""deadlock_detected, serialization_failure: postgresql.org/docs/current/mvcc-serialization-failure-handling.html advises to do both again."""
_SQLITE_BUSY = 5
"""sqlite.org/rescode.html#busy, in the last byte of the extended code."""


def gave_way(error: Exception) -> bool:
    """Whether nothing is wrong with the transaction but its moment: it was undone, and may be done again."""
    told = error.orig if isinstance(error, DatabaseTrouble) and hasattr(error, "orig") else None
    return getattr(told, "sqlstate", None) in _POSTGRESQL or (getattr(told, "sqlite_errorcode", 0) & 0xFF) == _SQLITE_BUSY


def written(engine: Engine, act: Callable[[Connection], Result], tries: int = TRIES) -> Result:
    """The result of an act that has a transaction of its own; where that gives way to another one, the act is done again from its start.

    Raises what the act raises, and DatabaseTrouble after the last of ``tries``.
    """
    for _ in range(tries - 1):
        try:
            return _once(engine, act)
        except DatabaseTrouble as error:
            if not gave_way(error):
                raise
    return _once(engine, act)


def tries_of_a_request(engine: Engine) -> int:
    """For whoever waits for an answer: a ring on PostgreSQL is found after a second, but SQLite's lock has been waited for ten seconds already."""
    return TRIES if engine.dialect.name == "postgresql" else 1


def _once(engine: Engine, act: Callable[[Connection], Result]) -> Result:
    with writing(engine) as connection:
        return act(connection)
