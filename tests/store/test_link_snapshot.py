"""Does the copy of the links hold what the database would answer, soon after it would?"""

import stat
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from campaigns.letter import LetterState
from store import link_snapshot, scans
from store.link_snapshot import LinkSnapshot
from store.schema import customers, letters
from tests.store.shop import LATER, Run, add_letter, customer_id, person, start_run, store


@pytest.fixture
def tokens(connection: Connection, run: Run) -> list[str]:
    """Of five letters of five people, handed over."""
    return letters_of(connection, run, 1, 2, 3, 4, 5)


@pytest.fixture
def run(connection: Connection) -> Run:
    """What they are printed in."""
    return start_run(connection)


def letters_of(connection: Connection, run: Run, *numbers: int) -> list[str]:
    store(connection, *(person(number) for number in numbers))
    added = [add_letter(connection, run, customer_id(connection, f"anna{number}@example.org")) for number in numbers]
    rows = connection.execute(letters.select().where(letters.c.id.in_(added)).order_by(letters.c.id))
    return [row.token for row in rows]


def copy_all(snapshot: LinkSnapshot, connection: Connection) -> None:
    while snapshot.copy_new(connection):
        pass


def known(snapshot: LinkSnapshot, tokens: list[str]) -> list[str]:
    return [token for token in tokens if snapshot.find(token)]


@pytest.fixture(params=[1, 2, 5, 20_000])
def snapshot(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LinkSnapshot:
    """A copy made in pages of one letter, of some, of all."""
    monkeypatch.setattr(link_snapshot, "PAGE", request.param)
    return LinkSnapshot(tmp_path / "links.db")


def test_it_answers_as_the_database_does(snapshot: LinkSnapshot, connection: Connection, tokens: list[str]) -> None:
    copy_all(snapshot, connection)
    expected = {token: link.landing_url for token, link in scans.links(connection, tokens).items()}
    assert {token: snapshot.find(token) for token in tokens} == expected
    assert len(expected) == 5
    assert snapshot.find("ZZZZZZZZZZZZ") is None


def test_new_letters_come_in(snapshot: LinkSnapshot, connection: Connection, run: Run, tokens: list[str]) -> None:
    copy_all(snapshot, connection)
    new = letters_of(connection, run, 6)
    copy_all(snapshot, connection)
    assert known(snapshot, [*tokens, *new]) == [*tokens, *new]


def test_many_letters_that_lead_nowhere_do_not_stop_the_new_ones(snapshot: LinkSnapshot, connection: Connection, run: Run, tokens: list[str]) -> None:
    connection.execute(update(letters).values(state=LetterState.CANCELLED))
    copy_all(snapshot, connection)
    new = letters_of(connection, run, 6)
    copy_all(snapshot, connection)
    assert known(snapshot, [*tokens, *new]) == new


def test_cancelled_and_erased_letters_leave_it_and_late_ones_come_in(snapshot: LinkSnapshot, connection: Connection, tokens: list[str]) -> None:
    late = tokens.pop(1)
    connection.execute(update(letters).where(letters.c.token == late).values(state=LetterState.CANCELLED))
    copy_all(snapshot, connection)
    assert known(snapshot, [late, *tokens]) == tokens
    connection.execute(update(letters).where(letters.c.token == late).values(state=LetterState.HANDED_OVER))
    connection.execute(update(letters).where(letters.c.token == tokens[0]).values(state=LetterState.CANCELLED))
    erased = connection.execute(letters.select().where(letters.c.token == tokens[1])).one().customer_id
    connection.execute(update(customers).where(customers.c.id == erased).values(erased_at=LATER))
    while snapshot.copy_again(connection):
        pass
    assert known(snapshot, [late, *tokens]) == [late, *tokens[2:]]


def test_it_is_there_after_a_restart(tmp_path: Path, connection: Connection, tokens: list[str]) -> None:
    first = LinkSnapshot(tmp_path / "links.db")
    copy_all(first, connection)
    first.close()
    assert known(LinkSnapshot(tmp_path / "links.db"), tokens) == tokens


@pytest.mark.parametrize("content", [b"no database at all", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_begun_anew(tmp_path: Path, connection: Connection, tokens: list[str], content: bytes) -> None:
    (tmp_path / "links.db").write_bytes(content)
    snapshot = LinkSnapshot(tmp_path / "links.db")
    copy_all(snapshot, connection)
    assert known(snapshot, tokens) == tokens


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    LinkSnapshot(tmp_path / "links.db")
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_a_link_is_found_while_a_page_is_being_written(tmp_path: Path, connection: Connection, tokens: list[str]) -> None:
    snapshot = LinkSnapshot(tmp_path / "links.db")
    copy_all(snapshot, connection)
    snapshot._writer.execute("begin immediate")
    snapshot._writer.execute("delete from links")
    assert known(snapshot, tokens) == tokens
    snapshot._writer.execute("rollback")


def test_a_disk_that_takes_no_copy_stops_nobody(tmp_path: Path, connection: Connection, tokens: list[str]) -> None:
    (tmp_path / "a file").touch()
    snapshot = LinkSnapshot(tmp_path / "a file" / "links.db")
    copy_all(snapshot, connection)
    assert known(snapshot, tokens) == tokens
