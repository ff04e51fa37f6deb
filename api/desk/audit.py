"""Who did what, and when?  For admins."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.catalogue import CATALOGUE
from api.desk.roles import needs
from api.desk.sessions import SignedIn
from api.keys import LARGEST_ID
from api.office import AtOffice
from api.pages import render, wording_for
from api.wording import Wording
from store import audit
from store.users import Role

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[SignedIn])

SHOWN = 100
_ROOMS = {
    "customer": "customers",
    "cart": "carts",
    "print run": "print-runs",
    "shop report": "shop-reports",
    "campaign": "campaigns",
    "offer": "offers",
    "coupon": "coupons",
    "partner": "partners",
}
Filter = Annotated[str, Query(max_length=200)]


@router.get("/audit", dependencies=[needs(Role.ADMIN)])
def acts(
    request: Request, office: AtOffice, subject: Filter = "", actor: Filter = "", before: Annotated[int, Query(ge=1, le=LARGEST_ID)] = LARGEST_ID
) -> Response:
    """The newest acts, of one person or all, about one thing or all."""
    subject, actor = (text.replace("\0", "").strip() for text in (subject, actor))
    with office.reading() as connection:
        found = audit.newest(connection, SHOWN + 1, before=before, subject=subject, actor=actor)
    shown, wording = found[:SHOWN], wording_for(request)
    older = shown[-1].id if len(found) > SHOWN else None
    listed = [(one, in_words(one.action, wording), _page_of(one.subject)) for one in shown]
    return render(request, "desk/audit.html", acts=listed, older=older, subject=subject, actor=actor, first_page=before == LARGEST_ID)


def in_words(action: str, wording: Wording) -> str:
    """What an act is called; one without a phrase of its own says its name."""
    key = f"act_{action}"
    return wording.say(key) if key in CATALOGUE else action.replace("_", " ")


def _page_of(subject: str) -> str:
    """Where the desk shows what an act was done to; empty where it has no page."""
    kind, _, name = subject.rpartition(" ")
    return f"/desk/{_ROOMS[kind]}/{name}" if kind in _ROOMS else ""
