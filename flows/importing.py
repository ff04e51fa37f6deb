"""How do the records of a CSV file come into the database, batch by batch?"""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from campaigns.cart import Cart
from campaigns.customer import Customer
from campaigns.order import Order
from campaigns.rejection import Rejection
from flows import failpoint
from flows.clock import now
from flows.errors import NothingToImport
from importers.csv_file import Batch, CsvFile, open_csv
from store import imports
from store.carts import upsert_carts
from store.customers import upsert_customers
from store.engine import Connection, Engine, reading, writing
from store.imports import Counts
from store.orders import link_to_customers, upsert_orders
from store.settings import Settings

SHOWN_REJECTS = 500


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of one file."""

    import_id: int
    file_name: str
    kind: str
    format: str
    counts: Counts
    rejections: tuple[Rejection, ...]
    """The first ones; all are in the file."""
    rejects_file: Path | None


_KIND_ORDER = ("customers", "orders", "carts")


def files_at(place: Path, source: str, settings: Settings) -> list[CsvFile]:
    """The CSV files at ``place`` (a file or a folder), customers before orders before carts; all are recognised before any is read."""
    paths = sorted(path for path in place.iterdir() if path.suffix.lower() == ".csv") if place.is_dir() else [place]
    if not paths or not all(path.is_file() for path in paths):
        raise NothingToImport(f"There is no CSV file at {place.resolve()}: put the shop's exports there, or name another place.")
    files = [open_csv(path, source, settings.timezone, settings.sender_country) for path in paths]
    return sorted(files, key=lambda file: (_KIND_ORDER.index(file.kind), file.path.name))


def import_file(engine: Engine, settings: Settings, file: CsvFile, report: Callable[[float], None]) -> ImportResult:
    """Store one file's records; the same file again changes nothing, a killed import is simply started again.

    Each batch is one transaction: its rows, its counts and its rejections.  ``report`` hears the share of the file that is
    done, between 0 and 1.
    """
    with writing(engine) as connection:
        import_id = imports.start(connection, file.source, file.kind, file.path.name, file.format.name, now())
    try:
        counts = _import(engine, settings, file, import_id, report)
    except Exception:
        with writing(engine) as connection:
            imports.fail(connection, import_id, now())
        raise
    rejects_file = settings.data_dir / "rejects" / f"import-{import_id:05d}-{file.path.stem}.csv" if counts.rejected else None
    first: tuple[Rejection, ...] = ()
    if rejects_file:
        with reading(engine) as connection:
            first = _write_rejects(rejects_file, imports.rejections_of(connection, import_id))
    return ImportResult(import_id, file.path.name, file.kind, file.format.name, counts, first, rejects_file)


def _import(engine: Engine, settings: Settings, file: CsvFile, import_id: int, report: Callable[[float], None]) -> Counts:
    for batch in file.batches():
        with writing(engine) as connection:
            imports.lock(connection)
            imports.add(connection, import_id, _store(connection, batch, settings.secret), batch.rejections)
        report(batch.bytes_read / max(file.size, 1))
        failpoint.pass_by("import.after_batch")
    with writing(engine) as connection:
        imports.lock(connection)
        link_to_customers(connection, file.source)
        counts = imports.finish(connection, import_id, now())
    report(1.0)
    return counts


def _store(connection: Connection, batch: Batch, secret: bytes) -> Counts:
    people = [record for record in batch.records if isinstance(record, Customer)]
    bought = [record for record in batch.records if isinstance(record, Order)]
    left = [record for record in batch.records if isinstance(record, Cart)]
    stored = 0
    if people:
        stored += upsert_customers(connection, people, secret, now())
    if bought:
        stored += upsert_orders(connection, bought, secret, now())
    if left:
        stored += upsert_carts(connection, left)
    rejected = len(batch.rejections)
    return Counts(len(batch.records) + rejected, stored, len(batch.records) - stored, rejected)


def _write_rejects(path: Path, rejected: Iterable[Rejection]) -> tuple[Rejection, ...]:
    """A list that its reader opens in Excel: semicolons, a byte order mark, no cell that could be a formula. Gives the first ones."""
    path.parent.mkdir(parents=True, exist_ok=True)
    first: list[Rejection] = []
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["row", "key", "reason", "message"])
        for one in rejected:
            writer.writerow([one.position, _harmless(one.key), one.reason, _harmless(one.message)])
            if len(first) < SHOWN_REJECTS:
                first.append(one)
    return tuple(first)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.lstrip()[:1] in {"=", "+", "-", "@", "|", "\t", "\r"} else cell
