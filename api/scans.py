"""Somebody comes with a code that no letter carries, or does something else than look: what do they see?

Codes of letters never get here: ``api.scanning.door`` has answered for them.
"""

from fastapi import APIRouter, Request

from api import letter_codes
from api.office import AtOffice

router = APIRouter(include_in_schema=False)


@router.api_route("/S/{token:path}", methods=["GET", "HEAD"])
@router.api_route("/s/{token:path}", methods=["GET", "HEAD"])
def no_scan(request: Request, office: AtOffice) -> None:
    """404 in the browser's language, 429 for whoever goes on guessing; the database is not asked again: nothing tells one reason from another."""
    raise letter_codes.refusal(office, request)
