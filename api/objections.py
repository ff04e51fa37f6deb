"""One tap behind the letter's second code, and no more advertising comes (Art. 21 GDPR)."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import letter_codes
from api.office import AtOffice
from api.pages import render
from store import evidence, objections
from store.evidence import Effect
from store.uniting import rows_of

router = APIRouter(include_in_schema=False)


@router.api_route("/O/{token:path}", methods=["GET", "HEAD"])
@router.api_route("/o/{token:path}", methods=["GET", "HEAD"])
def ask(token: str, request: Request, office: AtOffice) -> Response:
    """The question and its one button; changes nothing, so that no link preview objects in anybody's name."""
    letter = letter_codes.find(office, request, token)
    return render(request, "objection.html", language=letter.language)


@router.post("/O/{token:path}")
@router.post("/o/{token:path}")
def file(token: str, request: Request, office: AtOffice) -> Response:
    """File the objection; once more is as welcome as the first time.  The token is the permission, there is no sign-in."""
    letter = letter_codes.find(office, request, token)
    with office.writing() as connection:
        is_new = objections.add_by_letter(connection, letter.id, datetime.now(UTC))
        met = evidence.of_people(connection, rows_of(connection, letter.customer_id))
    stopped = sum(one.effect is Effect.STOPS for one in met)
    too_late = [one.handed_over_at or one.received_at for one in met if one.effect is Effect.TOO_LATE]
    phrase = "objection_filed" if is_new else "objection_known"
    return render(request, "objection_filed.html", language=letter.language, phrase=phrase, stopped=stopped, too_late=too_late)
