"""Somebody comes with a code that no letter carries, or does something else than look: what do they see?

Codes of letters never get here: ``api.scanning.door`` has answered for them.
"""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api import letter_codes
from api.office import AtOffice

router = APIRouter(include_in_schema=False)


@router.api_route("/S/{token:path}", methods=["GET", "HEAD"])
@router.api_route("/s/{token:path}", methods=["GET", "HEAD"])
def no_scan(token: str, request: Request, office: AtOffice) -> Response:
    """404 in the browser's language, 429 for whoever goes on guessing; a letter that was printed this very moment is sent on all the same."""
    return RedirectResponse(letter_codes.find(office, request, token).landing_url, 302, {"Referrer-Policy": "no-referrer"})
