"""Does the list of carts find what is wanted, in any order and page by page, and count and add it up?"""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, select

from campaigns.cart import Cart, CartItem, CartKind, CartState
from store import cart_list
from store.cart_list import CartFilter, CartOrder, ListedCart, Owner, Total, place_of
from store.carts import upsert_carts
from store.engine import writing
from store.schema import carts
from tests.conftest import SECRET
from tests.store.shop import DRESDEN, NOW, add_letter, cart, customer_id, days_ago, order, person, start_run, store


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with writing(engine) as found:
        yield found


def item(sku: str = "T1", title: str = "Tea", quantity: int = 1, cents: int = 450) -> CartItem:
    return CartItem(sku, title, quantity, cents)


def fill(connection: Connection) -> None:
    """A customer who came back, a prospect, a customer abroad, somebody known by e-mail alone, nobody at all, and a wishlist."""
    abroad = replace(DRESDEN, country="AT", postcode="1010", town="Wien")
    store(
        connection, person(1), person(2), person(3, address=abroad), order(1, ordered_at=days_ago(2)), order(2, customer_number="K3", ordered_at=days_ago(200))
    )
    mine: tuple[Cart, ...] = (
        cart(1, updated_at=days_ago(5), items=(item(cents=1000),)),
        cart(2, email="anna2@example.org", updated_at=NOW - timedelta(hours=1), items=(item("T2", "Grüner Tee", 2, 1500),)),
        cart(3, email="anna3@example.org", updated_at=days_ago(9), items=(item("T3", 'Ein "großer" Becher \\ 50 %', 3, 2500), item())),
        cart(4, email="guest@example.org", updated_at=days_ago(3), completed_at=days_ago(1), items=()),
        cart(5, email="", updated_at=days_ago(20), currency="CHF", items=(item(cents=99_999),)),
        cart(6, updated_at=days_ago(7), kind=CartKind.WISHLIST, items=(item(cents=2000),)),
    )
    for one in mine:
        upsert_carts(connection, [one], SECRET)
    upsert_carts(connection, [cart(7, source="api", email="", updated_at=days_ago(30))], SECRET)


def numbers(connection: Connection, wanted: CartFilter, order: CartOrder = CartOrder.NEWEST) -> str:
    """The carts that are found, each by its digit."""
    return "".join(found.number[1:] for found in cart_list.page(connection, wanted, order, NOW, 99))


FOUND: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "241357"),
    ({"kind": CartKind.WISHLIST}, "6"),
    ({"state": CartState.OPEN}, "2"),
    ({"state": CartState.ABANDONED}, "357"),
    ({"state": CartState.RECOVERED}, "41"),
    ({"state": CartState.ABANDONED, "kind": CartKind.WISHLIST}, ""),
    ({"owner": Owner.CUSTOMER}, "13"),
    ({"owner": Owner.PROSPECT}, "2"),
    ({"owner": Owner.NOBODY}, "457"),
    ({"source": "api"}, "7"),
    ({"country": "AT"}, "3"),
    ({"has_email": True}, "2413"),
    ({"has_email": False}, "57"),
    ({"article": "t2"}, "2"),
    ({"article": "GRÜNER"}, "2"),
    ({"article": "grüner tee"}, "2"),
    ({"article": '"großer" becher \\ 50 %'}, "3"),
    ({"article": '"großer"'}, "3"),
    ({"article": '" BECHER'}, "3"),
    ({"article": "becher \\"}, "3"),
    ({"article": "%"}, "3"),
    ({"article": "_"}, ""),
    ({"article": "quantity"}, ""),
    ({"article": "1500"}, ""),
    ({"value_from_cents": 1000, "value_to_cents": 3000}, "21"),
    ({"value_to_cents": 0}, "4"),
    ({"updated_from": days_ago(9), "updated_before": days_ago(3)}, "13"),
    ({"state": CartState.ABANDONED, "owner": Owner.CUSTOMER, "country": "AT", "article": "T1", "has_email": True, "source": "shop"}, "3"),
)


def test_a_filter_finds_what_it_says(connection: Connection) -> None:
    fill(connection)
    for wanted, found in FOUND:
        assert numbers(connection, CartFilter(**wanted)) == found, wanted
        assert sum(total.carts for total in cart_list.totals(connection, CartFilter(**wanted), NOW)) == len(found), wanted
        listed = cart_list.by_id(connection, CartFilter(**wanted), NOW, 99, 0)
        assert sorted(one.number[1:] for one in listed) == sorted(found), wanted
        if state := wanted.get("state"):
            assert {one.state for one in listed} <= {state}


def test_orders_and_totals(connection: Connection) -> None:
    fill(connection)
    assert [numbers(connection, CartFilter(), order) for order in CartOrder] == ["241357", "753142", "532174", "471235"]
    assert cart_list.totals(connection, CartFilter(), NOW) == [Total("EUR", 5, 1000 + 3000 + 7950 + 450), Total("CHF", 1, 99_999)]
    assert cart_list.totals(connection, CartFilter(country="FR"), NOW) == []
    assert cart_list.sources(connection) == ["api", "shop"]


def test_a_listed_cart_says_whose_it_is(connection: Connection) -> None:
    fill(connection)
    found = {one.number: one for one in cart_list.page(connection, CartFilter(), CartOrder.NEWEST, NOW, 99)}
    third = found["c3"]
    assert (third.customer_name, third.customer_number, third.email, third.country, third.pieces) == ("Anna Müller", "K3", "anna3@example.org", "AT", 4)
    assert third.deleted_at == days_ago(9) + timedelta(days=90)
    assert (found["c4"].email, found["c4"].customer_id, found["c4"].owner, found["c4"].state) == ("guest@example.org", None, Owner.NOBODY, CartState.RECOVERED)
    wish = cart_list.page(connection, CartFilter(kind=CartKind.WISHLIST), CartOrder.NEWEST, NOW, 9)[0]
    assert wish.state is None


def test_pages_leave_nothing_out_and_show_nothing_twice_however_many_are_equal(connection: Connection) -> None:
    chance = random.Random(7)
    wild = [cart(number, email="", updated_at=days_ago(chance.randrange(4)), items=(item(cents=chance.randrange(4)),)) for number in range(1, 41)]
    upsert_carts(connection, wild, SECRET)
    for order_ in CartOrder:
        whole = cart_list.page(connection, CartFilter(), order_, NOW, 99)
        pages: list[ListedCart] = []
        while found := cart_list.page(connection, CartFilter(), order_, NOW, 7, place_of(pages[-1], order_) if pages else None):
            pages += found
        assert [one.id for one in pages] == [one.id for one in whole] and len(whole) == 40
        keys = [place_of(one, order_) for one in whole]
        assert keys == sorted(keys, key=lambda place: (place.at, place.id), reverse=order_ in (CartOrder.NEWEST, CartOrder.HIGHEST))


def test_the_value_is_stored_with_the_cart_and_follows_it(connection: Connection) -> None:
    upsert_carts(connection, [cart(1, items=(item(quantity=3, cents=450), item(cents=1)))], SECRET)
    assert connection.execute(select(carts.c.value_cents)).scalar_one() == 1351
    upsert_carts(connection, [cart(1, updated_at=NOW, items=())], SECRET)
    assert connection.execute(select(carts.c.value_cents)).scalar_one() == 0


def test_a_carts_page_tells_the_order_after_it_and_the_letters_about_it(connection: Connection) -> None:
    fill(connection)
    store(connection, order(3, ordered_at=days_ago(1)), order(4, ordered_at=days_ago(6)))
    first, wish = (connection.execute(select(carts.c.id).where(carts.c.source_id == name)).scalar_one() for name in ("c1", "c6"))
    run, anna = start_run(connection), customer_id(connection)
    letter_id = add_letter(connection, run, anna, f"cart-{first}")
    add_letter(connection, run, anna, "order-1")
    page = cart_list.one(connection, first, NOW)
    assert page and page.ordered == ("A-1", days_ago(2))
    assert [(letter.id, letter.campaign, letter.step) for letter in page.letters] == [(letter_id, "winback", 1)]
    other = cart_list.one(connection, wish, NOW)
    assert other and (other.ordered, other.letters) == (None, ())
    assert cart_list.one(connection, 999, NOW) is None


def test_a_page_of_many_carts_is_read_off_an_index_and_never_sorted(connection: Connection) -> None:
    many = [cart(number, email="", updated_at=NOW - timedelta(minutes=number), items=(item(cents=number),)) for number in range(1, 3001)]
    upsert_carts(connection, many, SECRET)
    connection.exec_driver_sql("ANALYZE")
    for order_ in CartOrder:
        last = cart_list.page(connection, CartFilter(), order_, NOW, 50)[-1]
        for after in (None, place_of(last, order_)):
            told = plan(connection, order_, after)
            assert "ix_carts_" in told and "Seq Scan on carts" not in told, told
            assert "TEMP B-TREE" not in told and "->  Sort" not in told, told


def plan(connection: Connection, order_: CartOrder, after: cart_list.Place | None) -> str:
    """How the database reads a page."""
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    cart_list.page(connection, CartFilter(), order_, NOW, 50, after)
    event.remove(connection, "before_cursor_execute", note)
    words = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    return "\n".join(str(row) for row in connection.exec_driver_sql(f"{words} {asked[0][0]}", asked[0][1]))
