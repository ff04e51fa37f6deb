"""Damaged files: each is refused with a typed error, or every row of it is a record or a rejection."""

import codecs
import csv
import gzip
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.rejection import RejectionReason
from importers.batch import Batch
from importers.csv_file import open_csv, reading
from importers.csv_file.reading import Reader
from importers.errors import BinaryFile, NoDelimiter, UnreadableFile

Read = Callable[..., Any]
"""The conftest's ``read``; Any, because every record of these files is of one kind."""
HEADING = "Kundennummer;Anrede;Vorname;Nachname;Straße;PLZ;Ort;Land;E-Mail;Notiz"


def row(number: int | str, **cells: str) -> str:
    known = {"Kundennummer": str(number), "Vorname": "Jörg", "Nachname": f"Müller{number}", "Straße": "Am Tor 1", "PLZ": "01067", "Ort": "Dresden"}
    known |= {"Land": "DE", "E-Mail": f"p{number}@example.com"} | cells
    return ";".join(known.get(name, "") for name in HEADING.split(";"))


ROWS = [row(number) for number in range(1, 41)]
GOOD = "\n".join([HEADING, *ROWS]) + "\n"


def results(batch: Batch) -> int:
    return len(batch.records) + len(batch.rejections)


def with_rows(*changed: tuple[int, str]) -> str:
    rows = list(ROWS)
    for index, text in changed:
        rows[index] = text
    return "\n".join([HEADING, *rows]) + "\n"


DAMAGED: dict[str, tuple[str | bytes, list[str]]] = {
    "a byte order mark in the middle": (with_rows((9, "\ufeff" + ROWS[9])), []),
    "two byte order marks at the start": (codecs.BOM_UTF8 * 2 + GOOD.encode(), []),
    "two files in one": (GOOD + "\ufeff" + HEADING + "\n" + row(99) + "\n", ["broken_row"]),
    "the same heading twice": (GOOD.replace("Notiz", "E-Mail"), []),
    "mixed encodings": (GOOD.encode().replace("Müller7;".encode(), "Müller7;".encode("cp1252")), ["broken_encoding"]),
    "utf-8 shown as latin-1": (with_rows((3, ROWS[3].encode().decode("latin-1"))), ["broken_encoding"]),
    "mixed line ends": (GOOD.replace("\n", "\r\n", 5).replace("Dresden;DE;p9@", "Dresden;DE;p9@").replace("p9@example.com;\n", "p9@example.com;\r"), []),
    "a formula": (with_rows((0, row("=1+1")), (1, row('"=""0815"""')), (2, row(3, Vorname="=HYPERLINK(1)"))), []),
    "excel damage": (with_rows((0, row("3,40E+17")), (1, row("7,2E+12"))), ["excel_damage", "excel_damage"]),
    "an id of 2^64": (with_rows((0, row(2**64))), []),
    "an id of a thousand digits": (with_rows((0, row("9" * 1000))), ["broken_row"]),
    "marks of writing direction": (with_rows((0, row("\u202e1\u200b", Nachname="\u200fMüller"))), []),
    "control characters": (with_rows((0, row(1, Vorname="J\x07rg")), (1, row("2\x1a"))), ["broken_encoding", "broken_encoding"]),
    "a cell of half a megabyte": (with_rows((4, row(5, Nachname="x" * 500_000))), ["broken_row"]),
    "text with delimiters and no quotation marks": (with_rows((4, row(5, Straße="Tor 1; Hinterhaus"))), ["broken_row"]),
    "two marks that swallow a row": (with_rows((4, row(5, Nachname='"Müller')), (5, row(6, Nachname='Müller"'))), ["broken_row"]),
    "marks that swallow rows from another column on": (with_rows((4, row(5, Notiz='"Anruf')), (8, row(9, Vorname='Jörg"'))), ["broken_row"]),
    "a mark at the end of a row": (with_rows((4, row(5, Notiz='5"'))), []),
    "blank lines and lines of delimiters": (GOOD.replace("\n", "\n\n;;;;;;;;;\n ; ;;;;;;;;\n"), []),
    "a row with text in a column that nobody reads": (with_rows((4, ";;;;;;;;;nur eine Notiz")), ["no_key"]),
    "totals and a date at the end": (GOOD + "Summe;;;;;;;;;40\nStand: heute;;;;;;;;;\n", ["broken_row", "broken_row"]),
    "rows with too few cells": (with_rows((4, "5;Herr;Jörg")), ["broken_row"]),
    "a row that a line break has parted": (with_rows((4, row(5).replace("Tor", "Tor\n"))), ["broken_row", "broken_row"]),
    "a row in four lines": (with_rows((4, row(5).replace("Jörg", "J\nö").replace("Tor", "T\n\no").replace("DE", "D\nE"))), ["broken_row"] * 4),
    "empty cells that Excel left out": ("\n".join([HEADING, *ROWS[:15], *(each.removesuffix(";") for each in ROWS[15:31]), *ROWS[31:]]) + "\n", []),
    "delimiters at the end of each row": (GOOD.replace("\n", ";;\n"), []),
    "rows with too many cells": (with_rows((4, ROWS[4] + ";;;zu viel")), ["broken_row"]),
    "a last row that is cut off": (GOOD + row(41)[:30], ["broken_row"]),
    "a last letter that is cut off": (GOOD.encode() + row(41).encode()[:12], ["broken_row"]),
    "separated by Excel's own word": ("sep=;\r\n" + GOOD.replace("\n", "\r\n"), []),
}
EXPECTED_ROWS = {
    "two files in one": 42,
    "a row that a line break has parted": 41,
    "a row in four lines": 43,
    "totals and a date at the end": 42,
    "a last row that is cut off": 41,
    "a last letter that is cut off": 41,
}
SWALLOWED = {"two marks that swallow a row": 39, "marks that swallow rows from another column on": 36}
"""Rows between two stray marks are one row for any reader: it is rejected, and says that rows are in it."""


