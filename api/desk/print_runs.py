"""What was printed, for whom, and what became of the others?"""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.desk.approval import APPROVERS, TO_HAND_OVER, approvable
from api.desk.printed import print_file_path
from api.desk.sessions import SignedIn
from api.errors import NotFound, PdfMissing
from api.keys import RowId
from api.office import AtOffice, Office
from api.pages import pdf, render
from campaigns.print_run import PrintRunState
from letters import preview
from letters.preflight import report_from_dict
from store import audit, letters, print_files, print_runs, recalls
from store.engine import Connection
from store.print_runs import PrintRun
from store.shop_reports import listing

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
        back = _back_from_the_shop(connection, print_run_id)
        waits = run.state is PrintRunState.AWAITING_APPROVAL
        found = approvable(connection, office, run.id) if waits else None
    reports = {file.id: report_from_dict(file.preflight) if file.preflight else None for file in files}
    return render(
        request,
        "desk/print_run.html",
        run=run,
        files=files,
        reports=reports,
        found=found,
        to_hand_over=TO_HAND_OVER,
        approvers=APPROVERS,
        prefect=_prefect(run, office),
        **back,
    )


@router.get("/print-runs/{print_run_id}/proof.pdf")
def proof(print_run_id: RowId, office: AtOffice) -> Response:
    """The first letters of the first print file."""
    with office.reading() as connection:
        run = _run(connection, print_run_id)
        erased = letters.erased(connection, print_run_id)
        files = print_files.of_run(connection, print_run_id)
        placed = [letter for letter in letters.for_manifest(connection, print_run_id) if letter.first_page and letter.letter_id not in erased]
    if not placed:
        raise PdfMissing
    first = placed[0].file
    ranges = [(letter.first_page, letter.pages) for letter in placed if letter.file == first][:PROOFS]
    path = print_file_path(office.settings.data_dir, next(file for file in files if file.name == first))
    return pdf(preview.cut_many(path, ranges), f"{run.name}-proof.pdf")


def _back_from_the_shop(connection: Connection, print_run_id: int) -> dict[str, Any]:
    """What the print shop has said of a run's letters, and what it was asked to take out."""
    told = audit.newest(connection, 50, subject=f"print run {print_run_id}")
    return {
        "progress": listing.progress(connection, print_run_id),
        "recall_lists": recalls.of_print_run(connection, print_run_id),
        "shop_reports": listing.of_print_run(connection, print_run_id),
        "other_files": [event for event in told if event.action == "shop_has_other_files"],
    }


def _prefect(run: PrintRun, office: Office) -> str:
    """The run's page in the Prefect UI; empty for one that was started on the command line."""
    return f"{office.settings.prefect_url}/runs/flow-run/{run.flow_run_id}" if run.flow_run_id else ""


def _run(connection: Connection, print_run_id: int) -> PrintRun:
    run = print_runs.by_id(connection, print_run_id)
    if run is None:
        raise NotFound
    return run
