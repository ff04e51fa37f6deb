"""Is every arrival stored once, under the right kind, and only for letters that are on somebody's paper?"""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, select, text, update

from campaigns.letter import LetterState
from campaigns.scan import ScanKind
from store import scans
from store.engine import DatabaseTrouble, writing
from store.scans import Arrival
from store.schema import customers, letters
from store.schema import scans as scan_rows
from tests.store.shop import LATER, NOW, add_letter, customer_id, person, rows, start_run, store


@pytest.fixture
def token(connection: Connection) -> str:
    """Of a letter that was handed over."""
    store(connection, person())
    letter_id = add_letter(connection, start_run(connection), customer_id(connection))
    connection.execute(update(letters).values(state=LetterState.HANDED_OVER, handed_over_at=NOW))
    return str(connection.execute(select(letters.c.token).where(letters.c.id == letter_id)).scalar_one())


def arrival(token: str, number: int = 1, seen: ScanKind = ScanKind.HUMAN, at: datetime = LATER) -> Arrival:
    return Arrival(f"0190-{number}", token, seen, at, "ab" * 16)


def test_an_arrival_is_stored_and_led_on(connection: Connection, token: str) -> None:
    assert scans.take_in(connection, [arrival(token), arrival("ZZZZZZZZZZZZ", 2)]) == ["https://shop.example", None]
    [row] = rows(connection, scan_rows)
    assert (row["id"], row["kind"], row["scanned_at"], row["visitor"]) == ("0190-1", "human", LATER, "ab" * 16)


def test_the_same_arrival_again_changes_nothing(connection: Connection, token: str) -> None:
    for _ in range(3):
        assert scans.take_in(connection, [arrival(token), arrival(token)]) == ["https://shop.example"] * 2
    assert len(rows(connection, scan_rows)) == 1


def test_before_the_hand_over_it_is_nobody_of_ours(connection: Connection, token: str) -> None:
    before = NOW - timedelta(seconds=1)
    scans.take_in(connection, [arrival(token, 1, at=before), arrival(token, 2, at=NOW), arrival(token, 3, ScanKind.BOT, before)])
    assert [row["kind"] for row in rows(connection, scan_rows)] == ["early", "human", "bot"]


@pytest.mark.parametrize("state", [LetterState.CANCELLED, LetterState.FAILED])
def test_a_letter_that_went_nowhere_leads_nowhere(connection: Connection, token: str, state: LetterState) -> None:
    connection.execute(update(letters).values(state=state))
    assert scans.take_in(connection, [arrival(token)]) == [None]
    assert rows(connection, scan_rows) == []


def test_a_letter_of_somebody_who_was_erased_leads_nowhere(connection: Connection, token: str) -> None:
    connection.execute(update(customers).values(erased_at=LATER))
    assert scans.take_in(connection, [arrival(token)]) == [None]
    assert rows(connection, scan_rows) == []


@pytest.mark.parametrize("hostile", ["", "'; DROP TABLE scans; --", "ä" * 5000, "\\x00", "%", "_" * 12])
def test_any_token_can_be_asked_for(connection: Connection, token: str, hostile: str) -> None:
    assert scans.take_in(connection, [arrival(hostile), arrival(token, 2)]) == [None, "https://shop.example"]


def test_an_arrival_comes_back_from_the_journal_as_it_was() -> None:
    seen = Arrival("0190", "ABCDEFGH2345", ScanKind.PREVIEW, datetime(2026, 11, 22, 8, 30, 1, 234567, tzinfo=UTC), "")
    assert Arrival.unpacked(seen.packed()) == seen


@pytest.mark.parametrize("record", [b"", b"{}", b"[]", b"null", b"\xff", b'["1", "2", "person", 3, ""]', b'["1", "2", "human", "x", ""]', b"[1, 2, 3, 4, 5]"])
def test_anything_else_in_the_journal_is_refused(record: bytes) -> None:
    with pytest.raises(ValueError):
        Arrival.unpacked(record)


def test_errors_of_the_driver_are_those_of_the_database(engine: Engine) -> None:
    """The statements go past SQLAlchemy; who asks must not need to know that."""
    with writing(engine) as connection:
        connection.execute(text("DROP TABLE scans"))
    with pytest.raises(DatabaseTrouble), writing(engine) as connection:
        scans.record(connection, scans.Scan("1", 1, ScanKind.HUMAN, NOW))
    with writing(engine) as connection:  # the connection is as good as before
        assert scans.links(connection, ["ZZZZZZZZZZZZ"]) == {}


def test_a_row_that_can_never_be_stored_is_told_from_a_database_that_is_away(engine: Engine) -> None:
    with pytest.raises(scans.REFUSES_A_ROW), writing(engine) as connection:
        scans.record(connection, scans.Scan("1", 4711, ScanKind.HUMAN, NOW))
