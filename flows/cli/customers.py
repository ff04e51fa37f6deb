"""The commands ``postillion customer …``: what people may ask of us (Art. 15 and 17 GDPR)."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.noting import user
from flows.cli.terminal import Yes, plain_errors, say
from flows.clock import now
from flows.expiring import erase_expired, expired
from flows.privacy import erase_customer, export_customer
from flows.wiring import installation
from store.audit import Channel

app = typer.Typer(no_args_is_help=True, help="What people may ask of us: export everything about one, erase one; erase who gave no sign of life for years.")
Number = Annotated[int, typer.Argument(help="The customer's number in the address of the desk's page: /desk/customers/NUMBER.")]


@app.command("export")
def export(number: Number, folder: Annotated[Path, typer.Argument(help="A folder that is not there yet.")]) -> None:
    """Write all that is held of a person into a folder: a JSON file and the letters as they were printed."""
    with plain_errors(), installation() as (engine, found):
        export_customer(engine, found, number, folder)
        say(f"Everything about customer {number} stands in {folder}. Hand it over safely, then delete it.")


@app.command("erase")
def erase(number: Number, yes: Yes = False) -> None:
    """Let a person be nobody: name, address and letters go, statistics and an objection stay. This cannot be undone."""
    with plain_errors(), installation() as (engine, found):
        if not yes:
            typer.confirm(f"Erase customer {number} for good?", abort=True)
        erasure = erase_customer(engine, found, number)
        out = f"; {erasure.letters_cancelled} letter(s) not yet handed over were taken out" if erasure.letters_cancelled else ""
        say(f"Customer {number} is erased{out}.")


SHOWN = 1_000
"""Numbers that a dry look prints."""


@app.command("expire")
def expire(dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say who would be erased.")] = False, yes: Yes = False) -> None:
    """Erase those who never bought and gave no sign of life for POSTILLION_PROSPECTS_KEPT_MONTHS; the flow housekeeping does it every night."""
    with plain_errors(), installation() as (engine, found):
        months = found.prospects_kept_months
        if not months:
            say("Nobody: POSTILLION_PROSPECTS_KEPT_MONTHS is 0.")
            return
        numbers = [number for page in expired(engine, found, now()) for number in page]
        if dry_run or not numbers:
            say(f"{len(numbers)} prospect(s) gave no sign of life for {months} months{'' if numbers else ': nobody is to be erased'}.")
            if numbers:
                more = f" and {len(numbers) - SHOWN} more" if len(numbers) > SHOWN else ""
                say(f"Customers {', '.join(map(str, numbers[:SHOWN]))}{more}. Their pages: {found.desk_url}/desk/customers/NUMBER")
            return
        if not yes:
            typer.confirm(f"Erase {len(numbers)} prospect(s) who gave no sign of life for {months} months, for good?", abort=True)
        say(f"{erase_expired(engine, found, now(), Channel.COMMAND_LINE, user())} prospect(s) are erased.")