@pytest.mark.parametrize("block", [100, 1 << 21])
@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_loses_no_row(read: Read, name: str, block: int) -> None:
    content, reasons = DAMAGED[name]
    batch = read(content, block=block)
    assert [str(each.reason) for each in batch.rejections] == reasons or sorted(each.reason for each in batch.rejections) == reasons
    assert results(batch) == SWALLOWED.get(name, EXPECTED_ROWS.get(name, 40))
    assert not [record for record in batch.records if record.source_id != record.source_id.strip() or not record.source_id.isprintable()]


@pytest.mark.parametrize("block", [1, 60, 1 << 21])
def test_the_parts_of_a_row_overwrite_nobody_even_where_no_row_ends_with_an_empty_cell(read: Read, block: int) -> None:
    whole = "Kundennummer;Vorname;Nachname;Straße;PLZ;Ort;E-Mail\n1000;Eva;Alt;Weg 9;10115;Berlin;e@example.com\n"
    batch = read(whole + "1001;Anna;Müller;Neue Gasse 5\nHinterhof 3;54321;Trier;anna@example.com\n1003;Ida;Neu;Weg 2;10115;Berlin;\n", block=block)
    assert [record.source_id for record in batch.records] == ["1000", "1003"]
    assert [(each.position, each.reason) for each in batch.rejections] == [(3, RejectionReason.BROKEN_ROW), (4, RejectionReason.BROKEN_ROW)]


def test_a_long_file_whose_empty_cells_excel_left_out_is_read_whole(read: Read) -> None:
    rows = [row(number) for number in range(1, 4001)]
    for start in range(15, 3900, 16):  # all but the first and the last blocks of sixteen rows
        rows[start : start + 16] = [each.rstrip(";").removesuffix(f";p{each.split(';')[0]}@example.com") for each in rows[start : start + 16]]
    content = "\n".join([HEADING, *rows]) + "\n"
    for block in (3000, 1 << 21):
        assert (len(read(content, block=block).records), read(content, block=block).rejections) == (4000, ())


