"""Is a scan kept whatever the database does, and in the database soon after it is back?"""

import errno
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text

from api.scanning import recorder as recorders
from api.scanning.patience import Database
from api.scanning.recorder import Kept, Recorder
from api.uuid7 import uuid7
from campaigns.scan import ScanKind
from store import scans
from store.engine import Connection, DatabaseTrouble, open_engine, writing
from store.journal import Journal, Room
from store.letters import Letter
from store.link_snapshot import LinkSnapshot
from store.scans import Arrival
from tests.api.conftest import LANDING, TOKEN, Shop

SHOP = "https://teehaus.example/"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def recorder(shop: Shop, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """One that is called by the test itself, which also says when the journal is replayed."""
    monkeypatch.setattr(recorders, "REST_SECONDS", 0)
    monkeypatch.setattr(recorders, "PATIENCE_SECONDS", 10)  # no test may hang on a busy machine's clock
    url = shop.settings.database
    hasty, patient = open_engine(url, 60), open_engine(url)
    snapshot = LinkSnapshot(tmp_path / "links.db") if patient.dialect.name == "postgresql" else None
    found = Recorder(hasty, patient, Journal(folder), snapshot, SHOP)
    yield found
    found._database.close()
    hasty.dispose()
    patient.dispose()
    if snapshot:
        snapshot.close()


def arrival(token: str = TOKEN) -> Arrival:
    return Arrival(str(uuid7()), token, ScanKind.HUMAN, datetime.now(UTC))


@contextmanager
def locked(engine: Engine) -> Iterator[None]:
    """Somebody else holds what a scan needs to write."""
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE scans IN ACCESS EXCLUSIVE MODE"))
        yield


def test_a_scan_goes_into_the_database_and_nothing_is_left_to_do(recorder: Recorder, shop: Shop, annas_letter: Letter) -> None:
    assert recorder.keep([arrival(), arrival("ZZZZZZZZZZZZ")]) == [Kept(LANDING), Kept("")]
    assert recorder.journal.depth().records == 0
    assert shop.scan_kinds(annas_letter.customer_id) == ["human"]


def test_a_locked_database_means_the_journal_and_the_way_is_known_all_the_same(recorder: Recorder, shop: Shop, annas_letter: Letter) -> None:
    if recorder._snapshot:
        recorder.copy_links(recorder._snapshot)
    with locked(shop.engine):
        assert recorder.keep([arrival(), arrival()]) == [Kept(LANDING)] * 2
        assert recorder.journal.depth().records == 2
    assert recorder.replay() == 2
    assert recorder.journal.depth().records == 0
    assert shop.scan_kinds(annas_letter.customer_id) == ["human"] * 2


def test_a_code_that_this_machine_does_not_know_leads_to_the_shop_or_nowhere(recorder: Recorder, shop: Shop, annas_letter: Letter) -> None:
    with locked(shop.engine):
        kept, _ = recorder.keep([arrival("ZZZZZZZZZZZZ"), arrival()])
    if recorder._snapshot:  # it may be a letter of this very minute
        assert kept == Kept(SHOP)
        assert recorder.journal.depth().records == 2
    else:  # the file can be read: it is none
        assert kept == Kept("")
        assert recorder.journal.depth().records == 1
    recorder.replay()
    assert recorder.journal.depth().records == 0
    assert shop.scan_kinds(annas_letter.customer_id) == ["human"]


def test_what_was_stored_too_late_and_written_down_as_well_is_one_scan(recorder: Recorder, shop: Shop, annas_letter: Letter) -> None:
    seen = [arrival()]
    recorder._take_in(seen)
    recorder.journal.append([seen[0].packed()])
    recorder.replay()
    assert shop.scan_kinds(annas_letter.customer_id) == ["human"]


def test_where_nothing_keeps_a_scan_nobody_is_told_that_it_was_kept(
    recorder: Recorder, shop: Shop, annas_letter: Letter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk, locked(shop.engine):
        disk.setattr(os, "pwrite", full)
        [kept] = recorder.keep([arrival()])
    assert not kept.is_durable
    assert kept.leads_to in (LANDING, SHOP)
    assert recorder.journal.is_failing
    assert "Neither database nor journal" in caplog.text and TOKEN not in caplog.text


def test_one_record_that_can_never_be_stored_does_not_hold_up_the_others(
    recorder: Recorder, shop: Shop, annas_letter: Letter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = scans.take_in
    refused = arrival()

    def take_in(connection: Connection, arrivals: list[Arrival]) -> list[str | None]:
        if refused in arrivals:  # as a foreign key would
            scans.record(connection, scans.Scan("x", 4711, ScanKind.HUMAN, datetime.now(UTC)))
        return real(connection, arrivals)

    recorder.journal.append([arrival().packed(), b"not an arrival", refused.packed(), arrival().packed()])
    monkeypatch.setattr(scans, "take_in", take_in)
    assert recorder.replay() == 2
    assert shop.scan_kinds(annas_letter.customer_id) == ["human"] * 2
    assert (recorder.journal.depth().records, recorder.journal.depth().set_aside) == (0, 2)
    assert caplog.text.count("it is set aside") == 2 and TOKEN not in caplog.text


def test_a_database_that_is_not_ready_is_waited_for_and_nothing_is_set_aside(recorder: Recorder, shop: Shop, annas_letter: Letter) -> None:
    recorder.journal.append([arrival().packed()])
    with writing(shop.engine) as connection:
        connection.execute(text("ALTER TABLE scans RENAME TO gone"))
    with pytest.raises(DatabaseTrouble):
        recorder.replay()
    assert (recorder.journal.depth().records, recorder.journal.depth().set_aside) == (1, 0)
    with writing(shop.engine) as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO scans"))
    assert recorder.replay() == 1


def test_a_mistake_of_ours_loses_no_scan_and_ends_no_thread(recorder: Recorder, shop: Shop, annas_letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> list[str]:
        raise KeyError("a mistake")

    monkeypatch.setattr(recorders, "REPLAY_EVERY_SECONDS", 0.01)
    with monkeypatch.context() as mistaken:
        mistaken.setattr(scans, "take_in", broken)
        assert recorder.keep([arrival()])[0].is_durable
    with recorder.replaying():
        while recorder.journal.depth().records:
            time.sleep(0.01)
    assert shop.scan_kinds(annas_letter.customer_id) == ["human"]


def test_the_links_are_copied_and_the_journal_replayed_at_the_end(recorder: Recorder, shop: Shop, annas_letter: Letter) -> None:
    with recorder.replaying():
        recorder.journal.append([arrival().packed()])
    assert recorder.journal.depth().records == 0
    assert shop.scan_kinds(annas_letter.customer_id) == ["human"]


# --- patience --------------------------------------------------------------------------------------------------------------


def test_nobody_waits_for_an_answer_that_is_late_or_asks_again_before_it_came() -> None:
    may_answer, asked = threading.Event(), list[int]()

    def slow(number: int) -> int:
        asked.append(number)
        assert may_answer.wait(10)
        return number

    database: Database[int] = Database("test", 0, 0.01)
    assert database.ask(lambda: slow(1)) is None
    assert database.ask(lambda: slow(2)) is None
    may_answer.set()
    assert database._late and database._late.result(10) == 1
    patient: Database[int] = Database("test", 0, 10)
    assert patient.ask(lambda: slow(3)) == 3
    assert asked == [1, 3]
    database.close()
    patient.close()


def test_after_a_failure_the_database_is_left_in_peace_for_a_while() -> None:
    def away() -> int:
        raise DatabaseTrouble

    database: Database[int] = Database("test", 3600, 10)
    assert database.ask(away) is None
    assert database.ask(lambda: 1) is None
    database._rests_until = 0
    assert database.ask(lambda: 1) == 1
    database.close()


def test_a_lost_connection_is_replaced(recorder: Recorder, shop: Shop, annas_letter: Letter) -> None:
    assert recorder.keep([arrival()]) == [Kept(LANDING)]
    if shop.engine.dialect.name != "postgresql":
        return
    with shop.engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"))
        connection.rollback()
    recorder.copy_links(recorder._snapshot) if recorder._snapshot else None
    assert recorder.keep([arrival()])[0].is_durable  # into the journal
    assert recorder.keep([arrival()])[0].is_durable  # over a new connection
    before = recorder.journal.depth().records
    assert before == 1 and recorder.replay() == 1
    assert shop.scan_kinds(annas_letter.customer_id) == ["human"] * 3


def test_the_statement_of_a_scan_is_one_transaction(recorder: Recorder, shop: Shop, annas_letter: Letter) -> None:
    commits: list[object] = []
    event.listen(recorder._engine, "commit", commits.append)
    recorder.keep([arrival() for _ in range(50)])
    assert len(commits) == 1


def test_a_journal_without_room_loses_scans_in_the_open_and_says_so_once_a_minute(
    recorder: Recorder, shop: Shop, annas_letter: Letter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    recorder.journal = Journal(tmp_path / "full", Room(1))
    with locked(shop.engine):
        kept = [recorder.keep([arrival()])[0] for _ in range(3)]
        assert {one.leads_to for one in kept} <= {LANDING, SHOP} and not any(one.is_durable for one in kept)
        assert (recorder.tally.lost, recorder.tally.journalled) == (3, 0)
        assert [record.message.count("POSTILLION_JOURNAL_MOST_MB") for record in caplog.records if "Neither" in record.message] == [1]
        monkeypatch.setattr(recorders, "TOLD_EVERY_SECONDS", 0)
        recorder.keep([arrival()])
    assert "4 lost since the start" in caplog.text
    assert TOKEN not in caplog.text


def test_what_goes_into_the_journal_is_counted(recorder: Recorder, shop: Shop, annas_letter: Letter) -> None:
    recorder.keep([arrival()])
    with locked(shop.engine):
        recorder.keep([arrival(), arrival()])
    assert (recorder.tally.lost, recorder.tally.journalled) == (0, 2)
