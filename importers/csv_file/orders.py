"""Which order do these rows describe?"""

import re

from campaigns.cart import Cart, CartItem
from campaigns.customer import email_key
from campaigns.order import Order, OrderLine, OrderState
from campaigns.rejection import RejectionReason
from importers.csv_file import lines
from importers.csv_file.addresses import address_of
from importers.csv_file.formats import Format
from importers.csv_file.keys import refuse_keyless
from importers.csv_file.rows import Group, OrderRow
from importers.csv_file.states import order_state
from importers.errors import BadRecord
from importers.marketplaces import marketplace


def order(group: Group[OrderRow], source: str, written: Format) -> tuple[Order | Cart]:
    """The order of a group of rows; a basket where the format calls those without a number orders.

    Raises ``BadRecord``: no_key, orphan_row, contradiction, bad_date, bad_number.
    """
    offset, head = _head(group, written)
    lines.refuse_contradiction(group, "email", "the e-mail address", email_key)
    lines.refuse_contradiction(group, "total", "the total")
    lines.refuse_contradiction(group, "customer_number", "the customer number")
    if head.ordered_at is None:
        raise BadRecord(RejectionReason.BAD_DATE, "The order has no date. Fill it in, like 31.12.2026 14:05.", group.position_of(offset))
    state = order_state(head.status, head.payment, head.delivery, head.cancelled_at is not None)
    if written.baskets and head.number == "0":
        return (_basket(group, head, source, state),)
    bought = lines.items(group, OrderLine, "category")
    return (
        Order(
            source,
            head.id or head.number,
            head.number or head.id,
            head.ordered_at,
            state,
            (sum(line.quantity * line.unit_price_cents for line in bought) if head.total is None else head.total) - (head.refunded or 0),
            currency=currency_code(head.currency),
            customer_number=head.customer_number,
            email=next(iter(group.distinct("email")), ""),
            platform=marketplace(head.platform) if head.platform else "",
            discount_codes=tuple(dict.fromkeys(code for cell in group.distinct("discount_codes") for code in _codes(cell))),
            address=address_of(head),
            lines=bought,
        ),
    )


def _head(group: Group[OrderRow], written: Format) -> tuple[int, OrderRow]:
    """The row that holds the order's own fields, and which it is."""
    first = group.head
    refuse_keyless(first.number or first.id, "the order number")
    if not written.head:
        return 0, first
    for offset in range(len(group)):
        row = group.at(offset) if offset else first
        if any(getattr(row, name) not in ("", None) for name in written.head):
            return offset, row
    message = "The order's first row, with date and total, is not in front of this one. Export again and do not sort or cut the file."
    raise BadRecord(RejectionReason.ORPHAN_ROW, message)


def _basket(group: Group[OrderRow], head: OrderRow, source: str, state: OrderState) -> Cart:
    """Shopware's order without a number is a basket that nobody ordered."""
    if state is not OrderState.CANCELLED or head.ordered_at is None or not head.id:
        raise BadRecord(RejectionReason.NO_KEY, 'An order with the number 0 is an abandoned basket only with an id and the state "Abgebrochen".')
    return Cart(
        source,
        head.id,
        head.ordered_at,
        head.ordered_at,
        email=next(iter(group.distinct("email")), ""),
        currency=currency_code(head.currency),
        items=lines.items(group, CartItem),
        customer_number=head.customer_number,
    )


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
