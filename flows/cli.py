"""The command line: ``postillion --help``.  Prefect is imported only by the commands that talk to its server."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

from campaigns.errors import PostillionError
from flows import campaign_files, saving
from flows.clock import now
from flows.importing import files_at, import_file
from flows.wiring import installation
from store import campaigns, migrate, users
from store.engine import DatabaseTrouble, open_engine, reading, writing
from store.passwords import hash_password
from store.settings import settings
from store.users import Role

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Postillion: personal letters for online shops, from the order history to the print shop.")
campaign_app = typer.Typer(no_args_is_help=True, help="Campaigns: save, list.")
import_app = typer.Typer(no_args_is_help=True, help="Import records of a shop.")
user_app = typer.Typer(no_args_is_help=True, help="People who may sign in to the desk.")
print_run_app = typer.Typer(no_args_is_help=True, help="Print runs: list, approve, reject, hand over.")
layout_app = typer.Typer(no_args_is_help=True, help="Layouts: list.")
for name, child in {"campaign": campaign_app, "import": import_app, "user": user_app, "print-run": print_run_app, "layout": layout_app}.items():
    app.add_typer(child, name=name)
console = Console()
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@contextmanager
def plain_errors() -> Iterator[None]:
    """Our own errors are for people: their text, no traceback."""
    try:
        yield
    except (PostillionError, OSError, DatabaseTrouble) as error:
        console.print("Error:", str(error), highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from None


@app.command("migrate")
def migrate_command() -> None:
    """Create the tables or bring them to this version."""
    with plain_errors():
        engine = open_engine(settings().database)
        migrate.upgrade(engine)
        engine.dispose()
        console.print("The database is up to date.")


def _fill(progress: Progress, bar: TaskID, share: float) -> None:
    progress.update(bar, completed=share)


@import_app.command("csv")
def import_csv_command(
    place: Annotated[Path, typer.Argument(help="A CSV file, or a folder of them.")],
    source: Annotated[str, typer.Option(help="Name of the shop; the same name updates the same records.")] = "shop",
) -> None:
    """Import customers, orders and carts; the same file again changes nothing."""
    with plain_errors(), installation() as (engine, found), Progress(console=console) as progress:
        for file in files_at(place, source, found):
            bar = progress.add_task(f"{file.path.name} ({file.format.name})", total=1.0)
            result = import_file(engine, found, file, partial(_fill, progress, bar))
            counts = result.counts
            progress.console.print(
                f"{file.path.name}: {counts.read} {file.kind} read, {counts.stored} stored, {counts.unchanged} unchanged, {counts.rejected} rejected"
            )
            if result.rejects_file:
                progress.console.print(f"  rejected records: {result.rejects_file}")


@campaign_app.command("save")
def campaign_save(files: Annotated[list[Path], typer.Argument(help="Campaign files (TOML).")]) -> None:
    """Save campaigns with their offers; what cannot work is refused with every reason."""
    with plain_errors(), installation() as (engine, found):
        for path in files:
            form = campaign_files.read(path)
            with writing(engine) as connection:
                saved = saving.save_campaign(connection, form.to_campaign(), [offer.to_offer() for offer in form.offers], found.layouts_dir)
            console.print(f"Saved campaign {saved.definition.slug}, version {saved.definition.version[:12]}. `postillion deploy` puts it into the Prefect UI.")


@campaign_app.command("list")
def campaign_list() -> None:
    """All saved campaigns."""
    with plain_errors(), installation() as (engine, _), reading(engine) as connection:
        for slug in campaigns.slugs(connection):
            console.print(slug)


@layout_app.command("list")
def layout_list() -> None:
    """All layouts with their languages."""
    import layouts

    with plain_errors():
        folder = settings().layouts_dir
        for name in layouts.names(folder):
            layout = layouts.load(name, folder)
            console.print(f"{name}: {layout.title} ({', '.join(layout.languages)})", highlight=False)


@user_app.command("add")
def user_add(
    name: str,
    role: Annotated[Role, typer.Option(help="What the person does.")] = Role.MARKETER,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="POSTILLION_NEW_PASSWORD")] = "",
) -> None:
    """Create somebody who may sign in to the desk, or change the password."""
    with plain_errors(), installation() as (engine, _), writing(engine) as connection:
        users.save(connection, name, hash_password(password), role, now())
        console.print(f"{name} may sign in now.")


@print_run_app.command("list")
def print_run_list() -> None:
    """The newest print runs."""
    from store import print_runs

    with plain_errors(), installation() as (engine, _), reading(engine) as connection:
        table = Table("run", "campaign", "state", "selected", "started")
        for run in print_runs.latest(connection, 20):
            table.add_row(str(run.id), run.campaign, run.state, str(run.funnel.selected), f"{run.created_at:%Y-%m-%d %H:%M}")
        console.print(table)


@print_run_app.command("reject")
def print_run_reject(number: int, comment: str = "", yes: Yes = False) -> None:
    """Stop a print run before its hand-over: nothing is printed, its customers stay free for another run."""
    _decide(number, approved=False, comment=comment, yes=yes)


@print_run_app.command("approve")
def print_run_approve(number: int, comment: str = "", yes: Yes = False) -> None:
    """Let a print run go that waits for approval; hand it over with `postillion print-run hand-over`."""
    _decide(number, approved=True, comment=comment, yes=yes)


def _decide(number: int, *, approved: bool, comment: str, yes: bool) -> None:
    from flows.handing_over import decide_on_run
    from store import letters, print_runs

    with plain_errors(), installation() as (engine, found):
        with reading(engine) as connection:
            run, count = print_runs.get(connection, number), letters.count(connection, number)
        if not yes:
            typer.confirm(f"{'Approve' if approved else 'Reject'} print run {number} of {run.campaign} with {count} letters?", abort=True)
        decide_on_run(engine, found, number, approved=approved, by=os.environ.get("USER", "command line"), comment=comment)
        console.print(f"Print run {number} is {'approved' if approved else 'rejected'}.")


@print_run_app.command("hand-over")
def print_run_hand_over(
    number: int,
    again: Annotated[bool | None, typer.Option("--again/--not-again", help="Send the same files once more, only when the print shop asks for them.")] = None,
) -> None:
    """Put an approved print run into the print shop's folder; one that was handed over is not sent twice."""
    from flows.handing_over import hand_over_run

    with plain_errors(), installation() as (engine, found):
        hand_over_run(engine, found, number, console.print, again=again)


