"""How does somebody correct what a shop has wrong, so that it stays corrected?"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.responses import RedirectResponse, Response

from api.desk.noting import note
from api.desk.sessions import SignedIn, SignedInUser
from api.errors import NotFound
from api.keys import RowId
from api.office import AtOffice
from api.pages import render
from campaigns.customer import Customer, Sex
from campaigns.profile import Part
from store import desk_edits, history
from store.engine import Connection
from store.errors import WrongState

router = APIRouter(prefix="/desk/customers", include_in_schema=False, dependencies=[SignedIn])

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
LANGUAGES = ("de", "en")
IN_ADDRESS = ("company", "title", "first_name", "last_name", "addition", "street", "postcode", "town", "country")


class Correction(BaseModel):
    """What the form sends; an empty field means that there is nothing to say there."""

    model_config = ConfigDict(extra="forbid")

    company: Line = ""
    title: Line = ""
    first_name: Line = ""
    last_name: Line = ""
    addition: Line = ""
    street: Line = ""
    postcode: Line = ""
    town: Line = ""
    country: Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^([A-Za-z]{2})?$")] = ""
    email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^([^@\s]+@[^@\s]+)?$")] = ""
    sex: Sex = Sex.UNKNOWN
    language: Annotated[str, StringConstraints(pattern=r"^([a-z]{2})?$")] = ""


@router.get("/{customer_id}/edit")
def form(customer_id: RowId, request: Request, office: AtOffice) -> Response:
    """Name, address, e-mail, sex and language as they are now."""
    with office.reading() as connection:
        person = _person(connection, customer_id)
        edited = desk_edits.parts(connection, customer_id)
    languages = sorted({*LANGUAGES, person.language} - {""})
    return render(request, "desk/edit.html", customer_id=customer_id, person=person, edited=edited, sexes=tuple(Sex), languages=languages)


@router.post("/{customer_id}/edit")
def save(customer_id: RowId, correction: Annotated[Correction, Form()], office: AtOffice, user: SignedInUser) -> Response:
    """Keep what was changed; the parts that were left alone stay the shop's."""
    with office.writing() as connection:
        person = _person(connection, customer_id)
        was = {name: getattr(person.address, name) for name in IN_ADDRESS} | {name: getattr(person, name) for name in ("email", "sex", "language")}
        changed = {name: value for name, value in correction.model_dump().items() if value != was[name]}
        if changed:
            try:
                desk_edits.edit(connection, customer_id, changed, user.name, office.settings.secret, datetime.now(UTC))
                note(connection, user, "edit_customer", f"customer {customer_id}", ", ".join(sorted(changed)))
            except WrongState as error:
                raise NotFound from error
    return RedirectResponse(f"/desk/customers/{customer_id}", 303)


@router.post("/{customer_id}/release")
def release(customer_id: RowId, office: AtOffice, user: SignedInUser) -> Response:
    """Let the shop's own words hold again."""
    with office.writing() as connection:
        _person(connection, customer_id)
        desk_edits.release(connection, customer_id, tuple(Part), office.settings.secret, datetime.now(UTC))
        note(connection, user, "release_customer_edits", f"customer {customer_id}")
    return RedirectResponse(f"/desk/customers/{customer_id}", 303)


def _person(connection: Connection, customer_id: int) -> Customer:
    found = history.of(connection, customer_id)
    if found is None or found.is_seed:  # a seed address is replaced by another one, in Prefect or on the command line
        raise NotFound
    return found.customer
