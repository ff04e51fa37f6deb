"""Webhooks and pages arrive in any order: does everything end as the newest version says?"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, Table

from campaigns.address import Address
from campaigns.cart import Cart, CartItem
from campaigns.customer import Customer, Sex
from campaigns.order import Order, OrderLine, OrderState
from store.carts import upsert_carts
from store.schema import carts, customer_sources, customers, order_lines, orders
from tests.conftest import SECRET
from tests.store.shop import cart, days_ago, order, person, rows, store
from tests.store.test_merges_at_random import undone

any_order = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
R = TypeVar("R", Customer, Order, Cart)
LEFT_OUT = ("id", "person_key", "customer_id", "order_id", "created_at", "changed_at", "stored_at")


@st.composite
def two_arrivals(draw: st.DrawFn, make: Callable[[st.DrawFn, int, int], R]) -> tuple[list[list[R]], list[list[R]]]:
    """The same versions of up to three records, each with a time of its own, in two orders and cut into batches in two ways."""
    versions = [make(draw, key, at) for key in range(1, draw(st.integers(1, 3)) + 1) for at in range(1, draw(st.integers(1, 4)) + 1)]

    def arrival() -> list[list[R]]:
        mixed = draw(st.permutations(versions))
        cuts: list[int] = sorted(draw(st.lists(st.integers(0, len(mixed)), max_size=3)))
        return [list(mixed[start:end]) for start, end in zip([0, *cuts], [*cuts, len(mixed)], strict=True)]

    return arrival(), arrival()


def state(connection: Connection, *tables: Table) -> list[Any]:
    """All rows without the numbers that we gave them and the times of ours."""
    return [sorted(repr([(name, value) for name, value in row.items() if name not in LEFT_OUT]) for row in rows(connection, table)) for table in tables]


def ends(engine: Engine, arrival: Sequence[Sequence[Any]], *tables: Table) -> list[Any]:
    with undone(engine) as connection:
        store(connection, person(7, number="K7"))
        for batch in arrival:
            if batch and isinstance(batch[0], Cart):
                upsert_carts(connection, batch, SECRET)
            else:
                store(connection, *batch)
        names = {row["customer_id"]: row["source_id"] for row in rows(connection, customer_sources)}
        owned = [sorted((row["source_id"], names.get(row["customer_id"])) for row in rows(connection, table)) for table in tables if "total_cents" in table.c]
        sales = {row["number"]: row["first_sale_at"] for row in rows(connection, customers)}
        return [*state(connection, *tables), owned, sales]


def customer_version(draw: st.DrawFn, key: int, at: int) -> Customer:
    blank = draw(st.booleans())
    address = (
        Address()
        if blank
        else Address(first_name=f"Anna{key}", last_name=draw(st.sampled_from(["Müller", "Meier"])), street=f"{key}weg {at}", postcode="01067")
    )
    mailbox = draw(st.sampled_from(["", f"a{key}@x.org", f"b{key}@x.org"]))
    return Customer("shop", str(key), draw(st.sampled_from(["", f"K{key}"])), mailbox, draw(st.sampled_from(Sex)), address, changed_at=days_ago(90 - at))


def order_version(draw: st.DrawFn, key: int, at: int) -> Order:
    named = draw(st.sampled_from([{"customer_number": "K7"}, {"customer_number": ""}]))
    lines = tuple(OrderLine(f"S{at}", "Tea", at, 100) for _ in range(draw(st.integers(0, 2))))
    return order(key, state=draw(st.sampled_from(OrderState)), total_cents=at, lines=lines, changed_at=days_ago(90 - at), email="", **named)


def cart_version(draw: st.DrawFn, key: int, at: int) -> Cart:
    items = tuple(CartItem(f"S{at}", "Tea", at, 100) for _ in range(draw(st.integers(0, 2))))
    return cart(
        key,
        updated_at=days_ago(90 - at),
        items=items,
        email=draw(st.sampled_from(["", "anna7@example.org"])),
        completed_at=draw(st.none() | st.just(days_ago(1))),
    )


@any_order
@given(two_arrivals(customer_version))
def test_customers_end_the_same(shared_engine: Engine, two: tuple[list[list[Customer]], list[list[Customer]]]) -> None:
    one, other = (ends(shared_engine, arrival, customers) for arrival in two)
    assert one == other


@any_order
@given(two_arrivals(order_version))
def test_orders_end_the_same(shared_engine: Engine, two: tuple[list[list[Order]], list[list[Order]]]) -> None:
    one, other = (ends(shared_engine, arrival, orders, order_lines) for arrival in two)
    assert one == other


@any_order
@given(two_arrivals(cart_version))
def test_carts_end_the_same(shared_engine: Engine, two: tuple[list[list[Cart]], list[list[Cart]]]) -> None:
    one, other = (ends(shared_engine, arrival, carts) for arrival in two)
    assert one == other


def test_an_older_version_changes_nothing_and_says_so(connection: Connection) -> None:
    new = (person(language="en", changed_at=days_ago(1)), order(total_cents=2, changed_at=days_ago(1)))
    old = (replace(new[0], language="de", changed_at=days_ago(2)), replace(new[1], total_cents=1, changed_at=days_ago(2)))
    assert store(connection, *new) == 2
    before = state(connection, customers, customer_sources, orders, order_lines)
    assert store(connection, *old) == 0
    assert state(connection, customers, customer_sources, orders, order_lines) == before


def test_an_older_version_may_still_say_whose_an_order_is(connection: Connection) -> None:
    store(connection, person(), order(customer_number="", total_cents=2, changed_at=days_ago(1)))
    assert store(connection, order(total_cents=1, changed_at=days_ago(2))) == 1
    (row,) = rows(connection, orders)
    assert (row["customer_number"], row["customer_id"], row["total_cents"]) == ("K1", rows(connection, customers)[0]["id"], 2)
    assert rows(connection, customers)[0]["first_sale_at"] == days_ago(200)
    assert store(connection, order(total_cents=1, changed_at=days_ago(2))) == 0


def test_a_newer_version_without_a_mailbox_does_not_forget_it(connection: Connection) -> None:
    store(connection, order(customer_number="", email="anna1@example.org", changed_at=days_ago(2)))
    store(connection, order(customer_number="", email="", total_cents=7, changed_at=days_ago(1)))
    assert [(row["email_key"], row["total_cents"]) for row in rows(connection, orders)] == [("anna1@example.org", 7)]
