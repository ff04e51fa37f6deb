"""Rows of customers' files become customers."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from campaigns.address import Address
from campaigns.customer import Customer, Sex
from campaigns.rejection import RejectionReason

Read = Callable[..., Any]
"""The conftest's ``read``; Any, because every record of these files is of one kind."""
GERMAN = "Kundennummer;Anrede;Vorname;Nachname;Firma;Straße;Hausnummer;Adresszusatz;PLZ;Ort;Land;E-Mail;Registriert am;Sprache\n"
SHOPIFY = (
    "Customer ID,First Name,Last Name,Email,Default Address Company,Default Address Address1,Default Address Address2,"
    "Default Address City,Default Address Country Code,Default Address Zip\n"
)
SHOPIFY_2021 = "First Name,Last Name,Email,Company,Address1,Address2,City,Country,Country Code,Zip\n"


def test_a_german_customer_has_all_that_the_file_says(read: Read) -> None:
    batch = read(
        GERMAN + "10001;Frau Dr.;  Anna   Maria;Müller;Weiß GmbH;Große Str.;12 a;Hinterhaus;'01067;Dresden;Deutschland; Anna@Example.com ;07.11.2025;Deutsch\n"
    )
    assert batch.records == (
        Customer(
            "shop",
            "10001",
            "10001",
            "Anna@Example.com",
            Sex.FEMALE,
            Address("Weiß GmbH", "Dr.", "Anna Maria", "Müller", "Hinterhaus", "Große Str. 12 a", "01067", "Dresden", "DE"),
            "de",
            datetime(2025, 11, 6, 23, 0, tzinfo=UTC),
        ),
    )


def test_a_shopify_customer_is_known_by_id_and_has_no_customer_number(read: Read) -> None:
    batch = read(SHOPIFY + "'7210448301122,Anna,Müller,anna@example.com,,Weg 1,,Dresden,DE,'01067\n,Bo,Lind,Bo@Example.com,,Weg 2,,Kiel,DE,'24103\n")
    assert [(record.source_id, record.number, record.address.postcode) for record in batch.records] == [
        ("7210448301122", "", "01067"),
        ("bo@example.com", "", "24103"),
    ]


def test_an_older_shopify_customer_is_known_by_mail_address_and_the_country_by_its_code(read: Read) -> None:
    batch = read(SHOPIFY_2021 + "Anna,Müller,anna@example.com,,Weg 1,,Wien,Austria,AT,1010\n")
    assert (batch.records[0].source_id, batch.records[0].address.country) == ("anna@example.com", "AT")


def test_a_bad_address_comes_along_and_is_judged_later(read: Read) -> None:
    batch = read(GERMAN + "1;;Anna;Müller;;;;;;;Mordor;;;\n")
    assert batch.records[0].address == Address(first_name="Anna", last_name="Müller")


@pytest.mark.parametrize(
    ("row", "key", "reason"),
    [
        (";;Anna;Müller;;Weg;1;;1;Kiel;DE;;;", "", RejectionReason.NO_KEY),
        (";;Anna;Müller;;Weg;1;;1;Kiel;DE;keine;;", "", RejectionReason.NO_KEY),
        ("3,40E+17;;Anna;Müller;;Weg;1;;1;Kiel;DE;;;", "3,40E+17", RejectionReason.EXCEL_DAMAGE),
        ("7;;Anna;Müller;;Weg;1;;1;Kiel;DE;;31.02.2025;", "7", RejectionReason.BAD_DATE),
        ("7;;Anna;MÃ¼ller;;Weg;1;;1;Kiel;DE;;;", "7", RejectionReason.BROKEN_ENCODING),
        ("7;;Anna;M\ufffdller;;Weg;1;;1;Kiel;DE;;;", "7", RejectionReason.BROKEN_ENCODING),
        ("7;;Anna;Müller;GmbH; Co;Weg;1;;1;Kiel;DE;;;x", "7", RejectionReason.BROKEN_ROW),
        ("Summe;;;;;;;;;;;;;", "Summe", RejectionReason.BROKEN_ROW),
        ("Gesamtzahl: 12;;x;;;;;;;;;;;", "Gesamtzahl: 12", RejectionReason.BROKEN_ROW),
        ("Stand heute;;;;;;;;;;;;;", "Stand heute", RejectionReason.BROKEN_ROW),
    ],
)
def test_a_row_that_is_no_customer_is_rejected_with_its_reason(read: Read, row: str, key: str, reason: RejectionReason) -> None:
    batch = read(GERMAN + "1;;A;B;;;;;;;;;;\n\n" + row + "\n2;;C;D;;;;;;;;;;\n")
    assert [record.source_id for record in batch.records] == ["1", "2"]
    (rejection,) = batch.rejections
    assert (rejection.position, rejection.key, rejection.reason) == (4, key, reason)
    assert rejection.message.endswith((".", "cell."))


