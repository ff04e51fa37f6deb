"""Which order do these rows describe?"""

import re
from datetime import datetime
from typing import NamedTuple

from campaigns.address import Address
from campaigns.customer import email_key
from campaigns.order import Order, OrderLine
from campaigns.rejection import RejectionReason
from importers.csv_file import lines
from importers.csv_file.formats import Format
from importers.csv_file.keys import refuse_keyless
from importers.csv_file.persons import split_name
from importers.csv_file.reading import Fault
from importers.csv_file.states import marketplace, order_state
from importers.errors import BadRecord


class OrderRow(NamedTuple):
    """A row of an orders file, parsed: one article, on the first row with the order around it."""

    position: int
    fault: Fault | None
    id: str
    number: str
    customer_number: str
    email: str
    ordered_at: datetime | None
    status: str
    payment: str
    delivery: str
    cancelled_at: datetime | None
    currency: str
    total: int | None
    discount_codes: str
    platform: str
    name: str
    honorific: str
    first_name: str
    last_name: str
    company: str
    street: str
    house_number: str
    addition: str
    postcode: str
    town: str
    country: str
    sku: str
    title: str
    quantity: int | None
    unit_price: int | None


def key_of(group: list[OrderRow]) -> str:
    """What the order calls itself."""
    return group[0].number or group[0].id


def same(first: OrderRow, row: OrderRow) -> bool:
    """Rows of one order stand together under its number; another id under the same number is another order (numbers can be given twice)."""
    return bool(row.number) and row.number == first.number and not (row.id and first.id and row.id != first.id)


def order(group: list[OrderRow], source: str, written: Format) -> Order:
    """The order of a group of rows.

    Raises ``BadRecord``: that of a faulty cell, no_key, orphan_row, contradiction, bad_date.
    """
    refuse_keyless(key_of(group), "the order number")
    head = _head(group, written)
    lines.refuse_contradiction(group, "the e-mail address", [email_key(row.email) for row in group])
    lines.refuse_contradiction(group, "the total", [row.total for row in group])
    lines.refuse_contradiction(group, "the customer number", [row.customer_number for row in group])
    if head.ordered_at is None:
        raise BadRecord(RejectionReason.BAD_DATE, "The order has no date. Fill it in, like 31.12.2026 14:05.", head.position)
    bought = lines.items(group, OrderLine)
    return Order(
        source,
        head.id or head.number,
        head.number or head.id,
        head.ordered_at,
        order_state(head.status, head.payment, head.delivery, head.cancelled_at is not None),
        sum(line.quantity * line.unit_price_cents for line in bought) if head.total is None else head.total,
        currency=currency_code(head.currency),
        customer_number=head.customer_number,
        email=next((row.email for row in group if row.email), ""),
        platform=marketplace(head.platform),
        discount_codes=tuple(dict.fromkeys(code for row in group for code in _codes(row.discount_codes))),
        address=_address(head),
        lines=bought,
    )


def _head(group: list[OrderRow], written: Format) -> OrderRow:
    """The row that holds the order's own fields."""
    if not written.head:
        return group[0]
    marks = [OrderRow._fields.index(name) for name in written.head]
    for row in group:
        if any(row[mark] not in ("", None) for mark in marks):
            return row
    message = "The order's first row, with date and total, is not in front of this one. Export again and do not sort or cut the file."
    raise BadRecord(RejectionReason.ORPHAN_ROW, message)


def _address(row: OrderRow) -> Address:
    title, first, last = split_name(row.name) if row.name else (row.honorific, row.first_name, row.last_name)
    street = " ".join(part for part in (row.street, row.house_number) if part)
    return Address(row.company, title, first, last, row.addition, street, row.postcode, row.town, row.country)


_SYMBOLS = {"": "EUR", "€": "EUR", "EURO": "EUR", "$": "USD", "£": "GBP", "SFR": "CHF", "SFR.": "CHF", "FR.": "CHF"}
_CODE = re.compile(r"[A-Z]{3}", re.ASCII)


def currency_code(written: str) -> str:
    """The ISO code of a currency; euro where nothing is said. Raises ``BadRecord`` (bad_number) for anything that is no code."""
    code = _SYMBOLS.get(written.upper(), written.upper())
    if not _CODE.fullmatch(code):
        raise BadRecord(RejectionReason.BAD_NUMBER, f'"{written[:20]}" is no currency. Write its code, like EUR.')
    return code


def _codes(cell: str) -> list[str]:
    return [code.strip() for code in re.split("[,;|]", cell) if code.strip()] if cell else []
