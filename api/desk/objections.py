"""Who does not want our advertising, and how does one file another objection?"""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.responses import Response, StreamingResponse

from api.desk.noting import note
from api.desk.roles import needs
from api.desk.sessions import SignedIn, SignedInUser
from api.errors import NotFound
from api.keys import LARGEST_ID, RowId
from api.office import AtOffice, Office
from api.pages import done, render
from api.security import LONGER_BODIES
from campaigns.address import Address
from campaigns.objection import AT_THE_DESK, Objection, ObjectionChannel
from campaigns.record import Kind, Outcome
from campaigns.rejection import Rejection
from campaigns.spreadsheet import harmless
from importers.csv_file import CsvFile, open_csvs
from importers.errors import UnreadableFile
from store import history, imports, objection_list, objections
from store.engine import Connection
from store.imports import Counts
from store.objection_list import Filed
from store.records import upsert_records
from store.users import Role, User

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[SignedIn])

FILERS = (Role.MARKETER, Role.SUPPORT, Role.ADMIN)
FILES = needs(*FILERS)
SHOWN = 50
MOST_MEGABYTES = LONGER_BODIES["/desk/objections/import"] // 1024 // 1024
HEADING = ("number", "received_at", "filed_at", "channel", "source", "customer", "letter", "letters_stopped", "letters_too_late")
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Named(BaseModel):
    """What the form sends."""

    model_config = ConfigDict(extra="forbid")

    email: Line = ""
    customer_number: Line = ""
    first_name: Line = ""
    last_name: Line = ""
    street: Line = ""
    postcode: Line = ""
    town: Line = ""


@router.get("/objections")
def objection_page(request: Request, office: AtOffice, before: Annotated[int, Query(ge=1, le=LARGEST_ID)] = LARGEST_ID) -> Response:
    """The newest objections with what each of them met, and the forms for more."""
    return _page(request, office, before=before)


def _page(request: Request, office: Office, *, before: int = LARGEST_ID, typed: Named | None = None, wrong: str = "", why: str = "") -> Response:
    with office.reading() as connection:
        found = objection_list.newest(connection, before, SHOWN + 1)
    return render(
        request,
        "desk/objections.html",
        422 if wrong else 200,
        found=found[:SHOWN],
        older=found[SHOWN - 1].id if len(found) > SHOWN else None,
        typed=typed or Named(),
        wrong=wrong,
        why=why,
        most=MOST_MEGABYTES,
        filers=FILERS,
    )


@router.post("/objections", dependencies=[FILES])
def file_by_hand(named: Annotated[Named, Form()], request: Request, office: AtOffice, user: SignedInUser) -> Response:
    """File the objection of somebody who wrote or called; the same one again changes nothing."""
    address = Address("", "", named.first_name, named.last_name, "", named.street, named.postcode, named.town, office.settings.sender_country)
    filed = Objection(AT_THE_DESK, ObjectionChannel.DESK, named.email, named.customer_number, address)
    now = datetime.now(UTC)
    with office.writing() as connection:
        imports.lock(connection, imports.PATIENCE_SECONDS)
        [result] = objections.upsert_objections(connection, [filed], office.settings.secret, now)
        if not isinstance(result, Rejection):
            note(connection, user, "file_objection", "", "by name" if result is Outcome.STORED else "known already")
    if isinstance(result, Rejection):
        return _page(request, office, typed=named, wrong="objection_nobody")
    return done("/desk/objections", "objection_is_filed")


@router.post("/customers/{customer_id}/objection", dependencies=[FILES])
def file_for_customer(customer_id: RowId, office: AtOffice, user: SignedInUser) -> Response:
    """File the objection of somebody whom we know."""
    with office.writing() as connection:
        found = history.of(connection, customer_id)
        if found is None or found.is_seed:
            raise NotFound
        objections.add(connection, found.id, ObjectionChannel.DESK, datetime.now(UTC))
        note(connection, user, "file_objection", f"customer {found.id}")
    return done(f"/desk/customers/{customer_id}", "objection_is_filed")


@router.post("/objections/import", dependencies=[FILES])
def import_list(request: Request, office: AtOffice, user: SignedInUser, file: Annotated[UploadFile, File()]) -> Response:
    """Take in a list as the command line does, all of it or nothing; what names nobody stands with its reason on the import's page."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        path.write_bytes(file.file.read())
        try:
            [opened] = open_csvs([path], AT_THE_DESK, office.settings.timezone, office.settings.sender_country, kind=Kind.OBJECTIONS)
            with office.writing() as connection:
                stored = _store(connection, opened, office.settings.secret, user, Path(file.filename or "list.csv").name[:200])
        except UnreadableFile as error:
            return _page(request, office, wrong="objections_not_read", why=str(error).replace(str(path), "CSV"))
    if stored.rejected:
        return done(f"/desk/imports/{stored.import_id}", "objections_are_filed", stored.count)
    return done("/desk/objections", "objections_are_filed", stored.count)


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a list."""

    import_id: int
    count: int
    rejected: int


def _store(connection: Connection, file: CsvFile, secret: bytes, user: User, name: str) -> Stored:
    now = datetime.now(UTC)
    imports.lock(connection, imports.PATIENCE_SECONDS)
    import_id, stored, refused = imports.start(connection, AT_THE_DESK, Kind.OBJECTIONS, name, file.format.name, now), 0, 0
    for batch in file.batches():
        results = upsert_records(connection, batch.records, secret, now)
        rejections = [*batch.rejections, *(one for one in results if isinstance(one, Rejection))]
        counts = Counts(len(batch.records) + len(batch.rejections), results.count(Outcome.STORED), results.count(Outcome.UNCHANGED), len(rejections))
        imports.add(connection, import_id, counts, rejections)
        stored, refused = stored + counts.stored, refused + counts.rejected
    imports.finish(connection, import_id, now)
    note(connection, user, "import_objections", "", f"{stored} objections, import {import_id}")
    return Stored(import_id, stored, refused)


@router.get("/objections.csv", dependencies=[needs(Role.MARKETER, Role.ADMIN)])
def export(office: AtOffice, user: SignedInUser) -> Response:
    """Every objection with its evidence, for whoever must prove it: people by their numbers, for the list must outlive their names."""
    with office.writing() as connection:
        note(connection, user, "export_objections", "")
    headers = {"Content-Disposition": 'attachment; filename="objections.csv"'}
    return StreamingResponse(_lines(_pages(office)), media_type="text/csv; charset=utf-8", headers=headers)


def _pages(office: Office) -> Iterator[Filed]:
    """A transaction for each page, so that a slow reader holds none open."""
    before = LARGEST_ID
    while True:
        with office.reading() as connection:
            found = objection_list.newest(connection, before, objection_list.AT_ONCE)
        if not found:
            return
        yield from found
        before = found[-1].id


def _lines(found: Iterable[Filed]) -> Iterator[str]:
    yield "\ufeff" + _line(HEADING)
    for one in found:
        filed = one.filed_at.isoformat(timespec="seconds") if one.filed_at else ""
        who, letter = ("" if number is None else str(number) for number in (one.customer_id, one.letter_id))
        met = (" ".join(map(str, letters)) for letters in (one.stopped, one.too_late))
        cells = (str(one.id), one.received_at.isoformat(timespec="seconds"), filed, one.channel, one.source, who, letter, *met)
        yield _line(map(harmless, cells))


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";").writerow(cells)
    return line.getvalue()