def test_a_file_that_is_not_the_one_any_more_that_was_recognised_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kunden.csv"
    path.write_text(GOOD, "utf-8")
    file = open_csv(path, "shop")
    other = tmp_path / "new"
    other.write_text(GOOD.replace("Vorname;Nachname", "Nachname;Vorname"), "utf-8")
    other.rename(path)
    with pytest.raises(UnreadableFile, match="was changed while it was read"):
        list(file.batches())
    file = open_csv(path, "shop")
    batches = file.batches(1)
    next(batches)
    with path.open("a") as end:
        end.write(row(99) + "\n")
    with pytest.raises(UnreadableFile, match="was changed while it was read"):
        list(batches)


def test_what_cannot_be_seen_does_not_make_another_customer(read: Read) -> None:
    plain, marked = row(1), row("\ufeff1\u200b", Nachname="Mül\u00adler1")
    assert read(f"{HEADING}\n{plain}\n").records == read(f"{HEADING}\n{marked}\n").records


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 50_000_000)


def _gzip(path: Path) -> None:
    path.write_bytes(gzip.compress(b"\0" * 50_000_000))


def _zeros(path: Path) -> None:
    path.touch()
    os.truncate(path, 40 << 30)


def _zeros_behind_a_heading(path: Path) -> None:
    path.write_text(HEADING + "\n", "utf-8")
    os.truncate(path, 40 << 30)


@pytest.mark.parametrize("make", [_zip, _gzip, _zeros, _zeros_behind_a_heading])
def test_bombs_and_endless_zeros_are_refused_by_their_first_bytes(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "kunden.csv"
    make(path)
    before = _bytes_read()
    with pytest.raises(BinaryFile, match=r"kunden\.csv"):
        open_csv(path, "shop")
    assert _bytes_read() - before < 4 << 20


def _bytes_read() -> int:
    counts = Path("/proc/self/io")
    if not counts.exists():
        pytest.skip("only Linux counts what a process reads")
    return int(counts.read_text().split("rchar: ")[1].split()[0])


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "kunden.csv")
    with pytest.raises(UnreadableFile, match="is not a file"):
        open_csv(tmp_path / "kunden.csv", "shop")


def test_a_hundred_thousand_columns_are_no_table(tmp_path: Path) -> None:
    path = tmp_path / "kunden.csv"
    path.write_text(";".join(f"Spalte{number}" for number in range(100_000)) + "\n")
    with pytest.raises(NoDelimiter, match="does not end"):
        open_csv(path, "shop")


def test_a_hundred_thousand_cells_in_one_row_are_one_broken_row(read: Read) -> None:
    batch = read(with_rows((4, ROWS[4] + ";x" * 100_000)))
    assert (len(batch.records), [(each.position, each.reason) for each in batch.rejections]) == (39, [(6, RejectionReason.BROKEN_ROW)])


@pytest.mark.parametrize("ending", ["", "\n", '";;;\n'])
@pytest.mark.parametrize("beginning", ["", '"'])
def test_a_line_or_cell_without_end_stops_the_reading_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beginning: str, ending: str) -> None:
    monkeypatch.setattr(reading, "BLOCK", 1 << 10)
    monkeypatch.setattr(reading, "LONGEST_ROW", 1 << 16)
    tried: list[int] = []
    plain = Reader._frame

    def watched(self: Reader, text: str, used: list[int] | None) -> Any:
        tried.append(len(text))
        return plain(self, text, used)

    monkeypatch.setattr(Reader, "_frame", watched)
    path = tmp_path / "kunden.csv"
    path.write_text(GOOD + f"41;;{beginning}" + ("x" * 100 + "\n" * bool(beginning)) * 10_000 + ending)
    with pytest.raises(UnreadableFile, match=r"row 42 has no end"):
        list(open_csv(path, "shop").batches())
    assert max(tried) < 3 << 16


def test_a_file_that_ends_within_quotation_marks_says_where_they_begin(read: Read) -> None:
    with pytest.raises(UnreadableFile, match=r"row 42 has no end"):
        read(GOOD + '41;Herr;Jörg;"Müller')


