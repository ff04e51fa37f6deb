"""Which letters must not go out any more although the print shop has them, and on which list was it told so (product.md 5.4)?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, func, insert, select, update

from campaigns.address import AddressState
from campaigns.letter import LetterState
from store.evidence import ON_ITS_WAY
from store.obsolete import objected
from store.schema import campaigns, customers, letters, print_files, print_runs, recall_lists
from store.sets import among

_NOT_POSTED = (LetterState.HANDED_OVER, LetterState.PRINTED)
_OUT = (LetterState.FAILED, LetterState.CANCELLED)


@dataclass(frozen=True, slots=True)
class RecalledLetter:
    """A line of a recall list."""

    letter_id: int
    file: str
    sequence: int
    first_page: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class RecallList:
    """One list for the print shop."""

    id: int
    print_run_id: int
    run_name: str
    """Of its folder at the print shop."""
    number: int
    letters: int
    pulled: int
    """Of these the print shop has reported that they are out."""
    made_at: datetime
    written_at: datetime | None
    place: str
    """Where its print run was handed over; empty for one of an earlier version."""


def runs_with_new(connection: Connection, now: datetime) -> list[int]:
    """Print runs of which letters must be recalled that are on no list yet."""
    query = select(letters.c.print_run_id).join(customers, customers.c.id == letters.c.customer_id).where(*_is_new(now))
    return list(connection.execute(query.distinct().order_by(letters.c.print_run_id)).scalars())


def make(connection: Connection, print_run_id: int, digest: Callable[[Sequence[RecalledLetter]], str], now: datetime) -> int:
    """Put what is new on the print run's next list and give how many letters; ``digest`` is told its lines and gives the file's SHA-256."""
    connection.execute(select(print_runs.c.id).where(print_runs.c.id == print_run_id).with_for_update())
    new = select(letters.c.id, _reason().label("reason")).join(customers, customers.c.id == letters.c.customer_id)
    rows = connection.execute(new.where(letters.c.print_run_id == print_run_id, *_is_new(now))).all()
    if not rows:
        return 0
    newest = select(func.coalesce(func.max(recall_lists.c.number), 0)).where(recall_lists.c.print_run_id == print_run_id)
    number = int(connection.execute(newest).scalar_one()) + 1
    for reason in sorted({row.reason for row in rows}):
        ids = [row.id for row in rows if row.reason == reason]
        connection.execute(update(letters).where(among(connection, letters.c.id, ids)).values(recall_list=number, recall_reason=reason))
    found = {"print_run_id": print_run_id, "number": number, "letters": len(rows), "sha256": digest(lines(connection, print_run_id, number)), "made_at": now}
    connection.execute(insert(recall_lists).values(found))
    return len(rows)


def lines(connection: Connection, print_run_id: int, number: int) -> list[RecalledLetter]:
    """What stands on a list; places in a file are those of ``letters.csv``."""
    place = func.row_number().over(partition_by=letters.c.print_file_id, order_by=letters.c.sequence).label("place")
    columns = (letters.c.id, letters.c.print_file_id, letters.c.first_page, letters.c.recall_list, letters.c.recall_reason, place)
    gone = select(*columns).where(letters.c.print_run_id == print_run_id, letters.c.handed_over_at.is_not(None)).subquery("gone")
    query = select(gone.c.id, print_files.c.name, gone.c.place, gone.c.first_page, gone.c.recall_reason)
    query = query.join(print_files, print_files.c.id == gone.c.print_file_id).where(gone.c.recall_list == number)
    return [RecalledLetter(*row) for row in connection.execute(query.order_by(print_files.c.number, gone.c.place))]


def unwritten(connection: Connection) -> list[RecallList]:
    """Lists that do not lie at the print shop yet, oldest first."""
    return [_list(row) for row in connection.execute(_lists().where(recall_lists.c.written_at.is_(None)).order_by(recall_lists.c.id))]


def note_written(connection: Connection, list_id: int, now: datetime) -> None:
    """The list lies at the print shop."""
    connection.execute(update(recall_lists).where(recall_lists.c.id == list_id, recall_lists.c.written_at.is_(None)).values(written_at=now))


def of_print_run(connection: Connection, print_run_id: int) -> list[RecallList]:
    """The lists of a print run in their order."""
    return [_list(row) for row in connection.execute(_lists().where(recall_lists.c.print_run_id == print_run_id).order_by(recall_lists.c.number))]


def _lists() -> Select[Any]:
    theirs = (letters.c.print_run_id == recall_lists.c.print_run_id, letters.c.recall_list == recall_lists.c.number, letters.c.state.in_(_OUT))
    pulled = select(func.count()).where(*theirs).correlate(recall_lists).scalar_subquery()
    query = select(recall_lists, pulled.label("pulled"), campaigns.c.slug, print_runs.c.place).join(print_runs, print_runs.c.id == recall_lists.c.print_run_id)
    return query.join(campaigns, campaigns.c.id == print_runs.c.campaign_id)


def _list(row: Row[Any]) -> RecallList:
    name = f"{row.slug}-{row.print_run_id:05d}"  # as PrintRun.name
    return RecallList(row.id, row.print_run_id, name, row.number, row.letters, row.pulled, row.made_at, row.written_at, row.place)


def _is_new(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """After two weeks a letter has been posted, whether the print shop says so or not."""
    on_its_way = (letters.c.state.in_(_NOT_POSTED), letters.c.handed_over_at > now - ON_ITS_WAY)
    return (*on_its_way, letters.c.recall_list.is_(None), _reason().is_not(None))


def _reason() -> ColumnElement[str]:
    """Why; buying, or a better letter, is none: the letter does no harm."""
    return case(
        (objected(), "objection"),
        (customers.c.erased_at.is_not(None), "erased"),
        (customers.c.address_state != AddressState.OK, customers.c.address_state),
    )
