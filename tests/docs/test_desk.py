"""Does docs/desk.md name every field that leaves the desk?"""

from collections.abc import Callable

from api.desk.cart_export import CART_FIELDS, ITEM_FIELDS
from tests.docs.conftest import Document


def test_the_fields_of_an_exported_cart_are_explained_in_their_order(document: Callable[[str], Document]) -> None:
    rows = document("docs/desk.md").table("Export of carts")
    assert [row[0] for row in rows] == [f"`{name}`" for name in CART_FIELDS + ITEM_FIELDS]
    assert all(meaning for _, meaning in rows)
