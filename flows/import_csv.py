"""The flow import-csv: a shop's CSV exports into the database."""

from pathlib import Path

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.artifacts import ProgressBar, show_import
from flows.forms import ImportForm
from flows.importing import ImportResult, files_at, import_file
from flows.wiring import installation


@flow(name="import-csv", description="Customers, orders and carts from CSV files. The same file twice changes nothing.")
def import_csv(files: ImportForm = ImportForm()) -> State[list[str]]:  # noqa: B008  # the UI shows static defaults only
    """Import every file at a place; progress, counts and rejected records are artifacts of the run."""
    log = get_run_logger()
    with installation() as (engine, settings):
        place = Path(files.place).expanduser() if files.place else settings.inbox_dir
        results: list[ImportResult] = []
        for file in files_at(place, files.source, settings):
            log.info("%s: %s (%s, %s)", file.path.name, file.format.name, file.kind, file.encoding)
            bar = ProgressBar(f"Import of {file.path.name}")
            result = import_file(engine, settings, file, bar.show)
            show_import(result)
            log.info("%s: %s", file.path.name, in_words(result))
            results.append(result)
    return Completed(message="; ".join(f"{result.file_name}: {in_words(result)}" for result in results), data=[result.file_name for result in results])


def in_words(result: ImportResult) -> str:
    """The counts of one file in a line."""
    counts = result.counts
    return f"{counts.read} {result.kind} read, {counts.stored} stored, {counts.unchanged} unchanged, {counts.rejected} rejected"
