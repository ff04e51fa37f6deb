"""Which offers are there, what does each say, and how do codes get in and out?"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response, StreamingResponse

from api.desk.code_lists import Listed, codes_csv, listed_in
from api.desk.coupons import today_of
from api.desk.offer_form import BLANK, MOST_WINDOWS, WEEKDAYS, Filled, Window, WrongEntry, filled_from, filled_in, to_offer
from api.desk.roles import needs
from api.desk.sessions import SignedIn, SignedInUser
from api.errors import NotFound
from api.office import AtOffice, Office
from api.pages import render, wording_for
from campaigns.checkout import Channel
from campaigns.coupon import CouponRecord
from campaigns.errors import InvalidOffer
from campaigns.offer import CodeSource, Offer, OfferKind
from campaigns.offer_words import conditions, worth
from campaigns.record import Kind, Outcome
from campaigns.rejection import Rejection
from store import coupon_events, coupon_history, imports, issuing, offers
from store.coupon_events import GRANTED, Action, Event
from store.coupon_history import Code, Use
from store.engine import Connection
from store.imports import Counts
from store.records import upsert_records
from store.users import Role

router = APIRouter(prefix="/desk/offers", include_in_schema=False, dependencies=[SignedIn])

DECIDES = needs(Role.MARKETER, Role.ADMIN)
SHOWN = 20
SHOWN_REJECTIONS = 50
MOST_DRAWN = 100_000
"""Codes made with one click: some seconds."""
AT_ONCE = 5000
"""Codes of one query of an export."""
SOURCE = "desk"
"""Of codes that somebody brought here by hand."""


async def _form_of(request: Request) -> FormData:
    return await request.form(max_files=0)


Short = Annotated[str, Form(max_length=10)]
Typed = Annotated[FormData, Depends(_form_of)]


@router.get("/new", dependencies=[DECIDES])
def new(request: Request) -> Response:
    """An empty form."""
    return _form(request, BLANK, is_new=True)


@router.post("/new", dependencies=[DECIDES])
def create(request: Request, office: AtOffice, typed: Typed) -> Response:
    """Save an offer under a name that is free."""
    return _save(request, office, filled_in(typed), None)


@router.get("/{slug}")
def offer(slug: str, request: Request, office: AtOffice) -> Response:
    """One offer in words, its codes by fate, and the newest of them."""
    return _page(slug, request, office)


@router.post("/{slug}/draw", dependencies=[DECIDES])
def draw(
    slug: str,
    request: Request,
    office: AtOffice,
    user: SignedInUser,
    count: Annotated[str, Form(max_length=10)] = "",
    last_day: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Make codes for nobody in particular."""
    until, number = _day(last_day), int(count) if count.isascii() and count.isdigit() else 0
    if not 1 <= number <= MOST_DRAWN:
        return _page(slug, request, office, wrong="draw_wrong_count")
    if until is None or until < today_of(office):
        return _page(slug, request, office, wrong="draw_wrong_day")
    with office.writing() as connection:
        offer_id, found = _with_id(connection, slug)
        if issuing.cannot_draw(found):
            raise NotFound  # the page shows no such form
        now = datetime.now(UTC)
        codes = issuing.draw(connection, offer_id, found, number, until, now)
        told = f"{len(codes)} codes of {found.slug}, until {until}"
        coupon_events.note(connection, [Event(Action.ISSUE, GRANTED, now, Channel.DESK, actor=user.name, detail=told)])
    return RedirectResponse(f"/desk/offers/{found.slug}", 303)


def _page(slug: str, request: Request, office: Office, wrong: str = "") -> Response:
    language, today = wording_for(request).language, today_of(office)
    with office.reading() as connection:
        found = _offer(connection, slug)
        tally = coupon_history.tallies(connection, today, found.slug).get(found.slug)
        newest = coupon_history.newest(connection, found.slug, today, SHOWN)
    return render(
        request,
        "desk/offer.html",
        422 if wrong else 200,
        offer=found,
        worth=worth(found, language),
        terms=conditions(found, found.valid_until, language),
        tally=tally,
        codes=newest,
        fates=tuple(coupon_history.Fate),
        wrong=wrong,
        last_day=found.valid_until or today + timedelta(days=found.valid_days),
        most=MOST_DRAWN,
        can_draw=not issuing.cannot_draw(found),
    )


@router.get("/{slug}/edit", dependencies=[DECIDES])
def edit(slug: str, request: Request, office: AtOffice) -> Response:
    """The form with the offer's terms."""
    with office.reading() as connection:
        found = _offer(connection, slug)
    return _form(request, filled_from(found), is_new=False)


