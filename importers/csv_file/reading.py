"""How do the rows of a file of any size come in, a few megabytes at a time, without one of them getting lost?

pandas reads a block of whole rows as text.  Where a block ends is for its tokenizer to say: a block that ends within quotation marks is
read on.  A mark that is never closed would swallow the rest of the file, so there is a limit; two of them swallow the rows between them,
so cells with line breaks are looked at.
"""

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, groupby
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeVar

import pandas as pd

from campaigns.rejection import RejectionReason
from importers.csv_file.detect import Layout
from importers.csv_file.formats import heading_key
from importers.errors import UnreadableFile

BLOCK = 2 << 20
"""Bytes read at a time: a table of some 10,000 rows. Larger ones are not read faster."""
LONGEST_ROW = 16 << 20
"""Bytes: no export has a row like that, an unclosed quotation mark has."""
LONGEST_PARTED = 16
"""Short lines that are looked at together for one row that line breaks have parted."""
EXCEL_ROWS = 16
"""Excel decides for so many rows at a time how many cells it writes (Microsoft's article 77295)."""
SPARE_COLUMNS = 3
"""Read beyond the heading's width: text there means that a row has more cells than the heading."""
_BLANKS = "\0" + "".join(char for char in map(chr, range(0x3001)) if char.isspace())


C = TypeVar("C")


class Stamp(NamedTuple):
    """Which file this is, and as of when."""

    device: int
    inode: int
    size: int
    """In bytes."""
    modified_ns: int

    @classmethod
    def of(cls, found: os.stat_result) -> "Stamp":
        """That of a file of which the system told this."""
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


class Fault(NamedTuple):
    """Why a row cannot be taken over."""

    reason: RejectionReason
    message: str


@dataclass(slots=True)
class Table:
    """Rows of a file as text, column by column; blank ones are left out."""

    positions: list[int]
    """Row as a spreadsheet counts it: the heading's row is 1 if nothing stands above it, a cell with line breaks counts once."""
    cells: dict[str, list[str]]
    """Field -> its cells."""
    whole: list[str]
    """The cells of a row in one text: equal texts, equal rows."""
    faults: dict[int, Fault] = field(default_factory=dict)
    """Index of a row -> what is wrong with it as a row."""

    def __len__(self) -> int:
        return len(self.positions)

    def part(self, chosen: Sequence[int]) -> "Table":
        """The rows with these indexes, which ascend."""
        wanted = {old: new for new, old in enumerate(chosen)} if self.faults else {}
        faults = {wanted[index]: fault for index, fault in self.faults.items() if index in wanted}
        return Table(_at(self.positions, chosen), {name: _at(column, chosen) for name, column in self.cells.items()}, _at(self.whole, chosen), faults)

    def before(self, other: "Table") -> "Table":
        """These rows with those of ``other`` after them."""
        faults = {index + len(self): fault for index, fault in other.faults.items()}
        cells = {name: column + other.cells[name] for name, column in self.cells.items()}
        return Table(self.positions + other.positions, cells, self.whole + other.whole, self.faults | faults)


