"""The command ``postillion campaign dry-run``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from flows.cli.terminal import console, plain_errors, say, show
from flows.clock import now
from flows.selection import dry_running
from flows.wiring import installation
from flows.wording import funnel_rows


def dry_run(
    campaign: Annotated[str, typer.Argument(help="The campaign's short name.")],
    proof: Annotated[Path | None, typer.Option(help="Write the proofs into this file (PDF) and keep no copy.")] = None,
    max_letters: Annotated[int | None, typer.Option(min=1, help="As if a run of so many letters at the most were started.")] = None,
) -> None:
    """Show what a campaign would do now: funnel, cost and proofs; stores, issues and hands over nothing."""
    with plain_errors(), installation() as (engine, found):
        with Progress(console=console, transient=True) as progress:
            bar = progress.add_task(f"Dry run of {campaign}", total=1.0)
            result = dry_running.dry_run(
                engine, found, campaign, now(), lambda share: progress.update(bar, completed=share), max_letters=max_letters, proof=proof
            )
        show(f"Dry run of {campaign}", funnel_rows(result.funnel))
        for line in dry_running.sentences(result):
            say(line)
        for customer_id, reason in result.unprintable:
            say(f"Cannot be printed: customer {customer_id}: {reason}")
        for line in dry_running.law(result):
            say(f"- {line}")
        if result.proof:
            say(f"{result.proofs} proofs: {result.proof}")
