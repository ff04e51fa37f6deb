"""Do carts stand in the list of orders in time order, each with its badge?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from api.desk.timeline import SHOWN, timeline
from campaigns.cart import CartItem, CartKind
from campaigns.customer import Customer
from campaigns.order import OrderState
from store.history import History, PastCart, PastOrder

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def an_order(days: float) -> PastOrder:
    return PastOrder(f"A-{days}", days_ago(days), OrderState.COMPLETED, 900, "EUR", ())


def a_cart(days: float) -> PastCart:
    return PastCart(1, f"c-{days}", days_ago(days), "EUR", (CartItem("T", "Tea", 2, 450),))


def a_history(orders: tuple[PastOrder, ...], carts: tuple[PastCart, ...]) -> History:
    last = orders[0].ordered_at if orders else None
    return History(1, Customer("postillion", "1"), "ok", None, None, orders, tuple(replace(cart, last_order_at=last) for cart in carts), (), ())


@pytest.mark.parametrize(
    ("cart", "orders", "badge"),
    [
        (a_cart(0.01), (), "cart_open"),
        (a_cart(2), (), "cart_abandoned"),
        (a_cart(2), (an_order(1),), "cart_recovered"),
        (a_cart(2), (an_order(3),), "cart_abandoned"),
        (replace(a_cart(2), completed_at=days_ago(1)), (), "cart_recovered"),
        (replace(a_cart(2), kind=CartKind.WISHLIST), (), "cart_wishlist"),
    ],
)
def test_the_badge_of_a_cart(cart: PastCart, orders: tuple[PastOrder, ...], badge: str) -> None:
    (entry,) = [entry for entry in timeline(a_history(orders, (cart,)), NOW, every=True) if entry.is_cart]
    assert (entry.badge, entry.total_cents) == (badge, 900)


def test_orders_and_carts_stand_together_newest_first_and_no_further_back_than_the_orders_shown() -> None:
    orders = tuple(an_order(days) for days in range(1, SHOWN + 3))
    history = a_history(orders, (a_cart(1.5), a_cart(SHOWN + 1.5)))
    assert [entry.number for entry in timeline(history, NOW, every=False)] == ["A-1", "c-1.5", *(f"A-{days}" for days in range(2, SHOWN + 1))]
    assert len(timeline(history, NOW, every=True)) == SHOWN + 4
