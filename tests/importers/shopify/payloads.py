"""Webhook payloads as Shopify sends them, each field changeable: the same objects as in ``samples``, in the words of its old interface."""

import json
from typing import Any

Payload = dict[str, Any]


def money(amount: str, currency: str = "EUR") -> Payload:
    return {"shop_money": {"amount": amount, "currency_code": currency}, "presentment_money": {"amount": "1.00", "currency_code": "USD"}}


def address(**changes: Any) -> Payload:
    return {
        "first_name": "Ida",
        "last_name": "Groß",
        "company": None,
        "address1": "Lindenweg 4",
        "address2": None,
        "zip": "01067",
        "city": "Dresden",
        "province": "Sachsen",
        "province_code": "SN",
        "country": "Germany",
        "country_code": "DE",
        "phone": "+49 351 000000",
    } | changes


def customer(number: int = 1, **changes: Any) -> Payload:
    return {
        "id": number,
        "admin_graphql_api_id": f"gid://shopify/Customer/{number}",
        "first_name": "Ida",
        "last_name": "Groß",
        "state": "enabled",
        "email": f"ida{number}@example.com",
        "created_at": "2024-05-06T04:40:36+02:00",
        "updated_at": "2026-10-30T09:00:00+01:00",
        "default_address": address(id=12321, customer_id=number, default=True),
        "addresses": [],
    } | changes


def line(number: int = 1, **changes: Any) -> Payload:
    return {
        "id": number,
        "sku": f"TEE-{number}",
        "title": "Teekanne",
        "variant_title": None,
        "quantity": 2,
        "current_quantity": 2,
        "price": "24.95",
        "price_set": money("24.95"),
    } | changes


def order(number: int = 1, **changes: Any) -> Payload:
    return {
        "id": number,
        "name": f"#{1000 + number}",
        "email": "ida@example.com",
        "created_at": "2026-10-01T12:00:00+02:00",
        "processed_at": "2026-10-01T12:00:00+02:00",
        "updated_at": "2026-10-02T12:00:00+02:00",
        "cancelled_at": None,
        "test": False,
        "financial_status": "paid",
        "fulfillment_status": None,
        "source_name": "web",
        "currency": "EUR",
        "discount_codes": [],
        "customer": {"id": 1, "email": "ida@example.com", "updated_at": None},
        "total_price": "54.85",
        "total_price_set": money("54.85"),
        "current_total_price": "54.85",
        "current_total_price_set": money("54.85"),
        "billing_address": address(),
        "shipping_address": address(address1="Packhof 1"),
        "line_items": [line()],
        "refunds": [],
    } | changes


def checkout(number: int = 1, **changes: Any) -> Payload:
    item = line()
    for name in ("id", "current_quantity", "price_set"):
        del item[name]
    return {
        "token": "123123123",
        "name": f"#{number}",
        "email": "ida@example.com",
        "created_at": "2026-10-30T08:00:00Z",
        "updated_at": "2026-10-30T08:20:00Z",
        "completed_at": None,
        "abandoned_checkout_url": "https://shop.example/checkouts/ac/token/recover?key=secret",
        "currency": "EUR",
        "presentment_currency": "USD",
        "total_price": "49.90",
        "customer": {"id": 1, "email": "ida@example.com"},
        "line_items": [item],
    } | changes


def data_request(number: int = 1, email: str | None = "ida1@example.com") -> Payload:
    return {
        "shop_id": 954889,
        "shop_domain": "tee.myshopify.com",
        "customer": {"id": number, "email": email, "phone": None},
        "orders_requested": [1],
        "data_request": {"id": 9999},
    }


def redact(number: int = 1, email: str | None = "ida1@example.com", orders: tuple[int, ...] = ()) -> Payload:
    return {
        "shop_id": 954889,
        "shop_domain": "tee.myshopify.com",
        "customer": {"id": number, "email": email, "phone": None},
        "orders_to_redact": list(orders),
    }


def merge(kept: int, gone: int, status: str = "completed") -> Payload:
    return {
        "admin_graphql_api_customer_kept_id": f"gid://shopify/Customer/{kept}",
        "admin_graphql_api_customer_deleted_id": f"gid://shopify/Customer/{gone}",
        "admin_graphql_api_job_id": None,
        "status": status,
        "errors": [],
    }


def body(payload: Any) -> bytes:
    """The bytes that Shopify signs."""
    return json.dumps(payload, ensure_ascii=False).encode()
