"""How do things stand in the database, the journal and the connections, as often as a monitor asks and no more often than is cheap?"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.office import Office
from api.scanning.patience import Database
from store import readings
from store.readings import Readings

READ_EVERY_SECONDS = 15.0
"""As often as Prometheus usually asks: two monitors cost no more than one."""
WAITS_SECONDS = 2.0
"""For what the database says; what it says later is shown to whoever asks next."""
KEPT_SECONDS = 300.0
"""What is older is not shown any more."""


class Gauges(Collector):
    """Of one office; what the database says is kept for a while, and is missing where it does not answer.

    The readings are asked for on a line of their own: a disk on which a million letters are counted slowly must not make ``/healthz`` and
    ``/readyz`` say that the database is away.
    """

    def __init__(self, office: Office, database: Database[None]) -> None:
        self._office, self._database = office, database
        self._kept: Readings | None = None
        self._asked_at = self._read_at = float("-inf")
        self._is_up = False
        self._reading = threading.Lock()

    def collect(self) -> Iterator[Metric]:
        """For the registry."""
        found, now = self._readings(), datetime.now(UTC)
        yield _gauge("postillion_info", "Version of Postillion", {(version("postillion"),): 1.0}, "version")
        yield _one("postillion_database_up", "Whether the database answers", float(self._is_up))
        yield from self._journal()
        yield from self._connections()
        if found:
            yield from _of_webhooks(found, now)
            yield from _of_letters(found, now)
            yield from _of_work(found)

    def _readings(self) -> Readings | None:
        with self._reading:
            if time.monotonic() - self._asked_at >= READ_EVERY_SECONDS:
                self._asked_at = time.monotonic()
                self._is_up = self._office.questions.ask(self._answers) is not None
                if self._is_up:
                    self._database.ask(self._take)
            return self._kept if self._is_up and time.monotonic() - self._read_at < KEPT_SECONDS else None

    def _answers(self) -> bool:
        with self._office.reading() as connection:
            return readings.answers(connection)

    def _take(self) -> None:
        with self._office.reading() as connection:
            self._kept = readings.take(connection, datetime.now(UTC))
        self._read_at = time.monotonic()

    def _journal(self) -> Iterator[Metric]:
        depth = self._office.journal.depth()
        yield _one("postillion_journal_scans", "Scans in the journal", depth.records)
        yield _one("postillion_journal_bytes", "Bytes of the journal's files", depth.bytes)
        yield _one("postillion_journal_set_aside", "Journal files that wait for a person", depth.set_aside)
        yield _one(
            "postillion_journal_oldest_seconds", "How long the oldest scan has waited", max(0.0, time.time() - depth.oldest_at) if depth.oldest_at else 0.0
        )

    def _connections(self) -> Iterator[Metric]:
        open_ones, in_use = self._office.connections()
        yield _gauge("postillion_database_connections", "Connections of the pool", {("open",): open_ones, ("in_use",): in_use}, "state")


@contextmanager
def registered(office: Office, registry: CollectorRegistry) -> Iterator[None]:
    """Have the registry ask the office too, as long as the block lasts."""
    with closing(Database[None]("metrics", 0, WAITS_SECONDS)) as database:
        gauges = Gauges(office, database)
        registry.register(gauges)
        try:
            yield
        finally:
            registry.unregister(gauges)


def _of_webhooks(found: Readings, now: datetime) -> Iterator[Metric]:
    yield _gauge("postillion_webhooks", "Webhooks of the last 30 days by state", {(state,): count for state, count in found.webhooks.items()}, "state")
    waited = (now - found.oldest_webhook_at).total_seconds() if found.oldest_webhook_at else 0.0
    yield _one("postillion_webhooks_oldest_seconds", "How long the oldest webhook has waited to be worked off", max(0.0, waited))


def _of_letters(found: Readings, now: datetime) -> Iterator[Metric]:
    yield _gauge("postillion_letters", "Letters of print runs begun within 90 days", {(state,): count for state, count in found.letters.items()}, "state")
    yield _gauge("postillion_print_runs", "Unfinished print runs", {(state,): count for state, count in found.unfinished_runs.items()}, "state")
    waited = (now - found.longest_waiting_since).total_seconds() if found.longest_waiting_since else 0.0
    yield _one("postillion_approval_oldest_seconds", "How long the oldest print run has waited for approval", max(0.0, waited))


def _of_work(found: Readings) -> Iterator[Metric]:
    finished = {(source,): at.timestamp() for source, at in found.imported_at.items()}
    yield _gauge("postillion_import_finished_timestamp_seconds", "When the last import from a source ended well", finished, "source")
    if found.housekeeping_at:
        yield _one("postillion_housekeeping_timestamp_seconds", "When housekeeping ended well last", found.housekeeping_at.timestamp())


def _one(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)


def _gauge(name: str, what: str, values: Mapping[tuple[str], float], label: str) -> Metric:
    family = GaugeMetricFamily(name, what, labels=[label])
    for labels, value in values.items():
        family.add_metric(labels, value)
    return family
