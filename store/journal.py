"""Where is something written down for good while the database is away, and how does it get there later?

Append-only files of framed records, ``length u32 | crc32 u32 | bytes`` (big endian): one write and one fdatasync for a batch. A torn
or damaged tail was never promised to anybody and ends its file. Each process writes files of its own and locks them, so that the
operating system tells which ones belong to somebody who died.
"""

import fcntl
import os
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from struct import Struct

_FRAME = Struct(">II")
_LONGEST = 1024 * 1024
"""Bytes of a record; a longer one is damage."""


@dataclass(frozen=True, slots=True)
class Depth:
    """How much waits for the database."""

    records: int
    oldest_at: float | None
    """Seconds since the epoch at which the oldest waiting file was begun."""


class Journal:
    """The journal of one process; ``append`` and ``waiting`` may be called by different threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._file: int | None = None
        self._path: Path | None = None
        self._end = 0

    def append(self, records: Sequence[bytes]) -> None:
        """Write them down durably, all or none; raises OSError (a full disk), and then the file ends where it ended before."""
        frames = b"".join(_FRAME.pack(len(record), zlib.crc32(record)) + record for record in records)
        with self._lock:
            file = self._open()
            try:
                written = 0
                while written < len(frames):
                    written += os.pwrite(file, memoryview(frames)[written:], self._end + written)
                os.fdatasync(file)
            except OSError:
                with suppress(OSError):  # what stays behind the end is overwritten, or ends the file where it is read
                    os.ftruncate(file, self._end)
                raise
            self._end += len(frames)

    def waiting(self) -> Iterator[tuple[Path, list[bytes]]]:
        """Every file with its records, the oldest first; this process's own is closed before, others' only if they died.

        Whoever has stored the records calls ``done`` with the file.
        """
        self._close()
        for path in sorted(self._folder.glob("*.journal")):
            file = self._claimed(path)
            if file is None:
                continue
            try:
                yield path, list(_records(path))
            finally:
                os.close(file)

    def done(self, path: Path) -> None:
        """Its records are stored."""
        path.unlink(missing_ok=True)

    def depth(self) -> Depth:
        """What waits in the folder, other processes' included."""
        files = sorted(self._folder.glob("*.journal"))
        begun = [int(path.name.partition("-")[0]) / 1e9 for path in files]
        return Depth(sum(1 for path in files for _ in _records(path)), min(begun, default=None))

    def _open(self) -> int:
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{time.time_ns():020}-{os.getpid()}.journal"
            file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _sync_folder(self._folder)
            self._file, self._path, self._end = file, path, 0
        return self._file

    def _close(self) -> None:
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file, self._path, self._end = None, None, 0

    @staticmethod
    def _claimed(path: Path) -> int | None:
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


def _records(path: Path) -> Iterator[bytes]:
    """The whole records of a file, up to the first that is torn or damaged."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:  # stored meanwhile
        return
    place = 0
    while place + _FRAME.size <= len(content):
        length, checksum = _FRAME.unpack_from(content, place)
        record = content[place + _FRAME.size : place + _FRAME.size + length]
        if not 0 < length <= _LONGEST or len(record) < length or zlib.crc32(record) != checksum:
            return
        yield record
        place += _FRAME.size + length


def _sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
