"""What did an import do, record by record?"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from campaigns.rejection import Rejection, RejectionReason
from store.errors import CountsDiffer
from store.schema import imports, rejections

_LOCK = 7_061_788
"""Any number of our own, beside those of store.migrate and store.audience."""


PATIENCE_SECONDS = 10
"""How long somebody who waits for an answer waits for a batch of an import; in order of size a batch takes one second."""


class ImportState(StrEnum):
    """Where an import stands."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the records read; the three parts add up to the whole."""

    read: int = 0
    stored: int = 0
    unchanged: int = 0
    rejected: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.read + other.read, self.stored + other.stored, self.unchanged + other.unchanged, self.rejected + other.rejected)

    def check(self) -> None:
        """Raise CountsDiffer unless nothing vanished."""
        if self.read != self.stored + self.unchanged + self.rejected:
            raise CountsDiffer(
                f"{self.read} records were read, but {self.stored} stored + {self.unchanged} unchanged + {self.rejected} rejected are not as many."
            )


@dataclass(frozen=True, slots=True)
class Import:
    """One import as it is on record."""

    id: int
    source: str
    kind: str
    name: str
    """The file, or the shop."""
    format: str
    state: ImportState
    counts: Counts
    started_at: datetime
    finished_at: datetime | None
    message: str
    """Why it failed and what to do; empty for all others."""


def start(connection: Connection, source: str, kind: str, file_name: str, file_format: str, now: datetime) -> int:
    """Open an import's record and give its id."""
    row = {"source": source, "kind": kind, "file_name": file_name, "format": file_format, "state": ImportState.RUNNING, "started_at": now}
    return int(connection.execute(insert(imports).values(row).returning(imports.c.id)).scalar_one())


def lock(connection: Connection, patience_seconds: int | None = None) -> None:
    """Let one batch be stored at a time until this transaction ends: two imports could meet in the same people (SQLite has its write lock).

    ``patience_seconds``: wait no longer than that for any lock of this transaction, then DatabaseTrouble, as SQLite does by itself.
    """
    if connection.dialect.name == "postgresql":
        if patience_seconds is not None:
            connection.execute(select(func.set_config("lock_timeout", f"{patience_seconds}s", True)))
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def add(connection: Connection, import_id: int, counts: Counts, rejected: Sequence[Rejection]) -> None:
    """Count one batch and list its rejections, in the transaction that stores its rows."""
    table = imports.c
    known = connection.execute(select(table.rejected).where(table.id == import_id)).scalar_one()
    connection.execute(
        update(imports)
        .where(table.id == import_id)
        .values(
            read=table.read + counts.read,
            stored=table.stored + counts.stored,
            unchanged=table.unchanged + counts.unchanged,
            rejected=table.rejected + counts.rejected,
        )
    )
    if rejected:
        rows = [
            {"import_id": import_id, "number": number, "position": one.position, "key": one.key, "reason": one.reason, "message": one.message}
            for number, one in enumerate(rejected, known + 1)
        ]
        connection.execute(insert(rejections), rows)


def finish(connection: Connection, import_id: int, now: datetime) -> Counts:
    """Close the record and give its counts; an import that does not add up cannot be finished."""
    table = imports.c
    row = connection.execute(select(table.read, table.stored, table.unchanged, table.rejected).where(table.id == import_id)).one()
    counts = Counts(*row)
    counts.check()
    connection.execute(update(imports).where(table.id == import_id).values(state=ImportState.FINISHED, finished_at=now, message=""))
    return counts


def fail(connection: Connection, import_id: int, now: datetime, message: str) -> None:
    """Close the record of an import that could not go on, with the reason; what it has stored stays stored."""
    connection.execute(update(imports).where(imports.c.id == import_id).values(state=ImportState.FAILED, finished_at=now, message=message))


def left_running(connection: Connection, source: str) -> list[Import]:
    """Imports of a source whose record was never closed: whoever holds the source knows that their processes are gone."""
    return _read(connection, select(imports).where(imports.c.source == source, imports.c.state == ImportState.RUNNING))


def latest(connection: Connection) -> list[Import]:
    """The newest import of each kind of each source."""
    newest = select(func.max(imports.c.id)).group_by(imports.c.source, imports.c.kind)
    return _read(connection, select(imports).where(imports.c.id.in_(newest)))


def newest(connection: Connection, before: int, limit: int) -> list[Import]:
    """The newest imports with an id below ``before``, newest first."""
    rows = connection.execute(select(imports).where(imports.c.id < before).order_by(imports.c.id.desc()).limit(limit))
    return [_to_import(row) for row in rows]


def by_id(connection: Connection, import_id: int) -> Import | None:
    """One import; None if there is no such one."""
    row = connection.execute(select(imports).where(imports.c.id == import_id)).one_or_none()
    return _to_import(row) if row else None


def kinds_since(connection: Connection, source: str, moment: datetime, states: Collection[ImportState] = tuple(ImportState)) -> set[str]:
    """Which kinds of records of a source an import has begun with since ``moment``, among the imports that are in one of ``states``."""
    table = imports.c
    query = select(table.kind.distinct()).where(table.source == source, table.state.in_(states), table.started_at > moment)
    return set(connection.execute(query).scalars())


def _read(connection: Connection, query: Any) -> list[Import]:
    return [_to_import(row) for row in connection.execute(query.order_by(imports.c.source, imports.c.id))]


def _to_import(row: Row[Any]) -> Import:
    return Import(
        row.id, row.source, row.kind, row.file_name, row.format, ImportState(row.state),
        Counts(row.read, row.stored, row.unchanged, row.rejected), row.started_at, row.finished_at, row.message,
    )  # fmt: skip


def rejections_of(connection: Connection, import_id: int, limit: int | None = None) -> Iterator[Rejection]:
    """All that was not taken over, or the first ``limit``, in file order, a few at a time."""
    table = rejections.c
    query = select(table.position, table.key, table.reason, table.message).where(table.import_id == import_id).order_by(table.number).limit(limit)
    for row in connection.execute(query.execution_options(yield_per=1000)):
        yield Rejection(row.position, row.key, RejectionReason(row.reason), row.message)
