"""How does Shopify deliver a webhook?  Signed over the raw body, more than once, and in any order (facts/importers.md 1.8)."""

import base64
import hashlib
import hmac
import json
import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.shops.shopify.settings import SHOP

VERSION = "2026-10"
TIMEOUT = httpx.Timeout(5.0, connect=1.0)
"""Shopify waits five seconds in all, one for the connection."""
Post = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way: a repeated delivery is the same object, a second webhook for one event has another ``webhook_id``."""

    topic: str
    payload: Any
    webhook_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    event_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    shop: str = SHOP
    version: str = VERSION
    triggered_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    raw: bytes | None = None
    """The body as sent; made from ``payload`` where it is None."""

    @property
    def body(self) -> bytes:
        """Bytes that are sent and signed."""
        return self.raw if self.raw is not None else json.dumps(self.payload, ensure_ascii=False, separators=(",", ":")).encode()

    def headers(self, secret: str, signature: str | None = None) -> dict[str, str]:
        """All headers of Shopify's; another ``signature`` makes a forgery."""
        return {
            "Content-Type": "application/json",
            "User-Agent": "Shopify-Captain-Hook",
            "X-Shopify-Topic": self.topic,
            "X-Shopify-Hmac-Sha256": sign(self.body, secret) if signature is None else signature,
            "X-Shopify-Shop-Domain": self.shop,
            "X-Shopify-API-Version": self.version,
            "X-Shopify-Webhook-Id": self.webhook_id,
            "X-Shopify-Event-Id": self.event_id,
            "X-Shopify-Triggered-At": self.triggered_at.isoformat().replace("+00:00", "Z"),
        }


def sign(body: bytes, secret: str) -> str:
    """Base64 of the HMAC-SHA256 over the raw bytes, by the app's client secret."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def deliver(
    url: str,
    topic: str,
    payload: Any,
    secret: str,
    webhook_id: str | None = None,
    signature: str | None = None,
    post: Post = httpx.post,
    **more: Any,
) -> Any:
    """Post one event as Shopify does and give the answer; ``more`` are fields of ``Delivery``, ``post`` may be a test client's."""
    delivery = Delivery(topic, payload, **more)
    if webhook_id is not None:
        delivery = replace(delivery, webhook_id=webhook_id)
    return send(url, delivery, secret, signature, post)


def send(url: str, delivery: Delivery, secret: str, signature: str | None = None, post: Post = httpx.post) -> Any:
    """Post a delivery that is already made, as often as you like: the second time is the duplicate."""
    return post(url, content=delivery.body, headers=delivery.headers(secret, signature), timeout=TIMEOUT)


def stormy(deliveries: Sequence[Delivery], seed: int, duplicates: float = 0.3) -> list[Delivery]:
    """The same events in another order, ``duplicates`` of them twice (same webhook id)."""
    chance = random.Random(seed)
    twice = [delivery for delivery in deliveries if chance.random() < duplicates]
    again = [replace(delivery) for delivery in twice]
    mixed = [*deliveries, *again]
    chance.shuffle(mixed)
    return mixed
