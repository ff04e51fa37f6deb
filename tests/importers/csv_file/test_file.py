"""Nothing vanishes, nothing is counted twice, and no bytes whatever break the reading."""

import csv
import io
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.cart import Cart
from campaigns.order import Order
from campaigns.record import Kind
from importers.batch import Batch
from importers.csv_file import open_csv, reading, records
from importers.errors import UnreadableFile

Read = Callable[..., Batch]
CUSTOMER_COLUMNS = ["Kundennummer", "Vorname", "Nachname", "Straße", "PLZ", "Ort", "Land", "E-Mail", "Registriert am"]
ORDER_COLUMNS = ["Bestellnummer", "Bestelldatum", "Kundennummer", "E-Mail", "Artikelnummer", "Artikel", "Menge", "Einzelpreis", "Bestellsumme"]
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
CELL = TEXT | st.sampled_from(
    ["", "1", "2", "a@example.com", "07.11.2025", "31.02.2025", "12,50", "3,40E+17", "Summe", "MÃ¼ller", "\ufffd", "1.234", '"', "\n", ";", "'01067"]
)
QUOTED = ["", "1", "2", '"', '"a', 'a"', '"a"', 'a"b', ' "x', "\n", "\r", ";", '"\n"', 'x"\n', '""']
BLOCKS = st.sampled_from([1, 7, 40, 200, 10_000])


def written(columns: list[str], rows: list[list[str]], delimiter: str, quoting: Any = csv.QUOTE_ALL) -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, lineterminator="\n", quoting=quoting).writerows([columns, *rows])
    return file.getvalue()


def accounted_for(batch: Batch) -> int:
    return len(batch.records) + len(batch.rejections)


def test_a_file_with_only_a_heading_has_no_records(read: Read) -> None:
    assert read(";".join(CUSTOMER_COLUMNS)) == Batch()
    assert read(";".join(CUSTOMER_COLUMNS) + "\n\n\n") == Batch()


