"""Which campaigns can work, and in which words is every other one refused?"""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from campaigns.campaign import MOST_DAYS, Campaign, Limits, Step
from campaigns.errors import InvalidCampaign
from campaigns.kinds import (
    AUDIENCES,
    MOST,
    AbandonedCart,
    Audience,
    CampaignKind,
    CouponExpiry,
    NoPurchase,
    Product,
    ProductField,
    Reorder,
    Segment,
    Who,
    Winback,
)
from tests.campaigns.people import CAMPAIGNS, campaign

GOOD = Campaign("winback-autumn", "Win-back", "https://shop.example/hello", (Step("winback"), Step("winback", 30, "ten-percent")))
LATE = date(2026, 12, 24)


def limited(**limits: Any) -> Callable[[], Campaign]:
    return lambda: replace(GOOD, limits=Limits(**limits))


def changed(**changes: Any) -> Callable[[], Campaign]:
    return lambda: replace(GOOD, **changes)


def about(audience: Audience, *steps: Step) -> Callable[[], Campaign]:
    return lambda: campaign(audience, *steps)


def segment(**filters: Any) -> Callable[[], Campaign]:
    return lambda: campaign(Segment(**filters), Step("offer"))


NEGATIVE = "no number of the segment can be negative"
NOBODY_LEFT = "who have no completed order, and asks for orders: nobody is left"
REFUSED: list[tuple[Callable[[], Campaign], str]] = [
    (changed(slug="Winback"), "the slug may hold a-z, 0-9 and single hyphens only"),
    (changed(slug=""), "the slug may hold"),
    (changed(slug="a--b"), "the slug may hold"),
    (changed(slug="../etc"), "the slug may hold"),
    (changed(slug="a\n"), "the slug may hold"),
    (changed(name=" "), "give it a name"),
    (changed(landing_url="shop.example"), "must start with https:// and name a host"),
    (changed(landing_url="https://"), "must start with https:// and name a host"),
    (changed(landing_url="https:///path"), "must start with https:// and name a host"),
    (changed(landing_url="https://?code=1"), "must start with https:// and name a host"),
    (changed(landing_url="https://shop.example\r\nSet-Cookie: a=b"), "must start with https:// and name a host"),
    (changed(landing_url="javascript:alert(1)//https://x"), "must start with https:// and name a host"),
    # steps
    (changed(steps=()), "at least one step"),
    (changed(steps=(Step(""),)), "every step needs a layout"),
    (changed(steps=(Step("a", -1),)), "a delay cannot be negative"),
    (changed(steps=(Step("a"), Step("b"))), "every step after the first needs a delay of 1 day or more"),
    (about(NoPurchase(), Step("a", 0)), "the first step of a no_purchase campaign needs a delay of 1 day or more"),
    (about(AbandonedCart(), Step("a", 0)), "the first step of an abandoned_cart campaign needs a delay of 1 day or more"),
    (about(Reorder(), Step("a", 0)), "the first step of a reorder campaign needs a delay of 1 day or more"),
    (changed(steps=(Step("a", test_layout="b", test_percent=0),)), "between 1 and 99 percent"),
    (changed(steps=(Step("a", test_layout="b", test_percent=100),)), "between 1 and 99 percent"),
    (changed(steps=(Step("a", test_layout="a"),)), "a layout cannot be tested against itself"),
    (about(CouponExpiry(), Step("a", 0, "ten-percent")), "a reminder prints the coupon that the person has already"),
    (about(CouponExpiry(), Step("a"), Step("b", 7, "ten-percent")), "a reminder prints the coupon that the person has already"),
    # limits
    (limited(holdout_percent=51), "between 0 and 50 percent"),
    (limited(holdout_percent=-1), "between 0 and 50 percent"),
    (limited(cooldown_days=-1), "cooldown and cap cannot be negative"),
    (limited(cap_days=-1), "cooldown and cap cannot be negative"),
    (limited(cap_letters=0), "the cap is at least 1 letter"),
    (limited(max_letters_per_run=0), "max_letters_per_run must be 1 or more"),
    (limited(max_letters=0), "max_letters must be 1 or more"),
    (limited(budget_per_run_cents=0), "budget_per_run_cents must be 1 or more"),
    (limited(budget_cents=-5), "budget_cents must be 1 or more"),
    (limited(minimum_letters=0), "minimum_letters must be 1 or more"),
    (limited(minimum_letters=11, max_letters_per_run=10), "it would wait for ever"),
    (limited(minimum_letters=11, max_letters_per_run=20, max_letters=10), "it would wait for ever"),
    (limited(earliest=LATE, latest=date(2026, 12, 23)), "it cannot begin on 2026-12-24 and end on 2026-12-23"),
    (limited(priority=0), "between 1 .goes first. and 9"),
    (limited(priority=10), "between 1 .goes first. and 9"),
    (limited(countries=("DE", "Austria", "XX")), "unknown country Austria, XX"),
    # days
    (limited(cooldown_days=MOST_DAYS + 1), f"no number of days can be above {MOST_DAYS}"),
    (limited(cap_days=MOST_DAYS + 1), "no number of days"),
    (changed(steps=(Step("a", 10**12),)), "no number of days"),
    (about(NoPurchase(max_account_days=10**12)), "no number of days"),
    (about(Winback(max_inactive_days=MOST_DAYS + 1)), "no number of days"),
    (about(Reorder(max_order_days=10**12)), "no number of days"),
    (about(Segment(last_order_max_days=10**12)), "no number of days"),
    (about(CouponExpiry(days_before=10**12)), "no number of days"),
    # kinds
    (about(NoPurchase(max_account_days=0)), "max_account_days must be 1 or more"),
    (about(Winback(inactive_days=0)), "inactive_days must be 1 or more"),
    (about(Winback(inactive_days=30, max_inactive_days=30)), "max_inactive_days must be above inactive_days"),
    (about(Winback(loop_days=0)), "loop_days must be 1 or more, or left out"),
    (about(Reorder(order_number=0)), "order_number must be 1 or more"),
    (about(Reorder(max_order_days=0)), "max_order_days must be 1 or more"),
    (about(CouponExpiry(days_before=0)), "days_before must be 1 or more"),
    (about(CouponExpiry(least_days_left=0)), "least_days_left must be 1 or more"),
    (about(CouponExpiry(days_before=5, least_days_left=6), Step("a")), "the reminder would always come too late"),
    (segment(countries=("DE", "Austria")), "unknown country Austria in the segment"),
    (segment(currency="euro"), "'euro' is no currency"),
    (segment(orders_min=-1), NEGATIVE),
    (segment(orders_max=-1), NEGATIVE),
    (segment(total_min_cents=-1), NEGATIVE),
    (segment(average_max_cents=-1), NEGATIVE),
    (segment(last_order_min_days=-1), NEGATIVE),
    (segment(last_order_max_days=-1), NEGATIVE),
    (segment(orders_min=3, orders_max=2), "number of orders cannot be at least 3 and at the most 2"),
    (segment(total_min_cents=3, total_max_cents=2), "total cannot be at least 0.03 and at the most 0.02"),
    (segment(average_min_cents=3, average_max_cents=2), "average cannot be at least 0.03 and at the most 0.02"),
    (segment(last_order_min_days=3, last_order_max_days=2), "days since the last order cannot be at least 3 and at the most 2"),
    (segment(first_order_from=LATE, first_order_until=date(2026, 12, 23)), "first order cannot be from 2026-12-24 on and until 2026-12-23"),
    (segment(first_order_until=date(9999, 12, 31)), "first_order_until is 9999-12-31, but must be between 1970-01-01 and 2200-01-01"),
    (segment(first_order_until=date(2200, 1, 2)), "first_order_until is 2200-01-02"),
    (segment(first_order_from=date(1, 1, 1)), "first_order_from is 0001-01-01, but must be between"),
    (segment(first_order_from=date(1969, 12, 31)), "first_order_from is 1969-12-31"),
    (segment(total_min_cents=MOST + 1), f"no number of the segment can be above {MOST}"),
    (segment(orders_max=2**63), "no number of the segment can be above"),
    (about(Reorder(order_number=2**63)), f"order_number must be 1 or more, and {MOST} at the most"),
    (limited(max_letters_per_run=MOST + 1), f"max_letters_per_run cannot be above {MOST}"),
    (limited(earliest=date(2200, 1, 2)), "it cannot begin on 2200-01-02: 2200-01-01 is the last day for that"),
    (segment(last_order_min_days=1096), "longer ago than max_inactive_days allows: nobody is left"),
    (segment(who=Who.PROSPECTS, orders_min=1), NOBODY_LEFT),
    (segment(who=Who.PROSPECTS, total_min_cents=1), NOBODY_LEFT),
    (segment(who=Who.PROSPECTS, first_order_until=LATE), NOBODY_LEFT),
    (segment(who=Who.PROSPECTS, last_order_min_days=1), NOBODY_LEFT),
    (segment(who=Who.PROSPECTS, bought=(Product(ProductField.SKU, "T1"),)), NOBODY_LEFT),
    (segment(bought=(Product(ProductField.SKU, " * "),)), "a product of the segment has no text"),
    (segment(not_bought=(Product(ProductField.TITLE, ""),)), "a product of the segment has no text"),
    (segment(max_inactive_days=0), "max_inactive_days must be 1 or more"),
    (segment(loop_days=0), "loop_days must be 1 or more, or left out"),
]


@pytest.mark.parametrize(("change", "message"), REFUSED, ids=[f"{number}: {message}" for number, (_, message) in enumerate(REFUSED)])
def test_what_cannot_work_is_refused_with_the_reason(change: Callable[[], Campaign], message: str) -> None:
    with pytest.raises(InvalidCampaign, match=message) as raised:
        change()
    assert str(raised.value).startswith("Campaign '")


@pytest.mark.parametrize(
    ("audience", "days"),
    [
        (NoPurchase(max_account_days=60), 60),
        (AbandonedCart(), 90),
        (Winback(180, 240), 60),
        (Reorder(max_order_days=60), 60),
        (Segment(max_inactive_days=60), 60),
        (Segment(last_order_max_days=60), 60),
        (CouponExpiry(days_before=30, least_days_left=5), 25),
    ],
    ids=lambda value: str(getattr(value, "kind", value)),
)
def test_a_step_that_nobody_could_live_to_see_is_refused(audience: Audience, days: int) -> None:
    campaign(audience, Step("first", 1), Step("second", days - 1))
    with pytest.raises(InvalidCampaign, match=rf"the last step comes {days + 1} days after .* for {days} days only: nobody would get it"):
        campaign(audience, Step("first", 1), Step("second", days))


def test_a_loop_that_would_never_come_is_refused() -> None:
    campaign(Winback(180, 300, loop_days=90), Step("first"), Step("second", 30))
    with pytest.raises(InvalidCampaign, match="comes 121 days after the sequence may begin, but it ends after 120 days: it would never repeat"):
        campaign(Winback(180, 300, loop_days=91), Step("first"), Step("second", 30))
    campaign(Segment(max_inactive_days=30, loop_days=60), Step("offer"))  # whoever buys in between is written to again


