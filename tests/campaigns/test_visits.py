"""Is one visit one visit, however often a phone asks?"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from campaigns.visits import SAME_VISIT, Visit, visits

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def minutes(count: float) -> datetime:
    return NOON + timedelta(minutes=count)


def test_scans_within_half_an_hour_of_the_one_before_are_one_visit() -> None:
    assert visits([("a", minutes(0)), ("a", minutes(29)), ("a", minutes(59))]) == [Visit(minutes(0), minutes(59))]


def test_a_longer_break_begins_another_visit() -> None:
    assert visits([("a", minutes(0)), ("a", minutes(30.1))]) == [Visit(minutes(0), minutes(0)), Visit(minutes(30.1), minutes(30.1))]


def test_two_visitors_at_once_are_two_visits() -> None:
    assert len(visits([("a", minutes(0)), ("b", minutes(1)), ("a", minutes(2))])) == 2


def test_nobody_came() -> None:
    assert visits([]) == []


@given(st.lists(st.tuples(st.sampled_from(["", "a", "b"]), st.integers(0, 500).map(minutes)), max_size=40))
def test_visits_hold_every_scan_and_lie_apart(scans: list[tuple[str, datetime]]) -> None:
    found = visits(scans)
    assert len(found) <= len(scans) and bool(found) == bool(scans)
    assert all(any(visit.first_at <= at <= visit.last_at for visit in found) for _, at in scans)
    one = visits([("a", at) for _, at in scans])
    assert all(later.first_at - earlier.last_at > SAME_VISIT for earlier, later in pairwise(one))
    assert [visit.first_at for visit in found] == sorted(visit.first_at for visit in found)
