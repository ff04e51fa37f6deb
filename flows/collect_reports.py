"""The flow collect-reports: what the print shop reports comes in, what it must take out is written for it."""

from prefect import flow, get_run_logger
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.artifacts import ProgressBar
from flows.printing.collecting import Collected, collect
from flows.printing.removing import remove_from_all
from flows.wiring import installation
from store.audit import Channel
from store.engine import Engine, reading
from store.shop_reports import listing

SHOWN = 100
"""Rejections of one report in the artifact; the desk has all of them."""


@flow(
    name="collect-reports",
    description="Takes in the print shop's reports (printed, posted, returned, spoiled) and writes recall lists for it. Safe to repeat.",
)
def collect_reports() -> State[dict[str, int]]:
    """Every file of the inbox, then the recall lists; codes of spoiled letters leave the Shopify shop."""
    log = get_run_logger()
    bar = ProgressBar("Reports of the print shop")

    with installation() as (engine, settings):
        found = collect(engine, settings, log.info, Channel.PREFECT, lambda lines: bar.show(0.0, f"{lines} lines of a report taken in"))
        bar.show(1.0, "All reports are taken in")
        _show(engine, found)
        remove_from_all(engine, settings, log.warning)
    counts = {"reports": len(found.reports), "lines rejected": sum(one.counts.rejected for one in found.reports), "letters recalled": found.recalled}
    return Completed(message=", ".join(f"{name}: {count}" for name, count in counts.items()), data=counts)


def _show(engine: Engine, found: Collected) -> None:
    """Counts of each report and the lines that stayed outside."""
    if not found.reports:
        return
    rows = [
        {"report": one.name, "became": one.state, "read": one.counts.read, "stored": one.counts.stored, "unchanged": one.counts.unchanged,
         "rejected": one.counts.rejected, "message": one.message}
        for one in found.reports
    ]  # fmt: skip
    create_table_artifact(key="shop-reports", table=rows, description="What the print shop reported")
    with reading(engine) as connection:
        wrong = [(one.name, line) for one in found.reports for line in listing.rejections_of(connection, one.id, SHOWN)]
    if wrong:
        # line and reason only: a cell may hold a name, and nothing is ever erased from Prefect's database
        lines = [{"report": name, "line": line.line, "reason": line.reason.replace("_", " ")} for name, line in wrong]
        create_table_artifact(key="shop-report-rejections", table=lines, description="Lines that were not taken over; what to do about each stands in the desk")
