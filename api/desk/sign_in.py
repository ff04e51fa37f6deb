"""How does somebody get into the desk, and out of it?"""

from datetime import UTC, datetime
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from api.desk.sessions import hand_out, take_back, token_of
from api.errors import TooManyTries
from api.office import AtOffice, Office
from api.pages import render
from store import audit, passwords, users
from store.audit import Channel
from store.users import Role

router = APIRouter(prefix="/desk", include_in_schema=False)

HOME = "/desk"
PARTNER_HOME = "/partner"


@router.get("/sign-in")
def sign_in(request: Request, next: str = HOME) -> Response:
    """The form."""
    return render(request, "desk/sign_in.html", next=local(next), name="", wrong=False)


@router.post("/sign-in")
async def check(
    request: Request, office: AtOffice, name: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "", next: Annotated[str, Form()] = HOME
) -> Response:
    """Open a session for the right password; every try counts before it is looked at, so that trying at once gains nothing."""
    name = name.strip().replace("\0", "")
    if not (office.tries.admits(request, name.casefold()) and office.sprayed.admits(request)):
        raise TooManyTries
    opened = await to_thread.run_sync(_open_session, request, office, name, password, limiter=office.hashing)
    if opened is None:
        return render(request, "desk/sign_in.html", 401, next=local(next), name=name, wrong=True)
    office.tries.forget(request, name.casefold())
    token, role = opened
    response = RedirectResponse(_first_page(next, role), 303)
    hand_out(response, token, office.settings)
    return response


def _open_session(request: Request, office: Office, name: str, password: str) -> tuple[str, str] | None:
    with office.reading() as connection:
        known = users.password_hash(connection, name)
    if not passwords.verify(password, known[1] if known else None) or known is None:
        with office.writing() as connection:  # a name that nobody has may be a password in the wrong field: it is not written down
            audit.note(connection, datetime.now(UTC), name if known else "", Channel.DESK, "sign_in_failed")
        return None
    with office.writing() as connection:
        if users.password_hash(connection, name) != known:  # changed while this one was being checked: its sessions have been ended already
            return None
        users.close_session(connection, token_of(request, office))
        now = datetime.now(UTC)
        token = users.open_session(connection, known[0], now)
        user = users.of_session(connection, token, now)
        audit.note(connection, now, name, Channel.DESK, "sign_in")
        return (token, user.role) if user else None


def _first_page(asked: str, role: str) -> str:
    """Partners have a desk of their own: whatever they asked for, nothing of the other one."""
    page = local(asked)
    if (role == Role.PARTNER) == page.startswith(PARTNER_HOME):
        return page
    return PARTNER_HOME if role == Role.PARTNER else HOME


@router.post("/sign-out")
def sign_out(request: Request, office: AtOffice) -> Response:
    """End the session here and in the database."""
    token, now = token_of(request, office), datetime.now(UTC)
    with office.writing() as connection:
        user = users.of_session(connection, token, now)
        users.close_session(connection, token)
        if user:
            audit.note(connection, now, user.name, Channel.DESK, "sign_out")
    response = RedirectResponse("/desk/sign-in", 303)
    take_back(response, office.settings)
    return response


def local(path: str) -> str:
    """``path`` if it is a page of the desk or the partner desk, else the desk's first page: nobody is led to another site."""
    is_ours = path.startswith(("/desk/", f"{PARTNER_HOME}/")) or path == PARTNER_HOME
    return path if is_ours and path.isprintable() and "\\" not in path and ".." not in path else HOME