@dataclass(slots=True)
class Reader:
    """One pass over the rows of one file."""

    path: Path
    layout: Layout
    places: dict[str, int]
    """Field -> index of its column; no other column is kept."""
    stamp: Stamp
    """That of the file whose layout this is: another heading would move every cell."""
    bytes_read: int = 0
    """How far the pass has come, for a progress bar."""
    _row: int = 0
    """Number of the next row."""
    _open_row: int = 0
    """Where a cell begins whose end has not been found so far."""
    _counts: Counter[int] = field(default_factory=Counter)
    """Delimiters in a row -> rows."""
    _writes_blanks: bool = False
    """Whole rows that end with an empty cell have been seen: this file's writer drops none."""
    _ended_short: bool = False
    """The text before ended in the middle of a long run of short rows."""

    def tables(self) -> Iterator[Table]:
        """The rows below the heading. Raises ``UnreadableFile`` for a mark that is never closed, or a file that cannot be read any more."""
        self._row = self.layout.heading_row + 1
        width = len(self.layout.columns)
        used = sorted({*self.places.values(), *range(width, width + SPARE_COLUMNS)})
        try:
            with self.path.open("rb") as file:
                self._refuse_changed(file)
                for text, frame in self._blocks(file, used):
                    self.bytes_read = file.tell()
                    yield self._table(text, {place: frame[str(place)].tolist() for place in used})
                    self._row += len(frame)
                self._refuse_changed(file)
        except OSError as error:
            raise UnreadableFile(f"{self.path} cannot be read to its end: {error.strerror}.") from error

    def _refuse_changed(self, file: BinaryIO) -> None:
        if Stamp.of(os.fstat(file.fileno())) != self.stamp:
            raise UnreadableFile(f"{self.path} was changed while it was read. Wait until it is written to its end, and import it again.")

    def _blocks(self, file: BinaryIO, used: list[int]) -> Iterator[tuple[str, pd.DataFrame]]:
        file.seek(self.layout.body)
        rest = b""
        while block := file.read(max(BLOCK, len(rest))):  # twice as much each time, so that a long cell is tokenized twice at the most
            rest += block
            cut = self._after_whole_row(rest)
            text = self._decoded(rest[:cut])
            self._open_row = self._row
            frame = self._frame(text, used) if cut else None
            if frame is not None:
                yield text, frame
                rest = rest[cut:]
            elif len(rest) > LONGEST_ROW:
                raise self._endless()
        if rest:
            text = self._decoded(rest)
            frame = self._frame(text, used)
            if frame is None:
                raise self._endless()
            yield text, frame

    def _after_whole_row(self, block: bytes) -> int:
        """Where the last line ends; before short lines at the end, since they may be parts of one row."""
        last = cut = _after_last_line_end(block)
        delimiter, least = self.layout.delimiter.encode("ascii"), max(self._counts, default=len(self.layout.columns) - 1)
        for _ in range(LONGEST_PARTED):
            start = _after_last_line_end(block, cut - 1) if cut else 0
            if not cut or block.count(delimiter, start, cut) >= least:
                return cut
            cut = start
        return last

    def _decoded(self, block: bytes) -> str:
        encoding = self.layout.encoding
        return block.decode("utf-8" if encoding == "utf-8-sig" else encoding, "replace")

    def _frame(self, text: str, used: list[int] | None) -> pd.DataFrame | None:
        """The rows of ``text``; None when it ends within quotation marks."""
        delimiter = self.layout.delimiter
        try:
            return pd.read_csv(
                _Headed(text, len(self.layout.columns) + SPARE_COLUMNS, delimiter),
                sep=delimiter,
                usecols=used,
                dtype=object,  # every cell as the str that it is
                keep_default_na=False,
                na_filter=False,
                skip_blank_lines=False,
                skipinitialspace=True,
                index_col=False,
                engine="c",
                low_memory=False,
            )
        except pd.errors.ParserError as error:
            if "EOF inside string" not in str(error):
                raise UnreadableFile(f"{self.path} cannot be read to its end: {error}, after row {self._row - 1}.") from error
            found = re.search(r"starting at row (\d+)", str(error))
            self._open_row = self._row + int(found[1]) - 1 if found else self._row
            return None

    def _endless(self) -> UnreadableFile:
        return UnreadableFile(f"{self.path} cannot be read to its end: row {self._open_row} has no end. Look there for a quotation mark that is not closed.")

    def _table(self, text: str, cells: dict[int, list[str]]) -> Table:
        width = len(self.layout.columns)
        spare = [cells.pop(place) for place in range(width, width + SPARE_COLUMNS)]
        whole = list(map("\0".join, zip(*cells.values(), strict=True)))
        faults = self._faults(text, cells, spare)
        filled = self._filled(text, cells, whole, faults)
        table = Table(list(range(self._row, self._row + len(whole))), {name: cells[place] for name, place in self.places.items()}, whole, faults)
        return table if all(filled) else table.part(list(compress(range(len(whole)), filled)))

    def _faults(self, text: str, cells: dict[int, list[str]], spare: list[list[str]]) -> dict[int, Fault]:
        faults: dict[int, Fault] = {}
        for column in spare:
            if any(column):
                faults = {index: _too_wide(cell) for index, cell in enumerate(column) if cell.strip()} | faults
        place = min(cells)
        heading = self.layout.columns[place]
        if heading in cells[place] or f"\ufeff{heading}" in cells[place]:
            faults |= {index: _HEADING_AGAIN for index in range(len(cells[place])) if self._is_heading(index, cells)}
        rows = len(cells[place])
        lines = _lines(text)
        if len(lines) == rows:
            return self._line_faults(lines, is_last=not text.endswith(("\n", "\r"))) | faults
        return self._cell_faults(text, rows) | faults

    def _is_heading(self, index: int, cells: dict[int, list[str]]) -> bool:
        return all(heading_key(column[index]) == heading_key(self.layout.columns[place]) for place, column in cells.items())

    def _line_faults(self, lines: list[str], is_last: bool) -> dict[int, Fault]:
        """Rows of a line each: text with a delimiter in it moves all cells behind it, even if none is left over in the end.

        Lines with quotation marks are left out, as their writer knows of them; so are delimiters at the end of every line.
        """
        delimiter, width = self.layout.delimiter, len(self.layout.columns)
        counts = [line.count(delimiter) for line in lines]
        most = max(width - 1, self._usual(counts))
        faults = {index: _MOVED for index, count in enumerate(counts) if count > most and '"' not in lines[index]} if max(counts) > most else {}
        if min(counts) < most:
            filled = [index for index, line in enumerate(lines) if line.strip(_BLANKS + delimiter)]
            quoted = {index for index in filled if '"' in lines[index]}
            faults |= self._short_faults(
                filled, [most if index in quoted else count for index, count in enumerate(counts)], lambda index: lines[index][-1:] == delimiter
            )
        if is_last and counts[-1] < min([*counts[-2:-1], width - 1]) and '"' not in lines[-1]:
            faults[len(lines) - 1] = _CUT_OFF
        return faults

    def _short_faults(self, filled: list[int], counts: list[int], ends_blank: Callable[[int], bool]) -> dict[int, Fault]:
        """Rows with too few cells, where others have all of them: a line break without quotation marks parts a row.

        Excel leaves out the delimiters of empty cells at the end, the same number in sixteen rows of the sheet from 1, 17, 33 … on; so
        may other programs, but not one that writes them in other rows.
        """
        heading = len(self.layout.columns) - 1
        full = max(self._usual([]), heading if max(self._counts) >= heading else 0)
        self._writes_blanks = self._writes_blanks or any(counts[index] >= full and ends_blank(index) for index in filled)
        faults: dict[int, Fault] = {}
        for is_short, run in groupby(filled, lambda index: counts[index] < full):
            rows = list(run)
            if not is_short:
                continue
            if not self._is_of_excel(rows, counts, rows[-1] == filled[-1]):
                faults |= dict.fromkeys(rows if self._writes_blanks else _parted(rows, counts, full), _TOO_SHORT)
            elif len(rows) < EXCEL_ROWS:
                faults |= dict.fromkeys(_parted(rows, counts, full), _TOO_SHORT)
        self._ended_short = bool(filled) and counts[filled[-1]] < full
        return faults

    def _is_of_excel(self, rows: list[int], counts: list[int], is_end: bool) -> bool:
        begins = (rows[0] == 0 and self._ended_short) or (self._row + rows[0]) % EXCEL_ROWS == 1
        ends = is_end or (self._row + rows[-1]) % EXCEL_ROWS == 0
        widths = {((self._row + index - 1) // EXCEL_ROWS, counts[index]) for index in rows}
        return begins and ends and len(widths) == len({block for block, _ in widths})

    def _usual(self, counts: list[int]) -> int:
        """Delimiters in most rows so far."""
        self._counts.update(counts)
        return self._counts.most_common(1)[0][0]

    def _cell_faults(self, text: str, rows: int) -> dict[int, Fault]:
        """Rows with line breaks in a cell that holds another row: between two marks that are not closed, nothing may vanish.

        Such a row has more cells than the others, or a cell with as many delimiters as a row has.
        """
        delimiter, width = self.layout.delimiter, len(self.layout.columns)
        read: list[list[str]] = []
        try:
            read.extend(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True))
        except csv.Error as error:  # a cell of more than 128 kB
            raise self._ambiguous(len(read)) from error
        if len(read) != rows:
            raise self._ambiguous(rows)
        usual = self._usual([len(row) - 1 for row in read])
        faults = {index: _MOVED for index, row in enumerate(read) if len(row) - 1 > max(usual, width - 1)}
        short = [index for index, row in enumerate(read) if any(map(str.strip, row))]
        faults |= self._short_faults(short, [len(row) - 1 for row in read], lambda index: not read[index][-1])
        least = max(min(usual, width - 1), 1)
        for index, row in enumerate(read):
            if swallowing := next((cell for cell in row if cell.count(delimiter) >= least and ("\n" in cell or "\r" in cell)), ""):
                faults[index] = _not_closed(swallowing)
        return faults

    def _ambiguous(self, index: int) -> UnreadableFile:
        return UnreadableFile(f"{self.path} cannot be read for certain: near row {self._row + index} quotation marks are not closed, or a cell is endless.")

    def _filled(self, text: str, cells: dict[int, list[str]], whole: list[str], faults: dict[int, Fault]) -> list[bool]:
        """Which rows hold something. In columns that nobody reads as well: then it is a record without a key."""
        if all(map(str.strip, set(next(iter(cells.values()))))):  # most files have a key in their first column
            return [True] * len(whole)
        filled = [bool(row.strip(_BLANKS)) for row in whole]
        frame = None if all(filled) else self._frame(text, None)
        rows = zip(*(frame[column].tolist() for column in frame.columns), strict=True) if frame is not None else ()
        for index, row in enumerate(rows):
            if not filled[index] and "".join(row).strip():
                filled[index] = True
                faults.setdefault(index, _NOTHING_READ)
        return filled


_HEADING_AGAIN = Fault(RejectionReason.BROKEN_ROW, "These are the headings again: two files were put together. Delete the line.")
_CUT_OFF = Fault(RejectionReason.BROKEN_ROW, "The file ends in the middle of this row. Export again; if the row is complete, end it with a line break.")
_TOO_SHORT = Fault(
    RejectionReason.BROKEN_ROW,
    "The row has fewer cells than the others: perhaps a line break has parted it. Put quotation marks around text with a line break in it, or fill up the row.",
)
_MOVED = Fault(RejectionReason.BROKEN_ROW, "The row has more cells than the heading. Put quotation marks around text with a delimiter in it.")
_NOTHING_READ = Fault(RejectionReason.NO_KEY, "None of the columns that are read holds anything in this row. Complete it or delete the line.")


def _too_wide(cell: str) -> Fault:
    message = f'The row has more cells than the heading, "{cell.strip()[:40]}" is left over. Put quotation marks around text with a delimiter in it.'
    return Fault(RejectionReason.BROKEN_ROW, message)


def _not_closed(cell: str) -> Fault:
    return Fault(RejectionReason.BROKEN_ROW, f'A quotation mark is not closed at "{cell[:40].strip()}": the next rows were read as one cell.')


def _parted(rows: list[int], counts: list[int], full: int) -> list[int]:
    """Of neighbouring short rows those that are one row together."""
    found: list[int] = []
    start = 0
    for stop in range(1, len(rows) + 1):
        while stop - start > LONGEST_PARTED or sum(counts[index] for index in rows[start:stop]) > full:
            start += 1
        if sum(counts[index] for index in rows[start:stop]) == full:
            found += rows[start:stop]
            start = stop
    return found


def _after_last_line_end(block: bytes, stop: int | None = None) -> int:
    """Where the last whole line before ``stop`` ends; a CR at the very end may be half of a CRLF."""
    if b"\n" in block:
        return block.rfind(b"\n", 0, stop) + 1
    return block.rfind(b"\r", 0, -1 if stop is None else stop) + 1


def _lines(text: str) -> list[str]:
    """The lines, however they end (with the CR of a CRLF); the last one may have no end."""
    if text.count("\r") != text.count("\r\n"):
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.removesuffix("\n").split("\n")


def _at(column: list[C], chosen: Sequence[int]) -> list[C]:
    if isinstance(chosen, range):  # a slice is much faster
        return column[chosen.start : chosen.stop]
    return [column[index] for index in chosen]


class _Headed(io.TextIOBase):
    """Rows under a heading of our own (0, 1, 2, …) that is as wide as we want to read."""

    def __init__(self, text: str, width: int, delimiter: str) -> None:
        self._parts = [text, delimiter.join(map(str, range(width))) + "\n"]

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> str:
        return self._parts.pop() if self._parts else ""
