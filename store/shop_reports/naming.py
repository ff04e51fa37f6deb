"""Which letters does a line of a report speak of?"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import Connection, case, exists, select

from campaigns.letter import LetterState
from campaigns.print_run import PrintRunState
from campaigns.shop_report import Course, EventKind, LineProblem, LineRejection, Reported
from store import print_runs
from store.print_runs import PrintRun
from store.schema import coupons, letters, print_files
from store.sets import among

_RUN = re.compile(r"(?:.*-)?0*([1-9]\d{0,17})", re.ASCII)
_AT_THE_SHOP = (PrintRunState.HANDING_OVER, PrintRunState.HANDED_OVER)


@dataclass(slots=True)
class Letter:
    """A letter as reports meet it; ``course`` moves on from line to line."""

    id: int
    print_run_id: int
    print_file_id: int
    handed_over_at: datetime
    course: Course
    coupon_used: bool


@dataclass(frozen=True, slots=True)
class File:
    """A print file and its letters in their order, as ``letters.csv`` counts them."""

    id: int
    print_run_id: int
    letters: tuple[int, ...]
    places: Mapping[int, int]
    """Letter -> its place."""


class Naming:
    """Finds what a chunk of lines names, each kind of name in one query; files and print runs are kept for the chunks to come."""

    def __init__(self, most: int) -> None:
        """``most`` letters of a line are looked up with the others; of the rest ``further`` speaks."""
        self._most = most
        self._files: dict[str, File | None] = {}
        self._runs: dict[str, PrintRun | None] = {}
        self._of_runs: dict[int, tuple[int, ...]] = {}
        self._by_token: dict[str, int] = {}

    def find(self, connection: Connection, events: Sequence[Reported]) -> None:
        """Look up the files and print runs that the events name, with the numbers of their letters."""
        self._find_files(connection, {event.file for event in events if event.file} - self._files.keys())
        for name in {event.print_run for event in events if event.print_run} - self._runs.keys():
            number = _RUN.fullmatch(name)
            found = print_runs.by_id(connection, int(number[1])) if number and int(number[1]) < 2**63 else None
            self._runs[name] = found if found and (name.isdigit() or name.casefold() == found.name.casefold()) else None
        for event in events:
            run = None if event.names_a_letter or event.file else self.run(event)
            if run and run.id not in self._of_runs:
                query = select(letters.c.id).where(letters.c.print_run_id == run.id, letters.c.handed_over_at.is_not(None)).order_by(letters.c.id)
                self._of_runs[run.id] = tuple(connection.execute(query).scalars())

    def look_up(self, connection: Connection, events: Sequence[Reported]) -> dict[int, Letter]:
        """All letters that the events name, by id, as they stand."""
        tokens = {event.token for event in events if event.token}
        query = select(letters.c.token, letters.c.id).where(among(connection, letters.c.token, tokens))
        self._by_token = {row.token: row.id for row in connection.execute(query)} if tokens else {}
        return load(connection, {one for event in events for one in self.ids(event)[: self._most]})

    def further(self, event: Reported) -> Iterator[Sequence[int]]:
        """The letters of a line that are too many, some at a time."""
        ids = self.ids(event)
        return (ids[first : first + self._most] for first in range(self._most, len(ids), self._most))

    def run(self, event: Reported) -> PrintRun | None:
        """The print run that the event names, by its folder's name or its number."""
        return self._runs.get(event.print_run)

    def named(self, event: Reported) -> tuple[int, ...] | LineRejection:
        """The letters of an event, or why it names none."""
        if wrong := self.contradiction(event):
            return wrong
        ids = self.ids(event)
        if ids:
            return ids
        what = self._what(event)
        return rejected(
            event, LineProblem.UNKNOWN_LETTER, f"There is no {what} of ours, or nothing of it was handed over: look at letters.csv of the print run."
        )

    def ids(self, event: Reported) -> tuple[int, ...]:
        """The numbers of the letters that the event names."""
        if event.kind is EventKind.ACCEPTED:
            return ()
        if event.letter_id is not None:
            return (event.letter_id,) if event.letter_id < 2**63 else ()
        if event.token:
            return (self._by_token[event.token],) if event.token in self._by_token else ()
        if event.file:
            file = self._files.get(event.file)
            if file is None or event.sequence is None:
                return file.letters if file else ()
            return file.letters[event.sequence - 1 : event.sequence] if event.sequence <= len(file.letters) else ()
        run = self.run(event)
        return self._of_runs.get(run.id, ()) if run else ()

    def _what(self, event: Reported) -> str:
        if event.letter_id is not None:
            return f"letter {event.letter_id}"
        if event.token:
            return f"letter with the code {event.token}"
        if event.file:
            place = f"letter {event.sequence} in the " if event.sequence is not None else ""
            return f"{place}print file {event.file}"
        return f"print run {event.print_run}"

    def contradiction(self, event: Reported) -> LineRejection | None:
        """A line that names a thing twice must mean the same both times: a shop that is one line off is found here."""
        file = self._files.get(event.file) if event.file else None
        if event.file and file is None and not event.names_a_letter:
            return None
        ids = self.ids(event)
        if event.file and event.names_a_letter and ids:
            if file is None:
                return rejected(event, LineProblem.CONTRADICTION, f"Letter {ids[0]} is ours, but there is no print file {event.file}.")
            place = file.places.get(ids[0])
            if place is None or (event.sequence is not None and event.sequence != place):
                where = f"number {place} of {event.file}" if place else f"not in {event.file}"
                return rejected(event, LineProblem.CONTRADICTION, f"Letter {ids[0]} is {where}: the line names two different letters, so it is off by some.")
        run = self.run(event) if event.print_run else None
        if event.print_run and file and (run is None or run.id != file.print_run_id):
            return rejected(event, LineProblem.CONTRADICTION, f"Print file {event.file} is not of print run {event.print_run}.")
        return None

    def _find_files(self, connection: Connection, names: Collection[str]) -> None:
        if not names:
            return
        query = select(print_files.c.id, print_files.c.name, print_files.c.print_run_id).where(among(connection, print_files.c.name, names))
        rows = {row.id: row for row in connection.execute(query)}
        order: dict[int, list[int]] = {one: [] for one in rows}
        theirs = (among(connection, letters.c.print_file_id, rows), letters.c.handed_over_at.is_not(None))
        for row in connection.execute(select(letters.c.id, letters.c.print_file_id).where(*theirs).order_by(letters.c.print_file_id, letters.c.sequence)):
            order[row.print_file_id].append(row.id)
        self._files |= dict.fromkeys(names) | {row.name: _file(row.id, row.print_run_id, order[row.id]) for row in rows.values()}


