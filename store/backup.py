"""How is the database copied while everybody goes on working, and put back whole or not at all?"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as fixed_sqlite
from sqlalchemy import inspect
from sqlalchemy.engine import URL, make_url

from store.engine import Engine, open_engine, reading
from store.errors import BackupFailed, DatabaseInUse

SQLITE_NAME, POSTGRESQL_NAME = "database.db", "database.sql"
_OTHERS = """SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
"""postgresql.org/docs/current/monitoring-stats.html: whoever may connect sees these columns of everybody."""


def is_sqlite(url: str) -> bool:
    """Which of the two kinds of database it is."""
    return make_url(url).get_backend_name() == "sqlite"


def take(url: str, folder: Path) -> Path:
    """Copy the database as it is at one moment into a folder, and give the file; nobody waits for it.

    SQLite by its own backup (sqlite.org/backup.html), all pages in one step: a snapshot that writers do not touch.
    PostgreSQL by pg_dump.  Raises BackupFailed.
    """
    if not is_sqlite(url):
        return _dump(url, folder / POSTGRESQL_NAME)
    target = folder / SQLITE_NAME
    target.touch(mode=0o600)
    source, copy = fixed_sqlite.connect(_path(url)), fixed_sqlite.connect(target)
    try:
        source.execute("pragma busy_timeout=10000")
        source.backup(copy)
        copy.execute("pragma journal_mode=delete")  # one file, without anything beside it
    except fixed_sqlite.Error as error:
        raise BackupFailed(f"The database could not be copied to {folder}: {error}. See that the disk has room.") from None
    finally:
        source.close()
        copy.close()
    return target


def holds_anything(engine: Engine) -> bool:
    """Whether any table of the database has a row, besides the note of its version."""
    quote = engine.dialect.identifier_preparer.quote
    with reading(engine) as connection:
        names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
        return any(connection.exec_driver_sql(f"SELECT 1 FROM {quote(name)} LIMIT 1").first() for name in names)  # noqa: S608 (names from the database itself)


def check_sqlite(file: Path) -> None:
    """Raise BackupFailed for a file that is no whole SQLite database."""
    connection = fixed_sqlite.connect(file)
    try:
        found = connection.execute("pragma integrity_check").fetchone()[0]
    except fixed_sqlite.Error as error:
        found = str(error)
    finally:
        connection.close()
    if found != "ok":
        raise BackupFailed(f"The database in the backup is damaged ({found}): take another backup.")


def put_sqlite(file: Path, url: str) -> Path | None:
    """Give a prepared file the place of the database, in one step; the one before is kept beside it, and named.

    Raises DatabaseInUse while any other program has the database open.
    """
    place = Path(_path(url))
    place.parent.mkdir(parents=True, exist_ok=True)
    before = None
    if place.exists():
        _must_be_alone(place)
        before = place.with_name(f"{place.name}.before-restore")
        before.unlink(missing_ok=True)
        os.link(place, before)
    with file.open("rb") as written:
        os.fsync(written.fileno())
    file.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return before


def _must_be_alone(place: Path) -> None:
    """Leaving WAL mode needs nobody else at the file (sqlite.org/wal.html), and leaves nothing beside it that would be read into the next one."""
    connection = fixed_sqlite.connect(place, timeout=1)
    try:
        mode = connection.execute("pragma journal_mode=delete").fetchone()[0]
    except fixed_sqlite.OperationalError as error:
        if "locked" not in str(error):
            raise BackupFailed(f"{place} cannot be replaced: {error}.") from None
        mode = "wal"
    finally:
        connection.close()
    if mode == "wal":
        raise DatabaseInUse(f"{place} is in use: stop the API, the worker and every `postillion` first, then restore again.")


def put_postgresql(file: Path, url: str) -> None:
    """Put a dump in the place of whatever tables there are, in one transaction.

    Raises BackupFailed, and DatabaseInUse while any other program is connected: it would go on with numbers that mean other rows now.
    """
    engine = open_engine(url)
    try:
        with reading(engine) as connection:
            names = inspect(connection).get_table_names()
            others = connection.exec_driver_sql(_OTHERS).scalar_one()
    finally:
        engine.dispose()
    if others:
        raise DatabaseInUse(
            f"{others} other connection(s) to the database are open: stop the API, the worker and every `postillion` first, then restore again."
        )
    quote = engine.dialect.identifier_preparer.quote
    drop = f"DROP TABLE IF EXISTS {', '.join(map(quote, names))} CASCADE;\n" if names else ""
    script = file.with_name("restore.sql")
    script.touch(mode=0o600)
    with script.open("wb") as whole, file.open("rb") as dump:
        whole.write(drop.encode())
        shutil.copyfileobj(dump, whole)
    _run(url, ["psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={script}"], "restore the database")


def _dump(url: str, target: Path) -> Path:
    target.touch(mode=0o600)
    _run(url, ["pg_dump", "--format=plain", "--no-owner", "--no-privileges", f"--file={target}"], "back the database up")
    return target


def _run(url: str, command: list[str], what: str) -> None:
    """A program of PostgreSQL's, its password in the environment alone: arguments can be read by every user of the machine."""
    program = shutil.which(command[0])
    parsed = make_url(url)
    if program is None:
        by_hand = f"{command[0]} --dbname={parsed.database} …"
        raise BackupFailed(
            f"There is no {command[0]} on this machine: install PostgreSQL's client programs (Debian: postgresql-client) in the server's version, "
            f"or run `{by_hand}` on the server. docs/operations.md, Backup, says with which options."
        )
    done = subprocess.run([program, *command[1:]], env=os.environ | _environment(parsed), capture_output=True, text=True, check=False)  # noqa: S603 (our words)
    if done.returncode:
        words = " ".join(done.stderr.split())[:300]
        raise BackupFailed(f"{command[0]} could not {what}: {words}")


def _environment(url: URL) -> dict[str, str]:
    """libpq's variables (postgresql.org/docs/current/libpq-envars.html)."""

    def in_query(name: str) -> str:
        found: Any = url.query.get(name, "")
        return found if isinstance(found, str) else found[0]

    found = {
        "PGHOST": url.host or in_query("host"),
        "PGPORT": str(url.port or in_query("port")),
        "PGUSER": url.username or "",
        "PGPASSWORD": url.password or "",
        "PGDATABASE": url.database or "",
        "PGSSLMODE": in_query("sslmode"),
        "PGSSLROOTCERT": in_query("sslrootcert"),
    }
    return {name: value for name, value in found.items() if value}


def _path(url: str) -> str:
    return make_url(url).database or ""
