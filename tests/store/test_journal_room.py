"""Does a journal stop before it fills the disk, and go on once there is room?"""

import errno
import os
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from store import journal as journals
from store.journal import Journal, JournalFull, Room

RECORD = b"x" * 92  # 100 bytes with its frame


@pytest.fixture(autouse=True)
def measured_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "_MEASURED_EVERY_SECONDS", 0.0)


def test_it_takes_what_it_may_and_not_a_byte_more(tmp_path: Path) -> None:
    journal = Journal(tmp_path, Room(1000))
    for _ in range(10):
        journal.append([RECORD])
    with pytest.raises(JournalFull) as full:
        journal.append([b"1"])
    assert full.value.errno == errno.ENOSPC
    assert journal.is_full and journal.is_failing
    assert (journal.depth().records, journal.depth().bytes) == (10, 1000)


def test_a_batch_that_does_not_fit_is_left_out_whole(tmp_path: Path) -> None:
    journal = Journal(tmp_path, Room(250))
    with pytest.raises(JournalFull):
        journal.append([RECORD] * 3)
    journal.append([RECORD] * 2)
    assert not journal.is_full and not journal.is_failing
    assert journal.depth().records == 2


def test_what_others_wrote_there_counts_too(tmp_path: Path) -> None:
    """Another process, and files that wait for a person."""
    Journal(tmp_path).append([RECORD] * 4)
    (tmp_path / "1-1.damaged").write_bytes(b"?" * 500)
    journal = Journal(tmp_path, Room(1000))
    journal.append([RECORD])
    with pytest.raises(JournalFull):
        journal.append([RECORD])


def test_what_was_brought_into_the_database_makes_room(tmp_path: Path) -> None:
    journal = Journal(tmp_path, Room(100))
    journal.append([RECORD])
    for path, _ in journal.waiting():
        journal.done(path)
    journal.append([RECORD])
    assert journal.depth().records == 1


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_the_disk_keeps_room_for_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = 1099
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10_000, 0, free))
    journal = Journal(tmp_path, Room(10_000, least_free=1000))
    with pytest.raises(JournalFull):
        journal.append([RECORD])
    free = 1100
    journal.append([RECORD])


def test_between_two_measurements_its_own_bytes_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "_MEASURED_EVERY_SECONDS", 1000.0)
    journal = Journal(tmp_path, Room(300))
    for _ in range(3):
        journal.append([RECORD])
    with pytest.raises(JournalFull):
        journal.append([RECORD])


def test_room_that_comes_back_is_seen_before_anything_is_written(tmp_path: Path) -> None:
    """Else a monitor would show a full journal until the database is away again."""
    room = 100
    journal = Journal(tmp_path, Room(room))
    with pytest.raises(JournalFull):
        journal.append([RECORD] * 2)
    journal.try_again()
    assert journal.is_full and journal.is_failing
    journal._room = Room(10_000)
    journal.try_again()
    assert not journal.is_full and not journal.is_failing
    journal.append([RECORD])
    assert [records for _, records in journal.waiting()] == [[RECORD]], "trying leaves nothing behind"


def test_a_disk_that_still_refuses_is_not_taken_for_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    journal = Journal(tmp_path)
    with monkeypatch.context() as disk:
        disk.setattr(os, "pwrite", full)
        with pytest.raises(OSError, match="No space"):
            journal.append([RECORD])
        journal.try_again()
        assert journal.is_failing and not journal.is_full
    journal.try_again()
    assert not journal.is_failing
    for path, records in journal.waiting():
        assert not records
        journal.done(path)
    assert not list(tmp_path.iterdir())


def test_a_write_that_is_going_on_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk takes its time; who asks for the health meanwhile must not be told that scans are lost."""
    journal, seen = Journal(tmp_path), []
    monkeypatch.setattr(os, "fdatasync", lambda _: seen.append(journal.is_failing))
    journal.append([RECORD])
    assert seen == [False]
