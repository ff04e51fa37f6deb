"""What does Shopify know of order number n?"""

from dataclasses import dataclass
from typing import Any

from tests.shops.shopify import people
from tests.shops.shopify.clock import iso
from tests.shops.shopify.money import CURRENCY, bag

GOODS = (("Rosenseife", "SEIFE-1", 595), ("Tasse „Käthe“", "TASSE-BL", 1290), ("Wolldecke", None, 8950), ("Postkarte", "PK-12", 120))
COUPONS = ("HERBST10", "WILLKOMMEN", "brief-4f7k")


@dataclass(frozen=True, slots=True)
class Story:
    """What became of an order, read from its number so that a test can foresee it."""

    test: bool
    cancelled: bool
    refunded: bool
    partly_refunded: bool
    pending: bool
    lines: int


def story(number: int) -> Story:
    """Every 40th is a test order, every 15th cancelled, every 12th refunded, every 25th has 60 lines."""
    return Story(
        test=number % 40 == 20,
        cancelled=number % 15 == 8,
        refunded=number % 12 == 5,
        partly_refunded=number % 12 == 7,
        pending=number % 50 == 49,
        lines=60 if number % 25 == 10 else number % 4 + 1,
    )


def make_order(number: int, key: int, created_at: int, updated_at: int, customer: int | None) -> dict[str, Any]:
    """All fields of an ``Order``; ``customer`` is the customer's number, None for a guest at the till."""
    told = story(number)
    items = [_line(number, key, place, told.refunded) for place in range(told.lines)]
    total = sum(_cents(place, number) * _quantity(place, number) for place in range(told.lines))
    refunded = total if told.refunded else total // 4 if told.partly_refunded else 0
    who = customer if customer is not None else number
    return {
        "__typename": "Order",
        "id": f"gid://shopify/Order/{key}",
        "legacyResourceId": str(key),
        "name": f"#{1000 + number}",
        "number": 1000 + number,
        "email": people.email(who) if customer is not None else None,
        "phone": people.phone(who) if customer is not None else None,
        "createdAt": iso(created_at),
        "processedAt": iso(created_at - 30 if number % 9 else created_at - 86_400),
        "updatedAt": iso(updated_at),
        "closed": number % 6 == 0,
        "closedAt": iso(updated_at) if number % 6 == 0 else None,
        "confirmed": True,
        "test": told.test,
        "currencyCode": CURRENCY,
        "presentmentCurrencyCode": CURRENCY,
        "note": None,
        "tags": ["Geschenk"] if number % 10 == 3 else [],
        "discountCode": _coupon(number),
        "discountCodes": [code for code in (_coupon(number),) if code],
        "sourceName": "web" if customer is not None else "pos",
        "customerLocale": "de",
        "customer": customer,
        "checkoutToken": f"checkout{number:08d}" if customer is not None else None,
        "cartToken": f"cart{number:08d}" if customer is not None else None,
        "paymentGatewayNames": ["shopify_payments"],
        "poNumber": None,
        "customAttributes": [],
        "merchantEditable": True,
        "capturable": False,
        "returnStatus": "NO_RETURN",
        **_states(told, updated_at),
        **_sums(total, refunded, told),
        **_addresses(number, key, customer),
        "lineItems": items,
        "refunds": [_refund(key, updated_at, refunded, items, told)] if refunded else [],
    }


def _states(told: Story, updated_at: int) -> dict[str, Any]:
    money = "REFUNDED" if told.refunded else "PARTIALLY_REFUNDED" if told.partly_refunded else "PENDING" if told.pending else "PAID"
    return {
        "cancelledAt": iso(updated_at) if told.cancelled else None,
        "cancelReason": "CUSTOMER" if told.cancelled else None,
        "displayFinancialStatus": "VOIDED" if told.cancelled and money == "PAID" else money,
        "displayFulfillmentStatus": "UNFULFILLED" if told.pending or told.cancelled else "FULFILLED",
    }


