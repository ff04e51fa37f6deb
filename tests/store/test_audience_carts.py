"""Is everybody who left products in the cart a candidate, with the cart that was touched last?"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from campaigns.cart import CartItem, CartKind
from campaigns.kinds import AbandonedCart
from campaigns.letter import CartContents
from campaigns.order import OrderState
from store.carts import upsert_carts
from store.schema import carts, orders
from tests.conftest import SECRET
from tests.store.audiences import candidates, facts, names
from tests.store.shop import NOW, Run, add_letter, cart, customer_id, days_ago, hold_out, order, person, rows, start_run, store


@pytest.fixture
def run(connection: Connection) -> Run:
    return start_run(connection)


def test_the_cart_touched_last_is_the_one_that_the_letter_lists(connection: Connection, run: Run) -> None:
    store(connection, person())
    tea, cup = CartItem("T1", "Tea", 2, 450), CartItem("C1", "Cup", 1, 900)
    upsert_carts(
        connection, [cart(1, updated_at=days_ago(5)), cart(2, created_at=days_ago(9), updated_at=days_ago(3), items=(tea, cup), currency="CHF")], SECRET
    )
    upsert_carts(connection, [cart(3, updated_at=days_ago(4)), cart(4, updated_at=days_ago(1), items=())], SECRET)
    (found,) = candidates(connection, run, AbandonedCart())
    (mine,) = (row["id"] for row in rows(connection, carts) if row["source_id"] == "c2")
    assert (found.facts.trigger, found.facts.trigger_at, found.facts.open_cart) == (f"cart-{mine}", days_ago(3), True)
    assert found.recipient.cart == CartContents((tea, cup), "CHF", days_ago(3))
    assert found.stops_after == days_ago(3) - timedelta(microseconds=1), "an order of that very moment recovers the cart"


def test_of_two_carts_of_one_moment_there_is_one_candidate(connection: Connection, run: Run) -> None:
    store(connection, person())
    upsert_carts(connection, [cart(1), cart(2), cart(3)], SECRET)
    assert len(candidates(connection, run, AbandonedCart())) == 1


@pytest.mark.parametrize(
    ("changes", "is_candidate"),
    [
        pytest.param({"updated_at": NOW - timedelta(minutes=5)}, True, id="somebody is shopping right now: the verdict waits"),
        pytest.param({"updated_at": days_ago(90) + timedelta(seconds=1)}, True, id="nearly 90 days old"),
        pytest.param({"updated_at": days_ago(90)}, False, id="90 days old"),
        pytest.param({"kind": CartKind.WISHLIST}, False, id="a wishlist"),
        pytest.param({"items": ()}, False, id="an empty cart"),
        pytest.param({"completed_at": days_ago(0.5)}, False, id="one that became an order"),
        pytest.param({"email": ""}, False, id="nobody's"),
    ],
)
def test_who_has_left_a_cart(connection: Connection, run: Run, changes: dict[str, Any], is_candidate: bool) -> None:
    store(connection, person())
    upsert_carts(connection, [cart(**changes)], SECRET)
    assert len(names(connection, run, AbandonedCart())) == is_candidate


def test_an_order_at_the_same_moment_or_later_recovers_the_cart(connection: Connection, run: Run) -> None:
    store(connection, person(), order(ordered_at=days_ago(3) - timedelta(seconds=1)))
    upsert_carts(connection, [cart(updated_at=days_ago(3))], SECRET)
    found = facts(connection, run, AbandonedCart())
    assert (found.has_ordered, found.is_prospect, found.bought_since) == (True, False, False)
    store(connection, order(2, ordered_at=days_ago(3)))
    assert names(connection, run, AbandonedCart()) == []


def test_an_open_order_is_an_earlier_order(connection: Connection, run: Run) -> None:
    store(connection, person(), order(state=OrderState.OPEN))
    upsert_carts(connection, [cart()], SECRET)
    found = facts(connection, run, AbandonedCart())
    assert (found.has_ordered, found.is_prospect) == (True, True)


def test_a_new_cart_begins_a_new_sequence(connection: Connection, run: Run) -> None:
    store(connection, person())
    anna = customer_id(connection)
    upsert_carts(connection, [cart(1, created_at=days_ago(30), updated_at=days_ago(30))], SECRET)
    add_letter(connection, run, anna, "cart-1", 1, now=days_ago(25))
    upsert_carts(connection, [cart(1, created_at=days_ago(30), updated_at=days_ago(20))], SECRET)
    assert facts(connection, run, AbandonedCart()).last_step == 1, "touching the cart again does not"
    hold_out(connection, run, anna, "cart-1", 2, now=days_ago(15))
    assert facts(connection, run, AbandonedCart()).last_step == 2
    upsert_carts(connection, [cart(2, created_at=days_ago(10), updated_at=days_ago(10))], SECRET)
    assert facts(connection, run, AbandonedCart()).last_step == 0


def test_a_basket_that_is_filled_again_after_a_sale_begins_anew(connection: Connection, run: Run) -> None:
    """Of some shops every account has one, whose key and date of creation stay."""
    basket = cart(7, created_at=days_ago(60), updated_at=days_ago(50))
    store(connection, person(), order(1, ordered_at=days_ago(70)))
    upsert_carts(connection, [basket], SECRET)
    first = facts(connection, run, AbandonedCart())
    add_letter(connection, run, first.customer_id, first.trigger, 1, now=days_ago(48))
    store(connection, order(2, ordered_at=days_ago(40)))
    assert names(connection, run, AbandonedCart()) == []
    upsert_carts(connection, [replace(basket, updated_at=days_ago(20))], SECRET)
    (sale,) = (row["id"] for row in rows(connection, orders) if row["source_id"] == "o2")
    second = facts(connection, run, AbandonedCart())
    assert (second.trigger, second.last_step) == (f"{first.trigger}-order-{sale}", 0)
    hold_out(connection, run, second.customer_id, second.trigger, 1, now=days_ago(18))
    assert facts(connection, run, AbandonedCart()).last_step == 1