def test_a_file_that_goes_away_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kunden.csv"
    path.write_text(GOOD, "utf-8")
    file = open_csv(path, "shop")
    path.unlink()
    with pytest.raises(UnreadableFile, match="cannot be read to its end"):
        list(file.batches())


@settings(deadline=None, max_examples=50)
@given(st.integers(len(HEADING.encode()) + 1, len(GOOD.encode())))
def test_a_file_cut_at_any_byte_loses_nothing_but_what_is_gone(read: Read, at: int) -> None:
    kept = GOOD.encode()[:at]
    rows = [line for line in kept.split(b"\n")[1:] if line]
    batch = read(kept)
    assert results(batch) == len(rows)
    assert len(batch.records) >= kept.count(b"\n") - 1


ORDERS = "Name,Email,Financial Status,Fulfillment Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Id\n"
ORDER = "#1001,a@example.com,paid,fulfilled,EUR,12.50,2025-05-11 09:55:16 -0400,1,Tea,12.50,T-1,5900\n"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("12.50,2025", "1e999,2025", RejectionReason.BAD_NUMBER),
        ("12.50,2025", "1e+99,2025", RejectionReason.EXCEL_DAMAGE),
        ("12.50,2025", "99999999999999999999,2025", RejectionReason.BAD_NUMBER),
        ("12.50,2025", "inf,2025", RejectionReason.BAD_NUMBER),
        ("12.50,2025", "NaN,2025", RejectionReason.BAD_NUMBER),
        ("12.50,2025", "１２.５０,2025", RejectionReason.BAD_NUMBER),
        ("2025-05-11", "2025-02-31", RejectionReason.BAD_DATE),
        ("2025-05-11 09:55:16 -0400", "45788.41", RejectionReason.BAD_DATE),
        ("2025-05-11 09:55:16 -0400", "05/11/2025", RejectionReason.BAD_DATE),
        (",1,Tea", ",18446744073709551616,Tea", RejectionReason.BAD_NUMBER),
        (",1,Tea", ",1.5,Tea", RejectionReason.BAD_NUMBER),
        ("EUR", "E\u202eUR", None),
        ("5900", str(2**64), None),
    ],
)
def test_numbers_and_dates_that_are_none(read: Read, old: str, new: str, reason: RejectionReason | None) -> None:
    batch = read(ORDERS + ORDER.replace(old, new) + ORDER.replace("1001", "1002").replace("5900", "5902"))
    assert [each.reason for each in batch.rejections] == ([reason] if reason else [])
    assert results(batch) == 2


NOISE = st.text(st.sampled_from(list("a1;,\"'\n\r\t \\=-+@ü€\ufeff\u200b\u202e\x07\x1a\x85\u2028é")), max_size=8)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 39), st.integers(0, 9), NOISE), max_size=12), st.sampled_from([700, 1 << 21]), st.booleans())
def test_noise_in_any_cells_of_a_well_quoted_file_loses_no_row(read: Read, noise: list[tuple[int, int, str]], block: int, quotes: bool) -> None:
    rows = [line.split(";") for line in ROWS]
    for index, place, text in noise:
        rows[index][place] = text
    file = io.StringIO()
    csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL if quotes else csv.QUOTE_MINIMAL).writerows([HEADING.split(";"), *rows])
    assert results(read(file.getvalue(), block=block)) == 40


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, len(GOOD.encode()) - 1), st.binary(min_size=1, max_size=3)), min_size=1, max_size=5))
def test_bytes_overwritten_anywhere_below_the_heading_lose_no_row(read: Read, hits: list[tuple[int, bytes]]) -> None:
    content = bytearray(GOOD.encode())
    start = len(HEADING.encode()) + 1
    for at, what in hits:
        at = max(at, start)
        content[at : at + len(what)] = what
    try:
        batch = read(bytes(content))
    except UnreadableFile:
        return
    filled = [line for line in bytes(content[start:]).replace(b"\r", b"\n").split(b"\n") if line.strip(b' ;"\t')]
    assert results(batch) >= min(len(filled), 40) - content.count(b'"') * 40
    if b'"' not in content:
        assert results(batch) >= len(filled) - 1
