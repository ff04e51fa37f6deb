"""At which hours can a coupon be redeemed, and when is the next one?

Windows are hours of the shop's wall clock: where it is put forward, a window inside the hour that is left out does not come that day;
where it is put back, the hour comes twice and both count.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from campaigns.offer import TimeWindow

_DAY, _MINUTE, _INSTANT = timedelta(days=1), timedelta(minutes=1), timedelta.resolution
_AHEAD = 16
"""Days that are looked through: the only window of a week may lie in the hour that is left out."""


def is_open(windows: Sequence[TimeWindow], moment: datetime, timezone: tzinfo) -> bool:
    """Whether ``moment`` lies in one of the windows; where there are none, always.  The end of a window is outside of it."""
    clock = moment.astimezone(timezone).replace(tzinfo=None)
    return not windows or any(start <= clock < end for day in (clock.date() - _DAY, clock.date()) for start, end in _of_day(windows, day))


def opens_at(windows: Sequence[TimeWindow], moment: datetime, timezone: tzinfo) -> datetime | None:
    """When the next window begins after ``moment`` (UTC), or comes again because the clock is put back; None where there are no windows."""
    today = moment.astimezone(timezone).date()
    days = [today + ahead * _DAY for ahead in range(_AHEAD)]
    begins = {start.replace(tzinfo=timezone, fold=fold).astimezone(UTC) for day in days for start, _ in _of_day(windows, day) for fold in (0, 1)}
    changed = {change for day in days if (change := _change(day, timezone)) and not is_open(windows, change - _INSTANT, timezone)}
    return min((begin for begin in begins | changed if windows and begin > moment and is_open(windows, begin, timezone)), default=None)


def _change(day: date, timezone: tzinfo) -> datetime | None:
    """When the clock is put forward or back on that day, to the minute."""
    first, last = (_on(each, time()).replace(tzinfo=timezone).astimezone(UTC) for each in (day, day + _DAY))
    before = first.astimezone(timezone).utcoffset()
    if last.astimezone(timezone).utcoffset() == before:
        return None
    minutes = range(int((last - first) / _MINUTE) + 1)
    return first + bisect_left(minutes, True, key=lambda passed: (first + passed * _MINUTE).astimezone(timezone).utcoffset() != before) * _MINUTE


def _of_day(windows: Sequence[TimeWindow], day: date) -> list[tuple[datetime, datetime]]:
    """Begin and end, on the wall clock, of the windows that begin on ``day``."""
    return [(_on(day, one.start), _on(day if one.end > one.start else day + _DAY, one.end)) for one in windows if day.isoweekday() in one.weekdays]


def _on(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour)
