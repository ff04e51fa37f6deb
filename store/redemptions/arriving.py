"""What does an order that comes in from a shop do to its coupons?  (product.md 7.3)

The order is a fact: the shop has granted what it granted. So nothing is refused here; what should not have been granted is written
down for a person to look at (coupon_events.noticed), and a code without a use left is not counted a second time.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, exists, insert, select

from campaigns.checkout import HOLDS_A_USE, Channel, Quote, RedemptionState, RefusalReason
from campaigns.coupon import normalise
from store import coupon_events
from store.coupon_events import GRANTED, Action, Event
from store.hashes import mailbox_hash
from store.redemptions import completing, coupon, ending, rows, sign_up, terms, whose
from store.redemptions.arrival import Arrival
from store.redemptions.asking import Asking, Redemption, quote_document
from store.redemptions.bought import ThisOrder, has_ordered
from store.redemptions.buyer import Buyer, as_told, whoever, whom
from store.redemptions.coupon import CANCELLED, Coupon
from store.redemptions.sign_up import Remembered
from store.redemptions.terms import Case
from store.schema import coupon_events as events_table
from store.schema import redemptions

_TAKEN_OUT = "code taken out of the order"
_INSERT = insert(redemptions).returning(redemptions.c.id)


def lock_codes(connection: Connection, codes: Iterable[str], order_ids: Collection[int]) -> None:
    """Keep the coupons of a page of orders to ourselves before anybody's record is touched: checkouts take them in this order, too.

    Those of its codes, and those that an earlier version of these orders has used.
    """
    used = whose.coupons_of(connection, order_ids)
    coupon.lock(connection, coupon.ids(connection, {key for code in codes if (key := normalise(code))}) | used)


def arrived(connection: Connection, arrivals: Sequence[Arrival], secret: bytes, now: datetime) -> None:
    """Redeem, link or roll back what a page of stored orders says; safe to repeat, and one look each where nobody has a coupon."""
    known = whose.of_orders(connection, arrivals, secret)
    keys = {key for arrival in arrivals if arrival.state.is_sale for key in arrival.keys}
    waiting = _waiting(connection, arrivals, secret)
    found = coupon.locked_by_key(connection, keys)
    if not (known or found or waiting):
        return
    coupon.lock(connection, {one.coupon_id for those in known.values() for one in those} | {one.coupon_id for those in waiting.values() for one in those})
    known = whose.of_orders(connection, arrivals, secret)  # by now nobody changes them
    theirs = coupon.by_id(connection, {one.coupon_id for those in known.values() for one in those})
    loose = whose.loose(connection, {one.id for one in found.values()})
    asking_for = [arrival for arrival in arrivals if _depends_on_buyer(arrival, found, known.get(arrival.order_id, ()), theirs, loose)]
    page = Page(
        taken={one.id for those in known.values() for one in those},
        loose=loose,
        misnamed=whose.misnamed(connection, arrivals, known),
        twins=whose.twins(connection, arrivals, {one.id for one in found.values()}, secret),
        buyers=_buyers(connection, asking_for, secret),
    )
    for arrival in sorted(arrivals, key=lambda arrival: (arrival.ordered_at, arrival.order_id)):
        asking = Asking(arrival.source, now, UTC, secret, Channel.IMPORT)
        mine = {one.coupon_id: one for one in known.get(arrival.order_id, ())}
        for one in mine.values():
            _link(connection, one, arrival)
            if arrival.state in CANCELLED:
                ending.give_up(connection, one, asking, f"order {arrival.state}")
        if arrival.state.is_sale:
            carried = [found[key] for key in arrival.keys if key in found]
            _sale(connection, carried, {one: theirs[one] for one in mine}, mine, arrival, asking, page)
            if arrival.order_id in waiting:
                held = [theirs[one.coupon_id] for one in mine.values() if one.state in HOLDS_A_USE]
                _use_remembered(connection, waiting[arrival.order_id], [*carried, *held], arrival, asking)
    completing.completed(connection, [arrival.order_id for arrival in arrivals if arrival.sold_at and arrival.state.is_sale], now)


def _link(connection: Connection, one: Redemption, arrival: Arrival) -> None:
    new = {"order_id": arrival.order_id, "customer_id": arrival.customer_id or one.customer_id}
    if (one.order_id, one.customer_id) != (new["order_id"], new["customer_id"]):
        rows.change(connection, one.id, **new)


@dataclass(frozen=True, slots=True)
class Page:
    """What is asked once for a whole page: most orders meet nothing of it, and are spared the question."""

    taken: Collection[int]
    """Redemptions of its orders."""
    loose: Collection[int]
    """Coupons that a checkout holds a use of, for an order that it has named in its own way."""
    misnamed: Collection[int]
    """Orders by whose key a checkout has called another one."""
    twins: Collection[tuple[int, int]]
    """Orders, with their coupon, that another source has brought already: one purchase is one use."""
    buyers: Mapping[int, Buyer]
    """Order -> who bought, where a rule depends on it: who else that may be costs more than all the rest of a use."""


def _depends_on_buyer(
    arrival: Arrival, found: Mapping[str, Coupon], mine: Collection[Redemption], theirs: Mapping[int, Coupon], loose: Collection[int]
) -> bool:
    its = [*(found[key] for key in arrival.keys if key in found), *(theirs[one.coupon_id] for one in mine)]
    return arrival.state.is_sale and bool(its) and (arrival.customer_id is None or any(one.depends_on_buyer or one.id in loose for one in its))


def _buyers(connection: Connection, arrivals: Collection[Arrival], secret: bytes) -> dict[int, Buyer]:
    found: dict[int, Buyer] = {}
    for source in {arrival.source for arrival in arrivals}:
        mine = [arrival for arrival in arrivals if arrival.source == source]
        people = whoever(connection, {arrival.shopper for arrival in mine}, source, secret)
        found |= {arrival.order_id: people[arrival.shopper] for arrival in mine}
    return found


# --- codes that the order carries --------------------------------------------------------------------------------------


def _sale(
    connection: Connection, carried: Sequence[Coupon], held: Mapping[int, Coupon], mine: Mapping[int, Redemption], arrival: Arrival, asking: Asking,
    page: Page,
) -> None:  # fmt: skip
    """Its codes hold their uses, those of an earlier version give them back, and whoever has bought is a new customer no more."""
    if not (carried or mine):
        return
    buyer = page.buyers.get(arrival.order_id) or as_told(arrival.shopper, arrival.customer_id, asking.secret)
    before = [its for number, its in held.items() if mine[number].state is RedemptionState.REDEEMED]
    for its in carried:
        others = [one for one in before if one.id != its.id]
        own = mine.get(its.id) or (whose.adopt(connection, its, arrival, buyer, page.taken) if its.id in page.loose else None)
        if its.id not in mine and own:
            _link(connection, own, arrival)
        if own is None and (arrival.order_id, its.id) in page.twins:
            _notice(connection, Action.REDEEM, "repeated", Case(its, arrival, buyer, asking))
            continue
        _use(connection, own, Case(its, arrival, buyer, asking, others, misnamed=arrival.order_id in page.misnamed))
        before = [*others, its]
    for number, one in mine.items():
        if number not in {its.id for its in carried} and one.state is RedemptionState.REDEEMED:
            if one.channel is Channel.IMPORT and not sign_up.is_remembered(connection, one):
                ending.end(connection, one, RedemptionState.ROLLED_BACK, asking, _TAKEN_OUT)
            else:
                _see_buyer(connection, one, Case(held[number], arrival, buyer, asking))


def _use(connection: Connection, own: Redemption | None, case: Case) -> None:
    """The order carries the code: it holds a use from now on, if there is one."""
    if own and own.state is RedemptionState.REDEEMED:
        _see_buyer(connection, own, case)
        return
    if own and own.state is RedemptionState.ROLLED_BACK and own.reason != _TAKEN_OUT:
        _notice(connection, Action.AGAINST_TERMS, RefusalReason.ROLLED_BACK, case)
        return
    holds = own is not None and own.state in HOLDS_A_USE
    if not holds and not _take(connection, case.found, case.asking):
        _notice(connection, Action.DOUBLE_USE, RefusalReason.USED_UP, case)
        return
    case = replace(case, number=_write(connection, own, case))
    coupon_events.note(connection, [_event(Action.REDEEM, GRANTED, case)])
    if holds and own:
        _see_buyer(connection, own, case)
    for reason in () if holds else terms.against(connection, case):
        _notice(connection, Action.AGAINST_TERMS, reason, case)


def _see_buyer(connection: Connection, one: Redemption, case: Case) -> None:
    """A checkout has granted it to a new customer; the order says more of who that is."""
    case = replace(case, number=one.id)
    if case.found.offer.new_customers_only and not terms.is_newcomer(connection, case):
        _notice(connection, Action.AGAINST_TERMS, RefusalReason.NEW_CUSTOMERS_ONLY, case)


def _take(connection: Connection, found: Coupon, asking: Asking) -> bool:
    """Take a use; what expired reservations hold counts as free."""
    if coupon.take_as_fact(connection, found.id):
        return True
    freed = ending.expire_these(connection, rows.expired(connection, asking.now, 1, [found.id]), asking.now)
    return bool(freed) and coupon.take_as_fact(connection, found.id)


def _write(connection: Connection, own: Redemption | None, case: Case) -> int:
    """The redemption's row; what a checkout has told of the discount stays."""
    arrival, buyer = case.arrival, case.buyer
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
    its = {"coupon_id": case.found.id, "source": arrival.source, "channel": case.asking.channel, "created_at": case.asking.now}
    name = arrival.order_ref
    if case.misnamed:  # a checkout has called another order so, by its number
        name = f"{name} ({arrival.order_id})"
    return int(connection.execute(_INSERT, new | untold | its | {"order_ref": name}).scalar_one())


