"""How are all orders read once, and later the changed ones, although each answer has 250 and the shop goes on selling?

By windows of the date of change: within one that has ended, orders can only leave (they change again and reach a later window),
so paging is safe (``paging``) and a killed import repeats one window, not the history. A window holds up to ``MOST`` orders; its
length follows from what Billbee says of the number of rows.

State: ``{"upto": …}``: everything changed up to there is stored. While a run is under way also ``"news_since"``: buyers of
orders made since then are taken from the orders, those of older ones are the customer sweep's (``sweep``).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from importers.asking import refuse_a_wrong_clock
from importers.batch import Batch
from importers.billbee.account import Account
from importers.billbee.answers import Page
from importers.billbee.fields import identity
from importers.billbee.paging import every_row
from importers.billbee.records import to_records

MOST = 5000
"""Orders in a window: 20 requests are what a killed import repeats."""
SHORTEST = timedelta(hours=1)
"""A window is not cut further, however many orders were changed at once."""
OVERLAP = timedelta(hours=3)
"""Read again at the next run: Billbee's dates may be two hours off (``fields.moment``), and clocks differ."""
BEGINNING = datetime(2010, 1, 1, tzinfo=UTC)
"""Before there was a Billbee; the first window has no lower end anyway."""
LATE = timedelta(days=1)
"""Orders reach Billbee hours after they were made: it asks most shops some times a day (Billbee's help on synchronisation)."""
TITLE_AS_ORDERED = "0"
"""articleTitleSource: the article's title as it stood in the order."""


@dataclass(slots=True)
class _Run:
    """A run on its way through the windows."""

    account: Account
    source: str
    upto: datetime | None
    """What was stored before this run."""
    news_since: datetime
    until: datetime
    position: int = 0
    """Orders read so far."""
    whole: int = 0
    """Orders that the run has to read, as far as Billbee has said."""

    def state(self, end: datetime) -> dict[str, str]:
        """Where to go on once everything up to ``end`` is stored; never further back than before."""
        upto = {"upto": max(end, self.upto or end).isoformat()}
        return upto if end == self.until else upto | {"news_since": self.news_since.isoformat()}

    def batch(self, rows: Iterable[object], state: Mapping[str, Any] | None) -> Batch:
        """The records of a page."""
        first = self.position + 1
        found = to_records(rows, first, self.source, self.news_since)
        self.position = found.end
        share = min(1.0, self.position / self.whole) if self.whole else None
        return Batch(found.records, found.rejections, found.positions, share=share, state=state)


def fetch_orders(account: Account, source: str, state: Mapping[str, Any], until: datetime) -> Iterator[Batch]:
    """The orders changed since ``state``, with the buyers of new ones; in the end everything up to ``until`` is read.

    By Billbee's clock, if ours is ahead of it: what it had not reached yet would otherwise count as read.  Raises ``WrongClock``
    when that is before what was read already, besides what ``Account.page`` raises.
    """
    until = until.replace(microsecond=0)
    upto = datetime.fromisoformat(state["upto"]) if "upto" in state else None
    begin = upto - OVERLAP if upto else None
    news_since = datetime.fromisoformat(state["news_since"]) if "news_since" in state else (begin or until) - LATE
    run = _Run(account, source, upto, news_since, until)
    refuse_a_wrong_clock(upto or BEGINNING, until, OVERLAP, "Billbee")
    length = until - (begin or BEGINNING)
    while (begin or BEGINNING) < run.until:
        end = min(run.until, (begin or BEGINNING) + length)
        first = _page(account, begin, end, 1)
        run.until = account.not_after_billbee(run.until)
        if end > run.until:
            refuse_a_wrong_clock(upto or BEGINNING, run.until, OVERLAP, "Billbee")
            run.news_since = min(run.news_since, run.until - LATE)
            continue
        rows = first.total_rows or 0
        run.whole = run.whole or rows
        if rows > MOST and length > SHORTEST:
            length = max(SHORTEST, (end - (begin or BEGINNING)) * (MOST / 2 / rows))
            continue
        yield from _window(run, begin, end, first)
        begin = end
        if rows < MOST / 2:
            length *= 2


def _window(run: _Run, begin: datetime | None, end: datetime, first: Page) -> Iterator[Batch]:
    answers = {1: first}

    def ask(number: int) -> Page:
        return answers.pop(number, None) or _page(run.account, begin, end, number)

    for reading in every_row(ask, lambda row: identity(row.get("BillBeeOrderId")), "orders"):
        yield run.batch(reading.fresh, None if reading.next else run.state(end))


def _page(account: Account, begin: datetime | None, end: datetime, number: int) -> Page:
    """Changed after ``begin`` and not after ``end`` (Swagger: "newer than", "older or equal")."""
    since = {"modifiedAtMin": begin.isoformat()} if begin else {}
    return account.page("orders", number, {**since, "modifiedAtMax": end.isoformat(), "articleTitleSource": TITLE_AS_ORDERED})
