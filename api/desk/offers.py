"""Which offers are there, what does each say, and how is one made or changed?"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from api.desk.coupons import today_of
from api.desk.noting import note
from api.desk.offer_form import BLANK, MOST_WINDOWS, WEEKDAYS, Filled, Window, WrongEntry, filled_from, filled_in, to_offer
from api.desk.roles import needs
from api.desk.sessions import SignedIn, SignedInUser
from api.errors import NotFound
from api.office import AtOffice, Office
from api.pages import done, render, wording_for
from campaigns.checkout import Channel
from campaigns.errors import InvalidOffer
from campaigns.offer import CodeSource, Offer, OfferKind
from campaigns.offer_words import conditions, worth
from store import coupon_events, coupon_history, issuing, offers, partners
from store.coupon_events import GRANTED, Action, Event
from store.coupon_history import Fate
from store.engine import Connection
from store.users import Role, User

router = APIRouter(prefix="/desk/offers", include_in_schema=False, dependencies=[SignedIn])

DECIDES = needs(Role.MARKETER, Role.ADMIN)
SHOWN = 20
MOST_DRAWN = 100_000
"""Codes made with one click: some seconds."""


async def _form_of(request: Request) -> FormData:
    return await request.form(max_files=0)


Typed = Annotated[FormData, Depends(_form_of)]


@router.get("/new", dependencies=[DECIDES])
def new(request: Request) -> Response:
    """An empty form."""
    return _form(request, BLANK, is_new=True)


@router.post("/new", dependencies=[DECIDES])
def create(request: Request, office: AtOffice, user: SignedInUser, typed: Typed) -> Response:
    """Save an offer under a name that is free."""
    return _save(request, office, user, filled_in(typed), None)


@router.get("/{slug}")
def offer(slug: str, request: Request, office: AtOffice, fate: Annotated[str, Query(max_length=20)] = "") -> Response:
    """One offer in words, its codes by fate, and the newest of them, or of those with one fate."""
    return _page(slug, request, office, fate=Fate(fate) if fate in set(Fate) else None)


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
    until, number = day_of(last_day), int(count) if count.isascii() and count.isdigit() else 0
    if not 1 <= number <= MOST_DRAWN:
        return _page(slug, request, office, wrong="draw_wrong_count")
    if until is None or until < today_of(office):
        return _page(slug, request, office, wrong="draw_wrong_day")
    with office.writing() as connection:
        offer_id, found = with_id(connection, slug)
        if issuing.cannot_draw(found):
            raise NotFound  # the page shows no such form
        now = datetime.now(UTC)
        codes = issuing.draw(connection, offer_id, found, number, until, now)
        told = f"{len(codes)} codes of {found.slug}, until {until}"
        coupon_events.note(connection, [Event(Action.ISSUE, GRANTED, now, Channel.DESK, actor=user.name, detail=told)])
        note(connection, user, "draw_codes", f"offer {found.slug}", f"{len(codes)} codes")
    return done(f"/desk/offers/{found.slug}", "codes_drawn", number)


def _page(slug: str, request: Request, office: Office, wrong: str = "", fate: Fate | None = None) -> Response:
    language, today = wording_for(request).language, today_of(office)
    with office.reading() as connection:
        found = offer_of(connection, slug)
        tally = coupon_history.tallies(connection, today, found.slug).get(found.slug)
        newest = coupon_history.newest(connection, found.slug, today, SHOWN, fate)
        notes = coupon_events.notes_on(connection, Action.SAVE, found.slug, SHOWN)
    return render(
        request,
        "desk/offer.html",
        422 if wrong else 200,
        offer=found,
        worth=worth(found, language),
        terms=conditions(found, found.valid_until, language),
        tally=tally,
        codes=newest,
        fates=tuple(Fate),
        fate=fate,
        notes=notes,
        limit=SHOWN,
        wrong=wrong,
        last_day=found.valid_until or today + timedelta(days=found.valid_days),
        most=MOST_DRAWN,
        can_draw=not issuing.cannot_draw(found),
    )


@router.get("/{slug}/edit", dependencies=[DECIDES])
def edit(slug: str, request: Request, office: AtOffice) -> Response:
    """The form with the offer's terms."""
    with office.reading() as connection:
        found = offer_of(connection, slug)
    return _form(request, filled_from(found, wording_for(request).say("decimal_mark")), is_new=False)


@router.post("/{slug}/edit", dependencies=[DECIDES])
def change(slug: str, request: Request, office: AtOffice, user: SignedInUser, typed: Typed) -> Response:
    """Change the terms for codes to come; those that are printed keep theirs."""
    return _save(request, office, user, filled_in(typed), slug)


def day_of(text: str) -> date | None:
    """A day as a date field sends it."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _save(request: Request, office: Office, user: User, filled: Filled, slug: str | None) -> Response:
    if slug is not None:
        filled = Filled({**filled.texts, "slug": slug.replace("\0", "")}, filled.ticks, filled.windows)
    try:
        made = to_offer(filled)
    except WrongEntry as error:
        return _form(request, filled, is_new=slug is None, field=error.name, why=[wording_for(request).say(error.why)])
    except InvalidOffer as error:
        return _form(request, filled, is_new=slug is None, why=[wording_for(request).say(f"offer_problem_{problem}") for problem, _ in error.problems])
    with office.writing() as connection:
        _, known = offers.by_slug(connection, [made.slug]).get(made.slug, (0, None))
        if slug is not None and known is None:
            raise NotFound
        if slug is None and known is not None:
            return _form(request, filled, is_new=True, field="slug", why=[wording_for(request).say("wrong_slug_taken")])
        if made.partner and partners.by_slug(connection, made.partner) is None:
            return _form(request, filled, is_new=slug is None, field="partner", why=[wording_for(request).say("wrong_partner")])
        now = datetime.now(UTC)
        offers.save(connection, made, now)
        if told := offers.changes(known, made):
            coupon_events.note(connection, [Event(Action.SAVE, GRANTED, now, Channel.DESK, actor=user.name, detail=f"{made.slug}: {told}")])
            note(connection, user, "save_offer", f"offer {made.slug}", told)
    return done(f"/desk/offers/{made.slug}", "offer_saved")


def _form(request: Request, filled: Filled, *, is_new: bool, field: str = "", why: Sequence[str] = ()) -> Response:
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


def offer_of(connection: Connection, slug: str) -> Offer:
    """The offer of that short name.  Raises NotFound."""
    return with_id(connection, slug)[1]


def with_id(connection: Connection, slug: str) -> tuple[int, Offer]:
    """The same with its number."""
    found = offers.by_slug(connection, [slug.replace("\0", "")])
    if not found:
        raise NotFound
    return next(iter(found.values()))
