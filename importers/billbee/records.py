"""Which records and which rejections does a page of orders make?"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from campaigns.customer import Customer
from campaigns.record import Record
from campaigns.rejection import Rejection, RejectionReason
from importers.billbee import purchases
from importers.billbee.answers import Row
from importers.errors import BadRecord


@dataclass(slots=True)
class Found:
    """The records of a page so far; both the order and its buyer stand at the order's position."""

    source: str
    end: int
    """The position of the row that was looked at last."""
    orders: list[tuple[int, Record]] = field(default_factory=list)
    buyers: dict[str, tuple[int, Customer]] = field(default_factory=dict)
    """Of a person with several new orders the newest one tells the address."""
    rejected: list[Rejection] = field(default_factory=list)

    @property
    def records(self) -> tuple[Record, ...]:
        """Buyers before orders."""
        return tuple(record for _, record in self._placed())

    @property
    def positions(self) -> tuple[int, ...]:
        """Where each of ``records`` stood."""
        return tuple(position for position, _ in self._placed())

    @property
    def rejections(self) -> tuple[Rejection, ...]:
        """What stays outside."""
        return tuple(self.rejected)

    def add(self, row: Row, news_since: datetime) -> None:
        """Take in one order, and its buyer if the order is news."""
        try:
            order = purchases.to_order(row, self.source)
        except BadRecord as error:
            self.reject(purchases.key_of(row), error)
            return
        self.orders.append((self.end, order))
        if order.ordered_at < news_since:
            return
        try:
            buyer = purchases.to_buyer(row, self.source)
        except BadRecord as error:
            self.reject(f"buyer of order {order.number}", error)
            return
        if buyer and not (buyer.source_id in self.buyers and _is_older(buyer, self.buyers[buyer.source_id][1])):
            self.buyers[buyer.source_id] = self.end, buyer

    def reject(self, key: str, error: BadRecord) -> None:
        """Keep a record outside."""
        self.rejected.append(Rejection(self.end, key, error.reason, error.message))

    def _placed(self) -> list[tuple[int, Record]]:
        return [*self.buyers.values(), *self.orders]


def to_records(rows: Iterable[object], first: int, source: str, news_since: datetime) -> Found:
    """The orders of a page whose first row has position ``first``, with the buyers of those made since ``news_since``."""
    found = Found(source, first - 1)
    for row in rows:
        found.end += 1
        if isinstance(row, dict):
            found.add(row, news_since)
        else:
            found.reject("", BadRecord(RejectionReason.MALFORMED, f"Billbee gave {str(row)[:40]!r} in place of an order."))
    return found


def _is_older(one: Customer, other: Customer) -> bool:
    return bool(one.changed_at and other.changed_at and one.changed_at < other.changed_at)
