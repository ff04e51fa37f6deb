"""Exports of the shop systems are read without configuration: who, where, what, when."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from campaigns.address import Address, AddressProblem, postal
from campaigns.cart import Cart
from campaigns.customer import Customer, Sex
from campaigns.order import Order, OrderLine, OrderState
from importers.csv_file import check_csv, open_csv
from importers.csv_file.recognise import recognise

Read = Callable[..., Any]
"""The conftest's ``read``; Any, because every record of these files is of one kind."""
SHOPWARE = (
    "customernumber;email;password;encoder;active;billing_company;billing_department;billing_salutation;billing_firstname;billing_lastname;billing_street;"
    "billing_zipcode;billing_city;phone;billing_countryID;billing_stateID;ustid;paymentID\n"
)
SHOPWARE_ROW = "20001;anna@example.com;$2y$10$geheim;bcrypt;1;Weiß GmbH;Einkauf;ms;Anna;Müller;Weg 1;01067;Dresden;;{country};7;;3\n"


@pytest.mark.parametrize(
    ("country", "code", "problem"),
    [("2", "DE", None), ("23", "AT", AddressProblem.BAD_POSTCODE), ("26", "CH", AddressProblem.BAD_POSTCODE), ("151", "", AddressProblem.NO_COUNTRY)],
)
def test_a_shopware_customer_lives_in_the_country_with_that_id(read: Read, country: str, code: str, problem: AddressProblem | None) -> None:
    (customer,) = read(SHOPWARE + SHOPWARE_ROW.format(country=country)).records
    assert customer == Customer(
        "shop",
        "20001",
        "20001",
        "anna@example.com",
        Sex.FEMALE,
        Address("Weiß GmbH", "", "Anna", "Müller", "Einkauf", "Weg 1", "01067", "Dresden", code),
    )
    assert postal(customer.address, "DE").problem is problem


def test_password_hashes_and_payment_are_never_read(tmp_path: Path) -> None:
    path = tmp_path / "kunden.csv"
    path.write_text(SHOPWARE + SHOPWARE_ROW.format(country="2"), "utf-8")
    file = open_csv(path, "shop")
    assert {"password", "encoder", "paymentID"} <= set(file.ignored)
    for table in file.records().reader.tables():
        assert "geheim" not in repr(table)


SHOPWARE_ORDERS = (
    "orderId;number;customerId;orderStatusID;cleared;invoiceAmount;orderTime;currency;orderDetailId;number;articleNumber;price;quantity;articleName\n"
    "15;20001;2;7;12;998.56;2012-08-30 10:15:54;EUR;42;20001;SW10196;836.134;1;ESD Download\n"
    "15;20001;2;7;12;998.56;2012-08-30 10:15:54;EUR;43;20001;SHIPPINGDISCOUNT;-2;1;Warenkorbrabatt\n"
    "52;0;1;-1;0;1700.93;2012-08-30 15:16:55;EUR;178;0;SW1;35.99;31;Aufschlag\n"
    "52;0;1;-1;0;1700.93;2012-08-30 15:16:55;EUR;179;0;SW2;17.99;1;Mütze\n"
)


def test_shopwares_orders_with_articles_are_orders_and_baskets(read: Read) -> None:
    order, cart = read(SHOPWARE_ORDERS).records
    assert isinstance(order, Order) and isinstance(cart, Cart)
    assert (order.source_id, order.number, order.state, order.total_cents) == ("15", "20001", OrderState.COMPLETED, 99856)
    assert order.lines == (OrderLine("SW10196", "ESD Download", 1, 83613), OrderLine("SHIPPINGDISCOUNT", "Warenkorbrabatt", 1, -200))
    assert order.customer_number == "", "the internal id is nobody's customer number"
    assert (cart.source_id, cart.value_cents, len(cart.items)) == ("52", 31 * 3599 + 1799, 2)
    assert cart.created_at == datetime(2012, 8, 30, 13, 16, 55, tzinfo=UTC)


SHOPLEX = (
    '"Datum der Bestellung";"Anrede";"Vorname";"Nachname";"Firma";"Straße";"PLZ";"Stadt";"Land";"Lieferaddr. Vorname";"Lieferaddr. Straße";'
    '"Kundennummer";"Bestellnummer";"Bruttobetrag"\n'
    '"07.11.2025";"Frau";"Anna";"Müller";"";"Weg 1";"01067";"Dresden";"Deutschland";"Bo";"Tor 2";"77";"4711";"59,39"\n'
    '"08.11.2025";"Herr";"Bo";"Lind";"";"Tor 2";"24103";"Kiel";"Deutschland";"";"";"78";"3,40E+17";"2.04"\n'
    '"09.11.2025";"Herr";"Bo";"Lind";"";"Tor 2";"24103";"Kiel";"Deutschland";"";"";"78";"4712";"2.04"\n'
    '"Gesamt";;;;;;;;;;;;"";"120,82"\n'
)


