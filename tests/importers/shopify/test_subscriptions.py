"""Does the shop send us what we need, and is only asked for what is missing?"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from importers.errors import ShopRefused
from importers.shopify import Credentials, Shop, subscriptions
from importers.shopify.subscriptions import PRIVACY, TOPICS, subscribe
from importers.shopify.webhooks import is_read
from tests.shops.shopify.server import MockShopify

URI = "https://tee.example/webhooks/shopify"
SCHEMA = Path(__file__).parents[4] / "shared" / "data" / "shopify-schema" / "admin-2026-10.graphql"


@pytest.fixture(params=["auto", "small"])
def mock(request: pytest.FixtureRequest) -> Iterator[MockShopify]:
    with MockShopify(customers=0, orders=0, checkouts=0, schema=request.param) as shop:
        yield shop


@pytest.fixture
def shop(mock: MockShopify) -> Iterator[Shop]:
    with Shop(Credentials(mock.shop, mock.client_id, mock.client_secret), mock.url, mock.clock.sleep) as opened:
        yield opened


def test_everything_is_asked_for_at_first_and_nothing_the_second_time(shop: Shop, mock: MockShopify) -> None:
    first = subscribe(shop, URI)
    assert (first.there, first.added) == ((), TOPICS)
    assert {(row["topic"], row["uri"]) for row in mock.subscriptions.rows} == {(topic.replace("/", "_").upper(), URI) for topic in TOPICS}
    again = subscribe(shop, URI)
    assert (again.there, again.added) == (TOPICS, ())


def test_what_shopify_has_deleted_comes_back(shop: Shop, mock: MockShopify) -> None:
    subscribe(shop, URI)
    lost = mock.subscriptions.rows.pop(3)
    done = subscribe(shop, URI)
    assert [topic.replace("/", "_").upper() for topic in done.added] == [lost["topic"]]
    assert len(done.there) == len(TOPICS) - 1


def test_subscriptions_to_another_address_are_not_ours(shop: Shop) -> None:
    subscribe(shop, "https://old.example/webhooks/shopify")
    assert subscribe(shop, URI).added == TOPICS


def test_what_shopify_does_not_take_is_said_in_its_words(shop: Shop) -> None:
    with pytest.raises(ShopRefused, match=r"does not send orders/create to http://tee\.example.*http:// is not supported"):
        subscribe(shop, "http://tee.example")


def test_every_topic_says_something_that_we_need() -> None:
    assert all(is_read(topic) for topic in (*TOPICS, *PRIVACY))


@pytest.mark.skipif(not SCHEMA.exists(), reason="Shopify's own schema is material of ../shared, which is not here")
def test_the_queries_and_topics_are_shopifys_own() -> None:
    schema = build_schema(SCHEMA.read_text("utf-8"), assume_valid=True)
    assert [validate(schema, parse(query)) for query in (subscriptions.LIST, subscriptions.CREATE)] == [[], []]
    known = set(schema.type_map["WebhookSubscriptionTopic"].values)  # type: ignore[attr-defined]
    assert {topic.replace("/", "_").upper() for topic in TOPICS} <= known
    assert not {topic.replace("/", "_").upper() for topic in PRIVACY} & known, "could be asked for by now"
