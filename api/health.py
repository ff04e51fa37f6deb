"""Is this process alive, does its database answer, and what waits for it?"""

import time
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.office import AtOffice, Office
from store import webhooks
from store.webhooks import DeliveryState

router = APIRouter(include_in_schema=False)


class Health(BaseModel):
    """What a load balancer or a monitor wants to know."""

    process: Literal["ok"] = "ok"
    database: Literal["ok", "away"]
    failed_webhooks: int | None = None
    """Given up after five attempts; somebody should look."""
    journal: Literal["ok", "failing", "full"] = "ok"
    """Where scans are written down while the database is away; full: of the room that it was given."""
    lost_scans: int
    """Led on since the process began, but neither the database nor the journal took them."""
    waiting_scans: int
    """In the journal; somebody should look when they are there for more than five minutes."""
    waiting_seconds: int
    """How long the oldest of them has waited, to the nearest file."""
    set_aside: int
    """Files of scans that the database would not have, or that are damaged; somebody should look."""
    wrong_codes: int
    """Coupon codes that nobody has, asked for within the last hour, up to 1,000; at 1,000 somebody is guessing."""


@router.get("/healthz", responses={503: {"model": Health, "description": "Neither the database nor the journal takes scans."}})
def health(office: AtOffice, response: Response) -> Health:
    """200 as long as scans are kept and sent on, which they are without the database too; 503 otherwise."""
    depth = office.journal.depth()
    waited = int(time.time() - depth.oldest_at) if depth.oldest_at else 0
    found = Health(
        database="away",
        waiting_scans=depth.records,
        waiting_seconds=max(0, waited),
        lost_scans=office.meters.scans.lost,
        set_aside=depth.set_aside,
        wrong_codes=office.guesses.within_the_hour,
    )
    found.failed_webhooks = office.questions.ask(lambda: _failed_webhooks(office))
    if found.failed_webhooks is not None:
        found.database = "ok"
    if office.journal.is_failing:
        found.journal = "full" if office.journal.is_full else "failing"
        if found.database == "away":
            response.status_code = 503
    return found


def _failed_webhooks(office: Office) -> int:
    with office.reading() as connection:
        return webhooks.counts(connection)[DeliveryState.FAILED]
