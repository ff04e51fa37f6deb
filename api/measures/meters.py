"""What does this process count, and under which names?

A registry of its own: one process answers for everything (docs/operations.md), so prometheus-client's multiprocess mode is not needed.
No label holds a token, a name, a code or a campaign: the values of each are fixed by our code, or by the operator's own list of shops.
"""

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, PlatformCollector, ProcessCollector

from api.measures.scan_tally import ScanTally

_WAITS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
_REQUESTS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Meters:
    """One per process, from its start to its end."""

    def __init__(self, scans: ScanTally | None = None) -> None:
        """``scans`` are counted by others: the door and the recorder."""
        self.scans = scans or ScanTally()
        self.registry = registry = CollectorRegistry()
        registry.register(self.scans)
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=registry)
        self.requests = Counter("postillion_requests", "Answers, scans apart", ["method", "route", "status"], registry=registry)
        self.request_seconds = Histogram("postillion_request_seconds", "Time to an answer, scans apart", ["area"], buckets=_REQUESTS, registry=registry)
        self.refusals = Counter("postillion_refusals", "Requests refused because somebody did something too often", ["reason"], registry=registry)
        self.coupons = Counter("postillion_coupon_answers", "Checkouts' questions about coupons", ["action", "outcome"], registry=registry)
        self.intake = Counter("postillion_intake_records", "Records that came by the API", ["kind", "outcome"], registry=registry)
        self.database_wait = Histogram(
            "postillion_database_wait_seconds", "Until a transaction that writes had a connection, and on SQLite the lock", buckets=_WAITS, registry=registry
        )
        self.database_refusals = Counter("postillion_database_refusals", "Transactions of requests that the database refused", registry=registry)
