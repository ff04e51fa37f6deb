"""Which records were taken for one person, and how does one part them again?"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from api.desk.noting import note
from api.desk.sessions import SignedIn, SignedInUser
from api.errors import CannotPart
from api.keys import LARGEST_ID, RowId
from api.office import AtOffice
from api.pages import render
from campaigns.identity import MergeReason
from store import merges
from store.errors import CannotUndo

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[SignedIn])

SHOWN = 50


@router.get("/merges")
def merge_list(
    request: Request,
    office: AtOffice,
    before: Annotated[int, Query(ge=1, le=LARGEST_ID)] = LARGEST_ID,
    customer: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
) -> Response:
    """The newest merges, or those of one customer."""
    with office.reading() as connection:
        found = merges.latest(connection, SHOWN + 1, before, customer)
    older = found[SHOWN - 1].id if len(found) > SHOWN else None
    return render(request, "desk/merges.html", merges=found[:SHOWN], older=older, customer=customer)


@router.post("/merges/{merge_id}/undo")
def undo(merge_id: RowId, office: AtOffice, user: SignedInUser) -> Response:
    """Part the two for good and show the one who is separate again."""
    try:
        with office.writing() as connection:
            parted = merges.undo(connection, merge_id, user.name, office.settings.secret, datetime.now(UTC))
            note(connection, user, "undo_merge", f"customer {parted}", f"merge {merge_id}")
    except CannotUndo as error:
        raise CannotPart from error
    return RedirectResponse(f"/desk/customers/{parted}", 303)


@router.post("/merges/{merge_id}/again")
def unite(merge_id: RowId, office: AtOffice, user: SignedInUser) -> Response:
    """Take a separation back: the two are the same person after all."""
    with office.writing() as connection:
        merge = merges.by_id(connection, merge_id)
        if merge is None or merge.gone_id is None or merge.undone_at is None:
            raise CannotPart
        merges.unite(connection, merge.kept_id, merge.gone_id, MergeReason.DESK, office.settings.secret, datetime.now(UTC))
        note(connection, user, "unite_again", f"customer {merge.kept_id}", f"merge {merge_id}")
    return RedirectResponse(f"/desk/customers/{merge.kept_id}", 303)
