"""How is a long reckoning done once for everybody who asks within some minutes?"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")

KEPT_SECONDS = 60.0
KEPT_TIMES = 20
"""A reckoning of 15 seconds is kept for five minutes: reloading keeps no processor busy for more than a twentieth of the time."""
LONGEST_KEPT_SECONDS = 600.0
LONG_SECONDS = 0.5
"""What takes less is reckoned anew each time: who pays a coupon in and looks sees it."""
_MOST = 32


@dataclass(slots=True)
class _Place:
    """One question: who asks it while it is being answered waits for that answer."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    found: Any = None
    good_until: float = 0.0


@dataclass(slots=True)
class Reckoned:
    """The last answers that took long, by question; every answer tells as of when it is. Of each process its own."""

    clock: Callable[[], float] = time.monotonic
    _places: OrderedDict[Hashable, _Place] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, question: Hashable, reckon: Callable[[], T]) -> T:
        """What ``reckon`` answers, or answered lately; what it raises goes to whoever asked, and is not kept."""
        with self._lock:
            place = self._places.setdefault(question, _Place())
            self._places.move_to_end(question)
            while len(self._places) > _MOST:
                self._places.popitem(last=False)
        with place.lock:
            if self.clock() >= place.good_until:
                began = self.clock()
                place.found = reckon()
                place.good_until = self.clock() + _kept(self.clock() - began)
            found: T = place.found
            return found


def _kept(took: float) -> float:
    return min(LONGEST_KEPT_SECONDS, max(KEPT_SECONDS, KEPT_TIMES * took)) if took >= LONG_SECONDS else 0.0
