"""How does somebody change the password that they sign in with?"""

from datetime import UTC, datetime
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from api.desk.noting import note
from api.desk.sessions import SignedIn, SignedInUser, hand_out
from api.errors import TooManyTries
from api.office import AtOffice, Office
from api.pages import done, render
from store import passwords, users
from store.passwords import MINIMUM_LENGTH
from store.users import User

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[SignedIn])

Typed = Annotated[str, Form(max_length=1000)]


@router.get("/password")
def form(request: Request) -> Response:
    """The old password, the new one twice."""
    return page(request, "desk/password.html")


@router.post("/password")
async def change(request: Request, office: AtOffice, user: SignedInUser, old: Typed = "", new: Typed = "", again: Typed = "") -> Response:
    """Change it; every other session of the user's ends."""
    result = await renewed(request, office, user, old, new, again)
    return page(request, "desk/password.html", result) if isinstance(result, str) else result


def page(request: Request, template: str, wrong: str = "", **values: Any) -> Response:
    """The form, and what was wrong with the last one."""
    return render(request, template, 422 if wrong else 200, wrong=wrong, shortest=MINIMUM_LENGTH, **values)


async def renewed(request: Request, office: Office, user: User, old: str, new: str, again: str) -> Response | str:
    """Change the password of whoever is signed in; gives the answer with a new session, or the phrase that says what is wrong.

    A wrong old one counts like one at the sign-in: who finds a desk left open may not guess.  Raises TooManyTries.
    """
    if new != again:
        return "passwords_differ"
    if len(new) < MINIMUM_LENGTH:
        return "weak_password"
    if not (office.tries.admits(request, user.name.casefold()) and office.sprayed.admits(request)):
        raise TooManyTries
    token = await to_thread.run_sync(_replace, office, user, old, new, limiter=office.hashing)
    if token is None:
        return "old_password_wrong"
    office.tries.forget(request, user.name.casefold())
    response = done("/partner" if request.url.path.startswith("/partner") else "/desk", "password_changed")
    hand_out(response, token, office.settings)
    return response


def _replace(office: Office, user: User, old: str, new: str) -> str | None:
    """The token of a new session, the only one from now on; None for a wrong old password."""
    with office.reading() as connection:
        known = users.password_hash(connection, user.name)
    is_right = passwords.verify(old, known[1] if known else None)
    hashed = passwords.hash_password(new) if is_right else ""
    with office.writing() as connection:
        if not (is_right and known and users.change_password(connection, user.id, known[1], hashed)):
            note(connection, user, "change_password_failed", f"user {user.name}")
            return None
        note(connection, user, "change_password", f"user {user.name}")
        return users.open_session(connection, user.id, datetime.now(UTC))
