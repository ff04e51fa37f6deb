"""The commands ``postillion print-run …``."""

import os
from typing import Annotated

import typer
from rich.table import Table

from campaigns.errors import PostillionError
from flows.cli.terminal import Yes, console, plain_errors, say
from flows.wiring import installation
from store import letters, print_runs
from store.engine import Engine, reading
from store.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Print runs: list, approve, reject, hand over.")


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
        decide_on_run(engine, found, number, approved=approved, by=os.environ.get("USER", "command line"), comment=comment)
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
    """Put an approved print run into the print shop's folder; one that was handed over is not sent twice."""
    from flows.printing.handing_over import hand_over_run
    from flows.printing.uploading import upload_codes

    with plain_errors(), installation() as (engine, found):
        upload_codes(engine, found, number, say)
        hand_over_run(engine, found, number, say, again=again)
        _remove_codes(engine, found, number)
