"""How long must the next query wait, so that Shopify need not refuse it?

Each app has a bucket of points per shop.  A query runs if the bucket holds what it may cost at the most; what it did not use is given
back, and the bucket refills by the second (importer facts 1.3).  Size and rate depend on the shop's plan: they are read, never assumed.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

JITTER = 0.25
"""Seconds at the most, so that two who were refused together do not come back together."""


@dataclass(slots=True)
class Pace:
    """What is known of the bucket and of the queries' cost; shared by the threads that ask one shop."""

    clock: Callable[[], float]
    _costs: dict[str, float] = field(default_factory=dict)
    _points: float = float("inf")
    _size: float = float("inf")
    _rate: float = 1.0
    _at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def heard(self, query: str, cost: Any) -> None:
        """Learn from ``extensions.cost`` of an answer; from one that we cannot read, nothing."""
        try:
            bucket = cost["throttleStatus"]
            requested, points = float(cost["requestedQueryCost"]), float(bucket["currentlyAvailable"])
            size, rate = float(bucket["maximumAvailable"]), float(bucket["restoreRate"])
        except (KeyError, TypeError, ValueError):
            return
        if rate > 0:
            with self._lock:
                self._costs[query] = requested
                self._points, self._size, self._rate, self._at = points, size, rate, self.clock()

    def wait(self, query: str) -> float:
        """Seconds until the bucket holds what ``query`` may cost; 0 where neither is known. Counts the points as taken."""
        with self._lock:
            now = self.clock()
            points = min(self._size, self._points + (now - self._at) * self._rate)
            cost = min(self._costs.get(query, 0.0), self._size)
            self._points, self._at = points - cost, now
            return max(0.0, (cost - points) / self._rate)

    def wait_refused(self, query: str) -> float:
        """The same for a query that was just refused as too early, with some jitter."""
        with self._lock:
            missing = max(0.0, self._costs.get(query, 0.0) - self._points)
            return missing / self._rate + random.uniform(0.05, JITTER)
