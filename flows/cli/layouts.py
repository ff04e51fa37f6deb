"""The commands ``postillion layout …``."""

import typer

import layouts
from flows.cli.terminal import plain_errors, say
from store.settings import settings

app = typer.Typer(no_args_is_help=True, help="Layouts: list.")


@app.callback()
def layout() -> None:
    """Layouts: list."""


@app.command("list")
def list_all() -> None:
    """All layouts with their languages."""
    with plain_errors():
        folder = settings().layouts_dir
        for name in layouts.names(folder):
            found = layouts.load(name, folder)
            say(f"{name}: {found.title} ({', '.join(found.languages)})")
