"""Does every record of a shop come in, first all and then what has changed, whatever interrupts?"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from campaigns.cart import Cart
from campaigns.order import OrderState
from campaigns.record import Kind
from importers.errors import WrongClock
from importers.shopify import STREAMS, Shop, fetching
from importers.shopify.streams import STREAMS as BY_KIND
from tests.importers.shopify import samples
from tests.importers.shopify.kept import LONG_AGO, NOON, Kept, entered
from tests.importers.shopify.scripted import Scripted, data
from tests.shops.shopify.orders import story
from tests.shops.shopify.server import MockShopify
from tests.shops.shopify.world import FIRST_KEY

MINUTE = 60.0
DAY = 86_400.0
TYPES = {Kind.CUSTOMERS: "Customer", Kind.ORDERS: "Order", Kind.CARTS: "AbandonedCheckout"}


@pytest.fixture
def mock() -> Iterator[MockShopify]:
    with MockShopify(customers=260, orders=120, checkouts=44, schema="small") as mock:
        yield mock


@pytest.fixture
def either_mock(schema: str) -> Iterator[MockShopify]:
    """One that executes our small schema, and one that executes all of Shopify's."""
    with MockShopify(customers=260, orders=120, checkouts=44, schema=schema) as mock:
        yield mock


def key(kind: Kind, number: int) -> str:
    return str(FIRST_KEY[TYPES[kind]] + number)


def numbers(kind: Kind, kept: Kept) -> list[int]:
    return sorted(int(record.source_id) - FIRST_KEY[TYPES[kind]] for record in kept.of(kind))


def imported(mock: MockShopify) -> Kept:
    kept = Kept()
    with entered(mock) as shop:
        kept.run_all(shop, mock.clock.now())
    return kept


def paged(mock: MockShopify, kind: Kind) -> Kept:
    """The whole stream once more, page by page."""
    kept = Kept(states={kind: dict(LONG_AGO)})
    with entered(mock) as shop:
        kept.run(shop, kind, mock.clock.now())
    return kept


def test_a_first_run_brings_everything_by_bulk_operation(either_mock: MockShopify) -> None:
    kept = imported(either_mock)
    assert [len(kept.of(kind)) for kind in STREAMS] == [260, 120, 44]
    assert kept.rejections == []
    assert either_mock.log.count("bulkOperationRunQuery") == either_mock.log.count("download") == 3
    assert [either_mock.log.count(BY_KIND[kind].field) for kind in STREAMS] == [0, 0, 0]
    assert all(set(state) == {"watermark"} for state in kept.states.values())


@pytest.mark.parametrize("kind", STREAMS)
def test_pages_bring_the_same_records_as_a_bulk_file(either_mock: MockShopify, kind: Kind) -> None:
    in_bulk = imported(either_mock).of(kind)
    assert in_bulk
    assert paged(either_mock, kind).of(kind) == in_bulk


def test_orders_come_with_their_states_and_all_their_lines(mock: MockShopify) -> None:
    kept = imported(mock)
    orders = {int(order.source_id) - FIRST_KEY["Order"]: order for order in kept.of(Kind.ORDERS)}
    assert len(orders[10].lines) == 60
    assert {orders[number].state for number in orders if story(number).test} == {OrderState.TEST}
    assert {orders[number].state for number in orders if story(number).cancelled and not story(number).test} == {OrderState.CANCELLED}
    partly = [orders[number] for number in orders if story(number).partly_refunded and not (story(number).test or story(number).cancelled)]
    assert {order.state for order in partly} == {OrderState.COMPLETED}
    guests = [order for order in orders.values() if not order.customer_number]
    assert guests
    assert {order.email for order in guests} == {""}
    customers = {customer.source_id: customer for customer in kept.of(Kind.CUSTOMERS)}
    assert {order.customer_number for order in orders.values()} - {""} <= set(customers)


def test_recovered_checkouts_are_told_apart(either_mock: MockShopify) -> None:
    carts: list[Cart] = imported(either_mock).of(Kind.CARTS)
    recovered = {int(cart.source_id) - FIRST_KEY["AbandonedCheckout"] for cart in carts if cart.completed_at}
    assert recovered == set(range(5, 45, 5))


@pytest.mark.parametrize("kind", [Kind.ORDERS, Kind.CARTS])
@pytest.mark.parametrize("lines", [20, 21, 120, 600])
def test_an_object_of_many_articles_comes_whole(mock: MockShopify, kind: Kind, lines: int) -> None:
    made = mock.world.get(TYPES[kind], 1)
    assert made
    first = made["lineItems"][0]
    item = first["id"].rpartition("/")[0]
    mock.world.change(TYPES[kind], 1, lineItems=[first | {"id": f"{item}/{place}", "sku": f"SKU-{place}"} for place in range(1, lines + 1)])
    for kept in (imported(mock), paged(mock, kind)):
        found = kept.records[kind, key(kind, 1)]
        items = found.items if isinstance(found, Cart) else found.lines  # type: ignore[union-attr]
        assert [item.sku for item in items] == [f"SKU-{place}" for place in range(1, lines + 1)]


def test_a_later_run_brings_what_has_changed_and_no_more(either_mock: MockShopify) -> None:
    kept = imported(either_mock)
    before = dict(kept.records)
    either_mock.clock.advance(DAY)
    either_mock.world.change("Customer", 7, firstName="Nora")
    either_mock.world.change("Order", 3, cancelledAt=either_mock.clock.iso())
    either_mock.world.change("AbandonedCheckout", 2, completedAt=either_mock.clock.iso())
    either_mock.world.add(
        "Customer",
        **{
            name: value
            for name, value in (either_mock.world.get("Customer", 8) or {}).items()
            if name not in {"id", "legacyResourceId", "updatedAt", "createdAt"}
        },
    )
    either_mock.clock.advance(MINUTE)
    with entered(either_mock) as shop:
        for kind, count in zip(STREAMS, (2, 1, 1), strict=True):
            kept.run(shop, kind, either_mock.clock.now())
            assert kept.read == count
    changed = {place for place, record in kept.records.items() if before.get(place) != record}
    assert changed == {
        (Kind.CUSTOMERS, key(Kind.CUSTOMERS, 7)),
        (Kind.CUSTOMERS, key(Kind.CUSTOMERS, 261)),
        (Kind.ORDERS, key(Kind.ORDERS, 3)),
        (Kind.CARTS, key(Kind.CARTS, 2)),
    }


def test_250_changed_customers_take_one_request(mock: MockShopify) -> None:
    kept = imported(mock)
    mock.clock.advance(DAY)
    for number in range(1, 251):
        mock.world.change("Customer", number, tags=["Herbst"])
    mock.clock.advance(MINUTE)
    with entered(mock) as shop:
        shop.check(whole=False)
        mock.log.clear()
        kept.run(shop, Kind.CUSTOMERS, mock.clock.now())
    assert kept.read == 250
    assert mock.log.count() == 1


def test_a_run_without_news_takes_one_request_a_stream(mock: MockShopify) -> None:
    kept = imported(mock)
    states = dict(kept.states)
    mock.clock.advance(DAY)
    with entered(mock) as shop:
        shop.check(whole=False)
        mock.log.clear()
        for kind in STREAMS:
            kept.run(shop, kind, mock.clock.now())
            assert (kept.read, [batch.share for batch in kept.batches]) == (0, [1.0])
    assert mock.log.count() == 3
    assert kept.states == states


def test_a_change_of_the_last_minutes_comes_again(mock: MockShopify) -> None:
    """Shopify's search lags: what it did not find ten minutes ago it may find now."""
    kept = imported(mock)
    mock.clock.advance(DAY)
    mock.world.change("Customer", 1, tags=["a"])
    with entered(mock) as shop:
        mock.clock.advance(MINUTE)
        kept.run(shop, Kind.CUSTOMERS, mock.clock.now())
        mock.world.change("Customer", 2, tags=["late"], updatedAt=(mock.clock.now() - timedelta(minutes=9)).strftime("%Y-%m-%dT%H:%M:%SZ"))
        kept.run(shop, Kind.CUSTOMERS, mock.clock.now())
    assert kept.records[Kind.CUSTOMERS, key(Kind.CUSTOMERS, 2)].tags == ("late",)  # type: ignore[union-attr]


