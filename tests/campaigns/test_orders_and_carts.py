"""Which orders are sales, what is a cart worth, when is a print run finished?"""

from datetime import UTC, datetime

from campaigns.cart import Cart, CartItem
from campaigns.order import SALES, OrderState
from campaigns.print_run import FINISHED, PrintRunState

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_only_open_and_completed_orders_are_sales() -> None:
    assert set(SALES) == {OrderState.OPEN, OrderState.COMPLETED}
    assert {state for state in OrderState if state.is_sale} == set(SALES)


def test_a_cart_is_worth_its_items() -> None:
    items = (CartItem("T1", "Tea", 3, 450), CartItem("C1", "Cup", 1, 1200))
    assert Cart("shop", "1", NOW, NOW, items=items).value_cents == 2550
    assert Cart("shop", "2", NOW, NOW).value_cents == 0


def test_a_print_run_is_finished_when_nothing_more_will_happen() -> None:
    assert {state for state in PrintRunState if state.is_finished} == set(FINISHED)
    assert set(FINISHED) == {PrintRunState.HANDED_OVER, PrintRunState.EMPTY, PrintRunState.REJECTED}
