"""A look at a file says all that an import would do with it, without a database."""

from pathlib import Path

import pytest

from campaigns.rejection import RejectionReason
from importers.csv_file import check_csv, load_mapping
from importers.csv_file.check import FIRST, ReadColumn
from importers.errors import UnknownFormat

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
ORDERS = (
    "Bestellnummer;Bestelldatum;E-Mail;IBAN;Artikel;Menge;Einzelpreis;Bestellsumme\r\n"
    + "".join(f"{n};0{n}.11.2025 08:26;a@example.com;DE00;Tee;1;1.234,50;1.234,50\r\n" for n in range(1, 7))
    + "".join(f"{n};31.02.2025;a@example.com;DE00;Tee;1;1,00;1,00\r\n" for n in range(10, 15))
    + "3,40E+17;01.01.2025;;;;;;\r\n"
)


def test_the_report_says_how_a_file_is_written_and_what_would_become_of_it(tmp_path: Path) -> None:
    path = tmp_path / "bestellungen.csv"
    path.write_bytes(ORDERS.encode())
    report = check_csv(path)
    assert (report.size, report.encoding, report.delimiter, report.line_end) == (len(ORDERS), "utf-8", ";", "CRLF")
    assert (report.format, report.kind) == ("german_orders", "orders")
    assert report.read[0] == ReadColumn("Bestellnummer", "number", "")
    assert {column.field: column.written for column in report.read if column.written} == {
        "ordered_at": "dd.mm.yyyy hh:mm",
        "unit_price": ",",
        "total": ",",
    }
    assert report.ignored == ("IBAN",)
    assert dict(report.records) == {"Order": 6}
    assert report.rejected == 6
    assert [(each.reason, each.count, len(each.first)) for each in report.reasons] == [
        (RejectionReason.BAD_DATE, 5, FIRST),
        (RejectionReason.EXCEL_DAMAGE, 1, 1),
    ]
    assert [getattr(record, "number", "") for record in report.samples] == ["1", "2", "3"]


@pytest.mark.parametrize(("name", "kind", "count"), [("customers", "Customer", 400), ("carts", "Cart", None)])
def test_the_sample_shop_is_clean(name: str, kind: str, count: int | None) -> None:
    report = check_csv(EXAMPLES / "sample_shop" / f"{name}.csv")
    assert set(report.records) == {kind} and (count is None or report.records[kind] == count)
    assert (report.rejected, report.reasons) == (0, ())


def test_a_mapping_can_be_tried_before_it_is_used(tmp_path: Path) -> None:
    path = tmp_path / "kunden.txt"
    path.write_text("Kd-Nummer|Mail|Anr|Kunde|Strasse+Nr|Plz|Gemeinde|Seit|Werbung\n7|a@example.com|1|B|C|1010|Wien|04/05/2021|J\n", "cp850")
    report = check_csv(path, mapping=load_mapping(EXAMPLES / "mappings" / "customers.toml"))
    assert (report.format, report.encoding, dict(report.fixed)) == ("till-customers", "cp850", {"country": "AT"})
    assert next(column.written for column in report.read if column.field == "registered_at") == "dd/mm/yyyy"


def test_a_file_that_no_import_could_read_is_refused_here_too(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("A;B\n")
    with pytest.raises(UnknownFormat):
        check_csv(tmp_path / "a.csv")


def test_words_for_states_that_nobody_knows_are_listed_with_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "bestellungen.csv"
    states = ["Bezahlt", "beim Nachbarn", "Kulanz", "beim Nachbarn", "", "storniert von mir", "Offen"]
    rows = "".join(f"{n};0{n}.11.2025;a@example.com;1,00;{state}\n" for n, state in enumerate(states, 1))
    path.write_text("Bestellnummer;Bestelldatum;E-Mail;Bestellsumme;Status\n" + rows, "utf-8")
    assert check_csv(path).unknown_states == {"beim Nachbarn": 2, "Kulanz": 1}
