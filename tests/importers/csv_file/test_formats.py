"""Exports are recognised by their headings, and an unknown file gets an answer that helps."""

import json
from pathlib import Path

import pytest

from campaigns.record import Kind
from importers.csv_file import open_csv
from importers.csv_file.columns import AMOUNTS, DATED, PARSES
from importers.csv_file.known_formats import FORMATS, OBJECTIONS, ROBINSON
from importers.csv_file.recognise import recognise
from importers.csv_file.rows import FIELDS
from importers.errors import UnknownFormat

FILE = Path("file.csv")
SHOPIFY_2020 = (
    "First Name,Last Name,Email,Company,Address1,Address2,City,Province,Province Code,Country,Country Code,Zip,Phone,"
    "Accepts Marketing,Total Spent,Total Orders,Tags,Note,Tax Exempt"
)
SHOPIFY_TODAY = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address Address2,"
    "Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Default Address Phone,Phone,"
    "Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags"
)
SHOPIFY_ORDERS_2012 = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing Street,Billing City,Billing Zip,Billing Country,Cancelled at"
)


@pytest.mark.parametrize(
    ("headings", "name"),
    [
        (SHOPIFY_TODAY, "shopify_customers"),
        (SHOPIFY_TODAY + ",Accepts WhatsApp Marketing,Size (customer.metafields.custom.size)", "shopify_customers"),
        (SHOPIFY_2020, "shopify_customers"),
        (SHOPIFY_ORDERS_2012, "shopify_orders"),
        ("Cart ID,Email,Created at,Updated at,SKU,Title,Quantity,Unit Price", "carts"),
        ("Kundennummer,Anrede,Vorname,Nachname,Firma,Straße,Adresszusatz,PLZ,Ort,Land,E-Mail,Registriert am", "german_customers"),
        ("NACHNAME,vorname,Strasse,Hausnummer,Postleitzahl,Stadt,Email,Titel,Sprache", "german_customers"),
        ("Bestellnummer,Bestelldatum,Kundennummer,E-Mail,Artikelnummer,Artikel,Menge,Einzelpreis,Bestellsumme,Gutscheincode,Status", "german_orders"),
        ("Datum der Bestellung,Anrede,Vorname,Nachname,Firma,Straße,PLZ,Stadt,Land,Kundennummer,Bestellnummer,Bruttobetrag", "german_orders"),
    ],
)
def test_known_headings_are_recognised(headings: str, name: str) -> None:
    assert recognise(headings.split(","), FILE).name == name


def test_every_version_of_shopifys_exports_is_recognised(shared: Path) -> None:
    versions = json.loads((shared / "data" / "shopify-csv" / "headings.json").read_text("utf-8"))
    for version, content in versions.items():
        if columns := content.get("columns") if isinstance(content, dict) else None:
            kind = Kind.ORDERS if "orders" in version else Kind.CUSTOMERS
            assert recognise(columns, FILE).kind is kind, version
    older = versions["orders_export_older"]["drop_from_current"]
    columns = [column for column in versions["orders_export_current_79_columns"]["columns"] if column not in older]
    assert recognise(columns, FILE).name == "shopify_orders"


def test_an_unknown_file_is_told_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "adressen.csv"
    path.write_text("Vorname;Nachname;PLZ;Ort\nA;B;1;C\n")
    with pytest.raises(UnknownFormat) as refused:
        open_csv(path, "shop")
    assert refused.value.columns == ("Vorname", "Nachname", "PLZ", "Ort")
    assert refused.value.nearest == "german_customers"
    assert refused.value.missing == ('"Kundennummer" or "E-Mail"', '"Straße"')
    for word in ("adressen.csv", "Vorname, Nachname, PLZ, Ort", "german_customers", '"Straße"'):
        assert word in str(refused.value)


def test_columns_that_nothing_needs_are_never_read(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("E-Mail;Passwort;Nachname;Straße;PLZ;Ort;IBAN\na@example.com;geheim;B;C;1;D;DE00\n", "utf-8")
    file = open_csv(path, "shop")
    assert file.ignored == ("Passwort", "IBAN")
    assert "geheim" not in repr(list(file.batches()))


def test_of_two_equal_headings_the_first_one_counts() -> None:
    columns = ["E-Mail", "Nachname", "Straße", "PLZ", "Ort", "E-Mail"]
    assert recognise(columns, FILE).places(columns)["email"] == 0


def test_the_table_of_formats_is_sound() -> None:
    assert len({each.name for each in FORMATS}) == len(FORMATS)
    for each in (*FORMATS, OBJECTIONS, ROBINSON):
        assert all(set(group) & set(each.headings) for group in each.needs), each.name
        assert set(each.head) | set(each.values) <= set(each.headings), each.name
        assert set(each.headings) <= set(FIELDS[each.kind]), each.name
        assert not any("passw" in heading.casefold() or "iban" in heading.casefold() for headings in each.headings.values() for heading in headings)
    assert not set(PARSES) & (DATED | set(AMOUNTS))
