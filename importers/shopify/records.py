"""Which customer, order or cart is this object of Shopify's?

Amounts are in the shop's own currency.  Prices per piece are as the shop lists them before discounts: gross in a shop whose prices
include tax, as in Germany.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from campaigns.address import Address
from campaigns.cart import Cart, CartItem
from campaigns.customer import Customer
from campaigns.destinations import town_with_region
from campaigns.order import Order, OrderLine, OrderState
from campaigns.rejection import RejectionReason
from importers.errors import BadRecord
from importers.marketplaces import marketplace
from importers.shopify.nodes import LARGEST, AddressNode, CheckoutNode, CustomerNode, LineNode, MoneyBagNode, OrderNode, read

_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_]|$)", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"/(\d+)(?:\?|$)", re.ASCII)
_PAYMENTS = {
    "PAID": OrderState.COMPLETED,
    "PARTIALLY_REFUNDED": OrderState.COMPLETED,
    "REFUNDED": OrderState.REFUNDED,
    "VOIDED": OrderState.CANCELLED,
    "EXPIRED": OrderState.CANCELLED,
}
"""displayFinancialStatus -> our state; the others (AUTHORIZED, PARTIALLY_PAID, PENDING, none) leave it to the delivery."""


def to_customer(raw: Mapping[str, Any], source: str) -> Customer:
    """The customer at the default address, under the own name, or under the address's where there is none. Raises ``BadRecord``."""
    node = read(CustomerNode, raw)
    address = _address(node.default_address)
    named = bool(node.first_name or node.last_name)
    return Customer(
        source,
        node.legacy_resource_id,
        email=node.default_email_address.email_address if node.default_email_address else "",
        address=Address(
            address.company,
            "",
            node.first_name if named else address.first_name,
            node.last_name if named else address.last_name,
            address.addition,
            address.street,
            address.postcode,
            address.town,
            address.country,
        ),
        language=language(node.locale),
        registered_at=node.created_at,
        tags=tuple(tag for tag in node.tags if tag),
        changed_at=node.updated_at,
    )


def to_order(raw: Mapping[str, Any], source: str) -> Order:
    """The order as it stands: what was taken back or edited out of a sale counts neither in its total nor in its lines.

    An order that is no sale (any more) shows what it was about.  A guest is known by e-mail; a sale over the counter may have neither
    customer nor e-mail.  Raises ``BadRecord``.
    """
    node = read(OrderNode, raw)
    state = order_state(node.test, node.cancelled_at is not None, node.display_financial_status, node.display_fulfillment_status)
    addresses = (node.billing_address, node.shipping_address)
    total = node.current_total_price_set if state.is_sale else node.total_price_set
    return Order(
        source,
        node.legacy_resource_id,
        node.name or node.legacy_resource_id,
        node.processed_at,  # createdAt is the time of the import for orders that an app has brought in
        state,
        _cents(total),
        currency=total.shop_money.currency_code,
        customer_number=node.customer.legacy_resource_id if node.customer else "",
        email=node.email,
        platform=marketplace(node.source_name),
        discount_codes=tuple(dict.fromkeys(code for code in node.discount_codes if code)),
        address=_address(next(filter(_is_usable, addresses), node.billing_address)),
        lines=tuple(
            OrderLine(line.sku, _title(line), quantity, _cents(line.original_unit_price_set))
            for line in _in_order(node.line_items.nodes)
            if (quantity := _kept(line) if state.is_sale else line.quantity) > 0
        ),
        changed_at=node.updated_at,
    )


def to_cart(raw: Mapping[str, Any], source: str) -> Cart:
    """The abandoned checkout; ``completed_at`` tells the recovered ones, which Shopify lists too, apart. Raises ``BadRecord``."""
    node = read(CheckoutNode, raw)
    customer = node.customer
    return Cart(
        source,
        number_of(node.id),
        node.created_at,
        node.updated_at,
        email=customer.default_email_address.email_address if customer and customer.default_email_address else "",
        currency=node.total_price_set.shop_money.currency_code,
        items=tuple(
            CartItem(line.sku, _title(line), line.quantity, _cents(line.original_unit_price_set))
            for line in _in_order(node.line_items.nodes)
            if line.quantity > 0
        ),
        customer_number=customer.legacy_resource_id if customer else "",
        completed_at=node.completed_at,
        recovery_url=node.abandoned_checkout_url,
    )


def order_state(is_test: bool, is_cancelled: bool, payment: str, delivery: str) -> OrderState:
    """The state of an order by Shopify's words; what makes it no sale counts first, a refund in part leaves a sale.

    A delivered order that is not paid yet (invoice) is completed.
    """
    if is_test:
        return OrderState.TEST
    if is_cancelled:
        return OrderState.CANCELLED
    return _PAYMENTS.get(payment, OrderState.COMPLETED if delivery == "FULFILLED" else OrderState.OPEN)


def language(locale: str) -> str:
    """The ISO 639-1 code of ``de``, ``de-AT`` or ``zh-Hant-TW``; empty for anything else."""
    found = _LANGUAGE.match(locale)
    return found[1].lower() if found else ""


def number_of(global_id: str) -> str:
    """The number in ``gid://shopify/Order/123``, as text: ids may be longer than 64 bits; empty where there is none."""
    found = _NUMBER.search(global_id)
    return found[1] if found else ""


def _address(node: AddressNode | None) -> Address:
    if node is None:
        return Address()
    town = town_with_region(node.city, node.province_code, node.country_code)
    return Address(node.company, "", node.first_name, node.last_name, node.address2, node.address1, node.zip, town, node.country_code)


def _is_usable(node: AddressNode | None) -> bool:
    """Whether one could write there: a billing address often holds a name and a country alone."""
    return node is not None and bool(node.address1 and (node.last_name or node.first_name or node.company))


def _in_order(lines: Iterable[LineNode]) -> list[LineNode]:
    """Lines as they were put in: a bulk file brings them in any order, and each of them once."""
    return sorted({line.id: line for line in lines}.values(), key=lambda line: int(number_of(line.id)))


def _kept(line: LineNode) -> int:
    return line.quantity if line.current_quantity is None else line.current_quantity


def _title(line: LineNode) -> str:
    """As Shopify's own CSV export names an article."""
    return f"{line.title} - {line.variant_title}" if line.variant_title and line.variant_title != "Default Title" else line.title


def _cents(bag: MoneyBagNode) -> int:
    amount = bag.shop_money.amount
    cents = int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP)) if abs(amount) <= LARGEST else LARGEST + 1
    if abs(cents) > LARGEST:
        raise BadRecord(RejectionReason.BAD_NUMBER, f"{amount:.30} is too large for an amount of one order. Look at this record in the shop.")
    return cents
