"""Is an order stored once, with its lines, at the right customer?"""

from dataclasses import replace

import pytest
from sqlalchemy import Connection, select

from campaigns.address import Address
from campaigns.customer import Customer
from campaigns.order import Order, OrderLine, OrderState
from campaigns.record import Outcome
from store.carts import upsert_carts
from store.orders import upsert_orders
from store.schema import carts, customer_sources, customers, order_lines, orders
from tests.conftest import SECRET
from tests.store.shop import DRESDEN, LATER, NOW, cart, count, customer_id, days_ago, order, person, rows, store

GUEST = {"customer_number": "", "email": "guest@example.org", "address": DRESDEN}


def owners(connection: Connection) -> list[int | None]:
    return list(connection.execute(select(orders.c.customer_id).order_by(orders.c.id)).scalars())


def test_an_order_comes_back_as_stored(connection: Connection) -> None:
    store(connection, person(), order(discount_codes=("A", "B"), platform="ebay"))
    row = rows(connection, orders)[0]
    assert (row["number"], row["ordered_at"], row["state"], row["total_cents"]) == ("A-1", days_ago(200), "completed", 900)
    assert (row["discount_codes"], row["platform"], row["customer_id"]) == (["A", "B"], "ebay", customer_id(connection))


def test_the_same_orders_twice_change_nothing(connection: Connection) -> None:
    bought = [order(number, **GUEST) for number in range(5)] + [order(9)]
    assert store(connection, person(), *bought) == 7
    tables = (orders, order_lines, customers, customer_sources)
    before = [rows(connection, table) for table in tables]
    assert store(connection, *bought, now=LATER) == 0
    assert [rows(connection, table) for table in tables] == before


def test_lines_are_replaced_by_those_of_the_newest_record(connection: Connection) -> None:
    store(connection, order(1, lines=(OrderLine("A", "a", 1, 1), OrderLine("B", "b", 2, 2))), order(2))
    store(connection, order(1, lines=(OrderLine("C", "c", 3, 3),)))
    lines = [(row["position"], row["sku"], row["quantity"]) for row in rows(connection, order_lines)]
    assert lines == [(1, "C", 3), (1, "T1", 2)]
    assert count(connection, orders) == 2


def test_the_category_of_a_line_is_the_one_that_the_source_named_last(connection: Connection) -> None:
    def category() -> str:
        return str(rows(connection, order_lines)[0]["category"])

    tea = OrderLine("A", "Assam", 1, 100)
    store(connection, order(lines=(tea,)))
    assert category() == ""
    assert store(connection, order(lines=(replace(tea, category="Black tea"),))) == 1
    assert category() == "Black tea"
    assert store(connection, order(lines=(tea,))) == 1  # an order is replaced whole
    assert category() == ""


def test_an_order_without_lines_is_an_order(connection: Connection) -> None:
    assert store(connection, order(lines=())) == 1
    assert count(connection, order_lines) == 0


def test_the_last_of_two_records_of_one_order_counts(connection: Connection) -> None:
    assert store(connection, order(), order(total_cents=5)) == 1
    assert rows(connection, orders)[0]["total_cents"] == 5


def test_no_orders_are_a_batch_too(connection: Connection) -> None:
    assert upsert_orders(connection, [], SECRET, NOW) == []


def test_orders_of_two_shops_may_have_the_same_number(connection: Connection) -> None:
    store(connection, order())
    store(connection, replace(order(), source="other"))
    assert count(connection, orders) == 2


# --- whose it is -------------------------------------------------------------------------------------------------------


def test_a_buyer_is_known_by_customer_number_even_where_the_shop_has_ids_of_its_own(connection: Connection) -> None:
    store(connection, person(1, source_id="700", number="K1"), person(2, source_id="K1", number="K2"))
    store(connection, order(1, customer_number="K1"))
    assert owners(connection) == [customer_id(connection, "anna1@example.org")]


def test_a_buyer_is_known_by_the_sources_key_where_there_are_no_numbers(connection: Connection) -> None:
    store(connection, person(1, number=""), order(customer_number="1"))
    assert owners(connection) == [customer_id(connection)]


def test_a_number_of_another_shop_is_not_this_shops_customer(connection: Connection) -> None:
    store(connection, replace(person(), source="other"), order(customer_number="K1"))
    assert owners(connection) == [None]


def test_a_buyer_is_known_by_mailbox(connection: Connection) -> None:
    store(connection, person(), order(customer_number="", email=" ANNA1@example.org "))
    assert owners(connection) == [customer_id(connection)]


def test_an_order_that_came_first_is_linked_when_its_customer_comes(connection: Connection) -> None:
    store(connection, order(1), order(2, customer_number="", email="anna1@example.org"), order(3, customer_number="K9"))
    assert owners(connection) == [None] * 3
    store(connection, person())
    assert owners(connection) == [customer_id(connection)] * 2 + [None]
    assert rows(connection, customers)[0]["first_sale_at"] == days_ago(200)


def test_an_order_is_linked_by_mailbox_to_a_customer_of_another_source(connection: Connection) -> None:
    store(connection, order(customer_number="", email="anna1@example.org"))
    upsert_carts(connection, [cart()], SECRET)
    store(connection, replace(person(), source="other"))
    assert owners(connection) == [customer_id(connection)]
    assert rows(connection, carts)[0]["customer_id"] == customer_id(connection)


def test_an_order_stays_with_its_customer_whose_mailbox_has_changed(connection: Connection) -> None:
    bought = order(customer_number="", email="anna1@example.org", address=DRESDEN, state=OrderState.OPEN)
    store(connection, person(), bought)
    store(connection, person(email="new@example.org"))
    store(connection, replace(bought, state=OrderState.COMPLETED))
    assert owners(connection) == [customer_id(connection, "new@example.org")]
    assert count(connection, customers) == 1


