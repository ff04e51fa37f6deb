"""Which formats are there, and which one counts where several fit?"""

from campaigns.record import Kind
from importers.csv_file.formats import NEEDS, PERSON, Format
from importers.csv_file.known_formats import databases, english, german, shopify, shopware, woocommerce
from importers.csv_file.known_formats.headings import ENGLISH_PERSON, GERMAN_PERSON, OBJECTED, Headings

FORMATS = (
    shopify.CUSTOMERS,
    shopify.ORDERS,
    shopify.CHECKOUTS,
    english.CARTS,
    german.CARTS,
    shopware.CUSTOMERS,
    shopware.ADDRESSES,
    shopware.NEWSLETTER,
    shopware.MAIN_ORDERS,
    shopware.ORDERS,
    german.CUSTOMERS,
    german.ORDERS,
    german.MODIFIED_ORDERS,
    databases.JTL_SHOP_CUSTOMERS,
    databases.OXID_CUSTOMERS,
    woocommerce.CUSTOMERS,
    woocommerce.ORDERS,
    english.CUSTOMERS,
    english.ORDERS,
    english.COUPONS,
)
"""Of several that fit, the one that knows most of the columns is taken, and the earlier one of equals."""


def _person(*tables: Headings) -> dict[str, tuple[str, ...]]:
    """Every heading of a person in any format: lists of objections come out of any system."""
    return {name: tuple(dict.fromkeys(heading for table in tables for heading in table.get(name, ()))) for name in ("id", *PERSON)}


_ANYBODY = _person(GERMAN_PERSON, ENGLISH_PERSON, *(each.headings for each in FORMATS if each.kind is Kind.CUSTOMERS))
OBJECTIONS = Format("objections", Kind.OBJECTIONS, {**_ANYBODY, **OBJECTED}, needs=(("objected_at",), *NEEDS[Kind.OBJECTIONS]))
"""Tried after all others: a customers file with a column for objections brings both."""
ROBINSON = Format("robinson", Kind.ROBINSON, {name: headings for name, headings in _ANYBODY.items() if name in PERSON}, needs=NEEDS[Kind.ROBINSON])
"""Never guessed: its headings are those of customers."""
