"""How do prospects go who have given no sign of life for years?"""

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from store import audit, erasure, prospects
from store.audit import Channel
from store.engine import Connection, Engine, reading
from store.giving_way import written
from store.settings import Settings

PEOPLE_AT_ONCE = 20
"""Erased in one transaction: scans and imports wait for it (14 ms for each on SQLite)."""
FEW, LARGEST_SHARE = 100, 0.1
"""As many, or that share of all prospects, go by themselves. Month by month it is a thirty-sixth; more are a first import of old accounts, the first night
of this version, or a clock that is wrong, and an erasure cannot be taken back."""


def months_before(moment: datetime, months: int) -> datetime:
    """The same day so many months before, or the last one of that month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def expired(engine: Engine, settings: Settings, moment: datetime) -> Iterator[list[int]]:
    """Pages of prospects (customer ids) whose time is over; none where the setting keeps them for ever.

    Each page is read in a transaction of its own, without any lock.
    """
    if not settings.prospects_kept_months:
        return
    before, last = months_before(moment, settings.prospects_kept_months), 0
    while True:
        with reading(engine) as connection:
            page = prospects.expired(connection, before, moment, last, PEOPLE_AT_ONCE)
        if not page:
            return
        yield page
        last = page[-1]


def erase_by_itself(engine: Engine, settings: Settings, moment: datetime, tell: Callable[[str], object]) -> int:
    """The same every night without anybody looking: unusually many stay, and ``tell`` says what to do."""
    if settings.prospects_kept_months:
        with reading(engine) as connection:
            count, prospects_in_all = prospects.counted(connection, months_before(moment, settings.prospects_kept_months), moment)
        if count > max(FEW, LARGEST_SHARE * prospects_in_all):
            tell(
                f"{count} of {prospects_in_all} prospects gave no sign of life for {settings.prospects_kept_months} months: too many to erase unseen. "
                "Check the clock and the imported dates with `postillion customer expire --dry-run`; `postillion customer expire` erases them."
            )
            return 0
    return erase_expired(engine, settings, moment)


def erase_expired(engine: Engine, settings: Settings, moment: datetime, channel: Channel = Channel.PREFECT, actor: str = "housekeeping") -> int:
    """Erase them like anybody who asks for it, a page at a time, and say how many.

    Each is looked at once more in the transaction that erases them; whoever is killed is followed by somebody who finds the rest.
    """
    count = 0
    for page in expired(engine, settings, moment):
        count += written(engine, partial(_erase, settings=settings, page=page, moment=moment, channel=channel, actor=actor))
    return count


def _erase(connection: Connection, *, settings: Settings, page: list[int], moment: datetime, channel: Channel, actor: str) -> int:
    before = months_before(moment, settings.prospects_kept_months)
    gone = prospects.still(connection, page, before, moment)
    for customer_id in gone:
        erasure.erase(connection, customer_id, settings.secret, moment)
    if gone:
        audit.note(connection, moment, actor, channel, "erase_prospects", "", f"{len(gone)} without a sign of life for {settings.prospects_kept_months} months")
    return len(gone)
