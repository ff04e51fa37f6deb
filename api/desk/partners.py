"""Who brings new customers, and what may they see?  The operator's side."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from api.desk.roles import needs
from api.desk.sessions import SignedIn
from api.errors import NotFound
from api.office import AtOffice
from api.pages import render, wording_for
from campaigns.offer_words import conditions, worth
from campaigns.partner import ContactField
from store import partners
from store.errors import WrongName
from store.users import Role

router = APIRouter(prefix="/desk/partners", include_in_schema=False, dependencies=[SignedIn])

MANAGES = needs(Role.MARKETER, Role.ADMIN)
RELEASES = needs(Role.ADMIN)
"""Showing people's contact data to somebody outside is for the one who answers for it."""
SHOWN = 100

Line = Annotated[str, Form(max_length=200)]


@router.get("")
def tree(request: Request, office: AtOffice) -> Response:
    """Every partner below the one who has brought him or her."""
    return _tree_page(request, office)


@router.post("", dependencies=[MANAGES])
def add(request: Request, office: AtOffice, slug: Line = "", name: Line = "", email: Line = "", sponsor: Line = "") -> Response:
    """Take in a partner; what is wrong is said above the form, and what was typed stays."""
    typed = {"slug": slug.strip(), "name": name.strip(), "email": email.strip(), "sponsor": sponsor.strip()}
    typed = {field: text.replace("\0", "") for field, text in typed.items()}
    try:
        with office.writing() as connection:
            partners.add(connection, **typed, now=datetime.now(UTC))
    except WrongName as error:
        return _tree_page(request, office, 422, typed, str(error))
    return RedirectResponse(f"/desk/partners/{typed['slug']}", 303)


def _tree_page(request: Request, office: AtOffice, status: int = 200, typed: dict[str, str] | None = None, wrong: str = "") -> Response:
    with office.reading() as connection:
        found = partners.downline(connection)
    blank = {"slug": "", "name": "", "email": "", "sponsor": ""}
    return render(request, "desk/partners.html", status, found=found, typed=typed or blank, wrong=wrong)


@router.get("/{slug}")
def partner(slug: str, request: Request, office: AtOffice) -> Response:
    """One partner: codes, downline, released fields, and who was looked at."""
    language = wording_for(request).language
    with office.reading() as connection:
        found = partners.by_slug(connection, slug.replace("\0", ""))
        if found is None:
            raise NotFound
        codes = partners.codes_of(connection, found)
        below = partners.downline(connection, found)
        views = partners.views(connection, SHOWN, found)
    return render(
        request,
        "desk/partner.html",
        partner=found,
        codes=[(one, worth(one.offer, language), conditions(one.offer, one.valid_until, language)) for one in codes],
        below=below,
        views=views,
        fields=tuple(ContactField),
        limit=SHOWN,
    )


@router.post("/{slug}/release", dependencies=[RELEASES])
async def release(slug: str, request: Request, office: AtOffice) -> Response:
    """Choose which contact fields of direct prospects the partner sees; none is the rule."""
    form = await request.form()
    wanted = [field for field in ContactField if field in form.getlist("field")]
    return _changed(office, slug, released=wanted)


@router.post("/{slug}/active", dependencies=[MANAGES])
def switch(slug: str, office: AtOffice, on: Annotated[bool, Form()] = False) -> Response:
    """Let a partner in, or shut him or her out: sign-in and codes with it."""
    return _changed(office, slug, is_active=on)


def _changed(office: AtOffice, slug: str, *, is_active: bool | None = None, released: list[ContactField] | None = None) -> Response:
    try:
        with office.writing() as connection:
            partners.change(connection, slug.replace("\0", ""), is_active=is_active, released=released)
    except WrongName as error:
        raise NotFound from error
    return RedirectResponse(f"/desk/partners/{slug}", 303)
