"""The commands ``postillion api-key …``."""

from typing import Annotated

import typer

from flows.cli.noting import note
from flows.cli.terminal import plain_errors, say
from flows.clock import now
from flows.wiring import installation
from store import api_keys
from store.api_keys import Scope
from store.engine import reading, writing

app = typer.Typer(no_args_is_help=True, help="Keys for programs that use the API: add, list, revoke.")


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What the key is known by, like shop-sync.")],
    source: Annotated[str, typer.Option(help="Name of the shop whose records it brings; the same name updates the same records.")] = "shop",
    scope: Annotated[list[Scope] | None, typer.Option(help="What it may do; may stand several times. Without it: everything.")] = None,
) -> None:
    """Make a key and show it, this once: only its hash is kept."""
    with plain_errors(), installation() as (engine, _):
        with writing(engine) as connection:
            key = api_keys.add(connection, name, source, scope or tuple(Scope), now())
            note(connection, "add_api_key", f"API key {name}", ", ".join(scope or tuple(Scope)))
        say(key)
        say("This is the only time that the key is shown. Programs send it as: Authorization: Bearer KEY")


@app.command("list")
def list_all() -> None:
    """All keys, what each may do and when it was last used."""
    with plain_errors(), installation() as (engine, _), reading(engine) as connection:
        for key in api_keys.all_keys(connection):
            used = f"last used {key.used_at:%Y-%m-%d %H:%M} UTC" if key.used_at else "never used"
            revoked = f", revoked {key.revoked_at:%Y-%m-%d %H:%M} UTC" if key.revoked_at else ""
            say(f"{key.name}: for the source {key.source}, may {', '.join(key.scopes)}; made {key.created_at:%Y-%m-%d %H:%M} UTC, {used}{revoked}")


@app.command("revoke")
def revoke(name: str) -> None:
    """From now on the key opens nothing."""
    with plain_errors(), installation() as (engine, _):
        with writing(engine) as connection:
            api_keys.revoke(connection, name, now())
            note(connection, "revoke_api_key", f"API key {name}")
        say(f"The key {name} opens nothing any more.")
