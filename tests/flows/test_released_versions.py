"""Does a database of every released version come to this one, with all that was in it, and can one work with it?

``tests/store/released/NNNN.tables.sql`` and ``NNNN.sql`` were written once, by the code of the commit that they name: what stands there is what real
installations have.  A migration that is changed after its release is found here.
"""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import JSON, Engine, inspect, select, text, update
from sqlalchemy.engine import make_url

from campaigns.print_run import PrintRunState
from campaigns.scan import ScanKind
from flows.clearing import clean_up
from flows.clock import now
from flows.definition import campaign_files, saving
from store import letters, migrate, scans
from store.engine import open_engine, reading, writing
from store.schema import customers, metadata, orders
from store.settings import Settings
from tests.flows.way import selected
from tests.store.shop import rows

RELEASED = Path(__file__).parents[1] / "store" / "released"
VERSIONS = sorted(path.stem for path in RELEASED.glob("????.sql"))


def statements(version: str) -> list[str]:
    return [line for line in (RELEASED / f"{version}.sql").read_text("utf-8").splitlines() if line.startswith("INSERT")]


@pytest.fixture(params=VERSIONS)
def old(request: pytest.FixtureRequest, empty_url: str) -> Iterator[tuple[str, Engine]]:
    """A database of that version with something in each of its tables."""
    version = str(request.param)
    engine = open_engine(empty_url)
    if engine.dialect.name == "sqlite":
        engine.dispose()
        connection = sqlite3.connect(make_url(empty_url).database or "")
        connection.executescript((RELEASED / f"{version}.tables.sql").read_text("utf-8"))
        connection.execute("INSERT INTO alembic_version VALUES (?)", (version,))
        connection.executescript("\n".join(statements(version)))
        connection.close()
    else:
        migrate.upgrade(engine, version)
        with engine.begin() as connection_:
            connection_.execute(text("SET TIME ZONE 'UTC'"))
            for line in statements(version):
                connection_.exec_driver_sql(re.sub(r"X'([0-9a-f]*)'", r"'\\x\1'", line).replace("%", "%%"))
            for name in inspect(engine).get_table_names():
                if any(column["name"] == "id" and "INT" in str(column["type"]).upper() for column in inspect(engine).get_columns(name)):
                    last = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM \"{name}\"))"
                    connection_.exec_driver_sql(last)
    yield version, engine
    engine.dispose()


def stored(version: str) -> dict[str, list[dict[str, str]]]:
    """Table -> its rows as they were written, each value as the text that it was told in."""
    found: dict[str, list[dict[str, str]]] = {}
    with sqlite3.connect(":memory:") as connection:
        connection.executescript((RELEASED / f"{version}.tables.sql").read_text("utf-8"))
        connection.executescript("\n".join(statements(version)))
        connection.row_factory = sqlite3.Row
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'alembic_version'").fetchall():
            found[name] = [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')]
    connection.close()
    return found


def test_every_version_before_this_one_is_there_with_something_in_each_table() -> None:
    assert VERSIONS == ["0001", "0002", "0003", "0004", "0005"]
    for version in VERSIONS:
        assert all(stored(version).values()), version


def test_tables_constraints_and_content_are_those_of_a_fresh_one(old: tuple[str, Engine]) -> None:
    version, engine = old
    before = stored(version)
    migrate.upgrade(engine)
    migrate.check(engine)
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
        after = {table.name: rows(connection, table) for table in metadata.sorted_tables}
    made = {name: {str(index["name"]) for index in inspect(engine).get_indexes(name)} for name in metadata.tables}
    assert {name: {str(index.name) for index in table.indexes} - made[name] for name, table in metadata.tables.items()} == {name: set() for name in made}
    for name, found in before.items():
        assert len(after[name]) == len(found), name
        for old_row, new_row in zip(found, after[name], strict=True):
            plain = {column.name for column in metadata.tables[name].columns if not isinstance(column.type, JSON)} - {"record_hash"}  # 0002: each is read anew
            same = {column: value for column, value in old_row.items() if column in plain and isinstance(new_row.get(column), int | str)}
            assert {column: new_row[column] for column in same} == same, name
            assert len(same) > 1 or len(old_row) < 6, name
    if engine.dialect.name == "sqlite":
        with reading(engine) as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_a_campaign_runs_on_it_and_the_code_of_an_old_letter_still_scans(old: tuple[str, Engine], tmp_path: Path) -> None:
    _, engine = old
    migrate.upgrade(engine)
    url = engine.url.render_as_string(hide_password=False)
    settings = Settings(_env_file=None, database_url=url, data_dir=tmp_path / "var", handover_dir=tmp_path / "handover", render_processes=1)
    with reading(engine) as connection:
        letter = letters.by_token(connection, "abcdefgh2345")
    assert letter
    assert (letter.campaign, letter.is_on_paper, letter.landing_url) == ("winback", True, "https://shop.example")
    with writing(engine) as connection:
        scan = scans.Arrival("01890000-0000-7000-8000-000000000001", letter.token, ScanKind.HUMAN, now())
        assert scans.take_in(connection, [scan]) == [letter.landing_url]
        connection.execute(update(orders).where(orders.c.customer_id != letter.customer_id).values(ordered_at=now() - timedelta(days=210)))
    clean_up(engine, settings, now())
    form = campaign_files.read(campaign_files.PRESETS / "winback-de.toml")
    with writing(engine) as connection:
        campaign = replace(form.to_campaign(), limits=replace(form.to_campaign().limits, holdout_percent=0))
        saving.save_campaign(connection, campaign, [offer.to_offer() for offer in form.offers], settings)
    run = selected(engine, settings)
    assert run.state is PrintRunState.RENDERING, run.funnel
    assert run.funnel.selected >= 1
    with reading(engine) as connection:
        names = connection.execute(select(customers.c.first_name).where(customers.c.id != letter.customer_id, customers.c.erased_at.is_(None))).scalars().all()
        assert "Anna2" in names
