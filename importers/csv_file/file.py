"""How does one get the records out of a CSV file?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from campaigns.record import Kind, Record
from campaigns.rejection import Rejection
from importers.batch import Batch
from importers.csv_file.columns import Columns
from importers.csv_file.detect import Layout, layout_of
from importers.csv_file.formats import Format
from importers.csv_file.known_formats import FORMATS, OBJECTIONS, ROBINSON
from importers.csv_file.mapping import Mapping
from importers.csv_file.reading import Reader
from importers.csv_file.recognise import recognise
from importers.csv_file.records import Known, Records, Result


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file whose format is known."""

    path: Path
    source: str
    timezone: ZoneInfo
    layout: Layout
    format: Format
    size: int
    """In bytes."""
    home: str = ""
    """The country meant where a file has addresses and no column for the country; empty leaves it open."""

    @property
    def kind(self) -> Kind:
        """What the records are; a file of orders may hold carts as well, one of customers objections."""
        return self.format.kind

    @property
    def encoding(self) -> str:
        """``utf-8``, ``utf-8-sig``, ``cp1252``, or what a mapping file names."""
        return self.layout.encoding

    @property
    def delimiter(self) -> str:
        """Comma, semicolon, tab or bar, or what a mapping file names."""
        return self.layout.delimiter

    @property
    def columns(self) -> tuple[str, ...]:
        """The headings in the file's order."""
        return self.layout.columns

    @property
    def ignored(self) -> tuple[str, ...]:
        """The headings of the columns that are not read."""
        read = set(self.format.places(self.columns).values())
        return tuple(column for index, column in enumerate(self.columns) if index not in read)

    def records(self, known: Known | None = None) -> Records:
        """One pass over the file."""
        reader = Reader(self.path, self.layout, self.format.places(self.columns))
        return Records(reader, Columns(self.format, self.timezone, self.home), self.source, known)

    def batches(self, size: int = 1000, known: Known | None = None) -> Iterator[Batch]:
        """The records in the file's order, ``size`` at a time with the rejected ones counted in; memory does not grow with the file.

        Reading again gives the same again.  Rows of one order or cart must stand together, as every export writes them.
        ``known`` is asked for the hashes of what is stored: records that have not changed are then only counted, in a third of the time.
        Raises ``UnreadableFile`` when the rest of the file cannot be read.
        """
        records = self.records(known)
        batch = _Filling()
        for result in records.results():
            batch.add(result)
            if batch.count >= size:
                yield batch.done(records.reader.bytes_read / max(self.size, 1))
                batch = _Filling()
        if batch.count:
            yield batch.done(1.0)


@dataclass(slots=True)
class _Filling:
    """A batch that is not full yet."""

    records: list[Record] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    unchanged: int = 0

    @property
    def count(self) -> int:
        return len(self.records) + len(self.rejections) + self.unchanged

    def add(self, result: Result) -> None:
        if result.rejection:
            self.rejections.append(result.rejection)
        elif not result.records:
            self.unchanged += 1
        for record in result.records:
            self.records.append(record)
            self.positions.append(result.position)
            self.hashes.append(result.hash)

    def done(self, share: float) -> Batch:
        hashes = tuple(self.hashes) if any(self.hashes) else ()
        return Batch(tuple(self.records), tuple(self.rejections), tuple(self.positions), min(share, 1.0), hashes=hashes, unchanged=self.unchanged)


def open_csv(path: Path, source: str, timezone: str = "Europe/Berlin", home: str = "", *, kind: Kind | None = None, mapping: Mapping | None = None) -> CsvFile:
    """Recognise a file: encoding, delimiter, and by its headings the format; the records are read by ``batches``.

    ``source`` names the shop in every record; ``timezone`` is that of times without an offset, ``home`` the country (ISO code)
    of addresses in a file without a column for it.  ``kind`` says what the file holds where its headings do not (a Robinson list).
    ``mapping`` is used if the file has the headings that it asks for; else the file is recognised as always.
    Raises ``UnreadableFile``, or one of its kinds (``UnknownFormat``, ``EmptyFile``, …).
    """
    if mapping:
        layout = layout_of(path, (mapping.format,), mapping.delimiter, mapping.encoding)
        if mapping.fits(layout.columns):
            return CsvFile(path, source, ZoneInfo(mapping.timezone or timezone), layout, mapping.format, path.stat().st_size, home)
    layout = layout_of(path, (*FORMATS, OBJECTIONS, ROBINSON))
    return CsvFile(path, source, ZoneInfo(timezone), layout, recognise(layout.columns, path, kind), path.stat().st_size, home)
