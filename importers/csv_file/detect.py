"""How is this file written: which encoding, which delimiter, where do the records begin?"""

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from importers.csv_file.binary import refuse_binary, refuse_special
from importers.csv_file.formats import Format, likeness
from importers.errors import BinaryFile, EmptyFile, NoDelimiter, UnreadableFile

DELIMITERS = (",", ";", "\t", "|")
HEADING_LIMIT = 65_536
"""Bytes within which the heading must end; the widest export that we know has 2 kB of it."""
_BLOCK = 1 << 20
_SEPARATOR_LINE = re.compile(r"sep=.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the file is written; ``heading_row`` counts rows as a spreadsheet does, from 1."""

    encoding: str
    delimiter: str
    heading_row: int
    columns: tuple[str, ...]
    """The headings, trimmed."""
    body: int
    """Where in the file, in bytes, the first row below the heading begins."""
    line_end: str
    """LF, CRLF or CR: that of the heading's line."""


def layout_of(path: Path, formats: Sequence[Format], delimiter: str = "", encoding: str = "", *, may_be_one_column: bool = False) -> Layout:
    """Look at the whole file in blocks for its encoding, and at its first lines for the rest, unless they are told.

    Of several delimiters that could be meant, the one is taken under which the headings fit one of ``formats`` best.
    A list of objections may be mailboxes alone; in any other file a single column means that the delimiter is none that we know.
    Raises ``UnreadableFile`` or one of its kinds.
    """
    refuse_special(path)
    start = _start(path)
    encoding = encoding or encoding_of(path)
    skip = len(codecs.BOM_UTF8) if encoding == "utf-8-sig" else 0
    text = start[skip:].decode("utf-8" if skip else encoding, "surrogateescape")
    if not text.strip():
        raise EmptyFile(f"{path} is empty: not even a heading. Export again.")
    layouts = [_with_delimiter(text, encoding, each, skip) for each in ([delimiter] if delimiter else DELIMITERS)]
    best = max(layouts, key=lambda layout: (*max(likeness(each, layout.columns) for each in formats), len(layout.columns)))
    if len(start) == HEADING_LIMIT and best.body >= len(start):
        raise NoDelimiter(f"{path} is no table: its first line does not end within {HEADING_LIMIT:,} bytes. Look for a quotation mark that is not closed.")
    if len(best.columns) < 2 and not may_be_one_column:
        raise NoDelimiter(f'{path} is no table: its first line, "{best.columns[0][:80]}", has no comma, semicolon, tab or bar between headings.')
    return best


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            start = file.read(HEADING_LIMIT)
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error
    refuse_binary(path, start)
    return start


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
            where = file.tell() - len(block) + block.index(b"\0")
            raise BinaryFile(f"{path} was not written to its end: from byte {where:,} on it has zeros instead of text. Export again.")
        if not block.isascii() or decoder.getstate()[0]:
            letters = decoder.decode(block)
            valid += len(block) - len(letters)
            broken += len(letters.encode("utf-8", "surrogateescape")) - len(letters.encode("utf-8", "ignore"))
    return valid, broken + len(decoder.decode(b"", final=True))


def _with_delimiter(start: str, encoding: str, delimiter: str, skip: int) -> Layout:
    file = io.StringIO(start, newline="")
    row, columns = _heading(file, delimiter)
    head = start[: file.tell()]
    line_end = "CRLF" if head.endswith("\r\n") else "CR" if head.endswith("\r") else "LF"
    body = skip + len(head.encode("utf-8" if skip else encoding, "surrogateescape"))
    return Layout(encoding, delimiter, row, columns, body, line_end)


def _heading(file: io.StringIO, delimiter: str) -> tuple[int, tuple[str, ...]]:
    """The first row that is neither blank nor Excel's ``sep=;``, and its number."""
    try:
        for row, cells in enumerate(csv.reader(file, delimiter=delimiter, skipinitialspace=True), start=1):
            columns = tuple(" ".join("".join(char for char in cell if char.isprintable() or char.isspace()).split()) for cell in cells)
            if any(columns) and not _SEPARATOR_LINE.fullmatch(columns[0]):
                return row, columns
    except csv.Error:  # a cell of more than 128 kB
        file.seek(0, io.SEEK_END)
    return 1, ("",)
