"""The commands ``postillion campaign …``."""

from datetime import UTC
from typing import Annotated

import typer

from campaigns.definition import version
from campaigns.errors import InvalidCampaign
from flows.cli import dry_runs, overlaps, results
from flows.cli.noting import note
from flows.cli.terminal import plain_errors, say
from flows.cli.terminal import show as show_table
from flows.definition import campaign_files, saving
from flows.definition.campaign_text import as_toml
from flows.errors import UnknownCampaign
from flows.forms import CampaignForm
from flows.wiring import installation
from store import campaigns, offers, print_runs
from store.campaigns import SavedCampaign
from store.engine import Connection, reading, writing

COLUMNS = ("campaign", "kind", "active", "steps", "priority", "last print run")
app = typer.Typer(no_args_is_help=True, help="Campaigns: save, list, show, presets, dry-run, overlap, results.")
app.command("dry-run")(dry_runs.dry_run)
app.command("overlap")(overlaps.overlap)
app.command("results")(results.results)


@app.command("save")
def save(names: Annotated[list[str], typer.Argument(help="Campaign files (TOML), or names of presets like winback-de.", metavar="FILE|PRESET...")]) -> None:
    """Save campaigns with their offers; what cannot work is refused with every reason."""
    with plain_errors(), installation() as (engine, found):
        for name in names:
            form, wrong = campaign_files.read_in_part(campaign_files.find(name))
            with writing(engine) as connection:
                saved = saving.save_form(connection, form, found, campaign_files.language(found), wrong)
                note(connection, "save_campaign", f"campaign {saved.campaign.definition.slug}", f"version {version(saved.campaign.definition)[:12]}")
            say(f"{saved.told} Version {version(saved.campaign.definition)[:12]}. `postillion deploy` puts it into the Prefect UI.")
            for line in saved.advice:
                say(f"- {line}")


@app.command("presets")
def presets() -> None:
    """The campaigns that come with Postillion, ready to save."""
    for path in campaign_files.presets():
        form = campaign_files.read(path)
        say(f"{path.stem:<18} {form.audience.kind:<15} {path.stem.rsplit('-', 1)[-1]}  {form.name}")


@app.command("list")
def list_all() -> None:
    """All saved campaigns: kind, steps, priority, whether they write to anybody, and their last print run."""
    with plain_errors(), installation() as (engine, _), reading(engine) as connection:
        if slugs := campaigns.slugs(connection):
            show_table("Campaigns", [_row(connection, slug) for slug in slugs])


def _row(connection: Connection, slug: str) -> dict[str, object]:
    try:
        saved = _saved(connection, slug)
    except InvalidCampaign:
        return dict(zip(COLUMNS, (slug, "can no longer work", "no", "?", "?", "save it again"), strict=True))
    campaign = saved.definition
    runs = print_runs.latest(connection, 1, saved.id)
    last = f"{runs[0].created_at.astimezone(UTC):%Y-%m-%d}, {runs[0].state.replace('_', ' ')}" if runs else "none yet"
    cells = (slug, campaign.kind, "yes" if campaign.active else "no", len(campaign.steps), campaign.limits.priority, last)
    return dict(zip(COLUMNS, cells, strict=True))


def _saved(connection: Connection, slug: str) -> SavedCampaign:
    found = campaigns.by_slug(connection, slug)
    if found is None:
        raise UnknownCampaign(f"There is no campaign {slug!r} (saved are: {', '.join(campaigns.slugs(connection)) or 'none'}).")
    return found


@app.command("show")
def show(name: Annotated[str, typer.Argument(help="Short name of the campaign.")]) -> None:
    """A campaign as a file: change it and save it again."""
    with plain_errors(), installation() as (engine, _), reading(engine) as connection:
        saved = _saved(connection, name)
        used = offers.by_slug(connection, {step.offer for step in saved.definition.steps})
        typer.echo(as_toml(CampaignForm.of(saved.definition), [offer for _, offer in used.values()]))


@app.command("end")
def end(name: Annotated[str, typer.Argument(help="Short name of the campaign.")]) -> None:
    """Switch a campaign off: it writes to nobody and takes nobody from another one."""
    _switch(name, active=False)


@app.command("resume")
def resume(name: Annotated[str, typer.Argument(help="Short name of the campaign.")]) -> None:
    """Switch a campaign on again; what cannot work any more is refused with every reason."""
    _switch(name, active=True)


def _switch(name: str, *, active: bool) -> None:
    with plain_errors(), installation() as (engine, found), writing(engine) as connection:
        saved = _saved(connection, name)
        say(saving.switch(connection, saved.definition, found, active=active))
        note(connection, "resume_campaign" if active else "end_campaign", f"campaign {name}")
