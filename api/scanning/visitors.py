"""How is a visitor known again within a visit, without our knowing who it is?"""

import hashlib
import os
import secrets
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from api.throttle import network_of


class Visitors:
    """Hashes of network addresses under a random key of the day, which is deleted on the next: after that nobody can try addresses out, we neither."""

    def __init__(self, folder: Path) -> None:
        """``folder``: where the key lies for as long as its day lasts, so that a restart does not make two visitors of one."""
        self._folder = folder
        self._key_of = lru_cache(2)(self._open_key)

    def name(self, host: str, at: datetime) -> str:
        """32 hexadecimal digits; IPv4 addresses count whole, of IPv6 the /64 that one household or phone has to itself."""
        if not host:
            return ""
        return hashlib.blake2b(network_of(host).encode(), key=self._key_of(at.date()), digest_size=16).hexdigest()

    def _open_key(self, day: date) -> bytes:
        """The key that a process of ours made first on that day; where the disk takes none, one of this process alone."""
        path, own = self._folder / f"visitors-{day.isoformat()}.key", secrets.token_bytes(32)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for old in self._folder.glob("visitors-*.key"):
                if old.name < path.name:
                    old.unlink(missing_ok=True)
            _offer(path, own)
            return path.read_bytes() or own
        except OSError:
            return own


def _offer(path: Path, key: bytes) -> None:
    """Make it the key of the day unless there is one: whole or not at all."""
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    try:
        draft.write_bytes(key)
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
