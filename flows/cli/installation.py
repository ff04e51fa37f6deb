"""The commands that concern the installation as a whole: migrate, back up, restore, deploy, up, demo."""

import os
import signal
import time
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.terminal import plain_errors, say
from flows.clock import now
from flows.wiring import installation
from store import campaigns, erasures, migrate
from store.engine import open_engine, reading
from store.erasures import Repeated
from store.settings import settings

app = typer.Typer()


@app.command("migrate")
def migrate_tables(
    restored: Annotated[bool, typer.Option("--restored", help="An older state was put back by hand: file the objections since once more, too.")] = False,
) -> None:
    """Create the tables or bring them to this version; erasures that an older state does not know are repeated."""
    with plain_errors():
        found = settings()
        engine = open_engine(found.database)
        try:
            migrate.upgrade(engine)
            journal = erasures.path_in(found.data_dir)
            _tell(erasures.repeat(engine, journal, found.secret, now(), with_objections=restored))
            erasures.write_down(engine, found.data_dir, found.secret)
        finally:
            engine.dispose()
        say("The database is up to date.")


def _tell(repeated: Repeated) -> None:
    if repeated.people or repeated.kept_out or repeated.sources:
        kept_out = f", {repeated.kept_out} kept out of later imports" if repeated.kept_out else ""
        sources = f", {repeated.sources} shop(s) forgotten again" if repeated.sources else ""
        say(f"Erasures that this state of the database did not know: {repeated.people} person(s) erased again{kept_out}{sources}.")
    if repeated.objections:
        say(f"Objections that it did not know: {repeated.objections} filed again.")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A file that is not there yet, like postillion-2026-11-22.tar.gz.")],
    all_print_files: Annotated[bool, typer.Option("--all-print-files", help="Print files that were handed over as well, as long as they are kept.")] = False,
) -> None:
    """Write the database and all that cannot be made again into one file, while everything runs; no settings, no secrets."""
    from flows.backing_up import back_up

    with plain_errors(), installation() as (engine, found):
        taken = back_up(engine, found, file, all_print_files=all_print_files)
        say(f"{taken.path}: {taken.files} file(s), {taken.bytes / 1e6:,.1f} MB. It names people: keep it as safe as the database, and .env elsewhere.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `postillion backup` wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="What the database holds now may go.")] = False,
) -> None:
    """Put a backup back, bring it to this version and repeat the erasures and objections since. Stop everything else first."""
    from flows.backing_up import restore as put_back

    with plain_errors():
        done = put_back(settings(), file, replace=replace)
        say(f"Everything stands as it stood on {done.made_at:%Y-%m-%d %H:%M} UTC: {done.files} file(s).")
        _tell(done.repeated)
        for place in done.left:
            say(f"{place} was there already with other content: it stays as it is.")
        if done.before:
            say(f"The database before lies at {done.before}: it names people, delete it when you do not need it any more.")
        say("Letters that were handed over since are unknown now: ask the print shop which print runs it has before a campaign starts.")


@app.command()
def deploy() -> None:
    """Put all flows, campaigns and kinds of shop accounts into the Prefect UI; what marketers set there stays as it is.

    A new installation gets the bundled win-back campaign.
    """
    os.environ.setdefault("PREFECT_API_URL", f"http://127.0.0.1:{settings().prefect_port}/api")  # without one Prefect makes up a server of its own
    from flows.cli import campaigns as campaign_commands
    from flows.deployments import deploy_all

    with plain_errors(), installation() as (engine, found):
        with reading(engine) as connection:
            is_new = not campaigns.slugs(connection)
        if is_new:
            campaign_commands.save(["winback-de"])
        for name in deploy_all(engine, found):
            say(name)


@app.command()
def up() -> None:
    """Start Prefect server and UI, worker and API together; Ctrl-C stops them in the right order."""
    from flows.stack import running

    def end(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    for one in (signal.SIGTERM, signal.SIGINT):  # a shell may have started us with Ctrl-C ignored
        signal.signal(one, end)
    with plain_errors():
        say("Starting Prefect server, worker and API …")
        with running(settings()) as stack:
            for line in (f"Campaigns (Prefect UI): {stack.prefect_url}", f"Desk: {stack.api_url}/desk", f"Logs: {stack.settings.data_dir.resolve() / 'logs'}"):
                say(line)
            say("Ctrl-C stops everything.")
            try:
                while True:
                    stack.check()
                    time.sleep(1)
            except KeyboardInterrupt:
                say("Stopping: the worker lets a running flow end first …")


@app.command()
def demo(
    keep: Annotated[bool, typer.Option(help="Leave everything running afterwards, until Ctrl-C.")] = False,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its data; an earlier demo there is replaced.")] = Path("var/demo"),
) -> None:
    """The main job on a sample shop: import, win-back campaign, approval, print files, a scanned code."""
    from flows.demo import run_demo

    with plain_errors():
        run_demo(folder, keep, print)
