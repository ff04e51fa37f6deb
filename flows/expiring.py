"""How do prospects go who have given no sign of life for years?"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from store import audit, erasure, prospects
from store.audit import Channel
from store.engine import Connection, Engine, reading
from store.giving_way import written
from store.settings import Settings

PEOPLE_AT_ONCE = 100
"""Erased in one transaction: scans and imports wait for it."""


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