def test_the_bounds_themselves_work() -> None:
    zero = limited(holdout_percent=0, cooldown_days=0, cap_days=0, cap_letters=1, countries=(), minimum_letters=1, max_letters_per_run=1, max_letters=1)()
    assert zero.limits.cap_days == 0
    limited(holdout_percent=50, budget_cents=1, budget_per_run_cents=1, earliest=LATE, latest=LATE, priority=9)()
    limited(cooldown_days=MOST_DAYS, priority=1)()
    changed(steps=(Step("a", 0, test_layout="b", test_percent=1), Step("a", 1, test_layout="b", test_percent=99)))()
    changed(landing_url="http://127.0.0.1:8080/{coupon_code}?a=b")()
    about(Winback(1, 2), Step("a"))()
    about(CouponExpiry(days_before=5, least_days_left=5), Step("a"))()
    segment(orders_min=0, orders_max=0, total_min_cents=0, last_order_min_days=0, last_order_max_days=0)()
    segment(who=Who.PROSPECTS, orders_max=0, not_bought=(Product(ProductField.SKU, "T*"),))()


@pytest.mark.parametrize("kind", CampaignKind)
def test_every_kind_has_an_audience_that_works_as_it_is(kind: CampaignKind) -> None:
    assert CAMPAIGNS[kind].kind is kind is AUDIENCES[kind].kind
    assert campaign(AUDIENCES[kind]()).audience == AUDIENCES[kind]()


@pytest.mark.parametrize(
    ("day", "runs"), [(date(2026, 11, 30), False), (date(2026, 12, 1), True), (date(2026, 12, 10), True), (LATE, True), (date(2026, 12, 25), False)]
)
def test_a_campaign_runs_from_its_first_day_to_its_last(day: date, runs: bool) -> None:
    season = limited(earliest=date(2026, 12, 1), latest=LATE)()
    assert season.runs_on(day) is runs
    assert replace(season, limits=Limits(earliest=date(2026, 12, 1))).runs_on(day) is (day >= date(2026, 12, 1))
    assert replace(season, limits=Limits(latest=LATE)).runs_on(day) is (day <= LATE)
    assert GOOD.runs_on(day)
    assert not replace(season, active=False).runs_on(day)


def test_a_tested_step_has_two_layouts() -> None:
    assert Step("a").layouts == ("a",)
    assert Step("a", test_layout="b").layouts == ("a", "b")


def test_only_winback_and_segment_can_loop() -> None:
    loops = {kind for kind, audience in AUDIENCES.items() if "loop_days" in {field.name for field in fields(audience)}}
    assert loops == {CampaignKind.WINBACK, CampaignKind.SEGMENT}
    assert [each.loop_days for each in CAMPAIGNS.values()] == [None] * 6
    assert campaign(Segment(loop_days=30)).loop_days == 30
