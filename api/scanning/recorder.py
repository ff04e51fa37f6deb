"""How is a scan kept for good before its redirect leaves, whether the database is there or not?

Into the database, in batches; where it is away or slow, into the journal, and from there into the database once it is back. The same scan
twice is one: its number was given when it came.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from store import failpoint, scans
from store.engine import DatabaseTrouble, Engine, open_engine, reading, writing
from store.journal import Journal
from store.link_snapshot import LinkSnapshot
from store.scans import Arrival
from store.settings import Settings

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.4
"""A batch that takes longer goes to the journal; nobody with a phone in the hand waits for a database (reliability facts 1.2: 250-500 ms)."""
PATIENCE_MS = 200
"""The same for one statement that waits for somebody else's lock."""
REST_SECONDS = 1.0
"""After a failure the database is not asked for so long."""
REPLAY_EVERY_SECONDS = 0.5
REPLAYED_AT_ONCE = 500
"""Scans of one transaction of the replay."""
CATCH_UP_EVERY_SECONDS = 10.0
"""How old the copy of the links may be."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of an arrival."""

    leads_to: str
    """Empty for a token that stands on no paper."""
    is_durable: bool = True
    """False where neither the database nor the disk would take it: the customer goes on, nobody is told that the scan was kept."""


class Database(Generic[Result]):
    """Asks the database in a thread of its own, and is through with waiting for it after a while."""

    def __init__(self, rests_for: float = REST_SECONDS) -> None:
        self._thread = ThreadPoolExecutor(1, "scans-database")
        self._rests_for, self._rests_until = rests_for, 0.0
        self._late: Future[Result] | None = None

    def ask(self, what: Callable[[], Result]) -> Result | None:
        """The answer, or None where there is none in time; what was asked may still happen afterwards."""
        if time.monotonic() < self._rests_until or (self._late and not self._late.done()):
            return None
        self._late = self._thread.submit(what)
        try:
            return self._late.result(PATIENCE_SECONDS)
        except (DatabaseTrouble, TimeoutError) as error:
            log.warning("The database did not take scans: %s; they go to the journal", type(error).__name__)
            self._rests_until = time.monotonic() + self._rests_for
            return None

    def close(self) -> None:
        """Wait for nothing that is still asked."""
        self._thread.shutdown(wait=False, cancel_futures=True)


class Recorder:
    """Keeps scans; ``keep`` is called by one thread, the journal is replayed by another."""

    def __init__(self, engine: Engine, journal: Journal, snapshot: LinkSnapshot | None, shop_url: str) -> None:
        """``engine`` has little patience (store.engine); ``shop_url`` is where a code leads that only the absent database knows."""
        self._engine, self._journal, self._snapshot, self._shop_url = engine, journal, snapshot, shop_url
        self._database: Database[list[str | None]] = Database()
        self._stop = threading.Event()

    @contextmanager
    def replaying(self) -> Iterator[None]:
        """The journal is brought into the database as long as the block lasts, and once more at its end."""
        thread = threading.Thread(target=self._replay_again_and_again, name="scans-replay")
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()
            self._database.close()

    def keep(self, arrivals: Sequence[Arrival]) -> list[Kept]:
        """What became of each, in their order; never raises for a database or a disk that fails."""
        found = self._database.ask(lambda: self._take_in(arrivals))
        if found is not None:
            return [Kept(leads_to or "") for leads_to in found]
        try:
            self._journal.append([arrival.packed() for arrival in arrivals])
        except OSError as error:
            log.error("Neither database nor journal took %s scan(s): %s", len(arrivals), type(error).__name__)
            return [Kept(self._known_here(arrival.token), is_durable=False) for arrival in arrivals]
        failpoint.pass_by("scan.after_journal")
        return [Kept(self._known_here(arrival.token)) for arrival in arrivals]

    def _take_in(self, arrivals: Sequence[Arrival]) -> list[str | None]:
        with writing(self._engine) as connection:
            found = scans.take_in(connection, arrivals)
            failpoint.pass_by("scan.before_commit")
        failpoint.pass_by("scan.after_commit")
        return found

    def _known_here(self, token: str) -> str:
        """Where a code leads as far as this machine knows; a code that it does not know may well be a letter's."""
        if self._snapshot:
            return self._snapshot.find(token) or self._shop_url
        try:
            with reading(self._engine) as connection:  # SQLite: readers never wait
                link = scans.links(connection, [token]).get(token)
        except DatabaseTrouble:
            return self._shop_url
        return link.landing_url if link else ""

    # --- afterwards --------------------------------------------------------------------------------------------------------

    def _replay_again_and_again(self) -> None:
        caught_up_at = float("-inf")
        while not self._stop.wait(REPLAY_EVERY_SECONDS):
            with suppress(DatabaseTrouble):  # still away: the next round tries again
                self.replay()
                if self._snapshot and time.monotonic() - caught_up_at > CATCH_UP_EVERY_SECONDS:
                    with reading(self._engine) as connection:
                        self._snapshot.catch_up(connection)
                    caught_up_at = time.monotonic()
        with suppress(DatabaseTrouble):
            self.replay()

    def replay(self) -> int:
        """Bring everything that waits into the database, and say how many scans; raises DatabaseTrouble, and then it waits on."""
        count = 0
        for path, records in self._journal.waiting():
            arrivals = [Arrival.unpacked(record) for record in records]
            for start in range(0, len(arrivals), REPLAYED_AT_ONCE):
                with writing(self._engine) as connection:
                    scans.take_in(connection, arrivals[start : start + REPLAYED_AT_ONCE])
                failpoint.pass_by("scan.while_replaying")
            self._journal.done(path)
            count += len(arrivals)
        return count


@contextmanager
def recording(settings: Settings) -> Iterator[Recorder]:
    """A recorder with a database connection, a journal and, where the database lies elsewhere, a copy of the links of its own."""
    engine = open_engine(settings.database, PATIENCE_MS)
    snapshot = LinkSnapshot(settings.data_dir / "links.db") if engine.dialect.name == "postgresql" else None
    recorder = Recorder(engine, Journal(settings.data_dir / "journal"), snapshot, settings.shop_url)
    try:
        with recorder.replaying():
            yield recorder
    finally:
        if snapshot:
            snapshot.close()
        engine.dispose()
