"""Who is signed in?"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from api.errors import NotFound, NotSignedIn
from api.office import AtOffice, Office
from store import users
from store.settings import Settings
from store.users import Role, User


def signed_in(request: Request, office: AtOffice) -> User:
    """The user of the session; every router of the desk depends on it.  Raises NotSignedIn; NotFound for a partner, who has a desk of their own."""
    user = user_of(request, office)
    if user.role == Role.PARTNER:
        raise NotFound
    request.state.user = user
    return user


def user_of(request: Request, office: Office) -> User:
    """Whoever is signed in, with whatever role.  Raises NotSignedIn."""
    token = token_of(request, office)
    now = datetime.now(UTC)
    with office.reading() as connection:
        user = users.of_session(connection, token, now) if token else None
    if user is None:
        raise NotSignedIn
    if office.session_notes.admits(request, token):
        with office.writing() as connection:
            users.keep_session(connection, token, now)
    request.state.actor = "partner" if user.role == Role.PARTNER else "desk"
    return user


SignedIn = Depends(signed_in)
"""For a router whose every page is for people who have signed in."""
SignedInUser = Annotated[User, SignedIn]


def token_of(request: Request, office: Office) -> str:
    """What the cookie holds, empty without one."""
    return request.cookies.get(cookie_name(office.settings), "")


def hand_out(response: Response, token: str, settings: Settings) -> None:
    """Give the session's token to the browser, until it is closed or the session ends."""
    response.set_cookie(cookie_name(settings), token, path="/", secure=_https(settings), httponly=True, samesite="lax")


def take_back(response: Response, settings: Settings) -> None:
    """Have the browser forget it."""
    response.delete_cookie(cookie_name(settings), path="/", secure=_https(settings), httponly=True, samesite="lax")


def cookie_name(settings: Settings) -> str:
    """With the prefix a browser takes the cookie from this very host over https only; plain http is for trying out."""
    return "__Host-postillion" if _https(settings) else "postillion"


def _https(settings: Settings) -> bool:
    return settings.desk_url.startswith("https://")
