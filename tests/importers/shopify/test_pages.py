"""Is what has changed asked for rightly, and read to its end but no further?"""

from dataclasses import replace
from typing import Any

import pytest

from campaigns.record import Kind
from campaigns.rejection import RejectionReason
from importers.errors import (
    BrokenAnswer,
    TooExpensive,
)
from importers.shopify import STREAMS, pages
from importers.shopify.streams import STREAMS as BY_KIND
from tests.importers.shopify import samples
from tests.importers.shopify.kept import LONG_AGO, NOON, Kept
from tests.importers.shopify.scripted import Scripted, data, error
from tests.shops.shopify.faults import Fault
from tests.shops.shopify.server import MockShopify

pytestmark = pytest.mark.usefixtures("small_pages")


def test_a_page_that_is_too_expensive_is_asked_in_halves() -> None:
    def page(first: int, after: str | None) -> Any:
        start = int(after or 0)
        nodes = [samples.customer(number) for number in range(start + 1, min(start + first, 30) + 1)]
        return data({"customers": {"nodes": nodes, "pageInfo": {"hasNextPage": start + first < 30, "endCursor": str(start + first)}}, "total": {"count": 30}})

    mock = Scripted(error("MAX_COST_EXCEEDED"), page(10, None), page(10, "10"), page(10, "20"))
    kept = Kept(states={Kind.CUSTOMERS: dict(LONG_AGO)})
    with mock.shop() as shop:
        kept.run(shop, Kind.CUSTOMERS, NOON)
    assert len(kept.of(Kind.CUSTOMERS)) == 30
    assert [(mock.variables(number)["first"], mock.variables(number)["after"]) for number in range(4)] == [(20, None), (10, None), (10, "10"), (10, "20")]


def test_an_object_that_is_too_expensive_alone_ends_it() -> None:
    mock = Scripted(error("MAX_COST_EXCEEDED", "Query cost is 1200"))
    with mock.shop() as shop, pytest.raises(TooExpensive, match="Query cost is 1200"):
        Kept(states={Kind.CUSTOMERS: dict(LONG_AGO)}).run(shop, Kind.CUSTOMERS, NOON)
    assert [mock.variables(number)["first"] for number in range(len(mock.requests))] == [20, 10, 5, 2, 1]


def test_an_order_deleted_while_its_lines_are_asked_for_is_left_out() -> None:
    more = {"lineItems": {"nodes": [samples.line()], "pageInfo": {"hasNextPage": True, "endCursor": "a"}}}
    last = {"lineItems": {"nodes": [samples.line()], "pageInfo": {"hasNextPage": False, "endCursor": "a"}}}
    page = {"orders": {"nodes": [samples.order(1, **more), samples.order(2, **last)], "pageInfo": {"hasNextPage": False, "endCursor": "b"}}}
    kept = Kept(states={Kind.ORDERS: dict(LONG_AGO)})
    with Scripted(data(page), data({"node": None})).shop() as shop:
        kept.run(shop, Kind.ORDERS, NOON)
    assert [order.source_id for order in kept.of(Kind.ORDERS)] == ["2"]


