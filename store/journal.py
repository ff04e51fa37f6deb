"""Where is something written down for good while the database is away, and how does it get there later?

Append-only files of framed records, ``length u32 | crc32 u32 | bytes`` (big endian): one write and one fdatasync for a batch. A torn
tail was never promised to anybody and ends its file. Each process writes files of its own and locks them, so that the operating
system tells which ones belong to somebody who died.

Three kinds of files: ``.journal`` waits; ``.aside`` holds records that the database will not have, ``.damaged`` a file that did not end with a
whole record. The last two wait for a person, who may rename them to ``.journal`` to have them tried again.
"""

import errno
import fcntl
import logging
import os
import shutil
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from struct import Struct

log = logging.getLogger(__name__)

_FRAME = Struct(">II")
_LONGEST = 1024 * 1024
"""Bytes of a record; a longer one is damage."""
_FULL = 16 * 1024 * 1024
"""Bytes after which a new file is begun: a file is read whole when it is replayed."""
_MEASURED_EVERY_SECONDS = 1.0
_TRIED = 4096
"""Bytes written to see whether there is room: a block of most disks."""


@dataclass(frozen=True, slots=True)
class Depth:
    """How much waits for the database."""

    records: int
    oldest_at: float | None
    """Seconds since the epoch at which the oldest waiting file was begun."""
    set_aside: int
    """Files that wait for a person."""
    bytes: int
    """Of all files, those that wait for a person included."""


class JournalFull(OSError):
    """It would take more room than it was given, or leave less than others need; nothing was written."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much a journal may take: a database that is away for a week must not fill the disk for everything else."""

    most_bytes: int
    """Of all files in the folder together."""
    least_free: int = 0
    """Bytes that stay free on its disk."""


