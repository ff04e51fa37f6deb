"""How is a preview drawn once, a few at a time, and never from an old file?"""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from letters.drawn_preview import Job, Preview, drawn_apart

LIMIT_SECONDS = 20.0
"""A letter takes one; what takes longer is broken or hostile."""
_MOST_BYTES = 48 * 1024 * 1024
"""Kept in memory only: previews name customers, and are drawn again in a second."""


@dataclass(slots=True)
class Previews:
    """Those drawn last, by all that goes into them: a layout's content is part of that, so a changed file is a new preview."""

    _kept: OrderedDict[str, Preview] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, job: Job) -> Preview:
        """The preview, kept or drawn now; one that took too long is tried again by whoever asks next."""
        key = key_of(job)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = drawn_apart(job, LIMIT_SECONDS)
        if not made.took_too_long:
            self._keep(key, made)
        return made

    def _keep(self, key: str, made: Preview) -> None:
        with self._lock:
            if key not in self._kept:
                self._bytes += _size(made)
            self._kept[key] = made
            while self._bytes > _MOST_BYTES:
                self._bytes -= _size(self._kept.popitem(last=False)[1])


def key_of(job: Job) -> str:
    """Equal for equal pictures."""
    parts = (job.layout.name, job.layout.version, job.content, job.sender, job.public_url, job.production, job.dpi, job.overlay)
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _size(preview: Preview) -> int:
    return len(preview.pdf) + sum(map(len, preview.pictures)) + 1024
