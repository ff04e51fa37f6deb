"""The flow import-csv: a shop's CSV exports into the database."""

from pathlib import Path

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from campaigns.record import Kind
from flows.artifacts import ImportArtifacts
from flows.forms import ImportForm
from flows.intake.csv_files import Hints, import_files
from flows.wiring import installation
from importers.csv_file import load_mapping


@flow(name="import-csv", description="Customers, orders, carts, coupons and lists of objections from CSV files. The same file twice changes nothing.")
def import_csv(files: ImportForm = ImportForm()) -> State[list[str]]:  # noqa: B008  # the UI shows static defaults only
    """Import every file at a place; progress, counts and rejected records are artifacts of the run."""
    with installation() as (engine, settings), ImportArtifacts(files.source) as artifacts:
        place = Path(files.place).expanduser() if files.place else settings.inbox_dir
        mapping = load_mapping(Path(files.mapping).expanduser()) if files.mapping else None
        hints = Hints(Kind(files.holds) if files.holds else None, mapping)
        done = import_files(engine, settings, place, files.source, artifacts.show, hints)
    return Completed(message="; ".join(f"{report.name}: {report.in_words}" for report in done), data=[report.name for report in done])
