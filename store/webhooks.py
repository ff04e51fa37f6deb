"""Which webhooks came, and which of them are still to be worked off?  Stored before they are answered, worked off afterwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, literal_column, select, update

from store.schema import webhook_deliveries
from store.upsert import insert_for

PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
"""Between the five attempts."""
KEPT = timedelta(days=30)
"""Done ones are known that long, so that they can come twice; of failed ones the body is kept that long, for whoever looks after them."""
_TABLE = webhook_deliveries.c
_IS_WAITING = _TABLE.state == literal_column("'waiting'")
"""Written out: with a value that is bound later, no database takes the small index."""


class DeliveryState(StrEnum):
    """What has become of a delivery."""

    WAITING = "waiting"
    DONE = "done"
    IGNORED = "ignored"
    """Nothing of it concerns us, or something newer was known."""
    FAILED = "failed"
    """Given up, visibly: somebody must look."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook as it came; ``body`` is None where nothing of it is needed."""

    id: str
    """The sender's own: the same one again is the same delivery."""
    source: str
    topic: str
    body: bytes | None
    received_at: datetime
    event_id: str = ""
    triggered_at: datetime | None = None
    attempts: int = 0
    message: str = ""


def add(connection: Connection, *deliveries: Delivery) -> None:
    """Keep deliveries, to be worked off if they have a body; of one that came before nothing changes."""
    statement = insert_for(connection, webhook_deliveries).on_conflict_do_nothing(index_elements=["id"])
    connection.execute(statement, [_row(delivery) for delivery in deliveries])


def _row(delivery: Delivery) -> dict[str, Any]:
    state = DeliveryState.IGNORED if delivery.body is None else DeliveryState.WAITING
    return {
        "id": delivery.id,
        "event_id": delivery.event_id,
        "source": delivery.source,
        "topic": delivery.topic,
        "body": delivery.body,
        "triggered_at": delivery.triggered_at,
        "received_at": delivery.received_at,
        "due_at": delivery.received_at,
        "state": state,
        "message": delivery.message,
        "worked_at": None if state is DeliveryState.WAITING else delivery.received_at,
    }


def next_due(connection: Connection, now: datetime) -> Delivery | None:
    """The one that has been due for longest, locked until this transaction ends: they come as they came, what failed after its pause."""
    query = select(webhook_deliveries).where(_IS_WAITING)
    row = connection.execute(query.order_by(_TABLE.due_at, _TABLE.received_at, _TABLE.id).limit(1).with_for_update()).one_or_none()
    if row is None or row.due_at > now:
        return None
    return Delivery(row.id, row.source, row.topic, row.body, row.received_at, row.event_id, row.triggered_at, row.attempts, row.message)


def next_due_at(connection: Connection) -> datetime | None:
    """When there will be something to work off, as far as is known by now."""
    query = select(func.min(_TABLE.due_at)).where(_IS_WAITING)
    return connection.execute(query).scalar_one_or_none()


def settle(connection: Connection, delivery_id: str, state: DeliveryState, subject: str, message: str, now: datetime) -> None:
    """Note what became of a delivery; what it said is deleted, unless it failed."""
    values: dict[str, Any] = {"state": state, "subject": subject, "message": message, "worked_at": now, "attempts": _TABLE.attempts + 1}
    if state is not DeliveryState.FAILED:
        values["body"] = None
    connection.execute(update(webhook_deliveries).where(_TABLE.id == delivery_id).values(values))


def postpone(connection: Connection, delivery: Delivery, subject: str, message: str, now: datetime) -> DeliveryState:
    """Note an attempt that failed: to be tried again after a pause that grows, given up after the fifth."""
    if delivery.attempts >= len(PAUSES):
        settle(connection, delivery.id, DeliveryState.FAILED, subject, message, now)
        return DeliveryState.FAILED
    values = {"attempts": delivery.attempts + 1, "subject": subject, "message": message, "due_at": now + PAUSES[delivery.attempts]}
    connection.execute(update(webhook_deliveries).where(_TABLE.id == delivery.id).values(values))
    return DeliveryState.WAITING


def try_again(connection: Connection, now: datetime) -> int:
    """Have everything that failed worked off once more, and say how many: after a correction of the code or the settings."""
    failed = (_TABLE.state == DeliveryState.FAILED, _TABLE.body.is_not(None))
    return connection.execute(update(webhook_deliveries).where(*failed).values(state=DeliveryState.WAITING, attempts=0, due_at=now, worked_at=None)).rowcount


def was_done(connection: Connection, source: str, topic: str, subject: str) -> bool:
    """Whether a delivery of this topic about this thing has been worked off: what comes after a deletion comes too late."""
    about = (_TABLE.subject == subject, _TABLE.source == source, _TABLE.topic == topic, _TABLE.state == DeliveryState.DONE)
    return connection.execute(select(_TABLE.id).where(*about).limit(1)).one_or_none() is not None


def counts(connection: Connection) -> dict[DeliveryState, int]:
    """How many stand where; what failed is for somebody to look at."""
    rows = connection.execute(select(_TABLE.state, func.count()).group_by(_TABLE.state))
    found = {DeliveryState(state): count for state, count in rows}
    return {state: found.get(state, 0) for state in DeliveryState}
