"""The commands ``postillion preflight …`` and ``postillion print-run preflight …``."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from flows.cli.terminal import console, plain_errors, say
from flows.wiring import installation

if TYPE_CHECKING:
    from letters.preflight import Report


def preflight(
    file: Annotated[Path, typer.Argument(help="Any PDF.", exists=True, dir_okay=False)],
    stationery: Annotated[bool, typer.Option("--stationery", help="It goes below letters and need not be PDF/X-4 itself.")] = False,
) -> None:
    """Check how a PDF is built: boxes, fonts, inks, PDF/X-4, nothing that moves. What it says is not looked at."""
    from layouts import production
    from letters.preflight import check

    with plain_errors():
        wanted = production.Production()
        report = check(file, None, replace(wanted, output=None) if stationery else wanted)
    _end([(file.name, report)])


def preflight_run(
    number: int, all_codes: Annotated[bool, typer.Option("--all-codes", help="Decode the QR codes of every letter (6 ms each).")] = False
) -> None:
    """Check the print files of a run once more, every address and its QR codes included; changes nothing."""
    from flows.printing.checking import check_again
    from letters.preflight import Sampling

    with plain_errors(), installation() as (engine, found):
        sampling = Sampling(1 if all_codes else found.preflight_codes_every)
        reports = [(file.name, report) for file, report in check_again(engine, found, number, sampling)]
    _end(reports)


def _end(reports: "list[tuple[str, Report]]") -> None:
    """Show what was found; exit code 1 if a file must not be printed."""
    for name, report in reports:
        if report.findings:
            table = Table("severity", "code", "where", "what", title=name, title_justify="left")
            for one in report.findings:
                table.add_row(one.severity, one.code, one.where or "file", one.message)
            console.print(table)
        hidden = sum(report.counts.values()) - len(report.findings)
        say(f"{name}: {'passed' if report.passed else 'FAILED'}; {report.checked}{f'; {hidden} more findings like these' if hidden else ''}")
    if not reports:
        say("There is no print file to check.")
    if not all(report.passed for _, report in reports):
        raise typer.Exit(1)