@app.command()
def deploy() -> None:
    """Put all flows and campaigns into the Prefect UI; what marketers set there stays as it is.

    A new installation gets the bundled win-back campaign.
    """
    os.environ.setdefault("PREFECT_API_URL", f"http://127.0.0.1:{settings().prefect_port}/api")  # without one Prefect makes up a server of its own
    from flows.deployments import deploy_all

    with plain_errors(), installation() as (engine, found):
        with reading(engine) as connection:
            is_new = not campaigns.slugs(connection)
        if is_new:
            campaign_save([campaign_files.PRESETS / "winback-de.toml"])
        for name in deploy_all(engine, found):
            console.print(name)


@app.command()
def up() -> None:
    """Start Prefect server and UI, worker and API together; Ctrl-C stops them in the right order."""
    from flows.stack import running

    def end(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    for one in (signal.SIGTERM, signal.SIGINT):  # a shell may have started us with Ctrl-C ignored
        signal.signal(one, end)
    with plain_errors():
        console.print("Starting Prefect server, worker and API …")
        with running(settings()) as stack:
            console.print(f"Campaigns (Prefect UI): {stack.prefect_url}", f"Desk: {stack.api_url}/desk", sep="\n")
            console.print(f"Logs: {stack.settings.data_dir.resolve() / 'logs'}", "Ctrl-C stops everything.", sep="\n")
            try:
                while True:
                    stack.check()
                    time.sleep(1)
            except KeyboardInterrupt:
                console.print("Stopping: the worker lets a running flow end first …")


@app.command()
def demo(
    keep: Annotated[bool, typer.Option(help="Leave everything running afterwards, until Ctrl-C.")] = False,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its data; an earlier demo there is replaced.")] = Path("var/demo"),
) -> None:
    """The main job on a sample shop: import, win-back campaign, approval, print files, a scanned code."""
    from flows.demo import run_demo

    with plain_errors():
        run_demo(folder, keep, print)


if __name__ == "__main__":
    sys.exit(app())
