"""How is the database opened so that nothing is lost: SQLite by default, PostgreSQL by URL?

SQLAlchemy's default SQLite mode silently loses updates (1,253 of 1,800 measured) and the system's SQLite can corrupt a WAL
database with two writers; hence ``isolation_level=None``, ``BEGIN IMMEDIATE`` and the library of the pysqlite3 wheel
(reliability facts 0 and 4).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as fixed_sqlite
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import SQLAlchemyError as DatabaseTrouble

from store.errors import UnsafeSqlite

__all__ = ["Connection", "DatabaseTrouble", "Engine", "connections", "driver_words", "is_writable", "open_engine", "reading", "tidy", "writing"]
_PRAGMAS = (
    "journal_mode=wal",
    "synchronous=full",
    "foreign_keys=on",
    "trusted_schema=off",
    "secure_delete=on",
    "cache_size=-65536",
    "wal_autocheckpoint=8000",  # 32 MB: an import writes the same pages again and again
)
_POSTGRESQL_OPTIONS = "-c plan_cache_mode=force_custom_plan"
"""A plan made while the letters table was empty reads all of it per candidate once it is full (42 s instead of 2 s for 20,000)."""
_USUAL_PATIENCE_MS = 10_000
_FIRST_SAFE_SQLITE = (3, 51, 3)


@lru_cache
def _moment_as_text(moment: datetime) -> str:
    """As SQLAlchemy writes it, for rows that go past it (store.sets)."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


fixed_sqlite.register_adapter(datetime, _moment_as_text)


def open_engine(url: str, patience_ms: int = _USUAL_PATIENCE_MS) -> Engine:
    """An engine for ``sqlite:///path`` or ``postgresql://…``; every transaction on SQLite takes the write lock at its start.

    Read-only work asks for ``reading(engine)``, which does not. ``patience_ms``: how long one statement waits for others' locks; below
    the usual ten seconds it also bounds the statement itself and the opening of a connection, for whoever has something better to do than wait.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return _open_postgresql(parsed, patience_ms)
    if fixed_sqlite.sqlite_version_info < _FIRST_SAFE_SQLITE:
        raise UnsafeSqlite(f"SQLite {fixed_sqlite.sqlite_version} can corrupt a database with two writers: install pysqlite3 0.6.1 or newer.")
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, module=fixed_sqlite, hide_parameters=True)
    event.listen(engine, "connect", partial(_prepare, patience_ms))
    event.listen(engine, "begin", _begin)
    return engine


def _open_postgresql(url: URL, patience_ms: int) -> Engine:
    options, arguments = _POSTGRESQL_OPTIONS, dict[str, Any]()
    if patience_ms < _USUAL_PATIENCE_MS:
        options += f" -c lock_timeout={patience_ms} -c statement_timeout={patience_ms}"
        arguments = {"connect_timeout": 2, "tcp_user_timeout": patience_ms}
    arguments |= {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}  # a machine that is gone says nothing: found within 11 seconds
    url = url.set(drivername="postgresql+psycopg")
    # a lost connection is found by its first statement: asking before each one would cost a round trip
    pre_ping = patience_ms >= _USUAL_PATIENCE_MS
    return create_engine(url, pool_pre_ping=pre_ping, hide_parameters=True, connect_args={"options": options, **arguments})


def _prepare(patience_ms: int, connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute(f"pragma busy_timeout={patience_ms}")
    for pragma in _PRAGMAS:
        connection.execute(f"pragma {pragma}")
    if patience_ms < _USUAL_PATIENCE_MS:
        connection.execute("pragma wal_autocheckpoint=0")  # a commit would now and then write 32 MB of others' work into the file: see tidy


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("write", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def tidy(engine: Engine) -> None:
    """Bring what SQLite has committed into the file itself, holding up nobody; nothing to do on PostgreSQL."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection  # past SQLAlchemy, which would begin a transaction
            driver.execute("pragma wal_checkpoint(passive)")


def is_writable(engine: Engine) -> bool:
    """Whether the database takes changes now: a standby does not, nor does a file on a disk that went read-only.  Raises DatabaseTrouble if it is away.

    Changes nothing; somebody else who holds SQLite's lock is writing, so it can be written to.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            return bool(connection.exec_driver_sql("SHOW transaction_read_only").scalar_one() == "off")
    with engine.execution_options(write=False).connect() as connection:
        driver: Any = connection.connection.driver_connection  # past SQLAlchemy, which would wait for ten seconds
        driver.execute("pragma busy_timeout=50")
        try:
            driver.execute("BEGIN IMMEDIATE")  # of a file that cannot be written to it only reads, without saying so
            driver.execute(f"pragma user_version={driver.execute('pragma user_version').fetchone()[0]}")
        except fixed_sqlite.OperationalError as error:
            return "locked" in str(error)
        finally:
            if driver.in_transaction:
                driver.execute("ROLLBACK")
            driver.execute(f"pragma busy_timeout={_USUAL_PATIENCE_MS}")
    return True


def connections(engine: Engine) -> tuple[int, int]:
    """How many connections the pool holds open, and how many of them are in use."""
    pool: Any = engine.pool
    return pool.checkedin() + pool.checkedout(), pool.checkedout()


def driver_words(error: DatabaseTrouble) -> str:
    """What the driver said, where it speaks of the database alone; empty where it may name values: a broken key or a wrong value is quoted."""
    return " ".join(str(error.orig).split()) if isinstance(error, OperationalError) else ""


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that may write: committed at the end, undone by an exception."""
    with engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads: a stable snapshot that holds up nobody."""
    with engine.execution_options(write=False).connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection
