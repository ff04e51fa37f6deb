"""At which hours can a coupon be redeemed, and when is the next one?

Windows are hours of the shop's wall clock: where it is put forward, a window inside the hour that is left out does not come that day;
where it is put back, the hour comes twice and both count.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from campaigns.offer import TimeWindow

_DAY = timedelta(days=1)


def is_open(windows: Sequence[TimeWindow], moment: datetime, timezone: tzinfo) -> bool:
    """Whether ``moment`` lies in one of the windows; where there are none, always.  The end of a window is outside of it."""
    clock = moment.astimezone(timezone).replace(tzinfo=None)
    return not windows or any(start <= clock < end for day in (clock.date() - _DAY, clock.date()) for start, end in _of_day(windows, day))


def opens_at(windows: Sequence[TimeWindow], moment: datetime, timezone: tzinfo) -> datetime | None:
    """When the next window begins after ``moment`` (UTC); None where there are no windows."""
    today = moment.astimezone(timezone).date()
    begins = (start.replace(tzinfo=timezone).astimezone(UTC) for ahead in range(9) for start, _ in _of_day(windows, today + ahead * _DAY))
    return min((begin for begin in begins if begin > moment), default=None)


def _of_day(windows: Sequence[TimeWindow], day: date) -> list[tuple[datetime, datetime]]:
    """Begin and end, on the wall clock, of the windows that begin on ``day``."""
    return [(_on(day, one.start), _on(day if one.end > one.start else day + _DAY, one.end)) for one in windows if day.isoweekday() in one.weekdays]


def _on(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour)
