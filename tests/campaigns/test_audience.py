"""Who gets a letter, and why does somebody not?"""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.address import AddressProblem, AddressState
from campaigns.audience import Facts, Funnel, Outcome, Reason, Verdict, decide, excluded, in_holdout
from campaigns.campaign import Audience, Campaign, CampaignKind, Limits, Step
from tests.conftest import SECRET

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CAMPAIGN = Campaign(
    "winback-autumn",
    "Win-back",
    CampaignKind.WINBACK,
    "https://shop.example",
    (Step("first"), Step("second", 30), Step("third", 30)),
    limits=Limits(holdout_percent=0),
)
DUE = Facts(
    customer_id=1,
    person_key="p1",
    country="DE",
    address_state=AddressState.OK,
    address_problem=None,
    objected=False,
    from_marketplace=False,
    trigger="order-1",
    trigger_at=NOW - timedelta(days=200),
    open_cart=False,
)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def verdict(campaign: Campaign = CAMPAIGN, **changes: Any) -> Verdict:
    return decide(replace(DUE, **changes), campaign, NOW, SECRET)


def test_nothing_against_it() -> None:
    assert verdict() == Verdict(Outcome.SELECTED, step=1)


LADDER: list[tuple[Reason, dict[str, Any]]] = [
    (Reason.DECEASED, {"address_state": AddressState.DECEASED}),
    (Reason.OBJECTION, {"objected": True}),
    (Reason.UNDELIVERABLE, {"address_state": AddressState.UNDELIVERABLE}),
    (Reason.MOVED, {"address_state": AddressState.MOVED}),
    (Reason.MARKETPLACE_ORDER, {"from_marketplace": True}),
    (Reason.ABROAD, {"country": "US"}),
    (Reason.ADDRESS_INCOMPLETE, {"address_problem": AddressProblem.NO_STREET}),
    (Reason.ADDRESS_INVALID, {"address_problem": AddressProblem.BAD_POSTCODE}),
    (Reason.TOO_OLD, {"trigger_at": days_ago(1096)}),
    (Reason.OPEN_CART, {"open_cart": True}),
    (Reason.SEQUENCE_DONE, {"last_step": 3, "last_step_at": days_ago(100)}),
    (Reason.NOT_DUE, {"last_step": 1, "last_step_at": days_ago(29)}),
    (Reason.COOLDOWN, {"last_letter_at": days_ago(44)}),
    (Reason.FREQUENCY_CAP, {"letters_in_cap": 3}),
]


@pytest.mark.parametrize(("reason", "facts"), LADDER, ids=[reason for reason, _ in LADDER])
def test_one_reason_keeps_a_person_out(reason: Reason, facts: dict[str, Any]) -> None:
    found = verdict(**facts)
    assert (found.outcome, found.reason, found.step, found.label) == (Outcome.EXCLUDED, reason, None, reason)


@pytest.mark.parametrize("at", range(len(LADDER)), ids=[reason for reason, _ in LADDER])
def test_the_first_reason_counts_whatever_else_is_wrong(at: int) -> None:
    everything: dict[str, Any] = {}
    for _, facts in reversed(LADDER[at:]):
        everything |= facts
    assert verdict(**everything).reason is LADDER[at][0]


def test_the_reasons_stand_in_the_order_in_which_they_count() -> None:
    order = list(Reason)
    assert [order.index(reason) for reason, _ in LADDER] == sorted(order.index(reason) for reason, _ in LADDER)
    later = {Reason.BUDGET, Reason.HOUSEHOLD_DUPLICATE, Reason.UNPRINTABLE_TEXT, Reason.CONVERTED, Reason.DUPLICATE}
    assert set(Reason) - {reason for reason, _ in LADDER} == later


@pytest.mark.parametrize("problem", AddressProblem)
def test_an_address_that_is_not_printed_says_what_is_wrong(problem: AddressProblem) -> None:
    found = verdict(address_problem=problem)
    assert found.reason is (Reason.ADDRESS_INCOMPLETE if problem.is_gap else Reason.ADDRESS_INVALID)
    assert found.detail == problem