def test_the_german_invoice_export_in_latin_1_with_damage(read: Read) -> None:
    batch = read(SHOPLEX.encode("latin-1"))
    assert [(order.number, order.total_cents, order.address.name) for order in batch.records] == [("4711", 5939, "Anna Müller"), ("4712", 204, "Bo Lind")]
    assert [(each.position, each.reason) for each in batch.rejections] == [(3, "excel_damage"), (5, "bad_date")]


MODIFIED = (
    '"Bestellnummer";"Datum";"Vorname";"Nachname";"Firma";"Strasse (Rechnungsanschrift)";"PLZ (Rechnungsanschrift)";"Stadt (Rechnungsanschrift)";'
    '"Bundesland (Rechnungsanschrift)";"Land (Rechnungsanschrift)";"Anzahl bestellte Artikel";"Versandstatus";"Währung";"Nettobtrag";"Bruttobetrag"\r'
    '"1001";"07.11.2025";"Anna";"Müller";"";"Weg 1";"01067";"Dresden";"Sachsen";"Deutschland";"3";"Versendet";"EUR";"1.037,44";"1.234,56"\r'
)


def test_modified_writes_lines_that_end_with_cr_alone(read: Read) -> None:
    (order,) = read(MODIFIED).records
    assert (order.number, order.total_cents, order.state, order.currency) == ("1001", 123456, OrderState.COMPLETED, "EUR")
    assert order.address == Address("", "", "Anna", "Müller", "", "Weg 1", "01067", "Dresden", "DE")
    assert order.lines == ()


@pytest.mark.parametrize(
    ("name", "headings", "row", "expected"),
    [
        (
            "german_customers",  # xtc/Gambio delisprint
            "Kundennummer;Anrede;Vorname;Nachname;Firma;Straße;PLZ;Ort;Land;E-Mail;Telefon;Name L;Straße L;PLZ L;Ort L;Name R;Straße R",
            "7;Herr;Bo;Lind;;Tor 2;24103;Kiel;DE;b@example.com;;Anna Müller;Weg 1;01067;Dresden;;",
            ("7", "Bo Lind", "Tor 2", "24103", "DE"),
        ),
        (
            "german_customers",  # JTL-Ameise
            "Name;Vorname;Straße;PLZ;Ort;Land;E-Mail;Kundengruppe",
            "Müller;Franz;Mühlenstraße 12;10119;Berlin;DE;f@example.com;Endkunden",
            ("f@example.com", "Franz Müller", "Mühlenstraße 12", "10119", "DE"),
        ),
        (
            "german_customers",  # OXID vouchers
            "Gutschein;Firma;Vorname;Nachname;Email;Straße;Hausnummer;PLZ;Ort;Land",
            "X1;;Bo;Lind;b@example.com;Tor;2 a;24103;Kiel;Deutschland",
            ("b@example.com", "Bo Lind", "Tor 2 a", "24103", "DE"),
        ),
        (
            "german_customers",  # Billbee: the first heading is known, the others are the usual ones
            "Kundennummer;Firma;Vorname;Nachname;Straße;Hausnummer;Adresszusatz;PLZ;Ort;Land;Email;Telefon",
            "10;;Bo;Lind;Tor;2;;24103;Kiel;DE;b@example.com;0431",
            ("10", "Bo Lind", "Tor 2", "24103", "DE"),
        ),
        (
            "jtl_shop_customers",
            "cPasswort;cAnrede;cTitel;cVorname;cNachname;cFirma;cStrasse;cHausnummer;cAdressZusatz;cPLZ;cOrt;cBundesland;cLand;cTel;cMail;dErstellt;cKundenNr",
            "geheim;m;Dr.;Bo;Lind;;Tor;2;;24103;Kiel;SH;DE;;b@example.com;2020-01-02;11",
            ("11", "Dr. Bo Lind", "Tor 2", "24103", "DE"),
        ),
        (
            "oxid_customers",
            "OXCUSTNR;OXUSERNAME;OXPASSWORD;OXSAL;OXFNAME;OXLNAME;OXCOMPANY;OXSTREET;OXSTREETNR;OXADDINFO;OXZIP;OXCITY;OXCOUNTRYID;OXREGISTER",
            "12;b@example.com;geheim;MR;Bo;Lind;;Tor;2;;1010;Wien;a7c40f6320aeb2ec2.72885259;2020-01-02 10:00:00",
            ("12", "Bo Lind", "Tor 2", "1010", "AT"),
        ),
        (
            "woocommerce_customers",
            "customer_id,first_name,last_name,email,user_pass,billing_first_name,billing_last_name,billing_company,billing_address_1,billing_address_2,"
            "billing_postcode,billing_city,billing_country,shipping_first_name",
            "13,X,Y,b@example.com,geheim,Bo,Lind,,Tor 2,,24103,Kiel,DE,Z",
            ("13", "Bo Lind", "Tor 2", "24103", "DE"),
        ),
        (
            "woocommerce_customers",
            "ID;Vorname (Rechnung);Nachname (Rechnung);Firma (Rechnung);Adresse 1 (Rechnung);Adresse 2 (Rechnung);Postleitzahl (Rechnung);"
            "Stadt (Rechnung);Ländercode (Rechnung);E-Mail (Rechnung)",
            "14;Bo;Lind;;Tor 2;;24103;Kiel;DE;b@example.com",
            ("14", "Bo Lind", "Tor 2", "24103", "DE"),
        ),
        (
            "english_customers",
            "Customer number,Salutation,First name,Last name,Street,House number,Postcode,City,Country,Email",
            "15,Mr,Bo,Lind,Tor,2,24103,Kiel,Germany,b@example.com",
            ("15", "Bo Lind", "Tor 2", "24103", "DE"),
        ),
        (
            "shopware5_addresses",
            "userID;email;customernumber;company;department;salutation;title;firstname;lastname;street;zipcode;city;countryID;stateID;additionalAddressLine1",
            "3;b@example.com;20003;;;mr;Dr.;Bo;Lind;Tor 2;24103;Kiel;2;;",
            ("20003", "Dr. Bo Lind", "Tor 2", "24103", "DE"),
        ),
    ],
)
def test_customers_of_other_systems(read: Read, name: str, headings: str, row: str, expected: tuple[str, ...]) -> None:
    delimiter = ";" if ";" in headings else ","
    assert recognise(headings.split(delimiter), Path("export.csv")).name == name
    (customer,) = read(f"{headings}\n{row}\n").records
    address = customer.address
    assert (customer.source_id, address.name, address.street, address.postcode, address.country) == expected
    assert customer.email == expected[0] or customer.email.endswith("@example.com")
    assert "geheim" not in repr(customer)