def test_a_search_that_shopify_misreads_imports_nothing(mock: MockShopify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SEARCH", "updatedat:>='{since}' AND updated_at:<='{until}'")
    kept = Kept(states={Kind.CUSTOMERS: dict(LONG_AGO)})
    with pytest.raises(BrokenAnswer, match=r"gave everything instead .*updatedat"):
        kept.run_in(mock)
    assert (kept.records, kept.states) == ({}, {Kind.CUSTOMERS: LONG_AGO})


def test_timestamps_without_quotes_would_bring_what_is_long_known(mock: MockShopify, monkeypatch: pytest.MonkeyPatch) -> None:
    """Why they are quoted: Shopify would read the day alone."""
    kept = Kept()
    kept.run_in(mock)
    mock.world.change("Customer", 1)
    mock.clock.advance(3600)
    mock.world.change("Customer", 2)
    kept.states = {Kind.CUSTOMERS: {"watermark": mock.clock.iso()}}
    kept.run_in(mock)
    assert kept.read == 1
    monkeypatch.setattr(pages, "SEARCH", "updated_at:>={since} AND updated_at:<='{until}'")
    kept.run_in(mock)
    assert kept.read > 1


@pytest.mark.parametrize("kind", STREAMS)
def test_a_page_that_repeats_ends_it(mock: MockShopify, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BY_KIND, kind, replace(BY_KIND[kind], page_size=5))
    kept = Kept(states={kind: dict(LONG_AGO)})
    mock.faults.always(Fault.REPEATED_PAGE, operation=BY_KIND[kind].field)
    with pytest.raises(BrokenAnswer, match="the same page twice"):
        kept.run_in(mock, kind)
    assert len(kept.batches) == 1
    assert mock.log.count(BY_KIND[kind].field) == 2


@pytest.mark.parametrize(("cursors", "asked"), [(("a", "a"), 2), (("a", "b"), 2), (("a", ""), 2), (("a", None), 2)])
def test_pages_that_lead_nowhere_end_it(cursors: tuple[str | None, ...], asked: int) -> None:
    """The same cursor with other objects, the same objects with another cursor, no cursor at all."""
    moves = cursors[0] == cursors[1] or not cursors[1]
    answers = [
        data({"customers": {"nodes": [samples.customer(place if moves else 1)], "pageInfo": {"hasNextPage": True, "endCursor": cursor}}})
        for place, cursor in enumerate(cursors, 1)
    ]
    mock = Scripted(*answers)
    with mock.shop() as shop, pytest.raises(BrokenAnswer, match="the same page twice"):
        Kept(states={Kind.CUSTOMERS: dict(LONG_AGO)}).run(shop, Kind.CUSTOMERS, NOON)
    assert len(mock.requests) == asked


def test_lines_that_repeat_end_it() -> None:
    first = {"nodes": [samples.line()], "pageInfo": {"hasNextPage": True, "endCursor": "a"}}
    page = {"orders": {"nodes": [samples.order(1, lineItems=first)], "pageInfo": {"hasNextPage": False, "endCursor": "b"}}}
    mock = Scripted(data(page), data({"node": {"lineItems": first}}))
    with mock.shop() as shop, pytest.raises(BrokenAnswer, match="articles of gid://shopify/Order/1: Shopify gave the same page twice"):
        Kept(states={Kind.ORDERS: dict(LONG_AGO)}).run(shop, Kind.ORDERS, NOON)


@pytest.mark.parametrize("customers", [None, {}, {"nodes": None}, {"nodes": [None], "pageInfo": {}}, {"nodes": [], "pageInfo": None}, [], "x"])
def test_a_page_without_its_parts_ends_it(customers: object) -> None:
    with Scripted(data({"customers": customers})).shop() as shop, pytest.raises(BrokenAnswer, match="without objects or without its end"):
        Kept(states={Kind.CUSTOMERS: dict(LONG_AGO)}).run(shop, Kind.CUSTOMERS, NOON)


def test_a_bad_record_is_rejected_with_its_reason_and_the_rest_goes_on(mock: MockShopify) -> None:
    mock.world.change("Order", 4, totalPriceSet={"shopMoney": {"amount": "9" * 20}}, currentTotalPriceSet={"shopMoney": {"amount": "9" * 20}}, test=False)
    for state in ({}, LONG_AGO):
        kept = Kept(states={Kind.ORDERS: dict(state)})
        kept.run_in(mock, Kind.ORDERS)
        [rejection] = kept.rejections
        assert rejection.reason is RejectionReason.BAD_NUMBER
        assert rejection.key == mock.world.gid("Order", 4).rpartition("/")[2]
        assert (len(kept.of(Kind.ORDERS)), kept.read) == (59, 60)
