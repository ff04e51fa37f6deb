"""On which day is a step due, for each kind of campaign?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from campaigns.campaign import Limits, Step
from campaigns.day import Day
from campaigns.kinds import AbandonedCart, Audience, CampaignKind, CouponExpiry, NoPurchase, Reorder, Segment, Winback
from campaigns.verdict import Outcome, Reason, Verdict
from tests.campaigns.people import BERLIN, CAMPAIGNS, DAY, NOW, campaign, days_ago, verdict_on

INSTANT = timedelta(microseconds=1)


def midnight(days: int) -> datetime:
    """When the day so many days ago began by the shop's clock, in summer or winter."""
    return datetime(2026, 11, 22, tzinfo=BERLIN) - timedelta(days=days)


def today_is(day: Day, days_later: int) -> Day:
    return replace(day, now=day.now + timedelta(days=days_later))


@pytest.mark.parametrize(
    ("kind", "audience", "first_due_after"),
    [
        (CampaignKind.NO_PURCHASE, NoPurchase(), 14),
        (CampaignKind.ABANDONED_CART, AbandonedCart(), 14),
        (CampaignKind.REORDER, Reorder(), 14),
        (CampaignKind.SEGMENT, Segment(), 14),
        (CampaignKind.WINBACK, Winback(inactive_days=180), 194),
    ],
)
def test_the_first_step_waits_for_its_delay_by_midnights(kind: CampaignKind, audience: Audience, first_due_after: int) -> None:
    running = campaign(audience, Step("first", 14))
    due = midnight(first_due_after - 1)  # what happened before this moment is so many midnights ago
    assert verdict_on(kind, running, trigger_at=due).reason is Reason.NOT_DUE
    assert verdict_on(kind, running, trigger_at=due - INSTANT).label == "selected"


@pytest.mark.parametrize(
    ("kind", "oldest"),
    [(CampaignKind.NO_PURCHASE, 1095), (CampaignKind.WINBACK, 1095), (CampaignKind.REORDER, 90), (CampaignKind.SEGMENT, 1095)],
)
def test_how_old_the_beginning_may_be(kind: CampaignKind, oldest: int) -> None:
    dawn = midnight(oldest)
    assert verdict_on(kind, trigger_at=dawn).label == "selected"
    assert verdict_on(kind, trigger_at=dawn - INSTANT).reason is Reason.TOO_OLD


@pytest.mark.parametrize("kind", [kind for kind in CampaignKind if kind is not CampaignKind.COUPON_EXPIRY])
def test_a_shops_clock_may_run_ahead_of_ours(kind: CampaignKind) -> None:
    waiting = replace(CAMPAIGNS[kind], steps=(Step("first", 1),))
    assert verdict_on(kind, waiting, trigger_at=NOW + timedelta(days=2)).reason is Reason.NOT_DUE


def test_a_cart_is_left_alone_for_two_hours_even_over_midnight() -> None:
    soon = campaign(AbandonedCart(), Step("first", 1), Step("second", 7))
    after_midnight = Day(midnight(0) + timedelta(hours=1), BERLIN, 5)
    touched = midnight(0) - timedelta(hours=1)
    assert verdict_on(CampaignKind.ABANDONED_CART, soon, after_midnight, trigger_at=touched + INSTANT).reason is Reason.NOT_DUE
    assert verdict_on(CampaignKind.ABANDONED_CART, soon, after_midnight, trigger_at=touched).label == "selected"


def test_nobody_is_reminded_a_second_time_while_filling_the_cart() -> None:
    written: dict[str, Any] = {"last_step": 1, "last_step_at": days_ago(60), "last_letter_at": days_ago(60)}
    assert verdict_on(CampaignKind.ABANDONED_CART, trigger_at=NOW - timedelta(minutes=119), **written).reason is Reason.NOT_DUE
    assert verdict_on(CampaignKind.ABANDONED_CART, trigger_at=NOW - timedelta(hours=2), **written) == Verdict(Outcome.SELECTED, step=2)


@pytest.mark.parametrize(
    ("days_left", "label"),
    [(29, "not_due"), (28, "selected"), (20, "selected"), (10, "selected"), (9, "too_old"), (0, "too_old"), (-3, "too_old")],
)
def test_a_coupon_is_reminded_of_early_enough_and_not_too_early(days_left: int, label: str) -> None:
    """28 days before it ends; it arrives in 5 days and must be good for 5 more."""
    assert verdict_on(CampaignKind.COUPON_EXPIRY, ends_on=DAY.today + timedelta(days=days_left)).label == label


def test_a_coupon_without_an_end_is_not_reminded_of() -> None:
    assert verdict_on(CampaignKind.COUPON_EXPIRY, ends_on=None).reason is Reason.TOO_OLD


def test_the_post_counts_for_a_coupon() -> None:
    ends_on = DAY.today + timedelta(days=12)
    assert verdict_on(CampaignKind.COUPON_EXPIRY, day=replace(DAY, delivery_days=7), ends_on=ends_on).label == "selected"
    assert verdict_on(CampaignKind.COUPON_EXPIRY, day=replace(DAY, delivery_days=8), ends_on=ends_on).reason is Reason.TOO_OLD


def test_the_first_step_of_a_reminder_may_wait_within_its_time() -> None:
    later = campaign(CouponExpiry(), Step("first", 8))
    assert verdict_on(CampaignKind.COUPON_EXPIRY, later, ends_on=DAY.today + timedelta(days=21)).reason is Reason.NOT_DUE
    assert verdict_on(CampaignKind.COUPON_EXPIRY, later, ends_on=DAY.today + timedelta(days=20)).label == "selected"


@pytest.mark.parametrize("kind", CampaignKind)
def test_the_next_step_counts_from_the_hand_over_of_the_one_before(kind: CampaignKind) -> None:
    running = replace(CAMPAIGNS[kind], limits=Limits(holdout_percent=0, cooldown_days=0))
    dawn = midnight(6)
    assert verdict_on(kind, running, last_step=1, last_step_at=None).reason is Reason.NOT_DUE, "still on its way to the print shop"
    assert verdict_on(kind, running, last_step=1, last_step_at=dawn).reason is Reason.NOT_DUE
    assert verdict_on(kind, running, last_step=1, last_step_at=dawn - INSTANT) == Verdict(Outcome.SELECTED, step=2)
    assert verdict_on(kind, running, last_step=2, last_step_at=dawn - INSTANT) == Verdict(Outcome.SELECTED, step=3)


@pytest.mark.parametrize("kind", CampaignKind)
def test_a_sequence_that_was_shortened_is_done_and_one_that_was_lengthened_goes_on(kind: CampaignKind) -> None:
    running = CAMPAIGNS[kind]
    behind: dict[str, Any] = {"last_step": 3, "last_step_at": days_ago(99), "last_letter_at": days_ago(99)}
    assert verdict_on(kind, replace(running, steps=running.steps[:1]), **behind).reason is Reason.SEQUENCE_DONE
    assert verdict_on(kind, replace(running, steps=(*running.steps, Step("fourth", 2))), **behind) == Verdict(Outcome.SELECTED, step=4)


@pytest.mark.parametrize("kind", [CampaignKind.WINBACK, CampaignKind.SEGMENT])
def test_a_loop_repeats_the_last_step_and_counts_on(kind: CampaignKind) -> None:
    running = campaign(Winback(loop_days=90) if kind is CampaignKind.WINBACK else Segment(loop_days=90), Step("first"), Step("second", 7))
    for step in (2, 3, 17):
        assert verdict_on(kind, running, last_step=step, last_step_at=days_ago(89)).reason is Reason.NOT_DUE
        assert verdict_on(kind, running, last_step=step, last_step_at=None).reason is Reason.NOT_DUE
        assert verdict_on(kind, running, last_step=step, last_step_at=days_ago(90)) == Verdict(Outcome.SELECTED, step=step + 1)
    assert verdict_on(kind, running, last_step=1, last_step_at=days_ago(45)).step == 2, "the loop begins after the last step"
    assert [running.step(number).layout for number in (1, 2, 3, 99)] == ["first", "second", "second", "second"]


@pytest.mark.parametrize(("last_letter_at", "label"), [(midnight(44), "cooldown"), (midnight(44) - INSTANT, "selected")])
@pytest.mark.parametrize("kind", CampaignKind)
def test_the_cooldown_ends_at_a_midnight(kind: CampaignKind, last_letter_at: datetime, label: str) -> None:
    assert verdict_on(kind, last_letter_at=last_letter_at).label == label


@pytest.mark.parametrize(
    ("facts", "label"),
    [
        pytest.param({"last_letter_at": NOW + timedelta(minutes=1)}, "cooldown", id="a letter of a clock that runs ahead"),
        pytest.param({"last_letter_at": NOW + timedelta(days=2)}, "cooldown", id="a letter of tomorrow"),
        pytest.param({"letters_in_cap": 2}, "selected", id="room for one more"),
        pytest.param({"letters_in_cap": 9}, "frequency_cap", id="far above the cap"),
    ],
)
@pytest.mark.parametrize("kind", CampaignKind)
def test_the_edges_of_the_limits(kind: CampaignKind, facts: dict[str, Any], label: str) -> None:
    assert verdict_on(kind, **facts).label == label


@pytest.mark.parametrize("kind", CampaignKind)
def test_without_a_cooldown_nobody_gets_two_letters_a_day(kind: CampaignKind) -> None:
    running = replace(CAMPAIGNS[kind], limits=Limits(holdout_percent=0, cooldown_days=0))
    assert verdict_on(kind, running, last_letter_at=midnight(0)).reason is Reason.COOLDOWN
    assert verdict_on(kind, running, last_letter_at=midnight(0) - INSTANT).label == "selected"
    assert verdict_on(kind, running, other_campaign="other", last_letter_at=days_ago(3)).reason is Reason.IN_OTHER_CAMPAIGN, "on its way to the print shop"


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"])
def test_a_run_at_six_finds_a_person_due_on_the_same_day_in_summer_and_winter(zone: str) -> None:
    """In hours, a weekly step would come an hour early after the clock is put forward, and slip by a day."""
    place = ZoneInfo(zone)
    running = campaign(Segment(), Step("first"), Step("second", 7), cooldown_days=0)
    for start in range(365):
        sent = datetime(2026, 1, 1, 6, tzinfo=place) + timedelta(days=start)
        early, due = (Day((sent + timedelta(days=later)).astimezone(UTC), place, 5) for later in (6, 7))
        facts: dict[str, Any] = {"trigger_at": days_ago(500), "last_step": 1, "last_step_at": sent.astimezone(UTC)}
        assert verdict_on(CampaignKind.SEGMENT, running, early, **facts).reason is Reason.NOT_DUE
        assert verdict_on(CampaignKind.SEGMENT, running, due, **facts).step == 2


def test_a_week_without_a_run_skips_no_step() -> None:
    running = campaign(Reorder(), Step("first", 1), Step("second", 7), cooldown_days=0)
    late = today_is(DAY, 30)
    facts: dict[str, Any] = {"trigger_at": days_ago(8), "last_step": 1, "last_step_at": days_ago(7)}
    assert verdict_on(CampaignKind.REORDER, running, late, **facts) == verdict_on(CampaignKind.REORDER, running, **facts) == Verdict(Outcome.SELECTED, step=2)
