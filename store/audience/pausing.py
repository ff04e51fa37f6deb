"""Which carts are still waiting for their owner, and make other campaigns wait?"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_

from campaigns.cart import CART_LIFE, CartKind
from store.audience.probing import there_is
from store.schema import carts, orders


def pauses(cart: Any, now: datetime) -> ColumnElement[bool]:
    """A cart with products that no order followed (product.md 2.3); ``cart`` is the table or an alias of it."""
    later = orders.alias("order_after_cart")
    ordered = there_is(later, later.c.customer_id == cart.c.customer_id, later.c.ordered_at >= cart.c.updated_at)
    waits = (cart.c.completed_at.is_(None), cart.c.updated_at > now - CART_LIFE, ~ordered)  # as campaigns.cart says
    return and_(cart.c.kind == CartKind.CART, cart.c["items"] != [], *waits)


def has_open_cart(customer_id: ColumnElement[int], now: datetime) -> ColumnElement[bool]:
    """Whether a person has such a cart."""
    cart = carts.alias("open_cart_of")
    return there_is(cart, cart.c.customer_id == customer_id, pauses(cart, now))
