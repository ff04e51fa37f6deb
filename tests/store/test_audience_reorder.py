"""Is everybody who has just made the n-th order a candidate, whichever orders count?"""

import pytest
from sqlalchemy import Connection, select

from campaigns.kinds import Counted, Reorder
from campaigns.order import OrderState
from store.schema import orders
from tests.store.audiences import candidates, names
from tests.store.shop import Run, add_letter, customer_id, days_ago, hold_out, order, person, start_run, store

OPEN, CANCELLED = OrderState.OPEN, OrderState.CANCELLED


@pytest.fixture
def run(connection: Connection) -> Run:
    return start_run(connection)


@pytest.fixture(autouse=True)
def bought(connection: Connection) -> None:
    """K1 to K4 have completed so many orders; K5 one and has an open one, K6 two of which one was cancelled."""
    store(connection, *(person(number) for number in range(7)))
    store(connection, *(order(10 * one + each, customer_number=f"K{one}", ordered_at=days_ago(90 - each)) for one in range(1, 5) for each in range(one)))
    store(connection, order(50, customer_number="K5", ordered_at=days_ago(20)), order(51, customer_number="K5", ordered_at=days_ago(10), state=OPEN))
    store(connection, order(60, customer_number="K6", ordered_at=days_ago(20)), order(61, customer_number="K6", ordered_at=days_ago(10), state=CANCELLED))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Reorder(), ["K1", "K5", "K6"]),
        (Reorder(2), ["K2"]),
        (Reorder(2, and_later=True), ["K2", "K3", "K4"]),
        (Reorder(counted=Counted.SALES), ["K1", "K6"]),
        (Reorder(2, counted=Counted.SALES), ["K2", "K5"]),
        (Reorder(5, and_later=True), []),
    ],
)
def test_which_orders_count(connection: Connection, run: Run, kind: Reorder, expected: list[str]) -> None:
    assert names(connection, run, kind) == expected


def test_the_sequence_begins_with_the_order_that_counts(connection: Connection, run: Run) -> None:
    (first, fifth, _) = candidates(connection, run, Reorder())
    mine = connection.execute(select(orders.c.id).where(orders.c.source_id == "o10")).scalar_one()
    assert (first.facts.trigger, first.facts.trigger_at, first.stops_after) == (f"order-{mine}", days_ago(90), days_ago(90))
    assert (first.facts.bought_since, first.recipient.orders_count, first.recipient.last_order_number) == (False, 1, "A-10")
    assert (fifth.facts.trigger_at, fifth.facts.bought_since) == (days_ago(20), True), "an open order is a sale, too"


def test_each_order_that_counts_has_a_sequence_of_its_own(connection: Connection, run: Run) -> None:
    anna = customer_id(connection)
    add_letter(connection, run, anna, "order-1", 1, now=days_ago(80))
    hold_out(connection, run, anna, "order-1", 2, now=days_ago(70))
    only = [anna]
    assert [one.facts.last_step for one in candidates(connection, run, Reorder(), only)] == [2]
    store(connection, order(11, customer_number="K1", ordered_at=days_ago(60)))
    assert [one.facts.last_step for one in candidates(connection, run, Reorder(2), only)] == [0]


def test_a_marketplace_is_known_by_the_last_sale_of_all(connection: Connection, run: Run) -> None:
    store(connection, order(51, customer_number="K5", ordered_at=days_ago(10), state=OPEN, platform="ebay"))
    (found,) = candidates(connection, run, Reorder(), [customer_id(connection, "anna5@example.org")])
    assert (found.facts.from_marketplace, found.recipient.last_order_number) == (True, "A-51")
