"""What can stand in a row of each kind of file, once its cells are parsed?

The names of the fields are those that formats and mapping files use; docs/csv.md explains each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from campaigns.record import Kind
from importers.csv_file.columns import Column
from importers.csv_file.reading import Fault
from importers.errors import BadRecord


class CustomerRow(NamedTuple):
    """A customer; with ``objected_at`` perhaps one who objected."""

    id: str
    customer_number: str
    email: str
    salutation: str
    honorific: str
    first_name: str
    last_name: str
    name: str
    company: str
    street: str
    house_number: str
    addition: str
    postcode: str
    town: str
    region: str
    country: str
    language: str
    registered_at: datetime | None
    tags: str
    objected_at: datetime | bool | None


class ListedRow(NamedTuple):
    """A person on a list of objections, or on the Robinson list (without the fields that only objections have)."""

    id: str
    customer_number: str
    email: str
    salutation: str
    honorific: str
    first_name: str
    last_name: str
    name: str
    company: str
    street: str
    house_number: str
    addition: str
    postcode: str
    town: str
    region: str
    country: str
    objected_at: datetime | bool | None


class OrderRow(NamedTuple):
    """An article of an order, on the first row with the order around it."""

    id: str
    number: str
    customer_number: str
    email: str
    honorific: str
    first_name: str
    last_name: str
    name: str
    company: str
    street: str
    house_number: str
    addition: str
    postcode: str
    town: str
    region: str
    country: str
    ordered_at: datetime | None
    status: str
    payment: str
    delivery: str
    cancelled_at: datetime | None
    currency: str
    total: int | None
    refunded: int | None
    discount_codes: str
    platform: str
    sku: str
    title: str
    quantity: int | None
    unit_price: int | None
    line_total: int | None
    category: str


class CartRow(NamedTuple):
    """An article of a cart."""

    id: str
    customer_number: str
    email: str
    created_at: datetime | None
    updated_at: datetime | None
    completed_at: datetime | None
    currency: str
    kind: str
    recovery_url: str
    sku: str
    title: str
    quantity: int | None
    unit_price: int | None
    line_total: int | None


class CouponRow(NamedTuple):
    """A coupon code."""

    code: str
    offer: str
    customer_number: str
    email: str
    valid_until: date | None


PersonRow: TypeAlias = CustomerRow | ListedRow | OrderRow
AnyRow: TypeAlias = PersonRow | CartRow | CouponRow
ROWS: dict[Kind, type[AnyRow]] = {
    Kind.OBJECTIONS: ListedRow,
    Kind.ROBINSON: ListedRow,
    Kind.CUSTOMERS: CustomerRow,
    Kind.ORDERS: OrderRow,
    Kind.CARTS: CartRow,
    Kind.COUPONS: CouponRow,
}
FIELDS = {kind: row._fields for kind, row in ROWS.items()}
"""What can be read for a record of a kind."""

R = TypeVar("R", bound=AnyRow)


@dataclass(frozen=True, slots=True)
class Parsed(Generic[R]):
    """A table whose cells are parsed, column by column in the order of the row's fields."""

    row: type[R]
    columns: Sequence[Column]
    positions: Sequence[int]
    faults: dict[int, Fault]


@dataclass(frozen=True, slots=True)
class Group(Generic[R]):
    """The neighbouring rows of one record."""

    table: Parsed[R]
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    @property
    def head(self) -> R:
        """The first row."""
        return self.at(0)

    @property
    def position(self) -> int:
        """Where the record begins, as a spreadsheet counts."""
        return self.position_of(0)

    def at(self, offset: int) -> R:
        """One of the rows, from 0."""
        index = self.start + offset
        return self.table.row._make([column.at(index) for column in self.table.columns])  # type: ignore[return-value]  # R is a NamedTuple

    def position_of(self, offset: int) -> int:
        """Where one of the rows stands, as a spreadsheet counts."""
        return self.table.positions[self.start + offset]

    def all(self, name: str) -> list[Any]:
        """What the cells of a field mean, one of each row."""
        return self.table.columns[self.table.row._fields.index(name)].between(self.start, self.stop)

    def distinct(self, name: str) -> list[Any]:
        """What the rows say about a field, each thing once in their order; blanks are left out."""
        column = self.table.columns[self.table.row._fields.index(name)]
        return [meaning for meaning in map(column.meanings.__getitem__, dict.fromkeys(column.cells[self.start : self.stop])) if meaning not in ("", None)]

    def refuse_faults(self) -> None:
        """Raise ``BadRecord`` when a row of the record is broken: half an order is no order."""
        if self.table.faults:
            for index in range(self.start, self.stop):
                if fault := self.table.faults.get(index):
                    raise BadRecord(fault.reason, fault.message, self.table.positions[index])
