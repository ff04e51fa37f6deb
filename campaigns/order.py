"""What did a person buy, and does it count as a sale?"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from campaigns.address import Address


class OrderState(StrEnum):
    """Where an order stands, in the words of the trade."""

    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    OFFERED = "offered"
    TEST = "test"
    DELETED = "deleted"

    @property
    def is_sale(self) -> bool:
        """Test, deleted, cancelled, refunded and offered orders are no sales (product.md 2.2)."""
        return self in (OrderState.OPEN, OrderState.COMPLETED)


SALES = tuple(state for state in OrderState if state.is_sale)


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One article of an order; the price is gross, per piece."""

    sku: str
    title: str
    quantity: int
    unit_price_cents: int
    category: str = ""
    """As the source names it; empty where it does not say."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order as one source describes it; the buyer is named by customer number, by e-mail, or by both."""

    source: str
    source_id: str
    number: str
    ordered_at: datetime
    state: OrderState
    total_cents: int
    currency: str = "EUR"
    customer_number: str = ""
    email: str = ""
    platform: str = ""
    """The marketplace it came through, empty for the shop itself."""
    discount_codes: tuple[str, ...] = ()
    address: Address = field(default_factory=Address)
    """The billing address: it makes a customer of a guest whom no customer file names."""
    lines: tuple[OrderLine, ...] = ()
    changed_at: datetime | None = None
    """When the source last changed the record: an older one never overwrites a newer one. None where the source does not say."""
