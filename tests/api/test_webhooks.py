"""Is only what Shopify signed taken, before anything else is done, and once?"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import Engine, select

from api import webhook_work
from api.app import create_app
from api.security import LONGER_BODIES
from api.webhooks import is_signed
from store.engine import reading
from store.schema import webhook_deliveries
from store.settings import Settings
from tests.api.conftest import served
from tests.api.webhook_shop import CLIENT_SECRET, SHOP, headers, send, signature
from tests.importers.shopify import payloads
from tests.importers.shopify.payloads import body

FORMER_SECRET = "shpss_of-yesterday"
PUBLISHED = b'{"hello":"world"}', "0qgAiZj+St/dOktwfRHyqrd5hPy1tVi7miu0TOYKc3s="
"""Body and base64 HMAC-SHA-256 under the key "hush", made with openssl."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A shop with an app."""
    return settings.model_copy(update={"shopify_shop": "tee", "shopify_client_secret": SecretStr(CLIENT_SECRET)})


@pytest.fixture
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is stored stays as it came."""
    monkeypatch.setattr(webhook_work, "work_off_next", lambda *_: False)


@pytest.fixture
def client(settings: Settings, nobody_works: None) -> Iterator[httpx.Client]:
    with served(create_app(settings)) as url, httpx.Client(timeout=60, base_url=url) as found:
        yield found


def stored(engine: Engine) -> list[Any]:
    with reading(engine) as connection:
        return list(connection.execute(select(webhook_deliveries).order_by(webhook_deliveries.c.received_at)).all())


def test_a_signed_delivery_is_stored_before_it_is_thanked_for(client: httpx.Client, engine: Engine) -> None:
    content = body(payloads.order(5))
    triggered = "2026-11-22T04:00:00.123456789Z"
    answer = send(client, "orders/create", content, Webhook_Id="d1", Event_Id="e1", Triggered_At=triggered)
    assert (answer.status_code, answer.content) == (200, b"")
    [row] = stored(engine)
    assert (row.id, row.event_id, row.source, row.topic, row.body, row.state) == ("d1", "e1", "shopify", "orders/create", content, "waiting")
    assert row.triggered_at == datetime(2026, 11, 22, 4, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    "wrong",
    ["", "no base64 at all", signature(b"another body"), signature(body({"id": 1}), "another secret"), signature(body({"id": 1}))[:-1], "\u00e4\u00f6", None],
    ids=range(7),
)
def test_what_is_not_signed_is_not_even_read(client: httpx.Client, engine: Engine, wrong: str | None) -> None:
    content = body({"id": 1})
    with_latin_1 = [(name.encode(), value.encode("latin-1")) for name, value in headers("orders/delete", content, Hmac_Sha256=wrong).items()]
    answer = client.post("/webhooks/shopify", content=content, headers=with_latin_1)
    assert answer.status_code == 401
    assert stored(engine) == []


def test_a_changed_body_is_refused(client: httpx.Client, engine: Engine) -> None:
    content = body(payloads.order(5))
    answer = client.post("/webhooks/shopify", content=content + b" ", headers=headers("orders/create", content))
    assert answer.status_code == 401
    assert stored(engine) == []


def test_the_secret_before_the_last_change_counts_as_well(settings: Settings, engine: Engine, nobody_works: None) -> None:
    changed = settings.model_copy(update={"shopify_former_client_secret": SecretStr(FORMER_SECRET)})
    content = body({"id": 1})
    with served(create_app(changed)) as url, httpx.Client(timeout=60, base_url=url) as found:
        assert send(found, "orders/delete", content, Hmac_Sha256=signature(content, FORMER_SECRET)).status_code == 200
        assert send(found, "orders/delete", content).status_code == 200
        assert send(found, "orders/delete", content, Hmac_Sha256=signature(content, "shpss_of-last-year")).status_code == 401
    assert len(stored(engine)) == 2


def test_a_signature_is_what_openssl_makes_of_it() -> None:
    content, expected = PUBLISHED
    assert is_signed(content, expected, ["hush"])
    assert not is_signed(content, expected, ["hush!"])
    assert not is_signed(content, expected, [])


def test_without_a_secret_nothing_is_taken_and_the_log_says_what_to_do(
    settings: Settings, engine: Engine, nobody_works: None, caplog: pytest.LogCaptureFixture
) -> None:
    bare = settings.model_copy(update={"shopify_client_secret": SecretStr("")})
    with served(create_app(bare)) as url, httpx.Client(timeout=60, base_url=url) as found:
        assert send(found, "orders/create", {"id": 1}, Hmac_Sha256=signature(body({"id": 1}), "")).status_code == 404
    assert stored(engine) == []
    assert "POSTILLION_SHOPIFY_CLIENT_SECRET is empty" in caplog.text


def test_the_same_delivery_again_is_thanked_for_and_changes_nothing(client: httpx.Client, engine: Engine) -> None:
    for number in (1, 2, 1):
        assert send(client, "orders/create", payloads.order(number), Webhook_Id="d1").status_code == 200
    [row] = stored(engine)
    assert row.body == body(payloads.order(1))


def test_a_delivery_without_a_name_is_named_by_what_it_says(client: httpx.Client, engine: Engine) -> None:
    for number in (1, 1, 2):
        assert send(client, "orders/create", payloads.order(number), Webhook_Id=None, Event_Id=None, Triggered_At="soon").status_code == 200
    assert len(stored(engine)) == 2


def test_of_another_shop_with_the_same_app_nothing_is_kept(client: httpx.Client, engine: Engine) -> None:
    for domain in ("tee-test.myshopify.com", None):
        assert send(client, "customers/redact", payloads.redact(), Shop_Domain=domain).status_code == 200
    assert [(row.state, row.body, row.message) for row in stored(engine)] == [("ignored", None, "from another shop")] * 2


@pytest.mark.parametrize("shop", ["", "tee", "TEE.myshopify.com", "https://tee.myshopify.com", "https://admin.shopify.com/store/tee"])
def test_the_shop_may_be_written_in_any_way(settings: Settings, engine: Engine, nobody_works: None, shop: str) -> None:
    with served(create_app(settings.model_copy(update={"shopify_shop": shop}))) as url, httpx.Client(timeout=60, base_url=url) as found:
        assert send(found, "orders/create", payloads.order(), Shop_Domain=SHOP).status_code == 200
    assert [row.state for row in stored(engine)] == ["waiting"]


@pytest.mark.parametrize("topic", ["products/update", "refunds/create", "", "x" * 1000])
def test_what_does_not_concern_us_is_thanked_for_and_not_kept(client: httpx.Client, engine: Engine, topic: str) -> None:
    assert send(client, topic, {"note": "Things were damaged"}).status_code == 200
    [row] = stored(engine)
    assert (row.state, row.body) == ("ignored", None)
    assert len(row.topic) <= 200


def test_a_body_may_be_five_megabytes_and_not_a_byte_more(client: httpx.Client, engine: Engine) -> None:
    largest = LONGER_BODIES["/webhooks/"]
    assert largest == 5 * 1024 * 1024
    content = b'{"id": 1, "note": "' + b"x" * (largest - 21) + b'"}'
    assert len(content) == largest
    assert send(client, "orders/delete", content).status_code == 200
    assert send(client, "orders/delete", content + b" ").status_code == 413
    chunked = client.post("/webhooks/shopify", content=iter([content, b" "]), headers=headers("orders/delete", content + b" "))
    assert chunked.status_code == 413
    assert [len(row.body) for row in stored(engine)] == [largest]


def test_other_methods_are_refused(client: httpx.Client) -> None:
    assert client.get("/webhooks/shopify").status_code == 405


def test_no_log_line_names_a_person(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    send(client, "orders/create", payloads.order())
    send(client, "orders/create", payloads.order(), Hmac_Sha256="wrong")
    assert "ida" not in caplog.text.lower()
    assert CLIENT_SECRET not in caplog.text


def test_every_example_of_shopifys_own_is_thanked_for(client: httpx.Client, engine: Engine, shared: Path) -> None:
    from tests.importers.shopify.test_webhooks import examples

    found = list(examples(shared))
    for topic, payload, _ in found:
        assert send(client, topic, payload).status_code == 200, topic
    assert len(stored(engine)) == len(found) == 36


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of study material beside the repository."""
    folder = Path(__file__).resolve().parents[3] / "shared"
    if not folder.is_dir():
        pytest.skip("needs the study material in ../shared, which is not part of the repository")
    return folder


def test_nothing_is_answered_while_the_database_is_away(settings: Settings, nobody_works: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    from store import webhooks

    def away(*_: object) -> bool:
        raise OperationalError("INSERT …", {}, Exception("gone"))

    monkeypatch.setattr(webhooks, "add", away)
    app: FastAPI = create_app(settings)
    with served(app) as url, httpx.Client(timeout=60, base_url=url) as found:
        answer = send(found, "orders/create", payloads.order())
    assert answer.status_code == 503, "Shopify sends it again"
