"""How does one get the records out of a CSV file?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from campaigns.cart import Cart
from campaigns.customer import Customer
from campaigns.order import Order
from campaigns.rejection import Rejection
from importers.csv_file import carts, customers, lines, orders
from importers.csv_file.detect import Layout, layout_of
from importers.csv_file.formats import Format, Kind, match
from importers.csv_file.reading import R, Reader
from importers.errors import BadRecord

Record: TypeAlias = Customer | Order | Cart


@dataclass(frozen=True, slots=True)
class Batch:
    """A few records with those that had to stay outside; each record of the file is in exactly one batch and on one side."""

    records: tuple[Record, ...]
    rejections: tuple[Rejection, ...]
    rows: int
    """Rows of the file that they were made of; blank ones do not count."""
    bytes_read: int
    """How far into the file the reading has come, of ``CsvFile.size``."""


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
        """What the records are."""
        return self.format.kind

    @property
    def encoding(self) -> str:
        """``utf-8``, ``utf-8-sig`` or ``cp1252``."""
        return self.layout.encoding

    @property
    def delimiter(self) -> str:
        """Comma, semicolon, tab or bar."""
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

    def batches(self, size: int = 1000) -> Iterator[Batch]:
        """The records in the file's order, ``size`` at a time with the rejected ones counted in; memory does not grow with the file.

        Reading again gives the same again. Rows of one order or cart must stand together, as every export writes them.
        Raises ``UnreadableFile`` when the rest of the file cannot be read.
        """
        reader = Reader(self.path, self.layout, self.format, self.timezone, self.home)
        records: list[Record] = []
        rejections: list[Rejection] = []
        rows = 0
        for result, row_count in self._results(reader):
            if isinstance(result, Rejection):
                rejections.append(result)
            else:
                records.append(result)
            rows += row_count
            if len(records) + len(rejections) >= size:
                yield Batch(tuple(records), tuple(rejections), rows, reader.bytes_read)
                records, rejections, rows = [], [], 0
        if rows:
            yield Batch(tuple(records), tuple(rejections), rows, reader.bytes_read)

    def _results(self, reader: Reader) -> Iterator[tuple[Record | Rejection, int]]:
        match self.kind:
            case Kind.CUSTOMERS:
                groups = lines.grouped(reader.rows(customers.CustomerRow._make, customers.CustomerRow._fields), customers.same)
                yield from _made(groups, partial(customers.customer, source=self.source), customers.key_of)
            case Kind.ORDERS:
                order_groups = lines.grouped(reader.rows(orders.OrderRow._make, orders.OrderRow._fields), orders.same)
                yield from _made(order_groups, partial(orders.order, source=self.source, written=self.format), orders.key_of)
            case Kind.CARTS:
                cart_groups = lines.grouped(reader.rows(carts.CartRow._make, carts.CartRow._fields), carts.same)
                yield from _made(cart_groups, partial(carts.cart, source=self.source), carts.key_of)


def open_csv(path: Path, source: str, timezone: str = "Europe/Berlin", home: str = "") -> CsvFile:
    """Recognise a file: encoding, delimiter, and by its headings the format; the records are read by ``batches``.

    ``source`` names the shop in every record; ``timezone`` is that of times without an offset, ``home`` the country (ISO code)
    of addresses in a file without a column for it.
    Raises ``UnreadableFile``, or one of its kinds (``UnknownFormat``, ``EmptyFile``, …).
    """
    layout = layout_of(path)
    return CsvFile(path, source, ZoneInfo(timezone), layout, match(layout.columns, str(path)), path.stat().st_size, home)


def _made(groups: Iterator[list[R]], make: Callable[[list[R]], Record], key_of: Callable[[list[R]], str]) -> Iterator[tuple[Record | Rejection, int]]:
    """Each group as a record or as its rejection, with its number of rows."""
    for group in groups:
        result: Record | Rejection
        try:
            lines.refuse_faults(group)
            result = make(group)
        except BadRecord as error:
            result = Rejection(error.position or group[0].position, key_of(group), error.reason, error.message)
        yield result, len(group)
