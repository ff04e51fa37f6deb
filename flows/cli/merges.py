"""The commands ``postillion merge …``."""

from typing import Annotated

import typer

from campaigns.customer import Customer
from flows.cli.noting import note, user
from flows.cli.terminal import Yes, plain_errors, say
from flows.clock import now
from flows.wiring import installation
from store import merges
from store.engine import reading, writing

app = typer.Typer(no_args_is_help=True, help="Who was taken for the same person: list, undo.")


@app.command("list")
def list_newest(
    customer: Annotated[int | None, typer.Option(help="Only those of one person: the number in the address of the desk's page.")] = None,
    count: Annotated[int, typer.Option(help="How many, the newest first.", min=1)] = 20,
) -> None:
    """The newest merges, the undone among them."""
    with plain_errors(), installation() as (engine, _), reading(engine) as connection:
        for one in merges.latest(connection, count, customer_id=customer):
            also = ", ".join(f"{source} {key}" for source, key in one.sources)
            undone = f"; undone {one.undone_at:%Y-%m-%d} by {one.undone_by or 'the shop'}" if one.undone_at else ""
            when = f"{one.merged_at:%Y-%m-%d %H:%M} UTC"
            say(f"{one.id}: {when}, by {one.reason}: customer {one.kept_id} {_named(one.kept)} is also {_named(one.gone)} ({also}){undone}")


@app.command("undo")
def undo(number: Annotated[int, typer.Argument(help="The merge's number, as the list shows it.")], yes: Yes = False) -> None:
    """Make two customers of one again; no rule ever unites them again."""
    with plain_errors(), installation() as (engine, found):
        if not yes:
            typer.confirm(f"Undo merge {number}?", abort=True)
        with writing(engine) as connection:
            separate = merges.undo(connection, number, user(), found.secret, now())
            note(connection, "undo_merge", f"customer {separate}", f"merge {number}")
        say(f"Merge {number} is undone: customer {separate} is separate again.")


def _named(customer: Customer) -> str:
    return f"{customer.address.first_name} {customer.address.last_name}".strip() or customer.address.company or customer.email
