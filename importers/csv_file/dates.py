"""Which moment is ``11.05.2025 09:55``, and which ``2025-05-11 09:55:16 -0400``?"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from campaigns.rejection import RejectionReason
from importers.errors import BadRecord
from importers.text import text

_TIME = r"(?:(?:\s*T\s*|,?\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?(?:\s*Uhr)?)?"
_OFFSET = r"\s*(?P<offset>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
_FORMS = {
    "yyyy-mm-dd": r"'?(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
    "dd.mm.yyyy": r"'?(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4}|\d{2})",
}
_SLASHES = {
    "dd/mm/yyyy": r"'?(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})",
    "mm/dd/yyyy": r"'?(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})",
}
FORMS = tuple({**_FORMS, **_SLASHES})
"""How a day may be written; the two with slashes can be told apart by a whole column only."""
_PATTERNS = {form: re.compile(day + _TIME + _OFFSET, re.ASCII | re.IGNORECASE) for form, day in {**_FORMS, **_SLASHES}.items()}
_SLASHED = re.compile(r"'?(\d{1,2})/(\d{1,2})/\d{4}\b", re.ASCII)
_NO_DATE = re.compile(r"0000-00-00.*|00\.00\.0000.*")
"""How databases export an empty date."""
_YEARS = range(1970, 2101)


@lru_cache(maxsize=50_000)
def moment(cell: str, zone: ZoneInfo, slashes: str = "", latest: datetime | None = None) -> datetime | None:
    """The moment in UTC of dd.mm.yyyy (or yy) or an ISO date, each with or without time and offset; None for an empty cell.

    Without an offset the time is that of ``zone`` (of an hour that the clocks repeat in autumn, the first one); without a time it is midnight there.
    ``slashes`` says which of the two forms with slashes the column is written in ("": neither).  A year of two digits means 20yy, or 19yy where
    20yy would be after ``latest``.
    Raises ``BadRecord`` (bad_date) for anything else, 31.02. and years outside 1970 to 2100 included.
    """
    cell = text(cell)
    if not cell or _NO_DATE.fullmatch(cell):
        return None
    found = next((match for form in (*_FORMS, slashes) if form and (match := _PATTERNS[form].fullmatch(cell))), None)
    try:
        if found:
            return _moment(found, zone, latest)
    except (ValueError, OverflowError):
        pass
    raise BadRecord(RejectionReason.BAD_DATE, f'"{cell[:40]}" is no date. Write it like 31.12.2026 14:05 or 2026-12-31 14:05.')


def past(cell: str, zone: ZoneInfo, slashes: str, latest: datetime) -> datetime | None:
    """As ``moment``, of what has happened: raises ``BadRecord`` (bad_date) for a moment after ``latest`` too."""
    at = moment(cell, zone, slashes, latest)
    if at and at > latest:
        raise BadRecord(RejectionReason.BAD_DATE, f'"{text(cell)[:40]}" is in the future, and has not happened yet. Correct the date.')
    return at


def day(cell: str, zone: ZoneInfo, slashes: str = "") -> date | None:
    """The calendar day in ``zone``; None for an empty cell. Raises as ``moment``."""
    at = moment(cell, zone, slashes)
    return at.astimezone(zone).date() if at else None


def slash_form(cells: Iterable[str]) -> str:
    """What the days above 12 of a column say about dates with slashes; "" when nothing does, or both."""
    days_first = days_last = False
    for cell in cells:
        if found := _SLASHED.match(cell.strip()):
            days_first |= int(found[1]) > 12
            days_last |= int(found[2]) > 12
    return "" if days_first == days_last else "dd/mm/yyyy" if days_first else "mm/dd/yyyy"


def form_of(cell: str, slashes: str = "") -> str:
    """How this date is written, in words for a person; "" for what is no date."""
    cell = text(cell)
    for form in (*_FORMS, slashes):
        if form and (found := _PATTERNS[form].fullmatch(cell)):
            time = "" if found["hour"] is None else " hh:mm" if found["second"] is None else " hh:mm:ss"
            return form + time + (" with offset" if found["offset"] else "")
    return ""


def _moment(found: re.Match[str], zone: ZoneInfo, latest: datetime | None) -> datetime:
    at = _in_century(found, zone, 2000)
    return _in_century(found, zone, 1900) if latest and at > latest and len(found["year"]) == 2 else at


def _in_century(found: re.Match[str], zone: ZoneInfo, century: int) -> datetime:
    year, month, day, hour, minute, second = (int(found[part] or 0) for part in ("year", "month", "day", "hour", "minute", "second"))
    year += century if len(found["year"]) == 2 else 0
    if year not in _YEARS:
        raise ValueError(year)
    return datetime(year, month, day, hour, minute, second, tzinfo=_offset(found["offset"]) if found["offset"] else zone).astimezone(UTC)


def _offset(written: str) -> timezone:
    if written[0] not in "+-":
        return UTC
    minutes = int(written[1:3]) * 60 + int(written[-2:])
    return timezone(timedelta(minutes=-minutes if written[0] == "-" else minutes))
