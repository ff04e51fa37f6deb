"""The commands ``postillion print-run …``."""

from typing import Annotated

import typer
from rich.table import Table

from campaigns.errors import PostillionError
from flows.cli.noting import note, user
from flows.cli.preflight import preflight_run
from flows.cli.terminal import Yes, console, plain_errors, say
from flows.wiring import installation
from store import letters, print_runs
from store.audit import Channel
from store.engine import Engine, reading, writing
from store.settings import Settings, settings

app = typer.Typer(no_args_is_help=True, help="Print runs: list, approve, reject, hand over.")
app.command("preflight")(preflight_run)


@app.command("list")
def list_newest() -> None:
    """The newest print runs."""
    with plain_errors(), installation() as (engine, _), reading(engine) as connection:
        table = Table("run", "campaign", "state", "selected", "started")
        for run in print_runs.latest(connection, 20):
            table.add_row(str(run.id), run.campaign, run.state, str(run.funnel.selected), f"{run.created_at:%Y-%m-%d %H:%M}")
        console.print(table)


@app.command("reject")
def reject(number: int, comment: str = "", yes: Yes = False) -> None:
    """Stop a print run before its hand-over: nothing is printed, its customers stay free for another run."""
    _decide(number, approved=False, comment=comment, yes=yes)


@app.command("approve")
def approve(number: int, comment: str = "", yes: Yes = False) -> None:
    """Let a print run go that waits for approval; hand it over with `postillion print-run hand-over`."""
    _decide(number, approved=True, comment=comment, yes=yes)


def _decide(number: int, *, approved: bool, comment: str, yes: bool) -> None:
    from flows.printing.handing_over import decide_on_run

    with plain_errors(), installation() as (engine, found):
        with reading(engine) as connection:
            run, count = print_runs.get(connection, number), letters.count(connection, number)
        if not yes:
            typer.confirm(f"{'Approve' if approved else 'Reject'} print run {number} of {run.campaign} with {count} letters?", abort=True)
        decide_on_run(engine, found, number, approved=approved, by=user(), comment=comment, channel=Channel.COMMAND_LINE)
        say(f"Print run {number} is {'approved' if approved else 'rejected'}.")
        _remove_codes(engine, found, number)


def _remove_codes(engine: Engine, found: Settings, number: int) -> None:
    """Codes that no letter carries leave the shop; what does not succeed now, housekeeping does."""
    from flows.printing.removing import remove_codes

    try:
        remove_codes(engine, found, number, say)
    except PostillionError as error:
        say(f"Void codes of print run {number} may still be good in the shop, housekeeping tries again: {error}")


@app.command("upload-codes")
def upload(number: int) -> None:
    """Create the codes of an approved print run in the Shopify shop, where its offers say so; `hand-over` does it as well."""
    from flows.printing.uploading import upload_codes

    with plain_errors(), installation() as (engine, found):
        upload_codes(engine, found, number, say)


@app.command("hand-over")
def hand_over(
    number: int,
    again: Annotated[bool | None, typer.Option("--again/--not-again", help="Send the same files once more, only when the print shop asks for them.")] = None,
) -> None:
    """Bring an approved print run to the print shop; one that was handed over is not sent twice."""
    from flows.printing.handing_over import hand_over_run
    from flows.printing.uploading import upload_codes

    with plain_errors(), installation() as (engine, found):
        with writing(engine) as connection:
            note(connection, "start_hand_over", f"print run {number}")
        upload_codes(engine, found, number, say)
        hand_over_run(engine, found, number, say, again=again)
        _remove_codes(engine, found, number)


@app.command("reports")
def collect_reports() -> None:
    """Take in the print shop's reports that lie in the inbox, and write recall lists for it."""
    from flows.printing.collecting import collect
    from flows.printing.removing import remove_from_all

    with plain_errors(), installation() as (engine, found):
        with console.status("Reading reports") as status:
            result = collect(engine, found, say, Channel.COMMAND_LINE, lambda lines: status.update(f"{lines} lines taken in"))
        if not (result.reports or result.left):
            say(f"No report lies in {found.reports_place}.")
        for one in result.reports:
            if one.counts.rejected:
                _show_rejections(engine, one.id, one.name)
        remove_from_all(engine, found, say)


def _show_rejections(engine: Engine, report_id: int, name: str) -> None:
    from store.shop_reports import listing

    table = Table("line", "reason", "what is wrong", title=f"Not taken over of {name}")
    with reading(engine) as connection:
        for one in listing.rejections_of(connection, report_id, 20):
            table.add_row(str(one.line), one.reason, one.message)
    console.print(table)


@app.command("try-place")
def try_place() -> None:
    """See whether handing over will work: write, rename, read and delete a small file where the print shop takes print runs from."""
    from flows.printing import at_the_shop

    with plain_errors():
        say(f"Handing over will work: a file was written to {at_the_shop.try_place(settings())}, renamed, read back and deleted.")