def _sums(total: int, refunded: int, told: Story) -> dict[str, Any]:
    current = 0 if told.cancelled else total - refunded
    return {
        "totalPriceSet": bag(total),
        "originalTotalPriceSet": bag(total),
        "currentTotalPriceSet": bag(current),
        "subtotalPriceSet": bag(total),
        "currentSubtotalPriceSet": bag(current),
        "totalRefundedSet": bag(refunded),
        "totalDiscountsSet": bag(0),
        "currentTotalDiscountsSet": bag(0),
        "totalShippingPriceSet": bag(0),
        "totalTaxSet": bag(total * 19 // 119),
        "currentTotalTaxSet": bag(current * 19 // 119),
        "totalOutstandingSet": bag(total if told.pending else 0),
        "totalReceivedSet": bag(0 if told.pending else total),
        "netPaymentSet": bag(0 if told.pending else total - refunded),
        "taxesIncluded": True,
    }


def _addresses(number: int, key: int, customer: int | None) -> dict[str, Any]:
    if customer is None:
        return {"billingAddress": None, "shippingAddress": None, "billingAddressMatchesShippingAddress": True}
    home = people.address(customer, key)
    shipping = people.address(customer + 3, key + 1) if number % 8 == 7 else home
    return {"billingAddress": home, "shippingAddress": shipping, "billingAddressMatchesShippingAddress": shipping is home}


def _coupon(number: int) -> str | None:
    return COUPONS[number % len(COUPONS)] if number % 3 == 1 else None


def _cents(place: int, number: int) -> int:
    return GOODS[(place + number) % len(GOODS)][2]


def _quantity(place: int, number: int) -> int:
    return (place + number) % 3 + 1


def _line(number: int, key: int, place: int, refunded: bool) -> dict[str, Any]:
    title, sku, cents = GOODS[(place + number) % len(GOODS)]
    quantity = _quantity(place, number)
    return {
        "__typename": "LineItem",
        "id": f"gid://shopify/LineItem/{key * 1000 + place}",
        "title": title,
        "name": title,
        "variantTitle": "blau" if place % 2 else None,
        "sku": sku,
        "vendor": "Käthes Laden",
        "quantity": quantity,
        "currentQuantity": 0 if refunded else quantity,
        "refundableQuantity": 0 if refunded else quantity,
        "requiresShipping": True,
        "isGiftCard": False,
        "taxable": True,
        "taxLines": [],
        "customAttributes": [],
        "product": product(place + number),
        "variant": variant(place + number),
        "image": None,
        "originalUnitPriceSet": bag(cents),
        "discountedUnitPriceSet": bag(cents),
        "originalTotalSet": bag(cents * quantity),
        "discountedTotalSet": bag(cents * quantity),
        "totalDiscountSet": bag(0),
    }


def product(number: int) -> dict[str, Any] | None:
    """The product on a line; every fourth is no longer there."""
    if number % len(GOODS) == 2:
        return None
    key = 8_000_000_000_000 + number % len(GOODS)
    return {
        "__typename": "Product",
        "id": f"gid://shopify/Product/{key}",
        "legacyResourceId": str(key),
        "title": GOODS[number % len(GOODS)][0],
        "handle": f"ware-{key}",
    }


def variant(number: int) -> dict[str, Any] | None:
    """Its variant."""
    found = product(number)
    if found is None:
        return None
    key = 45_000_000_000_000 + number % len(GOODS)
    return {
        "__typename": "ProductVariant",
        "id": f"gid://shopify/ProductVariant/{key}",
        "title": "Default Title",
        "sku": GOODS[number % len(GOODS)][1],
        "product": found,
    }


def _refund(key: int, at: int, cents: int, items: list[dict[str, Any]], told: Story) -> dict[str, Any]:
    rows = items if told.refunded else items[:1]
    return {
        "__typename": "Refund",
        "id": f"gid://shopify/Refund/{key}",
        "legacyResourceId": str(key),
        "createdAt": iso(at),
        "processedAt": iso(at),
        "updatedAt": iso(at),
        "note": None,
        "totalRefundedSet": bag(cents),
        "refundLineItems": [_refund_line(item) for item in rows],
    }


def _refund_line(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "__typename": "RefundLineItem",
        "id": item["id"].replace("LineItem", "RefundLineItem"),
        "quantity": item["quantity"],
        "restocked": False,
        "lineItem": item,
        "priceSet": item["originalUnitPriceSet"],
        "subtotalSet": item["discountedTotalSet"],
    }
