"""Most tests of the store need one transaction and nobody else: both databases are made once, and every test is undone."""

import shutil
from collections.abc import Iterator

import pytest
from hypothesis import settings
from sqlalchemy import Connection, Engine

from store.engine import open_engine
from tests.conftest import TEMPLATE

settings.register_profile("postillion", deadline=None)
settings.load_profile("postillion")


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shared_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database with all tables that every test must leave empty."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("shared") / "postillion.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        url = f"sqlite:///{path}"
    else:
        server = request.getfixturevalue("postgres")
        url = server.url(server.new(TEMPLATE))
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(shared_engine: Engine) -> Iterator[Connection]:
    """A transaction that is undone after the test."""
    with shared_engine.connect() as found:
        transaction = found.begin()
        yield found
        transaction.rollback()
