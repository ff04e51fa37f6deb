"""Who may get in: which people, and which programs?  For admins."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.desk.roles import needs
from api.desk.sessions import SignedIn
from api.office import AtOffice
from api.pages import render
from store import api_keys, users
from store.users import Role

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[SignedIn])


@router.get("/access", dependencies=[needs(Role.ADMIN)])
def access(request: Request, office: AtOffice) -> Response:
    """Everybody who may sign in, and every API key; both are made and ended on the command line."""
    with office.reading() as connection:
        people, keys = users.all_users(connection), api_keys.all_keys(connection)
    return render(request, "desk/access.html", people=people, keys=keys)
