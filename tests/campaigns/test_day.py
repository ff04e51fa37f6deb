"""Does the shop's calendar hold where clocks are put forward, where midnight is left out, and over the date line?"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from campaigns.day import Day

ZONES = [
    "Europe/Berlin", "UTC", "America/Sao_Paulo", "America/Havana", "America/Nuuk", "Africa/Cairo", "Asia/Beirut",
    "Atlantic/Azores", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "America/Adak",
]  # fmt: skip
MOMENTS = st.datetimes(datetime(2012, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


def at(moment: str, zone: str = "Europe/Berlin", delivery_days: int = 5) -> Day:
    return Day(datetime.fromisoformat(moment), ZoneInfo(zone), delivery_days)


def test_today_is_the_day_at_the_shop() -> None:
    assert at("2026-11-21T23:30:00+00:00").today == date(2026, 11, 22)
    assert at("2026-11-21T23:30:00+00:00", "America/New_York").today == date(2026, 11, 21)


def test_a_letter_arrives_over_the_leap_day() -> None:
    assert at("2028-02-26T12:00:00+00:00").arrives_on == date(2028, 3, 2)
    assert at("2028-02-26T12:00:00+00:00", delivery_days=0).arrives_on == date(2028, 2, 26)


def test_what_is_to_come_is_a_negative_number_of_days_ago() -> None:
    day = at("2026-11-22T12:00:00+00:00")
    assert [day.days_since(day.now + timedelta(days=days)) for days in (-1, 0, 1, 30)] == [1, 0, -1, -30]


def test_a_minute_over_midnight_is_a_day() -> None:
    day = at("2026-11-22T00:01:00+01:00")
    assert day.days_since(datetime(2026, 11, 21, 22, 59, tzinfo=UTC)) == 1
    assert day.days_since(datetime(2026, 11, 21, 23, 0, tzinfo=UTC)) == 0


@pytest.mark.parametrize(
    ("zone", "today", "began"),
    [
        pytest.param("Europe/Berlin", "2026-03-29", "2026-03-28T23:00", id="the day of 23 hours"),
        pytest.param("Europe/Berlin", "2026-10-25", "2026-10-24T22:00", id="the day of 25 hours"),
        pytest.param("Africa/Cairo", "2026-04-24", "2026-04-23T22:00", id="no midnight: the day begins at one"),
        pytest.param("America/Havana", "2026-11-01", "2026-11-01T04:00", id="two midnights: the first"),
        pytest.param("Pacific/Apia", "2011-12-31", "2011-12-30T10:00", id="after a day that never was"),
    ],
)
def test_when_a_day_began(zone: str, today: str, began: str) -> None:
    noon = datetime.fromisoformat(f"{today}T12:00").replace(tzinfo=ZoneInfo(zone))
    day = Day(noon.astimezone(UTC), ZoneInfo(zone), 5)
    assert day.began(0) == datetime.fromisoformat(began).replace(tzinfo=UTC)
    assert day.date_of(day.began(0)) == day.today
    assert day.date_of(day.began(0) - timedelta(microseconds=1)) < day.today


@given(MOMENTS, MOMENTS, st.sampled_from(ZONES), st.integers(-3, 1200))
@example(datetime(2012, 1, 5, tzinfo=UTC), datetime(2011, 12, 30, 9, 59, 59, tzinfo=UTC), "Pacific/Apia", 6)
@example(datetime(2026, 4, 24, 12, tzinfo=UTC), datetime(2026, 4, 23, 22, tzinfo=UTC), "Africa/Cairo", 1)
def test_a_query_narrows_by_the_very_days_that_the_rules_count(now: datetime, moment: datetime, zone: str, days: int) -> None:
    day = Day(now, ZoneInfo(zone), 5)
    assert (day.days_since(moment) >= days) == (moment < day.began(days - 1))


@given(MOMENTS, st.sampled_from(ZONES), st.integers(0, 1200))
def test_days_begin_one_after_the_other(now: datetime, zone: str, days: int) -> None:
    day = Day(now, ZoneInfo(zone), 5)
    assert day.began(days) > day.began(days + 1)
    assert day.began(0) <= now < day.began(-1)
