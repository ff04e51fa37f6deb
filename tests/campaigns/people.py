"""Who is due in a campaign of each kind, and what keeps such a person out?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from campaigns.address import AddressProblem, AddressState
from campaigns.audience import decide
from campaigns.campaign import Campaign, Limits, Step
from campaigns.day import Day
from campaigns.facts import Facts
from campaigns.kinds import AbandonedCart, Audience, CampaignKind, CouponExpiry, NoPurchase, Reorder, Segment, Winback
from campaigns.verdict import Reason, Verdict
from tests.conftest import SECRET

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
DAY = Day(NOW, BERLIN, delivery_days=5)


def days_ago(days: float) -> datetime:
    """By the clock; noon of that day but for summer time."""
    return NOW - timedelta(days=days)


def campaign(audience: Audience, *steps: Step, **limits: Any) -> Campaign:
    """A campaign of three steps without a holdout, if nothing else is said."""
    first = 1 if isinstance(audience, NoPurchase | AbandonedCart | Reorder) else 0
    usual = (Step("first", first), Step("second", 7), Step("third", 7))
    return Campaign("tea", "Tea", "https://shop.example", steps or usual, audience, Limits(**{"holdout_percent": 0} | limits))


CAMPAIGNS: dict[CampaignKind, Campaign] = {
    each.kind: campaign(each) for each in (NoPurchase(), AbandonedCart(), Winback(), Reorder(), Segment(only_with_empty_cart=True), CouponExpiry())
}
_ANYBODY = Facts(
    customer_id=1,
    person_key="p1",
    country="DE",
    address_state=AddressState.OK,
    address_problem=None,
    objected=False,
    from_marketplace=False,
    trigger="order-1",
    trigger_at=days_ago(20),
    open_cart=False,
)
DUE: dict[CampaignKind, Facts] = {
    CampaignKind.NO_PURCHASE: replace(_ANYBODY, trigger="account", is_prospect=True, has_ordered=False),
    CampaignKind.ABANDONED_CART: replace(_ANYBODY, trigger="cart-1", open_cart=True),
    CampaignKind.WINBACK: replace(_ANYBODY, trigger_at=days_ago(200)),
    CampaignKind.REORDER: _ANYBODY,
    CampaignKind.SEGMENT: replace(_ANYBODY, trigger="segment"),
    CampaignKind.COUPON_EXPIRY: replace(_ANYBODY, trigger="coupon-1", ends_on=DAY.today + timedelta(days=20)),
}


def verdict_on(kind: CampaignKind, /, running: Campaign | None = None, day: Day = DAY, **facts: Any) -> Verdict:
    """The verdict on somebody who is due but for these facts."""
    return decide(replace(DUE[kind], **facts), running or CAMPAIGNS[kind], day, SECRET)


Ladder = list[tuple[Reason, dict[str, Any]]]

_PERSON: Ladder = [
    (Reason.DECEASED, {"address_state": AddressState.DECEASED}),
    (Reason.OBJECTION, {"objected": True}),
    (Reason.ROBINSON, {"on_robinson_list": True, "is_prospect": True}),
    (Reason.UNDELIVERABLE, {"address_state": AddressState.UNDELIVERABLE}),
    (Reason.MOVED, {"address_state": AddressState.MOVED}),
    (Reason.MARKETPLACE_ORDER, {"from_marketplace": True}),
    (Reason.ABROAD, {"country": "US"}),
    (Reason.ADDRESS_INCOMPLETE, {"address_problem": AddressProblem.NO_STREET}),
    (Reason.ADDRESS_INVALID, {"address_problem": AddressProblem.BAD_POSTCODE}),
]
_SEQUENCE: Ladder = [
    (Reason.SEQUENCE_DONE, {"last_step": 3, "last_step_at": days_ago(100)}),
    (Reason.CONVERTED, {"bought_since": True}),
    (Reason.NOT_DUE, {"last_step": 1, "last_step_at": days_ago(6)}),
    (Reason.IN_OTHER_CAMPAIGN, {"other_campaign": "winback"}),
    (Reason.COOLDOWN, {"last_letter_at": days_ago(44)}),
    (Reason.FREQUENCY_CAP, {"letters_in_cap": 3}),
]
_CART: tuple[Reason, dict[str, Any]] = (Reason.OPEN_CART, {"open_cart": True})


def _too_old(days: int) -> tuple[Reason, dict[str, Any]]:
    return Reason.TOO_OLD, {"trigger_at": days_ago(days)}


LADDERS: dict[CampaignKind, Ladder] = {
    CampaignKind.NO_PURCHASE: [*_PERSON, _too_old(1096), _CART, *_SEQUENCE],
    CampaignKind.ABANDONED_CART: [*_PERSON, (Reason.NO_EARLIER_ORDER, {"has_ordered": False}), *_SEQUENCE],
    CampaignKind.WINBACK: [*_PERSON, _too_old(1096), _CART, *_SEQUENCE],
    CampaignKind.REORDER: [*_PERSON, _too_old(91), _CART, *_SEQUENCE],
    CampaignKind.SEGMENT: [*_PERSON, _too_old(1096), _CART, *_SEQUENCE],
    CampaignKind.COUPON_EXPIRY: [*_PERSON, (Reason.TOO_OLD, {"ends_on": DAY.today + timedelta(days=9)}), *_SEQUENCE],
}
"""For each kind: every reason that ``decide`` can give, in the order in which it counts, and what brings it about."""

MOMENTS: st.SearchStrategy[datetime] = st.integers(-5, 1200).map(days_ago)
_FACTS: Callable[..., st.SearchStrategy[Facts]] = st.builds
FACTS = _FACTS(
    Facts,
    customer_id=st.integers(1, 10**9),
    person_key=st.text(min_size=1, max_size=24),
    country=st.sampled_from(["DE", "AT", "US", ""]),
    address_state=st.sampled_from([AddressState.OK] * 5 + list(AddressState)),
    address_problem=st.sampled_from([None] * 8 + list(AddressProblem)),
    objected=st.sampled_from([False, False, False, True]),
    from_marketplace=st.sampled_from([False, False, False, True]),
    trigger=st.just("order-1"),
    trigger_at=MOMENTS,
    open_cart=st.booleans(),
    is_prospect=st.booleans(),
    on_robinson_list=st.sampled_from([False, False, True]),
    has_ordered=st.booleans(),
    bought_since=st.booleans(),
    ends_on=st.none() | st.integers(-5, 60).map(lambda days: DAY.today + timedelta(days=days)),
    last_step=st.integers(0, 5),
    last_step_at=st.none() | MOMENTS,
    last_letter_at=st.none() | MOMENTS,
    letters_in_cap=st.integers(0, 5),
    other_campaign=st.sampled_from(["", "", "", "other"]),
)
"""Any facts at all, also such as no query would find together."""
