"""Which letters are in which print file?  Settled once, before anything is rendered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from campaigns.letter import ON_PAPER, LetterState
from campaigns.print_run import PrintFileState, PrintRunState
from store.errors import WrongState
from store.letters import cancel
from store.schema import letters, print_files, print_runs
from store.sets import among


@dataclass(frozen=True, slots=True)
class PrintFile:
    """One PDF for the print shop."""

    id: int
    print_run_id: int
    number: int
    name: str
    state: PrintFileState
    letters: int
    pages: int | None
    bytes: int | None
    sha256: str | None
    rendered_at: datetime | None
    preflight: Mapping[str, Any] | None
    """The report that released it (``letters.preflight.Report.as_dict``); None of files from before there was any."""
    deleted_at: datetime | None
    """When its time was over: no page of it can be shown any more."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """What came out of setting a print file: where each letter lies, and which could not be set."""

    pages: int
    bytes: int
    sha256: str
    placed: Sequence[tuple[int, int, int]]
    """Letter id, first page from 1, pages."""
    failed: Sequence[tuple[int, str]]
    """Letter id and why."""
    preflight: Mapping[str, Any] | None = None
    """The report that released the file."""


def seal(connection: Connection, print_run_id: int, run_name: str, per_file: int) -> int:
    """Put the print run's letters into files in postcode order and say how many files; to be called once, within the change of state."""
    query = select(letters.c.id).where(letters.c.print_run_id == print_run_id, letters.c.state == LetterState.SELECTED)
    ids = list(connection.execute(query.order_by(letters.c.sort_key, letters.c.id)).scalars())
    chunks = [ids[start : start + per_file] for start in range(0, len(ids), per_file)]
    if not chunks:
        return 0
    rows = [
        {
            "print_run_id": print_run_id,
            "number": number,
            "name": f"{run_name}-{number:04d}of{len(chunks):04d}.pdf",
            "state": PrintFileState.SEALED,
            "letters": len(chunk),
        }
        for number, chunk in enumerate(chunks, 1)
    ]
    connection.execute(insert(print_files), rows)
    files = of_run(connection, print_run_id)
    places = [
        {"letter": letter_id, "file": file.id, "place": place} for file, chunk in zip(files, chunks, strict=True) for place, letter_id in enumerate(chunk, 1)
    ]
    connection.execute(update(letters).where(letters.c.id == bindparam("letter")).values(print_file_id=bindparam("file"), sequence=bindparam("place")), places)
    return len(chunks)


def of_run(connection: Connection, print_run_id: int) -> list[PrintFile]:
    """The print run's files by number."""
    return [_file(row) for row in connection.execute(select(print_files).where(print_files.c.print_run_id == print_run_id).order_by(print_files.c.number))]


def by_id(connection: Connection, print_file_id: int) -> PrintFile | None:
    """The print file with this number."""
    row = connection.execute(select(print_files).where(print_files.c.id == print_file_id)).one_or_none()
    return _file(row) if row else None


def get(connection: Connection, print_file_id: int) -> PrintFile:
    """The same where it must exist: raises WrongState."""
    found = by_id(connection, print_file_id)
    if found is None:
        raise WrongState(f"There is no print file {print_file_id}.")
    return found


def record_rendering(connection: Connection, print_file_id: int, rendering: Rendering, now: datetime) -> bool:
    """Note what was rendered, once: False if somebody else has done it (with the same bytes, rendering being deterministic).

    What could not be set has failed from here on, with its reason.
    """
    values = {
        "state": PrintFileState.RENDERED if rendering.placed else PrintFileState.CANCELLED,
        "letters": len(rendering.placed),
        "pages": rendering.pages,
        "bytes": rendering.bytes,
        "sha256": rendering.sha256,
        "rendered_at": now,
        "preflight": rendering.preflight,
    }
    claimed = connection.execute(update(print_files).where(print_files.c.id == print_file_id, print_files.c.state == PrintFileState.SEALED).values(values))
    if claimed.rowcount == 0:
        return False
    for letter_id, reason in rendering.failed:
        cancel(connection, [letter_id], reason, LetterState.FAILED)
    if rendering.placed:
        rows = [{"letter": letter_id, "page": first_page, "count": pages} for letter_id, first_page, pages in rendering.placed]
        places = update(letters).where(letters.c.id == bindparam("letter")).values(first_page=bindparam("page"), pages=bindparam("count"))
        connection.execute(places, rows)
        fresh = (letters.c.print_file_id == print_file_id, letters.c.state == LetterState.SELECTED)
        connection.execute(update(letters).where(*fresh).values(state=LetterState.RENDERED))
    return True


def reopen(connection: Connection, print_file_id: int) -> None:
    """Have the file set anew because letters were taken out of it after rendering."""
    rendered = (print_files.c.id == print_file_id, print_files.c.state == PrintFileState.RENDERED)
    connection.execute(update(print_files).where(*rendered).values(state=PrintFileState.SEALED))


def outdated(connection: Connection, print_run_id: int) -> list[int]:
    """Rendered files of the run that still hold somebody who has been taken out since: whose letters are not as many as they say."""
    count = select(func.count()).where(letters.c.print_file_id == print_files.c.id, letters.c.state.in_(ON_PAPER)).correlate(print_files).scalar_subquery()
    rendered = (print_files.c.print_run_id == print_run_id, print_files.c.state == PrintFileState.RENDERED)
    return list(connection.execute(select(print_files.c.id).where(*rendered, print_files.c.letters != count).order_by(print_files.c.number)).scalars())


def mark(connection: Connection, print_run_id: int, before: PrintFileState, after: PrintFileState) -> None:
    """Move all files of the run from one state to another."""
    connection.execute(update(print_files).where(print_files.c.print_run_id == print_run_id, print_files.c.state == before).values(state=after))


def kept(connection: Connection, *, all_of_them: bool) -> list[PrintFile]:
    """Rendered files that lie on disk: those of runs that are not handed over yet, or all."""
    states = (PrintFileState.RENDERED, *((PrintFileState.HANDED_OVER,) if all_of_them else ()))
    there = (print_files.c.state.in_(states), print_files.c.deleted_at.is_(None))
    return [_file(row) for row in connection.execute(select(print_files).where(*there).order_by(print_files.c.id))]


def outlived(connection: Connection, handed_over_before: datetime, most: int) -> list[PrintFile]:
    """The oldest files of print runs that were handed over before that moment, as far as they are not deleted yet."""
    its_run = print_runs.c.id == print_files.c.print_run_id
    old = (print_runs.c.state == PrintRunState.HANDED_OVER, print_runs.c.handed_over_at < handed_over_before, print_files.c.deleted_at.is_(None))
    return [_file(row) for row in connection.execute(select(print_files).join(print_runs, its_run).where(*old).order_by(print_files.c.id).limit(most))]


def mark_deleted(connection: Connection, print_file_ids: Sequence[int], now: datetime) -> None:
    """Note that the files are gone, and empty what their letters said: nobody can set or show them any more.

    What stays of a letter tells that, when and in which layout it went out, and to which postal area; the file's checksum stays as well.
    """
    theirs = among(connection, letters.c.print_file_id, print_file_ids)
    connection.execute(update(letters).where(theirs).values(content={}, sort_key="", household_key=""))
    gone = (among(connection, print_files.c.id, print_file_ids), print_files.c.deleted_at.is_(None))
    connection.execute(update(print_files).where(*gone).values(deleted_at=now))


def _file(row: Row[Any]) -> PrintFile:
    return PrintFile(**{**row._mapping, "state": PrintFileState(row.state)})
