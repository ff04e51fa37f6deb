"""How are results written down for somebody who opens them in a spreadsheet?"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from campaigns.results.counts import CampaignResults, Counts, Overview
from campaigns.results.lift import Lift
from campaigns.spreadsheet import harmless
from campaigns.verdict import Reason

COUNTED = (
    "selected", "holdout", "handed_over", "printed", "posted", "estimated", "returned", "scanned", "objected", "redeemed", "redeemers", "redeemed_orders",
    "redeemed_revenue_cents", "buyers", "orders", "revenue_cents", "cost_cents",
)  # fmt: skip
RETURNS = ("return_on_spend_percent", "redeemed_return_on_spend_percent")
LIFTED = tuple(f"extra_{what}{end}" for what in ("buyers", "orders", "revenue_cents") for end in ("", "_low", "_high"))
EXCLUDED = tuple(f"excluded_{reason}" for reason in Reason)
HEADING = ("campaign", "step", "layout", "currency", "window_days", "as_of", *COUNTED, *RETURNS, *LIFTED, "is_preliminary", "no_lift", *EXCLUDED)
OVERVIEW_HEADING = ("campaign", "name", "kind", "currency", "window_days", *COUNTED, *RETURNS, "last_posted_at")


def results_csv(results: CampaignResults) -> Iterator[str]:
    """The whole campaign first, then each step and each of its layouts; whole numbers only, so that no country's comma matters.

    A byte order mark, semicolons, and no cell that a spreadsheet would take for a formula. What is told of the whole campaign alone (the lift,
    the excluded) is empty in the other lines.
    """
    yield "\ufeff" + _line(HEADING)
    yield _line((*_first(results, "", ""), *_counted(results.total), *_lifted(results), *(str(results.total.excluded.get(one, 0)) for one in Reason)))
    for line in results.lines:
        rest = [""] * (len(LIFTED) + 2 + len(EXCLUDED))
        yield _line((*_first(results, str(line.step), line.layout or ""), *_counted(line.counts), *rest))


def _first(results: CampaignResults, step: str, layout: str) -> Sequence[str]:
    return (harmless(results.slug), step, harmless(layout), results.currency, str(results.window_days), results.as_of.isoformat(timespec="seconds"))


def _counted(counts: Counts) -> Iterator[str]:
    yield from (str(getattr(counts, name)) for name in COUNTED)
    yield from (_percent(ratio) for ratio in (counts.return_on_spend, counts.redeemed_return_on_spend))


def _percent(ratio: Decimal | None) -> str:
    return "" if ratio is None else str(int(ratio * 100))


def _lifted(results: CampaignResults) -> Iterator[str]:
    found = results.lift
    if isinstance(found, Lift):
        intervals = (found.buyers, found.orders, found.revenue_cents)
        yield from (str(round(end)) for one in intervals for end in (one.value, one.low, one.high))
        yield from ("yes" if found.is_preliminary else "no", "")
    else:
        yield from ("" for _ in LIFTED)
        yield from ("", found.reason)


def overview_csv(campaigns: Iterable[Overview], window_days: int) -> Iterator[str]:
    """A line for each campaign, in the same form."""
    yield "\ufeff" + _line(OVERVIEW_HEADING)
    for one in campaigns:
        first = (harmless(one.slug), harmless(one.name), one.kind or "", one.currency, str(window_days))
        yield _line((*first, *_counted(one.total), one.last_posted_at.isoformat(timespec="seconds") if one.last_posted_at else ""))


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";").writerow(cells)
    return line.getvalue()
