"""What does a database hold, without the numbers and moments that differ from run to run?"""

import json
from typing import Any

from sqlalchemy import Connection, Engine, Table, select

from store.engine import reading
from store.schema import customer_sources, metadata, orders

OURS = {
    "customers": {"id", "person_key", "created_at", "changed_at"},
    "customer_sources": {"stored_at"},
    "orders": {"id"},
    "carts": {"id"},
    "merges": {"id", "merged_at"},
    "coupons": {"id", "issued_at"},
    "objections": {"id"},
    "robinson": {"listed_at"},
    "sync_states": {"moved_at"},
    "rejections": {"import_id", "number", "position"},
}
"""What our own clock, counters and dice say: two runs of the same import never agree in it."""
NEVER = {"imports"}
"""One row for each attempt: a killed run has more of them."""


def contents(engine: Engine) -> dict[str, list[Any]]:
    """Every table's rows, in one order, with what they refer to named as the sources name it."""
    with reading(engine) as connection:
        names = {"customers": _people(connection), "orders": _named(connection, orders)}
        return {table.name: _rows(connection, table, names) for table in metadata.sorted_tables if table.name not in NEVER}


def _rows(connection: Connection, table: Table, names: dict[str, dict[int, Any]]) -> list[Any]:
    columns = [column for column in table.columns if column.name not in OURS.get(table.name, set())]
    references = {column.name: next(iter(column.foreign_keys)).column.table.name for column in columns if column.foreign_keys}
    found = []
    for row in connection.execute(select(*columns)):
        values = {name: names.get(references[name], {}).get(value, value) if name in references else value for name, value in row._mapping.items()}
        if table.name == "sync_states":  # up to where: says when the run was
            values["state"] = sorted(values["state"])
        found.append(tuple(json.dumps(value, sort_keys=True, default=repr) for value in values.values()))
    return sorted(set(found) if table.name == "rejections" else found)  # a batch that is read twice rejects twice


def _people(connection: Connection) -> dict[int, Any]:
    people: dict[int, Any] = {}
    for row in connection.execute(select(customer_sources).order_by(customer_sources.c.source, customer_sources.c.source_id)):
        people.setdefault(row.customer_id, []).append((row.source, row.source_id))
    return people


def _named(connection: Connection, table: Table) -> dict[int, Any]:
    return {row.id: (row.source, row.source_id) for row in connection.execute(select(table.c.id, table.c.source, table.c.source_id))}
