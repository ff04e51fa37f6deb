"""Do time windows follow the shop's wall clock, past midnight and over the days on which it is changed?"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.hours import is_open, opens_at
from campaigns.offer import TimeWindow

BERLIN = ZoneInfo("Europe/Berlin")
EVENINGS = (TimeWindow((1, 2, 3, 4, 5), time(18), time(20)),)
NIGHT = (TimeWindow((5,), time(22), time(2)),)
DAY = (TimeWindow((3,), time(0), time(0)),)
SMALL_HOURS = (TimeWindow((7,), time(2, 15), time(2, 45)),)


def berlin(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("windows", "moment", "open_"),
    [
        ((), berlin(22, 3), True),
        (EVENINGS, berlin(23, 18), True),
        (EVENINGS, berlin(23, 17, 59), False),
        (EVENINGS, berlin(23, 19, 59), True),
        (EVENINGS, berlin(23, 20), False),
        (EVENINGS, berlin(22, 19), False),  # a Sunday
        (NIGHT, berlin(20, 21, 59), False),
        (NIGHT, berlin(20, 22), True),
        (NIGHT, berlin(21, 1, 59), True),
        (NIGHT, berlin(21, 2), False),
        (NIGHT, berlin(20, 1), False),  # the night from Thursday on
        (DAY, berlin(25, 0), True),
        (DAY, berlin(25, 23, 59), True),
        (DAY, berlin(26, 0), False),
        (EVENINGS + NIGHT, berlin(21, 1), True),
    ],
)
def test_hours_of_the_wall_clock(windows: tuple[TimeWindow, ...], moment: datetime, open_: bool) -> None:
    assert is_open(windows, moment, BERLIN) is open_
    assert is_open(windows, moment.astimezone(UTC), BERLIN) is open_


def test_an_hour_that_comes_twice_counts_twice() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert [is_open(SMALL_HOURS, first + timedelta(hours=hours), BERLIN) for hours in (0, 1, 2)] == [True, True, False]


def test_an_hour_that_is_left_out_does_not_come() -> None:
    midnight = datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert not any(is_open(SMALL_HOURS, midnight + timedelta(minutes=minutes), BERLIN) for minutes in range(23 * 60))


def test_a_window_over_the_change_of_the_clock_is_as_long_as_the_wall_clock_says() -> None:
    night = (TimeWindow((6,), time(22), time(4)),)
    for evening, hours in ((berlin(28, 22, month=3), 5), (berlin(24, 22, month=10), 7), (berlin(21, 22), 6)):
        start = evening.astimezone(UTC)
        assert is_open(night, start, BERLIN)
        assert is_open(night, start + timedelta(hours=hours, seconds=-1), BERLIN)
        assert not is_open(night, start + timedelta(hours=hours), BERLIN)


@pytest.mark.parametrize(
    ("windows", "moment", "opens"),
    [
        (EVENINGS, berlin(22, 12), berlin(23, 18)),
        (EVENINGS, berlin(23, 12), berlin(23, 18)),
        (EVENINGS, berlin(23, 20), berlin(24, 18)),
        (NIGHT, berlin(21, 3), berlin(27, 22)),
        (DAY, berlin(25, 12), berlin(25, 0) + timedelta(days=7)),
    ],
)
def test_when_the_next_window_begins(windows: tuple[TimeWindow, ...], moment: datetime, opens: datetime) -> None:
    assert opens_at(windows, moment, BERLIN) == opens
    assert opens_at((), moment, BERLIN) is None


def test_a_window_that_does_not_come_is_not_announced() -> None:
    saturday = datetime(2027, 3, 27, 12, tzinfo=UTC)
    assert opens_at(SMALL_HOURS, saturday, BERLIN) == datetime(2027, 4, 4, 2, 15, tzinfo=BERLIN)
    assert opens_at(SMALL_HOURS, saturday - timedelta(days=5), BERLIN) == datetime(2027, 4, 4, 2, 15, tzinfo=BERLIN)


def test_a_window_that_begins_in_the_hour_that_is_left_out_opens_when_the_clock_is_put_forward() -> None:
    assert opens_at((TimeWindow((7,), time(2, 30), time(4)),), datetime(2027, 3, 27, 12, tzinfo=UTC), BERLIN) == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_a_window_in_the_hour_that_comes_twice_opens_twice() -> None:
    after_the_first = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
    assert opens_at(SMALL_HOURS, after_the_first, BERLIN) == datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    until_the_change = (TimeWindow((7,), time(1, 30), time(2, 30)),)
    assert opens_at(until_the_change, after_the_first, BERLIN) == datetime(2026, 10, 25, 1, tzinfo=UTC)


WINDOWS = st.lists(
    st.builds(TimeWindow, st.sets(st.integers(1, 7), min_size=1).map(lambda days: tuple(sorted(days))), st.times(), st.times()), min_size=1, max_size=3
)


ANY_MOMENT = st.datetimes(datetime(2026, 3, 1), datetime(2027, 4, 1), timezones=st.just(UTC))
AROUND_A_CHANGE = st.sampled_from([datetime(2026, 10, 24, 20, tzinfo=UTC), datetime(2027, 3, 27, 20, tzinfo=UTC)])
AROUND = st.builds(lambda evening, minutes: evening + timedelta(minutes=minutes), AROUND_A_CHANGE, st.integers(0, 600))


@given(WINDOWS, ANY_MOMENT | AROUND, st.sampled_from([BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), UTC]))
def test_it_is_open_when_it_opens_and_no_opening_is_left_out(windows: list[TimeWindow], moment: datetime, timezone: ZoneInfo) -> None:
    opens = opens_at(windows, moment, timezone)
    assert opens is not None
    assert moment < opens <= moment + timedelta(days=15)
    assert is_open(windows, opens, timezone)
    hour = [moment + timedelta(minutes=minutes) for minutes in range(0, 720, 7)]
    if not is_open(windows, moment, timezone):
        assert not any(is_open(windows, each, timezone) for each in hour if each < opens)
