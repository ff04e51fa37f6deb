"""Objections, the Robinson list and coupons come as files too, and no list is ever read as its opposite."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from campaigns.address import Address
from campaigns.coupon import CouponRecord
from campaigns.customer import Customer
from campaigns.objection import Objection, ObjectionChannel, RobinsonEntry
from campaigns.record import Kind
from campaigns.rejection import RejectionReason
from importers.csv_file import open_csv
from importers.errors import UnknownFormat, UnsaidKind

Read = Callable[..., Any]
"""The conftest's ``read``; Any, because every record of these files is of one kind."""
FILE = ObjectionChannel.FILE
LIST = "E-Mail;Kundennummer;Vorname;Nachname;Straße;PLZ;Ort;Land;Widerspruch am\n"
ANNA = Address(first_name="Anna", last_name="Müller", street="Weg 1", postcode="01067", town="Dresden", country="DE")


def test_an_objection_names_a_person_in_any_of_three_ways(read: Read) -> None:
    batch = read(LIST + "a@example.com;;;;;;;;07.11.2025\n;77;;;;;;;ja\n;;Anna;Müller;Weg 1;01067;Dresden;DE;2025-11-08\n", kind=Kind.OBJECTIONS)
    assert batch.records == (
        Objection("shop", FILE, "a@example.com", received_at=datetime(2025, 11, 6, 23, tzinfo=UTC)),
        Objection("shop", FILE, "", "77"),
        Objection("shop", FILE, address=ANNA, received_at=datetime(2025, 11, 7, 23, tzinfo=UTC)),
    )


@pytest.mark.parametrize(
    ("name", "headings"),
    [
        ("liste.csv", "E-Mail;Werbewiderspruch"),
        ("liste.csv", "Kundennummer;Widerspruchsdatum"),
        ("list.csv", "Customer ID,Objected at"),
        ("werbesperre_2025.csv", "E-Mail;Datum"),
        ("opt-out.csv", "Email,First Name"),
        ("Widersprüche.csv", "Kundennummer;Vorname;Nachname"),
    ],
)
def test_a_list_of_objections_is_one_by_its_headings_or_its_name(tmp_path: Path, name: str, headings: str) -> None:
    path = tmp_path / name
    path.write_text(headings + "\n", "utf-8")
    assert open_csv(path, "shop").kind is Kind.OBJECTIONS


@pytest.mark.parametrize(
    ("name", "headings"),
    [
        ("Kunden_ohne_Widerspruch.csv", "Kundennummer;Vorname;Nachname;Straße;PLZ;Ort"),
        ("Widersprüche.csv", "Kundennummer;Vorname;Nachname;Straße;PLZ;Ort"),
        ("nicht-widerspruch.csv", "E-Mail;Vorname"),
        ("werbesperre.csv", "Bestellnummer;Bestelldatum;E-Mail;Bestellsumme"),
    ],
)
def test_a_name_alone_never_makes_objections_of_customers(tmp_path: Path, name: str, headings: str) -> None:
    path = tmp_path / name
    path.write_text(headings + "\n", "utf-8")
    with pytest.raises(UnsaidKind, match="--as objections"):
        open_csv(path, "shop")
    assert open_csv(path, "shop", kind=Kind.OBJECTIONS).kind is Kind.OBJECTIONS


@pytest.mark.parametrize(
    "headings",
    [
        "Bestellnummer;Bestelldatum;Kundennummer;Nachname;Straße;PLZ;Ort;Warenwert",
        "Order ID,Order date,Email,Last name,Street,Zip,City,Worth",
        "order_id,order_date,billing_email,billing_last_name,billing_address_1,billing_postcode,billing_city",
    ],
)
def test_orders_that_lack_something_are_never_customers(tmp_path: Path, headings: str) -> None:
    path = tmp_path / "export.csv"
    path.write_text(headings + "\n", "utf-8")
    with pytest.raises(UnknownFormat, match="--as customers") as refused:
        open_csv(path, "shop")
    assert "orders" in refused.value.nearest and refused.value.missing
    assert open_csv(path, "shop", kind=Kind.CUSTOMERS).kind is Kind.CUSTOMERS


@pytest.mark.parametrize("total", ["Summe", "Gesamt", "Betrag"])
def test_a_total_may_be_called_a_sum_unless_it_may_be_that_of_an_article(read: Read, total: str) -> None:
    assert read(f"Bestellnummer;Bestelldatum;E-Mail;{total}\n1;07.11.2025;a@example.com;12,50\n").records[0].total_cents == 1250
    rows = f"Bestellnummer;Bestelldatum;E-Mail;Artikel;Menge;Einzelpreis;{total}\n" + "1;07.11.2025;a@example.com;Tee;2;1,50;3,00\n" * 2
    assert read(rows).records[0].total_cents == 600


