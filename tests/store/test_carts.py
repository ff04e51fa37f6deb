"""Is a cart stored once, at the right person, and gone when its time is over?"""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from campaigns.cart import CartItem, CartKind, CartState
from campaigns.customer import Customer
from campaigns.record import Outcome
from store import history
from store.carts import remove, upsert_carts
from store.retention import CARTS
from store.schema import carts
from tests.conftest import SECRET
from tests.store.growing_old import end
from tests.store.shop import NOW, cart, count, customer_id, days_ago, order, person, rows, store


def owners(connection: Connection) -> list[int | None]:
    return [row["customer_id"] for row in rows(connection, carts)]


def test_a_cart_comes_back_as_stored(connection: Connection) -> None:
    kept = cart(kind=CartKind.WISHLIST, customer_number="K1", completed_at=NOW, recovery_url="https://tee.example/c/1", items=(CartItem("T", "Ä", 2, 5),))
    upsert_carts(connection, [kept], SECRET)
    (row,) = rows(connection, carts)
    assert (row["kind"], row["customer_number"], row["completed_at"], row["recovery_url"]) == ("wishlist", "K1", NOW, "https://tee.example/c/1")
    assert (row["items"], row["created_at"], row["updated_at"], row["currency"]) == (
        [{"sku": "T", "title": "Ä", "quantity": 2, "unit_price_cents": 5}], days_ago(1), days_ago(1), "EUR",
    )  # fmt: skip


def test_a_cart_is_known_by_number_then_by_mailbox(connection: Connection) -> None:
    store(connection, person(1), person(2), Customer("shop", "77", "", "c@x.org"))
    upsert_carts(
        connection,
        [cart(1, customer_number="K2"), cart(2), cart(3, email="", customer_number="77"), cart(4, email="", customer_number="K9"), cart(5, email="")],
        SECRET,
    )
    first, second = customer_id(connection), customer_id(connection, "anna2@example.org")
    assert owners(connection) == [second, first, customer_id(connection, "c@x.org"), None, None]


def test_a_cart_that_came_before_its_customer_is_linked_by_number_and_by_mailbox(connection: Connection) -> None:
    upsert_carts(connection, [cart(1, email="", customer_number="K1"), cart(2), cart(3, email="", customer_number="1"), cart(4, email="x@x.org")], SECRET)
    store(connection, person())
    anna = customer_id(connection)
    assert owners(connection) == [anna, anna, anna, None]


def test_a_number_of_another_shop_links_no_cart(connection: Connection) -> None:
    upsert_carts(connection, [cart(1, email="", customer_number="K1")], SECRET)
    store(connection, replace(person(), source="other"))
    assert owners(connection) == [None]


def test_a_cart_follows_its_mailbox_to_another_person(connection: Connection) -> None:
    store(connection, person(1), person(2))
    upsert_carts(connection, [cart()], SECRET)
    upsert_carts(connection, [cart(email="anna2@example.org", updated_at=NOW)], SECRET)
    assert owners(connection) == [customer_id(connection, "anna2@example.org")]


def test_an_older_version_is_no_news(connection: Connection) -> None:
    upsert_carts(connection, [cart(updated_at=NOW, items=())], SECRET)
    assert upsert_carts(connection, [cart(updated_at=days_ago(1))], SECRET) == [Outcome.UNCHANGED]
    assert rows(connection, carts)[0]["items"] == []


def test_a_cart_that_its_shop_deleted_is_gone(connection: Connection) -> None:
    upsert_carts(connection, [cart(1), cart(2)], SECRET)
    assert remove(connection, "shop", "c1")
    assert not remove(connection, "shop", "c1")
    assert not remove(connection, "other", "c2")
    assert count(connection, carts) == 1


def test_carts_are_deleted_after_90_days(connection: Connection) -> None:
    upsert_carts(connection, [cart(1, updated_at=days_ago(90)), cart(2, updated_at=days_ago(89.9)), cart(3, updated_at=days_ago(400))], SECRET)
    assert end(connection, CARTS, NOW) == 2
    assert [row["source_id"] for row in rows(connection, carts)] == ["c2"]
    assert end(connection, CARTS, NOW) == 0


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"updated_at": days_ago(0.05)}, CartState.OPEN),
        ({"updated_at": days_ago(1)}, CartState.ABANDONED),
        ({"updated_at": days_ago(1), "completed_at": NOW}, CartState.RECOVERED),
        ({"updated_at": days_ago(5)}, CartState.RECOVERED),
    ],
)
def test_where_a_cart_stands_is_told_by_one_rule(connection: Connection, changes: dict[str, object], state: CartState) -> None:
    store(connection, person(), order(1, ordered_at=days_ago(200)), order(2, ordered_at=days_ago(3)))
    upsert_carts(connection, [cart(**changes)], SECRET)
    page = history.of(connection, customer_id(connection))
    assert page
    assert (page.carts[0].kind, page.carts[0].state(NOW)) == (CartKind.CART, state)
