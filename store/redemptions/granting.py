"""Is the coupon granted to this order, however many ask for it at once?

The coupon's row is locked first, so everything that is read after it holds until the commit; one conditional UPDATE (coupon.take) decides
about the last use, and the redemption's row stands or falls with it in one transaction (reliability facts 3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from campaigns.checkout import HOLDS_A_USE, Checkout, Quote, RedemptionState, RefusalReason, Refused
from campaigns.coupon import normalise
from campaigns.offer import Offer
from campaigns.quote import Standing, check
from campaigns.quote import quote as decide
from store import coupon_events, failpoint, partners
from store.coupon_events import GRANTED, Action
from store.redemptions import claims, coupon, ending, rows
from store.redemptions.asking import Asking, Redemption, checkout_document, quote_document
from store.redemptions.buyer import Buyer, ThisOrder, has_ordered, uses_of, was_newcomer, whom
from store.redemptions.company import left
from store.redemptions.coupon import Coupon
from store.schema import redemptions

_INSERT = insert(redemptions).returning(redemptions.c.id)
_AT_ONCE = 100
"""Reservations of one code that are looked at for having expired."""


def quote(connection: Connection, code: str, checkout: Checkout, asking: Asking, order_ref: str = "") -> Quote | Refused:
    """What the coupon would take off this cart now, or why it would be refused; holds nothing, and is written down.

    ``order_ref`` counts what this order holds already as its own.  Raises InvalidCheckout for a cart that cannot be.
    """
    found = coupon.find(connection, code)
    if found is None:
        return _unknown(connection, Action.QUOTE, asking, order_ref)
    before = rows.by_order(connection, asking.source, order_ref) if order_ref else []
    own = _own(before, found)
    answer = _judge(connection, found, checkout, asking, before, own, order_ref, asking.now).answer
    outcome = answer.reason if isinstance(answer, Refused) else GRANTED
    coupon_events.note(connection, [asking.event(Action.QUOTE, outcome, found.id, order_ref)])
    return answer


def reserve(connection: Connection, code: str, checkout: Checkout, order_ref: str, minutes: int, asking: Asking) -> Redemption | Refused:
    """Hold a use of the coupon for this order, for so many minutes; asked again with the same cart, the stored answer; with another, a new one.

    Raises InvalidCheckout for a cart that cannot be.
    """
    return _grant(connection, code, checkout, order_ref, asking, Action.RESERVE, asking.now + timedelta(minutes=minutes))


def redeem(connection: Connection, code: str, checkout: Checkout, order_ref: str, asking: Asking) -> Redemption | Refused:
    """Use the coupon for this order, reserved or not; asked again, the stored answer, even once the coupon has expired or is used up.

    A reservation that still holds its use keeps its moment: it is redeemed although the coupon has ended since. One that has expired
    takes a use again if there is one left.  Raises InvalidCheckout for a cart that cannot be.
    """
    return _grant(connection, code, checkout, order_ref, asking, Action.REDEEM, None)


def _grant(
    connection: Connection, code: str, checkout: Checkout, order_ref: str, asking: Asking, action: Action, until: datetime | None
) -> Redemption | Refused:
    wanted = coupon.locked_for(connection, code, asking.source, order_ref)
    if wanted is None:
        return _unknown(connection, action, asking, order_ref)
    found = wanted.coupon
    before = rows.by_order(connection, asking.source, order_ref)
    own = _own(before, found)
    if own and _is_over(own, asking.now):
        ending.expire_these(connection, [own], asking.now)
        found, own = replace(found, uses=found.uses - 1), rows.by_id(connection, own.id)
    if own and (own.state is RedemptionState.REDEEMED or (until and _is_the_same(own, checkout))):
        if own.is_untold:
            return _tell(connection, found, own, checkout, asking, before, action)
        coupon_events.note(connection, [asking.event(action, "repeated", found.id, order_ref)])
        return own.again
    if wanted.is_cancelled or (own and own.state is RedemptionState.ROLLED_BACK):
        return _refused(connection, Refused(RefusalReason.ROLLED_BACK), found, asking, action, order_ref)
    return _decided(connection, found, checkout, asking, before, own, order_ref, action, until)


def _decided(
    connection: Connection, found: Coupon, checkout: Checkout, asking: Asking, before: Sequence[Redemption], own: Redemption | None, order_ref: str,
    action: Action, until: datetime | None,
) -> Redemption | Refused:  # fmt: skip
    found = _freed(connection, found, asking.now)
    held_since = own.created_at if own and own.state is RedemptionState.RESERVED and until is None else None
    judged = _judge(connection, found, checkout, asking, before, own, order_ref, held_since or asking.now)
    if isinstance(judged.answer, Refused):
        return _refused(connection, judged.answer, found, asking, action, order_ref)
    row = _row(judged.answer, judged.buyer, checkout, asking, until) | ({"created_at": held_since} if held_since else {})
    number = _write(connection, found, own, row, judged.buyer, order_ref, asking)
    if isinstance(number, Refused):
        return _refused(connection, number, found, asking, action, order_ref)
    coupon_events.note(connection, [replace(asking.event(action, GRANTED, found.id, order_ref), redemption_id=number)])
    return _granted(found, own, number, row, judged.answer, order_ref, asking)


def _tell(
    connection: Connection, found: Coupon, own: Redemption, checkout: Checkout, asking: Asking, before: Sequence[Redemption], action: Action
) -> Redemption | Refused:
    """The import of the order was faster than its checkout: the use is taken, now the discount is told and kept.

    What the terms refuse is refused, so that the shop takes nothing off; the use stays as long as the order carries the code.
    """
    answer = _judge(connection, found, checkout, asking, before, own, own.order_ref, own.redeemed_at or asking.now).answer
    if isinstance(answer, Refused):
        return _refused(connection, answer, found, asking, action, own.order_ref)
    cart, cents = checkout_document(checkout), answer.gross_cents
    rows.change(connection, own.id, checkout=cart, quote=quote_document(answer), currency=answer.currency, discount_cents=cents)
    coupon_events.note(connection, [replace(asking.event(action, GRANTED, found.id, own.order_ref), redemption_id=own.id)])
    return replace(own, checkout=cart, quote=answer)


def _own(before: Sequence[Redemption], found: Coupon) -> Redemption | None:
    return next((one for one in before if one.coupon_id == found.id), None)


def _is_over(one: Redemption, now: datetime) -> bool:
    """A reservation has expired when its time is over, whether housekeeping has seen it or not."""
    return one.state is RedemptionState.RESERVED and one.expires_at is not None and one.expires_at <= now


def _is_the_same(own: Redemption, checkout: Checkout) -> bool:
    return own.state is RedemptionState.RESERVED and own.checkout == checkout_document(checkout)


def _freed(connection: Connection, found: Coupon, now: datetime) -> Coupon:
    """Where nothing is left, what expired reservations held counts as free at once."""
    if not found.is_used_up:
        return found
    return replace(found, uses=found.uses - ending.expire_these(connection, rows.expired(connection, now, _AT_ONCE, [found.id]), now))


@dataclass(frozen=True, slots=True)
class _Judged:
    answer: Quote | Refused
    buyer: Buyer


def _judge(
    connection: Connection,
    found: Coupon,
    checkout: Checkout,
    asking: Asking,
    before: Sequence[Redemption],
    own: Redemption | None,
    order_ref: str,
    moment: datetime,
) -> _Judged:
    """Ask what the rules need to know, and nothing else: most coupons know nobody."""
    holds = own is not None and own.state in HOLDS_A_USE and not _is_over(own, asking.now)
    buyer = whom(connection, checkout.shopper, asking.source, asking.secret)
    held = [one for one in before if one.coupon_id != found.id and one.state in HOLDS_A_USE and not _is_over(one, asking.now)]
    others = _others(connection, found, checkout, held)
    checkout = replace(checkout, other_codes=others.codes)
    offer, own_id = found.offer, own.id if own else None
    limited = offer.uses_per_customer is not None and (found.most_uses is None or found.most_uses > 1)
    order = ThisOrder(asking.source, order_ref, redemption_id=own_id)
    standing = Standing(
        valid_from=found.valid_from,
        valid_until=found.valid_until,
        voided=found.voided,
        uses=found.uses - holds,
        most_uses=found.most_uses,
        uses_by_shopper=uses_of(connection, found.id, buyer, own_id) if limited else 0,
        is_known=bool(buyer.ids),
        is_shoppers=found.customer_id is None or found.customer_id in buyer.ids,
        has_ordered=offer.new_customers_only and has_ordered(connection, buyer, order),
        was_newcomer=offer.new_customers_only and was_newcomer(connection, buyer.keys, own_id),
        partner_is_active=found.partner_is_active,
        is_own_code=found.partner_id is not None and _is_own(connection, found, buyer),
        others_combinable=others.allow_company,
    )
    earlier = [one for one in held if own_id is None or one.id < own_id]
    answer = _decide(offer, standing, checkout, earlier, moment, asking)
    final = sum(one.quote.gross_cents for one in held if one not in earlier and one.state is RedemptionState.REDEEMED)
    if final and isinstance(answer, Quote) and answer.gross_cents + final > sum(line.gross_cents for line in left(checkout.lines, earlier)):
        answer = _decide(offer, standing, checkout, held, moment, asking)  # the cart has become smaller since the other one was redeemed
    return _Judged(answer, buyer)


def _decide(offer: Offer, standing: Standing, checkout: Checkout, held: Sequence[Redemption], moment: datetime, asking: Asking) -> Quote | Refused:
    """Of several coupons of an order each sees what those before it have left."""
    if held:
        check(checkout)
        checkout = replace(checkout, lines=left(checkout.lines, held))
    return decide(offer, standing, checkout, moment, asking.timezone)


def _is_own(connection: Connection, found: Coupon, buyer: Buyer) -> bool:
    """Told by the partner's records as a buyer, by any mailbox of theirs, and by the home."""
    shopper = buyer.shopper
    it = partners.somebody(connection, buyer.ids, shopper.email, shopper.address)
    return partners.partner_in_person(connection, found.partner_email, found.partner_customer_id).is_one_with(it)


