"""Which cart do these rows describe?"""

from datetime import datetime
from typing import NamedTuple

from campaigns.cart import Cart, CartItem, CartKind
from campaigns.customer import email_key
from campaigns.rejection import RejectionReason
from importers.csv_file import lines
from importers.csv_file.keys import refuse_keyless
from importers.csv_file.orders import currency_code
from importers.csv_file.reading import Fault
from importers.errors import BadRecord

WISHLISTS = frozenset({"wishlist", "merkzettel", "wunschliste"})


class CartRow(NamedTuple):
    """A row of a cart file, parsed: one article of a cart."""

    position: int
    fault: Fault | None
    id: str
    email: str
    created_at: datetime | None
    updated_at: datetime | None
    currency: str
    kind: str
    sku: str
    title: str
    quantity: int | None
    unit_price: int | None


def key_of(group: list[CartRow]) -> str:
    """What the cart calls itself."""
    return group[0].id


def same(first: CartRow, row: CartRow) -> bool:
    """Rows of one cart stand together under its id."""
    return bool(row.id) and row.id == first.id


def cart(group: list[CartRow], source: str) -> Cart:
    """The cart of a group of rows: created with its first item, updated with its last.

    Raises ``BadRecord``: that of a faulty cell, no_key, contradiction, bad_date.
    """
    refuse_keyless(key_of(group), "the cart id")
    lines.refuse_contradiction(group, "the e-mail address", [email_key(row.email) for row in group])
    created = [row.created_at for row in group if row.created_at]
    if not created:
        raise BadRecord(RejectionReason.BAD_DATE, "The cart has no date of creation. Fill it in, like 2026-12-31 14:05.")
    head = group[0]
    return Cart(
        source,
        head.id,
        min(created),
        max([row.updated_at for row in group if row.updated_at] or created),
        email=next((row.email for row in group if row.email), ""),
        currency=currency_code(head.currency),
        kind=CartKind.WISHLIST if head.kind.casefold() in WISHLISTS else CartKind.CART,
        items=lines.items(group, CartItem),
    )
