"""Who has left products in the cart?"""

from typing import Any

from sqlalchemy import Select, case, select

from store.audience.chosen import LAST, chosen, with_last_sale
from store.audience.pausing import pauses
from store.audience.scope import Scope
from store.matching import LIVE
from store.schema import carts, customers


def abandoned_cart(scope: Scope) -> Select[Any]:
    """The very carts that make the other campaigns pause; of several the one that was touched last.

    The basket of an account keeps its key over purchases: what is put into it after a sale begins a sequence of its own.
    """
    cart, other = carts.alias("cart"), carts.alias("other_cart")
    newest = select(other.c.id).where(other.c.customer_id == cart.c.customer_id, pauses(other, scope.day.now))
    newest = newest.order_by(other.c.updated_at.desc(), other.c.id.desc()).limit(1).correlate(cart)
    since = case((LAST.c.ordered_at > cart.c.created_at, LAST.c.ordered_at), else_=cart.c.created_at)
    people = with_last_sale(cart.join(customers, customers.c.id == cart.c.customer_id))
    found = chosen(people, cart.c.id, cart.c.updated_at, since).add_columns(cart.c["items"].label("cart_items"), cart.c.currency, cart.c.created_at)
    mine = (*scope.holds(cart.c.customer_id), cart.c.id == newest.scalar_subquery(), *LIVE)
    return found.where(*mine).order_by(cart.c.customer_id).limit(scope.limit)
