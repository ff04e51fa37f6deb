"""Is every answer understood, those that look good too, and no query sent before its time?"""

import json

import httpx
import pytest

from importers.errors import BrokenAnswer, MissingScope, ShopFrozen, ShopRefused, ShopUnreachable, TooExpensive, UnknownShop, WrongApiVersion
from importers.shopify.pace import JITTER
from importers.shopify.queries import VERSION
from tests.importers.shopify.scripted import Answer, Scripted, data, error

QUERY = "query Q($first:Int){customers(first:$first){nodes{id}}}"


def ask(mock: Scripted, times: int = 1, first: int = 250) -> list[dict[str, object]]:
    with mock.shop() as shop:
        return [shop.graph.execute(QUERY, {"first": first}) for _ in range(times)]


def test_a_query_goes_to_the_version_we_know() -> None:
    mock = Scripted(data({"customers": {"nodes": []}}))
    assert ask(mock) == [{"customers": {"nodes": []}}]
    [request] = mock.requests
    assert request.url == f"https://my-shop.myshopify.com/admin/api/{VERSION}/graphql.json"
    assert json.loads(request.content) == {"query": QUERY, "variables": {"first": 250}}


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (httpx.Response(402), ShopFrozen, "frozen for an unpaid bill .* the next run then goes on"),
        (httpx.Response(423), ShopFrozen, "locked"),
        (httpx.Response(403), ShopRefused, "forbids this app"),
        (httpx.Response(404), UnknownShop, "There is no shop my-shop.myshopify.com"),
        (httpx.Response(418), BrokenAnswer, "HTTP 418"),
        (httpx.Response(200, text="<html>"), BrokenAnswer, "something else than JSON"),
        (httpx.Response(200, text='{"data": {"a": 1'), BrokenAnswer, "something else than JSON"),
        (httpx.Response(200, text="[" * 100_000), BrokenAnswer, "something else than JSON"),
        (httpx.Response(200, text="[]"), BrokenAnswer, "something else than JSON"),
        (httpx.Response(200, json={}), BrokenAnswer, "without data"),
        (
            httpx.Response(200, json={"data": {}}, headers={"X-Shopify-API-Version": "2027-01"}),
            WrongApiVersion,
            "asked by API version 2026-10 and answered by 2027-01",
        ),
        (error("ACCESS_DENIED", requiredAccess="`read_orders` access scope."), MissingScope, "`read_orders` access scope"),
        (error("ACCESS_DENIED", "This app is not approved to access the Customer object."), MissingScope, "not approved to access the Customer"),
        (error("MAX_COST_EXCEEDED", "Query cost is 2000, which exceeds 1000"), TooExpensive, "exceeds 1000"),
        (error("undefinedField", "Field 'nam' doesn't exist on type 'Shop'"), BrokenAnswer, r"\(undefinedField: Field 'nam'"),
        (data(errors="[API] Invalid"), BrokenAnswer, r"\[API\] Invalid"),
        (data(errors=[{"message": "Parse error"}]), BrokenAnswer, "Parse error"),
        (data(errors=["Parse error"]), BrokenAnswer, "Parse error"),
        (
            data({"customers": {}}, extensions={"search": [{"warnings": [{"field": "updatedat", "message": "Invalid search field for this query."}]}]}),
            BrokenAnswer,
            "gave everything instead .*updatedat: Invalid search field",
        ),
    ],
)
def test_an_answer_that_must_not_be_taken(answer: httpx.Response, kind: type[Exception], says: str) -> None:
    mock = Scripted(answer)
    with pytest.raises(kind, match=says):
        ask(mock)
    assert len(mock.requests) == 1


def test_a_search_without_warnings_is_fine() -> None:
    assert ask(Scripted(data({"a": 1}, extensions={"search": [{"path": ["customers"], "warnings": []}]}))) == [{"a": 1}]


@pytest.mark.parametrize("trouble", [error("INTERNAL_SERVER_ERROR"), httpx.Response(503), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut")])
def test_trouble_of_the_shops_own_is_asked_again_after_growing_pauses(trouble: Answer) -> None:
    mock = Scripted(trouble, trouble, data({"a": 1}))
    assert ask(mock) == [{"a": 1}]
    assert mock.pauses == [0.5, 1.0]


def test_too_many_requests_wait_as_long_as_they_are_told() -> None:
    mock = Scripted(httpx.Response(429, headers={"Retry-After": "2"}), data())
    ask(mock)
    assert mock.pauses == [2.0]


def test_lasting_trouble_ends_in_later() -> None:
    with pytest.raises(ShopUnreachable, match="8 attempts; the last time: an internal error of Shopify's"):
        ask(Scripted(error("INTERNAL_SERVER_ERROR")))


def test_a_refused_query_waits_until_the_bucket_holds_it() -> None:
    """(202 points asked for - 52 left) / 100 a second."""
    mock = Scripted(error("THROTTLED", cost=(202, 52)), data({"a": 1}, cost=(202, 500)))
    assert ask(mock) == [{"a": 1}]
    [pause] = mock.pauses
    assert 1.5 < pause <= 1.5 + JITTER


def test_the_next_query_waits_before_it_is_refused() -> None:
    mock = Scripted(data(cost=(300, 400)), data(cost=(300, 100)), data(cost=(300, 100)))
    ask(mock, times=3)
    assert mock.pauses == [2.0]
    assert len(mock.requests) == 3


def test_time_that_passes_anyway_fills_the_bucket() -> None:
    mock = Scripted(data(cost=(300, 100)))
    with mock.shop() as shop:
        shop.graph.execute(QUERY, {"first": 250})
        mock.now += 1.5
        shop.graph.execute(QUERY, {"first": 250})
    assert mock.pauses == [0.5]


def test_a_full_bucket_is_no_fuller_than_its_size() -> None:
    mock = Scripted(data(cost=(900, 100)), data(cost=(900, 100)))
    with mock.shop() as shop:
        shop.graph.execute(QUERY, {"first": 250})
        mock.now += 1_000_000
        shop.graph.execute(QUERY, {"first": 250})
        shop.graph.execute(QUERY, {"first": 250})
    assert mock.pauses == [8.0]


def test_a_smaller_page_has_a_cost_of_its_own() -> None:
    mock = Scripted(data(cost=(300, 100)))
    with mock.shop() as shop:
        shop.graph.execute(QUERY, {"first": 250})
        shop.graph.execute(QUERY, {"first": 10})
    assert mock.pauses == []


@pytest.mark.parametrize("cost", [None, 7, {}, {"requestedQueryCost": "many"}, {"requestedQueryCost": 900, "throttleStatus": {"currentlyAvailable": 0}}])
def test_a_cost_that_cannot_be_read_slows_nothing(cost: object) -> None:
    mock = Scripted(data({"a": 1}, extensions={"cost": cost}))
    assert ask(mock, times=2) == [{"a": 1}] * 2
    assert mock.pauses == []
