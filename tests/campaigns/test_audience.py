"""Who gets a letter, and which reason counts for somebody who does not: a ladder for each kind of campaign."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.address import AddressProblem, AddressState
from campaigns.audience import decide
from campaigns.campaign import Campaign, Limits
from campaigns.facts import Facts
from campaigns.kinds import AbandonedCart, CampaignKind, Winback
from campaigns.verdict import Outcome, Reason, Verdict
from tests.campaigns.people import CAMPAIGNS, DAY, FACTS, LADDERS, campaign, verdict_on
from tests.conftest import SECRET

RUNGS = [pytest.param(kind, at, id=f"{kind}-{reason}") for kind, ladder in LADDERS.items() for at, (reason, _) in enumerate(ladder)]
LATER = {
    Reason.HOUSEHOLD_DUPLICATE,
    Reason.UNPRINTABLE_TEXT,
    Reason.NO_COUPON_LEFT,
    Reason.BUDGET,
    Reason.BELOW_MINIMUM,
    Reason.DUPLICATE,
}
"""Reasons of the run and of the hand-over, which no facts of one person can tell."""


@pytest.mark.parametrize("kind", CampaignKind)
def test_nothing_against_it(kind: CampaignKind) -> None:
    assert verdict_on(kind) == Verdict(Outcome.SELECTED, step=1)


@pytest.mark.parametrize(("kind", "at"), RUNGS)
def test_one_reason_keeps_a_person_out(kind: CampaignKind, at: int) -> None:
    reason, facts = LADDERS[kind][at]
    found = verdict_on(kind, **facts)
    assert (found.outcome, found.reason, found.step, found.label) == (Outcome.EXCLUDED, reason, None, reason)


@pytest.mark.parametrize(("kind", "at"), RUNGS)
def test_the_first_reason_counts_whatever_else_is_wrong(kind: CampaignKind, at: int) -> None:
    everything: dict[str, Any] = {}
    for _, facts in reversed(LADDERS[kind][at:]):
        everything |= facts
    assert verdict_on(kind, **everything).reason is LADDERS[kind][at][0]


@pytest.mark.parametrize("kind", CampaignKind)
def test_the_reasons_stand_in_the_order_in_which_they_count(kind: CampaignKind) -> None:
    order = list(Reason)
    places = [order.index(reason) for reason, _ in LADDERS[kind]]
    assert places == sorted(places)


def test_every_reason_is_given_by_some_kind_or_later() -> None:
    given_ = {reason for ladder in LADDERS.values() for reason, _ in ladder}
    assert set(Reason) - given_ == LATER


@pytest.mark.parametrize(
    ("kind", "never"),
    [
        (CampaignKind.NO_PURCHASE, {Reason.NO_EARLIER_ORDER}),
        (CampaignKind.ABANDONED_CART, {Reason.TOO_OLD, Reason.OPEN_CART}),
        (CampaignKind.WINBACK, {Reason.NO_EARLIER_ORDER}),
        (CampaignKind.REORDER, {Reason.NO_EARLIER_ORDER}),
        (CampaignKind.SEGMENT, {Reason.NO_EARLIER_ORDER}),
        (CampaignKind.COUPON_EXPIRY, {Reason.NO_EARLIER_ORDER, Reason.OPEN_CART}),
    ],
)
def test_what_a_kind_can_never_give(kind: CampaignKind, never: set[Reason]) -> None:
    assert set(Reason) - {reason for reason, _ in LADDERS[kind]} - LATER == never


@given(st.sampled_from(CampaignKind), FACTS)
def test_no_facts_at_all_lead_to_another_reason_than_the_ladders(kind: CampaignKind, facts: Facts) -> None:
    reason = decide(facts, CAMPAIGNS[kind], DAY, SECRET).reason
    assert reason is None or reason in {rung for rung, _ in LADDERS[kind]}


@pytest.mark.parametrize("problem", AddressProblem)
def test_an_address_that_is_not_printed_says_what_is_wrong(problem: AddressProblem) -> None:
    found = verdict_on(CampaignKind.WINBACK, address_problem=problem)
    assert found.reason is (Reason.ADDRESS_INCOMPLETE if problem.is_gap else Reason.ADDRESS_INVALID)
    assert found.detail == problem


def test_the_other_campaign_is_named() -> None:
    assert verdict_on(CampaignKind.REORDER, other_campaign="winback-autumn").detail == "winback-autumn"


def test_a_detail_belongs_to_its_reason_only() -> None:
    assert verdict_on(CampaignKind.WINBACK, address_problem=AddressProblem.NO_TOWN, objected=True, other_campaign="other").detail == ""


@pytest.mark.parametrize("kind", CampaignKind)
def test_the_robinson_list_protects_prospects_only(kind: CampaignKind) -> None:
    assert verdict_on(kind, on_robinson_list=True, is_prospect=False).label == "selected"
    assert verdict_on(kind, on_robinson_list=True, is_prospect=True).reason is Reason.ROBINSON
    assert verdict_on(kind, is_prospect=True).label == "selected"


@pytest.mark.parametrize("kind", [kind for kind, ladder in LADDERS.items() if Reason.OPEN_CART in dict(ladder)])
def test_an_open_cart_pauses_only_where_the_campaign_says_so(kind: CampaignKind) -> None:
    running = CAMPAIGNS[kind]
    regardless = replace(running, audience=replace(running.audience, only_with_empty_cart=False))  # type: ignore[arg-type]
    assert verdict_on(kind, open_cart=True).reason is Reason.OPEN_CART
    assert verdict_on(kind, regardless, open_cart=True).label == "selected"


def test_an_open_cart_does_not_keep_a_reminder_of_a_coupon_back() -> None:
    assert verdict_on(CampaignKind.COUPON_EXPIRY, open_cart=True).label == "selected"


def test_prospects_are_reminded_of_carts_only_where_the_campaign_says_so() -> None:
    everybody = campaign(AbandonedCart(only_with_earlier_order=False))
    facts: dict[str, Any] = {"has_ordered": False, "is_prospect": True}
    assert verdict_on(CampaignKind.ABANDONED_CART, **facts).reason is Reason.NO_EARLIER_ORDER
    assert verdict_on(CampaignKind.ABANDONED_CART, everybody, **facts).label == "selected"


def test_a_pausing_cart_parts_all_prospects_between_two_campaigns() -> None:
    """product.md 3.2: *empty cart* on and *earlier order* off, without a gap and without an overlap."""
    carts = campaign(AbandonedCart(only_with_earlier_order=False))
    for open_cart in (True, False):
        in_carts = open_cart and verdict_on(CampaignKind.ABANDONED_CART, carts, has_ordered=False, is_prospect=True).outcome is Outcome.SELECTED
        in_accounts = verdict_on(CampaignKind.NO_PURCHASE, open_cart=open_cart).outcome is Outcome.SELECTED
        assert in_carts is not in_accounts


@pytest.mark.parametrize("kind", CampaignKind)
@pytest.mark.parametrize(("countries", "country", "label"), [((), "JP", "selected"), (("DE",), "AT", "abroad"), (("DE",), "", "selected")])
def test_letters_go_to_the_listed_countries(kind: CampaignKind, countries: tuple[str, ...], country: str, label: str) -> None:
    running = replace(CAMPAIGNS[kind], limits=Limits(countries=countries, holdout_percent=0))
    assert verdict_on(kind, running, country=country).label == label, "an unknown country is the address check's business"


@given(st.sampled_from(CampaignKind), FACTS, st.integers(0, 50))
def test_equal_facts_give_equal_verdicts(kind: CampaignKind, facts: Facts, percent: int) -> None:
    running = replace(CAMPAIGNS[kind], limits=Limits(holdout_percent=percent))
    first = decide(facts, running, DAY, SECRET)
    assert first == decide(replace(facts), replace(running), DAY, SECRET)
    assert (first.step is None) == first.is_excluded == (first.reason is not None)


@given(st.sampled_from(CampaignKind), FACTS)
def test_an_objection_and_a_death_are_absolute(kind: CampaignKind, facts: Facts) -> None:
    for changes in ({"objected": True}, {"address_state": AddressState.DECEASED}):
        assert decide(replace(facts, **changes), CAMPAIGNS[kind], DAY, SECRET).is_excluded


@given(st.sampled_from([*CAMPAIGNS.values(), campaign(Winback(loop_days=90))]), FACTS)
def test_a_sequence_never_goes_back_and_skips_no_step(running: Campaign, facts: Facts) -> None:
    step = decide(facts, running, DAY, SECRET).step
    assert step is None or step == facts.last_step + 1
    assert step is None or running.loop_days or step <= len(running.steps)


@given(st.sampled_from(CampaignKind), FACTS, st.integers(1, 50))
def test_the_limits_come_before_the_draw(kind: CampaignKind, facts: Facts, percent: int) -> None:
    """Mailed and held-out people differ in nothing but the draw: another share excludes nobody else."""
    without, with_ = (replace(CAMPAIGNS[kind], limits=Limits(holdout_percent=each)) for each in (0, percent))
    one, other = decide(facts, without, DAY, SECRET), decide(facts, with_, DAY, SECRET)
    assert (one.reason, one.detail, one.step) == (other.reason, other.detail, other.step)
    assert one.outcome is not Outcome.HOLDOUT
