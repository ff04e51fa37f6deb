"""What becomes of one person over the days, told by plain bookkeeping instead of a database (the kinds as product.md 3.2 means them)?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from campaigns.address import AddressState
from campaigns.audience import decide
from campaigns.campaign import Campaign
from campaigns.cart import CART_LIFE
from campaigns.day import Day
from campaigns.facts import Facts
from campaigns.kinds import AbandonedCart, CouponExpiry, NoPurchase, Reorder, Segment, Winback
from campaigns.verdict import Outcome
from tests.campaigns.people import BERLIN
from tests.conftest import SECRET

START = datetime(2025, 12, 1, 5, tzinfo=UTC)
COMPLETED_AFTER = timedelta(days=3)
"""An order is open until it is sent."""
REJECTED = -1


@dataclass
class Move:
    """A letter, or that the person was held out of one."""

    campaign: str
    trigger: str
    began_at: datetime
    """What the sequence began with: letters made after it are the sequence."""
    step: int
    made_at: datetime
    lag: int
    """Days from the selection to the hand-over, or REJECTED."""
    done_at: datetime | None = None
    held_out: bool = False

    @property
    def sent_at(self) -> datetime:
        """As the cooldown counts it."""
        return self.done_at or self.made_at


@dataclass
class Person:
    """A history, and what our campaigns made of it."""

    key: str = "p1"
    sales: Sequence[datetime] = ()
    carts: Sequence[tuple[datetime, ...]] = ()
    """When each was made and touched again."""
    coupons: Sequence[tuple[datetime, date]] = ()
    """When each was issued, and its last day."""
    objected_at: datetime | None = None
    moves: list[Move] = field(default_factory=list)

    @property
    def letters(self) -> list[Move]:
        """Those that were really made, in order."""
        return [move for move in self.moves if not move.held_out]


@dataclass(frozen=True)
class Beginning:
    """What makes somebody a candidate."""

    trigger: str
    trigger_at: datetime
    since: datetime
    """Letters made after this are the sequence."""
    bought: bool = False
    ends_on: date | None = None


EVER = datetime(1970, 1, 1, tzinfo=UTC)


def facts_of(person: Person, running: Campaign, day: Day) -> Facts | None:
    """What a query would find on that day; None for somebody who is not in the audience."""
    now = day.now
    sales = [at for at in person.sales if at <= now]
    began = _beginning(person, sales, running, day)
    if began is None:
        return None
    sequence = [move for move in person.moves if move.campaign == running.slug and _belongs(move, began, running)]
    newest = max(sequence, key=lambda move: move.step, default=None)
    sent = [move.sent_at for move in person.moves if not move.held_out or move.campaign == running.slug]
    busy = [letter.campaign for letter in person.letters if letter.campaign != running.slug and (letter.done_at is None or day.days_since(letter.sent_at) == 0)]
    made = max((letter.made_at for letter in sequence), default=None)
    recurs = isinstance(running.audience, Segment) and running.loop_days is None
    return Facts(
        customer_id=1,
        person_key=person.key,
        country="DE",
        address_state=AddressState.OK,
        address_problem=None,
        objected=person.objected_at is not None and person.objected_at <= now,
        from_marketplace=False,
        trigger=began.trigger,
        trigger_at=began.trigger_at,
        open_cart=bool(_waiting(person, sales, now)),
        is_prospect=not _completed(sales, now),
        has_ordered=bool(sales),
        bought_since=began.bought or (recurs and made is not None and bool(sales) and sales[-1] > made),
        ends_on=began.ends_on,
        last_step=newest.step if newest else 0,
        last_step_at=newest.done_at if newest else None,
        last_letter_at=max(sent, default=None),
        letters_in_cap=sum(day.days_since(at) < running.limits.cap_days for at in sent),
        other_campaign=busy[0] if busy else "",
    )


def _belongs(move: Move, began: Beginning, running: Campaign) -> bool:
    return move.trigger == began.trigger if isinstance(running.audience, CouponExpiry) else move.made_at > began.since


def _completed(sales: Sequence[datetime], now: datetime) -> list[datetime]:
    return [at for at in sales if at + COMPLETED_AFTER <= now]


def _waiting(person: Person, sales: Sequence[datetime], now: datetime) -> list[tuple[datetime, datetime]]:
    """Carts that pause other campaigns: when each was touched last, and when it was made."""
    touched = [(max(at for at in cart if at <= now), cart[0]) for cart in person.carts if cart[0] <= now]
    return [(last, made) for last, made in touched if last > now - CART_LIFE and not any(at >= last for at in sales)]


def _beginning(person: Person, sales: Sequence[datetime], running: Campaign, day: Day) -> Beginning | None:
    completed = _completed(sales, day.now)
    match running.audience:
        case Winback(inactive_days=inactive):
            return Beginning(f"order-{sales[-1]}", sales[-1], sales[-1]) if sales and day.days_since(sales[-1]) >= inactive else None
        case NoPurchase():
            return None if completed else Beginning("account", START, EVER, bought=bool(sales))
        case AbandonedCart():
            waiting = max(_waiting(person, sales, day.now), default=None)
            if waiting is None:
                return None
            touched_at, made_at = waiting
            since = max([made_at, *sales[-1:]])  # a cart that is filled again after an order is a new one
            return Beginning(f"cart-{since}", touched_at, since)
        case Reorder(order_number=number):
            return Beginning(f"order-{completed[-1]}", completed[-1], completed[-1], sales[-1] > completed[-1]) if len(completed) >= number else None
        case Segment():
            return Beginning("segment", sales[-1] if sales else START, EVER)
        case CouponExpiry():
            good = [(ends_on, issued) for issued, ends_on in person.coupons if issued <= day.now and ends_on >= day.today]
            if not good:
                return None
            ends_on, issued = min(good)
            return Beginning(f"coupon-{issued}", issued, issued, any(at > issued for at in sales), ends_on)


def sequences(moves: Sequence[Move], running: Campaign) -> list[list[Move]]:
    """Moves of one campaign, parted by what each sequence began with."""
    found: dict[datetime | str, list[Move]] = {}
    for move in moves:
        if move.campaign == running.slug:
            found.setdefault(move.trigger if isinstance(running.audience, CouponExpiry) else move.began_at, []).append(move)
    return list(found.values())


def play(person: Person, campaigns: Sequence[Campaign], days: int, lags: Sequence[int] = (0,), seed: int = 0) -> None:
    """Let all campaigns run every morning, in another order each day; letters and holdouts are noted with the person.

    ``lags`` are days until each letter is handed over, one after the other; REJECTED takes it back after two days.
    """
    order = Random(seed)
    for number in range(days):
        day = Day(START + timedelta(days=number), BERLIN, 5)
        _hand_over(person, day)
        for running in order.sample(campaigns, len(campaigns)):
            facts = facts_of(person, running, day)
            verdict = decide(facts, running, day, SECRET) if facts else None
            if facts and verdict and verdict.step:
                lag = 0 if verdict.outcome is Outcome.HOLDOUT else lags[len(person.moves) % len(lags)]
                began = _beginning(person, [at for at in person.sales if at <= day.now], running, day)
                assert began
                move = Move(running.slug, facts.trigger, began.since, verdict.step, day.now, lag, held_out=verdict.outcome is Outcome.HOLDOUT)
                person.moves.append(move)
                _hand_over(person, day)


def _hand_over(person: Person, day: Day) -> None:
    for move in list(person.moves):
        waited = day.days_since(move.made_at)
        if move.done_at is None and move.lag == REJECTED and waited >= 2:
            person.moves.remove(move)
        elif move.done_at is None and 0 <= move.lag <= waited:
            move.done_at = day.now
