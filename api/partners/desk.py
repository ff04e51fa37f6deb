"""What does a partner see: own codes, the first line, the direct prospects?"""

from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from api.errors import NotFound
from api.keys import RowId
from api.office import AtOffice, Office
from api.pages import done, render, wording_for
from api.partners.sessions import AsPartner
from campaigns.offer_words import conditions, worth
from campaigns.partner import CodeRefusal, CodeRefused, Partner
from letters.partner_coupons import MOST_PAGES
from store import partners
from store.partners import PartnerCode

router = APIRouter(prefix="/partner", include_in_schema=False)

SHOWN = 200
"""Rows of a list; the count beside it tells how many there are."""


@router.get("")
def home(request: Request, office: AtOffice, partner: AsPartner) -> Response:
    """Own codes with what became of them, and a form for another one."""
    return _codes_page(request, office, partner)


@router.post("/codes")
def derive(
    request: Request, office: AtOffice, partner: AsPartner, offer: Annotated[str, Form(max_length=200)] = "", code: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """Make a code of one's own; a refused one is said beside the field, and what was typed stays there."""
    now = datetime.now(UTC)
    try:
        if not office.taken_codes.has_room(None, partner.slug):
            raise CodeRefused(CodeRefusal.TRIES, code)
        with office.writing() as connection:
            partners.derive(connection, partner, offer.replace("\0", ""), code.replace("\0", ""), now, today(office, now))
    except CodeRefused as refused:
        if refused.reason is CodeRefusal.TAKEN:
            office.taken_codes.admits(None, partner.slug)
        return _codes_page(request, office, partner, 422, code=code, chosen=offer, wrong=f"code_refused_{refused.reason}")
    return done("/partner", "code_made")


@router.post("/codes/{coupon_id}/switch")
def switch(coupon_id: RowId, office: AtOffice, partner: AsPartner, on: Annotated[bool, Form()] = False) -> Response:
    """Take a code out of use, or back into it."""
    with office.writing() as connection:
        if not partners.switch_code(connection, partner, coupon_id, on, datetime.now(UTC)):
            raise NotFound
    return done("/partner", "code_switched_on" if on else "code_switched_off")


@router.get("/first-line")
def first_line(request: Request, office: AtOffice, partner: AsPartner) -> Response:
    """Whom the partner has brought: when, with which code, and the address type; no names."""
    with office.reading() as connection:
        found = partners.first_line(connection, partner, SHOWN)
        count = partners.first_lines_count(connection, partner)
    return render(request, "partner/first_line.html", partner=partner, found=found, count=count)


@router.get("/prospects")
def prospects(request: Request, office: AtOffice, partner: AsPartner) -> Response:
    """The direct prospects with the released fields; what is shown is written down first."""
    with office.writing() as connection:
        found = partners.prospects(connection, partner, SHOWN)
        partners.note_views(connection, partner, found, datetime.now(UTC))
    return render(request, "partner/prospects.html", partner=partner, found=found)


def _codes_page(request: Request, office: Office, partner: Partner, status: int = 200, *, code: str = "", chosen: str = "", wrong: str = "") -> Response:
    now, language = datetime.now(UTC), wording_for(request).language
    with office.reading() as connection:
        found = partners.codes_of(connection, partner)
        offers = partners.offers_open_to(connection, partner, today(office, now))
        brought = partners.first_lines_count(connection, partner)
    return render(
        request,
        "partner/codes.html",
        status,
        partner=partner,
        found=[(one, worth(one.offer, language), conditions(one.offer, one.valid_until, language)) for one in found],
        offers=[(offer, worth(offer, language), conditions(offer, offer.valid_until, language)) for offer in offers],
        brought=brought,
        link=lambda code: f"{office.settings.public_url}/P/{code}",
        most_pages=MOST_PAGES,
        code=code,
        chosen=chosen,
        wrong=wrong,
    )


def own_code(office: Office, partner: Partner, coupon_id: int) -> PartnerCode:
    """A code of the partner's.  Raises NotFound for everybody else's."""
    with office.reading() as connection:
        found = next((one for one in partners.codes_of(connection, partner) if one.id == coupon_id), None)
    if found is None:
        raise NotFound
    return found


def today(office: Office, now: datetime) -> date:
    """The day on the shop's calendar."""
    return now.astimezone(ZoneInfo(office.settings.timezone)).date()
