"""Where does a letter stand after whatever a print shop says, in whatever order?"""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.address import AddressState
from campaigns.letter import LetterState
from campaigns.shop_report import RECALLED, SPOILED, Course, EventKind, ReturnReason, after

DAY = datetime(2026, 11, 25, tzinfo=UTC)
HANDED_OVER = Course(LetterState.HANDED_OVER)
Event = tuple[EventKind, datetime, ReturnReason | None]
KINDS = st.sampled_from([kind for kind in EventKind if kind is not EventKind.ACCEPTED])
EVENTS = st.tuples(KINDS, st.integers(0, 9).map(lambda days: DAY + timedelta(days)), st.sampled_from(ReturnReason))


def end(events: list[Event], course: Course = HANDED_OVER) -> Course:
    for kind, at, reason in events:
        course = after(course, kind, at, reason) or course
    return course


@given(st.lists(EVENTS, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_ends_in_the_same_state(events: list[Event], chance: object) -> None:
    shuffled = [*events, *events[: len(events) // 2]]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = end(events), end(shuffled)
    assert one.state is other.state
    if one.state not in (LetterState.FAILED, LetterState.CANCELLED):  # of those nobody asks when they were printed
        assert one == other


@given(st.lists(EVENTS, max_size=8), EVENTS)
def test_the_same_event_again_changes_nothing(events: list[Event], last: Event) -> None:
    once = end([*events, last])
    assert end([last], once) == once


def test_posted_implies_printed_and_printed_after_it_takes_nothing_back() -> None:
    posted = end([(EventKind.POSTED, DAY, None)])
    assert (posted.state, posted.printed_at, posted.posted_at) == (LetterState.POSTED, DAY, DAY)
    again = end([(EventKind.PRINTED, DAY - timedelta(1), None)], posted)
    assert (again.state, again.printed_at, again.posted_at) == (LetterState.POSTED, DAY - timedelta(1), DAY)


@pytest.mark.parametrize("kind", [EventKind.PRINTED, EventKind.POSTED, EventKind.RETURNED])
def test_what_was_taken_out_is_neither_printed_nor_posted_nor_returned(kind: EventKind) -> None:
    for out, reason in ((EventKind.SPOILED, SPOILED), (EventKind.RECALLED, RECALLED)):
        course = end([(out, DAY, None)])
        assert course.reason == reason
        assert after(course, kind, DAY) is None


def test_a_letter_that_was_recalled_and_spoiled_was_recalled() -> None:
    for order in permutations([(EventKind.SPOILED, DAY, None), (EventKind.RECALLED, DAY, None)]):
        assert end(list(order)) == Course(LetterState.CANCELLED, RECALLED)


def test_of_several_reasons_the_weightiest_holds_and_a_refusal_says_nothing_of_the_address() -> None:
    both: list[Event] = [(EventKind.RETURNED, DAY, ReturnReason.DECEASED), (EventKind.RETURNED, DAY, ReturnReason.REFUSED)]
    assert end(both).reason == end(both[::-1]).reason == ReturnReason.DECEASED
    assert ReturnReason.REFUSED.address_state is AddressState.OK