def test_what_changes_after_the_end_of_the_run_comes_next_time(mock: MockShopify) -> None:
    kept = imported(mock)
    mock.clock.advance(DAY)
    until = mock.clock.now()
    mock.clock.advance(5)
    mock.world.change("Customer", 1, tags=["new"])
    with entered(mock) as shop:
        kept.run(shop, Kind.CUSTOMERS, until)
        assert kept.read == 0
        kept.run(shop, Kind.CUSTOMERS, mock.clock.now())
        assert kept.read == 1


def test_what_changes_while_a_bulk_operation_runs_comes_next_time(mock: MockShopify) -> None:
    """The operation began at noon, was read an hour later, and had passed customer 1 before half past twelve."""
    kept = Kept()
    with entered(mock) as shop:
        kept.run(shop, Kind.CUSTOMERS, mock.clock.now(), batches=1)
        meanwhile = mock.clock.now() + timedelta(minutes=30)
        mock.clock.advance(60 * MINUTE)
        kept.run(shop, Kind.CUSTOMERS, mock.clock.now())
        mock.world.change("Customer", 1, tags=["meanwhile"], updatedAt=meanwhile.strftime("%Y-%m-%dT%H:%M:%SZ"))
        kept.run(shop, Kind.CUSTOMERS, mock.clock.now())
    assert kept.records[Kind.CUSTOMERS, key(Kind.CUSTOMERS, 1)].tags == ("meanwhile",)  # type: ignore[union-attr]


def test_a_killed_run_goes_on_with_the_same_bulk_operation(mock: MockShopify) -> None:
    kept = Kept()
    with entered(mock) as shop:
        kept.run(shop, Kind.CUSTOMERS, mock.clock.now(), batches=1)
        assert set(kept.states[Kind.CUSTOMERS]) == {"operation"}
        kept.run(shop, Kind.CUSTOMERS, mock.clock.now(), batches=1)
        kept.run(shop, Kind.CUSTOMERS, mock.clock.now())
    assert len(kept.of(Kind.CUSTOMERS)) == 260
    assert mock.log.count("bulkOperationRunQuery") == 1


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "BATCH", 70)
    for kind, stream in BY_KIND.items():
        monkeypatch.setitem(BY_KIND, kind, replace(stream, page_size=20))


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("kind", STREAMS)
def test_a_run_killed_after_any_batch_and_begun_again_ends_as_an_undisturbed_one(mock: MockShopify, kind: Kind) -> None:
    undisturbed, killed = Kept(), Kept()
    with entered(mock) as shop:
        undisturbed.run(shop, kind, mock.clock.now())
        assert run_with_kills(killed, shop, kind, mock.clock.now()) >= 2
        assert (killed.records, set(killed.states[kind])) == (undisturbed.records, {"watermark"})
        killed.states = {kind: dict(undisturbed.states[kind])}
        mock.clock.advance(DAY)
        for number in range(1, 45):
            mock.world.change(TYPES[kind], number, **CHANGES[kind])
            mock.clock.advance(3 * MINUTE)
        undisturbed.run(shop, kind, mock.clock.now())
        assert run_with_kills(killed, shop, kind, mock.clock.now()) >= 2
    assert killed.records == undisturbed.records
    assert killed.states == undisturbed.states


CHANGES: dict[Kind, dict[str, Any]] = {
    Kind.CUSTOMERS: {"tags": ["Herbst"]},
    Kind.ORDERS: {"displayFinancialStatus": "REFUNDED"},
    Kind.CARTS: {"completedAt": "2026-11-02T12:00:00Z"},
}


