"""How does a row come in that may be there already, on both databases?"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_for(connection: Connection, table: Table) -> Any:
    """The dialect's INSERT, which knows ON CONFLICT."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def upsert(connection: Connection, table: Table, keys: Sequence[str], rows: Sequence[Mapping[str, Any]], keep: Sequence[str] = ()) -> None:
    """Insert ``rows``; where ``keys`` are taken, overwrite the other columns that the rows name, except ``keep`` (executemany)."""
    if not rows:
        return
    statement = insert_for(connection, table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys and name not in keep}
    connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=changed), list(rows))


def record_hash(record: object) -> str:
    """What tells that a record has changed since it was last imported: records are dataclasses, their repr is complete."""
    return hashlib.sha256(repr(record).encode()).hexdigest()[:32]
