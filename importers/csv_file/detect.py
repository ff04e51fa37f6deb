"""How is this file written: which encoding, which delimiter, where do the records begin?"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from importers.csv_file.formats import FORMATS, likeness
from importers.errors import BinaryFile, EmptyFile, NoDelimiter, UnreadableFile

DELIMITERS = (",", ";", "\t", "|")
HEADING_LIMIT = 65_536
"""Characters within which the heading must end; the widest export that we know has 2 kB of it."""
_BLOCK = 1 << 20
_NO_UTF_8 = re.compile("[\udc80-\udcff]")
_SEPARATOR_LINE = re.compile(r"sep=.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the file is written; ``heading_row`` counts rows as a spreadsheet does, from 1."""

    encoding: str
    delimiter: str
    heading_row: int
    columns: tuple[str, ...]
    """The headings, trimmed."""


def layout_of(path: Path) -> Layout:
    """Look at the whole file in blocks for its encoding, and at its first lines for the rest.

    Raises ``UnreadableFile`` or one of its kinds.
    """
    encoding = encoding_of(path)
    with opened(path, encoding) as file:
        start = file.read(HEADING_LIMIT)
    if not start.strip():
        raise EmptyFile(f"{path} is empty: not even a heading. Export again.")
    layouts = [_with_delimiter(start, encoding, delimiter) for delimiter in DELIMITERS]
    best = max(layouts, key=lambda layout: (*max(likeness(each, layout.columns) for each in FORMATS), len(layout.columns)))
    if len(best.columns) < 2:
        raise NoDelimiter(f'{path} is no table: its first line, "{best.columns[0][:80]}", has no comma, semicolon, tab or bar between headings.')
    return best


def encoding_of(path: Path) -> str:
    """``utf-8-sig`` with a byte order mark, ``utf-8`` for valid UTF-8, else ``cp1252`` (which includes the letters of ISO-8859-1).

    A file with more UTF-8 letters than bytes that are none is UTF-8 with damage: only the records with the damage are rejected.
    """
    try:
        with path.open("rb") as file:
            marked = file.read(3) == codecs.BOM_UTF8
            file.seek(0)
            valid, broken = _utf_8_letters(file, path)
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error
    if marked:
        return "utf-8-sig"
    return "utf-8" if not broken or valid > broken else "cp1252"


def _utf_8_letters(file: BinaryIO, path: Path) -> tuple[int, int]:
    """How many bytes belong to letters beyond ASCII in valid UTF-8, and how many to none."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    valid = broken = 0
    while block := file.read(_BLOCK):
        if b"\0" in block:
            raise BinaryFile(f'{path} is no text file (a workbook, or "Unicode text"). Save it as "CSV UTF-8".')
        if not block.isascii() or decoder.getstate()[0]:
            letters = decoder.decode(block)
            valid += len(block) - len(letters)
            broken += len(_NO_UTF_8.findall(letters))
    return valid, broken + len(decoder.decode(b"", final=True))


@contextmanager
def opened(path: Path, encoding: str) -> Iterator[TextIO]:
    """The file as text with LF at every line's end (CRLF and CR too); a byte that is no letter becomes U+FFFD."""
    try:
        file = path.open("r", encoding=encoding, errors="replace", newline=None)
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error
    with file:
        yield file


def skip_heading(file: TextIO, layout: Layout) -> None:
    """Read on to the first row below the heading."""
    _heading(file, layout.delimiter)


def _with_delimiter(start: str, encoding: str, delimiter: str) -> Layout:
    file = io.StringIO(start)
    row, columns = _heading(file, delimiter)
    if len(start) == HEADING_LIMIT and file.tell() == len(start):
        columns = columns[:1]  # no line ends here: this is no heading
    return Layout(encoding, delimiter, row, columns)


def _heading(file: TextIO, delimiter: str) -> tuple[int, tuple[str, ...]]:
    """The first row that is neither blank nor Excel's ``sep=;``, and its number."""
    for row, cells in enumerate(csv.reader(file, delimiter=delimiter, skipinitialspace=True), start=1):
        columns = tuple(" ".join(cell.split()) for cell in cells)
        if any(columns) and not _SEPARATOR_LINE.fullmatch(columns[0]):
            return row, columns
    return 1, ("",)
