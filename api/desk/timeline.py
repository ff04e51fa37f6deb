"""What did this person order or leave in the cart, in which order?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.cart import CartItem, CartKind
from campaigns.order import OrderLine
from store.history import History, PastCart

SHOWN = 10
"""Orders at first sight."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list; ``badge`` is a key of the catalogue."""

    number: str
    at: datetime
    badge: str
    total_cents: int
    currency: str
    lines: Sequence[OrderLine | CartItem]
    cart_id: int = 0
    """Zero: an order."""

    @property
    def is_cart(self) -> bool:
        """Or a wishlist."""
        return self.cart_id > 0


def timeline(history: History, now: datetime, every: bool) -> list[Entry]:
    """Orders and carts, newest first: the last ten orders and the carts since the tenth, or all there is."""
    shown = history.orders if every else history.orders[:SHOWN]
    entries = [Entry(order.number, order.ordered_at, f"order_{order.state}", order.total_cents, order.currency, order.lines) for order in shown]
    cut_off = shown[-1].ordered_at if len(shown) < len(history.orders) else None
    carts = [_cart_entry(cart, now) for cart in history.carts if cut_off is None or cart.updated_at >= cut_off]
    return sorted(entries + carts, key=lambda entry: entry.at, reverse=True)


def _cart_entry(cart: PastCart, now: datetime) -> Entry:
    value = sum(item.quantity * item.unit_price_cents for item in cart.items)
    badge = "cart_wishlist" if cart.kind is CartKind.WISHLIST else f"cart_{cart.state(now)}"
    return Entry(cart.number, cart.updated_at, badge, value, cart.currency, cart.items, cart.id)
