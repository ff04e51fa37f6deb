"""Is what was written down there after anything that can happen to a process, a file or a disk?"""

import errno
import fcntl
import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from store import journal as journals
from store.journal import Journal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def read_all(folder: Path) -> list[bytes]:
    """What another process would bring into the database."""
    return [record for _, records in Journal(folder).waiting() for record in records]


def die_after_writing(folder: Path, *records: str) -> None:
    """A process that writes and is killed."""
    code = "import os, sys; from pathlib import Path; from store.journal import Journal; Journal(Path(sys.argv[1])).append([r.encode() for r in sys.argv[2:]])"
    process = subprocess.run([sys.executable, "-c", f"{code}; os.kill(os.getpid(), 9)", str(folder), *records], check=False)
    assert process.returncode == -signal.SIGKILL


def test_what_was_written_is_read_in_its_order_and_gone_once_done(folder: Path) -> None:
    journal = Journal(folder)
    journal.append([b"1", b"2"])
    journal.append([b"3"])
    assert (journal.depth().records, journal.depth().set_aside) == (3, 0)
    [(path, records)] = list(journal.waiting())
    assert records == [b"1", b"2", b"3"]
    journal.done(path)
    assert (journal.depth().records, journal.depth().oldest_at) == (0, None)
    assert list(folder.iterdir()) == []


def test_what_comes_while_a_file_is_replayed_goes_into_another(folder: Path) -> None:
    journal = Journal(folder)
    journal.append([b"1"])
    for path, _ in journal.waiting():
        journal.append([b"2"])
        journal.done(path)
    assert [records for _, records in journal.waiting()] == [[b"2"]]


def test_what_a_living_process_writes_is_left_to_it(folder: Path) -> None:
    living = Journal(folder)
    living.append([b"mine"])
    assert read_all(folder) == []
    assert Journal(folder).depth().records == 1
    assert [records for _, records in living.waiting()] == [[b"mine"]]


def test_what_a_dead_process_wrote_is_taken_by_one_other_alone(folder: Path) -> None:
    die_after_writing(folder, "a", "b")
    first, second = Journal(folder), Journal(folder)
    taking = first.waiting()
    path, records = next(taking)
    assert records == [b"a", b"b"]
    assert list(second.waiting()) == []
    first.done(path)
    assert list(taking) == []


def test_a_new_file_has_no_name_that_others_look_for_before_it_is_locked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else another process could take it for a dead one's, and delete it under the writer's hands."""
    seen: list[list[bytes]] = []
    real = fcntl.flock

    def look_first(file: int, how: int) -> None:
        if not seen:
            seen.append([])
            seen[0] += read_all(folder)
            assert not list(folder.glob("*.journal"))
        real(file, how)

    monkeypatch.setattr(fcntl, "flock", look_first)
    journal = Journal(folder)
    journal.append([b"1"])
    assert seen and [records for _, records in journal.waiting()] == [[b"1"]]


@pytest.mark.parametrize("cut", [1, 4, 9, 12])
def test_a_torn_end_was_never_promised_and_is_kept_for_somebody_to_look_at(folder: Path, cut: int) -> None:
    die_after_writing(folder, "first", "second")
    [path] = folder.iterdir()
    os.truncate(path, path.stat().st_size - cut)
    journal = Journal(folder)
    for found, records in journal.waiting():
        assert records == [b"first"]
        journal.done(found)
    assert [left.suffix for left in folder.iterdir()] == [".damaged"]
    assert (journal.depth().records, journal.depth().set_aside) == (0, 1)


def test_a_damaged_record_is_not_read_as_something_else(folder: Path) -> None:
    die_after_writing(folder, "first", "second", "third")
    [path] = folder.iterdir()
    content = bytearray(path.read_bytes())
    content[content.index(b"second")] ^= 1
    path.write_bytes(content)
    assert read_all(folder) == [b"first"]


@pytest.mark.parametrize("content", [b"", b"\0" * 8, b"\0" * 4096, b"\xff" * 100, b"\0\0\0\1"])
def test_a_file_of_anything_else_holds_no_records(folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / "1-1.journal").write_bytes(content)
    assert read_all(folder) == []
    assert Journal(folder).depth().records == 0


def test_a_record_that_is_set_aside_can_be_tried_again(folder: Path) -> None:
    journal = Journal(folder)
    journal.append([b"good", b"bad"])
    journal.set_aside(b"bad")
    assert journal.depth().set_aside == 1
    [aside] = folder.glob("*.aside")
    for path, _ in journal.waiting():
        journal.done(path)
    aside.rename(aside.with_suffix(".journal"))
    assert read_all(folder) == [b"bad"]


def test_a_batch_that_does_not_fit_is_not_there_at_all_and_the_next_one_is(folder: Path) -> None:
    journal = Journal(folder)
    journal.append([b"before"])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(OSError):
            journal.append([b"x" * 50, b"y" * 50])
        assert journal.is_failing
        journal.append([b"small"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not journal.is_failing
    assert [records for _, records in journal.waiting()] == [[b"before", b"small"]]


@pytest.mark.parametrize("what", ["pwrite", "fdatasync"])
def test_what_the_disk_refuses_is_no_promise(folder: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    journal = Journal(folder)
    journal.append([b"1"])

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, what, full)
        with pytest.raises(OSError, match="No space"):
            journal.append([b"2"])
    journal.append([b"3"])
    assert [records for _, records in journal.waiting()] == [[b"1", b"3"]]


def test_a_folder_that_cannot_be_synced_leaves_no_file_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_file: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    journal = Journal(folder)
    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", broken)
        with pytest.raises(OSError):
            journal.append([b"1"])
    assert journal.is_failing and list(folder.iterdir()) == []
    journal.append([b"2"])
    assert [records for _, records in journal.waiting()] == [[b"2"]]


def test_every_batch_is_synced_before_append_returns(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    real = os.fdatasync

    def watched(file: int) -> None:
        synced.append(os.fstat(file).st_size)
        real(file)

    monkeypatch.setattr(os, "fdatasync", watched)
    journal = Journal(folder)
    journal.append([b"12345678"])
    journal.append([b"12345678", b"12345678"])
    assert synced == [16, 48]


def test_a_long_outage_makes_files_that_fit_into_memory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "_FULL", 100)
    journal = Journal(folder)
    for number in range(10):
        journal.append([b"x" * 40, str(number).encode()])
    assert len(list(folder.iterdir())) == 5
    assert [record for _, records in journal.waiting() for record in records if len(record) == 1] == [str(number).encode() for number in range(10)]


def test_the_depth_reads_only_what_is_new(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(folder)
    journal.append([b"x"] * 1000)
    assert journal.depth().records == 1000
    read: list[int] = []
    real = journals._content

    def watched(path: Path, start: int = 0) -> bytes:
        read.append(start)
        return real(path, start)

    monkeypatch.setattr(journals, "_content", watched)
    journal.append([b"y"])
    assert journal.depth().records == 1001
    assert read == [9000]


def test_nobody_else_may_read_it(folder: Path) -> None:
    journal = Journal(folder)
    journal.append([b"1"])
    journal.set_aside(b"2")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
