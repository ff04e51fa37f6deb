"""The command ``postillion campaign results``."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from campaigns.results.as_csv import results_csv
from flows.cli.terminal import plain_errors, say, show
from flows.clock import now
from flows.errors import UnknownCampaign
from flows.result_words import result_lines, result_rows
from flows.wiring import installation
from printshop.cost import read_tariff
from store import campaigns
from store import results as brought
from store.engine import reading

Days = Annotated[int | None, typer.Option("--days", min=1, max=365, help="Orders count for so many days after posting (else POSTILLION_RESULTS_WINDOW_DAYS).")]


def results(
    name: Annotated[str, typer.Argument(help="Short name of the campaign.")],
    days: Days = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the numbers by step and layout into this file as well.", dir_okay=False)] = None,
) -> None:
    """What a campaign has brought: at least, at most, and because of the letters."""
    with plain_errors(), installation() as (engine, settings), reading(engine) as connection:
        usual = settings.reckoning(read_tariff(settings.tariff_file).currency)
        found = brought.of_campaign(connection, name, replace(usual, window_days=days or usual.window_days), now())
        if found is None:
            raise UnknownCampaign(f"There is no campaign {name!r} (saved are: {', '.join(campaigns.slugs(connection)) or 'none'}).")
        for line in result_lines(found):
            say(line)
        show(f"{found.name}, by step and layout", _upright(result_rows(found)))
        if csv:
            csv.write_text("".join(results_csv(found)), encoding="utf-8", newline="")
            say(f"Written to {csv}.")


def _upright(rows: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """A row for each number instead of each step: twelve columns are cut off in a terminal of the usual 80 characters, amounts with them."""
    named = {str(row["letters of"]): row for row in rows}
    return [{"letters of": number, **{name: row[number] for name, row in named.items()}} for number in rows[0] if number != "letters of"]
