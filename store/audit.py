"""Who did what at the desk, on the command line or in Prefect?

Acts that change what customers get or what others may see; what was merely looked at stands elsewhere (prospect_views), as do
uses of coupons (coupon_events).  Nothing here is ever changed; after four years it goes (store.retention).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, insert, select

from store.schema import audit_events

KEPT = timedelta(days=4 * 366)
"""Claims lapse three years after the end of the year in which they arose (sections 195, 199 BGB): until then somebody may have to show who did it."""


class Channel(StrEnum):
    """Where an act came from."""

    DESK = "desk"
    COMMAND_LINE = "command_line"
    PREFECT = "prefect"
    API = "api"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One act."""

    id: int
    at: datetime
    actor: str
    """The user's name, the API key's, or what acted by itself."""
    channel: Channel
    action: str
    """A verb and what it was done to, like ``approve_print_run``."""
    subject: str
    """Kind and number, like ``print run 3``; never a name."""
    detail: str


def note(connection: Connection, at: datetime, actor: str, channel: Channel, action: str, subject: str = "", detail: str = "") -> None:
    """Write an act down, in the transaction that does it."""
    row = {"at": at, "actor": actor, "channel": channel, "action": action, "subject": subject, "detail": detail}
    connection.execute(insert(audit_events).values(row))


def newest(connection: Connection, count: int, *, before: int | None = None, subject: str = "", actor: str = "") -> list[AuditEvent]:
    """So many acts, the newest first: those before the event of that number, about one subject or all, of one actor or all."""
    query = select(audit_events).order_by(audit_events.c.id.desc()).limit(count)
    if before is not None:
        query = query.where(audit_events.c.id < before)
    if subject:
        query = query.where(audit_events.c.subject == subject)
    if actor:
        query = query.where(audit_events.c.actor == actor)
    return [AuditEvent(**{**row._mapping, "channel": Channel(row.channel)}) for row in connection.execute(query)]
