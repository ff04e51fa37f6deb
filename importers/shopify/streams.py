"""Which streams does a Shopify shop have, and how is each asked for and read?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from campaigns.record import Kind, Record
from importers.shopify import queries, records


@dataclass(frozen=True, slots=True)
class Stream:
    """All that differs between customers, orders and abandoned checkouts."""

    kind: Kind
    field: str
    """The list's name in Shopify's schema."""
    page_query: str
    page_size: int
    """Objects of a page; 250 is the most that Shopify gives."""
    bulk_query: str
    to_record: Callable[[Mapping[str, Any], str], Record]
    lines_query: str = ""
    """Asks for an object's further articles; empty where it has none."""
    in_order_of_change: bool = True
    """Whether pages come in the order of ``updatedAt``, so that the watermark may move with each."""


CUSTOMERS = Stream(
    Kind.CUSTOMERS,
    "customers",
    queries.page("Customers", "customers", "UPDATED_AT", queries.CUSTOMER),
    250,
    queries.everything("customers", queries.CUSTOMER),
    records.to_customer,
)
ORDERS = Stream(
    Kind.ORDERS,
    "orders",
    queries.page("Orders", "orders", "UPDATED_AT", queries.ORDER, queries.ORDER_LINE),
    100,
    queries.everything("orders", queries.ORDER, queries.ORDER_LINE),
    records.to_order,
    queries.lines("OrderLines", "Order", queries.ORDER_LINE),
)
CARTS = Stream(
    Kind.CARTS,
    "abandonedCheckouts",
    queries.page("AbandonedCheckouts", "abandonedCheckouts", "CREATED_AT", queries.CHECKOUT, queries.CHECKOUT_LINE),
    100,
    queries.everything("abandonedCheckouts", queries.CHECKOUT, queries.CHECKOUT_LINE),
    records.to_cart,
    queries.lines("AbandonedCheckoutLines", "AbandonedCheckout", queries.CHECKOUT_LINE),
    in_order_of_change=False,  # Shopify cannot sort checkouts by it (importer facts 1.4)
)
STREAMS = {stream.kind: stream for stream in (CUSTOMERS, ORDERS, CARTS)}
"""In the order in which a run fetches them: people before what they bought."""
