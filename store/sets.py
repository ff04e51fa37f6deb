"""How is a whole set looked up or written in one statement, on both databases?"""

import json
from collections.abc import Collection, Sequence
from typing import Any

import psycopg
from sqlalchemy import ARRAY, ColumnElement, Connection, Table, Text, any_, bindparam, func, literal, select

from store.columns import UtcDateTime


def is_postgresql(connection: Connection) -> bool:
    """Which of the two it is."""
    return connection.dialect.name == "postgresql"


def among(connection: Connection, column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """``column IN values`` for any number of values: one parameter, so that the statement is prepared once and has no limit."""
    found = list(values)
    if is_postgresql(connection):
        return column == any_(literal(found, ARRAY(column.type)))
    return column.in_(select(func.json_each(literal(json.dumps(found))).table_valued("value").c.value))


def one_of(on_postgresql: bool, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """The same for a statement that is made once: making one costs more than asking it. The values come as the parameter ``name`` (``values``)."""
    if on_postgresql:
        return column == any_(bindparam(name, type_=ARRAY(column.type)))
    return column.in_(select(func.json_each(bindparam(name, type_=Text())).table_valued("value").c.value))


def values(connection: Connection, found: Collection[Any]) -> Any:
    """What ``one_of`` is asked with."""
    return list(found) if is_postgresql(connection) else json.dumps(list(found))


def each(connection: Connection, texts: Collection[str]) -> ColumnElement[str]:
    """A column with one row for each text, to select from: one parameter, however many."""
    found = list(texts)
    if is_postgresql(connection):
        return func.unnest(literal(found, ARRAY(Text))).column_valued("text")
    return func.json_each(literal(json.dumps(found))).table_valued("value").c.value


def new_ids(connection: Connection, table: Table, count: int) -> list[int]:
    """Ids for rows to come: SQLite has the write lock, PostgreSQL a sequence; so children can be written without asking back."""
    if not count:
        return []
    if is_postgresql(connection):
        sequence = func.nextval(func.pg_get_serial_sequence(table.name, "id"))
        return list(connection.execute(select(sequence).select_from(func.generate_series(1, count))).scalars())
    last = connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
    return list(range(last + 1, last + 1 + count))


def insert_rows(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Write many new rows: by COPY on PostgreSQL, by the driver's own loop on SQLite.

    Documents come as JSON text, moments as aware datetimes (the SQLite driver is taught to write them as SQLAlchemy does).
    """
    if not rows:
        return
    moments = [place for place, name in enumerate(names) if isinstance(table.c[name].type, UtcDateTime)]
    if any(row[place] is not None and row[place].tzinfo is None for place in moments for row in rows):
        raise ValueError(f"a moment for {table.name} has no time zone: moments are stored aware, in UTC")
    quote = connection.dialect.identifier_preparer.quote
    target = f"{quote(table.name)} ({', '.join(map(quote, names))})"
    if is_postgresql(connection):
        driver: psycopg.Connection = connection.connection.driver_connection  # type: ignore[assignment]
        with driver.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        connection.exec_driver_sql(f"INSERT INTO {target} VALUES ({', '.join('?' * len(names))})", list(rows))  # noqa: S608 (names of our own schema)
