"""Is a bulk file taken whole or not at all, in whatever order its lines come?"""

import gzip
import json
import tempfile
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.errors import BrokenAnswer, ShopUnreachable
from importers.shopify import bulk_file
from importers.shopify.bulk import Operation, Standing
from importers.shopify.bulk_file import LinkExpired, objects
from importers.shopify.records import to_order
from tests.importers.shopify import samples
from tests.importers.shopify.samples import Node
from tests.importers.shopify.scripted import Answer, Scripted

URL = "https://storage.example/bulk?signature=x"


def lines_of(*orders: Node) -> list[Node]:
    """Orders as a bulk file holds them."""
    found = []
    for order in orders:
        found.append({key: value for key, value in order.items() if key != "lineItems"})
        found += [line | {"__parentId": order["id"]} for line in order["lineItems"]["nodes"]]
    return found


def written(lines: list[Node]) -> bytes:
    """As Shopify writes them: slashes escaped."""
    return b"".join(json.dumps(line, ensure_ascii=False).replace("/", "\\/").encode() + b"\n" for line in lines)


def finished(lines: list[Node], **changes: Any) -> Operation:
    counts = {"objects": len(lines), "roots": sum("__parentId" not in line for line in lines), "size": len(written(lines))} | changes
    return Operation(Standing.DONE, datetime(2026, 11, 1, tzinfo=UTC), url=URL, **counts)


def read(operation: Operation, *files: Answer | bytes) -> list[Node]:
    mock = Scripted()
    mock.files = [httpx.Response(200, content=file) if isinstance(file, bytes) else file for file in files]
    with mock.shop() as shop, objects(shop, operation) as nodes:
        return list(nodes)


ORDERS = [samples.order(number, lineItems={"nodes": [samples.line(10 * number + item) for item in range(items)]}) for number, items in ((3, 2), (1, 0), (2, 3))]
LINES = lines_of(*ORDERS)


@settings(deadline=None, max_examples=60)  # a file each time
@given(order=st.permutations(LINES), again=st.lists(st.sampled_from(LINES), max_size=3))
def test_children_in_any_order_give_the_same_orders(order: list[Node], again: list[Node]) -> None:
    """A line that comes twice, as it does when a shop changes while its file is written, is one object."""
    lines = order + again
    found = [to_order(node, "shopify") for node in read(finished(lines), written(lines))]
    assert sorted(found, key=lambda order: order.source_id) == [to_order(order, "shopify") for order in sorted(ORDERS, key=lambda order: str(order["id"]))]


def test_orders_come_in_the_order_of_the_file() -> None:
    assert [node["name"] for node in read(finished(LINES), written(LINES))] == ["#1003", "#1001", "#1002"]


def test_the_token_does_not_go_to_the_files_host() -> None:
    mock = Scripted()
    mock.files = [httpx.Response(200, content=written(LINES))]
    with mock.shop() as shop, objects(shop, finished(LINES)) as nodes:
        assert len(list(nodes)) == 3
    [request] = mock.downloads
    assert request.url == URL
    assert not {"authorization", "x-shopify-access-token"} & set(request.headers)
    assert mock.grants == []


def test_a_line_separator_of_unicode_ends_no_line() -> None:
    odd = lines_of(samples.order(1, name="#1\u2028\x85\x0b2"))
    [node] = read(finished(odd), written(odd))
    assert node["name"] == "#1\u2028\x85\x0b2"


def test_the_last_line_may_lack_its_end() -> None:
    content = written(LINES).rstrip(b"\n")
    assert len(read(finished(LINES, size=len(content)), content)) == 3


def test_a_compressed_file_is_read_as_what_it_holds() -> None:
    packed = httpx.Response(200, content=gzip.compress(written(LINES)), headers={"Content-Encoding": "gzip"})
    assert len(read(finished(LINES), packed)) == 3


def test_a_file_of_which_the_end_is_missing_is_fetched_once_more() -> None:
    whole = written(LINES)
    assert len(read(finished(LINES), whole[:-40], whole)) == 3


@pytest.mark.parametrize("trouble", [httpx.Response(503), httpx.ReadError("cut"), httpx.RemoteProtocolError("peer closed connection")])
def test_a_broken_download_is_begun_again(trouble: Answer) -> None:
    assert len(read(finished(LINES), trouble, trouble, written(LINES))) == 3


