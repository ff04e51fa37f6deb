"""Objects as Shopify sends them, each field changeable."""

from typing import Any

Node = dict[str, Any]


def money(amount: str | float, currency: str = "EUR") -> Node:
    return {"shopMoney": {"amount": amount, "currencyCode": currency}}


def address(**changes: Any) -> Node:
    return {
        "firstName": "Ida",
        "lastName": "Groß",
        "company": None,
        "address1": "Lindenweg 4",
        "address2": None,
        "zip": "01067",
        "city": "Dresden",
        "provinceCode": "SN",
        "countryCodeV2": "DE",
    } | changes


def customer(number: int = 1, **changes: Any) -> Node:
    return {
        "id": f"gid://shopify/Customer/{number}",
        "legacyResourceId": str(number),
        "firstName": "Ida",
        "lastName": "Groß",
        "locale": "de-DE",
        "tags": ["Stammkunde", "vip"],
        "numberOfOrders": "2",
        "createdAt": "2024-05-06T02:40:36Z",
        "updatedAt": "2026-10-30T08:00:00Z",
        "defaultEmailAddress": {"emailAddress": f"ida{number}@example.com"},
        "defaultAddress": address(),
    } | changes


def line(number: int = 1, **changes: Any) -> Node:
    return {
        "id": f"gid://shopify/LineItem/{number}",
        "sku": f"TEE-{number}",
        "title": "Teekanne",
        "variantTitle": None,
        "quantity": 2,
        "currentQuantity": 2,
        "originalUnitPriceSet": money("24.95"),
    } | changes


def order(number: int = 1, **changes: Any) -> Node:
    return {
        "id": f"gid://shopify/Order/{number}",
        "legacyResourceId": str(number),
        "name": f"#{1000 + number}",
        "email": "ida@example.com",
        "processedAt": "2026-10-01T10:00:00Z",
        "updatedAt": "2026-10-02T10:00:00Z",
        "cancelledAt": None,
        "test": False,
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "sourceName": "web",
        "discountCodes": [],
        "customer": {"legacyResourceId": "1"},
        "totalPriceSet": money("54.85"),
        "currentTotalPriceSet": money("54.85"),
        "billingAddress": address(),
        "shippingAddress": address(address1="Packhof 1"),
        "lineItems": {"nodes": [line()]},
    } | changes


def checkout(number: int = 1, **changes: Any) -> Node:
    item = line()
    del item["currentQuantity"]
    return {
        "id": f"gid://shopify/AbandonedCheckout/{number}",
        "createdAt": "2026-10-30T08:00:00Z",
        "updatedAt": "2026-10-30T08:20:00Z",
        "completedAt": None,
        "abandonedCheckoutUrl": "https://shop.example/checkouts/ac/token/recover?key=secret",
        "customer": {"legacyResourceId": "1", "defaultEmailAddress": {"emailAddress": "ida@example.com"}},
        "totalPriceSet": money("49.90"),
        "lineItems": {"nodes": [item]},
    } | changes
