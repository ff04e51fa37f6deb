"""How is a scan kept for good before its redirect leaves, whether the database is there or not?

Into the database, in batches; where it is away or slow, into the journal, and from there into the database once it is back. The same scan
twice is one: its number was given when it came.
"""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from api.measures.scan_tally import ScanTally
from api.scanning.patience import Database
from store import failpoint, scans
from store.engine import DatabaseTrouble, Engine, open_engine, reading, tidy, writing
from store.journal import Journal, JournalFull, Room
from store.link_snapshot import LinkSnapshot
from store.scans import Arrival
from store.settings import Settings

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.25
"""A batch that takes longer goes to the journal; nobody with a phone in the hand waits for a database (reliability facts 1.2: 250-500 ms)."""
PATIENCE_MS = {"postgresql": 200, "sqlite": 60}
"""The same for one statement that waits for somebody else's lock; an import holds SQLite's for some 30 ms at a time."""
TURN_SECONDS = 0.06
"""The same for the replay in this process, which may itself be waiting for somebody else's lock."""
REST_SECONDS = 1.0
"""After a failure the database is not asked for so long."""
REPLAY_EVERY_SECONDS = 0.5
REPLAYED_AT_ONCE = 500
"""Scans of one transaction of the replay."""
LET_OTHERS_SECONDS = 0.005
"""Between two transactions of the replay, for scans of this moment."""
NEW_LINKS_EVERY_SECONDS = 10.0
TOLD_EVERY_SECONDS = 60.0
TIDY_EVERY_SECONDS = 5.0
MB = 1024 * 1024
LAST_REPLAY_SECONDS = 5.0
"""At the end of the process; what is not through by then waits for the next one."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of an arrival."""

    leads_to: str
    """Empty for a token that stands on no paper."""
    is_durable: bool = True
    """False where neither the database nor the disk would take it: the customer goes on, nobody is told that the scan was kept."""