def _notice(connection: Connection, action: Action, outcome: str, case: Case) -> None:
    """Write it down once, however often the order comes again."""
    table = events_table.c
    same = (table.coupon_id == case.found.id, table.source == case.arrival.source, table.order_ref == case.arrival.name)
    this = (*same, table.redemption_id.is_not_distinct_from(case.number), table.action == action, table.outcome == outcome)
    if not connection.execute(select(exists().where(*this))).scalar_one():
        coupon_events.note(connection, [_event(action, outcome, case)])


def _event(action: Action, outcome: str, case: Case) -> Event:
    asking, arrival = case.asking, case.arrival
    return Event(action, outcome, asking.now, asking.channel, case.found.id, case.number, asking.actor, arrival.source, arrival.name)


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
            if arrival.is_after(one.given_at)
            and ((one.customer_id and one.customer_id == arrival.customer_id) or (one.email_hash and one.email_hash == hashes[arrival.order_id]))
        ]
        for arrival in sales
    }
    return {order: those for order, those in found.items() if those}


def _use_remembered(connection: Connection, remembered: Sequence[Remembered], carried: Collection[Coupon], arrival: Arrival, asking: Asking) -> None:
    """As if the first order carried the partner's code, unless it carries another partner's; from then on nothing waits any more.

    Other codes bring their discount only where the order carries them: one that was paid in full has used nothing.
    """
    fresh = {one.id for one in sign_up.waiting_still(connection, [one.id for one in remembered])}
    mine = [one for one in remembered if one.id in fresh]
    wanted = coupon.by_id(connection, {one.coupon_id for one in mine})
    buyer = whom(connection, arrival.shopper, arrival.source, asking.secret)
    is_first = not has_ordered(connection, buyer, ThisOrder(arrival.source, arrival.order_ref, arrival.ordered_at))
    partners = {one.partner_id for one in carried if one.partner_id}
    already = {one.id for one in carried}
    for one in mine:
        case = Case(wanted[one.coupon_id], arrival, buyer, asking)
        is_others = bool(partners - {case.found.partner_id})
        if case.found.id in already:
            continue
        if case.found.partner_id and is_first and not is_others and not terms.of_somebody(connection, case):
            already.add(case.found.id)
            partners.add(case.found.partner_id)  # the first of several partners counts
            _use(connection, None, case)
        else:
            coupon_events.note(connection, [_event(Action.REMEMBER, "not_counted", case)])
    sign_up.settle(connection, [one.id for one in mine], asking.now)
