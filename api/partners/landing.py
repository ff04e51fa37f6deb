"""Somebody scans a partner's printed coupon: where does that lead?"""

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api import letter_codes
from api.office import AtOffice
from store import partners
from store.settings import Settings

router = APIRouter(include_in_schema=False)


@router.api_route("/P/{code}", methods=["GET", "HEAD"])
@router.api_route("/p/{code}", methods=["GET", "HEAD"])
def to_shop(code: str, request: Request, office: AtOffice) -> Response:
    """302 to the shop with the code applied, in whatever spelling; 404 for every code that is not a partner's, or not in use.

    Changes nothing and counts nothing: whoever holds a partner's coupon is nobody that we know.
    """
    with office.reading() as connection:
        found = partners.public_code(connection, code.replace("\0", ""))
    if found is None:
        raise letter_codes.refusal(office, request)
    response = RedirectResponse(landing_url(office.settings, found), 302)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def landing_url(settings: Settings, code: str) -> str:
    """The shop's page for a partner's code, by the setting; without one the shop's front page."""
    return settings.partner_landing_url.replace("{coupon_code}", quote(code, safe="")) if settings.partner_landing_url else settings.shop_url
