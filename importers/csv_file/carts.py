"""Which cart do these rows describe?"""

from campaigns.cart import Cart, CartItem, CartKind
from campaigns.customer import email_key
from campaigns.rejection import RejectionReason
from importers.csv_file import lines
from importers.csv_file.formats import Format
from importers.csv_file.keys import refuse_keyless
from importers.csv_file.orders import currency_code
from importers.csv_file.rows import CartRow, Group
from importers.errors import BadRecord

WISHLISTS = frozenset({"wishlist", "merkzettel", "wunschliste", "wunschzettel"})


def cart(group: Group[CartRow], source: str, written: Format) -> tuple[Cart]:
    """The cart of a group of rows: created with its first item, updated with its last.

    Raises ``BadRecord``: no_key, contradiction, bad_date.
    """
    head = group.head
    refuse_keyless(head.id, "the cart id")
    lines.refuse_contradiction(group, "email", "the e-mail address", email_key)
    lines.refuse_contradiction(group, "customer_number", "the customer number")
    created = group.distinct("created_at")
    if not created:
        raise BadRecord(RejectionReason.BAD_DATE, "The cart has no date of creation. Fill it in, like 2026-12-31 14:05.")
    return (
        Cart(
            source,
            head.id,
            min(created),
            max(group.distinct("updated_at") or created),
            email=next(iter(group.distinct("email")), ""),
            currency=currency_code(head.currency),
            kind=CartKind.WISHLIST if head.kind.casefold() in WISHLISTS else CartKind.CART,
            items=lines.items(group, CartItem),
            customer_number=next(iter(group.distinct("customer_number")), ""),
            completed_at=next(iter(group.distinct("completed_at")), None),
            recovery_url=head.recovery_url,
        ),
    )
