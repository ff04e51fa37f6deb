"""What was printed, for whom, and what became of the others?"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.desk.printed import print_file_path
from api.desk.sessions import SignedIn
from api.errors import NotFound, PdfMissing
from api.keys import RowId
from api.office import AtOffice
from api.pages import pdf, render
from letters import preview
from letters.preflight import report_from_dict
from store import letters, print_files, print_runs
from store.engine import Connection
from store.print_runs import PrintRun

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[SignedIn])

SHOWN = 50
PROOFS = 10


@router.get("/print-runs")
def print_run_list(request: Request, office: AtOffice) -> Response:
    """The newest runs with their funnels."""
    with office.reading() as connection:
        found = print_runs.latest(connection, SHOWN)
    return render(request, "desk/print_runs.html", runs=found, limit=SHOWN)


@router.get("/print-runs/{print_run_id}")
def print_run(print_run_id: RowId, request: Request, office: AtOffice) -> Response:
    """One run: its funnel, its files with their checksums and what the preflight read of each."""
    with office.reading() as connection:
        run = _run(connection, print_run_id)
        files = print_files.of_run(connection, print_run_id)
    reports = {file.id: report_from_dict(file.preflight) if file.preflight else None for file in files}
    return render(request, "desk/print_run.html", run=run, files=files, reports=reports)


@router.get("/print-runs/{print_run_id}/proof.pdf")
def proof(print_run_id: RowId, office: AtOffice) -> Response:
    """The first letters of the first print file."""
    with office.reading() as connection:
        run = _run(connection, print_run_id)
        erased = letters.erased(connection, print_run_id)
        placed = [letter for letter in letters.for_manifest(connection, print_run_id) if letter.first_page and letter.letter_id not in erased]
    if not placed:
        raise PdfMissing
    first = placed[0].file
    ranges = [(letter.first_page, letter.pages) for letter in placed if letter.file == first][:PROOFS]
    return pdf(preview.cut_many(print_file_path(office.settings.data_dir, run.id, first), ranges), f"{run.name}-proof.pdf")


def _run(connection: Connection, print_run_id: int) -> PrintRun:
    run = print_runs.by_id(connection, print_run_id)
    if run is None:
        raise NotFound
    return run
