"""What the tests of the Shopify importer can ask for: a shop, and the schema that it executes."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from importers.shopify.streams import STREAMS
from tests.shops.shopify.schema import has_full
from tests.shops.shopify.server import MockShopify


@pytest.fixture(params=["small", "full"])
def schema(request: pytest.FixtureRequest) -> str:
    """Our own part of Shopify's schema, and the whole where it is there: every test that asks for one runs twice."""
    if request.param == "full" and not has_full():
        pytest.skip("needs Shopify's schema in ../shared, which is not part of the repository")
    return str(request.param)


@pytest.fixture
def mock() -> Iterator[MockShopify]:
    """A small shop on loopback."""
    with MockShopify(customers=90, orders=60, checkouts=15, schema="small") as mock:
        yield mock


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of 20, so that a small shop has several."""
    for kind, stream in STREAMS.items():
        monkeypatch.setitem(STREAMS, kind, replace(stream, page_size=20))
