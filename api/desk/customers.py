"""Who is this customer, and what has happened between us?"""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.desk.sessions import SignedIn
from api.desk.timeline import SHOWN, timeline
from api.errors import NotFound
from api.keys import RowId
from api.office import AtOffice
from api.pages import render, wording_for
from api.wording import Wording
from campaigns.address import AddressProblem, postal
from campaigns.campaign import Limits
from campaigns.letter import ON_PAPER
from campaigns.scan import ScanKind
from campaigns.visits import visits
from store import coupon_history, customers, desk_edits, finding, history, merges
from store.history import HeldOut, History, PastLetter, PastOrder

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[SignedIn])

RECENT = timedelta(days=Limits().cooldown_days)
"""A letter this young makes "recently mailed": a campaign's cooldown, unless it says otherwise."""
COUNTED = timedelta(days=60)
"""So long orders are shown as coming after a letter (product.md 9.2)."""
SEARCH_LIMIT = 50
DETAILS = {str(problem): f"problem_{problem}" for problem in AddressProblem} | {
    "letters of this run": "detail_letters_of_run",
    "letters of the campaign": "detail_letters_of_campaign",
    "budget of this run": "detail_budget_of_run",
    "budget of the campaign": "detail_budget_of_campaign",
}
"""Details of a verdict that have a phrase of their own; the others are shown as they are."""


@router.get("/customers")
def search(request: Request, office: AtOffice, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The newest customers, or those whom all words fit."""
    text = q.replace("\0", "").strip()
    with office.reading() as connection:
        found, by = finding.find(connection, text, SEARCH_LIMIT)
    return render(request, "desk/customers.html", found=found, by=by, text=text, limit=SEARCH_LIMIT)


@router.get("/customers/{customer_id}")
def customer(customer_id: RowId, request: Request, office: AtOffice, orders: str = "") -> Response:
    """Everything about one person on one page."""
    with office.reading() as connection:
        found = history.of(connection, customer_id)
        if found is None:
            raise NotFound
        sources = customers.sources_of(connection, found.id)
        edited = desk_edits.parts(connection, found.id)
        together = [other for other in customers.household(connection, found.id) if other != found.id]
        merged = len(merges.latest(connection, 1, customer_id=found.id))
        codes = coupon_history.of_customer(connection, found.id, datetime.now(office.timezone).date())
        uses = coupon_history.uses(connection, [code.id for code in codes], found.id)
    now = datetime.now(UTC)
    return render(
        request,
        "desk/customer.html",
        history=found,
        sources=sources,
        edited=edited,
        household=together,
        merged=merged,
        person=found.customer,
        address=postal(found.customer.address, office.settings.sender.country),
        entries=timeline(found, now, every=orders == "all"),
        shown_orders=SHOWN,
        all_orders=orders == "all",
        letters=[(past, *_scans(past), orders_after(past, found)) for past in found.letters],
        codes=[(code, uses.get(code.id, [])) for code in codes],
        details=DETAILS,
        held_out=[_held_out(one, wording_for(request)) for one in found.held_out],
        recent_days=RECENT.days if _recently_mailed(found, now) else None,
    )


def _held_out(one: HeldOut, wording: Wording) -> str:
    steps = wording.names(wording.say("verdict_step", step=step) for step in one.steps)
    return wording.say("held_out", campaign=one.campaign, day=wording.day(one.since), steps=steps)


def _recently_mailed(found: History, now: datetime) -> bool:
    letters = [past.letter for past in found.letters]
    return any(now - (letter.handed_over_at or letter.created_at) < RECENT for letter in letters if letter.state in ON_PAPER)


def orders_after(past: PastLetter, found: History) -> list[PastOrder]:
    """Sales within 60 days after the letter was on its way, the first one first: whether because of it nobody can know of one person."""
    sent = past.letter.posted_at or past.letter.handed_over_at
    if sent is None or not past.letter.is_on_paper:
        return []
    return [order for order in reversed(found.orders) if order.state.is_sale and sent <= order.ordered_at < sent + COUNTED]


def _scans(past: PastLetter) -> tuple[list[datetime], int]:
    """When people came by its code (a phone that asks twice has come once), and how often something else did."""
    human = [(scan.visitor, scan.scanned_at) for scan in past.scans if scan.kind is ScanKind.HUMAN]
    return [visit.first_at for visit in visits(human)], len(past.scans) - len(human)
