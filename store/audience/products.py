"""How is an article found by what a marketer typed, in whichever capitals, on both databases?

Neither database can be trusted with ``lower``: SQLite's knows A to Z only, PostgreSQL's depends on the locale of the server. So each
letter is looked for in both its forms.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import ColumnElement, Connection, exists, or_

from campaigns.kinds import Product, ProductField
from store.audience.sales import of
from store.schema import order_lines, orders
from store.sets import is_postgresql


def bought(connection: Connection, customer_id: ColumnElement[int], products: Iterable[Product]) -> ColumnElement[bool]:
    """Whether one of the products is in a sale of the person."""
    sale, line = orders.alias("sale_of"), order_lines.alias("line_of")
    told = or_(*(_matches(connection, line.c[product.field.value], product) for product in products))
    return exists().where(of(customer_id, sale), line.c.order_id == sale.c.id, told).correlate_except(sale, line)


def _matches(connection: Connection, column: ColumnElement[str], product: Product) -> ColumnElement[bool]:
    text = product.text.strip()
    starts = product.field is ProductField.SKU and text.endswith("*")
    anywhere = product.field is ProductField.TITLE
    text = text.rstrip("* ") if starts else text
    if is_postgresql(connection):
        pattern = _either_case(text, lambda char: f"\\{char}" if char.isascii() and not char.isalnum() else char)
        return column.regexp_match(pattern if anywhere else f"^{pattern}" if starts else f"^{pattern}$")
    pattern = _either_case(text, lambda char: f"[{char}]" if char in "*?[" else char)
    return column.op("GLOB")(f"*{pattern}*" if anywhere else f"{pattern}*" if starts else pattern)


def _either_case(text: str, literally: Callable[[str], str]) -> str:
    """As a pattern; a letter whose other form is two letters (ß, SS) stands for itself."""
    return "".join(f"[{''.join(sorted(forms))}]" if len(forms := _forms(char)) > 1 else literally(char) for char in text)


def _forms(char: str) -> set[str]:
    return {form for form in (char, char.lower(), char.upper()) if len(form) == 1}
