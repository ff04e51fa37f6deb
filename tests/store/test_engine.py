"""Does nothing get lost when several processes read and write at once?"""

import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as fixed_sqlite
from sqlalchemy import Engine, func, insert, select, text, update

from store import engine as opening
from store import imports, migrate
from store.columns import UtcDateTime
from store.engine import DatabaseTrouble, open_engine, reading, tidy, writing
from store.errors import UnsafeSqlite
from store.schema import imports as table
from store.schema import offers
from tests.store.shop import NOW

PROCESSES, ROUNDS = 3, 40


def add_in_python(url: str) -> None:
    """Read, add, write back, as careless as it comes: only the transaction keeps it together."""
    engine = open_engine(url)
    for _ in range(ROUNDS):
        with writing(engine) as connection:
            found = connection.execute(select(table.c.read).where(table.c.id == 1).with_for_update()).scalar_one()
            connection.execute(update(table).where(table.c.id == 1).values(read=found + 1))
    engine.dispose()


def add_in_sql(url: str) -> None:
    """Count as the imports do."""
    engine = open_engine(url)
    for _ in range(ROUNDS):
        with writing(engine) as connection:
            imports.add(connection, 1, imports.Counts(read=1, stored=1), [])
    engine.dispose()


@pytest.mark.parametrize("add", [add_in_python, add_in_sql])
def test_no_update_is_lost_between_processes(database_url: str, engine: Engine, add: Callable[[str], None]) -> None:
    with writing(engine) as connection:
        assert imports.start(connection, "shop", "orders", "", "", NOW) == 1
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        for done in [pool.submit(add, database_url) for _ in range(PROCESSES)]:
            done.result()
    with reading(engine) as connection:
        assert connection.execute(select(table.c.read)).scalar_one() == PROCESSES * ROUNDS


def test_a_reader_sees_a_stable_snapshot_and_is_not_held_up_by_a_writer(engine: Engine) -> None:
    row = {"slug": "a", "name": "", "kind": "amount", "value": 1, "currency": "EUR", "minimum_order_cents": 0, "valid_days": 1, "saved_at": NOW}
    count = select(func.count()).select_from(offers)
    with reading(engine) as before:
        assert before.execute(count).scalar_one() == 0
        with writing(engine) as writer:
            writer.execute(insert(offers).values(row))
            with reading(engine) as during:  # answers at once, though a write transaction is open
                assert during.execute(count).scalar_one() == 0
        assert before.execute(count).scalar_one() == 0
    with reading(engine) as after:
        assert after.execute(count).scalar_one() == 1


def test_an_exception_undoes_the_whole_transaction(engine: Engine) -> None:
    with pytest.raises(RuntimeError, match="half way"), writing(engine) as connection:
        imports.start(connection, "shop", "orders", "", "", NOW)
        raise RuntimeError("half way")
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0


def test_writers_of_one_process_wait_for_each_other(engine: Engine) -> None:
    with writing(engine) as connection:
        imports.start(connection, "shop", "orders", "", "", NOW)

    def work() -> None:
        for _ in range(20):
            with writing(engine) as connection:
                imports.add(connection, 1, imports.Counts(read=1), [])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as connection:
        assert connection.execute(select(table.c.read)).scalar_one() == 80


def test_sqlite_is_a_version_that_does_not_corrupt_and_is_set_up_for_two_writers(tmp_path: Path) -> None:
    assert fixed_sqlite.sqlite_version_info >= (3, 51, 3)
    engine = open_engine(f"sqlite:///{tmp_path}/new folder/p.db")
    with reading(engine) as connection:
        assert connection.exec_driver_sql("select sqlite_version()").scalar_one() == fixed_sqlite.sqlite_version
        found = {name: connection.exec_driver_sql(f"pragma {name}").scalar_one() for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")}
    engine.dispose()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_an_unsafe_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_FIRST_SAFE_SQLITE", (99, 0, 0))
    with pytest.raises(UnsafeSqlite, match="install pysqlite3"):
        open_engine(f"sqlite:///{tmp_path}/p.db")


def test_a_reader_cannot_write_on_postgresql(database_url: str, engine: Engine) -> None:
    if not database_url.startswith("postgresql"):
        pytest.skip("SQLite knows no read-only transaction")
    with pytest.raises(Exception, match="read-only transaction"), reading(engine) as connection:
        imports.start(connection, "shop", "orders", "", "", NOW)


def test_a_reader_leaves_the_connection_as_it_was(engine: Engine) -> None:
    for _ in range(20):
        with reading(engine) as connection:
            connection.execute(select(1))
        with writing(engine) as connection:
            imports.start(connection, "shop", "orders", "", "", NOW)
    migrate.check(engine)


def test_a_moment_without_a_time_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(Exception, match="has no time zone"), writing(engine) as connection:
        imports.start(connection, "shop", "orders", "", "", datetime(2026, 1, 1))


def test_moments_come_back_aware_and_in_utc(engine: Engine) -> None:
    assert UtcDateTime().process_bind_param(None, engine.dialect) is None
    berlin = datetime.fromisoformat("2026-07-01T00:30:00.123456+02:00")
    with writing(engine) as connection:
        imports.start(connection, "shop", "orders", "", "", berlin)
        found = connection.execute(select(table.c.started_at)).scalar_one()
    assert (found, str(found.tzinfo)) == (berlin, "UTC")


def test_a_hasty_engine_leaves_tidying_to_others(empty_url: str) -> None:
    hasty, patient = open_engine(empty_url, 50), open_engine(empty_url)
    with writing(hasty) as connection:
        connection.execute(text("CREATE TABLE notes (word TEXT)"))
        connection.execute(text("INSERT INTO notes VALUES ('kept')"))
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA wal_autocheckpoint")).scalar_one() == 0
    file = Path(hasty.url.database or "")
    assert not file.is_file() or b"kept" not in file.read_bytes()
    tidy(patient)
    assert not file.is_file() or b"kept" in file.read_bytes()
    with writing(patient) as connection:  # it still takes the write lock at its start
        assert connection.connection.driver_connection is not None
        assert connection.execute(text("SELECT word FROM notes")).scalars().all() == ["kept"]
        if connection.dialect.name == "sqlite":
            with pytest.raises(DatabaseTrouble), writing(hasty):
                pass
    hasty.dispose()
    patient.dispose()
