"""What waits for somebody at the desk today?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.desk.approval import TO_HAND_OVER
from api.desk.coupons import NOTICED_FOR
from api.desk.sessions import SignedIn
from api.office import AtOffice, Office
from api.pages import render, wording_for
from api.wording import Wording
from campaigns.print_run import PrintRunState
from store import attention, coupon_events, privacy_requests, webhooks
from store.attention import OVERDUE
from store.engine import Connection
from store.webhooks import DeliveryState

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[SignedIn])

A_WHILE = timedelta(minutes=30)
"""After an approval Prefect has usually handed a print run over long before."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to look at."""

    told: str
    page: str
    names: tuple[str, ...] = ()
    urgent: bool = False
    """Something has gone wrong."""


@router.get("")
@router.get("/")
def home(request: Request, office: AtOffice) -> Response:
    """What needs attention, each with the page where it is dealt with."""
    with office.reading() as connection:
        tasks = list(_tasks(connection, office, wording_for(request), datetime.now(UTC)))
    return render(request, "desk/today.html", tasks=tasks)


def _tasks(connection: Connection, office: Office, wording: Wording, now: datetime) -> Iterator[Task]:
    waiting = attention.print_runs_in(connection, (PrintRunState.AWAITING_APPROVAL,), now)
    if waiting:
        page = f"/desk/print-runs/{waiting[0][0]}" if len(waiting) == 1 else "/desk/print-runs"
        yield Task(wording.say("today_runs", count=len(waiting)), page, tuple(name for _, name in waiting))
    stuck = attention.print_runs_in(connection, TO_HAND_OVER, now - A_WHILE)
    if stuck:
        page = f"/desk/print-runs/{stuck[0][0]}" if len(stuck) == 1 else "/desk/print-runs"
        yield Task(wording.say("today_stuck", count=len(stuck)), page, tuple(name for _, name in stuck), urgent=True)
    if failed := attention.failed_imports(connection):
        yield Task(wording.say("today_imports", count=len(failed)), "/desk/imports", tuple(f"{one.source}, {one.kind}" for one in failed), urgent=True)
    if overdue := attention.overdue_sources(connection, now - OVERDUE):
        yield Task(wording.say("today_overdue", count=len(overdue)), "/desk/imports", overdue, urgent=True)
    if lost := webhooks.counts(connection)[DeliveryState.FAILED]:
        yield Task(wording.say("today_webhooks", count=wording.count(lost)), "/desk/imports", urgent=True)
    if reports := attention.rejected_reports(connection, now - NOTICED_FOR):
        yield Task(wording.say("today_reports", count=len(reports)), "/desk/print-runs", reports, urgent=True)
    if broken := attention.unreadable_campaigns(connection):
        yield Task(wording.say("today_campaigns", count=len(broken)), f"/desk/campaigns/{broken[0]}", broken, urgent=True)
    if noticed := coupon_events.unseen(connection, now - NOTICED_FOR):
        yield Task(wording.say("today_noticed", count=wording.count(noticed)), "/desk/coupons/noticed")
    if asked := privacy_requests.unfinished(connection):
        due = min(one.due_at for one in asked)
        told = wording.say("today_privacy", count=len(asked))
        yield Task(told, "/desk/privacy", (wording.say("today_privacy_due", day=wording.day(due)),), urgent=due < now + timedelta(days=7))
