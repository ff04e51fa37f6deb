"""What does an order that has just been stored say to the coupons?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from campaigns.checkout import Shopper
from campaigns.coupon import normalise
from campaigns.order import OrderState

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An order as it has just been stored."""

    order_id: int
    source: str
    source_id: str
    number: str
    state: OrderState
    ordered_at: datetime
    sold_at: datetime | None
    """When it was ordered, if it was completed once."""
    currency: str
    total_cents: int
    customer_id: int | None
    shopper: Shopper
    codes: tuple[str, ...]

    @property
    def order_ref(self) -> str:
        """What it is called where no checkout has called it anything: two orders may have one number, never one key."""
        return self.source_id

    @property
    def name(self) -> str:
        """What people call it."""
        return self.number or self.source_id

    @property
    def keys(self) -> list[str]:
        """Its codes as they are looked up, each once."""
        return [key for key in dict.fromkeys(map(normalise, self.codes)) if key]

    def is_after(self, moment: datetime) -> bool:
        """Whether it was ordered then or later; one that a file gives no time, which comes as midnight, at any time of that day."""
        has_no_time = not (self.ordered_at.minute or self.ordered_at.second or self.ordered_at.microsecond)
        return moment < self.ordered_at + _DAY if has_no_time else moment <= self.ordered_at


def to_arrival(row: Row[Any]) -> Arrival:
    """A stored order, without its address: that stands with its customer."""
    return Arrival(
        row.id, row.source, row.source_id, row.number, OrderState(row.state), row.ordered_at, row.sold_at, row.currency, row.total_cents, row.customer_id,
        Shopper(row.email_key or "", row.customer_number), tuple(row.discount_codes),
    )  # fmt: skip
