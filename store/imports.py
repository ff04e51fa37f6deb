"""What did an import do, record by record?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from campaigns.rejection import Rejection, RejectionReason
from store.errors import CountsDiffer
from store.schema import imports, rejections

_LOCK = 7_061_788
"""Any number of our own, beside those of store.migrate and store.audience."""


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


def start(connection: Connection, source: str, kind: str, file_name: str, file_format: str, now: datetime) -> int:
    """Open an import's record and give its id."""
    row = {"source": source, "kind": kind, "file_name": file_name, "format": file_format, "state": "running", "started_at": now}
    return int(connection.execute(insert(imports).values(row).returning(imports.c.id)).scalar_one())


def lock(connection: Connection) -> None:
    """Let one batch be stored at a time until this transaction ends: two imports could meet in the same people (SQLite has its write lock)."""
    if connection.dialect.name == "postgresql":
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
    connection.execute(update(imports).where(table.id == import_id).values(state="finished", finished_at=now))
    return counts


def fail(connection: Connection, import_id: int, now: datetime) -> None:
    """Close the record of an import that could not go on; what it has stored stays stored."""
    connection.execute(update(imports).where(imports.c.id == import_id).values(state="failed", finished_at=now))


def rejections_of(connection: Connection, import_id: int) -> Iterator[Rejection]:
    """All that was not taken over, in file order, a few at a time."""
    table = rejections.c
    query = select(table.position, table.key, table.reason, table.message).where(table.import_id == import_id).order_by(table.number)
    for row in connection.execute(query.execution_options(yield_per=1000)):
        yield Rejection(row.position, row.key, RejectionReason(row.reason), row.message)
