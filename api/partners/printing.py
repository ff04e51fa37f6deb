"""How does a partner print coupons to hand out?"""

import logging
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.errors import CannotPrint
from api.keys import RowId
from api.office import AtOffice, Office
from api.pages import pdf, wording_for
from api.partners.desk import own_code
from api.partners.sessions import AsPartner
from campaigns.offer_words import conditions, worth
from campaigns.partner import Partner
from layouts import print_shop
from layouts.layout import load
from letters import partner_coupons
from letters.errors import UnprintableCode, UnprintableLetter
from letters.partner_coupons import MOST_PAGES, Make, PartnerCoupon
from store.partners import PartnerCode

router = APIRouter(prefix="/partner", include_in_schema=False)

log = logging.getLogger(__name__)

LAYOUT = "welcome"
"""Its colours are those of the printed coupons: the operator's own one, where there is a layout of that name."""


@router.get("/codes/{coupon_id}/{make}.pdf")
def printed(
    coupon_id: RowId, make: Make, request: Request, office: AtOffice, partner: AsPartner, pages: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1
) -> Response:
    """Sheets of eight coupons, or letters, as many pages as asked for."""
    found = own_code(office, partner, coupon_id)
    content = drawn(office, partner, found, make, pages, wording_for(request).language)
    return pdf(content, f"coupon-{coupon_id}-{make}.pdf")


def drawn(office: Office, partner: Partner, code: PartnerCode, make: Make, pages: int, language: str) -> bytes:
    """The PDF; equal for equal codes and terms.  Raises CannotPrint."""
    settings = office.settings
    coupon = PartnerCoupon(code.code, worth(code.offer, language), conditions(code.offer, code.valid_until, language), partner.name, language)
    style = load(LAYOUT, settings.layouts_dir).style
    output = print_shop.load(settings.print_shop, settings.output_profile, settings.output_condition).output
    created_at = datetime(2026, 1, 1, tzinfo=ZoneInfo(settings.timezone))  # a sheet has no date of its own: printed again, it is the same
    try:
        return partner_coupons.render(make, coupon, pages, settings.sender, settings.public_url, style, created_at, output)
    except (UnprintableLetter, UnprintableCode) as error:
        log.warning("The coupon %s of a partner cannot be printed: %s", code.id, type(error).__name__)  # its words hold the partner's name
        raise CannotPrint from error
