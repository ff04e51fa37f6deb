"""May this program do what it asks for?"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from fastapi import Depends, Request

from api.desk.sessions import signed_in
from api.errors import MissingScope, TooManyWrongKeys, WrongKey
from api.office import AtOffice, Office
from store import api_keys
from store.api_keys import ApiKey, Scope
from store.engine import Connection


def holding(scope: Scope) -> Callable[[Request, Office], ApiKey]:
    """A dependency: the key of the request, which holds ``scope``.  Raises WrongKey, TooManyWrongKeys, MissingScope."""

    def check(request: Request, office: AtOffice) -> ApiKey:
        return key_of(request, office, scope)

    return check


def holding_at_checkout(scope: Scope) -> Callable[[Request, Office], Awaitable[ApiKey]]:
    """The same for requests that come fifty at once: their keys are looked up together, and no thread waits for another."""

    async def check(request: Request, office: AtOffice) -> ApiKey:
        written = _written(request)
        key = await office.carry_out(lambda connection: _found(connection, written)) if api_keys.is_well_formed(written) else None
        return _checked(request, office, key, scope)

    return check


def customers_reader(request: Request, office: AtOffice) -> None:
    """A dependency: somebody who is signed in to the desk, or a program with a key for it."""
    if "authorization" in request.headers:
        key_of(request, office, Scope.CUSTOMERS_READ)
    else:
        signed_in(request, office)


ReadsCustomers = Depends(customers_reader)
"""For a router whose every page shows customers."""


def key_of(request: Request, office: Office, scope: Scope) -> ApiKey:
    """The valid API key that the request brings (RFC 6750, 2.1).

    A valid one is never limited, so that no program is shut out by an old one on the same machine.
    """
    written = _written(request)
    return _checked(request, office, _valid(office, written), scope)


def _written(request: Request) -> str:
    """What stands for a key in the request; raises WrongKey where nothing does."""
    scheme, _, written = request.headers.get("authorization", "").partition(" ")
    if not written:
        raise WrongKey
    return written.strip() if scheme.lower() == "bearer" else ""


def _checked(request: Request, office: Office, key: ApiKey | None, scope: Scope) -> ApiKey:
    if key is None:
        raise WrongKey if office.wrong_keys.admits(request) else TooManyWrongKeys
    if scope not in key.scopes:
        raise MissingScope(scope=scope)
    request.state.actor = "api_key"
    return key


def _found(connection: Connection, written: str) -> ApiKey | None:
    now = datetime.now(UTC)
    key = api_keys.find(connection, written)
    if key and not api_keys.was_just_noted(key, now):
        api_keys.note_use(connection, key.id, now)
    return key


def _valid(office: Office, written: str) -> ApiKey | None:
    if not api_keys.is_well_formed(written):
        return None
    now = datetime.now(UTC)
    with office.reading() as connection:
        key = api_keys.find(connection, written)
    if key and not api_keys.was_just_noted(key, now):
        with office.writing() as connection:
            api_keys.note_use(connection, key.id, now)
    return key
