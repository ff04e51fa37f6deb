"""How does a row come in that may be there already, on both databases?"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
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
    """What tells that a record has changed since it was last imported: the same in every process and every version of Python."""
    return hashlib.blake2b(_as_json(record).encode(errors="surrogatepass"), digest_size=16).hexdigest()


def _plain(value: Any) -> object:
    """A dataclass as the list of its fields, a moment or a day as text."""
    return _plainly(value.__class__)(value)


@cache
def _plainly(kind: Any) -> Callable[[object], object]:
    return attrgetter(*(field.name for field in fields(kind))) if is_dataclass(kind) else str


_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode
