"""The commands ``postillion user …``."""

from typing import Annotated

import typer

from flows.cli.noting import note
from flows.cli.terminal import plain_errors, say
from flows.clock import now
from flows.wiring import installation
from store import users
from store.engine import writing
from store.passwords import hash_password
from store.users import Role

app = typer.Typer(no_args_is_help=True, help="People who may sign in to the desk.")


@app.callback()
def user() -> None:
    """People who may sign in to the desk."""


@app.command("add")
def add(
    name: str,
    role: Annotated[Role, typer.Option(help="What the person does.")] = Role.MARKETER,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="POSTILLION_NEW_PASSWORD")] = "",
) -> None:
    """Create somebody who may sign in to the desk, or change the password."""
    with plain_errors(), installation() as (engine, _), writing(engine) as connection:
        users.save(connection, name, hash_password(password), role, now())
        note(connection, "save_user", f"user {name}", role)
        say(f"{name} may sign in now.")
