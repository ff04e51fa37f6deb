"""Is a lift claimed where there is one, and nowhere else?"""

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from campaigns.results import Group, Lift, NoLift, NoLiftReason
from campaigns.results.lift import Watched, lift, newcombe, power_hint, too_small, welch


def group(people: int, buyers: int, each_cents: int = 5000) -> Group:
    """Everybody who bought did so once, for the same money."""
    return Group(people, buyers, buyers, float(buyers), buyers * each_cents, float(buyers * each_cents**2))


@pytest.mark.parametrize(
    ("buyers", "people", "other", "others", "low", "high"),
    [(56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090), (10, 10, 0, 20, 0.6791, 1.0)],
)
def test_newcombes_interval_is_that_of_his_paper(buyers: int, people: int, other: int, others: int, low: float, high: float) -> None:
    """Newcombe 1998, Statistics in Medicine 17:873, table II, method 10: the first, second and seventh example."""
    found = newcombe(buyers, people, other, others)
    assert [found.low, found.high] == pytest.approx([low, high], abs=5e-5)


def test_welchs_interval_is_that_of_statsmodels() -> None:
    mailed, held_out = [0] * 180 + [4990, 12000, 700] * 20, [0] * 100 + [3000, 990] * 8
    low, high = CompareMeans(DescrStatsW(mailed), DescrStatsW(held_out)).tconfint_diff(alpha=0.05, usevar="unequal")
    found = welch(240, sum(mailed), sum(each**2 for each in mailed), 116, sum(held_out), sum(each**2 for each in held_out))
    assert [found.low, found.high] == pytest.approx([low, high], rel=1e-5)
    assert found.value == pytest.approx(sum(mailed) / 240 - sum(held_out) / 116)


def test_groups_that_all_did_the_same_differ_by_exactly_nothing() -> None:
    found = welch(200, 200.0, 200.0, 100, 100.0, 100.0)
    assert (found.value, found.low, found.high) == (0, 0, 0)


def test_a_clear_lift_is_claimed_with_what_it_brought() -> None:
    found = lift(Watched(mailed=replace(group(9000, 540), cost_cents=675_000), held_out=group(1000, 30)), 60)
    assert isinstance(found, Lift)
    assert found.is_significant
    assert found.conversion.value == pytest.approx(0.03)
    assert found.buyers.value == pytest.approx(270)
    assert found.orders.value == pytest.approx(270)
    assert found.revenue_cents.value == pytest.approx(270 * 5000)
    assert found.buyers.low < 270 < found.buyers.high
    assert found.revenue_cents.low < 270 * 5000 < found.revenue_cents.high
    assert found.return_on_spend == 2
    assert replace(found, mailed=group(9000, 540)).return_on_spend is None


def test_a_difference_that_may_be_chance_is_shown_as_one() -> None:
    found = lift(Watched(mailed=group(900, 40), held_out=group(100, 4)), 60)
    assert isinstance(found, NoLift)  # 4.4 buyers expected among the held out
    found = lift(Watched(mailed=group(1800, 80), held_out=group(200, 8)), 60)
    assert isinstance(found, Lift)
    assert not found.is_significant
    assert found.conversion.low < 0 < found.conversion.high


@pytest.mark.parametrize(
    ("mailed", "held_out", "reason"),
    [
        (group(0, 0), group(500, 50), NoLiftReason.NO_LETTERS),
        (group(500, 50), group(0, 0), NoLiftReason.NO_HOLDOUT),
        (group(9000, 900), group(99, 9), NoLiftReason.FEW_HELD_OUT),
        (group(9000, 440), group(100, 5), NoLiftReason.FEW_BUYERS),
        (group(100, 98), group(100, 98), NoLiftReason.FEW_BUYERS),
        (group(9000, 450), group(100, 5), None),
    ],
)
def test_no_lift_is_claimed_of_groups_that_are_too_small(mailed: Group, held_out: Group, reason: NoLiftReason | None) -> None:
    assert too_small(mailed, held_out) == reason
    found = lift(Watched(mailed=mailed, held_out=held_out), 60)
    assert (found.reason if isinstance(found, NoLift) else None) == reason


def test_who_is_still_watched_counts_only_where_the_others_are_too_few() -> None:
    enough = Watched(group(1000, 60), group(500, 1), group(1000, 40), group(400, 1))
    found = lift(enough, 60)
    assert isinstance(found, Lift)
    assert (found.mailed.people, found.is_preliminary, found.still_watched) == (1000, False, 900)
    found = lift(Watched(group(100, 6), group(500, 50), group(10, 1), group(400, 30)), 60)
    assert isinstance(found, Lift)
    assert (found.mailed.people, found.held_out.buyers, found.is_preliminary, found.still_watched) == (600, 31, True, 900)


@given(st.integers(100, 5000), st.integers(100, 5000), st.data())
def test_more_buyers_among_the_mailed_never_lower_the_lift(mailed: int, held_out: int, data: st.DataObject) -> None:
    buyers, others = data.draw(st.integers(0, mailed - 1)), data.draw(st.integers(0, held_out))
    fewer, more = newcombe(buyers, mailed, others, held_out), newcombe(buyers + 1, mailed, others, held_out)
    assert fewer.value < more.value
    assert fewer.low <= more.low
    assert fewer.high <= more.high
    assert -1 <= fewer.low <= fewer.value <= fewer.high <= 1


@given(st.integers(50, 2000), st.integers(2, 40))
def test_more_people_make_the_interval_narrower(people: int, times: int) -> None:
    small, large = (newcombe(people // 10 * size, people * size, people // 20 * size, people * size) for size in (1, times))
    assert large.high - large.low < small.high - small.low


def test_the_hint_says_how_many_people_it_takes() -> None:
    """Fleiss' formula without correction: 5 % against 6 %, 1:1, takes 8,155 in each group (95 %, power 80 %)."""
    hint = power_hint(group(2000, 120), group(2000, 100))
    assert hint
    assert (hint.points, hint.mailed, hint.held_out) == (1.0, 8155, 8155)


def test_a_smaller_holdout_needs_more_letters() -> None:
    even, small = power_hint(group(900, 54), group(900, 45)), power_hint(group(900, 54), group(100, 5))
    assert even
    assert small
    assert small.mailed > even.mailed
    assert small.held_out < even.held_out


def test_there_is_no_hint_before_anybody_bought() -> None:
    assert power_hint(group(100, 0), group(100, 0)) is None
    assert power_hint(group(100, 5), group(0, 0)) is None


def test_statistics_are_loaded_only_where_a_lift_is_asked_for() -> None:
    """They take a second, and every command would wait for them."""
    code = "import sys, campaigns.results, store.results; sys.exit('statsmodels' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
