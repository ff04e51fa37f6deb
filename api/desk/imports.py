"""What came in, what stayed outside, and how far has each shop been read?"""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.desk.sessions import SignedIn
from api.errors import NotFound
from api.keys import LARGEST_ID, RowId
from api.office import AtOffice
from api.pages import render
from importers.rejects_list import rejects_csv
from store import imports, sync_states
from store.engine import Connection
from store.imports import Import

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[SignedIn])

SHOWN = 50
SHOWN_REJECTIONS = 500


@router.get("/imports")
def import_list(request: Request, office: AtOffice, before: Annotated[int, Query(ge=1, le=LARGEST_ID)] = LARGEST_ID) -> Response:
    """The newest imports, or those before one of them, and where each stream stands."""
    with office.reading() as connection:
        found = imports.newest(connection, before, SHOWN + 1)
        streams = [(source, stream, moved_at) for (source, stream), (_, moved_at) in sorted(sync_states.moved(connection).items())]
    older = found[SHOWN - 1].id if len(found) > SHOWN else None
    return render(
        request,
        "desk/imports.html",
        imports=found[:SHOWN],
        older=older,
        streams=streams,
        first_page=before == LARGEST_ID,
    )


@router.get("/imports/{import_id}")
def one_import(import_id: RowId, request: Request, office: AtOffice) -> Response:
    """One import: its counts, and the first of the records that were not taken over."""
    with office.reading() as connection:
        found = _import(connection, import_id)
        rejections = list(imports.rejections_of(connection, import_id, SHOWN_REJECTIONS))
    return render(request, "desk/import.html", found=found, rejections=rejections)


@router.get("/imports/{import_id}/rejects.csv")
def rejects(import_id: RowId, office: AtOffice) -> Response:
    """All records that were not taken over, for a spreadsheet."""
    with office.reading() as connection:
        _import(connection, import_id)
        content = "".join(rejects_csv(imports.rejections_of(connection, import_id)))
    return Response(content.encode(), media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="import-{import_id:05d}-rejects.csv"'})


def _import(connection: Connection, import_id: int) -> Import:
    found = imports.by_id(connection, import_id)
    if found is None:
        raise NotFound
    return found
