"""Is everybody found by whatever names them, in one field?"""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from campaigns.address import Address
from campaigns.customer import Customer
from campaigns.order import Order, OrderState
from store import customers, orders
from store.finding import By, find
from store.schema import customers as table

SECRET = b"a key that only tests use"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def people(connection: Connection) -> None:
    """Anna of two shops, and Bert."""
    anna, bert = Address(first_name="Anna", last_name="Müller", postcode="04109"), Address(first_name="Bert", last_name="Annabach", postcode="10115")
    known = [Customer("shop", "1", "K-1001", "anna@mail.example", address=anna), Customer("shop", "2", "K-10", "bert@mail.example", address=bert)]
    customers.upsert_customers(connection, known, SECRET, NOW)
    customers.upsert_customers(connection, [Customer("market", "9", "M-9", "Anna@mail.example", address=anna)], SECRET, NOW)
    sold = [Order(source, f"o{number}", f"#{number}", NOW, OrderState.COMPLETED, 100, email=email) for source, number, email in BOUGHT]
    for one in sold:
        orders.upsert_orders(connection, [one], SECRET, NOW)


BOUGHT = (("shop", 1001, "anna@mail.example"), ("webshop", 2002, "bert@mail.example"))


@pytest.mark.parametrize(
    ("text", "names", "by"),
    [
        (" ANNA@mail.example", ["Anna"], By.EMAIL),
        ("K-1001", ["Anna"], By.NUMBER),
        ("M-9", ["Anna"], By.NUMBER),
        ("K-10", ["Bert"], By.NUMBER),
        ("1001", ["Anna"], By.ORDER),
        ("#2002", ["Bert"], By.ORDER),
        ("anna", ["Bert", "Anna"], By.BEGINNING),
        ("anna mül", ["Anna"], By.BEGINNING),
        ("041", ["Anna"], By.BEGINNING),
        ("bert@mail", ["Bert"], By.BEGINNING),
        ("", ["Bert", "Anna"], By.BEGINNING),
        ("nobody@mail.example", [], By.BEGINNING),
        ("\0", ["Bert", "Anna"], By.BEGINNING),
        ("'; DROP TABLE customers --", [], By.BEGINNING),
    ],
)
@pytest.mark.usefixtures("people")
def test_a_person_is_found_by_what_names_them(connection: Connection, text: str, names: list[str], by: By) -> None:
    found, how = find(connection, text, 9)
    assert ([one.customer.address.first_name for one in found], how) == (names, by)


@pytest.mark.usefixtures("people")
def test_who_was_erased_is_not_found(connection: Connection) -> None:
    connection.execute(table.update().values(erased_at=NOW))
    assert find(connection, "K-1001", 9) == ([], By.BEGINNING)
