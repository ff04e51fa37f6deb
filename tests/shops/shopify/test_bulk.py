"""Do the mock's bulk operations run, end and break as Shopify's?"""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import httpx
import pytest

from importers.shopify.streams import STREAMS
from tests.shops.shopify.bulk import BulkEnd, Cut
from tests.shops.shopify.bulk_lines import Weaver, mixed
from tests.shops.shopify.client import Client, Shops
from tests.shops.shopify.parts import make_parts
from tests.shops.shopify.settings import Settings

NAMES = "{customers{edges{node{id firstName}}}}"
LINES = "{orders{edges{node{id lineItems{edges{node{id quantity}}}}}}}"


def download(client: Client, operation: dict[str, Any], **headers: str) -> httpx.Response:
    return client.http.get(operation["url"], headers=headers)


def lines_of(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


def paged(client: Client, query: str, field: str) -> Iterator[dict[str, Any]]:
    """All objects of a list by ordinary pages, their articles drained."""
    after = None
    while True:
        page = client.data(query, first=50, after=after, q=None, count=False)[field]
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


@pytest.mark.parametrize("stream", STREAMS.values(), ids=lambda stream: stream.field)
def test_a_bulk_file_holds_what_pages_give(shop: Shops, stream: Any) -> None:
    client = shop(bucket=100_000)
    rows = lines_of(download(client, client.run_bulk(stream.bulk_query)))
    children: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if "__parentId" in row:
            children.setdefault(row.pop("__parentId"), []).append(row)
    roots = [row for row in rows if not any(row in found for found in children.values())]
    expected = {node["id"]: node for node in paged(client, stream.page_query, stream.field)}
    assert len(roots) == len(expected) > 0
    for root in roots:
        node = dict(expected[root["id"]])
        page = node.pop("lineItems", {"nodes": [], "pageInfo": {"hasNextPage": False}})
        ours = sorted(children.get(root["id"], []), key=lambda row: int(row["id"].rpartition("/")[2]))
        assert root == node
        assert ours[: len(page["nodes"])] == page["nodes"]
        assert (len(ours) > len(page["nodes"])) == page["pageInfo"]["hasNextPage"]


def test_an_operation_is_created_runs_and_tells_its_counts_as_text(shop: Shops) -> None:
    client = shop(bulk_polls=3)
    operation = client.data(START, q=NAMES)["bulkOperationRunQuery"]["bulkOperation"]
    assert operation["status"] == "CREATED"
    seen = [client.data(POLL, id=operation["id"])["bulkOperation"] for _ in range(3)]
    assert [state["status"] for state in seen] == ["RUNNING", "RUNNING", "COMPLETED"]
    answer = download(client, seen[-1])
    assert answer.headers["Content-Type"] == "application/jsonl"
    assert (seen[-1]["objectCount"], seen[-1]["rootObjectCount"], seen[-1]["fileSize"]) == ("40", "40", str(len(answer.content)))
    assert seen[0]["url"] is None
    assert b'{"id":"gid:\\/\\/shopify\\/Customer\\/' in answer.content


START = "mutation($q:String!){bulkOperationRunQuery(query:$q){bulkOperation{id status} userErrors{field message code}}}"
POLL = "query($id:ID!){bulkOperation(id:$id){id status objectCount rootObjectCount fileSize url partialDataUrl errorCode}}"


def test_children_come_anywhere_unless_they_are_grouped(shop: Shops) -> None:
    client = shop()
    loose, grouped = (lines_of(download(client, client.run_bulk(LINES, grouped=flag))) for flag in (False, True))
    assert orphans(loose) > 0
    assert orphans(grouped) == 0
    assert sorted(map(json.dumps, loose)) == sorted(map(json.dumps, grouped))


def orphans(rows: list[dict[str, Any]]) -> int:
    """Children that stand before their parent."""
    seen: set[str] = set()
    early = 0
    for row in rows:
        early += "__parentId" in row and row["__parentId"] not in seen
        seen.add(row["id"])
    return early


def test_the_address_is_signed_and_suffers_no_second_signature(shop: Shops) -> None:
    client = shop()
    operation = client.run_bulk(NAMES)
    assert download(client, operation).status_code == 200
    assert download(client, operation, Authorization="Bearer x").status_code == 400
    assert client.http.get(operation["url"], headers={"X-Shopify-Access-Token": client.mock.access_token}).status_code == 400
    client.mock.clock.advance(7 * 86_400 + 1)
    assert download(client, operation).status_code == 403


def test_nothing_found_is_complete_without_an_address(shop: Shops) -> None:
    operation = shop(customers=0).run_bulk(NAMES)
    assert (operation["status"], operation["url"], operation["objectCount"], operation["fileSize"]) == ("COMPLETED", None, "0", None)


def test_a_failed_operation_may_leave_part_of_its_rows(shop: Shops) -> None:
    client = shop()
    client.mock.bulk.next(BulkEnd(status="FAILED", error_code="TIMEOUT", partial_lines=7))
    client.mock.bulk.next(BulkEnd(status="FAILED", error_code="INTERNAL_SERVER_ERROR"))
    first, second = client.run_bulk(NAMES), client.run_bulk(NAMES)
    assert (first["status"], first["errorCode"], first["url"]) == ("FAILED", "TIMEOUT", None)
    assert len(lines_of(client.http.get(first["partialDataUrl"]))) == 7
    assert (second["errorCode"], second["partialDataUrl"]) == ("INTERNAL_SERVER_ERROR", None)


def test_an_operation_may_expire_or_be_given_up_by_shopify(shop: Shops) -> None:
    client = shop()
    client.mock.bulk.next(BulkEnd(status="EXPIRED"))
    client.mock.bulk.next(BulkEnd(status="CANCELED"))
    assert [client.run_bulk(NAMES)["status"] for _ in range(3)] == ["EXPIRED", "CANCELED", "COMPLETED"]


@pytest.mark.parametrize("cut", [Cut.MID_LINE, Cut.LINE_END])
def test_a_download_may_end_too_early_without_a_word(shop: Shops, cut: Cut) -> None:
    client = shop()
    client.mock.bulk.next(BulkEnd(cut=cut))
    operation = client.run_bulk(NAMES)
    content = download(client, operation).content
    assert 0 < len(content) < int(operation["fileSize"])
    assert content.endswith(b"\n") == (cut is Cut.LINE_END)


def test_a_download_may_break_off(shop: Shops) -> None:
    client = shop()
    client.mock.bulk.next(BulkEnd(cut=Cut.HUNG_UP))
    operation = client.run_bulk(NAMES)
    with pytest.raises(httpx.RemoteProtocolError):
        download(client, operation)


def test_counts_may_be_wrong_and_addresses_gone(shop: Shops) -> None:
    client = shop()
    client.mock.bulk.next(BulkEnd(more_objects=1, more_bytes=-3))
    client.mock.bulk.next(BulkEnd(download_status=404))
    wrong, gone = client.run_bulk(NAMES), client.run_bulk(NAMES)
    answer = download(client, wrong)
    assert (wrong["objectCount"], wrong["fileSize"]) == (str(len(lines_of(answer)) + 1), str(len(answer.content) - 3))
    assert download(client, gone).status_code == 404


def test_five_run_at_a_time_and_the_sixth_waits(shop: Shops) -> None:
    client = shop()
    started = [client.data(START, q=NAMES)["bulkOperationRunQuery"] for _ in range(6)]
    assert [bool(payload["userErrors"]) for payload in started] == [False] * 5 + [True]
    assert started[5]["userErrors"][0]["code"] == "OPERATION_IN_PROGRESS"
    assert started[0]["bulkOperation"]["id"] in started[5]["userErrors"][0]["message"]
    cancel = "mutation($id:ID!){bulkOperationCancel(id:$id){bulkOperation{status} userErrors{message}}}"
    assert client.data(cancel, id=started[0]["bulkOperation"]["id"])["bulkOperationCancel"]["bulkOperation"] == {"status": "CANCELING"}
    assert client.data(POLL, id=started[0]["bulkOperation"]["id"])["bulkOperation"]["status"] == "CANCELED"
    assert client.data(START, q=NAMES)["bulkOperationRunQuery"]["userErrors"] == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{shop{name}}", "at least one connection"),
        ("{customers{nodes{id}}}", "Invalid connection fields: 'customers'"),
        ("{orders{edges{node{name lineItems{edges{node{id}}}}}}}", "Connection fields without 'id': orders."),
        ("{orders{edges{node{id refunds{refundLineItems{edges{node{id}}}}}}}}", "within a list field"),
        ("{customers{edges{node{id orders{edges{node{id customer{orders{edges{node{id lineItems{edges{node{id}}}}}}}}}}}}}}", "nesting depth greater than 2"),
        ('mutation{bulkOperationCancel(id:"gid://shopify/BulkOperation/1"){userErrors{message}}}', "Only `query` operations"),
        ("{customers{edges{node{nme}}}}", "Invalid bulk query: "),
    ],
)
def test_what_a_bulk_operation_cannot_do_is_refused_at_once(shop: Shops, query: str, words: str) -> None:
    payload = shop().data(START, q=query)["bulkOperationRunQuery"]
    assert payload["bulkOperation"] is None
    assert words in payload["userErrors"][0]["message"]
    assert payload["userErrors"][0]["code"] == "INVALID"


