"""What did somebody put into the cart and leave there?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ABANDONED_AFTER = timedelta(hours=2)
"""Without an order since the last update (market facts S4: Comarch)."""


CART_LIFE = timedelta(days=90)
"""product.md 2.3: then a cart is deleted, and pauses nobody."""


class CartKind(StrEnum):
    """A wishlist (Merkzettel) is a cart of its own kind."""

    CART = "cart"
    WISHLIST = "wishlist"


class CartState(StrEnum):
    """Where a cart stands (product.md 2.3)."""

    OPEN = "open"
    ABANDONED = "abandoned"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True)
class CartItem:
    """One article of a cart; the price is gross, per piece."""

    sku: str
    title: str
    quantity: int
    unit_price_cents: int


@dataclass(frozen=True, slots=True)
class Cart:
    """A cart as one source describes it."""

    source: str
    source_id: str
    created_at: datetime
    updated_at: datetime
    email: str = ""
    currency: str = "EUR"
    kind: CartKind = CartKind.CART
    items: tuple[CartItem, ...] = ()
    customer_number: str = ""
    """As in an order: the source's own key of the customer, or the customer number."""
    completed_at: datetime | None = None
    """When the source says that it became an order; None where it did not or the source does not know."""
    recovery_url: str = ""
    """Leads into the cart without a sign-in: never printed, never shown, only redirected to (importer facts 1.6)."""

    @property
    def value_cents(self) -> int:
        """What the items cost together."""
        return sum(item.quantity * item.unit_price_cents for item in self.items)


def cart_state(updated_at: datetime, completed_at: datetime | None, last_order_at: datetime | None, now: datetime) -> CartState:
    """Recovered once an order of that person follows, abandoned two hours after the last update without one."""
    if completed_at or (last_order_at and last_order_at >= updated_at):
        return CartState.RECOVERED
    return CartState.ABANDONED if now - updated_at >= ABANDONED_AFTER else CartState.OPEN