def test_a_download_that_breaks_in_the_middle_leaves_nothing_behind() -> None:
    class Cut(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield written(LINES)[:500]
            raise httpx.ReadError("cut")

    assert len(read(finished(LINES), httpx.Response(200, stream=Cut()), written(LINES))) == 3


def test_a_damaged_compression_is_fetched_again() -> None:
    broken = httpx.Response(200, stream=httpx.ByteStream(b"no gzip"), headers={"Content-Encoding": "gzip"})
    assert len(read(finished(LINES), broken, written(LINES))) == 3


def test_patience_with_a_download_ends() -> None:
    with pytest.raises(ShopUnreachable, match="8 attempts"):
        read(finished(LINES), httpx.Response(500))


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_link_that_is_no_longer_good_says_so(status: int) -> None:
    with pytest.raises(LinkExpired):
        read(finished(LINES), httpx.Response(status))


def test_any_other_answer_is_none() -> None:
    with pytest.raises(BrokenAnswer, match="HTTP 302"):
        read(finished(LINES), httpx.Response(302, headers={"Location": "https://other.example/"}))


def cut(lines: list[Node]) -> bytes:
    return written(lines)[:-40]


@pytest.mark.parametrize(
    ("operation", "content", "says"),
    [
        (finished(LINES), cut(LINES), "bytes instead of"),
        (finished(LINES, size=len(cut(LINES))), cut(LINES), "no object with an id"),
        (finished(LINES, size=len(written(LINES[:-1]))), written(LINES[:-1]), "holds 7 objects, 3 of them at the top, where Shopify counted 8"),
        (finished(LINES, objects=9), written(LINES), "holds 8 objects, 3 of them at the top, where Shopify counted 9 and 3"),
        (finished(LINES, roots=4), written(LINES), "where Shopify counted 8 and 4"),
        (finished(LINES[1:]), written(LINES[1:]), "without what it belongs to"),
        (finished([], objects=1, size=6), b"[1, 2]", "Line 1 .* no object"),
        (finished([], objects=1, size=3), b"{}\n", "Line 1 .* no object"),
        (finished([], objects=1, size=10), b'{"id": 5}\n', "Line 1 .* no object"),
        (finished([], objects=1, size=1), b"\n", "Line 1 .* no object"),
        (finished([], objects=1, size=11), b'{"id":"\xff"}\n', "Line 1 .* no object"),
        (finished([], objects=1, size=100_000), b"[" * 100_000, "Line 1 .* no object"),
        (finished([], objects=1, size=1000), bytes(1000), "Line 1 .* no object"),
    ],
)
def test_a_file_that_is_not_what_was_counted_gives_nothing(operation: Operation, content: bytes, says: str) -> None:
    with pytest.raises(BrokenAnswer, match=says):
        read(operation, content)


def test_a_line_without_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_file, "LONGEST_LINE", 100)
    content = b'{"id":"' + b"x" * 1000
    with pytest.raises(BrokenAnswer, match="Line 1"):
        read(finished([], objects=1, size=len(content)), content)


def test_memory_stays_small_however_large_the_file_is() -> None:
    """16 MB of orders, their lines far from them; what is in hand are 2,000 lines at a time, however many there are."""
    many = lines_of(*(samples.order(number, lineItems={"nodes": [samples.line(number)]}) for number in range(1, 14_001)))
    many.sort(key=lambda line: "__parentId" in line)
    operation, content = finished(many), written(many)
    assert len(content) > 16_000_000
    del many
    mock = Scripted()
    mock.files = [httpx.Response(200, content=content)]
    tracemalloc.start()
    try:
        with mock.shop() as shop, objects(shop, operation) as nodes:
            assert sum(len(node["lineItems"]["nodes"]) for node in nodes) == 14_000
        assert tracemalloc.get_traced_memory()[1] < 0.4 * len(content)
    finally:
        tracemalloc.stop()


def test_nothing_stays_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    mock = Scripted()
    mock.files = [httpx.Response(200, content=written(LINES))]
    with mock.shop() as shop, pytest.raises(KeyboardInterrupt), objects(shop, finished(LINES)) as nodes:
        next(nodes)
        assert list(tmp_path.iterdir())
        raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())
