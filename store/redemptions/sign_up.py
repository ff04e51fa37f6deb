"""Which code was somebody given when they signed up, so that it counts for their first order?  (product.md 7.3)"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, exists, insert, or_, select, update

from campaigns.checkout import RefusalReason, Refused, Shopper
from store import coupon_events
from store.coupon_events import GRANTED, Action
from store.redemptions import coupon
from store.redemptions.asking import Asking
from store.redemptions.buyer import whom
from store.schema import sign_up_codes
from store.sets import among


def remember(connection: Connection, code: str, shopper: Shopper, asking: Asking) -> bool | Refused:
    """Note a code for somebody's first order; False where it was noted already. Refused for an unknown or void code, and for nobody.

    Who orders under another mailbox and number is not found again: the shop then sends the code with the order.
    """
    found = coupon.locked(connection, code)
    if found is None or found.voided:
        reason = RefusalReason.UNKNOWN_CODE if found is None else RefusalReason.VOID
        coupon_events.note(connection, [asking.event(Action.REMEMBER, reason, found.id if found else None)])
        return Refused(reason)
    buyer = whom(connection, shopper, asking.source, asking.secret)
    if buyer.customer_id is None and buyer.mailbox is None:
        coupon_events.note(connection, [asking.event(Action.REMEMBER, RefusalReason.CUSTOMER_REQUIRED, found.id)])
        return Refused(RefusalReason.CUSTOMER_REQUIRED)
    table = sign_up_codes.c
    person = or_(*([table.customer_id.in_(buyer.ids)] if buyer.ids else []), *([table.email_hash == buyer.mailbox] if buyer.mailbox else []))
    if connection.execute(select(exists().where(table.coupon_id == found.id, person))).scalar_one():
        coupon_events.note(connection, [asking.event(Action.REMEMBER, "repeated", found.id)])
        return False
    row = {"coupon_id": found.id, "customer_id": buyer.customer_id, "email_hash": buyer.mailbox, "source": asking.source, "given_at": asking.now}
    connection.execute(insert(sign_up_codes).values(row))
    coupon_events.note(connection, [asking.event(Action.REMEMBER, GRANTED, found.id)])
    return True


class Remembered(NamedTuple):
    """A code that waits for somebody's first order."""

    id: int
    coupon_id: int
    customer_id: int | None
    email_hash: str | None
    given_at: datetime


def waiting(connection: Connection, customer_ids: Collection[int], email_hashes: Collection[str]) -> list[Remembered]:
    """What waits for these people, the first given first: it counts, as a partner's first line does."""
    table = sign_up_codes.c
    query = select(table.id, table.coupon_id, table.customer_id, table.email_hash, table.given_at).where(table.settled_at.is_(None))
    theirs = or_(among(connection, table.customer_id, customer_ids), among(connection, table.email_hash, email_hashes))
    return [Remembered(*row) for row in connection.execute(query.where(theirs).order_by(table.given_at, table.id))]


def waiting_still(connection: Connection, ids: Collection[int]) -> list[Remembered]:
    """Those among them that have not counted yet: an earlier order of the same page may have come first."""
    table = sign_up_codes.c
    query = select(table.id, table.coupon_id, table.customer_id, table.email_hash, table.given_at)
    return [Remembered(*row) for row in connection.execute(query.where(among(connection, table.id, ids), table.settled_at.is_(None)))]


def any_waiting(connection: Connection) -> bool:
    """Whether there is anything to wait for at all: most shops give no codes at sign-up."""
    return bool(connection.execute(select(exists().where(sign_up_codes.c.settled_at.is_(None)))).scalar_one())


def settle(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """The first order has come: these wait no longer."""
    connection.execute(update(sign_up_codes).where(among(connection, sign_up_codes.c.id, ids)).values(settled_at=now))
