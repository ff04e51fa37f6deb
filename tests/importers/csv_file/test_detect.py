"""How a file is written is found out, and what is no table is refused with the reason."""

import codecs
from pathlib import Path

import pytest

from importers.csv_file import open_csv
from importers.csv_file.detect import HEADING_LIMIT, encoding_of
from importers.errors import BinaryFile, EmptyFile, NoDelimiter, UnreadableFile

COLUMNS = ("Kundennummer", "Anrede", "Vorname", "Nachname", "Firma", "Straße", "PLZ", "Ort", "Land", "E-Mail")
ROWS = (
    COLUMNS,
    ("1", "Frau", "Bärbel", "Weiß", "", "Große Straße 1", "01067", "Dresden", "Deutschland", "b@example.com"),
    ("2", "Herr", "Jörg", "Müller", "", "Am Tor 2", "80331", "München", "Österreich", "j@example.com"),
)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_every_way_to_write_a_table_is_recognised(tmp_path: Path, line_end: str, delimiter: str, encoding: str, quote: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(line_end.join(delimiter.join(f"{quote}{cell}{quote}" for cell in row) for row in ROWS).encode(encoding))
    file = open_csv(path, "shop")
    assert (file.format.name, file.encoding, file.delimiter, file.columns) == ("german_customers", encoding, delimiter, COLUMNS)
    batches = list(file.batches())
    assert [record.address.name for batch in batches for record in batch.records if hasattr(record, "address")] == ["Bärbel Weiß", "Jörg Müller"]
    assert batches[-1].share == 1
    assert file.layout.line_end == {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}[line_end]


def test_a_utf_8_file_with_a_few_foreign_bytes_is_still_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes("Straße\nMüller\nWeiß\n".encode() + b"M\xfcller\n")
    assert encoding_of(path) == "utf-8"
    path.write_bytes("Straße\nMüller\nWeiß\n".encode("cp1252"))
    assert encoding_of(path) == "cp1252"


def test_a_letter_across_two_blocks_is_one_letter(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"a" * ((1 << 20) - 1) + "ü".encode() + b"b")
    assert encoding_of(path) == "utf-8"
    path.write_bytes(b"a" * ((1 << 20) - 1) + "ü".encode()[:1])
    assert encoding_of(path) == "cp1252"


def test_blank_lines_and_excels_separator_line_above_the_heading_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("sep=;\n\n" + "\n".join(";".join(row) for row in ROWS) + ";zu;viel", "utf-8")
    (batch,) = open_csv(path, "shop").batches()
    assert batch.positions == (4,)
    assert batch.rejections[0].position == 5


@pytest.mark.parametrize("content", [b"", b"\n\n", b"  \r\n", codecs.BOM_UTF8])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "empty.csv"
    path.write_bytes(content)
    with pytest.raises(EmptyFile, match=r"empty\.csv"):
        open_csv(path, "shop")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00", "Excel workbook or a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook"),
        (b"\x1f\x8b\x08abc", "gzip"),
        (b"%PDF-1.7\n1 0 obj", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        ("Kundennummer\tPLZ".encode("utf-16"), "UTF-16"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b"  <!DOCTYPE html><table><tr><td>1</td></tr></table>", "web page"),
        (b'{"customers": []}', "JSON"),
        (b"\0" * 100, "no text file"),
        (b"Kundennummer;PLZ\n1;\0\0\n", "no text file"),
    ],
)
def test_a_binary_file_is_refused_with_what_it_is_and_what_to_do(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "kunden.csv"
    path.write_bytes(content)
    with pytest.raises(BinaryFile, match=r"kunden\.csv") as refused:
        open_csv(path, "shop")
    assert said in str(refused.value)
    assert any(word in str(refused.value) for word in ("CSV UTF-8", "Unpack", "Choose CSV"))


def test_zeros_after_good_rows_say_where_the_writing_broke_off(tmp_path: Path) -> None:
    path = tmp_path / "kunden.csv"
    path.write_bytes(b"Kundennummer;PLZ\n" * 100_000 + b"\0" * 5)
    with pytest.raises(BinaryFile, match=r"from byte 1,700,000 on"):
        open_csv(path, "shop")


@pytest.mark.parametrize(
    "content", ["Kundennummer\n1\n2\n", "Dear all,"[:8], "x" * (HEADING_LIMIT + 5), "a;b;" * HEADING_LIMIT, 'a;"b;' + "c;d\n" * HEADING_LIMIT]
)
def test_a_file_without_a_row_of_headings_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(content)
    with pytest.raises(NoDelimiter, match=r"list\.csv"):
        open_csv(path, "shop")


def test_a_file_that_is_not_there_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"nowhere\.csv"):
        open_csv(tmp_path / "nowhere.csv", "shop")
    with pytest.raises(UnreadableFile):
        open_csv(tmp_path, "shop")
