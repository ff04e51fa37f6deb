"""What time is it, and which day does a letter carry?"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This moment, aware, UTC."""
    return datetime.now(UTC)


def local_date(moment: datetime, timezone: str) -> date:
    """The calendar day of a moment where the shop is."""
    return moment.astimezone(ZoneInfo(timezone)).date()
