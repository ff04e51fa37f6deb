"""What does an order that comes in from a shop do to its coupons?  (product.md 7.3)

The order is a fact: the shop has granted what it granted. So nothing is refused here; what should not have been granted is written
down for a person to look at (coupon_events.noticed), and a code without a use left is not counted a second time.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, insert, select

from campaigns.checkout import HOLDS_A_USE, Channel, Quote, RedemptionState, RefusalReason, Shopper
from campaigns.coupon import normalise
from campaigns.newcomer import mailbox
from campaigns.order import OrderState
from store import coupon_events
from store.coupon_events import GRANTED, Action, Event
from store.hashes import mailbox_hash
from store.redemptions import claims, completing, coupon, ending, rows, sign_up
from store.redemptions.asking import Asking, Redemption, quote_document
from store.redemptions.buyer import Buyer, ThisOrder, has_ordered, was_newcomer, whom
from store.redemptions.coupon import Coupon
from store.redemptions.sign_up import Remembered
from store.schema import coupon_events as events_table
from store.schema import redemptions
from store.sets import among

CANCELLED = (OrderState.CANCELLED, OrderState.REFUNDED, OrderState.DELETED)
"""What rolls an order's coupons back."""
_ANY_TIMEZONE = timedelta(hours=14)
"""An import does not know the shop's clock: a day is over once it is over everywhere."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An order as it has just been stored."""

    order_id: int
    source: str
    source_id: str
    number: str
    state: OrderState
    ordered_at: datetime
    sold_at: datetime | None
    """When it was ordered, if it was completed once."""
    currency: str
    total_cents: int
    customer_id: int | None
    shopper: Shopper
    codes: tuple[str, ...]

    @property
    def order_ref(self) -> str:
        """What it is called where no checkout has called it anything."""
        return self.number or self.source_id

    @property
    def keys(self) -> list[str]:
        """Its codes as they are looked up, each once."""
        return [key for key in dict.fromkeys(map(normalise, self.codes)) if key]


def lock_codes(connection: Connection, codes: Iterable[str]) -> None:
    """Keep the coupons of a page of orders to ourselves before anybody's record is touched: a checkout takes them in this order, too."""
    coupon.locked_by_key(connection, {key for code in codes if (key := normalise(code))})


def arrived(connection: Connection, arrivals: Sequence[Arrival], secret: bytes, now: datetime) -> None:
    """Redeem, link or roll back what a page of stored orders says; safe to repeat, and one look each where nobody has a coupon."""
    known = _known(connection, arrivals)
    keys = {key for arrival in arrivals if arrival.state.is_sale for key in arrival.keys}
    waiting = _waiting(connection, arrivals, secret)
    found = coupon.locked_by_key(connection, keys)
    if not (known or found or waiting):
        return
    coupon.lock(connection, {one.coupon_id for those in known.values() for one in those} | {one.coupon_id for those in waiting.values() for one in those})
    known = _known(connection, arrivals)  # by now nobody changes them
    for arrival in sorted(arrivals, key=lambda arrival: (arrival.ordered_at, arrival.order_id)):
        asking = Asking(arrival.source, now, UTC, secret, Channel.IMPORT)
        mine = {one.coupon_id: one for one in known.get(arrival.order_id, ())}
        for one in mine.values():
            _link(connection, one, arrival)
            if arrival.state in CANCELLED:
                ending.give_up(connection, one, asking, f"order {arrival.state}")
        if arrival.state.is_sale:
            carried = [found[key] for key in arrival.keys if key in found]
            for its in carried:
                _use(connection, its, mine.get(its.id), arrival, asking)
            if arrival.order_id in waiting:
                _use_remembered(connection, waiting[arrival.order_id], carried, arrival, asking)
    completing.completed(connection, [arrival.order_id for arrival in arrivals if arrival.sold_at and arrival.state.is_sale], now)


def _known(connection: Connection, arrivals: Sequence[Arrival]) -> dict[int, list[Redemption]]:
    """Order -> its redemptions, as a checkout or an earlier import has made them."""
    if not connection.execute(select(exists(select(redemptions.c.id)))).scalar_one():
        return {}
    names = {(arrival.source, name): arrival.order_id for arrival in arrivals for name in (arrival.source_id, arrival.order_ref)}
    ids = {arrival.order_id for arrival in arrivals}
    by_name = among(connection, redemptions.c.order_ref, {name for _, name in names})
    found: dict[int, list[Redemption]] = {}
    for one in rows.where(connection, redemptions.c.source.in_({source for source, _ in names}), by_name) + rows.where(
        connection, among(connection, redemptions.c.order_id, ids)
    ):
        order = one.order_id if one.order_id else names.get((one.source, one.order_ref))
        if order in ids and one not in found.get(order, ()):
            found.setdefault(order, []).append(one)
    return found


