"""Are the mock's webhooks signed, repeated and mixed up as Shopify's?"""

import base64
import hashlib
import hmac
import json

import httpx

from tests.shops.shopify.webhooks import Delivery, deliver, stormy

SECRET = "shpss_mock_secret"


def receiver(heard: list[httpx.Request]) -> httpx.Client:
    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        return httpx.Response(200)

    return httpx.Client(transport=httpx.MockTransport(answer))


def test_a_webhook_is_signed_over_the_bytes_it_sends() -> None:
    heard: list[httpx.Request] = []
    with receiver(heard) as client:
        deliver("http://desk.example/webhooks", "customers/update", {"id": 2**60, "name": "Jürgen"}, SECRET, webhook_id="w-1", post=client.post)
    request = heard[0]
    expected = base64.b64encode(hmac.new(SECRET.encode(), request.content, hashlib.sha256).digest()).decode()
    assert request.headers["X-Shopify-Hmac-Sha256"] == expected
    assert json.loads(request.content) == {"id": 2**60, "name": "Jürgen"}
    assert (request.headers["X-Shopify-Topic"], request.headers["X-Shopify-Webhook-Id"]) == ("customers/update", "w-1")
    for name in ("Shop-Domain", "API-Version", "Event-Id", "Triggered-At"):
        assert request.headers[f"X-Shopify-{name}"]


def test_a_forged_signature_is_sent_as_it_is() -> None:
    heard: list[httpx.Request] = []
    with receiver(heard) as client:
        deliver("http://desk.example/webhooks", "shop/redact", {}, SECRET, signature="bm8=", post=client.post)
    assert heard[0].headers["X-Shopify-Hmac-Sha256"] == "bm8="


def test_a_storm_has_every_event_some_of_them_twice_and_in_another_order() -> None:
    sent = [Delivery("orders/updated", {"id": number}) for number in range(50)]
    came = stormy(sent, seed=4)
    assert {delivery.webhook_id for delivery in came} == {delivery.webhook_id for delivery in sent}
    assert len(came) > len(sent)
    assert [delivery.payload["id"] for delivery in came] != sorted(delivery.payload["id"] for delivery in came)
