"""How does one read a list by page numbers while it changes, so that no row is lost?

Pages are cut at positions: when a row leaves the list, those behind it move up, and one moves from the page to come onto a page
that has been read. Billbee says with each page how many rows there are. When some have left, as many positions are read again;
when some have come, rows stand twice, which does no harm. At the end no fewer rows must have been met than there are. When as many
have come as left between two pages, their number tells nothing: a list that may grow too is looked at once more, a page behind.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

from importers.billbee.answers import Page
from importers.errors import BrokenAnswer, ShopUnreachable

PASSES = 3
"""Attempts to meet all rows of a list."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on: the next page, and how many rows there were when the one before was read (None: not known)."""

    page: int = 1
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page brought."""

    fresh: tuple[object, ...]
    """Its rows that no page before had."""
    next: Place | None
    """None when all is read."""
    share: float | None
    """How much of the list is read; None where Billbee does not say."""


@dataclass(slots=True)
class _Pass:
    """One way through the list, from ``start`` to its end."""

    lowest: int
    """The first page that was read; those before it are known to be read."""
    rows: int | None
    met: set[str] = field(default_factory=set)
    came: int = 0
    asked: int = 0
    latest: tuple[int, list[str]] = (0, [])
    """Number and keys of the page before."""


def every_row(
    ask: Callable[[int], Page], key: Callable[[Mapping[str, Any]], str], what: str, start: Place = Place(), may_grow: bool = False
) -> Iterator[Reading]:
    """Every row of a list, page by page; a row whose ``key`` (its id) was seen already is left out, one without any comes along.

    ``may_grow``: rows may come and go alike; each page is then asked for twice, the second time after the one behind it.

    Raises ``BrokenAnswer`` when a page repeats or rows stay missing, ``ShopUnreachable`` when the list changes faster than it
    can be read.
    """
    seen: set[str] = set()
    page, passes = start.page, 1
    way = _Pass(start.page, start.rows, seen)
    while True:
        got = ask(page)
        keys = [_key(row, key) for row in got.rows]
        fresh = tuple(row for row, row_key in zip(got.rows, keys, strict=True) if row_key not in seen)
        is_news = bool(fresh)
        left = _count(way, got, keys, what)
        seen.update(keys)
        if may_grow and not left and page > way.lowest:
            again = ask(page - 1)
            again_keys = [_key(row, key) for row in again.rows]
            fresh += tuple(row for row, row_key in zip(again.rows, again_keys, strict=True) if row_key not in seen)
            left = _look_back(way, again, again_keys, what)
            seen.update(again_keys)
            got = replace(got, total_rows=again.total_rows, total_pages=again.total_pages)
            page += bool(left)  # it was whole when it was read: what left since moved a row onto it
        if left:
            page = max(1, page - ceil(left / got.size))
            way.lowest = min(way.lowest, page)
        elif not _is_last(got, is_news, what):
            page += 1
        elif got.total_rows is None or (way.lowest - 1) * got.size + len(way.met) + way.came >= got.total_rows:
            yield Reading(fresh, None, 1.0)
            return
        elif passes == PASSES:
            raise BrokenAnswer(
                f"Billbee says that there are {got.total_rows} {what} and gave {len(way.met)} in {PASSES} passes. Import again; if it stays, ask Billbee."
            )
        else:
            page, passes, way = 1, passes + 1, _Pass(1, got.total_rows)
        yield Reading(fresh, Place(page, got.total_rows), got.number / got.total_pages if got.total_pages else None)


def _count(way: _Pass, got: Page, keys: list[str], what: str) -> int:
    """Take a page into the way's books and say how many rows have left the list since the page before."""
    before, way.rows = way.rows, got.total_rows
    change = got.total_rows - before if got.total_rows is not None and before is not None else 0
    number, latest = way.latest
    if keys and keys == latest and number < got.number and not change:  # going back, a page may well hold what the next one held
        raise BrokenAnswer(f"Billbee gave page {number} of {what} again as page {got.number}: going on would lose records. If it stays, ask Billbee.")
    way.latest = got.number, keys
    way.met.update(keys)
    way.came += max(change, 0)
    way.asked += 1
    if got.total_pages is not None and way.asked > 5 * got.total_pages + 20:
        raise ShopUnreachable(f"The list of {what} in Billbee changes faster than it can be read. Run this again later.")
    return max(-change, 0)


def _look_back(way: _Pass, again: Page, keys: list[str], what: str) -> int:
    """As ``_count``, for a page that was read before: the next one is to be compared with the one read last."""
    latest, way.latest = way.latest, (0, [])
    left = _count(way, again, keys, what)
    way.latest = latest
    return left


def _is_last(got: Page, is_news: bool, what: str) -> bool:
    if got.total_pages is not None:
        return got.number >= got.total_pages
    if got.rows and not is_news:
        raise BrokenAnswer(f"Billbee gives rows of {what} again as page {got.number}: going on would not end. If it stays, ask Billbee.")
    return len(got.rows) < got.size


def _key(row: object, key: Callable[[Mapping[str, Any]], str]) -> str:
    return (key(row) if isinstance(row, dict) else "") or repr(row)