def _link(connection: Connection, one: Redemption, arrival: Arrival) -> None:
    new = {"order_id": arrival.order_id, "customer_id": arrival.customer_id or one.customer_id}
    if (one.order_id, one.customer_id) != (new["order_id"], new["customer_id"]):
        rows.change(connection, one.id, **new)


# --- codes that the order carries --------------------------------------------------------------------------------------


def _use(connection: Connection, found: Coupon, own: Redemption | None, arrival: Arrival, asking: Asking) -> None:
    """The order carries the code: it holds a use from now on, if there is one."""
    if own and own.state is RedemptionState.REDEEMED:
        return
    if own and own.state is RedemptionState.ROLLED_BACK:
        _notice(connection, Action.AGAINST_TERMS, RefusalReason.ROLLED_BACK, found, arrival, asking)
        return
    holds = own is not None and own.state in HOLDS_A_USE
    if not holds and not _take(connection, found, asking):
        _notice(connection, Action.DOUBLE_USE, RefusalReason.USED_UP, found, arrival, asking)
        return
    buyer = whom(connection, arrival.shopper, arrival.source, asking.secret)
    number = _write(connection, found, own, arrival, buyer, asking)
    coupon_events.note(connection, [_event(Action.REDEEM, GRANTED, found, arrival, asking, number)])
    for reason in () if holds else _against_terms(connection, found, arrival, buyer, number, asking):
        _notice(connection, Action.AGAINST_TERMS, reason, found, arrival, asking, number)


def _take(connection: Connection, found: Coupon, asking: Asking) -> bool:
    """Take a use; what expired reservations hold counts as free."""
    if coupon.take_as_fact(connection, found.id):
        return True
    freed = ending.expire_these(connection, rows.expired(connection, asking.now, 1, [found.id]), asking.now)
    return bool(freed) and coupon.take_as_fact(connection, found.id)


def _write(connection: Connection, found: Coupon, own: Redemption | None, arrival: Arrival, buyer: Buyer, asking: Asking) -> int:
    """The redemption's row; what a checkout has told of the discount stays."""
    new = {
        "order_id": arrival.order_id,
        "customer_id": arrival.customer_id or buyer.customer_id,
        "email_hash": buyer.mailbox,
        "address_hash": buyer.home,
        "state": RedemptionState.REDEEMED,
        "redeemed_at": arrival.ordered_at,
        "expires_at": None,
        "ended_at": None,
        "reason": "",
    }
    if own:
        rows.change(connection, own.id, **{name: value for name, value in new.items() if value is not None or name.endswith("_at")})
        return own.id
    untold = {
        "checkout": {"currency": arrival.currency, "lines": []},
        "quote": quote_document(Quote(arrival.currency, 0, (), ())),
        "currency": arrival.currency,
        "discount_cents": 0,
    }
    its = {"coupon_id": found.id, "source": arrival.source, "order_ref": arrival.order_ref, "channel": asking.channel, "created_at": asking.now}
    return int(connection.execute(insert(redemptions).values(new | untold | its).returning(redemptions.c.id)).scalar_one())


def _against_terms(
    connection: Connection, found: Coupon, arrival: Arrival, buyer: Buyer, number: int, asking: Asking
) -> Iterable[RefusalReason]:  # fmt: skip
    earliest, latest = (arrival.ordered_at - _ANY_TIMEZONE).date(), (arrival.ordered_at + _ANY_TIMEZONE).date()
    if found.voided:
        yield RefusalReason.VOID
    if not found.partner_is_active:
        yield RefusalReason.PARTNER_INACTIVE
    if earliest > found.valid_until:
        yield RefusalReason.EXPIRED
    if found.valid_from and latest < found.valid_from:
        yield RefusalReason.NOT_YET_VALID
    people = {*buyer.ids, *([arrival.customer_id] if arrival.customer_id else [])}
    if found.offer.personal and found.customer_id is not None and found.customer_id not in people:
        yield RefusalReason.OTHER_CUSTOMER
    key = mailbox(arrival.shopper.email)
    if found.partner_id and (found.partner_customer_id in people or (key and key == mailbox(found.partner_email))):
        yield RefusalReason.OWN_CODE
    if found.offer.new_customers_only and not _claimed(connection, arrival, buyer, number, asking):
        yield RefusalReason.NEW_CUSTOMERS_ONLY


