"""The commands ``postillion customer …``: what people may ask of us (Art. 15 and 17 GDPR)."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.terminal import Yes, plain_errors, say
from flows.privacy import erase_customer, export_customer
from flows.wiring import installation

app = typer.Typer(no_args_is_help=True, help="What people may ask of us: export everything about one, erase one.")
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