def test_shopify_tags_are_read_one_by_one(read: Read) -> None:
    content = 'First Name,Last Name,Email,Address1,City,Zip,Country Code,Tags\nBo,Lind,b@example.com,Tor 2,Kiel,24103,DE,"VIP, newsletter, "\n'
    assert read(content).records[0].tags == ("VIP", "newsletter")


@pytest.mark.parametrize(
    ("headings", "rows"),
    [
        (
            "order_id,order_number,order_date,status,order_total,order_currency,customer_id,billing_first_name,billing_last_name,billing_email,"
            "billing_address_1,billing_postcode,billing_city,billing_country,item_name,item_sku,item_quantity,item_total",
            [
                "900,1001,2025-11-07 09:00:00,completed,30.00,EUR,5,Bo,Lind,b@example.com,Tor 2,24103,Kiel,DE,Tea,T-1,2,20.00",
                "900,1001,2025-11-07 09:00:00,completed,30.00,EUR,5,Bo,Lind,b@example.com,Tor 2,24103,Kiel,DE,Pot,T-2,1,10.00",
            ],
        ),
        (
            "Order ID,Order Number,Order Status,Order Date,First Name (Billing),Last Name (Billing),Company (Billing),Address 1&2 (Billing),City (Billing),"
            "Postcode (Billing),Country Code (Billing),Email (Billing),Item #,SKU,Item Name,Quantity,Item Cost,Coupon Code,Order Total Amount",
            [
                "900,1001,Completed,2025-11-07 09:00,Bo,Lind,,Tor 2,Kiel,24103,DE,b@example.com,1,T-1,Tea,2,10.00,,30.00",
                "900,1001,Completed,2025-11-07 09:00,Bo,Lind,,Tor 2,Kiel,24103,DE,b@example.com,2,T-2,Pot,1,10.00,,30.00",
            ],
        ),
        (
            "Order ID;Bestellnummer;Bestellstatus;Bestelldatum;Vorname (Rechnung);Nachname (Rechnung);Adresse 1&2 (Rechnung);Stadt (Rechnung);"
            "Postleitzahl (Rechnung);Ländercode (Rechnung);E-Mail (Rechnung);SKU;Artikelname;Menge;Einzelpreis;Bestellsumme",
            [
                "900;1001;Abgeschlossen;07.11.2025 09:00;Bo;Lind;Tor 2;Kiel;24103;DE;b@example.com;T-1;Tea;2;10,00;30,00",
                "900;1001;Abgeschlossen;07.11.2025 09:00;Bo;Lind;Tor 2;Kiel;24103;DE;b@example.com;T-2;Pot;1;10,00;30,00",
            ],
        ),
    ],
)
def test_orders_of_woocommerces_plug_ins(read: Read, headings: str, rows: list[str]) -> None:
    delimiter = ";" if ";" in headings else ","
    assert recognise(headings.split(delimiter), Path("orders.csv")).name == "woocommerce_orders"
    (order,) = read("\n".join([headings, *rows]) + "\n").records
    assert (order.source_id, order.number, order.state, order.total_cents, order.email) == ("900", "1001", OrderState.COMPLETED, 3000, "b@example.com")
    assert order.ordered_at == datetime(2025, 11, 7, 8, tzinfo=UTC)
    assert order.lines == (OrderLine("T-1", "Tea", 2, 1000), OrderLine("T-2", "Pot", 1, 1000))
    assert order.address == Address("", "", "Bo", "Lind", "", "Tor 2", "24103", "Kiel", "DE")


