"""How do the tables come into the database, and how do they follow a new version of Postillion?"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from store.engine import reading, writing
from store.errors import DatabaseNotReady

_LOCK = 7_061_786
"""Any number of our own: two processes that migrate at once wait for each other (PostgreSQL; SQLite has its write lock)."""

_SCRIPTS = str(Path(__file__).parent / "migrations").replace("%", "%%")


def config(connection: Connection) -> Config:
    """Alembic's settings, without a file."""
    found = Config()
    found.set_main_option("script_location", _SCRIPTS)
    found.attributes["connection"] = connection
    return found


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to ``revision``; safe to call at every start and from several processes."""
    with writing(engine) as connection:
        _lock(connection)
        command.upgrade(config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the tables back to ``revision``."""
    with writing(engine) as connection:
        _lock(connection)
        command.downgrade(config(connection), revision)


def current(engine: Engine) -> str:
    """The version that the tables are at, empty for none."""
    with reading(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def knows(revision: str) -> bool:
    """Whether this Postillion has a way from that version to its own."""
    found = Config()
    found.set_main_option("script_location", _SCRIPTS)
    return revision in {script.revision for script in ScriptDirectory.from_config(found).walk_revisions()}


def check(engine: Engine) -> None:
    """Raise DatabaseNotReady unless the tables are those of this version."""
    with reading(engine) as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        wanted = ScriptDirectory.from_config(config(connection)).get_current_head()
    if current != wanted:
        raise DatabaseNotReady(f"The database is at version {current or 'nothing'}, this Postillion needs {wanted}: run `postillion migrate`.")


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
