"""How does one get the records out of a CSV file?"""

from collections.abc import Iterator, Sequence
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
from importers.csv_file.reading import Reader, Stamp
from importers.csv_file.recognise import recognise
from importers.csv_file.records import Known, Records, Result
from importers.errors import InvalidMapping, UnreadableFile


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file whose format is known."""

    path: Path
    source: str
    timezone: ZoneInfo
    layout: Layout
    format: Format
    stamp: Stamp
    """Which file it was when its format was recognised."""
    home: str = ""
    """The country meant where a file has addresses and no column for the country; empty leaves it open."""

    @property
    def size(self) -> int:
        """In bytes."""
        return self.stamp.size

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
        reader = Reader(self.path, self.layout, self.format.places(self.columns), self.stamp)
        return Records(reader, Columns(self.format, self.timezone, self.home), self.source, known)

    def batches(self, size: int = 1000, known: Known | None = None) -> Iterator[Batch]:
        """The records in the file's order, ``size`` at a time with the rejected ones counted in; memory does not grow with the file.

        Reading again gives the same again.  Rows of one order or cart must stand together, as every export writes them.
        ``known`` is asked for the hashes of what is stored: records that have not changed are then only counted, in a third of the time.
        Raises ``UnreadableFile`` when the rest of the file cannot be read, or the file is not the one any more that was recognised.
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
    With a ``mapping`` the file is read by that one and by no other.
    Raises ``InvalidMapping`` for a mapping of another kind or for other files, ``UnreadableFile`` or one of its kinds (``UnknownFormat``, …).
    """
    if mapping:
        _refuse_other_kind(mapping, kind)
    stamp = _stamp(path)
    layout = _mapped_layout(path, mapping) if mapping else layout_of(path, (*FORMATS, OBJECTIONS, ROBINSON), may_be_one_column=kind is Kind.OBJECTIONS)
    if not mapping:
        return CsvFile(path, source, ZoneInfo(timezone), layout, recognise(layout.columns, path, kind), stamp, home)
    if not mapping.fits(layout.columns):
        raise InvalidMapping(f"{mapping.path} is not for {path}, which lacks what stands under match: {mapping.unmatched(layout.columns)}.")
    return CsvFile(path, source, ZoneInfo(mapping.timezone or timezone), layout, mapping.format, stamp, home)


def open_csvs(
    paths: Sequence[Path], source: str, timezone: str = "Europe/Berlin", home: str = "", *, kind: Kind | None = None, mapping: Mapping | None = None
) -> list[CsvFile]:
    """As ``open_csv`` for several files: those with the headings that ``mapping`` asks for are read by it, the others are recognised as always.

    Raises ``InvalidMapping`` also for a mapping that is for none of them.
    """
    meant = meant_by(mapping, paths, kind) if mapping else ()
    return [open_csv(path, source, timezone, home, kind=kind, mapping=mapping if path in meant else None) for path in paths]


def meant_by(mapping: Mapping, paths: Sequence[Path], kind: Kind | None = None) -> tuple[Path, ...]:
    """The files that a mapping is for, and those that cannot be read: opening them says why.

    Raises ``InvalidMapping`` when it is for none of them, or not for the ``kind`` that somebody says.
    """
    _refuse_other_kind(mapping, kind)
    unmatched = {path: _unmatched(mapping, path) for path in paths}
    if all(unmatched.values()):
        path, words = min(unmatched.items(), key=lambda each: len(each[1]))
        raise InvalidMapping(f"{mapping.path} was for no file: {path} lacks what stands under match: {words}. Correct it, or leave the mapping out.")
    return tuple(path for path, words in unmatched.items() if not words)


def _unmatched(mapping: Mapping, path: Path) -> str:
    try:
        return mapping.unmatched(_mapped_layout(path, mapping).columns)
    except UnreadableFile:
        return ""


def _mapped_layout(path: Path, mapping: Mapping) -> Layout:
    return layout_of(path, (mapping.format,), mapping.delimiter, mapping.encoding)


def _refuse_other_kind(mapping: Mapping, kind: Kind | None) -> None:
    if kind and kind is not mapping.format.kind:
        raise InvalidMapping(f"{mapping.path} reads {mapping.format.kind}, and you say that the file holds {kind}. Correct one of the two.")


def _stamp(path: Path) -> Stamp:
    try:
        return Stamp.of(path.stat())
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error
