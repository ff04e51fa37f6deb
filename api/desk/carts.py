"""What lies in the carts and on the wishlists, and what became of it?"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from api.desk.cart_choice import COLUMNS, COOKIE, CartChoice, View, choice, to_remember
from api.desk.cart_export import carts_csv, carts_xml
from api.desk.roles import needs
from api.desk.sessions import SignedIn, SignedInUser
from api.errors import NotFound, WrongInput
from api.keys import RowId
from api.office import AtOffice, Office
from api.pages import render
from campaigns.cart import CartKind, CartState
from store import audit, cart_list
from store.audit import Channel
from store.cart_list import CartFilter, CartOrder, ListedCart, Owner
from store.users import Role, User

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[SignedIn])

SHOWN = 50
AT_ONCE = 500
"""Carts of an export that are in memory at the same time."""
EXPORTERS = (Role.MARKETER, Role.ADMIN)
"""An export names everybody at once, who has left what in the cart."""
_A_YEAR = 365 * 24 * 3600
MayExport = needs(*EXPORTERS)


@router.get("/carts")
def cart_list_page(request: Request, office: AtOffice, user: SignedInUser) -> Response:
    """A page of the carts or wishlists that are wanted, with their number and value; nothing where a field of the filter cannot be read."""
    asked, now = _choice(request, office), datetime.now(UTC)
    with office.reading() as connection:
        sources = cart_list.sources(connection)
        found = [] if asked.wrong else cart_list.page(connection, asked.wanted, asked.order, now, SHOWN + 1, asked.after)
        totals = [] if asked.wrong else cart_list.totals(connection, asked.wanted, now)
    response = render(
        request,
        "desk/carts.html",
        422 if asked.wrong else 200,
        asked=asked,
        carts=found[:SHOWN],
        totals=totals,
        older=asked.next_page(found[SHOWN - 1]) if len(found) > SHOWN else "",
        sources=sources,
        kinds=list(CartKind),
        states=list(CartState),
        owners=list(Owner),
        orders=list(CartOrder),
        columns=[name for name in COLUMNS if name != "state" or asked.wanted.kind == CartKind.CART],
        views=list(View),
        may_export=user.role in EXPORTERS,
    )
    if "view" in request.query_params or "columns" in request.query_params:
        secure = office.settings.desk_url.startswith("https://")
        response.set_cookie(COOKIE, to_remember(asked), max_age=_A_YEAR, path="/desk/carts", secure=secure, httponly=True, samesite="lax")
    return response


@router.get("/carts/carts.csv")
def as_csv(request: Request, office: AtOffice, user: User = MayExport) -> Response:
    """All carts that are wanted, for a spreadsheet."""
    return _export(request, office, user, carts_csv, "csv", "text/csv")


@router.get("/carts/carts.xml")
def as_xml(request: Request, office: AtOffice, user: User = MayExport) -> Response:
    """All carts that are wanted, for a program."""
    return _export(request, office, user, carts_xml, "xml", "application/xml")


@router.get("/carts/{cart_id}")
def cart(cart_id: RowId, request: Request, office: AtOffice) -> Response:
    """One cart: its articles, whose it is, the letters about it, and the order that followed."""
    with office.reading() as connection:
        found = cart_list.one(connection, cart_id, datetime.now(UTC))
    if found is None:
        raise NotFound
    return render(request, "desk/cart.html", found=found, cart=found.cart, can_open=_is_web_address(found.recovery_url))


@router.get("/carts/{cart_id}/open")
def open_cart(cart_id: RowId, office: AtOffice, user: SignedInUser) -> Response:
    """Lead to the cart in the shop; the address opens it without a sign-in, so it is shown nowhere, and who went there is written down.

    No form leads here: a browser would not let one go on to another site (Content-Security-Policy, form-action).
    """
    now = datetime.now(UTC)
    with office.reading() as connection:
        found = cart_list.one(connection, cart_id, now)
    if found is None or not _is_web_address(found.recovery_url):
        raise NotFound
    with office.writing() as connection:
        audit.note(connection, now, user.name, Channel.DESK, "open_cart", f"cart {cart_id}")
    return RedirectResponse(found.recovery_url, 303, {"Referrer-Policy": "no-referrer"})


def _choice(request: Request, office: Office) -> CartChoice:
    return choice(request.query_params, request.cookies.get(COOKIE, ""), office.timezone)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # "http://[": the shop wrote it, and nobody checks that
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


Writer = Callable[[Iterable[list[ListedCart]]], Iterator[str]]


def _export(request: Request, office: Office, user: User, writer: Writer, form: str, media_type: str) -> Response:
    """Written while it is sent, page by page, each in a transaction of its own: no download holds up the database."""
    asked, now = _choice(request, office), datetime.now(UTC)
    if asked.wrong:
        raise WrongInput
    pages = _pages(office, asked.wanted, now)
    first = next(pages, None)  # a database that is away is told of before anything is sent
    with office.reading() as connection:
        count = sum(total.carts for total in cart_list.totals(connection, asked.wanted, now))
    with office.writing() as connection:
        audit.note(connection, now, user.name, Channel.DESK, "export_carts", "carts", f"{form}, {count}: {asked.filter_words()}")
    text = writer(chain([first], pages) if first else ())
    name = f"{'wishlists' if asked.wanted.kind == CartKind.WISHLIST else 'carts'}-{now.astimezone(office.timezone):%Y-%m-%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(map(partial(str.encode, encoding="utf-8"), text), media_type=f"{media_type}; charset=utf-8", headers=headers)


def _pages(office: Office, wanted: CartFilter, now: datetime) -> Iterator[list[ListedCart]]:
    after = 0
    while True:
        with office.reading() as connection:
            found = cart_list.by_id(connection, wanted, now, AT_ONCE, after)
        if not found:
            return
        yield found
        after = found[-1].id
