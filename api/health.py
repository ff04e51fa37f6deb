"""Is this process alive, and does its database answer?"""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.errors import DatabaseAway
from api.office import AtOffice
from store import webhooks
from store.webhooks import DeliveryState

router = APIRouter(include_in_schema=False)


class Health(BaseModel):
    """What a load balancer or a monitor wants to know."""

    process: Literal["ok"] = "ok"
    database: Literal["ok", "away"]
    failed_webhooks: int | None = None
    """Given up after five attempts; somebody should look."""


@router.get("/healthz", responses={503: {"model": Health, "description": "The database does not answer."}})
def health(office: AtOffice, response: Response) -> Health:
    """200 as long as both work, 503 with the reason otherwise."""
    try:
        with office.reading() as connection:
            failed = webhooks.counts(connection)[DeliveryState.FAILED]
    except DatabaseAway:
        response.status_code = 503
        return Health(database="away")
    return Health(database="ok", failed_webhooks=failed)