@dataclass(frozen=True, slots=True)
class _Others:
    """The other coupons of the order: those that it holds, and those that the shop names."""

    codes: tuple[str, ...]
    allow_company: bool
    """Every one of them; of a code that is not ours nobody knows, and it is no way to learn which codes there are."""


def _others(connection: Connection, found: Coupon, checkout: Checkout, held: Sequence[Redemption]) -> _Others:
    known = {normalise(one.code): one for one in coupon.by_id(connection, {one.coupon_id for one in held}).values()}
    keys = {normalise(code) for code in checkout.other_codes} - {normalise(found.code), ""}
    named = {key: known.get(key) or coupon.find(connection, key) for key in sorted(keys)}
    return _Others(tuple(known | named), all(one is not None and one.offer.combinable for one in (known | named).values()))


def _row(answer: Quote, buyer: Buyer, checkout: Checkout, asking: Asking, until: datetime | None) -> dict[str, Any]:
    return {
        "state": RedemptionState.RESERVED if until else RedemptionState.REDEEMED,
        "customer_id": buyer.customer_id,
        "email_hash": buyer.mailbox,
        "address_hash": buyer.home,
        "checkout": checkout_document(checkout),
        "quote": quote_document(answer),
        "currency": answer.currency,
        "discount_cents": answer.gross_cents,
        "channel": asking.channel,
        "created_at": asking.now,
        "expires_at": until,
        "redeemed_at": None if until else asking.now,
        "ended_at": None,
        "reason": "",
    }