def test_shopifys_abandoned_checkouts_are_carts_and_its_orders_never_are(read: Read) -> None:
    content = "Id,Email,Created at,Total,Currency\n3300,a@example.com,2025-05-11 09:55:16 -0400,12.00,EUR\n"
    (cart,) = read(content, name="checkouts_export_1.csv").records
    assert (cart.source_id, cart.email, cart.created_at) == ("3300", "a@example.com", datetime(2025, 5, 11, 13, 55, 16, tzinfo=UTC))
    with pytest.raises(Exception, match="no format that we know"):
        read(content, name="export.csv")


def test_german_carts(read: Read) -> None:
    content = (
        "Warenkorbnummer;Kundennummer;E-Mail;Angelegt am;Geändert am;Artikelnummer;Artikel;Menge;Einzelpreis;Art\n"
        "c-1;7;a@example.com;07.11.2025 09:00;07.11.2025 09:30;T-1;Tee;2;1.250,50;\n"
    )
    (cart,) = read(content).records
    assert (cart.source_id, cart.customer_number, cart.value_cents) == ("c-1", "7", 250100)


SHOPWARE_FILES = {
    "CustomerImport.csv": ("shopware5_customers", {"Customer": 4}),
    "customers_profile.csv": ("shopware5_customers", {"Customer": 74}),
    "export.customers.csv": ("shopware5_customers", {"Customer": 3}),
    "addresses_profile_create.csv": ("shopware5_addresses", {"Customer": 2}),
    "NewsletterRecipientImport.csv": ("shopware5_newsletter", {"Customer": 6}),
    "MainOrderImport.csv": ("shopware5_main_orders", {"Order": 2, "Cart": 2}),
    "OrderImport.csv": ("shopware5_orders", {"Order": 2, "Cart": 2}),
    "order_profile.csv": ("shopware5_orders", {"Order": 1}),
}


@pytest.mark.parametrize("name", SHOPWARE_FILES)
def test_shopwares_own_files_are_read_whole(shared: Path, name: str) -> None:
    report = check_csv(shared / "data" / "shopware5" / name)
    assert (report.format, dict(report.records), report.reasons) == (*SHOPWARE_FILES[name], ())


def test_every_shopware_file_is_among_them(shared: Path) -> None:
    assert {path.name for path in (shared / "data" / "shopware5").glob("*.csv")} == set(SHOPWARE_FILES)


@pytest.mark.parametrize(
    ("country", "province", "town"),
    [("US", "NY", "Springfield NY"), ("AU", "NSW", "Springfield NSW"), ("US", "New York", "Springfield"), ("DE", "BY", "Springfield")],
)
@pytest.mark.parametrize(
    ("heading", "codes"),
    [
        (
            "Customer ID,First Name,Last Name,Email,Default Address Address1,Default Address City,Default Address Province Code",
            "Default Address Country Code,Default Address Zip",
        ),
        ("customer_id,billing_first_name,billing_last_name,billing_email,billing_address_1,billing_city,billing_state", "billing_country,billing_postcode"),
        ("Customer number,First name,Last name,Email,Street,City,Province", "Country,Postcode"),
    ],
)
def test_a_state_or_province_stands_behind_the_town(read: Read, heading: str, codes: str, country: str, province: str, town: str) -> None:
    (customer,) = read(f"{heading},{codes}\n1,Anna,Miller,anna@example.com,1 Main St,Springfield,{province},{country},10001\n").records
    assert customer.address.town == town


def test_shopifys_orders_have_the_state_behind_the_town_too(read: Read) -> None:
    heading = (
        "Name,Email,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
        "Billing Name,Billing Address1,Billing City,Billing Zip,Billing Province,Billing Country,Id\n"
    )
    row = "#1,anna@example.com,paid,USD,10.00,2026-03-01 10:00:00 +0100,1,Tea,10.00,Anna Miller,1 Main St,New York,10001,NY,US,11\n"
    (order,) = read(heading + row).records
    assert order.address.town == "New York NY"