def test_the_address_is_no_detail_of_another_reason() -> None:
    assert verdict(address_problem=AddressProblem.NO_TOWN, objected=True).detail == ""


@pytest.mark.parametrize(
    ("facts", "label"),
    [
        pytest.param({"trigger_at": days_ago(1095)}, "selected", id="exactly as old as allowed"),
        pytest.param({"trigger_at": days_ago(1095) - timedelta(microseconds=1)}, "too_old", id="a moment too old"),
        pytest.param({"trigger_at": days_ago(180)}, "selected", id="due to the moment"),
        pytest.param({"trigger_at": days_ago(180) + timedelta(microseconds=1)}, "not_due", id="a moment too early"),
        pytest.param({"last_letter_at": days_ago(45)}, "selected", id="cooldown over to the moment"),
        pytest.param({"last_letter_at": NOW}, "cooldown", id="a letter today"),
        pytest.param({"last_letter_at": NOW + timedelta(minutes=1)}, "cooldown", id="a letter of a clock that runs ahead"),
        pytest.param({"letters_in_cap": 2}, "selected", id="room for one more"),
        pytest.param({"letters_in_cap": 9}, "frequency_cap", id="far above the cap"),
        pytest.param({"country": ""}, "selected", id="an unknown country is the address check's business"),
        pytest.param({"country": "CH"}, "selected", id="a listed country"),
    ],
)
def test_the_edges_of_the_limits(facts: dict[str, Any], label: str) -> None:
    assert verdict(**facts).label == label


def test_no_list_of_countries_means_everywhere() -> None:
    assert verdict(replace(CAMPAIGN, limits=Limits(countries=(), holdout_percent=0)), country="JP").label == "selected"


def test_an_open_cart_pauses_only_where_the_campaign_says_so() -> None:
    assert verdict(replace(CAMPAIGN, audience=Audience(only_with_empty_cart=False)), open_cart=True).label == "selected"


def test_a_first_step_may_wait_longer_than_the_audience() -> None:
    waiting = replace(CAMPAIGN, steps=(Step("first", 30),))
    assert verdict(waiting, trigger_at=days_ago(200)).reason is Reason.NOT_DUE
    assert verdict(waiting, trigger_at=days_ago(210)).label == "selected"


def test_the_next_step_waits_until_the_letter_before_is_handed_over() -> None:
    assert verdict(last_step=1, last_step_at=None).reason is Reason.NOT_DUE
    assert verdict(last_step=1, last_step_at=days_ago(30)) == Verdict(Outcome.SELECTED, step=2)


def test_a_sequence_that_was_shortened_is_done() -> None:
    assert verdict(replace(CAMPAIGN, steps=(Step("first"),)), last_step=2, last_step_at=days_ago(99)).reason is Reason.SEQUENCE_DONE


def test_an_exclusion_can_carry_a_detail() -> None:
    assert excluded(Reason.UNPRINTABLE_TEXT, "U+0416") == Verdict(Outcome.EXCLUDED, Reason.UNPRINTABLE_TEXT, detail="U+0416")


# --- properties --------------------------------------------------------------------------------------------------------

MOMENTS = st.integers(-5, 2000).map(days_ago)
FACTS = st.builds(
    Facts,
    customer_id=st.integers(1, 10**9),
    person_key=st.text(min_size=1, max_size=24),
    country=st.sampled_from(["DE", "AT", "US", ""]),
    address_state=st.sampled_from(AddressState),
    address_problem=st.none() | st.sampled_from(AddressProblem),
    objected=st.booleans(),
    from_marketplace=st.booleans(),
    trigger=st.just("order-1"),
    trigger_at=MOMENTS,
    open_cart=st.booleans(),
    last_step=st.integers(0, 4),
    last_step_at=st.none() | MOMENTS,
    last_letter_at=st.none() | MOMENTS,
    letters_in_cap=st.integers(0, 5),
)
CAMPAIGNS = st.builds(
    replace, st.just(CAMPAIGN), limits=st.builds(Limits, holdout_percent=st.integers(0, 50), cooldown_days=st.integers(0, 90), cap_letters=st.integers(1, 5))
)


