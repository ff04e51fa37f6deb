"""What does Shopify know of abandoned checkout number n?"""

from typing import Any

from tests.shops.shopify import people
from tests.shops.shopify.clock import iso
from tests.shops.shopify.money import bag
from tests.shops.shopify.orders import GOODS, product, variant
from tests.shops.shopify.settings import SHOP


def make_checkout(number: int, key: int, created_at: int, updated_at: int, customer: int | None) -> dict[str, Any]:
    """All fields of an ``AbandonedCheckout``: every fifth was recovered, every fourth left before the address step, every eleventh has 25 lines."""
    items = [_line(number, key, place) for place in range(25 if number % 11 == 10 else number % 3 + 1)]
    total = sum(GOODS[(place + number) % len(GOODS)][2] * (place % 2 + 1) for place in range(len(items)))
    home = None if number % 4 == 1 else people.address(customer or number, key)
    return {
        "__typename": "AbandonedCheckout",
        "id": f"gid://shopify/AbandonedCheckout/{key}",
        "name": f"#{key}",
        "createdAt": iso(created_at),
        "updatedAt": iso(updated_at),
        "completedAt": iso(updated_at) if number % 5 == 0 else None,
        "abandonedCheckoutUrl": f"https://{SHOP}/63000000001/checkouts/ac/token{number:08d}/recover?key=secret{number:08d}",
        "discountCodes": ["HERBST10"] if number % 6 == 1 else [],
        "note": "",
        "customAttributes": [],
        "taxLines": [],
        "taxesIncluded": True,
        "customer": customer,
        "billingAddress": home,
        "shippingAddress": None if number % 8 == 2 else home,
        "subtotalPriceSet": bag(total),
        "totalDiscountSet": bag(0),
        "totalDutiesSet": None,
        "totalLineItemsPriceSet": bag(total),
        "totalPriceSet": bag(total),
        "totalTaxSet": bag(total * 19 // 119),
        "lineItemsQuantity": sum(place % 2 + 1 for place in range(len(items))),
        "lineItems": items,
    }


def _line(number: int, key: int, place: int) -> dict[str, Any]:
    title, sku, cents = GOODS[(place + number) % len(GOODS)]
    quantity = place % 2 + 1
    return {
        "__typename": "AbandonedCheckoutLineItem",
        "id": f"gid://shopify/AbandonedCheckoutLineItem/{key * 1000 + place}",
        "title": title,
        "variantTitle": None,
        "sku": sku,
        "quantity": quantity,
        "originalUnitPriceSet": bag(cents),
        "discountedUnitPriceSet": bag(cents),
        "originalTotalPriceSet": bag(cents * quantity),
        "discountedTotalPriceSet": bag(cents * quantity),
        "image": {"__typename": "Image", "id": None, "url": f"https://cdn.example.com/{sku or 'ware'}.jpg", "altText": title, "width": 800, "height": 600},
        "product": product(place + number),
        "variant": variant(place + number),
        "components": None,
        "customAttributes": [],
    }