def _granted(found: Coupon, own: Redemption | None, number: int, row: Mapping[str, Any], answer: Quote, order_ref: str, asking: Asking) -> Redemption:
    """What was just written, without reading it again: fifty checkouts that ask at once wait for each other."""
    uses = found.uses + (0 if own and own.state in HOLDS_A_USE else 1)
    return Redemption(
        number, found.id, found.code, own.source if own else asking.source, own.order_ref if own else order_ref, own.order_id if own else None,
        row["customer_id"], row["state"], row["checkout"], answer, asking.channel, row["created_at"], row["expires_at"], row["redeemed_at"], None, "",
        found.valid_until, None if found.most_uses is None else found.most_uses - uses,
    )  # fmt: skip


def _write(connection: Connection, found: Coupon, own: Redemption | None, row: dict[str, Any], buyer: Buyer, order_ref: str, asking: Asking) -> int | Refused:
    """Take the use and write the row, both or neither; the number of the redemption."""
    if not found.offer.new_customers_only:
        return _take(connection, found, own, row, order_ref, asking)
    with connection.begin_nested() as savepoint:  # who was a newcomer a moment ago may be none any more
        number = _take(connection, found, own, row, order_ref, asking)
        if own:
            claims.correct(connection, buyer.keys, own.id)
        failpoint.pass_by("redeem.before_claim")
        if isinstance(number, Refused) or claims.claim(connection, buyer.keys, number, asking.now):
            failpoint.pass_by("redeem.after_claim")
            return number
        savepoint.rollback()
    return Refused(RefusalReason.NEW_CUSTOMERS_ONLY)


def _take(connection: Connection, found: Coupon, own: Redemption | None, row: dict[str, Any], order_ref: str, asking: Asking) -> int | Refused:
    failpoint.pass_by("redeem.before_use")
    if own and own.state in HOLDS_A_USE:
        rows.change(connection, own.id, **row)
        return own.id
    if not coupon.take(connection, found.id):
        return Refused(RefusalReason.USED_UP, {"most_uses": found.most_uses or 0})
    failpoint.pass_by("redeem.after_use")
    if own:
        rows.change(connection, own.id, **row)
        return own.id
    its = {"coupon_id": found.id, "source": asking.source, "order_ref": order_ref}
    number = int(connection.execute(_INSERT, its | row).scalar_one())
    failpoint.pass_by("redeem.after_row")
    return number


def _refused(connection: Connection, refused: Refused, found: Coupon, asking: Asking, action: Action, order_ref: str) -> Refused:
    coupon_events.note(connection, [asking.event(action, refused.reason, found.id, order_ref)])
    return refused


def _unknown(connection: Connection, action: Action, asking: Asking, order_ref: str) -> Refused:
    coupon_events.note(connection, [asking.event(action, RefusalReason.UNKNOWN_CODE, order_ref=order_ref)])
    return Refused(RefusalReason.UNKNOWN_CODE)
