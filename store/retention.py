"""Which rows have been kept for long enough, and how do they go without holding anybody up?

Their keys are read page by page without any lock; each page then goes in a transaction of its own that looks once more.  Whoever is
killed in between is followed by somebody who finds the rest.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, select, tuple_, update

from campaigns.cart import CART_LIFE
from store import audit, idempotency, robinson, scans, users, webhooks
from store.carts import note_last
from store.coupon_events import REFUSALS_KEPT, asked_in_vain
from store.schema import (
    audit_events,
    carts,
    coupon_events,
    idempotency_keys,
    imports,
    rejections,
    sessions,
    shop_report_rejections,
    shop_reports,
    webhook_deliveries,
)
from store.schema import robinson as robinson_table
from store.schema import scans as scans_table
from store.webhooks import DeliveryState

PAGE = 1_000
"""Rows that one transaction deletes: a scan waits for it (reliability facts 6: chunks of 2,000 at the most)."""
REJECTS_KEPT = timedelta(days=90)
"""Rejected records hold personal data; who has not looked by then imports again."""


@dataclass(frozen=True, slots=True)
class Term:
    """Rows of one kind, and when their time is over."""

    what: str
    """As the list of the flow housekeeping calls them."""
    kept: timedelta
    table: Table
    over: Callable[[datetime], ColumnElement[bool]]
    """The condition under which a row goes, given the last moment that is too old."""
    emptied: Mapping[str, Any] = field(default_factory=dict)
    """What is written over some of its columns; without it the row is deleted."""
    first: Callable[[Connection, Sequence[Any]], None] | None = None
    """What is to be noted of the rows with these keys before they go."""


CARTS = Term("carts of more than 90 days", CART_LIFE, carts, lambda last: carts.c.updated_at <= last, first=note_last)
ANSWERS = Term("answers to requests of more than 7 days", idempotency.KEPT, idempotency_keys, lambda last: idempotency_keys.c.created_at < last)
WEBHOOKS = Term(
    "webhooks of more than 30 days",
    webhooks.KEPT,
    webhook_deliveries,
    lambda last: and_(webhook_deliveries.c.received_at < last, webhook_deliveries.c.state != DeliveryState.WAITING),
)
REJECTED = Term(
    "rejected records of more than 90 days",
    REJECTS_KEPT,
    rejections,
    lambda last: rejections.c.import_id.in_(select(imports.c.id).where(imports.c.started_at < last)),
)
REPORTED_IN_VAIN = Term(
    "rejected lines of the print shop's reports of more than 90 days",
    REJECTS_KEPT,
    shop_report_rejections,
    lambda last: shop_report_rejections.c.shop_report_id.in_(select(shop_reports.c.id).where(shop_reports.c.received_at < last)),
)
ROBINSON = Term("entries of the Robinson list of more than 5 years", robinson.HOLDS, robinson_table, lambda last: robinson_table.c.listed_at <= last)
VISITORS = Term(
    "visitors' hashes of scans of more than 180 days",
    scans.VISITORS_KEPT,
    scans_table,
    lambda last: and_(scans_table.c.scanned_at < last, scans_table.c.visitor != ""),
    {"visitor": ""},
)
QUOTES = Term(
    "quotes and refusals of coupons of more than 180 days", REFUSALS_KEPT, coupon_events, lambda last: and_(coupon_events.c.at < last, asked_in_vain())
)
SESSIONS = Term("sessions at the desk of more than a day", users.LONGEST, sessions, lambda last: sessions.c.created_at < last)
AUDIT = Term("acts in the audit log of more than 4 years", audit.KEPT, audit_events, lambda last: audit_events.c.at < last)
TERMS = (CARTS, ANSWERS, WEBHOOKS, REJECTED, REPORTED_IN_VAIN, ROBINSON, VISITORS, QUOTES, SESSIONS, AUDIT)
"""All that goes by its age alone, in the order of the list that housekeeping shows."""


def page(connection: Connection, term: Term, now: datetime, after: tuple[Any, ...] | None = None, most: int = PAGE) -> list[tuple[Any, ...]]:
    """The keys of the next rows whose time is over, in the order of their keys; those behind ``after``."""
    keys = list(term.table.primary_key.columns)
    query = select(*keys).where(term.over(now - term.kept)).order_by(*keys).limit(most)
    if after is not None:
        query = query.where(keys[0] > after[0] if len(keys) == 1 else tuple_(*keys) > tuple_(*after))
    return [tuple(row) for row in connection.execute(query)]


def end(connection: Connection, term: Term, keys: Sequence[tuple[Any, ...]], now: datetime) -> int:
    """Delete or empty these rows, as far as their time is still over; gives how many."""
    if not keys:
        return 0
    columns = list(term.table.primary_key.columns)
    named = columns[0].in_([key[0] for key in keys]) if len(columns) == 1 else tuple_(*columns).in_(keys)
    if term.first:
        term.first(connection, [key[0] for key in keys])
    which = (named, term.over(now - term.kept))
    if term.emptied:
        return connection.execute(update(term.table).where(*which).values(term.emptied)).rowcount
    return connection.execute(delete(term.table).where(*which)).rowcount
