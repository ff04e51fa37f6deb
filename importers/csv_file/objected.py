"""Does this cell say that somebody has objected to advertising, and when?"""

from datetime import datetime
from zoneinfo import ZoneInfo

from importers.csv_file import dates
from importers.text import text

_YES = frozenset({"ja", "j", "yes", "y", "true", "wahr", "1", "x", "widerspruch", "gesperrt"})
_NO = frozenset({"nein", "n", "no", "false", "falsch", "0", "-", "kein", "keiner"})


def objected(cell: str, zone: ZoneInfo, slashes: str = "", latest: datetime | None = None) -> datetime | bool | None:
    """The moment of the objection, True for one without a date, False for "no", None for an empty cell.

    Raises ``BadRecord`` (bad_date) for anything else: an objection must not be overlooked.
    """
    word = text(cell).casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    return dates.moment(cell, zone, slashes, latest)
