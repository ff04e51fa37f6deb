"""The commands that concern the installation as a whole: migrate, deploy, up, demo."""

import os
import signal
import time
from pathlib import Path
from typing import Annotated

import typer

from flows.cli import campaigns as campaign_commands
from flows.cli.terminal import plain_errors, say
from flows.wiring import installation
from store import campaigns, migrate
from store.engine import open_engine, reading
from store.settings import settings

app = typer.Typer()


@app.command("migrate")
def migrate_tables() -> None:
    """Create the tables or bring them to this version."""
    with plain_errors():
        engine = open_engine(settings().database)
        migrate.upgrade(engine)
        engine.dispose()
        say("The database is up to date.")


@app.command()
def deploy() -> None:
    """Put all flows, campaigns and kinds of shop accounts into the Prefect UI; what marketers set there stays as it is.

    A new installation gets the bundled win-back campaign.
    """
    os.environ.setdefault("PREFECT_API_URL", f"http://127.0.0.1:{settings().prefect_port}/api")  # without one Prefect makes up a server of its own
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
