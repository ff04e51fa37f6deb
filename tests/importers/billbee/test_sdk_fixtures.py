"""Are the answers of Billbee's own SDK read as what they are?  They come without Paging, and with offsets in their dates."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from campaigns.address import Address
from campaigns.customer import Customer
from campaigns.order import Order, OrderLine, OrderState
from importers.billbee.addresses import to_address
from importers.billbee.answers import envelope, error_code, page_of, refuse_error
from importers.billbee.people import to_customer
from importers.billbee.purchases import to_buyer, to_order
from importers.errors import NotSwitchedOn

ORDERED_AT = datetime(2022, 7, 22, tzinfo=UTC)
BILLED_TO = Address("Firma", "", "Vorname", "Nachname", "Zusatz", "Str hausnummer", "12345", "ort", "DE")


@pytest.fixture
def fixtures(shared: Path) -> Path:
    folder = shared / "data" / "billbee" / "php-sdk-fixtures"
    if not folder.is_dir():
        pytest.skip("needs the SDK's fixtures in ../shared/data/billbee")
    return folder


def _rows(path: Path) -> tuple[dict[str, Any], ...]:
    found = envelope(httpx.Response(200, content=path.read_bytes()), "fixture")
    refuse_error(found, "fixture")
    page = page_of(found, 1, 250, "fixture")
    assert (page.total_pages, page.total_rows) == (None, None)
    return tuple(row for row in page.rows if isinstance(row, dict))


def test_the_order(fixtures: Path) -> None:
    """IsCancelationFor is filled in (every field is): by the specification it takes another order back, and counts as no sale."""
    (row,) = _rows(fixtures / "Response" / "get_orders_response.json")
    assert to_order(row, "billbee") == Order(
        "billbee", "100000186018330", "Test", ORDERED_AT, OrderState.CANCELLED, 17076, "EUR", "1", "max@mustermann.tld", "avocadostore",
        address=BILLED_TO, lines=(OrderLine("TESTBESTAND", "Test Bestandsabgleich", 12, 1323),), changed_at=datetime(2022, 8, 17, 9, 47, 25, tzinfo=UTC),
    )  # fmt: skip
    assert to_order({**row, "IsCancelationFor": None}, "billbee").state is OrderState.COMPLETED
    assert to_buyer(row, "billbee") == Customer(
        "billbee", "100000150176895", "1", "max@mustermann.tld", address=BILLED_TO, language="de", changed_at=ORDERED_AT
    )


def test_the_total_includes_the_shipping(fixtures: Path) -> None:
    (row,) = _rows(fixtures / "Response" / "get_orders_response.json")
    assert sum(item["TotalPrice"] for item in row["OrderItems"]) + row["ShippingCost"] == row["TotalCost"] == Decimal("170.76")
    assert to_order({**row, "TotalCost": None}, "billbee").total_cents == to_order(row, "billbee").total_cents


def test_the_customer_with_the_address(fixtures: Path) -> None:
    (customer,) = _rows(fixtures / "Response" / "get_customers_response.json")
    (address,) = _rows(fixtures / "Response" / "get_customer_addresses_response.json")
    assert address["CustomerId"] == customer["Id"]
    lives_at = Address("firma", "", "Vorname", "Nachname", "Name 2, Zusatz", "Straße Hausnummer", "PLZ", "Ort", "DE")
    assert to_customer(customer, address, "billbee") == Customer("billbee", "100000150176895", "1", "max@mustermann.tld", address=lives_at)


@pytest.mark.parametrize("name", ["address", "customer_address"])
def test_the_models_of_an_address(fixtures: Path, name: str) -> None:
    address = to_address(json.loads((fixtures / "Model" / f"{name}.json").read_bytes()))
    assert (address.first_name, address.last_name, address.country) == ("Vorname", "Nachname", "DE")
    assert address.street.lower().endswith(" hausnummer")


def test_an_error_in_a_good_looking_answer(fixtures: Path) -> None:
    found = envelope(httpx.Response(200, content=(fixtures / "Response" / "base_response.json").read_bytes()), "fixture")
    assert error_code(found) == 1
    with pytest.raises(NotSwitchedOn, match="ApiNotActivated"):
        refuse_error(found, "fixture")


def test_no_fixture_at_all_is_a_surprise(fixtures: Path) -> None:
    """Whatever the SDK was given by Billbee is an order, a customer and an address, or is none, without an error that nobody foresaw."""
    read = 0
    for path in fixtures.rglob("*.json"):
        content = json.loads(path.read_bytes(), parse_float=Decimal)
        rows = content if isinstance(content, list) else [content, content.get("Data")]
        for row in (row for row in rows if isinstance(row, dict)):
            to_address(row)
            read += 1
    assert read > 60
