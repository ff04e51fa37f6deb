"""Who asked for their data, or for its erasure, and until when must it be done?"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.desk.sessions import SignedIn
from api.office import AtOffice
from api.pages import render
from store import privacy_requests

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[SignedIn])

SHOWN = 200


@router.get("/privacy")
def requests(request: Request, office: AtOffice) -> Response:
    """The newest requests, the open ones among them."""
    with office.reading() as connection:
        found = privacy_requests.latest(connection, SHOWN)
    return render(request, "desk/privacy.html", requests=found, limit=SHOWN)
