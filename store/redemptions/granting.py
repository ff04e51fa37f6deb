"""Is the coupon granted to this order, however many ask for it at once?

The coupon's row is locked first, so everything that is read after it holds until the commit; one conditional UPDATE (coupon.take) decides
about the last use, and the redemption's row stands or falls with it in one transaction (reliability facts 3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert

from campaigns.checkout import HOLDS_A_USE, Checkout, Quote, RedemptionState, RefusalReason, Refused
from campaigns.coupon import normalise
from campaigns.offer import Offer
from campaigns.quote import Standing, check
from campaigns.quote import quote as decide
from store import coupon_events, failpoint, partners
from store.coupon_events import GRANTED, Action, Event
from store.redemptions import claims, coupon, ending, look, rows
from store.redemptions.asking import Asking, Redemption, Wish, checkout_document, quote_document
from store.redemptions.bought import ThisOrder, has_ordered, was_newcomer
from store.redemptions.buyer import Buyer
from store.redemptions.company import left
from store.redemptions.coupon import Coupon
from store.redemptions.look import Look
from store.schema import redemptions

_INSERT = insert(redemptions).returning(redemptions.c.id)
_AT_ONCE = 100
"""Reservations of one code that are looked at for having expired."""


def quote(connection: Connection, code: str, checkout: Checkout, asking: Asking, order_ref: str = "") -> Quote | Refused:
    """What the coupon would take off this cart now, or why it would be refused; holds nothing, and is written down.

    ``order_ref`` counts what this order holds already as its own.  Raises InvalidCheckout for a cart that cannot be.
    """
    wish = Wish(code, checkout, order_ref, asking)
    seen = look.passing(connection, wish)
    found = seen.found(wish)
    if found and found.is_used_up:  # as a reservation would find it
        found = replace(found, uses=found.uses - len(rows.expired(connection, asking.now, _AT_ONCE, [found.id])))
    answer = _judge(connection, seen, wish, found, asking.now) if found else Refused(RefusalReason.UNKNOWN_CODE)
    outcome = answer.reason if isinstance(answer, Refused) else GRANTED
    coupon_events.note(connection, [asking.event(Action.QUOTE, outcome, found.id if found else None, order_ref)])
    return answer


def reserve(connection: Connection, code: str, checkout: Checkout, order_ref: str, minutes: int, asking: Asking) -> Redemption | Refused:
    """Hold a use of the coupon for this order, for so many minutes; asked again with the same cart, the stored answer; with another, a new one.

    Raises InvalidCheckout for a cart that cannot be.
    """
    return grant(connection, [Wish(code, checkout, order_ref, asking, minutes)])[0]


def redeem(connection: Connection, code: str, checkout: Checkout, order_ref: str, asking: Asking) -> Redemption | Refused:
    """Use the coupon for this order, reserved or not; asked again, the stored answer, even once the coupon has expired or is used up.

    A reservation that still holds its use keeps its moment: it is redeemed although the coupon has ended since. One that has expired
    takes a use again if there is one left.  Raises InvalidCheckout for a cart that cannot be.
    """
    return grant(connection, [Wish(code, checkout, order_ref, asking)])[0]


def grant(connection: Connection, wishes: Sequence[Wish]) -> list[Redemption | Refused]:
    """The same for many, one after the other: what they need to know is read together, and what was asked is written down together."""
    seen = look.locked(connection, wishes)
    answered = [_granted_one(connection, seen, wish) for wish in wishes]
    coupon_events.note(connection, [one.event for one in answered])
    return [one.answer for one in answered]


class _Answered(NamedTuple):
    answer: Redemption | Refused
    event: Event


def _granted_one(connection: Connection, seen: Look, wish: Wish) -> _Answered:
    found = seen.found(wish)
    if found is None:
        return _refused(Refused(RefusalReason.UNKNOWN_CODE), None, wish)
    own, now = _own(seen, wish, found), wish.asking.now
    if own and _is_over(own, now):
        ending.expire_these(connection, [own], now)
        found = seen.again(wish)
        own = _own(seen, wish, found)
    if own and (own.state is RedemptionState.REDEEMED or (wish.until and _is_the_same(own, wish.checkout))):
        if own.is_untold:
            return _told(connection, seen, wish, found, own)
        return _Answered(replace(own.again, uses_left=found.uses_left), wish.asking.event(wish.action, "repeated", found.id, wish.order_ref))
    if seen.is_cancelled(wish) or (own and own.state is RedemptionState.ROLLED_BACK):
        return _refused(Refused(RefusalReason.ROLLED_BACK), found, wish)
    return _decided(connection, seen, wish, found, own)


def _decided(connection: Connection, seen: Look, wish: Wish, found: Coupon, own: Redemption | None) -> _Answered:
    if _freed(connection, found, wish.asking.now):
        found = seen.again(wish)
    held_since = own.created_at if own and own.state is RedemptionState.RESERVED and wish.until is None else None
    answer = _judge(connection, seen, wish, found, held_since or wish.asking.now)
    if isinstance(answer, Refused):
        return _refused(answer, found, wish)
    buyer = seen.buyer(wish)
    row = _row(answer, buyer, wish) | ({"created_at": held_since} if held_since else {})
    number = _write(connection, found, own, row, buyer, wish)
    if isinstance(number, Refused):
        return _refused(number, found, wish)
    found = replace(found, uses=found.uses + (0 if own and own.state in HOLDS_A_USE else 1))
    done = _granted(found, own, number, row, answer, wish)
    seen.keep(wish, found, done)
    return _Answered(done, replace(wish.asking.event(wish.action, GRANTED, found.id, wish.order_ref), redemption_id=number))


def _told(connection: Connection, seen: Look, wish: Wish, found: Coupon, own: Redemption) -> _Answered:
    """The import of the order was faster than its checkout: the use is taken, now the discount is told and kept.

    What the terms refuse is refused, so that the shop takes nothing off; the use stays as long as the order carries the code.
    """
    named = replace(wish, order_ref=own.order_ref)
    answer = _judge(connection, seen, wish, found, own.redeemed_at or wish.asking.now)
    if isinstance(answer, Refused):
        return _refused(answer, found, named)
    cart, cents = checkout_document(wish.checkout), answer.gross_cents
    rows.change(connection, own.id, checkout=cart, quote=quote_document(answer), currency=answer.currency, discount_cents=cents)
    done = replace(own, checkout=cart, quote=answer, uses_left=found.uses_left)
    seen.tell(done)
    return _Answered(done, replace(wish.asking.event(wish.action, GRANTED, found.id, named.order_ref), redemption_id=own.id))


def _own(seen: Look, wish: Wish, found: Coupon) -> Redemption | None:
    return next((one for one in seen.before(wish) if one.coupon_id == found.id), None)


def _is_over(one: Redemption, now: datetime) -> bool:
    """A reservation has expired when its time is over, whether housekeeping has seen it or not."""
    return one.state is RedemptionState.RESERVED and one.expires_at is not None and one.expires_at <= now


def _is_the_same(own: Redemption, checkout: Checkout) -> bool:
    return own.state is RedemptionState.RESERVED and own.checkout == checkout_document(checkout)


def _freed(connection: Connection, found: Coupon, now: datetime) -> bool:
    """Where nothing is left, what expired reservations held counts as free at once."""
    return found.is_used_up and bool(ending.expire_these(connection, rows.expired(connection, now, _AT_ONCE, [found.id]), now))


def _judge(connection: Connection, seen: Look, wish: Wish, found: Coupon, moment: datetime) -> Quote | Refused:
    """Ask what the rules need to know, and nothing else: most coupons know nobody."""
    asking, buyer, before = wish.asking, seen.buyer(wish), seen.before(wish)
    own = _own(seen, wish, found)
    holds = own is not None and own.state in HOLDS_A_USE and not _is_over(own, asking.now)
    held = [one for one in before if one.coupon_id != found.id and one.state in HOLDS_A_USE and not _is_over(one, asking.now)]
    others = _others(connection, found, wish.checkout, held)
    checkout = replace(wish.checkout, other_codes=others.codes)
    offer, own_id = found.offer, own.id if own else None
    order = ThisOrder(asking.source, wish.order_ref, redemption_id=own_id)
    standing = Standing(
        valid_from=found.valid_from,
        valid_until=found.valid_until,
        voided=found.voided,
        uses=found.uses - holds,
        most_uses=found.most_uses,
        uses_by_shopper=seen.uses_of(found, wish, own_id) if found.is_counted_by_person else 0,
        is_known=bool(buyer.ids),
        is_shoppers=found.customer_id in buyer.ids,
        has_ordered=offer.new_customers_only and has_ordered(connection, buyer, order),
        was_newcomer=offer.new_customers_only and was_newcomer(connection, buyer.keys, own_id, asking.now),
        partner_is_active=found.partner_is_active,
        is_own_code=found.partner_id is not None and _is_own(connection, found, buyer),
        others_combinable=others.allow_company,
    )
    earlier = [one for one in held if own_id is None or one.id < own_id]
    answer = _decide(offer, standing, checkout, earlier, moment, asking)
    final = sum(one.quote.gross_cents for one in held if one not in earlier and one.state is RedemptionState.REDEEMED)
    if final and isinstance(answer, Quote) and answer.gross_cents + final > sum(line.gross_cents for line in left(checkout.lines, earlier)):
        answer = _decide(offer, standing, checkout, held, moment, asking)  # the cart has become smaller since the other one was redeemed
    return answer


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


def _row(answer: Quote, buyer: Buyer, wish: Wish) -> dict[str, Any]:
    return {
        "state": RedemptionState.RESERVED if wish.until else RedemptionState.REDEEMED,
        "customer_id": buyer.customer_id,
        "email_hash": buyer.mailbox,
        "address_hash": buyer.home,
        "checkout": checkout_document(wish.checkout),
        "quote": quote_document(answer),
        "currency": answer.currency,
        "discount_cents": answer.gross_cents,
        "channel": wish.asking.channel,
        "created_at": wish.asking.now,
        "expires_at": wish.until,
        "redeemed_at": None if wish.until else wish.asking.now,
        "ended_at": None,
        "reason": "",
    }


def _granted(found: Coupon, own: Redemption | None, number: int, row: Mapping[str, Any], answer: Quote, wish: Wish) -> Redemption:
    """What was just written, without reading it again: fifty checkouts that ask at once wait for each other."""
    return Redemption(
        number, found.id, found.code, own.source if own else wish.asking.source, own.order_ref if own else wish.order_ref, own.order_id if own else None,
        row["customer_id"], row["state"], row["checkout"], answer, wish.asking.channel, row["created_at"], row["expires_at"], row["redeemed_at"], None, "",
        found.valid_until, found.uses_left,
    )  # fmt: skip


def _write(connection: Connection, found: Coupon, own: Redemption | None, row: dict[str, Any], buyer: Buyer, wish: Wish) -> int | Refused:
    """Take the use and write the row, both or neither; the number of the redemption."""
    if not found.offer.new_customers_only:
        return _take(connection, found, own, row, wish)
    with connection.begin_nested() as savepoint:  # who was a newcomer a moment ago may be none any more
        number = _take(connection, found, own, row, wish)
        if own:
            claims.correct(connection, buyer.keys, own.id)
        failpoint.pass_by("redeem.before_claim")
        if isinstance(number, Refused) or claims.claim(connection, buyer.keys, number, wish.asking.now):
            failpoint.pass_by("redeem.after_claim")
            return number
        savepoint.rollback()
    return Refused(RefusalReason.NEW_CUSTOMERS_ONLY)


def _take(connection: Connection, found: Coupon, own: Redemption | None, row: dict[str, Any], wish: Wish) -> int | Refused:
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
    its = {"coupon_id": found.id, "source": wish.asking.source, "order_ref": wish.order_ref}
    number = int(connection.execute(_INSERT, its | row).scalar_one())
    failpoint.pass_by("redeem.after_row")
    return number


def _refused(refused: Refused, found: Coupon | None, wish: Wish) -> _Answered:
    return _Answered(refused, wish.asking.event(wish.action, refused.reason, found.id if found else None, wish.order_ref))
