"""Are the two draws fair, for ever the same, and independent of each other?"""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.campaign import Campaign, Limits, Step
from campaigns.holdout import in_holdout, layout_of
from campaigns.kinds import CampaignKind, Segment
from campaigns.verdict import Outcome
from tests.campaigns.people import CAMPAIGNS, campaign, days_ago, verdict_on
from tests.conftest import SECRET

CAMPAIGN = Campaign("winback-autumn", "Win-back", "https://shop.example", (Step("first"),))
PEOPLE = [f"person-{number}" for number in range(2000)]


def held_out(percent: int) -> Campaign:
    return replace(CAMPAIGN, limits=Limits(holdout_percent=percent))


def split(percent: int, *more: Step) -> Campaign:
    return replace(CAMPAIGN, steps=(Step("a", test_layout="b", test_percent=percent), *more))


def is_share(found: int, of: int, percent: float) -> bool:
    """Within six standard deviations of a binomial draw."""
    share = percent / 100
    return bool(abs(found - of * share) <= 6 * (of * share * (1 - share)) ** 0.5)


@given(st.integers(0, 50), st.binary(min_size=16, max_size=32), st.sampled_from(["winback-autumn", "winback-spring", "a"]))
def test_the_holdout_has_its_share(percent: int, secret: bytes, slug: str) -> None:
    running = replace(held_out(percent), slug=slug)
    assert is_share(sum(in_holdout(person, running, secret) for person in PEOPLE), len(PEOPLE), percent)


@given(st.integers(1, 99), st.binary(min_size=16, max_size=32), st.integers(1, 3))
def test_the_tested_layout_has_its_share(percent: int, secret: bytes, number: int) -> None:
    tested = Step("a", 7, test_layout="b", test_percent=percent)
    running = split(percent, tested, tested)
    drawn = [layout_of(person, running, number, secret) for person in PEOPLE]
    assert set(drawn) <= {"a", "b"}
    assert is_share(drawn.count("b"), len(PEOPLE), percent)


@given(st.binary(min_size=16, max_size=32), st.integers(10, 50), st.integers(10, 90))
def test_the_two_draws_know_nothing_of_each_other(secret: bytes, held: int, tested: int) -> None:
    """Else one layout would be compared with another share of the held-out than the other."""
    running = replace(split(tested), limits=Limits(holdout_percent=held))
    both = sum(in_holdout(person, running, secret) and layout_of(person, running, 1, secret) == "b" for person in PEOPLE)
    assert is_share(both, len(PEOPLE), held * tested / 100)


def test_each_step_is_drawn_anew() -> None:
    running = split(50, Step("a", 7, test_layout="b"))
    one, two = ([layout_of(person, running, number, SECRET) for person in PEOPLE] for number in (1, 2))
    assert is_share(sum(first == second for first, second in zip(one, two, strict=True)), len(PEOPLE), 50)


def test_a_repetition_of_the_last_step_is_tested_too() -> None:
    running = campaign(Segment(loop_days=30), Step("a", test_layout="b"))
    repeated = [layout_of(person, running, 7, SECRET) for person in PEOPLE]
    assert is_share(repeated.count("b"), len(PEOPLE), 50)


@given(st.text(max_size=24), st.integers(1, 9))
def test_without_a_test_everybody_gets_the_layout(person: str, number: int) -> None:
    assert layout_of(person, CAMPAIGN, number, SECRET) == "first"


@given(st.permutations(PEOPLE[:50]))
def test_the_draws_do_not_depend_on_the_order(people: list[str]) -> None:
    running = replace(split(40), limits=Limits(holdout_percent=30))
    assert {each: (in_holdout(each, running, SECRET), layout_of(each, running, 1, SECRET)) for each in people} == {
        each: (in_holdout(each, running, SECRET), layout_of(each, running, 1, SECRET)) for each in sorted(people)
    }


@given(st.text(max_size=24), st.integers(0, 49))
def test_a_larger_holdout_keeps_everybody_of_the_smaller(person: str, percent: int) -> None:
    assert in_holdout(person, held_out(percent + 1), SECRET) or not in_holdout(person, held_out(percent), SECRET)


def test_the_holdout_survives_a_new_version_of_the_campaign_but_is_drawn_anew_for_another() -> None:
    half = held_out(50)

    def draw(running: Campaign, secret: bytes = SECRET) -> list[bool]:
        return [in_holdout(person, running, secret) for person in PEOPLE]

    assert draw(half) == draw(replace(half, name="Renamed", steps=(Step("other"),), audience=Segment()))
    assert draw(half) != draw(replace(half, slug="winback-spring"))
    assert draw(half) != draw(half, b"another key of sixteen bytes")


@pytest.mark.parametrize("kind", CampaignKind)
def test_a_person_stays_on_one_side_from_step_to_step_and_over_a_merge(kind: CampaignKind) -> None:
    """A merge keeps the person's key: whatever else becomes of the record, the draw is that of the kept one."""
    half = replace(CAMPAIGNS[kind], limits=Limits(holdout_percent=50, cooldown_days=0))
    for person in PEOPLE[:50]:
        first = verdict_on(kind, half, person_key=person)
        step: dict[str, Any] = {"last_step": 1, "last_step_at": days_ago(10)}
        merged = verdict_on(kind, half, person_key=person, customer_id=99, country="AT", **step)
        assert first.outcome is merged.outcome is (Outcome.HOLDOUT if in_holdout(person, half, SECRET) else Outcome.SELECTED)
        assert (first.step, merged.step) == (1, 2)


def test_the_draw_is_fixed_for_ever() -> None:
    drawn = [number for number in range(60) if in_holdout(f"person-{number}", held_out(10), SECRET)]
    assert drawn == [4, 9, 10, 12, 25, 27, 34, 51, 54], "who is held out must never change: campaigns are running on it"
    tested = [number for number in range(30) if layout_of(f"person-{number}", split(30), 1, SECRET) == "b"]
    assert tested == [13, 19, 22, 24, 25], "who gets which layout must never change either"
