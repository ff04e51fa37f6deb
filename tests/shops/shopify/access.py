"""What may the app see of the shop?  Scopes, protected customer data, and the 60 days without ``read_all_orders``."""

from datetime import timedelta
from typing import Any

from graphql import GraphQLError

from tests.shops.shopify.clock import Clock
from tests.shops.shopify.settings import Settings
from tests.shops.shopify.world import World

WALL = timedelta(days=60)
SCOPES = {
    ("QueryRoot", "customers"): "read_customers",
    ("QueryRoot", "customersCount"): "read_customers",
    ("QueryRoot", "customer"): "read_customers",
    ("QueryRoot", "orders"): "read_orders",
    ("QueryRoot", "ordersCount"): "read_orders",
    ("QueryRoot", "order"): "read_orders",
    ("QueryRoot", "abandonedCheckouts"): "read_orders",
    ("QueryRoot", "abandonedCheckoutsCount"): "read_orders",
    ("QueryRoot", "abandonmentByAbandonedCheckoutId"): "read_orders",
    ("Order", "customer"): "read_customers",
    ("AbandonedCheckout", "customer"): "read_customers",
    ("Customer", "orders"): "read_orders",
    ("Customer", "lastOrder"): "read_orders",
}
SCOPE_OF_KIND = {"Customer": "read_customers", "Order": "read_orders", "AbandonedCheckout": "read_orders"}
CHECKOUTS = "`read_orders` access scope. Also: The user must have manage_abandoned_checkouts permission."
PERSONAL = {
    "Customer": {"firstName", "lastName", "displayName", "email", "phone", "defaultEmailAddress", "defaultPhoneNumber"},
    "Order": {"email", "phone", "billingAddress", "shippingAddress"},
    "AbandonedCheckout": {"billingAddress", "shippingAddress"},
    "MailingAddress": {"firstName", "lastName", "name", "company", "address1", "address2", "zip", "city", "phone", "formattedArea"},
}
"""Level 2 of Shopify's protected customer data: name, address, phone, e-mail (facts/importers.md 1.2)."""


class Access:
    """The app's rights at the moment of a request."""

    def __init__(self, settings: Settings, world: World, clock: Clock) -> None:
        self._settings = settings
        self._world = world
        self._clock = clock

    def check(self, type_name: str, field: str) -> None:
        """Raises GraphQLError ACCESS_DENIED for a field that the app may not read."""
        scope = SCOPES.get((type_name, field))
        if scope is None:
            return
        if scope not in self._settings.scopes:
            raise denied(field, f"`{scope}` access scope.")
        if field.startswith("abandonedCheckouts") and not self._settings.sees_checkouts:
            raise denied(field, CHECKOUTS)
        if not self._settings.level_1_access:
            kind = "Customer" if scope == "read_customers" else "Order" if "rder" in field else "AbandonedCheckout"
            raise not_approved(kind)

    def check_kind(self, kind: str) -> None:
        """The same for an object that was asked by its id (``node``)."""
        scope = SCOPE_OF_KIND.get(kind)
        if scope and scope not in self._settings.scopes:
            raise denied("node", f"`{scope}` access scope.")

    def hidden(self, type_name: str, field: str) -> bool:
        """Whether the field is redacted for want of level 2."""
        return not self._settings.level_2_access and field in PERSONAL.get(type_name, ())

    def sees(self, kind: str, number: int) -> bool:
        """Whether the object is behind the wall: an order of more than 60 days ago is left out without a word."""
        if kind != "Order" or "read_all_orders" in self._settings.scopes:
            return True
        return self._world.stamp(kind, number, "createdAt") >= (self._clock.now() - WALL).timestamp()


def denied(field: str, required: str) -> GraphQLError:
    """As recorded."""
    extensions: dict[str, Any] = {"code": "ACCESS_DENIED", "documentation": "https://shopify.dev/api/usage/access-scopes", "requiredAccess": required}
    return GraphQLError(f"Access denied for {field} field. Required access: {required}", extensions=extensions)


def not_approved(kind: str) -> GraphQLError:
    """Reported by users of apps without level 1; not recorded."""
    message = f"This app is not approved to access the {kind} object. See https://shopify.dev/docs/apps/launch/protected-customer-data for more details."
    return GraphQLError(message, extensions={"code": "ACCESS_DENIED", "documentation": "https://shopify.dev/docs/apps/launch/protected-customer-data"})
