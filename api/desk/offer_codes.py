"""How do an offer's codes come in from another system, and go out into a spreadsheet?"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.responses import Response, StreamingResponse

from api.desk.code_lists import Listed, codes_csv, listed_in
from api.desk.coupons import today_of
from api.desk.noting import note
from api.desk.offers import DECIDES, day_of, offer_of
from api.desk.sessions import SignedIn, SignedInUser
from api.office import AtOffice, Office
from api.pages import done, render
from campaigns.coupon import CouponRecord
from campaigns.record import Kind, Outcome
from campaigns.rejection import Rejection
from store import coupon_history, imports
from store.coupon_history import Code, Use
from store.imports import Counts
from store.records import upsert_records
from store.users import User

router = APIRouter(prefix="/desk/offers", include_in_schema=False, dependencies=[SignedIn])

SHOWN_REJECTIONS = 50
AT_ONCE = 5000
"""Codes of one query of an export."""
SOURCE = "desk"
"""Of codes that somebody brought here by hand."""


@router.get("/{slug}/import", dependencies=[DECIDES])
def import_form(slug: str, request: Request, office: AtOffice) -> Response:
    """Where a list of codes is handed in."""
    with office.reading() as connection:
        found = offer_of(connection, slug)
    return render(request, "desk/offer_import.html", offer=found, text="", last_day="", looked=None, wrong="")


@router.post("/{slug}/import", dependencies=[DECIDES])
def import_codes(
    slug: str,
    request: Request,
    office: AtOffice,
    user: SignedInUser,
    text: Annotated[str, Form()] = "",
    last_day: Annotated[str, Form(max_length=10)] = "",
    confirmed: Annotated[str, Form()] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """First show what would become of each code, then, once confirmed, store them."""
    with office.reading() as connection:
        found = offer_of(connection, slug)
    content = file.file.read() if file and file.filename else text.encode()
    codes = listed_in(content)
    until = day_of(last_day)
    wrong = codes if isinstance(codes, str) else "wrong_day" if last_day and until is None else ""
    if isinstance(codes, str) or wrong:
        return render(request, "desk/offer_import.html", 422, offer=found, text=text[:1000], last_day=last_day, looked=None, wrong=wrong)
    records = [CouponRecord(SOURCE, code.code, found.slug, valid_until=code.valid_until or until) for code in codes]
    looked = _store(office, records, user, found.slug, for_good=bool(confirmed))
    if confirmed:
        return done(f"/desk/offers/{found.slug}", "codes_stored", looked.counts.stored)
    return render(request, "desk/offer_import.html", offer=found, text=_text_of(codes), last_day=last_day, looked=looked, wrong="")


@router.get("/{slug}/codes.csv")
def export(slug: str, office: AtOffice, user: SignedInUser) -> Response:
    """Every code of the offer with its fate, for a spreadsheet."""
    with office.writing() as connection:
        found = offer_of(connection, slug)
        note(connection, user, "export_codes", f"offer {found.slug}")
    headers = {"Content-Disposition": f'attachment; filename="codes-{found.slug}.csv"'}
    return StreamingResponse(codes_csv(_pages(office, found.slug)), media_type="text/csv; charset=utf-8", headers=headers)


def _pages(office: Office, slug: str) -> Iterator[tuple[Code, list[Use]]]:
    """A transaction for each page, so that a slow reader holds none open."""
    after, today = 0, today_of(office)
    while True:
        with office.reading() as connection:
            codes = coupon_history.of_offer(connection, slug, today, after, AT_ONCE)
            uses = coupon_history.uses(connection, [code.id for code in codes if code.uses])
        for code in codes:
            yield code, uses.get(code.id, [])
        if len(codes) < AT_ONCE:
            return
        after = codes[-1].id


@dataclass(frozen=True, slots=True)
class Looked:
    """What becomes, or would become, of a list of codes."""

    counts: Counts
    rejections: list[Rejection]


class _OnlyLooked(Exception):
    """Ends the transaction of a preview, so that nothing of it stays."""


def _store(office: Office, records: list[CouponRecord], user: User, slug: str, *, for_good: bool) -> Looked:
    """Store the codes, or find out exactly what storing them would do."""
    now = datetime.now(UTC)
    looked: list[Looked] = []
    with suppress(_OnlyLooked), office.writing() as connection:
        imports.lock(connection)
        results = upsert_records(connection, records, office.settings.secret, now)
        stored, unchanged = results.count(Outcome.STORED), results.count(Outcome.UNCHANGED)
        rejections = [one for one in results if isinstance(one, Rejection)]
        looked.append(Looked(Counts(len(results), stored, unchanged, len(rejections)), rejections[:SHOWN_REJECTIONS]))
        if not for_good:
            raise _OnlyLooked
        import_id = imports.start(connection, SOURCE, Kind.COUPONS, user.name, SOURCE, now)
        imports.add(connection, import_id, looked[0].counts, rejections)
        imports.finish(connection, import_id, now)
        note(connection, user, "import_codes", f"offer {slug}", f"{stored} codes, import {import_id}")
    return looked[0]


def _text_of(codes: list[Listed]) -> str:
    return "\n".join(f"{one.code};{one.valid_until.isoformat()}" if one.valid_until else one.code for one in codes)
