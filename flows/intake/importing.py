"""How do the records of any source come into the database, batch by batch?

The one way in: files and shops differ in where their batches come from and in nothing else.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from campaigns.errors import PostillionError
from campaigns.record import Kind, Outcome
from campaigns.rejection import Rejection
from flows.clock import now
from flows.intake import rejects
from importers.batch import Batch
from store import coupon_events, failpoint, imports, sync_states
from store.coupon_events import Action
from store.engine import Connection, DatabaseTrouble, Engine, reading, writing
from store.giving_way import written
from store.imports import Counts, ImportState
from store.records import upsert_records
from store.settings import Settings

KILLED = "Its process was killed. What it had stored is stored; the next import went on from there."
STOPPED = "It was stopped before its end. What it had stored is stored: start it again, it goes on from there."


@dataclass(frozen=True, slots=True)
class Stream:
    """Records of one kind that a source has to give."""

    source: str
    kind: Kind
    name: str
    """The file, or the shop."""
    format: str
    batches: Callable[[Mapping[str, Any]], Iterable[Batch]]
    """The batches from where the last import left off: its state, empty at first and always empty for files."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How an import stands: while it runs, and when it has ended."""

    import_id: int
    source: str
    kind: Kind
    name: str
    format: str
    state: ImportState = ImportState.RUNNING
    counts: Counts = Counts()
    share: float | None = None
    """How much of the source is read, between 0 and 1; None where nobody can know."""
    message: str = ""
    """Why it failed."""
    rejections: tuple[Rejection, ...] = ()
    """The first ones, once it has ended; all are in the file."""
    rejects_file: Path | None = None
    double_uses: int = 0
    """Codes that orders used although no use was left: the desk shows which."""
    against_terms: int = 0
    """Codes that orders used although they should not have been granted."""

    @property
    def in_words(self) -> str:
        """The counts in a line."""
        counts = self.counts
        twice = f", {self.double_uses} coupon codes used twice" if self.double_uses else ""
        wrongly = f", {self.against_terms} coupon codes used against their terms" if self.against_terms else ""
        return f"{counts.read} {self.kind} read, {counts.stored} stored, {counts.unchanged} unchanged, {counts.rejected} rejected{twice}{wrongly}"


Report: TypeAlias = Callable[[ImportReport], None]
"""Who hears after every batch how an import stands, and at its end, whichever that is."""


def import_stream(engine: Engine, settings: Settings, stream: Stream, report: Report, *, anew: bool = False) -> ImportReport:
    """Store a stream's records; the same again changes nothing, an import that was killed is simply started again.

    Each batch is one transaction: its rows, its counts, its rejections and the place where the next run goes on; done again where it
    has to give way to a checkout.  An import that
    fails keeps what it has stored, says why on its record and raises what went wrong.  ``anew`` reads everything; the place from
    before holds until the first batch brings another.  The caller holds the source (flows.locks).
    """
    begun = now()
    with writing(engine) as connection:
        state = {} if anew else sync_states.get(connection, stream.source, stream.kind)
        import_id = imports.start(connection, stream.source, stream.kind, stream.name, stream.format, begun)
    running = ImportReport(import_id, stream.source, stream.kind, stream.name, stream.format)
    report(running)
    try:
        for batch in stream.batches(state):
            counts = _store(engine, settings, stream, import_id, batch)
            running = replace(running, counts=running.counts + counts, share=batch.share)
            report(running)
            failpoint.pass_by("import.after_batch")
        with writing(engine) as connection:
            imports.lock(connection)
            imports.finish(connection, import_id, now())
    except BaseException as error:
        message = _in_words(error)
        with writing(engine) as connection:
            imports.fail(connection, import_id, now(), message)
        report(_ended(engine, settings, replace(running, state=ImportState.FAILED, message=message), begun))
        raise
    done = _ended(engine, settings, replace(running, state=ImportState.FINISHED, share=1.0), begun)
    report(done)
    return done


def _store(engine: Engine, settings: Settings, stream: Stream, import_id: int, batch: Batch) -> Counts:
    def store(connection: Connection) -> Counts:
        imports.lock(connection)
        counts = store_batch(connection, import_id, batch, settings.secret)
        if batch.state is not None:
            sync_states.save(connection, stream.source, stream.kind, batch.state, now())
        failpoint.pass_by("import.before_commit")
        return counts

    return written(engine, store)


def store_batch(connection: Connection, import_id: int, batch: Batch, secret: bytes) -> Counts:
    """Store a batch's records, count them and list what stayed outside, all in the caller's transaction.

    Raises CountsDiffer, so that nothing of the batch is stored, unless every record read is accounted for.
    """
    results = upsert_records(connection, batch.records, secret, now(), batch.hashes)
    refused = [replace(result, position=batch.positions[result.position]) for result in results if isinstance(result, Rejection)]
    rejections = [*batch.rejections, *refused]
    read = len(batch.records) + len(batch.rejections) + batch.unchanged
    counts = Counts(read, results.count(Outcome.STORED), results.count(Outcome.UNCHANGED) + batch.unchanged, len(rejections))
    counts.check()
    imports.add(connection, import_id, counts, rejections)
    return counts


def close_killed(engine: Engine, settings: Settings, source: str) -> None:
    """Close the records of imports whose process was killed; the caller holds the source, so nobody else is at work on them."""
    with writing(engine) as connection:
        killed = imports.left_running(connection, source)
        for one in killed:
            imports.fail(connection, one.id, now(), KILLED)
    for one in killed:
        if one.counts.rejected:  # the place has moved on behind them: no later import lists them again
            rejects.write_list(engine, settings.data_dir, one.id, f"{one.source}-{one.kind}")


def _ended(engine: Engine, settings: Settings, ended: ImportReport, begun: datetime) -> ImportReport:
    if ended.kind is Kind.ORDERS:
        with reading(engine) as connection:
            found = coupon_events.found_by_import(connection, ended.source, begun)
        ended = replace(ended, double_uses=found.get(Action.DOUBLE_USE, 0), against_terms=found.get(Action.AGAINST_TERMS, 0))
    if not ended.counts.rejected:
        return ended
    path, first = rejects.write_list(engine, settings.data_dir, ended.import_id, f"{ended.source}-{ended.kind}")
    return replace(ended, rejects_file=path, rejections=first)


def _in_words(error: BaseException) -> str:
    if isinstance(error, PostillionError):
        return str(error)
    if isinstance(error, DatabaseTrouble):
        return "The database refused or was away. What was stored is stored: start it again."
    if isinstance(error, Exception):
        return f"Something that nobody foresaw went wrong ({type(error).__name__}): the log says more. What was stored is stored."
    return STOPPED
