"""Does the mock answer as Shopify itself answered, where that was recorded?"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from graphql import FieldNode

from tests.shops.shopify.bulk_lines import written
from tests.shops.shopify.cost import Costing
from tests.shops.shopify.parts import Parts, make_parts
from tests.shops.shopify.recorded import Exchange, exchanges, has_recordings, recorded_file
from tests.shops.shopify.schema import has_full, load_schema
from tests.shops.shopify.settings import Settings

pytestmark = pytest.mark.skipif(not (has_recordings() and has_full()), reason="needs ../shared/data: Shopify's schema and the recorded answers")

PLAYED = frozenset(
    [
        "customers",
        "customersCount",
        "customer",
        "orders",
        "ordersCount",
        "order",
        "abandonedCheckouts",
        "node",
        "nodes",
        "shop",
        "currentAppInstallation",
        "bulkOperation",
        "bulkOperations",
        "currentBulkOperation",
        "bulkOperationRunQuery",
        "bulkOperationCancel",
    ]
)
KINDS = {
    "gid": re.compile(r"gid://shopify/\w+/\d+(\?.*)?"),
    "time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    "cursor": re.compile(r"eyJsYXN0X2lkIjo[\w=]+"),
    "address": re.compile(r"https?://.+"),
    "number": re.compile(r"\d+(\.\d+)?"),
}
"""Kinds of text that must be of the same kind in both answers."""
FREE_TEXT = frozenset({"firstName", "lastName", "name", "displayName", "note", "zip", "address1", "address2", "phone", "sku", "title", "tags"})


@pytest.fixture(scope="module")
def shop() -> Iterator[Parts]:
    parts = make_parts({"Customer": 50, "Order": 50, "AbandonedCheckout": 20}, Settings(bucket=2000, bulk_polls=3))
    parts.bulk.address = "http://127.0.0.1:1"
    yield parts
    parts.bulk.close()


def ask(shop: Parts, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    return shop.answering.answer(shop.answering.read({"query": query, "variables": variables}), None)


def tops(exchange: Exchange) -> set[str]:
    return {node.name.value for node in exchange.operation.selection_set.selections if isinstance(node, FieldNode)}


def own_ids(shop: Parts, text: str, exchange: Exchange) -> str:
    """The recording's ids become ours, unless Shopify knew no such object."""
    if exchange.body.get("data") and all(not value for value in exchange.body["data"].values()):
        return text
    text = re.sub(r"gid://shopify/Customer/\d+", shop.world.gid("Customer", 3), text)
    return re.sub(r"gid://shopify/Order/\d+", shop.world.gid("Order", 3), text)


def operation_as_recorded(shop: Parts, exchange: Exchange) -> str:
    """A bulk operation of ours that stands where the recorded one stood; gives its id."""
    for operation in shop.bulk.operations:
        shop.bulk.cancel(operation.gid)
        shop.bulk.poll(operation.gid)
    started = shop.bulk.start("{ customers { edges { node { id } } } }", grouped=False)["bulkOperation"]["id"]
    data = exchange.body.get("data") or {}
    state = data.get("bulkOperation") or data.get("bulkOperationCancel", {}).get("bulkOperation") or {}
    polls = {"RUNNING": 1, "COMPLETED": 3}.get(state.get("status", ""), 0)
    for _ in range(polls):
        shop.bulk.poll(started)
    if state.get("status") in ("CANCELING", "CANCELED") and "bulkOperationCancel" not in tops(exchange):
        shop.bulk.cancel(started)
    return str(started)


