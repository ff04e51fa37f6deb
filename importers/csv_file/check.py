"""What would become of this file if it were imported?  Asked without a database."""

from collections import Counter
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from pathlib import Path

from campaigns.record import Kind, Record
from campaigns.rejection import Rejection, RejectionReason
from importers.csv_file.columns import AMOUNTS, DATED, Columns
from importers.csv_file.dates import form_of
from importers.csv_file.file import CsvFile, open_csv
from importers.csv_file.mapping import Mapping
from importers.csv_file.reading import Reader
from importers.csv_file.states import STATE_FIELDS, state_of
from importers.errors import BadRecord

FIRST = 3
"""Samples and rejections shown of each sort."""


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """A column that is read."""

    heading: str
    field: str
    written: str
    """Of amounts the decimal sign, of dates how they are written; "" for others, and where no cell shows it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why records would stay outside, how many, and the first few of them."""

    reason: RejectionReason
    count: int
    first: tuple[Rejection, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All that a look at a file has found out."""

    path: Path
    size: int
    """In bytes."""
    encoding: str
    delimiter: str
    line_end: str
    """LF, CRLF or CR."""
    format: str
    kind: Kind
    read: tuple[ReadColumn, ...]
    """In the file's order."""
    fixed: MappingOf[str, str]
    """Fields that a mapping file fills in all rows alike."""
    ignored: tuple[str, ...]
    """Headings of the columns that are not read."""
    records: MappingOf[str, int]
    """How many of which kind of record, like ``{"Order": 17, "Cart": 2}``."""
    rejected: int
    reasons: tuple[Reason, ...]
    """The most frequent one first."""
    samples: tuple[Record, ...]
    """The first records."""
    unknown_states: MappingOf[str, int]
    """Words for the state of an order that mean nothing to us, and in how many rows: such an order counts as open, a sale."""


def check_csv(
    path: Path, source: str = "shop", timezone: str = "Europe/Berlin", home: str = "", *, kind: Kind | None = None, mapping: Mapping | None = None
) -> Report:
    """Read a file to its end as an import would, and say what was found; nothing is stored.

    The arguments are those of ``open_csv``.  Raises ``UnreadableFile`` or one of its kinds where an import would.
    """
    return look_at(open_csv(path, source, timezone, home, kind=kind, mapping=mapping))


def look_at(file: CsvFile) -> Report:
    """The report on a recognised file."""
    records = file.records()
    counts: dict[str, int] = {}
    rejections: dict[RejectionReason, list[Rejection]] = {}
    rejected: dict[RejectionReason, int] = {}
    samples: list[Record] = []
    for result in records.results():
        for record in result.records:
            counts[type(record).__name__] = counts.get(type(record).__name__, 0) + 1
        samples += result.records[: FIRST - len(samples)]
        if one := result.rejection:
            rejected[one.reason] = rejected.get(one.reason, 0) + 1
            first = rejections.setdefault(one.reason, [])
            if len(first) < FIRST:
                first.append(one)
    reasons = (Reason(reason, count, tuple(rejections[reason])) for reason, count in rejected.items())
    return Report(
        path=file.path,
        size=file.size,
        encoding=file.encoding,
        delimiter=file.delimiter,
        line_end=file.layout.line_end,
        format=file.format.name,
        kind=file.kind,
        read=tuple(_read_columns(file, records.columns.signs, records.columns.slashes, records.columns.shown)),
        fixed=file.format.fixed,
        ignored=file.ignored,
        records=counts,
        rejected=sum(rejected.values()),
        reasons=tuple(sorted(reasons, key=lambda each: -each.count)),
        samples=tuple(samples),
        unknown_states=_unknown_states(file),
    )


def _unknown_states(file: CsvFile) -> dict[str, int]:
    """The most frequent one first."""
    places = {name: place for name, place in file.format.places(file.columns).items() if name in STATE_FIELDS}
    if not places or file.kind is not Kind.ORDERS:
        return {}
    columns = Columns(file.format, file.timezone)
    words = Counter[str]()
    for table in Reader(file.path, file.layout, places, file.stamp).tables():
        for name in places:
            words.update(columns.parsed(name, table, {}).between(0, len(table)))
    return {word: count for word, count in words.most_common() if word and state_of(word) is None}


def _read_columns(file: CsvFile, signs: MappingOf[str, str], slashes: MappingOf[str, str], shown: MappingOf[str, str]) -> list[ReadColumn]:
    places = sorted(file.format.places(file.columns).items(), key=lambda each: each[1])
    return [ReadColumn(file.columns[place], name, _written(name, file, signs, slashes, shown)) for name, place in places]


def _written(name: str, file: CsvFile, signs: MappingOf[str, str], slashes: MappingOf[str, str], shown: MappingOf[str, str]) -> str:
    if name in AMOUNTS:
        return signs.get(name, "")
    if name in DATED and name in shown:
        try:
            return form_of(shown[name], file.format.slashes or slashes.get(name, ""))
        except BadRecord:
            return ""
    return ""