# --- guests ------------------------------------------------------------------------------------------------------------


def test_a_guest_becomes_a_customer_by_the_billing_address(connection: Connection) -> None:
    store(connection, order(**GUEST))
    row = rows(connection, customers)[0]
    assert (row["email"], row["street"], row["registered_at"], row["first_sale_at"]) == ("guest@example.org", "Hauptstraße 5", days_ago(200), days_ago(200))
    assert owners(connection) == [row["id"]]


@pytest.mark.parametrize("gap", [{"email": ""}, {"address": Address()}])
def test_nobody_is_made_up(connection: Connection, gap: dict[str, object]) -> None:
    store(connection, order(**GUEST | gap))
    assert count(connection, customers) == 0


def test_a_guest_is_the_same_person_when_the_customer_file_comes(connection: Connection) -> None:
    store(connection, order(**GUEST))
    key = rows(connection, customers)[0]["person_key"]
    store(connection, Customer("shop", "77", "K77", "Guest@example.org", registered_at=days_ago(900)))
    row = rows(connection, customers)[0]
    assert (count(connection, customers), row["person_key"], row["number"], row["registered_at"]) == (1, key, "K77", days_ago(900))
    assert row["street"] == "Hauptstraße 5"


def test_a_guest_with_a_number_is_the_same_person_even_without_a_mailbox_in_the_file(connection: Connection) -> None:
    store(connection, order(**GUEST | {"customer_number": "K77"}))
    store(connection, Customer("shop", "77", "K77", address=replace(DRESDEN, street="Ring 1")))
    assert count(connection, customers) == 1
    assert rows(connection, customers)[0]["street"] == "Ring 1"


def test_a_guest_lives_where_the_newest_order_says(connection: Connection) -> None:
    def from_street(number: int, street: str, days: int) -> Order:
        return order(number, **GUEST | {"address": replace(DRESDEN, street=street), "ordered_at": days_ago(days)})

    store(connection, from_street(2, "Mitte 2", 20), from_street(1, "Alt 1", 30))
    assert rows(connection, customers)[0]["street"] == "Mitte 2"
    store(connection, from_street(4, "Neu 4", 1))
    assert rows(connection, customers)[0]["street"] == "Neu 4"
    store(connection, from_street(3, "Zwischen 3", 10))
    assert rows(connection, customers)[0]["street"] == "Neu 4"
    assert count(connection, customers) == 1


def test_an_order_does_not_move_somebody_whom_the_shop_knows(connection: Connection) -> None:
    store(connection, person(), order(customer_number="", email="anna1@example.org", address=DRESDEN))
    assert rows(connection, customers)[0]["street"] == "Weg 1"


# --- prospect to customer ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", OrderState)
def test_only_a_completed_order_makes_a_customer_of_a_prospect(connection: Connection, state: OrderState) -> None:
    store(connection, person(), order(state=state))
    assert rows(connection, customers)[0]["first_sale_at"] == (days_ago(200) if state is OrderState.COMPLETED else None)


def test_the_first_sale_is_the_earliest_in_whatever_order_they_come(connection: Connection) -> None:
    store(connection, person(), order(1, ordered_at=days_ago(50)))
    store(connection, order(2, ordered_at=days_ago(90)))
    store(connection, order(3, ordered_at=days_ago(10)))
    assert rows(connection, customers)[0]["first_sale_at"] == days_ago(90)


def test_a_cancellation_never_undoes_nor_moves_the_first_sale(connection: Connection) -> None:
    store(connection, person(), order(1, ordered_at=days_ago(90)), order(2, ordered_at=days_ago(50)))
    store(connection, order(1, ordered_at=days_ago(90), state=OrderState.CANCELLED))
    assert rows(connection, customers)[0]["first_sale_at"] == days_ago(90)
    store(connection, order(2, ordered_at=days_ago(50), state=OrderState.CANCELLED))
    assert rows(connection, customers)[0]["first_sale_at"] == days_ago(90)


def test_an_earlier_order_that_is_linked_later_dates_the_first_sale(connection: Connection) -> None:
    store(connection, order(1, customer_number="", email="anna1@example.org", ordered_at=days_ago(300)))
    store(connection, person(), order(2, ordered_at=days_ago(50)))
    assert rows(connection, customers)[0]["first_sale_at"] == days_ago(300)


# --- carts -------------------------------------------------------------------------------------------------------------


def test_the_same_carts_twice_change_nothing(connection: Connection) -> None:
    store(connection, person())
    filled = [cart(1), cart(2, email=""), cart(3, items=())]
    assert upsert_carts(connection, filled, SECRET) == [Outcome.STORED] * 3
    before = rows(connection, carts)
    assert upsert_carts(connection, filled, SECRET) == [Outcome.UNCHANGED] * 3
    assert rows(connection, carts) == before
    assert [row["customer_id"] for row in before] == [customer_id(connection), None, customer_id(connection)]
    assert before[0]["items"] == [{"sku": "T1", "title": "Tea", "quantity": 1, "unit_price_cents": 450}]
    assert upsert_carts(connection, [], SECRET) == []


def test_a_changed_cart_is_stored_and_stays_with_its_customer(connection: Connection) -> None:
    store(connection, person())
    upsert_carts(connection, [cart()], SECRET)
    store(connection, person(email="new@example.org"))
    assert upsert_carts(connection, [cart(updated_at=NOW)], SECRET) == [Outcome.STORED]
    assert [(row["updated_at"], row["customer_id"]) for row in rows(connection, carts)] == [(NOW, customer_id(connection, "new@example.org"))]
