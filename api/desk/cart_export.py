"""How do carts go out, for a spreadsheet (CSV) or for a program (XML)?  What each field holds: docs/desk.md, and docs/carts.xsd for the XML."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from campaigns.cart import CartItem
from campaigns.spreadsheet import harmless
from store.cart_list import ListedCart

CART_FIELDS = (
    "source", "number", "kind", "state", "created_at", "updated_at", "completed_at", "currency", "value_cents", "customer", "customer_number", "customer_name",
    "customer_type", "email", "country",
)  # fmt: skip
ITEM_FIELDS = ("sku", "title", "quantity", "unit_price_cents")
XML_NAMESPACE = "urn:postillion:carts:1"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, 2.2: no escape makes such a character well-formed."""


def carts_csv(pages: Iterable[list[ListedCart]]) -> Iterator[str]:
    """One line for each article of a cart, the cart's fields in each of them; a cart without articles has one line without.

    A byte order mark, semicolons, amounts in whole cents (a spreadsheet makes a day of 12.05), and no cell that it would take for a formula.
    """
    yield "\ufeff" + _lines([(*CART_FIELDS, *ITEM_FIELDS)])
    for page in pages:
        yield _lines((*(harmless(cell) for cell in (*_cart_cells(cart), *_item_cells(item))),) for cart in page for item in (cart.items or (None,)))


def carts_xml(pages: Iterable[list[ListedCart]]) -> Iterator[str]:
    """The same as elements, well-formed whatever the shops wrote: what XML cannot hold at all becomes U+FFFD."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<carts xmlns="{XML_NAMESPACE}">\n'
    for page in pages:
        yield "".join(map(_element, page))
    yield "</carts>\n"


def _element(cart: ListedCart) -> str:
    fields = "".join(f"<{name}>{_text(cell)}</{name}>" for name, cell in zip(CART_FIELDS, _cart_cells(cart), strict=True) if cell)
    return f"<cart>{fields}<items>{''.join(map(_item_element, cart.items))}</items></cart>\n"


def _item_element(item: CartItem) -> str:
    sku, title, quantity, price = _item_cells(item)
    return f"<item sku={_attribute(sku)} quantity={_attribute(quantity)} unit_price_cents={_attribute(price)}>{_text(title)}</item>"


def _cart_cells(cart: ListedCart) -> tuple[str, ...]:
    return (
        cart.source,
        cart.number,
        cart.kind,
        cart.state or "",
        _moment(cart.created_at),
        _moment(cart.updated_at),
        _moment(cart.completed_at),
        cart.currency,
        str(cart.value_cents),
        "" if cart.customer_id is None else str(cart.customer_id),
        cart.customer_number,
        cart.customer_name,
        cart.owner,
        cart.email,
        cart.country,
    )


def _item_cells(item: CartItem | None) -> tuple[str, str, str, str]:
    return (item.sku, item.title, str(item.quantity), str(item.unit_price_cents)) if item else ("", "", "", "")


def _moment(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def _text(text: str) -> str:
    return escape(_NOT_IN_XML.sub("\ufffd", text), {"\r": "&#13;"})


def _attribute(text: str) -> str:
    return quoteattr(_NOT_IN_XML.sub("\ufffd", text))


def _lines(rows: Iterable[Iterable[str]]) -> str:
    lines = io.StringIO()
    csv.writer(lines, delimiter=";").writerows(rows)
    return _unpaired(lines.getvalue())


def _unpaired(text: str) -> str:
    """Half a character, which JSON can hold and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode()
