"""What can a year of runs do to one person, whatever this person buys, leaves in the cart or forbids?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.campaign import Campaign, Limits, Step
from campaigns.day import Day
from campaigns.kinds import AbandonedCart, CampaignKind, CouponExpiry, NoPurchase, Reorder, Segment, Who, Winback
from tests.campaigns.one_person import REJECTED, START, Move, Person, play, sequences
from tests.campaigns.people import BERLIN, campaign

DAYS = 300
STEPS = (Step("first", 1), Step("second", 9), Step("third", 20))
CAMPAIGNS = {
    "no_purchase": campaign(NoPurchase(), *STEPS),
    "abandoned_cart": campaign(AbandonedCart(only_with_earlier_order=False), *STEPS),
    "winback": campaign(Winback(inactive_days=40), *STEPS),
    "winback_loop": campaign(Winback(inactive_days=40, loop_days=25), *STEPS),
    "reorder": campaign(Reorder(), *STEPS),
    "segment": campaign(Segment(who=Who.ALL), *STEPS),
    "segment_loop": campaign(Segment(who=Who.ALL, loop_days=25), *STEPS),
    "coupon_expiry": campaign(CouponExpiry(days_before=60), *STEPS),
}
ALL = [replace(running, slug=name.replace("_", "-")) for name, running in CAMPAIGNS.items()]


def moments(least: int = -250) -> st.SearchStrategy[datetime]:
    """Any hour from long before the first run to the last."""
    return st.integers(least * 24, DAYS * 24).map(lambda hours: START + timedelta(hours=hours))


CARTS = st.lists(moments(), min_size=1, max_size=3).map(sorted).map(tuple)
COUPONS = moments(-60).flatmap(lambda at: st.tuples(st.just(at), st.integers(1, 120).map(lambda days: at.date() + timedelta(days=days))))
HISTORIES = st.builds(
    Person,
    sales=st.lists(moments(), max_size=4, unique=True).map(sorted),
    carts=st.lists(CARTS, max_size=3),
    coupons=st.lists(COUPONS, max_size=3, unique_by=lambda coupon: coupon[0]),
    objected_at=st.none() | moments(-10),
)
LAGS = st.lists(st.sampled_from([0, 0, 1, 3, 12, REJECTED]), min_size=1, max_size=4).filter(lambda lags: lags[0] != REJECTED)
LIMITS = st.builds(Limits, st.just(0), st.sampled_from([0, 5, 30]), st.sampled_from([2, 99]), st.sampled_from([0, 60]))


def days_between(earlier: datetime, later: datetime) -> int:
    return Day(later, BERLIN, 5).days_since(earlier)


def delay_of(running: Campaign, step: int) -> int:
    """Days before a step after the first one."""
    return running.loop_days or 0 if step > len(running.steps) else running.steps[step - 1].delay_days


def check_limits(person: Person, limits: Limits) -> None:
    letters = person.letters
    for one, other in pairwise(letters):
        sent = one.sent_at if one.sent_at <= other.made_at else one.made_at
        assert days_between(sent, other.made_at) >= max(limits.cooldown_days, 1), "two letters within the cooldown"
    for letter in letters:
        before = [each.sent_at if each.sent_at <= letter.made_at else each.made_at for each in letters if each.made_at < letter.made_at]
        assert sum(days_between(at, letter.made_at) < limits.cap_days for at in before) < limits.cap_letters, "more letters than the cap allows"
        assert person.objected_at is None or letter.made_at < person.objected_at, "a letter after an objection"


def check_order(sequence: Sequence[Move], running: Campaign, person: Person) -> None:
    steps = [move.step for move in sequence]
    assert running.loop_days or max(steps) <= len(running.steps)
    if isinstance(running.audience, AbandonedCart) and len(person.carts) > 1:  # the letters of one cart count for another that is as old
        assert len(set(steps)) == len(steps)
        return
    assert steps == list(range(1, len(sequence) + 1)), "back, or over a step"
    for one, other in pairwise(sequence):
        assert one.done_at, "the step before was still on its way"
        assert days_between(one.done_at, other.made_at) >= delay_of(running, other.step), "a step before its delay"


def check_stopped(sequence: Sequence[Move], running: Campaign, person: Person) -> None:
    """Nothing is written any more after what ends a sequence."""
    recurs = isinstance(running.audience, Segment) and running.loop_days
    for one, other in pairwise(sequence):
        assert recurs or not any(one.made_at < at <= other.made_at for at in person.sales), "a step although the person has bought"
    match running.audience:
        case NoPurchase():
            assert not any(at <= letter.made_at for at in person.sales for letter in sequence)
        case Winback(inactive_days=inactive):
            assert all(days_between(max(at for at in person.sales if at <= letter.made_at), letter.made_at) > inactive for letter in sequence)
        case Reorder() | CouponExpiry():
            issued = {f"coupon-{at}": at for at, _ in person.coupons}
            began = [issued.get(letter.trigger, letter.began_at) for letter in sequence]
            assert not any(start < at <= letter.made_at for start, letter in zip(began, sequence, strict=True) for at in person.sales)
        case AbandonedCart():
            assert all(letter.began_at >= max((at for at in person.sales if at <= letter.made_at), default=letter.began_at) for letter in sequence)
        case Segment():
            pass


@pytest.mark.parametrize("name", CAMPAIGNS)
@given(HISTORIES, LAGS, LIMITS)
@settings(max_examples=100)
def test_a_sequence_keeps_its_order_and_its_limits_whatever_happens(name: str, person: Person, lags: list[int], limits: Limits) -> None:
    person, running = replace(person, moves=[]), replace(CAMPAIGNS[name], limits=limits)
    play(person, [running], DAYS, lags)
    check_limits(person, limits)
    for sequence in sequences(person.moves, running):
        check_order(sequence, running, person)
        check_stopped(sequence, running, person)


@given(HISTORIES, LAGS, LIMITS, st.integers())
@settings(max_examples=100)
def test_nobody_is_in_two_campaigns_on_a_day_whatever_their_order(person: Person, lags: list[int], limits: Limits, seed: int) -> None:
    person = replace(person, moves=[])
    play(person, [replace(running, limits=limits) for running in ALL], DAYS, lags, seed)
    check_limits(person, limits)
    days: dict[object, str] = {}
    for letter in person.letters:
        for moment in (letter.made_at, letter.done_at):
            if moment:
                assert days.setdefault(moment.date(), letter.campaign) == letter.campaign, "two campaigns on one day"
    for running in ALL:
        for sequence in sequences(person.moves, running):
            check_order(sequence, running, person)
            check_stopped(sequence, running, person)


@pytest.mark.parametrize("name", CAMPAIGNS)
@given(HISTORIES, LIMITS)
@settings(max_examples=30)
def test_the_held_out_go_through_a_campaign_on_the_very_days_of_the_mailed(name: str, history: Person, limits: Limits) -> None:
    """They differ in nothing but the draw, over all sequences, cooldown and cap (decision 0021)."""
    moves = []
    for percent in (0, 50):
        person = replace(history, key="p4", moves=[])  # somebody whom a half draws out
        play(person, [replace(CAMPAIGNS[name], limits=replace(limits, holdout_percent=percent))], DAYS)
        assert {move.held_out for move in person.moves} <= {percent == 50}
        moves.append([(move.trigger, move.step, move.made_at) for move in person.moves])
    assert moves[0] == moves[1]


def test_a_year_of_a_looping_win_back() -> None:
    """Delays from hand-over to selection: 40 + 1, then 9 and 20, then every 25 days."""
    person = Person(sales=[START])
    play(person, [replace(CAMPAIGNS["winback_loop"], limits=Limits(0, cooldown_days=0, cap_letters=99))], 130)
    assert [(move.step, days_between(START, move.made_at)) for move in person.moves] == [(1, 41), (2, 50), (3, 70), (4, 95), (5, 120)]


def test_a_purchase_ends_a_sequence_and_begins_the_next() -> None:
    person = Person(sales=[START, START + timedelta(days=55)])
    play(person, [replace(CAMPAIGNS["winback"], limits=Limits(0, cooldown_days=0, cap_letters=99))], 120)
    assert [(move.step, days_between(START, move.made_at)) for move in person.moves] == [(1, 41), (2, 50), (1, 96), (2, 105)]


def test_a_cart_that_is_touched_again_goes_on_and_a_new_one_begins_anew() -> None:
    touched, other = START + timedelta(days=6), START + timedelta(days=20)
    person = Person(carts=[(START - timedelta(hours=3), touched), (other, other)])
    play(person, [replace(CAMPAIGNS["abandoned_cart"], limits=Limits(0, cooldown_days=0, cap_letters=99))], 40)
    assert [(move.step, days_between(START, move.made_at)) for move in person.moves] == [(1, 1), (2, 10), (1, 21), (2, 30)]


@pytest.mark.parametrize("kind", CampaignKind)
def test_the_model_tries_every_kind(kind: CampaignKind) -> None:
    assert kind in {running.kind for running in ALL}
