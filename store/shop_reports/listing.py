"""Which reports have come, and what was wrong with them?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from campaigns.letter import LetterState
from campaigns.shop_report import LineProblem, LineRejection
from store.imports import Counts
from store.schema import letters, shop_report_rejections, shop_reports


class ReportState(StrEnum):
    """What became of a report as a whole."""

    TAKING_IN = "taking_in"
    """Not to its end yet: bringing the same file again goes on."""
    TAKEN_IN = "taken_in"
    REFUSED = "refused"
    """No report of a print shop: nothing of it was read."""


@dataclass(frozen=True, slots=True)
class ShopReport:
    """One file of a print shop."""

    id: int
    name: str
    sha256: str
    print_run_id: int | None
    """Where all that was taken over is of one print run."""
    state: ReportState
    counts: Counts
    message: str
    received_at: datetime


def newest(connection: Connection, before: int, limit: int) -> list[ShopReport]:
    """The newest reports of those with a smaller number."""
    query = select(shop_reports).where(shop_reports.c.id < before).order_by(shop_reports.c.id.desc()).limit(limit)
    return [_report(row) for row in connection.execute(query)]


def by_id(connection: Connection, report_id: int) -> ShopReport | None:
    """The report with this number."""
    row = connection.execute(select(shop_reports).where(shop_reports.c.id == report_id)).one_or_none()
    return _report(row) if row else None


def by_sha256(connection: Connection, sha256: str) -> ShopReport | None:
    """The report that came as a file of exactly this content."""
    row = connection.execute(select(shop_reports).where(shop_reports.c.sha256 == sha256)).one_or_none()
    return _report(row) if row else None


def of_print_run(connection: Connection, print_run_id: int) -> list[ShopReport]:
    """The reports about one print run alone, newest first."""
    query = select(shop_reports).where(shop_reports.c.print_run_id == print_run_id).order_by(shop_reports.c.id.desc())
    return [_report(row) for row in connection.execute(query)]


def rejections_of(connection: Connection, report_id: int, limit: int | None = None) -> list[LineRejection]:
    """The lines of a report that were not taken over, in their order."""
    table = shop_report_rejections.c
    query = select(table.line, table.reason, table.message, table.record).where(table.shop_report_id == report_id).order_by(table.line, table.id)
    return [LineRejection(row.line, LineProblem(row.reason), row.message, row.record) for row in connection.execute(query.limit(limit))]


def add_rejections(connection: Connection, report_id: int, found: Sequence[LineRejection]) -> None:
    """Keep why lines stayed outside."""
    if found:
        rows = [{"shop_report_id": report_id, "line": one.line, "reason": one.reason, "message": one.message, "record": one.record} for one in found]
        connection.execute(insert(shop_report_rejections), rows)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many letters of a print run are how far, by what the print shop has said."""

    handed_over: int
    """All of them, wherever they are by now."""
    printed: int
    """Those posted and returned included."""
    posted: int
    returned: int
    spoiled: int
    recalled: int


def progress(connection: Connection, print_run_id: int) -> Progress:
    """Where the letters of a print run are."""
    gone = (letters.c.print_run_id == print_run_id, letters.c.handed_over_at.is_not(None))
    rows = connection.execute(select(letters.c.state, func.count().label("letters")).where(*gone).group_by(letters.c.state))
    counts = {LetterState(row.state): int(row.letters) for row in rows}

    def of(*states: LetterState) -> int:
        return sum(counts.get(state, 0) for state in states)

    posted = of(LetterState.POSTED, LetterState.RETURNED)
    return Progress(sum(counts.values()), posted + of(LetterState.PRINTED), posted, of(LetterState.RETURNED), of(LetterState.FAILED), of(LetterState.CANCELLED))


def _report(row: Row[Any]) -> ShopReport:
    counts = Counts(row.read, row.stored, row.unchanged, row.rejected)
    return ShopReport(row.id, row.name, row.sha256, row.print_run_id, ReportState(row.state), counts, row.message, row.received_at)
