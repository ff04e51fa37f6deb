"""What became of a coupon code, and how does one block it or give its use back?"""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from api.desk.noting import note
from api.desk.roles import needs
from api.desk.sessions import SignedIn, SignedInUser
from api.errors import NotFound
from api.keys import LARGEST_ID, RowId
from api.office import AtOffice, Office
from api.pages import done, render, wording_for
from campaigns.checkout import HOLDS_A_USE, Channel
from campaigns.offer_words import conditions, worth
from store import coupon_events, coupon_history, offers, redemptions
from store.redemptions import Asking
from store.users import Role

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[SignedIn])

DECIDERS = (Role.MARKETER, Role.SUPPORT, Role.ADMIN)
DECIDES = needs(*DECIDERS)
FOUND = 50
EVENTS = 100
NOTICED_FOR = timedelta(days=90)
NOTICED = 200
Reason = Annotated[str, Form(max_length=200)]


@router.get("/coupons")
def overview(request: Request, office: AtOffice, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Search by code, and every offer with its counts."""
    text, today, language = q.replace("\0", "").strip(), today_of(office), wording_for(request).language
    with office.reading() as connection:
        found = coupon_history.search(connection, text, today, FOUND) if text else []
        saved = offers.every(connection)
        tallies = coupon_history.tallies(connection, today)
        noticed = coupon_events.unseen(connection, datetime.now(UTC) - NOTICED_FOR)
    listed = [(offer, worth(offer, language), tallies.get(slug)) for slug, offer in saved.items()]
    return render(request, "desk/coupons.html", text=text, found=found, limit=FOUND, offers=listed, noticed=noticed, worth=lambda offer: worth(offer, language))


@router.get("/coupons/noticed")
def noticed(request: Request, office: AtOffice, show: str = "") -> Response:
    """Codes that orders used twice, or against their terms: those that nobody has dealt with yet, or all."""
    every = show == "all"
    with office.reading() as connection:
        found = coupon_events.noticed(connection, datetime.now(UTC) - NOTICED_FOR, NOTICED, seen=every)
    return render(request, "desk/coupons_noticed.html", found=found, days=NOTICED_FOR.days, limit=NOTICED, every=every, may_tick=DECIDERS)


@router.post("/coupons/noticed", dependencies=[DECIDES])
def tick_off(
    office: AtOffice, user: SignedInUser, event: Annotated[list[int] | None, Form()] = None, back: Annotated[int | None, Form(ge=1, le=LARGEST_ID)] = None
) -> Response:
    """Tick off what somebody has dealt with, or take one tick back."""
    wanted = [one for one in (event or [])[:NOTICED] if 1 <= one <= LARGEST_ID]
    with office.writing() as connection:
        if back is not None:
            if coupon_events.take_back_tick(connection, back):
                note(connection, user, "see_notice_again", "", f"event {back}")
            return done("/desk/coupons/noticed", "tick_taken_back")
        ticked = coupon_events.tick_off(connection, wanted, user.name, datetime.now(UTC))
        if ticked:
            note(connection, user, "see_notices", "", f"events {', '.join(map(str, wanted))}")
    return done("/desk/coupons/noticed", "ticked_off", ticked)


@router.get("/coupons/{coupon_id}")
def coupon(coupon_id: RowId, request: Request, office: AtOffice) -> Response:
    """One code: its terms in words, whom it went to, who used it, and all that was ever asked of it."""
    return _page(coupon_id, request, office)


@router.post("/coupons/{coupon_id}/void", dependencies=[DECIDES])
def void(coupon_id: RowId, request: Request, office: AtOffice, user: SignedInUser, reason: Reason = "") -> Response:
    """Block a code for good; what was redeemed stays redeemed."""
    reason = reason.replace("\0", "").strip()
    if not reason:
        return _page(coupon_id, request, office, wrong="reason_needed")
    with office.writing() as connection:
        if coupon_history.by_id(connection, coupon_id, today_of(office)) is None:
            raise NotFound
        redemptions.void(connection, coupon_id, _asking(office, user.name), reason)
        note(connection, user, "block_code", f"coupon {coupon_id}")
    return done(f"/desk/coupons/{coupon_id}", "code_blocked")


@router.post("/coupons/{coupon_id}/roll-back", dependencies=[DECIDES])
def roll_back(
    coupon_id: RowId,
    request: Request,
    office: AtOffice,
    user: SignedInUser,
    redemption: Annotated[int, Form(ge=1, le=LARGEST_ID)],
    reason: Reason = "",
) -> Response:
    """An order does not count after all: give back its use of this code."""
    reason = reason.replace("\0", "").strip()
    if not reason:
        return _page(coupon_id, request, office, wrong="reason_needed")
    with office.writing() as connection:
        found = redemptions.by_id(connection, redemption)
        if found is None or found.coupon_id != coupon_id:
            raise NotFound
        redemptions.roll_back_one(connection, redemption, _asking(office, user.name, found.source), reason)
        note(connection, user, "give_use_back", f"coupon {coupon_id}")
    return done(f"/desk/coupons/{coupon_id}", "use_given_back")


def _page(coupon_id: int, request: Request, office: Office, wrong: str = "") -> Response:
    language = wording_for(request).language
    with office.reading() as connection:
        found = coupon_history.by_id(connection, coupon_id, today_of(office))
        if found is None:
            raise NotFound
        used = redemptions.of_coupon(connection, coupon_id)
        orders = coupon_history.orders_of(connection, coupon_id)
        events = coupon_events.of_coupon(connection, coupon_id, EVENTS)
    return render(
        request,
        "desk/coupon.html",
        422 if wrong else 200,
        code=found,
        worth=worth(found.terms, language),
        terms=conditions(found.terms, found.valid_until, language),
        redemptions=used,
        orders=orders,
        events=events,
        limit=EVENTS,
        holds=HOLDS_A_USE,
        wrong=wrong,
    )


def _asking(office: Office, name: str, source: str = "") -> Asking:
    return Asking(source, datetime.now(UTC), office.timezone, office.settings.secret, Channel.DESK, name)


def today_of(office: Office) -> date:
    """The day in the shop's calendar."""
    return datetime.now(office.timezone).date()