def run_with_kills(kept: Kept, shop: Shop, kind: Kind, until: datetime) -> int:
    """Killed after the first batch, then after the second, and so on until there are no more; gives how many kills it took."""
    kills = 0
    while True:
        kept.run(shop, kind, until, batches=kills + 1)
        if len(kept.batches) <= kills:
            return kills
        kills += 1


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("kind", STREAMS)
@pytest.mark.parametrize("state", [{}, LONG_AGO])
def test_each_record_has_its_place_and_the_way_is_seen(mock: MockShopify, kind: Kind, state: dict[str, str]) -> None:
    kept = Kept(states={kind: state})
    with entered(mock) as shop:
        kept.run(shop, kind, mock.clock.now())
    positions = [position for batch in kept.batches for position in batch.positions]
    assert positions == list(range(1, len(kept.of(kind)) + 1))
    shares = [batch.share for batch in kept.batches]
    assert None not in shares
    assert shares == sorted(shares)  # type: ignore[type-var]
    assert len(set(shares)) >= 2
    assert shares[-1] == 1.0


@pytest.mark.usefixtures("small_batches")
def test_the_watermark_moves_with_each_page_only_where_pages_come_in_that_order(mock: MockShopify) -> None:
    customers, carts = paged(mock, Kind.CUSTOMERS), paged(mock, Kind.CARTS)
    marks = [batch.state["watermark"] for batch in customers.batches if batch.state]
    assert len(marks) == len(customers.batches) == 13
    assert marks == sorted(marks)
    assert len(set(marks)) == 13
    assert [batch.state is None for batch in carts.batches] == [True, True, False]


def test_a_time_from_the_future_does_not_hide_later_changes() -> None:
    page = {"customers": {"nodes": [samples.customer(1, updatedAt="2099-01-01T00:00:00Z")], "pageInfo": {"hasNextPage": False, "endCursor": "a"}}}
    kept = Kept(states={Kind.CUSTOMERS: dict(LONG_AGO)})
    with Scripted(data(page)).shop() as shop:
        kept.run(shop, Kind.CUSTOMERS, NOON)
    assert kept.states == {Kind.CUSTOMERS: {"watermark": "2026-11-01T12:00:00Z"}}
    assert len(kept.of(Kind.CUSTOMERS)) == 1


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("kind", STREAMS)
def test_what_changes_while_pages_are_read_comes_next_time_though_our_clock_is_ahead(mock: MockShopify, kind: Kind) -> None:
    """The walk takes a quarter of an hour: longer than the overlap of two runs."""
    kept = imported(mock)
    mock.clock.advance(DAY)
    for number in range(1, 45):
        mock.world.change(TYPES[kind], number, updatedAt=mock.clock.iso())
    mock.clock.advance(MINUTE)
    began = mock.clock.now()
    with entered(mock) as shop:
        batches = fetching.fetch(shop, kind, "shopify", kept.states[kind], began + timedelta(hours=1))
        state = dict(next(batches).state or {})
        mock.world.change(TYPES[kind], 1, **CHANGES[kind])
        mock.clock.advance(15 * MINUTE)
        mock.world.change(TYPES[kind], 44, updatedAt=mock.clock.iso())
        for batch in batches:
            state = dict(batch.state or state)
        assert datetime.fromisoformat(state["watermark"]) <= began
        later = Kept(states={kind: state})
        later.run(shop, kind, mock.clock.now())
    assert (kind, key(kind, 1)) in later.records


@pytest.mark.parametrize("ours", [timedelta(0), timedelta(days=400)])
def test_a_watermark_from_the_future_is_an_error_and_no_empty_success(mock: MockShopify, ours: timedelta) -> None:
    kept = Kept(states={Kind.ORDERS: {"watermark": "2027-11-01T12:00:00Z"}})
    with entered(mock) as shop, pytest.raises(WrongClock, match="import everything once more"):
        kept.run(shop, Kind.ORDERS, mock.clock.now() + ours)


@pytest.mark.parametrize("kind", STREAMS)
def test_a_shop_without_anything_is_read_to_its_end(kind: Kind) -> None:
    """A bulk operation that found nothing has no file."""
    with MockShopify(customers=0, orders=0, checkouts=0, schema="small") as mock, entered(mock) as shop:
        kept = Kept()
        kept.run(shop, kind, mock.clock.now())
        assert kept.states == {kind: {"watermark": mock.bulk.operations[0].created_at}}
        kept.run(shop, kind, mock.clock.now())
    assert kept.records == {}
    assert mock.log.count("download") == 0
