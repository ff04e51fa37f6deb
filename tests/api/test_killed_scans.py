"""Phones go on while database and API are killed: is every scan that was answered stored, once, and does nobody get anything but a redirect?

The short form of ``make load``; both use the same parts (benchmarks/load.py).
"""

import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from pysqlite3 import dbapi2 as fixed_sqlite
from sqlalchemy import Engine

from benchmarks import load
from benchmarks.edge import Api, add_letters, scans_by_token, served, wait_until_empty
from benchmarks.visits import HUNG_UP, one_after_the_other
from store.settings import Settings
from tests.api.conftest import PHONE

ROOT = Path(__file__).parents[2]
POINTS = ("scan.before_commit", "scan.after_commit", "scan.after_journal", "scan.while_replaying")


def test_kills_of_postgresql_and_of_the_api_lose_no_scan() -> None:
    found = load.faults(letters=60_000, database_kills=2, hangs=1, api_kills=3, pause=0.7, visit_pause=0.02)
    assert found["acknowledged"] > 500
    assert (found["lost"], found["stored_twice"], found["not_redirected_while_up"]) == (0, 0, 0)


def test_a_sqlite_file_that_others_lock_again_and_again_loses_no_scan(tmp_path: Path) -> None:
    with load.place("sqlite", 20_000) as (folder, url, engine, tokens, _), served(folder / "var", url) as api:
        left = iter(tokens)
        found = []
        for number in range(4):
            with load.away("sqlite", folder, None):
                found += one_after_the_other(api.port, [next(left) for _ in range(300)], 8).all
                if number % 2:
                    api.kill()
                    api.start()  # the file can be read: the application starts, and takes scans
                found += one_after_the_other(api.port, [next(left) for _ in range(100)], 8).all
            found += one_after_the_other(api.port, [next(left) for _ in range(300)], 8).all
        assert wait_until_empty(api, 30) is not None
        assert {visit.status for visit in found} == {302}
        assert scans_by_token(engine) == {visit.token: 1 for visit in found}
        assert len(found) == 2800


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_full_disk_promises_nothing_that_it_cannot_hold(kind: str) -> None:
    found = load.on_a_full_disk(kind, letters=800, room=20_000)
    assert found["redirected"] > 100 and found["led_on_by_a_page"] > 100 and found["lost"] == 0


@pytest.fixture
def api(settings: Settings) -> Iterator[Api]:
    """Not started yet."""
    found = Api(settings.data_dir, settings.database_url)
    yield found
    found.close()


@contextmanager
def dying(api: Api, point: str) -> Iterator[None]:
    """It is killed at the first passing of a point."""
    api.environment["POSTILLION_FAILPOINT"] = f"{point}:1"
    api.start()
    yield
    assert api.process and api.process.wait(60) == -signal.SIGKILL, f"nobody died at {point}"
    del api.environment["POSTILLION_FAILPOINT"]


@pytest.mark.parametrize("point", POINTS[:2])
def test_a_process_that_dies_around_the_commit_has_promised_nothing_and_stores_nothing_twice(api: Api, engine: Engine, point: str) -> None:
    [token] = add_letters(engine, 1)
    with dying(api, point):
        assert [visit.status for visit in one_after_the_other(api.port, [token], 1).all] == [HUNG_UP]
    assert scans_by_token(engine) == ({} if point == "scan.before_commit" else {token: 1})


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_process_that_dies_around_the_journal_leaves_it_to_the_next_one(api: Api, engine: Engine, settings: Settings) -> None:
    tokens = add_letters(engine, 3)
    folder = settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    other = fixed_sqlite.connect(str(engine.url.database), isolation_level=None)
    other.execute("begin immediate")
    with dying(api, "scan.after_journal"):
        assert [visit.status for visit in one_after_the_other(api.port, tokens[:1], 1).all] == [HUNG_UP]
    other.execute("rollback")
    other.close()
    with dying(api, "scan.while_replaying"):
        pass
    api.start()
    assert wait_until_empty(api, 30) is not None
    assert [visit.status for visit in one_after_the_other(api.port, tokens[1:], 1).all] == [302, 302]
    assert scans_by_token(engine) == dict.fromkeys(tokens, 1)


def test_a_process_that_is_asked_to_end_answers_first(api: Api, engine: Engine) -> None:
    tokens = add_letters(engine, 200)
    api.start()
    with socket.create_connection(("127.0.0.1", api.port)) as open_connection:
        open_connection.sendall(b"GET /S/" + tokens[0].encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        assert open_connection.recv(12) == b"HTTP/1.1 302"
        api.stop()
    assert scans_by_token(engine) == {tokens[0]: 1}


def test_the_application_starts_without_its_database_and_stops_while_it_hangs(tmp_path: Path) -> None:
    with load.place("postgresql", 100) as (folder, url, engine, tokens, server):
        assert server
        server.kill()
        with served(folder / "var", url) as api:
            assert api.health()["database"] == "away"
            assert one_after_the_other(api.port, tokens, 4).statuses == {302: 100}
            server.start()
            assert wait_until_empty(api, 30) is not None
            while api.health()["database"] == "away":
                time.sleep(0.05)
            server.hang()
            try:
                answer = httpx.get(f"http://127.0.0.1:{api.port}/healthz", headers={"User-Agent": PHONE}, timeout=30)
                assert (answer.status_code, answer.json()["database"]) == (200, "away")
                assert one_after_the_other(api.port, tokens, 4).statuses == {302: 100}
            finally:
                server.go_on()
            assert wait_until_empty(api, 30) is not None
        assert scans_by_token(engine) == dict.fromkeys(tokens, 2)


def test_the_places_to_die_are_all_there_are() -> None:
    points = set()
    for path in (ROOT / "api" / "scanning").rglob("*.py"):
        points |= {line.split('"')[1] for line in path.read_text("utf-8").splitlines() if "failpoint.pass_by(" in line}
    assert points == set(POINTS)
