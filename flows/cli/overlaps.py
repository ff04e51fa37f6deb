"""The command ``postillion campaign overlap``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from flows.cli.terminal import console, plain_errors, say, show
from flows.clock import now
from flows.selection import overlapping
from flows.wiring import installation


def overlap(csv: Annotated[Path | None, typer.Option(help="Write a row for every person into this file: what each campaign says.")] = None) -> None:
    """Show whom the active campaigns would reach today, where they compete, and who is reached by none; changes nothing."""
    with plain_errors(), installation() as (engine, found):
        with Progress(console=console, transient=True) as progress:
            bar = progress.add_task("Everybody before every campaign", total=1.0)
            compared = overlapping.compare(engine, found, now(), lambda share, what: progress.update(bar, completed=share, description=what))
        for table in overlapping.tables(compared.overlap):
            show(table.title, table.rows)
        for line in overlapping.sentences(compared, found.desk_url):
            say(line)
        if csv:
            say(f"Wrote {overlapping.write_csv(compared, csv)} people to {csv}.")
