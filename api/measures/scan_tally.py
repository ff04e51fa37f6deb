"""How are scans counted and timed without their becoming slower?

Plain numbers, each written by one thread: prometheus-client's own counters take a lock for each scan, which costs more than all of this.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

from campaigns.scan import ScanKind

UP_TO_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""The steps in which a scan's latency is told; 0.25 is where the journal begins (api.scanning.recorder)."""
_SEEN = [kind for kind in ScanKind if kind not in (ScanKind.EARLY, ScanKind.SEED)]  # those two only the letter tells


class ScanTally:
    """What happened to scans since the process began."""

    def __init__(self) -> None:
        self.journalled = 0
        """Kept in the journal, because the database was away or slow; written by the recorder's thread."""
        self.lost = 0
        """Neither database nor journal took them; the customers went on all the same."""
        self._kinds: Counter[ScanKind] = Counter()
        self._seconds = 0.0
        self._within = [0] * (len(UP_TO_SECONDS) + 1)

    def answered(self, seen: ScanKind, seconds: float) -> None:
        """One request for a letter's link has its redirect; called by the event loop alone."""
        self._kinds[seen] += 1
        self._seconds += seconds
        self._within[bisect_left(UP_TO_SECONDS, seconds)] += 1

    def collect(self) -> Iterator[Metric]:
        """For the registry."""
        kinds = CounterMetricFamily(
            "postillion_scans", "Requests for letters' links that were led on, by what the request itself tells of who asked", labels=["kind"]
        )
        for kind in _SEEN:
            kinds.add_metric([kind], self._kinds[kind])
        yield kinds
        below = [*accumulate(self._within)]
        steps = [*(str(step) for step in UP_TO_SECONDS), "+Inf"]
        yield HistogramMetricFamily(
            "postillion_scan_seconds", "From a scan's request to its redirect", buckets=list(zip(steps, below, strict=True)), sum_value=self._seconds
        )
        yield CounterMetricFamily("postillion_scans_journalled", "Scans kept in the journal instead of the database", value=self.journalled)
        yield CounterMetricFamily("postillion_scans_lost", "Scans led on that neither database nor journal took", value=self.lost)
