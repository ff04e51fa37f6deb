"""Rows of orders' files become orders."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from campaigns.address import Address
from campaigns.order import Order, OrderLine, OrderState
from campaigns.rejection import RejectionReason
from importers.csv_file import records

Read = Callable[..., Any]
"""The conftest's ``read``; Any, because every record of these files is of one kind."""
SHOPIFY = (
    "Name,Email,Financial Status,Fulfillment Status,Currency,Total,Discount Code,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,"
    "Billing Name,Billing Address1,Billing Address2,Billing Company,Billing City,Billing Zip,Billing Country,Cancelled at,Id,Source\n"
)
FIRST = (
    '#1001,Anna@example.com,paid,fulfilled,EUR,1234.50,"FIVE, TEN",2025-05-11 09:55:16 -0400,2,Tea,10.00,T-1,'
    "Dr. Anna Müller,Weg 1,HH,Weiß,Dresden,'01067,DE,,5900,Amazon.de\n"
)
SECOND = "#1001,anna@example.com,,,,,,2025-05-11 09:55:16 -0400,1,Pot,1214.50,T-2,,,,,,,,,,\n"
GERMAN = "Bestellnummer;Bestelldatum;Kundennummer;E-Mail;Artikelnummer;Artikel;Menge;Einzelpreis;Bestellsumme;Gutscheincode;Status\n"


def test_a_shopify_order_is_its_first_row_and_the_articles_of_all(read: Read) -> None:
    batch = read(SHOPIFY + FIRST + SECOND)
    assert batch.records == (
        Order(
            "shop",
            "5900",
            "#1001",
            datetime(2025, 5, 11, 13, 55, 16, tzinfo=UTC),
            OrderState.COMPLETED,
            123450,
            email="Anna@example.com",
            platform="amazon",
            discount_codes=("FIVE", "TEN"),
            address=Address("Weiß", "Dr.", "Anna", "Müller", "HH", "Weg 1", "01067", "Dresden", "DE"),
            lines=(OrderLine("T-1", "Tea", 2, 1000), OrderLine("T-2", "Pot", 1, 121450)),
        ),
    )


def test_a_german_order_repeats_its_fields_in_each_row(read: Read) -> None:
    batch = read(
        GERMAN
        + "7;07.11.2025 08:26;10001;a@example.com;A1;Kanne;1;1.200,50;1.234,50;X;Versendet\n"
        + "7;07.11.2025 08:26;10001;a@example.com;A2;Tee;2;17,00;1.234,50;X;Versendet\n"
    )
    (order,) = batch.records
    assert (order.source_id, order.number, order.customer_number, order.total_cents, order.discount_codes) == ("7", "7", "10001", 123450, ("X",))
    assert order.lines == (OrderLine("A1", "Kanne", 1, 120050), OrderLine("A2", "Tee", 2, 1700))
    assert order.ordered_at == datetime(2025, 11, 7, 7, 26, tzinfo=UTC)


@pytest.mark.parametrize("heading", ["Kategorie", "Warengruppe"])
def test_the_category_of_an_article_is_read_beside_it(read: Read, heading: str) -> None:
    (order,) = read(
        f"Bestellnummer;Bestelldatum;Kundennummer;Artikelnummer;Artikel;Menge;Einzelpreis;{heading}\n"
        "7;07.11.2025;1;A1;Kanne;1;12,00;Geschirr\n"
        "7;07.11.2025;1;A2;Tee;2;3,00;\n"
        "7;07.11.2025;1;;;;;Geschirr\n"
    ).records
    assert order.lines == (OrderLine("A1", "Kanne", 1, 1200, "Geschirr"), OrderLine("A2", "Tee", 2, 300))


def test_the_column_decides_what_an_ambiguous_amount_means(read: Read) -> None:
    points = read(GERMAN + "1;07.11.2025;1;;A;A;1;1.500;9.5;;\n").records[0]
    assert (points.lines[0].unit_price_cents, points.total_cents) == (150, 950), "as the file's other amounts"
    commas = read(GERMAN + "1;07.11.2025;1;;A;A;1;1.500;9,5;;\n").records[0]
    assert (commas.lines[0].unit_price_cents, commas.total_cents) == (150000, 950)
    voted = read(GERMAN + "1;07.11.2025;1;;A;A;1;1.500;5;;\n2;07.11.2025;1;;A;A;1;9.50;5;;\n").records[0]
    assert voted.lines[0].unit_price_cents == 150


