"""The commands ``postillion partner …``."""

from typing import Annotated

import typer

from flows.cli.noting import note
from flows.cli.terminal import plain_errors, say
from flows.clock import now
from flows.wiring import installation
from store import partners
from store.engine import reading, writing
from store.passwords import hash_password

app = typer.Typer(no_args_is_help=True, help="Partners who bring new customers: add, list, let them sign in.")


@app.command("add")
def add(
    slug: Annotated[str, typer.Argument(help="Short name: small letters, digits and hyphens, like anna-meier.")],
    name: Annotated[str, typer.Option(help="As it is printed on coupons.")],
    email: Annotated[str, typer.Option(help="So that nobody refers themselves.")] = "",
    sponsor: Annotated[str, typer.Option(help="Short name of the partner who brought this one.")] = "",
) -> None:
    """Take in a partner."""
    with plain_errors(), installation() as (engine, _):
        with writing(engine) as connection:
            partner = partners.add(connection, slug, name, email, sponsor, now())
            note(connection, "change_partner", f"partner {slug}", "taken in" + (f", brought by {sponsor}" if sponsor else ""))
        say(f"{partner.name} is a partner now. `postillion partner login {slug}` makes a sign-in for the partner desk.")


@app.command("login")
def login(
    slug: str,
    user: Annotated[str, typer.Option(help="Name to sign in with. Without it: the short name.")] = "",
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="POSTILLION_NEW_PASSWORD")] = "",
) -> None:
    """Make the partner's sign-in, or change its password."""
    with plain_errors(), installation() as (engine, settings):
        with writing(engine) as connection:
            partners.open_login(connection, slug, user or slug, hash_password(password), now())
            note(connection, "change_partner", f"partner {slug}", f"sign-in {user or slug}")
        say(f"{user or slug} may sign in at {settings.desk_url}/partner now.")


@app.command("list")
def tree() -> None:
    """Every partner below the one who brought him or her."""
    with plain_errors(), installation() as (engine, _), reading(engine) as connection:
        for one in partners.downline(connection):
            shut = "" if one.partner.is_active else ", shut out"
            say(f"{'  ' * one.depth}{one.partner.slug}: {one.partner.name}, brought {one.brought}{shut}")
