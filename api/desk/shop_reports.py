"""What did print shops report, what of it was not taken over, and how does a report come in by hand?"""

import hashlib
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, File, Query, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from api.desk.approval import APPROVERS, APPROVES
from api.desk.sessions import SignedIn, SignedInUser
from api.errors import NotFound
from api.keys import LARGEST_ID, RowId
from api.office import AtOffice
from api.pages import render
from printshop.errors import NoReport
from printshop.reports import reading
from store import print_runs
from store.audit import Channel
from store.shop_reports import listing
from store.shop_reports.taking_in import Arrival, refuse, take_in

router = APIRouter(prefix="/desk/shop-reports", include_in_schema=False, dependencies=[SignedIn])

SHOWN = 50
SHOWN_REJECTIONS = 500
_LONGEST_NAME = 200


@router.get("")
def report_list(request: Request, office: AtOffice, before: Annotated[int, Query(ge=1, le=LARGEST_ID)] = LARGEST_ID) -> Response:
    """The newest reports, or those before one of them; and where one is brought by hand."""
    with office.reading() as connection:
        found = listing.newest(connection, before, SHOWN + 1)
    older = found[SHOWN - 1].id if len(found) > SHOWN else None
    first = before == LARGEST_ID
    return render(request, "desk/shop_reports.html", reports=found[:SHOWN], older=older, first_page=first, approvers=APPROVERS)


@router.post("", dependencies=[APPROVES])
def bring(request: Request, office: AtOffice, user: SignedInUser, file: Annotated[UploadFile | None, File()] = None) -> Response:
    """Take a report in at once and show what became of it; one that was taken in before is shown and changes nothing."""
    if file is None or not file.filename:
        return RedirectResponse("/desk/shop-reports", 303)
    content = file.file.read(reading.MOST_BYTES + 1)
    name = "".join(char for char in file.filename if char.isprintable())[-_LONGEST_NAME:]
    arrival = Arrival(name, hashlib.sha256(content).hexdigest(), datetime.now(UTC), user.name, Channel.DESK)
    try:
        lines = reading.read(content, office.timezone)
    except NoReport as error:
        message = str(error)
        found = office.written(lambda connection: refuse(connection, arrival, message))
    else:
        found = take_in(office.written, arrival, lines, office.timezone)
    return RedirectResponse(f"/desk/shop-reports/{found.id}", 303)


@router.get("/{report_id}")
def report(report_id: RowId, request: Request, office: AtOffice) -> Response:
    """One report: its counts, and the first of the lines that were not taken over."""
    with office.reading() as connection:
        found = listing.by_id(connection, report_id)
        if found is None:
            raise NotFound
        rejections = listing.rejections_of(connection, report_id, SHOWN_REJECTIONS)
        run = print_runs.by_id(connection, found.print_run_id) if found.print_run_id else None
    return render(request, "desk/shop_report.html", found=found, rejections=rejections, run=run, shown=SHOWN_REJECTIONS)
