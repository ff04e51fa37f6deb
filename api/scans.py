"""Somebody scans a letter's code: note it for good, then send them on."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api import letter_codes
from api.crawlers import is_crawler
from api.office import AtOffice
from api.uuid7 import uuid7
from campaigns.scan import ScanKind, classify
from store import scans
from store.letters import Letter
from store.scans import Scan

router = APIRouter(include_in_schema=False)

_PURPOSES = ("sec-purpose", "purpose", "x-purpose", "x-moz")
"""How browsers say that they only look ahead, newest first."""


@router.api_route("/S/{token:path}", methods=["GET", "HEAD"])
@router.api_route("/s/{token:path}", methods=["GET", "HEAD"])
def scan(token: str, request: Request, office: AtOffice) -> Response:
    """302, never 301: printed codes cannot be recalled, and a cached redirect would hide the next scan.

    The way leads where the database says; nothing of the request goes into it, and of the visitor nothing is stored.
    """
    letter = letter_codes.find(office, request, token)
    now = datetime.now(UTC)
    with office.writing() as connection:
        scans.record(connection, Scan(str(uuid7()), letter.id, _kind(request, letter, now), now))
    return RedirectResponse(letter.landing_url, 302, {"Referrer-Policy": "no-referrer"})


def _kind(request: Request, letter: Letter, now: datetime) -> ScanKind:
    purpose = " ".join(request.headers.get(name, "") for name in _PURPOSES)
    return classify(request.method, purpose, is_crawler(request.headers.get("user-agent", "")), letter.handed_over_at, now)
