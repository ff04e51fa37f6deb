"""The commands ``postillion seed …``."""

from typing import Annotated

import typer
from rich.table import Table

from campaigns.address import Address
from campaigns.customer import Sex
from flows.cli.noting import note
from flows.cli.terminal import console, plain_errors, say
from flows.clock import now
from flows.errors import UnknownSeed
from flows.selection.seeding import add_seed
from flows.wiring import installation
from store import seeds
from store.engine import reading, writing

app = typer.Typer(no_args_is_help=True, help="Seed addresses (Kontrolladressen): our own, they get a letter of each print run.")


@app.command("add")
def add(
    last_name: Annotated[str, typer.Option(help="Surname (Nachname).")] = "",
    first_name: Annotated[str, typer.Option(help="First name (Vorname).")] = "",
    street: Annotated[str, typer.Option(help="Street and number (Straße und Hausnummer).")] = "",
    postcode: Annotated[str, typer.Option(help="Postcode (PLZ).")] = "",
    town: Annotated[str, typer.Option(help="Town (Ort).")] = "",
    country: Annotated[str, typer.Option(help="Country (Land), ISO code.")] = "DE",
    company: Annotated[str, typer.Option(help="Company (Firma), empty for a private address.")] = "",
    addition: Annotated[str, typer.Option(help="Second address line (Adresszusatz).")] = "",
    sex: Annotated[str, typer.Option(help="f or m, for the salutation (Anrede); empty for a neutral one.")] = "",
) -> None:
    """Add a seed address; the same one again changes nothing."""
    if sex not in ("", "f", "m"):
        raise typer.BadParameter("give f, m or nothing", param_hint="--sex")
    parts = (company, "", first_name, last_name, addition, street, postcode, town, country.upper())
    with plain_errors(), installation() as (engine, settings), writing(engine) as connection:
        number = add_seed(connection, Address(*(part.strip() for part in parts)), Sex(sex), "", settings.sender)
        note(connection, "add_seed", f"customer {number}")
    say(f"Seed address {number} gets a letter of every print run from now on.")


@app.command("list")
def list_all() -> None:
    """All seed addresses."""
    with plain_errors(), installation() as (engine, _), reading(engine) as connection:
        table = Table("number", "name", "address", "since", "gets letters")
        for seed in seeds.listed(connection):
            address = seed.customer.address
            where = f"{address.street}, {address.postcode} {address.town}, {address.country}"
            table.add_row(str(seed.id), address.name or address.company, where, f"{seed.added_at:%Y-%m-%d}", "no: objected" if seed.objected else "yes")
        console.print(table)


@app.command("remove")
def remove(number: int) -> None:
    """Write to a seed address no more; what was sent to it stays on record without its name."""
    with plain_errors(), installation() as (engine, settings), writing(engine) as connection:
        if not seeds.remove(connection, number, settings.secret, now()):
            raise UnknownSeed(f"There is no seed address {number}: see `postillion seed list`.")
        note(connection, "remove_seed", f"customer {number}")
    say(f"Seed address {number} gets no more letters.")
