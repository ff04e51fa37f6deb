"""How does a webhook's payload, written in the words of Shopify's old REST interface, become the object that our queries would have brought?

One mapping for both ways (records.py): a record is the same whichever way it came.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from campaigns.cart import Cart
from campaigns.customer import Customer
from campaigns.order import Order
from campaigns.rejection import RejectionReason
from importers.errors import BadRecord
from importers.shopify.nodes import EmailNode, read
from importers.shopify.records import to_cart, to_customer, to_order

Payload = Mapping[str, Any]

_ADDRESS = {
    "firstName": "first_name",
    "lastName": "last_name",
    "company": "company",
    "address1": "address1",
    "address2": "address2",
    "zip": "zip",
    "city": "city",
    "provinceCode": "province_code",
    "countryCodeV2": "country_code",
}


def customer(payload: Payload, source: str) -> Customer:
    """The customer of customers/create and its kin, which name neither language nor (since 2026) tags. Raises ``BadRecord``."""
    email, tags = payload.get("email"), payload.get("tags")
    node = {
        "legacyResourceId": payload.get("id"),
        "firstName": payload.get("first_name"),
        "lastName": payload.get("last_name"),
        "locale": "",
        "tags": [tag.strip() for tag in tags.split(",")] if isinstance(tags, str) else tags,
        "numberOfOrders": "",
        "createdAt": payload.get("created_at"),
        "updatedAt": payload.get("updated_at"),
        "defaultEmailAddress": {"emailAddress": email} if email else None,
        "defaultAddress": _address(payload.get("default_address")),
    }
    return to_customer(node, source)


def order(payload: Payload, source: str) -> Order:
    """The order of orders/create and its kin. Raises ``BadRecord``."""
    node = {
        "legacyResourceId": payload.get("id"),
        "name": payload.get("name"),
        "email": payload.get("email"),
        "processedAt": payload.get("processed_at") or payload.get("created_at"),
        "updatedAt": payload.get("updated_at"),
        "cancelledAt": payload.get("cancelled_at"),
        "test": payload.get("test"),
        "displayFinancialStatus": _capitals(payload.get("financial_status")),
        "displayFulfillmentStatus": _capitals(payload.get("fulfillment_status")),  # of its words only "fulfilled" counts
        "sourceName": payload.get("source_name"),
        "discountCodes": [each.get("code") for each in _objects(payload.get("discount_codes"), "discount_codes")],
        "customer": _named(payload.get("customer")),
        "totalPriceSet": _amount(payload, "total_price"),
        "currentTotalPriceSet": _amount(payload, "current_total_price"),
        "billingAddress": _address(payload.get("billing_address")),
        "shippingAddress": _address(payload.get("shipping_address")),
        "lineItems": {"nodes": [_line(line, payload) for line in _objects(payload.get("line_items"), "line_items")]},
    }
    return to_order(node, source)


def cart(payload: Payload, source: str) -> Cart:
    """The checkout of checkouts/create and update: its own e-mail address is known here, and its articles have no ids. Raises ``BadRecord``."""
    buyer, email = _named(payload.get("customer")), read(EmailNode, {"emailAddress": payload.get("email")}).email_address
    node = {
        "id": f"gid://shopify/AbandonedCheckout/{checkout_id(payload)}",
        "createdAt": payload.get("created_at"),
        "updatedAt": payload.get("updated_at"),
        "completedAt": payload.get("completed_at"),
        "abandonedCheckoutUrl": payload.get("abandoned_checkout_url"),
        "customer": buyer and {**buyer, "defaultEmailAddress": {"emailAddress": payload["customer"].get("email")}},
        "totalPriceSet": _amount(payload, "total_price"),
        "lineItems": {
            "nodes": [
                {**_line(line, payload), "id": f"gid://shopify/AbandonedCheckoutLineItem/{place}"}
                for place, line in enumerate(_objects(payload.get("line_items"), "line_items"))
            ]
        },
    }
    found = to_cart(node, source)
    return replace(found, email=email) if email else found


def checkout_id(payload: Payload) -> str:
    """A checkout's number: newer payloads show it only as its name, ``#981820079255243537``."""
    name = payload.get("name")
    return str(payload.get("id") or (name.removeprefix("#") if isinstance(name, str) else ""))


def _objects(value: Any, field: str) -> list[Payload]:
    if value is None:
        return []
    if not isinstance(value, Iterable) or not all(isinstance(each, Mapping) for each in value):
        raise BadRecord(RejectionReason.MALFORMED, f"{field} is no list of objects. Look at this record in the shop, or report this.")
    return list(value)


def _capitals(word: Any) -> Any:
    return word.upper() if isinstance(word, str) else word


def _named(buyer: Any) -> dict[str, Any] | None:
    return {"legacyResourceId": buyer.get("id")} if isinstance(buyer, Mapping) and buyer.get("id") is not None else None


def _address(given: Any) -> dict[str, Any] | None:
    return {ours: given.get(theirs) for ours, theirs in _ADDRESS.items()} if isinstance(given, Mapping) else None


def _amount(payload: Payload, name: str, currency: Any = None) -> dict[str, Any]:
    """An amount in the shop's own currency: its ``_set`` says so; without one ``currency`` is the shop's."""
    both = payload.get(f"{name}_set")
    money = both.get("shop_money") if isinstance(both, Mapping) else None
    if not isinstance(money, Mapping):
        money = {"amount": payload.get(name), "currency_code": currency or payload.get("currency")}
    return {"shopMoney": {"amount": money.get("amount"), "currencyCode": money.get("currency_code")}}


def _line(line: Payload, parent: Payload) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/LineItem/{line.get('id')}",
        "sku": line.get("sku"),
        "title": line.get("title"),
        "variantTitle": line.get("variant_title"),
        "quantity": line.get("quantity"),
        "currentQuantity": line.get("current_quantity"),
        "originalUnitPriceSet": _amount(line, "price", parent.get("currency")),
    }