def test_a_byte_that_is_no_letter_rejects_its_row_only(read: Read) -> None:
    rows = "".join(f"{number};;Jörg;Müller;;Weg;1;;1;Köln;;;;\n" for number in range(1, 6)).encode()
    batch = read(GERMAN.encode() + rows + b"9;;J\xf6rg;Meier;;Weg;1;;1;Ulm;;;;\n")
    assert len(batch.records) == 5
    assert [(rejection.key, rejection.reason) for rejection in batch.rejections] == [("9", RejectionReason.BROKEN_ENCODING)]
    batch = read(GERMAN.encode("cp1252") + b"9;;J\x8drg;Meier;;Weg;1;;1;K\xf6ln;;;;\n")
    assert batch.rejections[0].reason is RejectionReason.BROKEN_ENCODING


def test_rows_between_two_marks_that_are_not_closed_do_not_vanish(read: Read) -> None:
    rows = [f"{number};;A;{mark}B;;S;1;;1;O;DE;;;" for number, mark in enumerate(["", '"', "", '"', ""], 1)]
    batch = read(GERMAN + "\n".join(rows))
    assert [record.source_id for record in batch.records] == ["1", "5"]
    assert batch.rejections[0].reason is RejectionReason.BROKEN_ROW
    assert "not closed" in batch.rejections[0].message


def test_quotation_marks_and_line_breaks_within_a_cell_are_text(read: Read) -> None:
    batch = read(GERMAN + '1;;"Anna; ""Änne""";B;"Weiß\nGmbH";S 5";1;;1;O;DE;;;\n2;;A;B;;;;;;;;;;\n3;;A;B;;;;;;;;;;x;y\n')
    assert [record.address.first_name for record in batch.records] == ['Anna; "Änne"', "A"]
    assert batch.records[0].address.company == "Weiß GmbH"
    assert [each.position for each in batch.rejections] == [4]


@pytest.mark.parametrize("note", ["", '"zwei\nZeilen"'])
def test_a_delimiter_in_bare_text_is_noticed_even_if_no_cell_is_left_over(read: Read, note: str) -> None:
    rows = f"1;;A;B;;Weg 1;;;1;O;DE;a@example.com;;{note}\n2;;A;B;;Weg 2; Hinterhaus;;;1;O;DE;b@example.com;;\n3;;A;B;;;;;;;;;;\n"
    batch = read(GERMAN + rows)
    assert [record.source_id for record in batch.records] == ["1", "3"]
    assert [(each.position, each.reason) for each in batch.rejections] == [(3, RejectionReason.BROKEN_ROW)]


def test_short_rows_are_filled_up_with_nothing(read: Read) -> None:
    assert read(GERMAN + "1;;A;B\n").records[0].address.last_name == "B"


def test_the_number_nought_is_nobodys_number(read: Read) -> None:
    """WooCommerce gives it to every guest: they are known by their mailboxes."""
    rows = [f"0;;Anna{place};Müller;;Weg;{place};;01067;Dresden;DE;anna{place}@example.com;;" for place in range(3)]
    batch = read(GERMAN + "\n".join(rows) + "\n")
    assert batch.rejections == ()
    assert [(record.source_id, record.number) for record in batch.records] == [(f"anna{place}@example.com", "") for place in range(3)]