def _file(file_id: int, print_run_id: int, ids: Sequence[int]) -> File:
    return File(file_id, print_run_id, tuple(ids), {letter: place for place, letter in enumerate(ids, 1)})


def is_at_the_shop(run: PrintRun) -> bool:
    """Whether a print shop can have its files."""
    return run.state in _AT_THE_SHOP


def load(connection: Connection, ids: Collection[int]) -> dict[int, Letter]:
    """Those of the letters that were handed over, by id, as they stand."""
    if not ids:
        return {}
    used = case((exists().where(coupons.c.letter_id == letters.c.id, coupons.c.uses > 0), 1), else_=0)
    table = letters.c
    columns = (table.id, table.print_run_id, table.print_file_id, table.handed_over_at, table.state, table.state_reason)
    query = select(*columns, table.printed_at, table.posted_at, table.returned_at, used.label("used"))
    rows = connection.execute(query.where(among(connection, table.id, ids), table.handed_over_at.is_not(None)).with_for_update(of=letters))
    return {
        row.id: Letter(
            row.id, row.print_run_id, row.print_file_id, row.handed_over_at,
            Course(LetterState(row.state), row.state_reason, row.printed_at, row.posted_at, row.returned_at), bool(row.used),
        )
        for row in rows
    }  # fmt: skip


def rejected(event: Reported, why: LineProblem, message: str) -> LineRejection:
    """The event stays outside."""
    return LineRejection(event.line, why, message, event.record)


def moment_of(event: Reported, letter: Letter, now: datetime) -> datetime:
    """When it happened, not before the hand-over.

    Of a day of posting the end, or now: whoever scans the letter on that day works at the print shop, and nobody has it yet.
    """
    at = event.at or now
    if event.kind is EventKind.POSTED and event.whole_day:
        at = min(datetime.combine(at.date(), time.max, at.tzinfo).replace(microsecond=0), now)
    return max(at, letter.handed_over_at)
