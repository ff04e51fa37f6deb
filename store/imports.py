"""What did an import do, record by record?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from campaigns.rejection import Rejection, RejectionReason
from store.errors import CountsDiffer
from store.schema import imports, rejections


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


def add(connection: Connection, import_id: int, counts: Counts, rejected: Sequence[Rejection]) -> None:
    """Count one batch and list its rejections, in the transaction that stores its rows."""
    table = imports.c
    known = connection.execute(select(func.count()).where(rejections.c.import_id == import_id)).scalar_one()
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


def finish(connection: Connection, import_id: int, state: str, now: datetime) -> Counts:
    """Close the record and give its counts; an import that does not add up cannot be finished."""
    table = imports.c
    row = connection.execute(select(table.read, table.stored, table.unchanged, table.rejected).where(table.id == import_id)).one()
    counts = Counts(*row)
    counts.check()
    connection.execute(update(imports).where(table.id == import_id).values(state=state, finished_at=now))
    return counts


def rejections_of(connection: Connection, import_id: int) -> list[Rejection]:
    """All that was not taken over, in file order."""
    table = rejections.c
    query = select(table.position, table.key, table.reason, table.message).where(table.import_id == import_id).order_by(table.number)
    return [Rejection(row.position, row.key, RejectionReason(row.reason), row.message) for row in connection.execute(query)]
