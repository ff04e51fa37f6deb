"""How does a use become free again, once and only once?"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import Connection, or_, update

from campaigns.checkout import Channel, RedemptionState, RefusalReason
from store import coupon_events, failpoint
from store.coupon_events import GRANTED, Action, Event
from store.redemptions import claims, coupon, rows, sign_up
from store.redemptions.asking import Asking, Redemption
from store.schema import coupons, redemptions


class _End(NamedTuple):
    action: Action
    before: Collection[RedemptionState]


_ENDS = {
    RedemptionState.EXPIRED: _End(Action.EXPIRE, (RedemptionState.RESERVED,)),
    RedemptionState.RELEASED: _End(Action.RELEASE, (RedemptionState.RESERVED,)),
    RedemptionState.ROLLED_BACK: _End(Action.ROLL_BACK, (RedemptionState.REDEEMED,)),
}


_STATE_AFTER = {Action.RELEASE: RedemptionState.RELEASED, Action.ROLL_BACK: RedemptionState.ROLLED_BACK}


def end(connection: Connection, one: Redemption, state: RedemptionState, asking: Asking, reason: str = "") -> bool:
    """Let a redemption end in ``state`` and give its use back; False where it holds none, or has gone on meanwhile.

    The caller has locked the coupon. The statement decides: of two who end the same one, one gives the use back.
    """
    table, how = redemptions.c, _ENDS[state]
    before = (table.id == one.id, table.state.in_(how.before))
    if not connection.execute(update(redemptions).where(*before).values(state=state, ended_at=asking.now, reason=reason)).rowcount:
        return False
    failpoint.pass_by("redeem.after_end")
    coupon.give_back(connection, one.coupon_id)
    failpoint.pass_by("redeem.after_giving_back")
    claims.drop(connection, one.id)
    if one.channel is Channel.IMPORT and state is RedemptionState.ROLLED_BACK:
        sign_up.unsettle(connection, one)
    event = Event(
        how.action, GRANTED, asking.now, asking.channel, one.coupon_id, one.id, asking.actor, one.source, one.order_ref, reason,
    )  # fmt: skip
    coupon_events.note(connection, [event])
    return True


def release(connection: Connection, code: str, order_ref: str, asking: Asking, reason: str = "") -> Redemption | None:
    """Give the reservation of an order back; None where the order has none of this code, and nothing changes where it is redeemed or ended."""
    found = coupon.locked(connection, code)
    one = next((one for one in rows.by_order(connection, asking.source, order_ref) if found and one.coupon_id == found.id), None)
    if one is None:
        outcome = "not_counted" if found else RefusalReason.UNKNOWN_CODE
        coupon_events.note(connection, [asking.event(Action.RELEASE, outcome, found.id if found else None, order_ref)])
        return None
    ended = end(connection, one, RedemptionState.RELEASED, asking, reason)
    return _after(connection, one, ended, Action.RELEASE, asking)


def roll_back(connection: Connection, order_ref: str, asking: Asking, reason: str) -> list[Redemption]:
    """An order was cancelled: give back the uses of all its coupons, and say how each stands; empty where it has none. Safe to repeat.

    A redemption that was rolled back stays so: an order takes a coupon once. What was only reserved is released.
    """
    before = rows.by_order(connection, asking.source, order_ref)
    if not before:
        coupon_events.note(connection, [asking.event(Action.ROLL_BACK, "not_counted", order_ref=order_ref)])
    coupon.lock(connection, {one.coupon_id for one in before})
    ended = {one.id for one in before if give_up(connection, one, asking, reason)}
    return [_after(connection, one, one.id in ended, Action.ROLL_BACK, asking) for one in before]


def roll_back_one(connection: Connection, redemption_id: int, asking: Asking, reason: str) -> Redemption | None:
    """The same of one coupon of an order; None for an unknown number."""
    one = rows.by_id(connection, redemption_id)
    if one is None:
        return None
    coupon.lock(connection, [one.coupon_id])
    ended = give_up(connection, one, asking, reason)
    return _after(connection, one, ended, Action.ROLL_BACK, asking)


def _after(connection: Connection, one: Redemption, ended: bool, action: Action, asking: Asking) -> Redemption:
    """How it stands now; what was asked for in vain is written down, too."""
    now = rows.by_id(connection, one.id) or one
    if not ended:
        outcome = "repeated" if now.state is _STATE_AFTER[action] else "not_counted"
        coupon_events.note(connection, [replace(asking.event(action, outcome, one.coupon_id, one.order_ref), redemption_id=one.id)])
    return now if ended else now.again


def give_up(connection: Connection, one: Redemption, asking: Asking, reason: str) -> bool:
    """Roll a redeemed one back, release a reserved one; the caller has locked the coupon."""
    return any(end(connection, one, state, asking, reason) for state in (RedemptionState.ROLLED_BACK, RedemptionState.RELEASED))


def expire(connection: Connection, now: datetime, limit: int = 500) -> int:
    """Free the uses of at most ``limit`` reservations whose time is over; how many. The same again finds nothing."""
    over = rows.expired(connection, now, limit)
    coupon.lock(connection, {one.coupon_id for one in over})
    return expire_these(connection, over, now)


def expire_these(connection: Connection, over: Sequence[Redemption], now: datetime) -> int:
    """The same of some, whose coupons the caller has locked."""
    clock = Asking("", now, UTC, b"", Channel.EXPIRY)
    return sum(end(connection, one, RedemptionState.EXPIRED, clock) for one in over)


def void(connection: Connection, coupon_id: int, asking: Asking, reason: str) -> bool:
    """Take a code out of use; False where it is so already or there is no such coupon. What was redeemed stays redeemed.

    One that its partner has switched off is blocked all the same: the partner cannot switch it on again.
    """
    switched_off = coupons.c.partner_id.is_not(None) & ~coupon_events.is_blocked(coupon_id)
    mine = (coupons.c.id == coupon_id, or_(coupons.c.voided.is_(False), switched_off))
    if not connection.execute(update(coupons).where(*mine).values(voided=True)).rowcount:
        return False
    coupon_events.note(connection, [asking.event(Action.VOID, GRANTED, coupon_id, detail=reason)])
    return True
