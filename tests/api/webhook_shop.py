"""Shopify as far as its webhooks go: payloads signed as it signs them."""

import base64
import hashlib
import hmac
import itertools
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.importers.shopify.payloads import body

CLIENT_SECRET = "shpss_only-for-tests"
SHOP = "tee.myshopify.com"
_COUNT = itertools.count(1)


def signature(content: bytes, secret: str = CLIENT_SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), content, hashlib.sha256).digest()).decode()


def headers(topic: str, content: bytes, /, **changes: str | None) -> dict[str, str]:
    """Those of a delivery of its own; ``None`` leaves one out."""
    found = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": signature(content),
        "X-Shopify-Shop-Domain": SHOP,
        "X-Shopify-API-Version": "2026-10",
        "X-Shopify-Webhook-Id": f"delivery-{next(_COUNT)}",
        "X-Shopify-Event-Id": f"event-{next(_COUNT)}",
        "X-Shopify-Triggered-At": datetime.now(UTC).isoformat().replace("+00:00", "123Z"),
    }
    for name, value in changes.items():
        key = "X-Shopify-" + name.replace("_", "-")
        found = {known: text for known, text in found.items() if known.lower() != key.lower()} | ({} if value is None else {key: value})
    return found


def send(client: httpx.Client, topic: str, payload: Any, /, **changes: str | None) -> httpx.Response:
    """One delivery."""
    content = payload if isinstance(payload, bytes) else body(payload)
    return client.post("/webhooks/shopify", content=content, headers=headers(topic, content, **changes))