def test_a_bulk_operation_without_the_scope_fails(shop: Shops) -> None:
    operation = shop(scopes=["read_orders"]).run_bulk(NAMES)
    assert (operation["status"], operation["errorCode"]) == ("FAILED", "ACCESS_DENIED")


def test_a_bulk_search_and_the_wall_choose_the_rows(shop: Shops) -> None:
    client = shop()
    client.mock.settings.scopes.remove("read_all_orders")
    rows = lines_of(download(client, client.run_bulk("{orders(query:\"created_at:>='2026-10-15T00:00:00Z'\"){edges{node{id createdAt}}}}")))
    assert rows
    assert all(row["createdAt"] >= "2026-10-15T00:00:00Z" for row in rows)
    everything = lines_of(download(client, client.run_bulk("{orders{edges{node{id createdAt}}}}")))
    assert len(rows) < len(everything) < 20


def test_ten_million_customers_are_no_trouble_before_somebody_reads_them() -> None:
    parts = make_parts({"Customer": 10_000_000, "Order": 0, "AbandonedCheckout": 0}, Settings(schema="small"))
    try:
        weaver = Weaver(parts.answering.schema, parts.answering.reading())
        rows = [line for _, line in islice(mixed(weaver.objects(NAMES), seed=1), 1000)]
    finally:
        parts.bulk.close()
    assert len({row["id"] for row in rows}) == 1000
