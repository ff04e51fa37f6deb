"""The commands ``postillion campaign …``."""

from pathlib import Path
from typing import Annotated

import typer

from flows import campaign_files, saving
from flows.cli.terminal import plain_errors, say
from flows.wiring import installation
from store import campaigns
from store.engine import reading, writing

app = typer.Typer(no_args_is_help=True, help="Campaigns: save, list.")


@app.command("save")
def save(files: Annotated[list[Path], typer.Argument(help="Campaign files (TOML).")]) -> None:
    """Save campaigns with their offers; what cannot work is refused with every reason."""
    with plain_errors(), installation() as (engine, found):
        for path in files:
            form = campaign_files.read(path)
            with writing(engine) as connection:
                saved = saving.save_campaign(connection, form.to_campaign(), [offer.to_offer() for offer in form.offers], found.layouts_dir)
            say(f"Saved campaign {saved.definition.slug}, version {saved.definition.version[:12]}. `postillion deploy` puts it into the Prefect UI.")


@app.command("list")
def list_all() -> None:
    """All saved campaigns."""
    with plain_errors(), installation() as (engine, _), reading(engine) as connection:
        for slug in campaigns.slugs(connection):
            say(slug)
