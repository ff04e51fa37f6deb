"""What did somebody put into the cart and leave there?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ABANDONED_AFTER = timedelta(hours=2)
"""Without an order since the last update (market facts S4: Comarch)."""


class CartKind(StrEnum):
    """A wishlist (Merkzettel) is a cart of its own kind."""

    CART = "cart"
    WISHLIST = "wishlist"


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

    @property
    def value_cents(self) -> int:
        """What the items cost together."""
        return sum(item.quantity * item.unit_price_cents for item in self.items)
