"""Which order does a record of ``/orders`` describe, and whom does it bring along?"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from campaigns.address import Address
from campaigns.customer import Customer
from campaigns.order import Order, OrderLine, OrderState
from campaigns.rejection import RejectionReason
from importers.billbee.addresses import is_damaged, to_address
from importers.billbee.fields import LARGEST, amount, cents, certain_moment, first_said, identity, in_cents, moment, part, parts, said, state_number
from importers.billbee.people import email_of, number_of, to_customer
from importers.errors import BadRecord
from importers.marketplaces import marketplace_unless_shop
from importers.persons import language

NO_SALES = {6: OrderState.DELETED, 8: OrderState.CANCELLED, 14: OrderState.OFFERED}
COMPLETED = frozenset({3, 4, 7, 9})
"""Paid, shipped, closed, archived (importer facts 2.2); any other state is completed once it is shipped or paid."""
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_CODE = re.compile(r"(?=.*[A-Za-z]|\d{6})[A-Za-z0-9][A-Za-z0-9_-]{3,}", re.ASCII)


def key_of(row: Mapping[str, Any]) -> str:
    """What the order calls itself."""
    return first_said(row, "OrderNumber", "BillBeeOrderId", "Id")


def to_order(row: Mapping[str, Any], source: str) -> Order:
    """The order, with what was paid for it: TotalCost includes the shipping, whatever the specification says (importer facts 2.2).

    Raises ``BadRecord`` (no_key, bad_date, bad_number).
    """
    key = identity(row.get("BillBeeOrderId"))
    if not key:
        raise BadRecord(RejectionReason.NO_KEY, "An order without BillBeeOrderId: look at this order in Billbee.")
    ordered_at = moment(row, "CreatedAt")
    if ordered_at is None:
        raise BadRecord(RejectionReason.BAD_DATE, "The order has no CreatedAt: look at this order in Billbee.")
    customer, items = part(row, "Customer"), parts(row, "OrderItems")
    return Order(
        source,
        key,
        first_said(row, "OrderNumber", "Id") or key,
        ordered_at,
        state_of(row),
        _total(row, items),
        currency=_currency(row),
        customer_number=number_of(customer) or identity(row.get("CustomerNumber")) or identity(customer.get("Id")),
        email=email_of(customer, part(row, "InvoiceAddress"), part(row, "Buyer"), part(row, "ShippingAddress")),
        platform=_platform(row),
        discount_codes=tuple(dict.fromkeys(code for item in items if _is_coupon(item) for code in _codes(item))),
        address=_billing_address(row),
        lines=tuple(line for item in items if not _is_coupon(item) and (line := _line(item))),
        changed_at=certain_moment(row, "LastModifiedAt" if moment(row, "LastModifiedAt") else "UpdatedAt"),
    )


def to_buyer(row: Mapping[str, Any], source: str) -> Customer | None:
    """The customer within the order, living where it was billed to; None where Billbee names none.

    Dated by the order: the address is as old as that, whenever the order was touched since. Raises ``BadRecord``.
    """
    customer = part(row, "Customer")
    if not identity(customer.get("Id")):
        return None
    return to_customer(customer, _billed_to(row), source, language(said(row.get("LanguageCode"))), moment(row, "CreatedAt"))


def state_of(row: Mapping[str, Any]) -> OrderState:
    """Where the order stands. A state that Billbee has added since is an open order: to reject it would lose a sale.

    An order that takes back another one (IsCancelationFor, so far from Shopify alone) is none itself.
    """
    state = state_number(row.get("State"))
    if state in NO_SALES:
        return NO_SALES[state]
    if said(row.get("IsCancelationFor")):
        return OrderState.CANCELLED
    is_done = state in COMPLETED or moment(row, "ShippedAt") or moment(row, "PayedAt")
    return OrderState.COMPLETED if is_done else OrderState.OPEN


def _total(row: Mapping[str, Any], items: list[Mapping[str, Any]]) -> int:
    total = cents(row, "TotalCost")
    if total is not None:
        return total
    parts_of_it = [amount(item, "TotalPrice") for item in items] + [amount(row, "ShippingCost"), amount(row, "AdjustmentCost")]
    return in_cents(sum((each for each in parts_of_it if each), Decimal(0)), "the sum of the items")


def _currency(row: Mapping[str, Any]) -> str:
    code = said(row.get("Currency")).upper() or "EUR"
    if not _CURRENCY.fullmatch(code):
        raise BadRecord(RejectionReason.BAD_NUMBER, f'Currency is "{code[:20]}", which is no currency code: look at this order in Billbee.')
    return code


def _platform(row: Mapping[str, Any]) -> str:
    return marketplace_unless_shop(first_said(part(row, "Seller"), "Platform") or first_said(part(row, "Buyer"), "Platform"))


def _billed_to(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The invoice address, else the delivery address: each may be null, or there without a street."""
    invoice, shipping = part(row, "InvoiceAddress"), part(row, "ShippingAddress")
    return invoice if to_address(invoice).street or not to_address(shipping).street else shipping


def _billing_address(row: Mapping[str, Any]) -> Address:
    """Empty when damaged: the order counts all the same."""
    address = to_address(_billed_to(row))
    return Address() if is_damaged(address) else address


def _is_coupon(item: Mapping[str, Any]) -> bool:
    """A coupon is a payment, not an article (Swagger: "interpreted as tax-free payment")."""
    return item.get("IsCoupon") is True


def _codes(item: Mapping[str, Any]) -> list[str]:
    """What may be the code: Billbee has no field for it, shops write it into number or title ("Gutschein SOMMER-24")."""
    product = part(item, "Product")
    words = f"{said(product.get('SKU'))} {said(product.get('Title'))}".split()
    bare = (word.strip(".,:;()[]\"'„“") for word in words)
    return [word for word in bare if _CODE.fullmatch(word) and (word.isupper() or any(map(str.isdigit, word)))]


def _line(item: Mapping[str, Any]) -> OrderLine | None:
    """The article; None for an item that names none. What is sold by weight or length (2.5) is one piece at the row's price."""
    product = part(item, "Product")
    sku, title = first_said(product, "SKU") or first_said(item, "InvoiceSKU") or first_said(product, "SkuOrId"), said(product.get("Title"))
    if not (sku or title):
        return None
    quantity, price = amount(item, "Quantity"), amount(item, "TotalPrice") or Decimal(0)
    if quantity is None or quantity == 0 or quantity != quantity.to_integral_value():
        quantity = Decimal(1)
    if abs(quantity) > LARGEST:
        raise BadRecord(RejectionReason.BAD_NUMBER, f'"{title[:40]}" was bought {quantity:.0f} times: look at this order in Billbee.')
    in_cents(price, "TotalPrice")
    return OrderLine(sku, title, int(quantity), in_cents(price / quantity, "TotalPrice"))
