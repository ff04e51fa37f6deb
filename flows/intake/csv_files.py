"""Which CSV files are meant, and how does each come in?"""

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from campaigns.record import Kind
from flows.errors import NothingToImport
from flows.intake.importing import ImportReport, Report, Stream, close_killed, import_stream
from flows.locks import importing_from
from importers.csv_file import CsvFile, Mapping, check_csv, open_csvs
from importers.csv_file import Report as Findings
from store.engine import Engine, reading
from store.records import known_hashes
from store.settings import Settings


@dataclass(frozen=True, slots=True)
class Hints:
    """What somebody says of CSV files that do not say it themselves."""

    kind: Kind | None = None
    """What they hold, where their headings do not tell (a Robinson list)."""
    mapping: Mapping | None = None
    """For files that have the headings it asks for."""


def files_at(place: Path, source: str, settings: Settings, hints: Hints = Hints()) -> list[CsvFile]:
    """The CSV files at ``place`` (a file or a folder), in the order of kinds; all are recognised before any is read."""
    paths = paths_at(place)
    files = open_csvs(paths, source, settings.timezone, settings.sender_country, kind=hints.kind, mapping=hints.mapping)
    return sorted(files, key=lambda file: (list(Kind).index(file.kind), file.path.name))


def paths_at(place: Path) -> list[Path]:
    """The files meant by a place; raises NothingToImport."""
    paths = sorted(path for path in place.iterdir() if path.suffix.lower() == ".csv") if place.is_dir() else [place]
    if not paths or not all(path.is_file() for path in paths):
        raise NothingToImport(f"There is no CSV file at {place.resolve()}: put the shop's exports there, or name another place.")
    return paths


def check_file(path: Path, source: str, settings: Settings, hints: Hints) -> Findings:
    """What would become of a file if it were imported; nothing is stored, and no database is needed."""
    return check_csv(path, source, settings.timezone, settings.sender_country, kind=hints.kind, mapping=hints.mapping)


def import_files(engine: Engine, settings: Settings, place: Path, source: str, report: Report, hints: Hints = Hints()) -> list[ImportReport]:
    """Store every file at a place; raises BeingWorkedOn while another process imports from the same source."""
    files = files_at(place, source, settings, hints)
    with importing_from(engine, settings.data_dir, source):
        close_killed(engine, settings, source)
        return [import_file(engine, settings, file, report) for file in files]


def import_file(engine: Engine, settings: Settings, file: CsvFile, report: Report) -> ImportReport:
    """Store one file's records; the same file again changes nothing."""

    def known(kind: Kind, keys: Sequence[str]) -> MappingOf[str, str]:
        with reading(engine) as connection:
            return known_hashes(connection, file.source, kind, keys)

    stream = Stream(file.source, file.kind, file.path.name, file.format.name, lambda _state: file.batches(known=known))
    return import_stream(engine, settings, stream, report)
