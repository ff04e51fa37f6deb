"""What may an import bring?"""

from enum import StrEnum
from typing import TypeAlias

from campaigns.cart import Cart
from campaigns.coupon import CouponRecord
from campaigns.customer import Customer
from campaigns.objection import Objection, RobinsonEntry
from campaigns.order import Order

Record: TypeAlias = Customer | Order | Cart | CouponRecord | Objection | RobinsonEntry


class Kind(StrEnum):
    """What the records of a file, a stream or a request are, in the order in which they are imported."""

    OBJECTIONS = "objections"
    ROBINSON = "robinson"
    CUSTOMERS = "customers"
    ORDERS = "orders"
    CARTS = "carts"
    COUPONS = "coupons"


class Outcome(StrEnum):
    """What became of a record that was not rejected."""

    STORED = "stored"
    UNCHANGED = "unchanged"
