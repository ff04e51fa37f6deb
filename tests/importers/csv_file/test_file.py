"""Nothing vanishes, nothing is counted twice, and no bytes whatever break the reading."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.csv_file import Batch, open_csv
from importers.errors import UnreadableFile

Read = Callable[..., Batch]
CUSTOMER_COLUMNS = ["Kundennummer", "Vorname", "Nachname", "Straße", "PLZ", "Ort", "Land", "E-Mail", "Registriert am"]
ORDER_COLUMNS = ["Bestellnummer", "Bestelldatum", "Kundennummer", "E-Mail", "Artikelnummer", "Artikel", "Menge", "Einzelpreis", "Bestellsumme"]
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
CELL = TEXT | st.sampled_from(
    ["", "1", "2", "a@example.com", "07.11.2025", "31.02.2025", "12,50", "3,40E+17", "Summe", "MÃ¼ller", "\ufffd", "1.234", '"', "\n", ";", "'01067"]
)


def written(columns: list[str], rows: list[list[str]], delimiter: str) -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([columns, *rows])
    return file.getvalue()


def test_a_file_with_only_a_heading_has_no_records(read: Read) -> None:
    assert read(";".join(CUSTOMER_COLUMNS)) == Batch((), (), 0, 0)
    assert read(";".join(CUSTOMER_COLUMNS) + "\n\n\n") == Batch((), (), 0, 0)


def test_batches_hold_as_many_as_asked_for_and_count_rows_and_bytes(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(written(CUSTOMER_COLUMNS, [[str(n if n % 5 else ""), "A", "B", "", "", "", "", "", ""] for n in range(1, 26)], ";"), "utf-8")
    file = open_csv(path, "shop")
    batches = list(file.batches(10))
    assert [(len(batch.records), len(batch.rejections), batch.rows) for batch in batches] == [(8, 2, 10), (8, 2, 10), (4, 1, 5)]
    assert batches[-1].bytes_read == file.size
    assert list(file.batches(10)) == batches


def test_a_mark_that_is_never_closed_stops_the_reading_and_names_the_row(read: Read) -> None:
    with pytest.raises(UnreadableFile, match="row 3"):
        read(";".join(CUSTOMER_COLUMNS) + '\n1;A;B\n2;"A;B\n3;A;B\n')


@settings(deadline=None, max_examples=150)
@given(st.lists(st.lists(CELL, min_size=9, max_size=9), max_size=12), st.sampled_from(",;\t|"), st.integers(1, 6))
def test_every_customer_is_a_record_or_a_rejection(read: Read, rows: list[list[str]], delimiter: str, chunk_rows: int) -> None:
    batch = read(written(CUSTOMER_COLUMNS, rows, delimiter), chunk_rows=chunk_rows, size=3)
    filled = [row for row in rows if "".join(row).strip()]
    assert len(batch.records) + len(batch.rejections) == batch.rows == len(filled)
    assert all(record.source_id for record in batch.records)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.lists(CELL, min_size=9, max_size=9), max_size=12), st.integers(1, 6))
def test_chunks_make_no_difference_and_each_run_of_rows_is_one_order(read: Read, rows: list[list[str]], chunk_rows: int) -> None:
    content = written(ORDER_COLUMNS, rows, ";")
    batch = read(content, chunk_rows=chunk_rows, size=2)
    assert batch.rows == len([row for row in rows if "".join(row).strip()])
    whole = read(content)
    if not any(sign in cell for row in rows for cell in row[6:] for sign in ",."):  # a decimal sign may show in a later chunk only
        assert (batch.records, batch.rejections) == (whole.records, whole.rejections)
    assert len(batch.records) + len(batch.rejections) == len(whole.records) + len(whole.rejections)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=300), st.sampled_from([b"", ";".join(CUSTOMER_COLUMNS).encode() + b"\n", ",".join(ORDER_COLUMNS).encode("cp1252") + b"\r"]))
def test_arbitrary_bytes_raise_nothing_but_our_errors(read: Read, content: bytes, heading: bytes) -> None:
    try:
        batch = read(heading + content, chunk_rows=2)
    except UnreadableFile:
        return
    assert len(batch.records) + len(batch.rejections) <= batch.rows


def test_the_first_batch_comes_long_before_the_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(";".join(CUSTOMER_COLUMNS) + "\n")
        file.writelines(f"{n};Anna;Müller;Weg 1;01067;Dresden;DE;a{n}@example.com;07.11.2025\n" for n in range(60_000))
    seen = [(batch.rows, batch.bytes_read / path.stat().st_size) for batch in open_csv(path, "shop").batches()]
    assert [rows for rows, _ in seen] == [1000] * 60
    assert seen[0][1] < 0.5
    assert seen[-1][1] == 1
