"""Which code was somebody given when they signed up, so that it counts for their first order?  (product.md 7.3)"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, exists, insert, or_, select, update

from campaigns.checkout import RefusalReason, Refused, Shopper
from store import coupon_events
from store.coupon_events import GRANTED, Action
from store.redemptions import coupon
from store.redemptions.asking import Asking, Redemption
from store.redemptions.buyer import whom
from store.schema import redemptions, sign_up_codes
from store.sets import among


def remember(connection: Connection, code: str, shopper: Shopper, asking: Asking) -> bool | Refused:
    """Note a code for somebody's first order; False where it was noted already.

    Refused for an unknown or void code, for one that is over or used up, for one of a partner who is shut out, and for nobody.

    Who orders under another mailbox and number is not found again: the shop then sends the code with the order.
    """
    found = coupon.locked(connection, code)
    if found is None:
        return _refused(connection, Refused(RefusalReason.UNKNOWN_CODE), None, asking)
    if refused := _against(found, asking):
        return _refused(connection, refused, found.id, asking)
    buyer = whom(connection, shopper, asking.source, asking.secret)
    if buyer.customer_id is None and buyer.mailbox is None:
        return _refused(connection, Refused(RefusalReason.CUSTOMER_REQUIRED), found.id, asking)
    table = sign_up_codes.c
    person = or_(*([table.customer_id.in_(buyer.ids)] if buyer.ids else []), *([table.email_hash == buyer.mailbox] if buyer.mailbox else []))
    if connection.execute(select(exists().where(table.coupon_id == found.id, person))).scalar_one():
        coupon_events.note(connection, [asking.event(Action.REMEMBER, "repeated", found.id)])
        return False
    row = {"coupon_id": found.id, "customer_id": buyer.customer_id, "email_hash": buyer.mailbox, "source": asking.source, "given_at": asking.now}
    connection.execute(insert(sign_up_codes).values(row))
    coupon_events.note(connection, [asking.event(Action.REMEMBER, GRANTED, found.id)])
    return True


def _refused(connection: Connection, refused: Refused, coupon_id: int | None, asking: Asking) -> Refused:
    coupon_events.note(connection, [asking.event(Action.REMEMBER, refused.reason, coupon_id)])
    return refused


def _against(found: coupon.Coupon, asking: Asking) -> Refused | None:
    """Why it can never count."""
    if found.voided:
        return Refused(RefusalReason.VOID)
    if not found.partner_is_active:
        return Refused(RefusalReason.PARTNER_INACTIVE)
    if asking.now.astimezone(asking.timezone).date() > found.valid_until:
        return Refused(RefusalReason.EXPIRED, {"valid_until": found.valid_until.isoformat()})
    return Refused(RefusalReason.USED_UP, {"most_uses": found.most_uses or 0}) if found.is_used_up else None


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


def is_remembered(connection: Connection, one: Redemption) -> bool:
    """Whether its buyer gave the code at sign-up, so that no order needs to carry it."""
    return bool(connection.execute(select(exists().where(_theirs(one)))).scalar_one())


def unsettle(connection: Connection, one: Redemption) -> None:
    """The order that it counted for was no first order after all: it waits for the next one."""
    connection.execute(update(sign_up_codes).where(_theirs(one), sign_up_codes.c.settled_at.is_not(None)).values(settled_at=None))


def _theirs(one: Redemption) -> ColumnElement[bool]:
    table = sign_up_codes.c
    hashed = select(redemptions.c.email_hash).where(redemptions.c.id == one.id).scalar_subquery()
    person = or_(table.email_hash == hashed, *([table.customer_id == one.customer_id] if one.customer_id else []))
    return and_(table.coupon_id == one.coupon_id, person)
