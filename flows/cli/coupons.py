"""The commands ``postillion coupon …``."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from flows import drawing
from flows.clearing import settle_orders
from flows.cli.terminal import console, plain_errors, say
from flows.clock import now
from flows.wiring import installation
from store import redemptions
from store.engine import writing

app = typer.Typer(no_args_is_help=True, help="Coupon codes for flyers and the like: generate, export. Letters draw their own.")
OfferName = Annotated[str, typer.Argument(help="Short name of the offer.", metavar="OFFER")]


@app.command("generate")
def generate(
    offer: OfferName,
    count: Annotated[int, typer.Argument(help="How many codes.", min=1, max=drawing.MOST)],
    valid_until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day. Without it: as many days from today as the offer says.")] = None,
    output: Annotated[Path | None, typer.Option(help="CSV file for a spreadsheet or a print shop. Without it: codes-OFFER.csv.")] = None,
) -> None:
    """Draw codes for nobody in particular, store them and write them to a file."""
    with plain_errors(), installation() as (engine, settings):
        offer_id, found, last_day = drawing.wanted(engine, offer, valid_until and valid_until.date(), settings.timezone)
        path = output or Path(f"codes-{offer}.csv")
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("Codes", total=count)
            for drawn in drawing.draw(engine, offer_id, found, count, last_day, path):
                progress.update(task, completed=drawn)
        say(f"{count} codes of {offer}, valid until {last_day}, are in {path}.")


@app.command("export")
def export(offer: OfferName, output: Annotated[Path | None, typer.Option(help="CSV file. Without it: codes-OFFER.csv.")] = None) -> None:
    """Write all codes that were generated in advance under an offer to a file once more, with their uses."""
    with plain_errors(), installation() as (engine, _):
        path = output or Path(f"codes-{offer}.csv")
        written, of_partners = drawing.write_down(engine, offer, path)
        say(f"{written} codes of {offer} are in {path}.")
        if of_partners:
            say(f"Not in it: {of_partners} {'code' if of_partners == 1 else 'codes'} of partners. The desk shows them on each partner's page.")


@app.command("settle")
def settle() -> None:
    """Redeem the codes of all stored orders that nobody has redeemed yet: after codes were imported later than the orders that used them."""
    with plain_errors(), installation() as (engine, settings):
        with writing(engine) as connection:
            redemptions.settle_anew(connection)
        settle_orders(engine, settings, now())
        say("The codes of all orders are settled. What was used twice stands in the desk.")
