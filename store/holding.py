"""How does one process among those of several machines hold a source of records?

PostgreSQL keeps a lock as long as its connection lives, so whoever dies lets go. SQLite is for one machine: there a file's lock does it (flows.locks).
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, func, select


@contextmanager
def holding(engine: Engine, source: str) -> Iterator[bool]:
    """Whether the source is ours while the block lasts: False if another machine has it."""
    if engine.dialect.name != "postgresql":
        yield True
        return
    number = int.from_bytes(hashlib.sha256(f"import\0{source}".encode()).digest()[:8], signed=True)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        mine = bool(connection.execute(select(func.pg_try_advisory_lock(number))).scalar_one())
        try:
            yield mine
        finally:
            if mine and not connection.invalidated:
                connection.execute(select(func.pg_advisory_unlock(number)))