def _claimed(connection: Connection, arrival: Arrival, buyer: Buyer, number: int, asking: Asking) -> bool:
    """Whether the buyer was a new customer; from now on they are one no more."""
    order = ThisOrder(arrival.source, arrival.order_ref, arrival.ordered_at, number)
    was = was_newcomer(connection, buyer.keys, number) or has_ordered(connection, buyer, order)
    return claims.claim(connection, buyer.keys, number, asking.now) and not was


def _notice(
    connection: Connection, action: Action, reason: RefusalReason, found: Coupon, arrival: Arrival, asking: Asking, number: int | None = None
) -> None:  # fmt: skip
    """Write it down once, however often the order comes again."""
    table = events_table.c
    same = (table.coupon_id == found.id, table.source == arrival.source, table.order_ref == arrival.order_ref)
    if not connection.execute(select(exists().where(*same, table.action == action, table.outcome == reason))).scalar_one():
        coupon_events.note(connection, [_event(action, reason, found, arrival, asking, number)])


def _event(action: Action, outcome: str, found: Coupon, arrival: Arrival, asking: Asking, number: int | None) -> Event:
    return Event(action, outcome, asking.now, asking.channel, found.id, number, asking.actor, arrival.source, arrival.order_ref)


# --- codes that were given at sign-up ----------------------------------------------------------------------------------


def _waiting(connection: Connection, arrivals: Sequence[Arrival], secret: bytes) -> Mapping[int, list[Remembered]]:
    """Order -> what waits for its buyer."""
    sales = [arrival for arrival in arrivals if arrival.state.is_sale]
    if not sales or not sign_up.any_waiting(connection):
        return {}
    hashes = {arrival.order_id: mailbox_hash(arrival.shopper.email, secret) for arrival in sales}
    theirs = sign_up.waiting(connection, {one.customer_id for one in sales if one.customer_id}, {one for one in hashes.values() if one})
    found = {
        arrival.order_id: [
            one
            for one in theirs
            if arrival.ordered_at >= one.given_at
            and ((one.customer_id and one.customer_id == arrival.customer_id) or (one.email_hash and one.email_hash == hashes[arrival.order_id]))
        ]
        for arrival in sales
    }
    return {order: those for order, those in found.items() if those}


def _use_remembered(connection: Connection, remembered: Sequence[Remembered], carried: Collection[Coupon], arrival: Arrival, asking: Asking) -> None:
    """As if the first order carried the code, unless it carries another partner's; from then on nothing waits any more."""
    fresh = {one.id for one in sign_up.waiting_still(connection, [one.id for one in remembered])}
    mine = [one for one in remembered if one.id in fresh]
    terms = coupon.by_id(connection, {one.coupon_id for one in mine})
    buyer = whom(connection, arrival.shopper, arrival.source, asking.secret)
    is_first = not has_ordered(connection, buyer, ThisOrder(arrival.source, arrival.order_ref, arrival.ordered_at))
    partners = {one.partner_id for one in carried if one.partner_id}
    already = {one.id for one in carried}
    for one in mine:
        found = terms[one.coupon_id]
        is_good = is_first and not found.voided and (arrival.ordered_at - _ANY_TIMEZONE).date() <= found.valid_until
        is_others = bool(found.partner_id and partners - {found.partner_id})
        if found.id not in already and is_good and not is_others:
            already.add(found.id)
            if found.partner_id:
                partners.add(found.partner_id)  # the first of several partners counts
            _use(connection, found, None, arrival, asking)
        elif found.id not in already:
            coupon_events.note(connection, [_event(Action.REMEMBER, "not_counted", found, arrival, asking, None)])
    sign_up.settle(connection, [one.id for one in mine], asking.now)


def to_arrival(row: Row[Any]) -> Arrival:
    """A stored order, without its address: that stands with its customer."""
    return Arrival(
        row.id, row.source, row.source_id, row.number, OrderState(row.state), row.ordered_at, row.sold_at, row.currency, row.total_cents, row.customer_id,
        Shopper(row.email_key or "", row.customer_number), tuple(row.discount_codes),
    )  # fmt: skip
