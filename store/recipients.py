"""What would a letter say of this customer, were it written now?  For previews: nothing is stored, and no code is given away."""

from datetime import date

from sqlalchemy import Connection

from campaigns.cart import CartKind
from campaigns.letter import CartContents, CouponGrant, Recipient
from store import coupon_history, history
from store.coupon_history import Fate


def recipient(connection: Connection, customer_id: int, today: date) -> tuple[Recipient, CouponGrant | None] | None:
    """The customer with the last sale, the cart that was touched last and the newest coupon that can be used; None for an unknown one.

    A campaign takes the same of each, those of its own trigger: the cart that it is about, the coupon that its step grants.
    """
    person = history.of(connection, customer_id)
    if person is None:
        return None
    sales = [order for order in person.orders if order.state.is_sale]
    cart = next((cart for cart in person.carts if cart.kind == CartKind.CART and cart.items), None)
    contents = CartContents(cart.items, cart.currency, cart.updated_at) if cart else None
    last = sales[0] if sales else None
    found = Recipient(person.customer, last.number if last else "", last.ordered_at if last else None, len(sales), contents)
    codes = (code for code in coupon_history.of_customer(connection, customer_id, today) if code.fate == Fate.OPEN and code.valid_until)
    return found, next((CouponGrant(code.code, code.terms, code.valid_until) for code in codes if code.valid_until), None)