def test_an_objection_without_a_date_is_one_where_the_list_is_told_to_be_one(read: Read) -> None:
    rows = "E-Mail;Werbewiderspruch\na@example.com;\nb@example.com;nein\nc@example.com;x\n"
    told = read(rows, kind=Kind.OBJECTIONS)
    assert [record.email for record in told.records] == ["a@example.com", "c@example.com"]
    assert [(each.position, each.key, each.reason) for each in told.rejections] == [(3, "b@example.com", RejectionReason.BROKEN_ROW)]
    guessed = read(rows)
    assert [record.email for record in guessed.records] == ["c@example.com"]
    assert [each.position for each in guessed.rejections] == [2, 3]


def test_an_unreadable_date_is_asked_about_because_no_objection_may_be_overlooked(read: Read) -> None:
    batch = read("E-Mail;Werbewiderspruch\na@example.com;vielleicht\n")
    assert [(each.reason, each.position) for each in batch.rejections] == [(RejectionReason.BAD_DATE, 2)]


def test_an_objection_of_nobody_is_rejected(read: Read) -> None:
    batch = read(LIST + ";;Anna;Müller;;01067;Dresden;DE;07.11.2025\n")
    assert [each.reason for each in batch.rejections] == [RejectionReason.NO_KEY]


def test_a_customers_file_with_a_column_for_objections_brings_both(read: Read) -> None:
    content = "Kundennummer;E-Mail;Vorname;Nachname;Straße;PLZ;Ort;Land;Werbewiderspruch\n" + "".join(
        f"{n};{n}@example.com;Anna;Müller;Weg 1;01067;Dresden;DE;{said}\n" for n, said in enumerate(["", "07.11.2025", "nein", "ja"])
    )
    batch = read(content)
    assert [(type(record).__name__, record.email[0]) for record in batch.records] == [
        ("Customer", "0"),
        ("Objection", "1"),
        ("Customer", "1"),
        ("Customer", "2"),
        ("Objection", "3"),
        ("Customer", "3"),
    ]
    assert batch.records[1] == Objection("shop", FILE, "1@example.com", "1", ANNA, datetime(2025, 11, 6, 23, tzinfo=UTC))
    assert batch.positions == (2, 3, 3, 4, 5, 5)
    stored = {"0@example.com": batch.hashes[0], "1": batch.hashes[2], "2": batch.hashes[3], "3": batch.hashes[5]}
    again = read(content, known=lambda _kind, keys: {key: stored[key] for key in keys})
    assert [type(record).__name__ for record in again.records] == ["Objection", "Customer"] * 2, "objections are said again each time"
    assert again.unchanged == 2


def test_the_robinson_list_must_be_told(read: Read) -> None:
    content = "Name;Straße;PLZ;Ort\nAnna Müller;Weg 1;01067;Dresden\n Müller ;;;\n"
    with pytest.raises(UnsaidKind, match="--as robinson"):
        read("Kundennummer;" + content.replace("\n", "\n1;"), name="Robinsonliste 2025.csv")
    with pytest.raises(UnknownFormat):
        read(content)
    batch = read(content, kind=Kind.ROBINSON, home="DE")
    assert batch.records == (RobinsonEntry("shop", ANNA),)
    assert [(each.position, each.key, each.reason) for each in batch.rejections] == [(3, "Müller", RejectionReason.NO_KEY)]


def test_a_file_with_robinson_in_its_name_may_be_told_to_hold_customers(read: Read) -> None:
    content = "Kundennummer;Name;Straße;PLZ;Ort\n1;Defoe;Weg 1;01067;Dresden\n"
    assert isinstance(read(content, name="robinson-crusoe-fans.csv", kind=Kind.CUSTOMERS).records[0], Customer)


def test_what_is_told_must_fit(read: Read) -> None:
    with pytest.raises(UnknownFormat, match="orders"):
        read("Kundennummer;Name;Straße;PLZ;Ort\n1;Defoe;Weg 1;01067;Dresden\n", kind=Kind.ORDERS)


def test_coupons_name_code_and_offer_and_perhaps_a_person_and_a_last_day(read: Read) -> None:
    batch = read(
        "Gutscheincode;Aktion;Kundennummer;E-Mail;Gültig bis\nABC-1;winter;7;a@example.com;31.12.2026\n'0815;winter;;;\n;winter;;;\nX;;;;\nY;w;;;31.02.2026\n"
    )
    assert batch.records == (CouponRecord("shop", "ABC-1", "winter", "a@example.com", "7", date(2026, 12, 31)), CouponRecord("shop", "0815", "winter"))
    assert [(each.position, each.key, each.reason) for each in batch.rejections] == [
        (4, "", RejectionReason.NO_KEY),
        (5, "X", RejectionReason.UNKNOWN_OFFER),
        (6, "Y", RejectionReason.BAD_DATE),
    ]


def test_a_code_for_two_offers_is_a_contradiction(read: Read) -> None:
    batch = read("Code,Offer\nA,one\nB,one\nA,one\nA,two\n")
    assert [record.code for record in batch.records] == ["A", "B", "A"]
    assert [(each.position, each.reason) for each in batch.rejections] == [(5, RejectionReason.CONTRADICTION)]