def test_an_amount_whose_sign_nothing_shows_is_asked_about(read: Read) -> None:
    for rows in (
        "1;07.11.2025;1;;A;A;1;1.500;5;;\n",
        "1;07.11.2025;1;;A;A;1;9.50;1.500;;\n1;07.11.2025;1;;A;A;1.000;9,50;1.500;;\n2;07.11.2025;1;;A;A;1.000;1;5;;\n",
    ):
        batch = read(GERMAN + rows)
        assert not batch.records
        assert all("decimal in a mapping" in each.message for each in batch.rejections)


@pytest.mark.parametrize(("quantity", "price", "pieces"), [("1.000", "12.50", 1), ("2,000", "12,50", 2), ("1.000", "12,50", None)])
def test_three_decimals_of_a_quantity_are_never_thousands(read: Read, quantity: str, price: str, pieces: int | None) -> None:
    batch = read(GERMAN + f"1;07.11.2025;1;;A;A;{quantity};{price};;;\n")
    assert [order.lines[0].quantity for order in batch.records] == ([pieces] if pieces else [])
    assert [each.reason for each in batch.rejections] == ([] if pieces else ["bad_number"])


def test_what_shopify_paid_back_is_no_turnover(read: Read) -> None:
    content = SHOPIFY.replace("\n", ",Refunded Amount\n") + "".join(row.replace("\n", ",2.50\n") for row in (FIRST,))
    assert read(content).records[0].total_cents == read(SHOPIFY + FIRST).records[0].total_cents - 250


def test_without_a_total_the_articles_are_added_up(read: Read) -> None:
    assert read(GERMAN + "1;07.11.2025;1;;A;A;3;2,50;;;\n1;07.11.2025;1;;B;B;;1,00;;;\n").records[0].total_cents == 850


def test_equal_numbers_with_different_ids_are_different_orders(read: Read) -> None:
    batch = read(SHOPIFY + FIRST + SECOND + FIRST.replace("5900", "5901"))
    assert [(order.source_id, len(order.lines)) for order in batch.records] == [("5900", 2), ("5901", 1)]


def test_the_same_order_twice_in_a_file_is_read_twice_and_left_to_the_store(read: Read) -> None:
    other = FIRST.replace("#1001", "#1002").replace("5900", "5902")
    assert [order.source_id for order in read(SHOPIFY + FIRST + other + FIRST).records] == ["5900", "5902", "5900"]


@pytest.mark.parametrize("block", [1, 1 << 20])
def test_an_order_whose_rows_stand_apart_is_read_as_far_as_they_stand_together_and_the_rest_is_listed(read: Read, block: int) -> None:
    def row(number: int, article: str) -> str:
        return f"{number};07.11.2025;1;;{article};{article};1;2,50;5,00;;\n"

    for _ in range(2):  # and the same again at the next import: nothing goes back and forth
        batch = read(GERMAN + row(1, "A") + row(2, "B") + row(1, "C") + row(3, "D") + row(1, "C"), block=block)
        assert [(order.number, [line.sku for line in order.lines]) for order in batch.records] == [("1", ["A"]), ("2", ["B"]), ("3", ["D"])]
        assert [(each.position, each.key, each.reason) for each in batch.rejections] == [
            (4, "1", RejectionReason.CONTRADICTION),
            (6, "1", RejectionReason.CONTRADICTION),
        ]
    assert "must stand together" in batch.rejections[0].message