def test_batches_hold_as_many_as_asked_for_and_say_how_far_they_have_come(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(written(CUSTOMER_COLUMNS, [[str(n if n % 5 else ""), "A", "B", "", "", "", "", "", ""] for n in range(1, 26)], ";"), "utf-8")
    file = open_csv(path, "shop")
    batches = list(file.batches(10))
    assert [(len(batch.records), len(batch.rejections)) for batch in batches] == [(8, 2), (8, 2), (4, 1)]
    assert batches[-1].share == 1
    assert batches[0].positions == (2, 3, 4, 5, 7, 8, 9, 10)
    assert list(file.batches(10)) == batches


@pytest.mark.parametrize("block", [10, 1 << 20])
def test_a_mark_that_is_never_closed_stops_the_reading_and_names_the_row(read: Read, block: int) -> None:
    with pytest.raises(UnreadableFile, match="row 3"):
        read(";".join(CUSTOMER_COLUMNS) + '\n1;A;B\n2;"A;B\n3;A;B\n', block=block)


@settings(deadline=None, max_examples=80)
@given(st.lists(st.lists(CELL, min_size=9, max_size=9), max_size=12), st.sampled_from(",;\t|"), BLOCKS)
def test_every_customer_is_a_record_or_a_rejection(read: Read, rows: list[list[str]], delimiter: str, block: int) -> None:
    batch = read(written(CUSTOMER_COLUMNS, rows, delimiter), block=block, size=3)
    assert accounted_for(batch) == len([row for row in rows if "".join(row).strip()])
    assert all(getattr(record, "source_id", "") for record in batch.records)


@settings(deadline=None, max_examples=80)
@given(st.lists(st.lists(CELL, min_size=9, max_size=9), max_size=12), BLOCKS)
def test_blocks_make_no_difference_and_each_run_of_rows_is_one_order(read: Read, rows: list[list[str]], block: int) -> None:
    content = written(ORDER_COLUMNS, rows, ";")
    batch = read(content, block=block, size=2)
    whole = read(content)
    if not any(sign in cell for row in rows for cell in row[6:] for sign in ",."):  # a decimal sign may show in a later block only
        assert (batch.records, batch.rejections) == (whole.records, whole.rejections)
    assert accounted_for(batch) == accounted_for(whole)


@settings(deadline=None, max_examples=120)
@given(st.binary(max_size=300), st.sampled_from([b"", ";".join(CUSTOMER_COLUMNS).encode() + b"\n", ",".join(ORDER_COLUMNS).encode("cp1252") + b"\r"]), BLOCKS)
def test_arbitrary_bytes_raise_nothing_but_our_errors(read: Read, content: bytes, heading: bytes, block: int) -> None:
    try:
        batch = read(heading + content, block=block)
    except UnreadableFile:
        return
    lines = heading.count(b"\n") + heading.count(b"\r") + content.count(b"\n") + content.count(b"\r") + 1
    assert accounted_for(batch) <= lines


@settings(deadline=None, max_examples=120)
@given(
    st.lists(
        st.lists(st.sampled_from(["", "1", "2", '"', '"a', 'a"', '"a"', 'a"b', ' "x', "\n", "\r", ";", '"\n"', 'x"\n', '""']), min_size=1, max_size=10),
        max_size=8,
    )
)
def test_no_arrangement_of_quotation_marks_breaks_the_reading_or_hides_a_row_that_stands_alone(read: Read, rows: list[list[str]]) -> None:
    last = "99;A;B;C;1;D;DE;a@example.com;\n"
    content = ";".join(CUSTOMER_COLUMNS) + "\n" + "\n".join(";".join(row) for row in rows) + "\n"
    try:
        batch = read(content + last)
    except UnreadableFile:
        return
    ids = [getattr(record, "source_id", "") for record in batch.records]
    assert "99" in ids or batch.rejections


def test_the_first_batch_comes_long_before_the_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(";".join(CUSTOMER_COLUMNS) + "\n")
        file.writelines(f"{n};Anna;Müller;Weg 1;01067;Dresden;DE;a{n}@example.com;07.11.2025\n" for n in range(60_000))
    assert path.stat().st_size > 2 * reading.BLOCK / 2
    seen = [(len(batch.records), batch.share or 0) for batch in open_csv(path, "shop").batches()]
    assert [records for records, _ in seen] == [1000] * 60
    assert seen[0][1] < 0.7
    assert seen[-1][1] == 1


class Store:
    """Remembers the hashes of records as a database would."""

    def __init__(self, batch: Batch) -> None:
        self.asked: list[tuple[Kind, int]] = []
        self.hashes = {getattr(record, "source_id", ""): hash_ for record, hash_ in zip(batch.records, batch.hashes, strict=True)}

    def __call__(self, kind: Kind, keys: Sequence[str]) -> Mapping[str, str]:
        self.asked.append((kind, len(keys)))
        return {key: self.hashes[key] for key in keys if key in self.hashes}


ORDERS = [[str(n), "07.11.2025", "1", "a@example.com", f"A{line}", "Tee", "1", "2,50", ""] for n in range(1, 8) for line in range(n % 3 + 1)]


@pytest.mark.parametrize("block", [1, 90, 1 << 20])
def test_what_the_store_knows_is_only_counted(read: Read, block: int) -> None:
    first = read(written(ORDER_COLUMNS, ORDERS, ";"), block=block)
    assert len(first.records) == 7 and len(set(first.hashes)) == 7 and all(len(hash_) == 32 for hash_ in first.hashes)
    store = Store(first)
    again = read(written(ORDER_COLUMNS, ORDERS, ";"), known=store)
    assert (again.records, again.rejections, again.unchanged) == ((), (), 7)
    assert sum(count for kind, count in store.asked if kind is Kind.ORDERS) == 7


def test_only_what_has_changed_is_read_again(read: Read) -> None:
    store = Store(read(written(ORDER_COLUMNS, ORDERS, ";")))
    changed = [[*row[:5], "Kanne", *row[6:]] if row[0] == "4" else row for row in ORDERS] + [["8", "08.11.2025", *ORDERS[0][2:]], ["", "x", *ORDERS[0][2:]]]
    batch = read(written(ORDER_COLUMNS, changed, ";"), known=store)
    assert [getattr(record, "number", "") for record in batch.records] == ["4", "8"]
    assert (batch.unchanged, [each.position for each in batch.rejections]) == (6, [len(changed) + 1])
    assert batch.positions == (2 + [row[0] for row in changed].index("4"), len(changed))


@pytest.mark.parametrize("told", [{"timezone": "UTC"}, {"home": "AT"}, {"home": ""}])
def test_another_way_to_read_a_file_makes_other_hashes(read: Read, told: dict[str, str]) -> None:
    content = "Kundennummer;E-Mail;Name;Straße;PLZ;Ort;Registriert am\n1;a@example.com;A B;C;1;D;07.11.2025\n"
    assert read(content, **{"home": "DE"} | told).hashes != read(content, home="DE").hashes


def test_a_column_that_nobody_reads_does_not_change_a_record(read: Read) -> None:
    heading, row = ";".join(ORDER_COLUMNS), ";".join(ORDERS[0])
    assert read(f"{heading};Notiz\n{row};eins\n").hashes == read(f"{heading};Notiz\n{row};zwei\n").hashes


def test_a_record_that_stands_twice_in_the_file_is_compared_with_itself_too(read: Read) -> None:
    rows = [["1", "A", "B", "S", "1", "O", "DE", "", ""], ["2", "A", "B", "S", "1", "O", "DE", "", ""], ["1", "A", "C", "S", "1", "O", "DE", "", ""]]
    for block in (1, 1 << 20):
        first = read(written(CUSTOMER_COLUMNS, rows, ";"), block=block)
        again = read(written(CUSTOMER_COLUMNS, rows, ";"), block=block, known=Store(first))
        assert (again.records, again.unchanged) == ((), 2)
        assert (
            [(each.position, each.reason) for each in again.rejections] == [(4, "contradiction")] == [(each.position, each.reason) for each in first.rejections]
        )


def test_orders_and_carts_of_one_file_come_in_one_pass(read: Read) -> None:
    heading = "orderId;orderNumber;invoiceAmount;paymentStatus;orderStatus;currency;orderTime;email;billingLastName;billingStreet\n"
    batch = read(
        heading
        + "15;20001;10.50;Offen;Komplett ausgeliefert;EUR;2012-08-30 10:15:54;a@example.com;B;C 1\n"
        + "52;0;20.00;Offen;Abgebrochen;EUR;2012-08-30 15:16:55;b@example.com;;\n"
        + "53;0;20.00;Offen;Offen;EUR;2012-08-30 15:16:55;b@example.com;;\n"
    )
    order, cart = batch.records
    assert isinstance(order, Order) and isinstance(cart, Cart)
    assert (order.source_id, order.number, cart.source_id, cart.email, cart.items) == ("15", "20001", "52", "b@example.com", ())
    assert [hash_ != "" for hash_ in batch.hashes] == [True, False]
    assert [each.reason for each in batch.rejections] == ["no_key"]


def test_ids_are_compared_letter_by_letter_and_e_mail_addresses_are_not(read: Read) -> None:
    content = "Customer ID,Email,First Name,Last Name,Address1,Zip,City,Country\nAbC,a@x.de,A,B,W 1,12345,B,DE\naBc,b@x.de,C,D,W 2,12345,B,DE\n"
    first = read(content)
    assert ([getattr(record, "source_id", "") for record in first.records], first.rejections) == (["AbC", "aBc"], ())
    assert read(content, known=Store(first)).unchanged == 2
    by_mail = "E-Mail;Nachname;Straße;PLZ;Ort\nA@x.de;B;W 1;12345;B\n"
    assert read(by_mail, known=Store(read(by_mail))).unchanged == 1


def test_whatever_of_our_code_decides_about_a_record_makes_other_hashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("importers", "campaigns"):
        shutil.copytree(Path(__file__).parents[3] / package, tmp_path / package)
    monkeypatch.setattr(records, "files", lambda package: tmp_path / package.replace(".", "/"))
    before = records._code.__wrapped__()
    for changed in ("importers/marketplaces.py", "importers/csv_file/states.py", "campaigns/countries.py"):
        with (tmp_path / changed).open("a") as module:
            module.write("# another\n")
        now = records._code.__wrapped__()
        assert now != before
        before = now
