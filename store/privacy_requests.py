"""Who asked to be erased, or to see what we hold of them, when, and is it done?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, or_, select, update

from store.schema import customers, privacy_requests

DUE = timedelta(days=30)
"""Art. 12(3) GDPR: one month; Shopify: 30 days."""
KEPT = timedelta(days=30)
"""How long an export lies ready after it was made."""
_TABLE = privacy_requests.c


class PrivacyRequestKind(StrEnum):
    """What was asked for."""

    ACCESS = "access"
    """Art. 15 GDPR: a copy of everything held of a person."""
    ERASURE = "erasure"
    """Art. 17 GDPR."""
    SOURCE_ERASURE = "source_erasure"
    """A whole shop took its data back."""


@dataclass(frozen=True, slots=True)
class PrivacyRequest:
    """One request; it names nobody but by the customer's number."""

    id: int
    kind: PrivacyRequestKind
    source: str
    channel: str
    customer_id: int | None
    """None where nobody was known."""
    request_id: str
    """The number that its sender gave it, empty for none."""
    received_at: datetime
    done_at: datetime | None
    outcome: str

    @property
    def due_at(self) -> datetime:
        """Until when it must be answered."""
        return self.received_at + DUE


def add(
    connection: Connection, kind: PrivacyRequestKind, source: str, channel: str, customer_id: int | None, received_at: datetime, request_id: str = ""
) -> int:
    """Note a request and give its number."""
    row = {"kind": kind, "source": source, "channel": channel, "customer_id": customer_id, "request_id": request_id, "received_at": received_at}
    return int(connection.execute(insert(privacy_requests).values(row).returning(_TABLE.id)).scalar_one())


def finish(connection: Connection, request_id: int, outcome: str, now: datetime) -> None:
    """Note that it is done, and how; the first answer stands."""
    connection.execute(update(privacy_requests).where(_TABLE.id == request_id, _TABLE.done_at.is_(None)).values(done_at=now, outcome=outcome))


def unfinished(connection: Connection, kind: PrivacyRequestKind | None = None) -> list[PrivacyRequest]:
    """What is still to be done, the oldest first."""
    query = select(privacy_requests).where(_TABLE.done_at.is_(None))
    return _found(connection, query.where(_TABLE.kind == kind) if kind else query)


def latest(connection: Connection, limit: int) -> list[PrivacyRequest]:
    """The newest ones first, done or not."""
    return _found(connection, select(privacy_requests).order_by(_TABLE.id.desc()).limit(limit))


def stale_exports(connection: Connection, now: datetime) -> list[int]:
    """Access requests whose export may not lie about any longer: done more than 30 days ago, or their person was erased since."""
    done = select(_TABLE.id).join(customers, customers.c.id == _TABLE.customer_id).where(_TABLE.kind == PrivacyRequestKind.ACCESS, _TABLE.done_at.is_not(None))
    return list(connection.execute(done.where(or_(_TABLE.done_at < now - KEPT, customers.c.erased_at.is_not(None))).order_by(_TABLE.id)).scalars())


def _found(connection: Connection, query: Select[Any]) -> list[PrivacyRequest]:
    return [_request(row) for row in connection.execute(query.order_by(_TABLE.id))]


def _request(row: Row[Any]) -> PrivacyRequest:
    return PrivacyRequest(**{**row._mapping, "kind": PrivacyRequestKind(row.kind)})
