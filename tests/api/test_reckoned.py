"""Is a long reckoning done once for all who ask soon after another, and a short one each time?"""

import threading
from collections.abc import Callable

import pytest

from api.desk.reckoned import KEPT_SECONDS, LONG_SECONDS, LONGEST_KEPT_SECONDS, Reckoned


class Clock:
    """Time that passes only when told."""

    def __init__(self) -> None:
        self.now, self.reckoned = 100.0, 0

    def __call__(self) -> float:
        return self.now

    def reckoning(self, seconds: float) -> Callable[[], int]:
        """Takes so long, and says how many there have been."""

        def reckon() -> int:
            self.now += seconds
            self.reckoned += 1
            return self.reckoned

        return reckon


def test_a_long_reckoning_is_kept_for_a_minute_by_its_question() -> None:
    clock = Clock()
    kept, long = Reckoned(clock), clock.reckoning(LONG_SECONDS)
    assert (kept.of("winback", long), kept.of("winback", long), kept.of("carts", long)) == (1, 1, 2)
    clock.now += KEPT_SECONDS
    assert kept.of("winback", long) == 3


@pytest.mark.parametrize(("took", "kept_for"), [(LONG_SECONDS, KEPT_SECONDS), (15.0, 300.0), (400.0, LONGEST_KEPT_SECONDS)])
def test_the_longer_it_took_the_longer_it_is_kept_within_bounds(took: float, kept_for: float) -> None:
    clock = Clock()
    kept, long = Reckoned(clock), clock.reckoning(took)
    kept.of("winback", long)
    clock.now += kept_for - 0.125
    assert kept.of("winback", long) == 1
    clock.now += 0.125
    assert kept.of("winback", long) == 2


def test_a_short_one_is_done_anew_each_time() -> None:
    clock = Clock()
    kept, short = Reckoned(clock), clock.reckoning(LONG_SECONDS / 2)
    assert (kept.of("winback", short), kept.of("winback", short)) == (1, 2)


def test_what_failed_is_not_kept() -> None:
    clock = Clock()
    kept = Reckoned(clock)

    def fail() -> int:
        clock.now += LONG_SECONDS
        raise TimeoutError

    with pytest.raises(TimeoutError):
        kept.of("winback", fail)
    assert kept.of("winback", clock.reckoning(0)) == 1


def test_no_more_than_some_answers_are_kept() -> None:
    clock = Clock()
    kept, long = Reckoned(clock), clock.reckoning(LONG_SECONDS)
    for question in range(100):
        kept.of(question, long)
    assert kept.of(99, long) == 100
    assert kept.of(0, long) == 101


def test_who_asks_meanwhile_waits_for_the_same_answer() -> None:
    clock = Clock()
    kept, began, go_on = Reckoned(clock), threading.Event(), threading.Event()
    found: list[int] = []

    def slow() -> int:
        began.set()
        assert go_on.wait(10)
        return clock.reckoning(LONG_SECONDS)()

    first = threading.Thread(target=lambda: found.append(kept.of("winback", slow)))
    first.start()
    assert began.wait(10)
    second = threading.Thread(target=lambda: found.append(kept.of("winback", clock.reckoning(LONG_SECONDS))))
    second.start()
    go_on.set()
    for one in (first, second):
        one.join(10)
    assert found == [1, 1]
