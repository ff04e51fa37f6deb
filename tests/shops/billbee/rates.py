"""Does this request come too soon after the others?  Two a second for an endpoint, ten for all (importer facts 2.1)."""

from collections import defaultdict, deque
from collections.abc import Callable

LIMITS = {"": 10}
ENDPOINT_LIMIT = 2
EARLY = 0.001
"""Seconds that clocks may differ by."""


class Rates:
    """Counts what was let in during the second before."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._let_in: dict[str, deque[float]] = defaultdict(deque)

    def allow(self, endpoint: str) -> bool:
        """Whether the request may come in; one that is refused does not count."""
        now = self._seconds()
        for name in ("", endpoint):
            times = self._let_in[name]
            while times and times[0] <= now - 1 + EARLY:
                times.popleft()
            if len(times) >= LIMITS.get(name, ENDPOINT_LIMIT):
                return False
        for name in ("", endpoint):
            self._let_in[name].append(now)
        return True
