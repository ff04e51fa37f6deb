"""Does somebody whose database fails read what the driver said, unless that may name people, and what to do?"""

import logging
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from flows.errors import DatabaseFailed
from flows.wiring import installation
from store.engine import driver_words, open_engine, writing
from tests.flows.terminal import postillion


@pytest.fixture(autouse=True)
def migrated(own_installation: None) -> None:
    postillion("migrate")


def said_of(statement: str, caplog: pytest.LogCaptureFixture) -> tuple[str, str]:
    """What the log and the error say."""
    with caplog.at_level(logging.ERROR), pytest.raises(DatabaseFailed) as failed, installation() as (engine, _), writing(engine) as connection:
        connection.execute(text(statement))
    return caplog.text, str(failed.value)


def test_the_drivers_words_are_logged_and_the_advice_fits_the_database(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    lost = "SELECT 1 FROM nowhere" if engine.dialect.name == "sqlite" else "SET LOCAL statement_timeout = 1; SELECT pg_sleep(5)"
    log, told = said_of(lost, caplog)
    assert ("no such table: nowhere" if engine.dialect.name == "sqlite" else "statement timeout") in log
    assert ("the disk has room" in told) is (engine.dialect.name == "sqlite")
    assert ("the database's own log" in told) is (engine.dialect.name != "sqlite")


def test_what_may_name_a_person_stays_out_of_the_log(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    insert = "INSERT INTO offers (slug, name) VALUES ('anna@example.com', NULL)"
    log, told = said_of(insert, caplog)
    assert "anna" not in log + told
    assert "IntegrityError" in told


def test_words_of_the_driver_are_one_line(tmp_path: Path) -> None:
    here = open_engine(f"sqlite:///{tmp_path}/here.db")
    with pytest.raises(Exception, match="no such table") as error, writing(here) as connection:
        connection.execute(text("SELECT 1 FROM nowhere"))
    assert driver_words(error.value) == "no such table: nowhere"  # type: ignore[arg-type]
    here.dispose()