class Journal:
    """The journal of one process; ``append``, ``waiting`` and ``depth`` may be called by different threads.

    ``is_failing`` tells whether the last batch could not be written down, ``is_full`` that this was for want of the room it was given.
    """

    def __init__(self, folder: Path, room: Room | None = None) -> None:
        self._folder = folder
        self._room = room
        self._left, self._measured_at = 0, float("-inf")
        self._lock = threading.Lock()
        self._file: int | None = None
        self._path: Path | None = None
        self._end = 0
        self._counted: dict[Path, tuple[int, int]] = {}
        self.is_failing = False
        self.is_full = False

    def append(self, records: Sequence[bytes]) -> None:
        """Write them down durably, all or none; raises OSError (a full disk, JournalFull), and then the file ends where it ended before."""
        frames = _framed(records)
        with self._lock:
            self._put(frames)
            self._end += len(frames)
            if self._end > _FULL:
                self._close()

    def try_again(self) -> None:
        """After a failure, see whether there is room again: whoever watches must not be told of a full disk only because nothing was written since."""
        if not self.is_failing:
            return
        with self._lock, suppress(OSError):
            self._put(bytes(_TRIED))
            os.ftruncate(self._open(), self._end)

    def _put(self, content: bytes) -> None:
        """Behind the end, durably; the end stays where it is, and ``is_failing`` tells of the outcome, not of a write that is still going on."""
        try:
            self._take_room(len(content))
            file = self._open()
            try:
                _write(file, content, self._end)
            except OSError:
                with suppress(OSError):  # what stays behind the end is overwritten, or ends the file where it is read
                    os.ftruncate(file, self._end)
                raise
        except OSError as error:
            self.is_failing, self.is_full = True, isinstance(error, JournalFull)
            raise
        self.is_failing = self.is_full = False

    def waiting(self) -> Iterator[tuple[Path, list[bytes]]]:
        """Every file with its records, the oldest first; this process's own is closed when its turn comes, others' are taken only if they died.

        Whoever has stored the records calls ``done`` with the file.
        """
        for path in sorted(self._folder.glob("*.journal")):
            with self._lock:
                if path == self._path:
                    self._close()
            file = _claimed(path)
            if file is None:
                continue
            try:
                yield path, [record for record, _ in _records(_content(path))]
            finally:
                os.close(file)

    def done(self, path: Path) -> None:
        """Its records are stored; what stands behind them, if anything, is kept for somebody to look at."""
        content = _content(path)
        end = max((place for _, place in _records(content)), default=0)
        if end < len(content):
            log.error("The journal file %s ends with %s bytes that are no record: kept as %s.damaged", path.name, len(content) - end, path.stem)
            path.rename(path.with_suffix(".damaged"))
        else:
            path.unlink(missing_ok=True)

    def set_aside(self, record: bytes) -> None:
        """Keep a record that the database will not have, so that the others go on."""
        path = self._folder / f"{_new_name()}.aside"
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            _write(file, _framed([record]), 0)
        finally:
            os.close(file)
        _sync_folder(self._folder)

    def depth(self) -> Depth:
        """What waits in the folder, other processes' included; reads what was added since it was asked last."""
        counted = {path: self._count(path) for path in sorted(self._folder.glob("*.journal"))}
        self._counted = counted
        begun = [int(path.name.partition("-")[0]) / 1e9 for path, (_, records) in counted.items() if records]
        aside = sum(1 for path in self._folder.glob("*") if path.suffix in (".aside", ".damaged"))
        return Depth(sum(records for _, records in counted.values()), min(begun, default=None), aside, _bytes_in(self._folder))

    def _take_room(self, wanted: int) -> None:
        """Raise JournalFull where there is none; the folder is measured once a second, for other processes write into it too."""
        if self._room is None:
            return
        if time.monotonic() - self._measured_at >= _MEASURED_EVERY_SECONDS:
            self._left, self._measured_at = _left(self._folder, self._room), time.monotonic()
        if wanted > self._left:
            raise JournalFull(errno.ENOSPC, "the journal has all the room it may take")
        self._left -= wanted

    def _count(self, path: Path) -> tuple[int, int]:
        end, records = self._counted.get(path, (0, 0))
        start = end
        for _, place in _records(_content(path, start)):
            end, records = start + place, records + 1
        return end, records

    def _open(self) -> int:
        """The file, locked before it gets the name that others look for: nobody may take it for a dead process's."""
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = self._folder / f"{_new_name()}.journal"
            unseen = path.with_suffix(".new")
            file = os.open(unseen, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                unseen.rename(path)
                _sync_folder(self._folder)
            except OSError:
                os.close(file)
                for name in (unseen, path):
                    name.unlink(missing_ok=True)
                raise
            self._file, self._path, self._end = file, path, 0
        return self._file

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file, self._path, self._end = None, None, 0


def _bytes_in(folder: Path) -> int:
    total = 0
    for path in folder.glob("*"):
        with suppress(FileNotFoundError):  # stored meanwhile
            total += path.stat().st_size
    return total


def _left(folder: Path, room: Room) -> int:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return min(room.most_bytes - _bytes_in(folder), shutil.disk_usage(folder).free - room.least_free)


def _new_name() -> str:
    return f"{time.time_ns():020}-{os.getpid()}"


def _framed(records: Sequence[bytes]) -> bytes:
    return b"".join(_FRAME.pack(len(record), zlib.crc32(record)) + record for record in records)


def _write(file: int, content: bytes, place: int) -> None:
    written = 0
    while written < len(content):
        written += os.pwrite(file, memoryview(content)[written:], place + written)
    os.fdatasync(file)


def _claimed(path: Path) -> int | None:
    """The file, locked; None where its process lives, or where somebody else has it in hand or was through with it."""
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file


def _content(path: Path, start: int = 0) -> bytes:
    """All from ``start`` on; nothing of a file that was stored meanwhile."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read()
    except FileNotFoundError:
        return b""


def _records(content: bytes) -> Iterator[tuple[bytes, int]]:
    """The whole records, each with the place where it ends, up to the first that is torn or damaged."""
    place = 0
    while place + _FRAME.size <= len(content):
        length, checksum = _FRAME.unpack_from(content, place)
        record = content[place + _FRAME.size : place + _FRAME.size + length]
        if not 0 < length <= _LONGEST or len(record) < length or zlib.crc32(record) != checksum:
            return
        place += _FRAME.size + length
        yield record, place


def _sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
