"""Which fields can be searched for in which list, and what are they compared with?

The names are those of Shopify's documentation of each list; a name that is in ``FIELDS`` but has no reader is not played.
"""

from collections.abc import Callable

from tests.shops.shopify.world import Entity

ORDER_FIELDS = """
    cart_token channel channel_id chargeback_status checkout_token confirmation_number created_at current_total_price customer_id delivery_method
    discount_code email financial_status fraud_protection_level fulfillment_location_id fulfillment_status gateway id location_id name payment_id
    payment_provider_id po_number processed_at reference_location_id return_status risk_level sales_channel sku source_identifier source_name
    status subtotal_line_items_quantity tag tag_not test total_weight updated_at
"""
CUSTOMER_FIELDS = """
    accepts_marketing country customer_date email first_name id last_abandoned_order_date last_name order_date orders_count phone state tag tag_not
    total_spent updated_at
"""
CHECKOUT_FIELDS = "created_at email_state id recovery_state status updated_at"
FIELDS = {
    name: frozenset(words.split())
    for name, words in {
        "customers": CUSTOMER_FIELDS,
        "customersCount": "created_at id updated_at",
        "orders": ORDER_FIELDS,
        "ordersCount": ORDER_FIELDS,
        "abandonedCheckouts": CHECKOUT_FIELDS,
        "abandonedCheckoutsCount": CHECKOUT_FIELDS,
    }.items()
}
KIND_OF = {
    "customers": "Customer",
    "customersCount": "Customer",
    "orders": "Order",
    "ordersCount": "Order",
    "abandonedCheckouts": "AbandonedCheckout",
    "abandonedCheckoutsCount": "AbandonedCheckout",
}
TIMES = {"created_at": "createdAt", "updated_at": "updatedAt", "processed_at": "processedAt", "customer_date": "createdAt"}
ACCEPTED = {
    ("Customer", "state"): frozenset({"disabled", "enabled", "invited", "declined"}),
    ("Order", "test"): frozenset({"true", "false"}),
    ("Order", "status"): frozenset({"open", "closed", "cancelled", "not_closed"}),
    ("AbandonedCheckout", "status"): frozenset({"open", "closed"}),
    ("AbandonedCheckout", "recovery_state"): frozenset({"recovered", "not_recovered"}),
}
"""Any other word is an ``invalid_value`` and lets everything through."""


def _words(*names: str) -> Callable[[Entity], set[str]]:
    return lambda entity: {str(entity[name]).lower() for name in names if entity[name] is not None}


def _order_status(order: Entity) -> set[str]:
    closed = {"closed"} if order["closedAt"] else {"not_closed"}
    return closed | ({"cancelled"} if order["cancelledAt"] else set() if order["closedAt"] else {"open"})


READERS: dict[tuple[str, str], Callable[[Entity], set[str]]] = {
    ("Customer", "email"): _words("email"),
    ("Customer", "phone"): _words("phone"),
    ("Customer", "first_name"): _words("firstName"),
    ("Customer", "last_name"): _words("lastName"),
    ("Customer", "state"): _words("state"),
    ("Customer", "tag"): lambda customer: {tag.lower() for tag in customer["tags"]},
    ("Customer", "country"): lambda customer: _words("country", "countryCodeV2")(customer["defaultAddress"]) if customer["defaultAddress"] else set(),
    ("Order", "email"): _words("email"),
    ("Order", "name"): lambda order: {order["name"].lower(), order["name"].lower().lstrip("#")},
    ("Order", "tag"): lambda order: {tag.lower() for tag in order["tags"]},
    ("Order", "test"): _words("test"),
    ("Order", "status"): _order_status,
    ("Order", "financial_status"): _words("displayFinancialStatus"),
    ("Order", "fulfillment_status"): _words("displayFulfillmentStatus"),
    ("Order", "discount_code"): lambda order: {code.lower() for code in order["discountCodes"]},
    ("Order", "checkout_token"): _words("checkoutToken"),
    ("Order", "cart_token"): _words("cartToken"),
    ("AbandonedCheckout", "recovery_state"): lambda checkout: {"recovered" if checkout["completedAt"] else "not_recovered"},
    ("AbandonedCheckout", "status"): lambda checkout: {"closed" if checkout["completedAt"] else "open"},
}
