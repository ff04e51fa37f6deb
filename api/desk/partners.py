"""Who brings new customers, and what may they see?  The operator's side."""

from datetime import UTC, datetime
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from api.desk.noting import note
from api.desk.roles import needs
from api.desk.sessions import SignedIn, SignedInUser
from api.errors import NotFound
from api.office import AtOffice, Office
from api.pages import done, render, wording_for
from campaigns.checkout import Channel
from campaigns.offer_words import conditions, worth
from campaigns.partner import ContactField, Partner
from store import coupon_events, partners
from store.coupon_events import GRANTED, Action, Event
from store.engine import Connection
from store.errors import PartnerRefused, WrongName
from store.passwords import MINIMUM_LENGTH, WeakPassword, hash_password
from store.users import Role, User

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
def add(request: Request, office: AtOffice, user: SignedInUser, slug: Line = "", name: Line = "", email: Line = "", sponsor: Line = "") -> Response:
    """Take in a partner; what is wrong is said above the form, and what was typed stays."""
    typed = {"slug": slug.strip(), "name": name.strip(), "email": email.strip(), "sponsor": sponsor.strip()}
    typed = {field: text.replace("\0", "") for field, text in typed.items()}
    try:
        with office.writing() as connection:
            partners.add(connection, **typed, now=datetime.now(UTC))
            _note(connection, user, f"{typed['slug']}: taken in" + (f", brought by {typed['sponsor']}" if typed["sponsor"] else ""))
    except PartnerRefused as refused:
        return _tree_page(request, office, 422, typed, f"partner_refused_{refused.problem}")
    return done(f"/desk/partners/{typed['slug']}", "partner_added")


def _tree_page(request: Request, office: Office, status: int = 200, typed: dict[str, str] | None = None, wrong: str = "") -> Response:
    with office.reading() as connection:
        found = partners.downline(connection)
    blank = {"slug": "", "name": "", "email": "", "sponsor": ""}
    return render(request, "desk/partners.html", status, found=found, typed=typed or blank, wrong=wrong)


@router.get("/{slug}")
def partner(slug: str, request: Request, office: AtOffice) -> Response:
    """One partner: codes, sign-in, downline, released fields, and who was looked at."""
    return _page(slug, request, office)


@router.post("/{slug}/login", dependencies=[MANAGES])
async def login(
    slug: str, request: Request, office: AtOffice, user: SignedInUser, user_name: Line = "", password: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """Make the partner's sign-in, or change its password; whoever is signed in under it is signed out."""
    return await to_thread.run_sync(_open_login, slug, request, office, user, user_name.replace("\0", "").strip(), password, limiter=office.hashing)


def _open_login(slug: str, request: Request, office: Office, user: User, user_name: str, password: str) -> Response:
    with office.reading() as connection:
        slug = _known(connection, slug).slug
    try:
        hashed = hash_password(password)
        with office.writing() as connection:
            partners.open_login(connection, slug, user_name, hashed, datetime.now(UTC))
            _note(connection, user, f"{slug}: sign-in {user_name}")
    except WeakPassword:
        return _page(slug, request, office, user_name, "weak_password")
    except PartnerRefused as refused:
        return _page(slug, request, office, user_name, f"partner_refused_{refused.problem}")
    return done(f"/desk/partners/{slug}", "partner_login_made")


def _page(slug: str, request: Request, office: Office, user_name: str = "", wrong: str = "") -> Response:
    language = wording_for(request).language
    with office.reading() as connection:
        found = _known(connection, slug)
        codes = partners.codes_of(connection, found)
        sponsor = partners.by_id(connection, found.sponsor_id) if found.sponsor_id else None
        below = [one for one in partners.downline(connection, found) if one.depth]
        views = partners.views(connection, SHOWN, found)
        signs_in_as = partners.login_of(connection, found.slug)
        notes = coupon_events.notes_on(connection, Action.PARTNER, found.slug, SHOWN)
    return render(
        request,
        "desk/partner.html",
        422 if wrong else 200,
        partner=found,
        codes=[(one, worth(one.offer, language), conditions(one.offer, one.valid_until, language)) for one in codes],
        sponsor=sponsor,
        below=below,
        views=views,
        fields=tuple(ContactField),
        signs_in_as=signs_in_as,
        notes=notes,
        user_name=user_name or signs_in_as or found.slug,
        shortest=MINIMUM_LENGTH,
        wrong=wrong,
    )


def _known(connection: Connection, slug: str) -> Partner:
    found = partners.by_slug(connection, slug.replace("\0", ""))
    if found is None:
        raise NotFound
    return found


@router.post("/{slug}/release", dependencies=[RELEASES])
async def release(slug: str, request: Request, office: AtOffice, user: SignedInUser) -> Response:
    """Choose which contact fields of direct prospects the partner sees; none is the rule."""
    form = await request.form()
    wanted = [field for field in ContactField if field in form.getlist("field")]
    return await to_thread.run_sync(lambda: _changed(office, slug, user, f"released {', '.join(wanted) or 'nothing'}", released=wanted))


@router.post("/{slug}/active", dependencies=[MANAGES])
def switch(slug: str, office: AtOffice, user: SignedInUser, on: Annotated[bool, Form()] = False) -> Response:
    """Let a partner in, or shut him or her out: sign-in and codes with it."""
    return _changed(office, slug, user, "let in" if on else "shut out", is_active=on)


def _changed(office: Office, slug: str, user: User, told: str, *, is_active: bool | None = None, released: list[ContactField] | None = None) -> Response:
    try:
        with office.writing() as connection:
            partners.change(connection, slug.replace("\0", ""), is_active=is_active, released=released)
            _note(connection, user, f"{slug}: {told}")
    except WrongName as error:
        raise NotFound from error
    return done(f"/desk/partners/{slug}", "partner_changed")


def _note(connection: Connection, user: User, told: str) -> None:
    """Who did what to which partner, for the audit log."""
    coupon_events.note(connection, [Event(Action.PARTNER, GRANTED, datetime.now(UTC), Channel.DESK, actor=user.name, detail=told)])
    slug, _, act = told.partition(": ")
    note(connection, user, "change_partner", f"partner {slug}", act)