def differences(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    """Where two answers have other keys, or values of another kind; null and empty lists tell nothing."""
    if ours is None or theirs is None:
        return
    if isinstance(theirs, dict) and isinstance(ours, dict):
        if set(ours) != set(theirs):
            yield f"{path}: keys {sorted(set(ours) ^ set(theirs))}"
        for key in set(ours) & set(theirs):
            yield from differences(ours[key], theirs[key], f"{path}.{key}")
    elif isinstance(theirs, list) and isinstance(ours, list):
        if ours and theirs:
            yield from differences(ours[0], theirs[0], f"{path}[0]")
    elif type(ours) is not type(theirs):
        yield f"{path}: {ours!r} is no {type(theirs).__name__}"
    elif isinstance(theirs, str) and path.removesuffix("[0]").rpartition(".")[2] not in FREE_TEXT and kind(ours) != kind(theirs):
        yield f"{path}: {ours!r} looks not like {theirs!r}"


def kind(text: str) -> str:
    return next((name for name, pattern in KINDS.items() if pattern.fullmatch(text)), "text")


def replay(shop: Parts, exchange: Exchange) -> dict[str, Any]:
    """Our answer to a recorded request, asked for objects of ours."""
    query, variables = own_ids(shop, exchange.query, exchange), json.loads(own_ids(shop, json.dumps(exchange.variables), exchange))
    if "BulkOperation/" in json.dumps(variables) and any((exchange.body.get("data") or {"": 1}).values()):
        known = operation_as_recorded(shop, exchange)
        if "does not exist" not in json.dumps(exchange.body):
            variables = json.loads(re.sub(r"gid://shopify/BulkOperation/\d+", known, json.dumps(variables)))
    shop.clock.advance(60)  # the bucket is full again
    return ask(shop, query, variables)


def why_not(ours: dict[str, Any], exchange: Exchange) -> str:
    """Why an answer of ours cannot be compared, "" if it can."""
    errors = json.dumps(ours.get("errors", ""))
    if "The mock" in errors:
        return "not played"
    if "errors" not in exchange.body and "Expected value to not be null" in errors:
        return "recorded without its variables"
    if "errors" not in exchange.body and ("doesn't exist on type" in errors or "doesn't accept argument" in errors):
        return "no longer in 2026-10"
    if any(".data" in line and ": keys" in line for line in differences(ours.get("data"), exchange.body.get("data"), ".data")):
        return "recorded for another query"  # graphql-core answers exactly what is asked, so it is not the mock that differs
    return ""


def test_answers_have_the_shape_of_recorded_ones(shop: Parts, record_property: Callable[[str, object], None]) -> None:
    seen: Counter[str] = Counter()
    wrong: list[str] = []
    for exchange in exchanges():
        if not tops(exchange) <= PLAYED or "OPERATION_IN_PROGRESS" in json.dumps(exchange.body):
            continue
        ours = replay(shop, exchange)
        reason = why_not(ours, exchange)
        seen[reason or ("compared" if any((exchange.body.get("data") or {}).values()) else "compared: errors and nulls")] += 1
        if reason:
            continue
        theirs = {key: value for key, value in exchange.body.items() if key in ("data", "errors", "extensions")}
        if "extensions" not in theirs:
            ours.pop("extensions", None)  # the recorder did not always keep them
        wrong += [f"{exchange.file} {exchange.query[:60]!r}: {line}" for line in differences(ours, theirs)]
    record_property("seen", dict(seen))
    assert wrong == []
    assert seen["compared"] >= 180, seen
    assert seen["compared: errors and nulls"] >= 15, seen


def test_errors_have_the_words_of_recorded_ones(shop: Parts) -> None:
    compared = 0
    for exchange in exchanges():
        if not tops(exchange) <= PLAYED or "errors" not in exchange.body:
            continue
        ours = replay(shop, exchange)
        if why_not(ours, exchange):
            continue
        compared += 1
        first, recorded = ours["errors"][0], exchange.body["errors"][0]
        assert [first.get(key) for key in ("message", "path", "extensions")] == [recorded.get(key) for key in ("message", "path", "extensions")], exchange.file
    assert compared >= 10, compared


def test_bulk_operations_are_refused_in_recorded_words(shop: Parts) -> None:
    compared = 0
    for exchange in exchanges():
        payload = (exchange.body.get("data") or {}).get("bulkOperationRunQuery")
        if not payload or not payload["userErrors"] or payload["userErrors"][0].get("code") != "INVALID":
            continue
        ours = replay(shop, exchange)
        assert ours["data"]["bulkOperationRunQuery"] == payload, exchange.variables
        compared += 1
    assert compared >= 9, compared


def test_one_bulk_operation_too_many_is_refused_in_recorded_words(shop: Parts) -> None:
    recorded = next(exchange for exchange in exchanges() if "A bulk query operation" in json.dumps(exchange.body))
    theirs = recorded.body["data"]["bulkOperationRunQuery"]
    for operation in shop.bulk.operations:
        operation.status = "COMPLETED"
    shop.settings.bulk_limit = message_ids = theirs["userErrors"][0]["message"].count("gid://")
    for _ in range(message_ids):
        ask(shop, recorded.query, recorded.variables)
    ours = ask(shop, recorded.query, recorded.variables)["data"]["bulkOperationRunQuery"]
    shop.settings.bulk_limit = 5
    without_ids = [re.sub(r"\d+", "N", json.dumps(payload, sort_keys=True)) for payload in (ours, theirs)]
    assert without_ids[0] == without_ids[1]


def test_a_bulk_file_is_written_as_the_recorded_one() -> None:
    path = "2026-04/bulk-operations/bulk-operation-root-count-and-search-filters.json"
    result = recorded_file(path)["run"]["result"]
    assert b"".join(written(record) for record in result["records"]).decode() == result["body"]


def test_queries_cost_what_they_cost_there() -> None:
    schema = load_schema("full")
    asked: Counter[bool] = Counter()  # the misses are 47 times one query for products, and mutations that we never ask
    close: Counter[bool] = Counter()
    for exchange in exchanges():
        cost = exchange.body.get("extensions", {}).get("cost")
        if cost is None or "__type(" in exchange.query:
            continue
        costing = Costing(schema, exchange.operation, exchange.fragments, exchange.values)
        asked[costing.requested() == cost["requestedQueryCost"]] += 1
        close[abs(costing.actual(exchange.body.get("data")) - cost["actualQueryCost"]) <= 2] += 1
    assert asked[True] >= 1200
    assert asked[True] / asked.total() >= 0.95
    assert close[True] / close.total() >= 0.85


def test_what_the_importers_ask_costs_what_such_queries_cost_there(shop: Parts) -> None:
    """Of the requests that the mock plays, each costs exactly what was recorded."""
    different = []
    for exchange in exchanges():
        cost = exchange.body.get("extensions", {}).get("cost")
        if cost is None or not tops(exchange) <= PLAYED:
            continue
        ours = replay(shop, exchange)
        if not why_not(ours, exchange) and ours["extensions"]["cost"]["requestedQueryCost"] != cost["requestedQueryCost"]:
            different.append((cost["requestedQueryCost"], ours["extensions"]["cost"]["requestedQueryCost"], exchange.query))
    assert different == []
