"""When was a letter's code scanned, and by what?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from campaigns.scan import ScanKind
from store.schema import scans
from store.upsert import insert_for


@dataclass(frozen=True, slots=True)
class Scan:
    """One request for a letter's link; ``id`` is a UUIDv7 of the application."""

    id: str
    letter_id: int
    kind: ScanKind
    scanned_at: datetime


def record(connection: Connection, scan: Scan) -> None:
    """Store a scan; the same one again changes nothing."""
    row = {"id": scan.id, "letter_id": scan.letter_id, "kind": scan.kind, "scanned_at": scan.scanned_at}
    connection.execute(insert_for(connection, scans).on_conflict_do_nothing(index_elements=["id"]).values(row))


def of_letters(connection: Connection, letter_ids: Sequence[int]) -> list[Scan]:
    """All scans of these letters in time order."""
    query = (
        select(scans.c.id, scans.c.letter_id, scans.c.kind, scans.c.scanned_at)
        .where(scans.c.letter_id.in_(letter_ids))
        .order_by(scans.c.scanned_at, scans.c.id)
    )
    return [Scan(row.id, row.letter_id, ScanKind(row.kind), row.scanned_at) for row in connection.execute(query)]
