"""The commands ``postillion import …``."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

from campaigns.record import Kind
from flows.cli.findings import show_findings
from flows.cli.terminal import console, plain_errors, say
from flows.clock import now
from flows.intake.csv_files import Hints, check_file, import_files, paths_at
from flows.intake.importing import ImportReport
from flows.intake.shops import Access, billbee_access, import_shop, shopify_access
from flows.locks import is_importing_from
from flows.wiring import installation
from importers.csv_file import load_mapping, meant_by
from importers.errors import UnreadableFile
from store import imports, sync_states
from store.engine import Engine, reading
from store.imports import Import, ImportState
from store.settings import Settings, settings

app = typer.Typer(no_args_is_help=True, help="Import records of a shop; see how the imports stand.")
Whole = Annotated[bool, typer.Option("--whole", help="Everything once more, not only what changed since the last import; can take hours.")]
Streams = Annotated[list[Kind] | None, typer.Option("--stream", help="Only these, like customers; may stand several times. Without it: everything there is.")]


class Bars:
    """A bar for each import that runs, and a line for each that has ended."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[int, TaskID] = {}

    def show(self, report: ImportReport) -> None:
        """Hear how an import stands."""
        if report.import_id not in self._bars:
            self._bars[report.import_id] = self._progress.add_task(f"{report.name} ({report.format})", total=None, read=0)
        total = None if report.share is None else 1.0
        self._progress.update(self._bars[report.import_id], total=total, completed=report.share or 0.0, read=report.counts.read)
        if report.state is not ImportState.RUNNING:
            self.say(f"{report.name}: {report.in_words}")
        if report.rejects_file:
            self.say(f"  rejected records: {report.rejects_file}")

    def say(self, line: str) -> None:
        """Put a line above the bars."""
        self._progress.console.print(line, highlight=False, markup=False, soft_wrap=True)


def _progress() -> Progress:
    """Bars that count records where nobody can know how many there are."""
    read = TextColumn("{task.fields[read]:,} read")
    return Progress(TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), read, TimeElapsedColumn(), console=console)


@app.command("csv")
def import_csv(
    place: Annotated[Path, typer.Argument(help="A CSV file, or a folder of them.")],
    source: Annotated[str, typer.Option(help="Name of the shop; the same name updates the same records.")] = "shop",
    kind: Annotated[Kind | None, typer.Option("--as", help="What the files hold, where their headings do not tell, like robinson.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="A mapping file (TOML) for files with headings that nobody knows.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say what would be read, and store nothing.")] = False,
) -> None:
    """Import customers, orders, carts, coupons or lists of objections; the same file again changes nothing."""
    with plain_errors():
        hints = Hints(kind, load_mapping(mapping) if mapping else None)
        if check:
            _check(paths_at(place), source, hints)
            return
        with installation() as (engine, found), _progress() as progress:
            import_files(engine, found, place, source, Bars(progress).show, hints)


def _check(paths: list[Path], source: str, hints: Hints) -> None:
    """Look at each file; one that cannot be read keeps nobody from the others."""
    unreadable = False
    meant = meant_by(hints.mapping, paths, hints.kind) if hints.mapping else ()
    for path in paths:
        try:
            show_findings(check_file(path, source, settings(), hints if path in meant else Hints(hints.kind)))
        except UnreadableFile as error:
            unreadable = True
            say(f"Error: {error}")
    if unreadable:
        raise typer.Exit(1)


@app.command("shopify")
def import_shopify(whole: Whole = False, stream: Streams = None) -> None:
    """Import from the Shopify shop of the settings: what changed since the last time, at first everything."""
    _import_shop(shopify_access, whole, stream)


@app.command("billbee")
def import_billbee(whole: Whole = False, stream: Streams = None) -> None:
    """Import from the Billbee account of the settings: what changed since the last time, at first everything."""
    _import_shop(billbee_access, whole, stream)


def _import_shop(access_of: Callable[[Settings], Access], whole: bool, kinds: list[Kind] | None) -> None:
    with plain_errors(), installation() as (engine, found):
        access = access_of(found)
        unknown = [str(kind) for kind in kinds or () if kind not in access.streams]
        if unknown:
            raise typer.BadParameter(f"{', '.join(unknown)}: this shop has {', '.join(access.streams)}.", param_hint="--stream")
        with _progress() as progress:
            bars = Bars(progress)

            def warn(warnings: tuple[str, ...]) -> None:
                for warning in warnings:
                    bars.say(f"Warning: {warning}")

            import_shop(engine, found, access, kinds or access.streams, bars.show, warn, now() if whole else None)


@app.command("status")
def status() -> None:
    """The last import of every source and kind, and up to where it has been read."""
    with plain_errors(), installation() as (engine, found):
        with reading(engine) as connection:
            latest, states = imports.latest(connection), sync_states.moved(connection)
        for one in latest:
            state, _ = states.get((one.source, one.kind), ({}, None))
            say(f"{one.source} {one.kind} (from {one.name}): {_standing(engine, one, found)}; {_counts(one)}{_place(state)}")
        if not latest:
            say("Nothing was imported yet.")


def _standing(engine: Engine, one: Import, settings: Settings) -> str:
    began = f"{one.started_at:%Y-%m-%d %H:%M} UTC"
    if one.state is ImportState.RUNNING:
        return f"running since {began}" if is_importing_from(engine, settings.data_dir, one.source) else f"killed, begun {began}: start it again"
    ended = f"{one.finished_at:%Y-%m-%d %H:%M} UTC" if one.finished_at else began
    return f"{one.state} {ended}{': ' if one.message else ''}{one.message}"


def _counts(one: Import) -> str:
    counts = one.counts
    return f"{counts.read} read, {counts.stored} stored, {counts.unchanged} unchanged, {counts.rejected} rejected"


def _place(state: Mapping[str, Any]) -> str:
    """Up to where a shop has been read: the latest moment of the importer's own words, which differ; empty where they name none."""
    moments = []
    for value in state.values():
        try:
            moments.append(datetime.fromisoformat(str(value)))
        except ValueError:
            continue
    return f"; read up to {max(moments).astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moments else ""
