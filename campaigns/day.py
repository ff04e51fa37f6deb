"""Which day is it where the shop is, and how long ago was something?

Delays and rest periods count days of the shop's calendar, never hours: a run at six in the morning comes an hour early by UTC on
the day that the clock is put forward, and must find the same people due.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class Day:
    """The moment of a selection, with the calendar that it counts by."""

    now: datetime
    timezone: tzinfo
    delivery_days: int
    """Days from the letter's date to the letter box."""
    today: date = field(init=False)
    """The shop's date, which is the letter's; told once, not for each of a million people."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "today", self.date_of(self.now))

    @property
    def arrives_on(self) -> date:
        """When a letter of today is expected in the letter box."""
        return self.today + timedelta(days=self.delivery_days)

    def date_of(self, moment: datetime) -> date:
        """The shop's date at a moment."""
        return moment.astimezone(self.timezone).date()

    def days_since(self, moment: datetime) -> int:
        """How many midnights ago; negative for what is to come."""
        return (self.today - self.date_of(moment)).days

    def began(self, days_ago: int) -> datetime:
        """The moment (UTC) at which the day so many days ago began: ``days_since(m) >= n`` is ``m < began(n - 1)``."""
        return datetime.combine(self.today - timedelta(days=days_ago), time.min, self.timezone).astimezone(UTC)