@router.post("/{slug}/edit", dependencies=[DECIDES])
def change(slug: str, request: Request, office: AtOffice, typed: Typed) -> Response:
    """Change the terms for codes to come; those that are printed keep theirs."""
    return _save(request, office, filled_in(typed), slug)


@router.get("/{slug}/import", dependencies=[DECIDES])
def import_form(slug: str, request: Request, office: AtOffice) -> Response:
    """Where a list of codes is handed in."""
    with office.reading() as connection:
        found = _offer(connection, slug)
    return render(request, "desk/offer_import.html", offer=found, text="", last_day="", looked=None, wrong="")


@router.post("/{slug}/import", dependencies=[DECIDES])
def import_codes(
    slug: str,
    request: Request,
    office: AtOffice,
    user: SignedInUser,
    text: Annotated[str, Form()] = "",
    last_day: Short = "",
    confirmed: Annotated[str, Form()] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """First show what would become of each code, then, once confirmed, store them."""
    with office.reading() as connection:
        found = _offer(connection, slug)
    content = file.file.read() if file and file.filename else text.encode()
    codes = listed_in(content)
    until = _day(last_day)
    wrong = codes if isinstance(codes, str) else "wrong_day" if last_day and until is None else ""
    if isinstance(codes, str) or wrong:
        return render(request, "desk/offer_import.html", 422, offer=found, text=text[:1000], last_day=last_day, looked=None, wrong=wrong)
    records = [CouponRecord(SOURCE, code.code, found.slug, valid_until=code.valid_until or until) for code in codes]
    looked = _store(office, records, user.name, for_good=bool(confirmed))
    if confirmed:
        return RedirectResponse(f"/desk/offers/{found.slug}", 303)
    return render(request, "desk/offer_import.html", offer=found, text=_text_of(codes), last_day=last_day, looked=looked, wrong="")


@router.get("/{slug}/codes.csv")
def export(slug: str, office: AtOffice) -> Response:
    """Every code of the offer with its fate, for a spreadsheet."""
    with office.reading() as connection:
        found = _offer(connection, slug)
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


def _store(office: Office, records: list[CouponRecord], user: str, *, for_good: bool) -> Looked:
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
        import_id = imports.start(connection, SOURCE, Kind.COUPONS, user, SOURCE, now)
        imports.add(connection, import_id, looked[0].counts, rejections)
        imports.finish(connection, import_id, now)
    return looked[0]


def _text_of(codes: list[Listed]) -> str:
    return "\n".join(f"{one.code};{one.valid_until.isoformat()}" if one.valid_until else one.code for one in codes)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _save(request: Request, office: Office, filled: Filled, slug: str | None) -> Response:
    if slug is not None:
        filled = Filled({**filled.texts, "slug": slug.replace("\0", "")}, filled.ticks, filled.windows)
    try:
        made = to_offer(filled)
    except WrongEntry as error:
        return _form(request, filled, is_new=slug is None, field=error.name, why=wording_for(request).say(error.why))
    except InvalidOffer as error:
        return _form(request, filled, is_new=slug is None, why=str(error))
    with office.writing() as connection:
        known = made.slug in offers.by_slug(connection, [made.slug])
        if slug is not None and not known:
            raise NotFound
        if slug is None and known:
            return _form(request, filled, is_new=True, field="slug", why=wording_for(request).say("wrong_slug_taken"))
        offers.save(connection, made, datetime.now(UTC))
    return RedirectResponse(f"/desk/offers/{made.slug}", 303)


def _form(request: Request, filled: Filled, *, is_new: bool, field: str = "", why: str = "") -> Response:
    rows = (*filled.windows, Window(frozenset(), "", ""), Window(frozenset(), "", ""))[:MOST_WINDOWS]
    return render(
        request,
        "desk/offer_form.html",
        422 if why else 200,
        filled=filled,
        rows=rows,
        weekdays=WEEKDAYS,
        kinds=tuple(OfferKind),
        sources=tuple(CodeSource),
        is_new=is_new,
        field=field,
        why=why,
    )


def _offer(connection: Connection, slug: str) -> Offer:
    return _with_id(connection, slug)[1]


def _with_id(connection: Connection, slug: str) -> tuple[int, Offer]:
    found = offers.by_slug(connection, [slug.replace("\0", "")])
    if not found:
        raise NotFound
    return next(iter(found.values()))