class Recorder:
    """Keeps scans; ``keep`` is called by one thread, the journal is replayed by another."""

    def __init__(self, engine: Engine, patient: Engine, journal: Journal, snapshot: LinkSnapshot | None, shop_url: str) -> None:
        """``engine`` has little patience, ``patient`` the usual one; ``shop_url`` is where a code leads that only the absent database knows."""
        self._engine, self._patient, self._snapshot, self._shop_url = engine, patient, snapshot, shop_url
        self.journal = journal
        self.tally = ScanTally()
        self._told_of_loss_at = float("-inf")
        self._database: Database[list[str | None]] = Database("scans-database", REST_SECONDS, PATIENCE_SECONDS)
        self._stop = threading.Event()
        # SQLite's waiting is unfair: the replay and the scans of this moment would starve each other
        self._one_at_a_time = threading.Lock() if engine.dialect.name == "sqlite" else None

    @contextmanager
    def replaying(self) -> Iterator[None]:
        """The journal is brought into the database as long as the block lasts, and once more at its end."""
        thread = threading.Thread(target=self._replay_again_and_again, name="scans-replay", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join(LAST_REPLAY_SECONDS)
            self._database.close()

    def keep(self, arrivals: Sequence[Arrival]) -> list[Kept]:
        """What became of each, in their order; never raises for a database or a disk that fails."""
        found = self._database.ask(lambda: self._take_in(arrivals))
        if found is not None:
            return [Kept(leads_to or "") for leads_to in found]
        ways = self._known_here([arrival.token for arrival in arrivals])
        try:
            if waiting := [arrival.packed() for arrival, way in zip(arrivals, ways, strict=True) if way]:
                self.journal.append(waiting)
                self.tally.journalled += len(waiting)
        except OSError as error:
            self.tally.lost += len(waiting)
            self._tell_of_loss(error)
            return [Kept(way, is_durable=False) for way in ways]
        failpoint.pass_by("scan.after_journal")
        return [Kept(way) for way in ways]

    def _tell_of_loss(self, error: OSError) -> None:
        """Once a minute: a log that grows with every scan would take the room that is missing."""
        if time.monotonic() - self._told_of_loss_at < TOLD_EVERY_SECONDS:
            return
        self._told_of_loss_at = time.monotonic()
        why = "the journal has all the room it may take (POSTILLION_JOURNAL_MOST_MB)" if isinstance(error, JournalFull) else type(error).__name__
        log.error("Neither database nor journal took a scan: %s; %s lost since the start, all led on", why, self.tally.lost)

    def _take_in(self, arrivals: Sequence[Arrival]) -> list[str | None]:
        with self._turn(TURN_SECONDS), writing(self._engine) as connection:
            found = scans.take_in(connection, arrivals)
            failpoint.pass_by("scan.before_commit")
        failpoint.pass_by("scan.after_commit")
        return found

    @contextmanager
    def _turn(self, seconds: float) -> Iterator[None]:
        """Raise TimeoutError where the other thread is not through in time; -1 waits for ever."""
        if self._one_at_a_time is None:
            yield
            return
        if not self._one_at_a_time.acquire(timeout=seconds):
            raise TimeoutError
        try:
            yield
        finally:
            self._one_at_a_time.release()

    def _known_here(self, tokens: Sequence[str]) -> list[str]:
        """Where codes lead as far as this machine knows: the shop for a code that may be a letter's, nothing for one that is none."""
        if self._snapshot:
            return [self._snapshot.find(token) or self._shop_url for token in tokens]
        try:
            with reading(self._engine) as connection:  # SQLite: readers never wait
                links = scans.links(connection, tokens)
        except DatabaseTrouble:
            return [self._shop_url] * len(tokens)
        return [links[token].landing_url if token in links else "" for token in tokens]

    # --- afterwards --------------------------------------------------------------------------------------------------------

    def _replay_again_and_again(self) -> None:
        new_links_at = tidied_at = 0.0
        is_last = False
        while not is_last:
            is_last = self._stop.wait(REPLAY_EVERY_SECONDS)
            self.journal.try_again()
            try:
                self.replay()
                if self._snapshot and not is_last and time.monotonic() >= new_links_at:
                    more = self.copy_links(self._snapshot)
                    new_links_at = 0.0 if more else time.monotonic() + NEW_LINKS_EVERY_SECONDS
                if time.monotonic() - tidied_at >= TIDY_EVERY_SECONDS:
                    tidy(self._patient)
                    tidied_at = time.monotonic()
            except DatabaseTrouble:
                continue  # still away: the next round tries again
            except Exception as error:  # a full disk, a mistake of ours: what waits must be tried again all the same
                log.error("The journal could not be replayed: %s", type(error).__name__)

    def copy_links(self, snapshot: LinkSnapshot) -> bool:
        """Copy a page of the new links, or else one of the old ones; True while there is more that is new."""
        with reading(self._patient) as connection:
            if snapshot.copy_new(connection):
                return True
            snapshot.copy_again(connection)
        return False

    def replay(self) -> int:
        """Bring everything that waits into the database, and say how many scans; raises DatabaseTrouble, and then it waits on."""
        count = 0
        for path, records in self.journal.waiting():
            for start in range(0, len(records), REPLAYED_AT_ONCE):
                count += self._bring(records[start : start + REPLAYED_AT_ONCE])
                failpoint.pass_by("scan.while_replaying")
                time.sleep(LET_OTHERS_SECONDS)
            self.journal.done(path)
        return count

    def _bring(self, records: Sequence[bytes]) -> int:
        """Store some records; one that can never be stored is set aside, so that it does not hold up the others."""
        try:
            arrivals = [Arrival.unpacked(record) for record in records]
            with self._turn(-1), writing(self._patient) as connection:
                scans.take_in(connection, arrivals)
        except (ValueError, *scans.REFUSES_A_ROW) as error:
            if len(records) > 1:
                return sum(self._bring([record]) for record in records)
            log.error("A scan in the journal cannot be stored: %s; it is set aside", type(error).__name__)
            self.journal.set_aside(records[0])
            return 0
        return len(records)


@contextmanager
def recording(settings: Settings) -> Iterator[Recorder]:
    """A recorder with a database connection, a journal and, where the database lies elsewhere, a copy of the links of its own."""
    patient = open_engine(settings.database)
    engine = open_engine(settings.database, PATIENCE_MS[patient.dialect.name])
    snapshot = LinkSnapshot(settings.data_dir / "links.db") if engine.dialect.name == "postgresql" else None
    room = Room(settings.journal_most_mb * MB, settings.journal_least_free_mb * MB)
    recorder = Recorder(engine, patient, Journal(settings.data_dir / "journal", room), snapshot, settings.shop_url)
    try:
        with recorder.replaying():
            yield recorder
    finally:
        if snapshot:
            snapshot.close()
        engine.dispose()
        patient.dispose()