@given(FACTS, CAMPAIGNS)
def test_equal_facts_give_equal_verdicts(facts: Facts, campaign: Campaign) -> None:
    first = decide(facts, campaign, NOW, SECRET)
    assert first == decide(replace(facts), replace(campaign), NOW, SECRET)
    assert (first.step is None) == (first.outcome is Outcome.EXCLUDED) == (first.reason is not None)


@given(FACTS, CAMPAIGNS)
def test_an_objection_and_a_death_are_absolute(facts: Facts, campaign: Campaign) -> None:
    for changes in ({"objected": True}, {"address_state": AddressState.DECEASED}):
        assert decide(replace(facts, **changes), campaign, NOW, SECRET).outcome is Outcome.EXCLUDED


@given(FACTS, CAMPAIGNS)
def test_a_sequence_never_goes_back_and_skips_no_step(facts: Facts, campaign: Campaign) -> None:
    step = decide(facts, campaign, NOW, SECRET).step
    assert step is None or step == facts.last_step + 1 <= len(campaign.steps)


@given(st.integers(0, 50), st.binary(min_size=16, max_size=32), st.sampled_from(["winback-autumn", "winback-spring", "a"]))
def test_the_holdout_has_its_share(percent: int, secret: bytes, slug: str) -> None:
    people, campaign = 2000, replace(CAMPAIGN, slug=slug, limits=Limits(holdout_percent=percent))
    found = sum(in_holdout(f"person-{number}", campaign, secret) for number in range(people))
    share = percent / 100
    assert abs(found - people * share) <= 6 * (people * share * (1 - share)) ** 0.5  # six standard deviations of a binomial draw


@given(st.permutations([f"person-{number}" for number in range(50)]))
def test_the_holdout_does_not_depend_on_the_order(people: list[str]) -> None:
    campaign = replace(CAMPAIGN, limits=Limits(holdout_percent=30))
    assert {each for each in people if in_holdout(each, campaign, SECRET)} == {each for each in sorted(people) if in_holdout(each, campaign, SECRET)}


@given(st.text(max_size=24), st.integers(0, 49))
def test_a_larger_holdout_keeps_everybody_of_the_smaller(person: str, percent: int) -> None:
    smaller, larger = (replace(CAMPAIGN, limits=Limits(holdout_percent=each)) for each in (percent, percent + 1))
    assert in_holdout(person, larger, SECRET) or not in_holdout(person, smaller, SECRET)


def test_the_holdout_survives_a_new_version_of_the_campaign_but_is_drawn_anew_for_another() -> None:
    half = replace(CAMPAIGN, limits=Limits(holdout_percent=50))
    people = [f"person-{number}" for number in range(200)]

    def draw(campaign: Campaign) -> list[bool]:
        return [in_holdout(person, campaign, SECRET) for person in people]

    assert draw(half) == draw(replace(half, name="Renamed", steps=(Step("other"),)))
    assert draw(half) != draw(replace(half, slug="winback-spring"))
    assert draw(half) != [in_holdout(person, half, b"another key of sixteen bytes") for person in people]


def test_the_draw_is_fixed_for_ever() -> None:
    campaign = replace(CAMPAIGN, limits=Limits(holdout_percent=10))
    drawn = [number for number in range(60) if in_holdout(f"person-{number}", campaign, SECRET)]
    assert drawn == [4, 9, 10, 12, 25, 27, 34, 51, 54], "who is held out must never change: campaigns are running on it"


@given(st.lists(FACTS, max_size=30), CAMPAIGNS)
def test_the_funnel_adds_up(people: list[Facts], campaign: Campaign) -> None:
    funnel = Funnel(Counter(decide(facts, campaign, NOW, SECRET).label for facts in people))
    rows = funnel.rows()
    assert rows[0] == ("audience", len(people))
    assert sum(count for _, count in rows[1:]) == len(people)
    assert rows[-1] == ("selected", funnel.selected)


def test_a_funnel_reads_from_the_audience_to_the_selected() -> None:
    funnel = Funnel(Counter({"selected": 5, "cooldown": 2, "objection": 1, "holdout": 1}))
    assert funnel.rows() == [("audience", 9), ("objection", 1), ("cooldown", 2), ("holdout", 1), ("selected", 5)]
