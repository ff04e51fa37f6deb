"""How do the rows of a file of any size come in, parsed column by column?

pandas reads a chunk of rows as text; each column is then parsed by its kind, every distinct text of it once (an export repeats
most of its cells: titles, prices, dates, names). What cannot be parsed makes its row faulty, and the record of that row is rejected.
"""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import compress, count, repeat
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TextIO, TypeVar
from zoneinfo import ZoneInfo

import pandas as pd

from campaigns.rejection import RejectionReason
from importers.csv_file import money, persons, text
from importers.csv_file.dates import moment
from importers.csv_file.detect import Layout, opened, skip_heading
from importers.csv_file.formats import Format
from importers.errors import BadRecord, UnreadableFile

CHUNK_ROWS = 20_000
SPARE_COLUMNS = 3
"""Read beyond the heading's width: text there means that a row has more cells than the heading."""

Parse = Callable[[str], Any]


class Fault(NamedTuple):
    """Why a row cannot be taken over."""

    reason: RejectionReason
    message: str


class Row(Protocol):
    """What every row of ours begins with (a NamedTuple; its other fields are those of a format's headings)."""

    @property
    def position(self) -> int:
        """Row as a spreadsheet counts it: the heading is row 1, a cell with line breaks does not count twice."""

    @property
    def fault(self) -> Fault | None:
        """The first thing wrong with it."""


R = TypeVar("R", bound=Row)

PARSES: dict[str, Parse] = {
    **dict.fromkeys(("id", "number", "customer_number", "house_number", "postcode", "sku"), text.key),
    **dict.fromkeys(("first_name", "last_name", "name", "company", "honorific", "addition", "street", "town"), text.printed),
    "email": text.email,
    "country": persons.country,
    "language": persons.language,
}
"""How the column of a field is parsed; the fields not named here or below are plain text."""
MOMENTS = frozenset({"ordered_at", "cancelled_at", "registered_at", "created_at", "updated_at"})
AMOUNTS: dict[str, Callable[[str, str], int | None]] = {"total": money.cents, "unit_price": money.cents, "quantity": money.count}


@dataclass(slots=True)
class Reader:
    """One pass over the rows of one file."""

    path: Path
    layout: Layout
    format: Format
    zone: ZoneInfo
    home: str = ""
    """Country of every address in a file that has addresses and no column for their country."""
    bytes_read: int = 0
    """How far the pass has come, for a progress bar."""
    _signs: dict[str, str] = field(default_factory=dict)
    """Decimal sign of each column of amounts, once it has shown one."""

    def rows(self, make: Callable[[Iterable[Any]], R], fields: tuple[str, ...]) -> Iterator[R]:
        """The rows below the heading, blank ones left out; ``make`` gets position, fault and the parsed cells of the other ``fields``.

        Raises ``UnreadableFile`` at a quote that is never closed.
        """
        width = len(self.layout.columns)
        places = self.format.places(self.layout.columns)
        position = self.layout.heading_row + 1
        with opened(self.path, self.layout.encoding) as file:
            skip_heading(file, self.layout)
            for frame in self._frames(file, sorted({0, *places.values(), *range(width, width + SPARE_COLUMNS)})):
                self.bytes_read = file.buffer.tell()
                cells = {place: frame[str(place)].tolist() for place in map(int, frame.columns)}
                yield from map(make, self._parsed(cells, places, fields[2:], position))
                position += len(frame)

    def _frames(self, file: TextIO, used: list[int]) -> Iterator[pd.DataFrame]:
        try:
            with pd.read_csv(
                _Headed(file, len(self.layout.columns) + SPARE_COLUMNS, self.layout.delimiter),
                sep=self.layout.delimiter,
                usecols=used,
                dtype=object,  # every cell as the str that it is
                keep_default_na=False,
                na_filter=False,
                skip_blank_lines=False,
                skipinitialspace=True,
                index_col=False,
                chunksize=CHUNK_ROWS,
            ) as frames:
                yield from frames
        except pd.errors.ParserError as error:
            raise UnreadableFile(f"{self.path} cannot be read to its end: {self._where(error)}. Look for a quotation mark that is not closed.") from error

    def _where(self, error: Exception) -> str:
        """The row that pandas names, as a spreadsheet counts."""
        found = re.search(r"starting at row (\d+)", str(error))
        return f"row {int(found[1]) + self.layout.heading_row}" if found else str(error)

    def _parsed(self, cells: dict[int, list[str]], places: dict[str, int], fields: tuple[str, ...], position: int) -> Iterator[tuple[Any, ...]]:
        faults: list[Fault | None] = [None] * len(cells[0])
        for place in sorted(cells)[-SPARE_COLUMNS:]:
            _parse_column(cells[place], _refuse_cell, faults)
        columns = [self._column(name, cells, places, faults) for name in fields]
        filled = [bool("".join(row).strip()) for row in zip(*cells.values(), strict=True)]
        return compress(zip(count(position), faults, *columns, strict=False), filled)

    def _column(self, name: str, cells: dict[int, list[str]], places: dict[str, int], faults: list[Fault | None]) -> Iterable[Any]:
        if name not in places:
            unsaid = self.home if name == "country" and "street" in places else ""
            return repeat(self._parse_of(name, [])(unsaid))
        column = cells[places[name]]
        parse = self._parse_of(name, column)
        return _parse_column(column, lambda cell: parse(self._unswallowed(cell)), faults)

    def _unswallowed(self, cell: str) -> str:
        """The cell, unless a whole row is in it: two marks that are not closed would else hide the rows between them."""
        if "\n" in cell and cell.count(self.layout.delimiter) >= len(self.layout.columns) - 1:
            raise BadRecord(RejectionReason.BROKEN_ROW, f'A quotation mark is not closed at "{cell[:40].strip()}": the next rows were read as one cell.')
        return cell

    def _parse_of(self, name: str, column: list[str]) -> Parse:
        if name in MOMENTS:
            return partial(moment, zone=self.zone)
        if name in AMOUNTS:
            if name not in self._signs and (shown := money.decimal_sign(set(column))):
                self._signs[name] = shown
            amount, sign = AMOUNTS[name], self._signs.get(name, self.format.decimal)
            return lambda cell: amount(cell, sign)
        return PARSES.get(name, text.text)


def _parse_column(column: list[str], parse: Parse, faults: list[Fault | None]) -> list[Any]:
    """The parsed cells; one that cannot be parsed stays text (or None) and is noted in ``faults``, unless its row has a fault already."""
    parsed, broken, empty = {}, {}, parse("")
    for cell in set(column):
        try:
            parsed[cell] = parse(cell)
        except BadRecord as error:
            parsed[cell], broken[cell] = cell.strip() if empty == "" else empty, Fault(error.reason, error.message)
    if broken:
        for index, cell in enumerate(column):
            if cell in broken:
                faults[index] = faults[index] or broken[cell]
    return [parsed[cell] for cell in column]


def _refuse_cell(cell: str) -> None:
    if cell and not cell.isspace():
        raise BadRecord(
            RejectionReason.BROKEN_ROW,
            f'The row has more cells than the heading, "{cell[:40]}" is left over. Put quotation marks around text with a delimiter in it.',
        )


class _Headed(io.TextIOBase):
    """Rows under a heading of our own (0, 1, 2, …) that is as wide as we want to read."""

    def __init__(self, file: TextIO, width: int, delimiter: str) -> None:
        self._file = file
        self._heading = delimiter.join(map(str, range(width))) + "\n"

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> str:
        heading, self._heading = self._heading, ""
        return heading or self._file.read(-1 if size is None else size)
