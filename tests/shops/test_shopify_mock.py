"""Does the mock Shopify do what Shopify does, above all what hurts?"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLSchema, is_required_argument, parse, validate

from importers.shopify import discounts, queries
from importers.shopify.streams import STREAMS
from tests.shops.shopify.access import WALL
from tests.shops.shopify.client import Client, Shops, open_shops
from tests.shops.shopify.faults import STATUS, Fault
from tests.shops.shopify.schema import has_full, load_schema
from tests.shops.shopify.server import MockShopify

IDS = (
    "query Ids($first:Int!,$after:String,$q:String){customers(first:$first,after:$after,sortKey:UPDATED_AT,query:$q)"
    "{nodes{id updatedAt} pageInfo{hasNextPage endCursor}}}"
)
ORDERS = "query Orders($q:String){orders(first:250,sortKey:CREATED_AT,query:$q){nodes{id createdAt}}}"
needs_full = pytest.mark.skipif(not has_full(), reason="needs ../shared/data/shopify-schema")


@pytest.fixture
def shop() -> Iterator[Shops]:
    with open_shops() as start:
        yield start


def all_queries() -> dict[str, str]:
    """Everything that the importer asks, by where it stands."""
    constants = {name: value for name, value in vars(queries).items() if isinstance(value, str) and value.startswith(("query", "mutation"))}
    polls = {f"poll_bulk({stream.field})": queries.poll_bulk(stream.field) for stream in STREAMS.values()}
    streams = {
        f"{stream.field}.{name}": value
        for stream in STREAMS.values()
        for name, value in (("page", stream.page_query), ("bulk", stream.bulk_query), ("lines", stream.lines_query))
        if value
    }
    assert constants and len(streams) >= 6
    named = {f"discounts.{name}": value for name, value in vars(discounts).items() if isinstance(value, str)}
    into_the_shop = {name: value for name, value in named.items() if value.startswith(("query", "mutation"))}
    assert len(into_the_shop) == 8
    return {**constants, **polls, **streams, **into_the_shop}


# --- the schema


@needs_full
def test_our_schema_is_a_part_of_shopifys() -> None:
    small, full = load_schema("small"), load_schema("full")
    wrong = []
    for name, ours in small.type_map.items():
        if name.startswith("__"):
            continue
        theirs = full.type_map.get(name)
        if theirs is None or type(theirs) is not type(ours):
            wrong.append(name)
        elif isinstance(ours, GraphQLInputObjectType) and isinstance(theirs, GraphQLInputObjectType):
            known = {field: str(told.type) for field, told in theirs.fields.items()}
            wrong += [f"{name}.{field}" for field, told in ours.fields.items() if known.get(field) != str(told.type)]
        elif isinstance(ours, GraphQLEnumType) and isinstance(theirs, GraphQLEnumType):
            wrong += [f"{name}.{value}" for value in ours.values if value not in theirs.values]
        else:
            wrong += list(field_differences(name, ours, theirs))
    assert wrong == []
    assert len(small.type_map) > 60


def field_differences(name: str, ours: Any, theirs: Any) -> Iterator[str]:
    for interface in getattr(ours, "interfaces", ()):
        if interface.name not in {other.name for other in theirs.interfaces}:
            yield f"{name} implements {interface.name}"
    for field_name, field in getattr(ours, "fields", {}).items():
        other = theirs.fields.get(field_name)
        if other is None or str(other.type) != str(field.type):
            yield f"{name}.{field_name}"
            continue
        for arg_name, arg in field.args.items():
            known = other.args.get(arg_name)
            if known is None or (str(known.type), known.default_value) != (str(arg.type), arg.default_value):
                yield f"{name}.{field_name}({arg_name})"
        for arg_name, known in other.args.items():
            if is_required_argument(known) and arg_name not in field.args:
                yield f"{name}.{field_name} without {arg_name}"


@pytest.mark.parametrize("which", ["small", pytest.param("full", marks=needs_full)])
def test_every_query_of_the_importer_is_valid(which: str) -> None:
    schema: GraphQLSchema = load_schema(which)
    assert {name: [error.message for error in validate(schema, parse(query))] for name, query in all_queries().items()} == {name: [] for name in all_queries()}


def test_what_the_query_language_does_not_know_is_refused_in_shopifys_words(shop: Shops) -> None:
    error = shop().body("query Wrong{shop{nme}}")["errors"][0]
    assert error["message"] == "Field 'nme' doesn't exist on type 'Shop'"
    assert error["path"] == ["query Wrong", "shop", "nme"]
    assert error["extensions"] == {"code": "undefinedField", "typeName": "Shop", "fieldName": "nme"}


# --- letting in


def grant(client: Client, secret: str, accept: str = "application/json") -> httpx.Response:
    form = {"grant_type": "client_credentials", "client_id": client.mock.client_id, "client_secret": secret}
    return client.http.post(f"{client.mock.url}/admin/oauth/access_token", data=form, headers={"Accept": accept})


def test_an_issued_token_is_good_until_its_time_is_over(shop: Shops) -> None:
    client = shop(token_seconds=3600)
    answer = grant(client, client.mock.client_secret).json()
    assert answer["expires_in"] == 3600
    assert "read_all_orders" in answer["scope"].split(",")
    assert client.post("{shop{name}}", token=answer["access_token"]).status_code == 200
    client.mock.clock.advance(3600)
    assert client.post("{shop{name}}", token=answer["access_token"]).status_code == 401


def test_a_wrong_secret_is_refused_as_json_or_as_a_page(shop: Shops) -> None:
    client = shop()
    answer = grant(client, "wrong")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")
    page = grant(client, "wrong", accept="*/*")
    assert page.status_code == 400
    assert "Oauth error invalid_client" in page.text


def test_a_fixed_token_can_be_revoked_and_a_made_up_one_is_refused(shop: Shops) -> None:
    client = shop()
    assert client.post("{shop{name}}", token="shpat_made_up").status_code == 401
    client.mock.settings.fixed_token = False
    assert client.post("{shop{name}}").json() == {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}


def test_an_unsupported_version_falls_forward_to_the_oldest(shop: Shops) -> None:
    client = shop()
    assert client.post("{shop{name}}", version="2026-10").headers["X-Shopify-API-Version"] == "2026-10"
    assert client.post("{shop{name}}", version="2024-01").headers["X-Shopify-API-Version"] == "2026-01"


# --- lists


def walk(client: Client, first: int = 7, between: Callable[[], object] = lambda: None, q: str | None = None) -> list[str]:
    ids, after = [], None
    while True:
        page = client.data(IDS, first=first, after=after, q=q)["customers"]
        ids += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return ids
        after = page["pageInfo"]["endCursor"]
        between()


def test_pages_give_every_customer_once_in_order_of_change(shop: Shops) -> None:
    client = shop()
    nodes = client.data(IDS, first=250)["customers"]["nodes"]
    assert [node["updatedAt"] for node in nodes] == sorted(node["updatedAt"] for node in nodes)
    assert walk(client) == [node["id"] for node in nodes]
    assert len(set(walk(client))) == 40


def test_who_is_changed_while_somebody_pages_comes_again_and_nobody_is_lost(shop: Shops) -> None:
    client = shop()
    everybody = walk(client)
    changed: list[str] = []

    def change() -> None:
        if not changed:
            changed.append(everybody[0])
            client.mock.world.change("Customer", client.mock.world.number("Customer", everybody[0]) or 0, firstName="Neu")

    assert walk(client, between=change) == [*everybody, changed[0]]


def test_who_is_removed_while_somebody_pages_takes_nobody_along(shop: Shops) -> None:
    client = shop()
    everybody = walk(client)
    gone = everybody[6]  # the last of the first page: the cursor points at it

    def remove() -> None:
        if client.mock.world.number("Customer", gone):
            client.mock.world.remove("Customer", client.mock.world.number("Customer", gone) or 0)

    assert walk(client, between=remove) == everybody
    assert gone not in walk(client)


def test_added_and_changed_objects_are_in_lists_counts_and_by_id(shop: Shops) -> None:
    client = shop()
    number = client.mock.world.add("Order", customer=3, name="#NEU", totalPriceSet={"shopMoney": {"amount": "9.9"}})
    asked = client.data(
        "query O($id:ID!){order(id:$id){name customer{id} totalPriceSet{shopMoney{amount currencyCode}}} ordersCount{count}}",
        id=client.mock.world.gid("Order", number),
    )
    assert asked["order"] == {
        "name": "#NEU",
        "customer": {"id": client.mock.world.gid("Customer", 3)},
        "totalPriceSet": {"shopMoney": {"amount": "9.9", "currencyCode": "EUR"}},
    }
    assert asked["ordersCount"]["count"] == 61
    orders = client.data(
        "query C($id:ID!){customer(id:$id){numberOfOrders lastOrder{name} orders(first:9){nodes{name}}}}", id=client.mock.world.gid("Customer", 3)
    )
    assert orders["customer"]["numberOfOrders"] == "3"
    assert orders["customer"]["lastOrder"] == {"name": "#NEU"}
    assert [order["name"] for order in orders["customer"]["orders"]["nodes"]] == ["#1003", "#1043", "#NEU"]


@pytest.mark.parametrize("first", [None, 251])
def test_a_page_has_a_size_of_at_most_250(shop: Shops, first: int | None) -> None:
    client = shop()
    body = client.body("query($first:Int){customers(first:$first){nodes{id}}}", first=first)
    assert body["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert body["data"] is None


def test_a_nested_list_stops_without_a_word_and_can_be_drained(shop: Shops) -> None:
    client = shop()
    line = "lineItems(first:$n,after:$after){nodes{id} pageInfo{hasNextPage endCursor}}"
    query = f"query L($id:ID!,$n:Int!,$after:String){{node(id:$id){{...on Order{{{line}}}}}}}"
    order = client.mock.world.gid("Order", 10)
    first = client.data(query, id=order, n=50)["node"]["lineItems"]
    rest = client.data(query, id=order, n=50, after=first["pageInfo"]["endCursor"])["node"]["lineItems"]
    assert (len(first["nodes"]), first["pageInfo"]["hasNextPage"]) == (50, True)
    assert (len(rest["nodes"]), rest["pageInfo"]["hasNextPage"]) == (10, False)
    assert len({node["id"] for node in first["nodes"] + rest["nodes"]}) == 60


def test_an_abandonment_knows_whether_something_was_ordered_since(shop: Shops) -> None:
    client = shop()
    query = "query A($id:ID!){abandonmentByAbandonedCheckoutId(abandonedCheckoutId:$id){customerHasNoOrderSinceAbandonment customer{id}}}"
    checkout = client.mock.world.gid("AbandonedCheckout", 4)
    before = client.data(query, id=checkout)["abandonmentByAbandonedCheckoutId"]
    client.mock.world.add("Order", customer=4)
    after = client.data(query, id=checkout)["abandonmentByAbandonedCheckoutId"]
    assert before == {"customerHasNoOrderSinceAbandonment": True, "customer": {"id": client.mock.world.gid("Customer", 4)}}
    assert after["customerHasNoOrderSinceAbandonment"] is False


def test_checkouts_are_recovered_or_not_and_some_have_no_address_or_many_lines(shop: Shops) -> None:
    fields = "id completedAt billingAddress{city} customer{id} lineItems(first:20){nodes{id} pageInfo{hasNextPage}}"
    nodes = shop().data(f"{{abandonedCheckouts(first:20,sortKey:CREATED_AT){{nodes{{{fields}}}}}}}")["abandonedCheckouts"]["nodes"]
    assert {bool(node["completedAt"]) for node in nodes} == {True, False}
    assert {bool(node["billingAddress"]) for node in nodes} == {True, False}
    assert {bool(node["customer"]) for node in nodes} == {True, False}
    assert {node["lineItems"]["pageInfo"]["hasNextPage"] for node in nodes} == {True, False}


def test_orders_tell_refunds_cancellations_and_tests(shop: Shops) -> None:
    refunds = "totalRefundedSet{shopMoney{amount}} refunds{refundLineItems(first:50){nodes{quantity lineItem{id}}}}"
    fields = f"test cancelledAt displayFinancialStatus discountCodes {refunds}"
    nodes = shop().data(f"{{orders(first:60,sortKey:ID){{nodes{{{fields}}}}}}}")["orders"]["nodes"]
    refunded = [node for node in nodes if node["displayFinancialStatus"] in ("REFUNDED", "PARTIALLY_REFUNDED")]
    assert len(refunded) >= 8
    assert all(node["totalRefundedSet"]["shopMoney"]["amount"] != "0.0" and node["refunds"] for node in refunded)
    assert all(not node["refunds"] for node in nodes if node not in refunded)
    assert {node["test"] for node in nodes} == {bool(node["cancelledAt"]) for node in nodes} == {bool(node["discountCodes"]) for node in nodes} == {True, False}


# --- search


def test_a_quoted_time_is_exact_and_its_boundary_comes_again(shop: Shops) -> None:
    client = shop()
    nodes = client.data(IDS, first=250)["customers"]["nodes"]
    middle = nodes[20]["updatedAt"]
    newer = [node["id"] for node in nodes if node["updatedAt"] >= middle]
    assert walk(client, q=f"updated_at:>='{middle}'") == newer
    assert walk(client, q=f"updated_at:>'{middle}'") == newer
    assert walk(client, q=f"updated_at:>='{middle}' AND updated_at:<'{middle}'") == [nodes[20]["id"]]


def test_an_unquoted_time_loses_its_time_of_day_and_zone(shop: Shops) -> None:
    client = shop()
    client.mock.world.change("Customer", 1, updatedAt="2026-10-30T23:30:00Z")  # half past midnight in the shop, where summer time is over
    client.mock.world.change("Customer", 2, updatedAt="2026-10-31T09:00:00Z")
    exact = walk(client, q="updated_at:>='2026-10-31T10:00:00Z'")
    careless = walk(client, q="updated_at:>=2026-10-31T10:00:00Z")
    assert exact == []
    assert careless == [client.mock.world.gid("Customer", 1), client.mock.world.gid("Customer", 2)]


@pytest.mark.parametrize(
    ("query", "warning"),
    [
        ("update_at:>='2026-10-01T00:00:00Z'", {"field": "update_at", "message": "Invalid search field for this query.", "code": "invalid_field"}),
        ("updated_at:>='soon'", {"field": "updated_at", "message": "Input `soon` is not an accepted value.", "code": "invalid_value"}),
    ],
)
def test_a_mistake_in_a_search_gives_the_whole_shop_and_a_warning(shop: Shops, query: str, warning: dict[str, str]) -> None:
    body = shop().body(IDS, first=250, q=query)
    assert len(body["data"]["customers"]["nodes"]) == 40
    search = body["extensions"]["search"][0]
    assert (search["path"], search["query"], search["warnings"]) == (["customers"], query, [warning])


def test_a_search_knows_words_and_or_and_not(shop: Shops) -> None:
    client = shop()

    def found(query: str) -> set[int]:
        return {client.mock.world.number("Customer", gid) or 0 for gid in walk(client, q=query)}

    b2b = {number for number in range(1, 41) if number % 4 == 2}
    assert found("tag:B2B") == b2b
    assert found("NOT tag:B2B") == found("-tag:B2B") == set(range(1, 41)) - b2b
    assert found("tag:B2B OR tag:Stammkunde") == b2b | {number for number in range(1, 41) if number % 4 == 1}
    assert found(f"(tag:B2B OR tag:Stammkunde) id:{client.mock.world.gid('Customer', 5).rpartition('/')[2]}") == {5}


# --- rights


def test_without_all_orders_older_ones_are_missing_without_a_word(shop: Shops) -> None:
    client = shop()
    assert len(client.data(ORDERS)["orders"]["nodes"]) == 60
    client.mock.settings.scopes.remove("read_all_orders")
    body = client.body(ORDERS)
    limit = (client.mock.clock.now() - WALL).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert "errors" not in body
    assert 0 < len(body["data"]["orders"]["nodes"]) < 20
    assert min(node["createdAt"] for node in body["data"]["orders"]["nodes"]) >= limit
    assert client.data("query($id:ID!){order(id:$id){id}}", id=client.mock.world.gid("Order", 1)) == {"order": None}


def test_a_missing_scope_is_said_beside_the_rest_of_the_data(shop: Shops) -> None:
    client = shop()
    client.mock.settings.scopes.remove("read_customers")
    body = client.body("query($id:ID!){shop{name} order(id:$id){name customer{id}}}", id=client.mock.world.gid("Order", 1))
    assert body["data"] == {"shop": {"name": "Käthes Laden"}, "order": {"name": "#1001", "customer": None}}
    (error,) = body["errors"]
    assert (error["path"], error["extensions"]["code"], error["extensions"]["requiredAccess"]) == (
        ["order", "customer"],
        "ACCESS_DENIED",
        "`read_customers` access scope.",
    )
    assert client.body(IDS, first=1)["data"] is None


def test_a_field_can_be_denied_though_the_scopes_are_there(shop: Shops) -> None:
    client = shop()
    client.mock.faults.next(Fault.ACCESS_DENIED)
    body = client.body("query($id:ID!){shop{name} customer(id:$id){id}}", id=client.mock.world.gid("Customer", 1))
    assert body["data"] == {"shop": {"name": "Käthes Laden"}, "customer": None}
    assert body["errors"][0]["path"] == ["customer"]


@pytest.mark.parametrize("query", ["{customers(first:1){nodes{id}}}", "{orders(first:1){nodes{id}}}", "{abandonedCheckouts(first:1){nodes{id}}}"])
def test_without_level_1_nothing_of_a_customer_is_shown(shop: Shops, query: str) -> None:
    body = shop(level_1_access=False).body(query)
    assert body["data"] is None
    assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert "not approved to access the" in body["errors"][0]["message"]


def test_without_level_2_names_and_addresses_are_null(shop: Shops) -> None:
    client = shop(level_2_access=False)
    nodes = client.data("{customers(first:40){nodes{id firstName lastName email defaultEmailAddress{emailAddress} defaultAddress{city countryCodeV2}}}}")[
        "customers"
    ]["nodes"]
    assert {(node["firstName"], node["lastName"], node["email"], node["defaultEmailAddress"]) for node in nodes} == {(None, None, None, None)}
    assert {node["defaultAddress"]["city"] for node in nodes if node["defaultAddress"]} == {None}


def test_the_check_at_the_start_sees_scopes_and_plan(shop: Shops) -> None:
    client = shop(scopes=["read_orders"], plan="Shopify Plus")
    data = client.data(queries.CHECK)
    assert data["currentAppInstallation"] == {"accessScopes": [{"handle": "read_orders"}]}
    assert data["shop"]["plan"]["publicDisplayName"] == "Shopify Plus"


def test_checkouts_need_the_users_permission(shop: Shops) -> None:
    body = shop(sees_checkouts=False).body("{abandonedCheckouts(first:1){nodes{id}}}")
    assert "manage_abandoned_checkouts" in body["errors"][0]["extensions"]["requiredAccess"]


# --- cost


def test_a_query_is_throttled_when_the_bucket_does_not_hold_its_price_until_it_has_refilled(shop: Shops) -> None:
    client = shop(bucket=30, restore_rate=5)
    first = client.body(IDS, first=250)
    assert first["extensions"]["cost"]["requestedQueryCost"] == 13
    assert first["extensions"]["cost"]["throttleStatus"] == {
        "maximumAvailable": 30,
        "currentlyAvailable": 30 - first["extensions"]["cost"]["actualQueryCost"],
        "restoreRate": 5,
    }
    while "errors" not in (body := client.body(IDS, first=250)):
        pass
    assert set(body) == {"errors", "extensions"}
    assert body["errors"] == [{"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits"}}]
    cost = body["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (13, None)
    client.mock.clock.advance((13 - cost["throttleStatus"]["currentlyAvailable"]) / 5)
    assert "errors" not in client.body(IDS, first=250)


def test_a_query_above_a_thousand_points_is_refused(shop: Shops) -> None:
    lines = "lineItems(first:250){nodes{product{id} variant{product{id}} image{url}}}"
    nested = f"{{orders(first:250){{nodes{{{lines} customer{{orders(first:250){{nodes{{{lines}}}}}}}}}}}}}"
    body = shop().body(nested)
    assert "data" not in body
    assert body["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert body["errors"][0]["extensions"]["maxCost"] == 1000


# --- trouble


@pytest.mark.parametrize("fault", list(STATUS))
def test_trouble_comes_as_often_as_asked_and_then_goes(shop: Shops, fault: Fault) -> None:
    client = shop()
    client.mock.faults.next(fault, times=2, operation="Ids", after=1)
    statuses = [client.post(IDS, {"first": 1}).status_code for _ in range(4)]
    assert statuses == [200, STATUS[fault][0], STATUS[fault][0], 200]
    assert client.post("query Other{shop{name}}").status_code == 200
    assert [asked.status for asked in client.mock.log.of("Ids")] == statuses


def test_too_many_requests_say_when_to_come_again(shop: Shops) -> None:
    client = shop()
    client.mock.faults.always(Fault.TOO_MANY_REQUESTS)
    answer = client.post(IDS, {"first": 1})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2.0")
    client.mock.faults.clear()
    assert client.post(IDS, {"first": 1}).status_code == 200


@pytest.mark.parametrize(
    ("fault", "code"), [(Fault.THROTTLED, "THROTTLED"), (Fault.INTERNAL_ERROR, "INTERNAL_SERVER_ERROR"), (Fault.TOO_EXPENSIVE, "MAX_COST_EXCEEDED")]
)
def test_some_trouble_comes_as_http_200(shop: Shops, fault: Fault, code: str) -> None:
    client = shop()
    client.mock.faults.next(fault)
    body = client.body(IDS, first=1)
    assert "data" not in body
    assert body["errors"][0]["extensions"]["code"] == code
    assert client.mock.log.requests[-1].codes == (code,)


def test_answers_can_be_cut_hung_up_or_another_pages(shop: Shops) -> None:
    client = shop()
    client.mock.faults.next(Fault.CUT_JSON)
    client.mock.faults.next(Fault.NOT_JSON)
    client.mock.faults.next(Fault.HUNG_UP)
    for _ in range(2):
        with pytest.raises(ValueError):
            client.post(IDS, {"first": 1}).json()
    with pytest.raises(httpx.RemoteProtocolError):
        client.post(IDS, {"first": 1})
    assert client.post(IDS, {"first": 1}).status_code == 200


def test_a_page_can_repeat(shop: Shops) -> None:
    client = shop()
    first = client.data(IDS, first=5)["customers"]
    client.mock.faults.next(Fault.REPEATED_PAGE)
    assert client.data(IDS, first=5, after=first["pageInfo"]["endCursor"])["customers"] == first


def test_the_token_request_can_fail_by_itself(shop: Shops) -> None:
    client = shop()
    client.mock.faults.next(Fault.BAD_GATEWAY, operation="token")
    assert client.post(IDS, {"first": 1}).status_code == 200
    assert [grant(client, client.mock.client_secret).status_code for _ in range(2)] == [502, 200]


def test_the_log_knows_what_was_asked_and_when(shop: Shops) -> None:
    client = shop()
    client.body(IDS, first=3, q="updated_at:>='2026-01-01T00:00:00Z'")
    client.mock.clock.sleep(2.5)
    client.data("{shop{name}}")
    asked = client.mock.log.of("customers")[0]
    assert (asked.operation, asked.variables["first"], asked.status, asked.version) == ("Ids", 3, 200, "2026-10")
    assert client.mock.log.gaps() == [2.5]
    assert client.mock.clock.pauses == [2.5]
    assert (client.mock.log.count(), client.mock.log.count("shop")) == (2, 1)


# --- as a process


def test_it_runs_as_a_process_of_its_own() -> None:
    words = [
        sys.executable,
        "-m",
        "tests.shops.shopify.server",
        "--port",
        "0",
        "--customers",
        "12",
        "--schema",
        "small",
        "--until",
        "2026-11-01T00:00:00+00:00",
    ]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            headers = {"X-Shopify-Access-Token": MockShopify.access_token}
            answer = httpx.post(f"{url}/admin/api/2026-10/graphql.json", json={"query": "{customersCount{count}}"}, headers=headers)
        finally:
            process.kill()
    assert answer.json()["data"] == {"customersCount": {"count": 12}}