def test_an_order_without_end_is_rejected_in_parts_and_none_of_them_is_lost(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LONGEST_GROUP", 4)
    rows = "".join(f"1;07.11.2025;1;;A{n};A;1;2,50;;;\n" for n in range(10))
    batch = read(GERMAN + rows + "2;07.11.2025;1;;B;B;1;1,00;;;\n", block=100)
    assert [order.number for order in batch.records] == ["2"]
    assert [(each.position, each.reason) for each in batch.rejections] == [
        (2, RejectionReason.BROKEN_ROW),
        (6, RejectionReason.CONTRADICTION),
        (10, RejectionReason.CONTRADICTION),
    ]


def test_a_cancelled_order_says_so(read: Read) -> None:
    assert read(SHOPIFY + FIRST.replace("DE,,5900", "DE,2025-05-12 10:00:00 +0200,5900")).records[0].state is OrderState.CANCELLED


@pytest.mark.parametrize(
    ("rows", "position", "key", "reason"),
    [
        (SECOND + SECOND, 2, "#1001", RejectionReason.ORPHAN_ROW),
        (FIRST + SECOND.replace("anna@", "bert@"), 3, "#1001", RejectionReason.CONTRADICTION),
        (FIRST + FIRST.replace("1234.50", "1.50"), 3, "#1001", RejectionReason.CONTRADICTION),
        (FIRST.replace("2025-05-11", "2025-02-31") + SECOND, 2, "#1001", RejectionReason.BAD_DATE),
        (FIRST.replace("2025-05-11 09:55:16 -0400", "") + SECOND, 2, "#1001", RejectionReason.BAD_DATE),
        (FIRST + SECOND.replace("1214.50", "12\ufffd"), 3, "#1001", RejectionReason.BROKEN_ENCODING),
        (FIRST + SECOND.replace(",1,Pot", ",999999,Pot"), 2, "#1001", RejectionReason.BAD_NUMBER),
        (FIRST + SECOND.replace("1214.50", "free"), 3, "#1001", RejectionReason.BAD_NUMBER),
        (FIRST.replace("EUR", "Taler"), 2, "#1001", RejectionReason.BAD_NUMBER),
        (FIRST.replace("5900", "5.9E+12") + SECOND, 2, "#1001", RejectionReason.EXCEL_DAMAGE),
        (FIRST + SECOND.replace("\n", ",,,x\n"), 3, "#1001", RejectionReason.BROKEN_ROW),
        (FIRST + SECOND.replace("Pot", "P\ufffdt"), 3, "#1001", RejectionReason.BROKEN_ENCODING),
        (FIRST.replace("#1001", "").replace("5900", ""), 2, "", RejectionReason.NO_KEY),
        (FIRST.replace("#1001", "#" * 300), 2, "#" * 80, RejectionReason.BROKEN_ROW),
        (FIRST + SECOND.replace("Pot", "Pot" * 1000), 3, "#1001", RejectionReason.BROKEN_ROW),
        (FIRST + SECOND.replace("Pot", "P\x1at"), 3, "#1001", RejectionReason.BROKEN_ENCODING),
    ],
)
def test_a_broken_order_is_rejected_as_a_whole(read: Read, rows: str, position: int, key: str, reason: RejectionReason) -> None:
    healthy = FIRST.replace("#1001", "#1002").replace("5900", "5902")
    batch = read(SHOPIFY + rows + healthy)
    assert [order.source_id for order in batch.records] == ["5902"]
    assert [(each.position, each.key, each.reason) for each in batch.rejections] == [(position, key, reason)]


def test_a_total_line_and_blank_rows_at_the_end_do_not_count_as_orders(read: Read) -> None:
    batch = read(GERMAN + "1;07.11.2025;1;;A;A;3;2,50;;;\n;;;;;;;;;;\n\n1;07.11.2025;1;;B;B;1;1,00;;;\nSumme;;;;;;;;8,50;;\n")
    assert len(batch.records[0].lines) == 2
    assert [(each.position, each.key, each.reason) for each in batch.rejections] == [(6, "Summe", RejectionReason.BROKEN_ROW)]


@pytest.mark.parametrize("block", [1, 100, 333, 5000])
def test_an_order_across_blocks_stays_whole(read: Read, block: int) -> None:
    content = SHOPIFY + "".join(
        FIRST.replace("#1001", f"#{n}").replace("5900", f"59{n}") + SECOND.replace("#1001", f"#{n}") * (n % 4) for n in range(1001, 1021)
    )
    assert read(content, block=block) == read(content)
    assert [len(order.lines) for order in read(content, block=block).records] == [1 + n % 4 for n in range(1001, 1021)]
