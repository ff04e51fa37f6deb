"""What does an order or a cart look like in JSON, and which record of ours does it become?"""

from typing import Annotated, Any

from babel.numbers import list_currencies
from pydantic import ConfigDict, Field

from api.intake.fields import Code, Key, Link, Text, Whole
from api.intake.people import ADDRESS_EXAMPLE, AddressRecord, Instant, IntakeRecord, Mailbox, Number, Part, to_address
from campaigns import cart, order

LARGEST = 2**31 - 1
"""Cents: an amount above 21 million is a slip rather than a sale (as importers.csv_file.money)."""
MOST_LINES = 500
MOST_PIECES = 1_000_000
CURRENCIES = frozenset(list_currencies())

Sku = Annotated[str, Key(200, needed=False)]
Title = Annotated[str, Text(500, on_paper=True)]
Pieces = Annotated[int, Whole(-MOST_PIECES, MOST_PIECES)]
Cents = Annotated[int, Whole(-LARGEST, LARGEST, "an amount in whole cents")]
Currency = Annotated[str, Code(CURRENCIES, 'an ISO 4217 currency code, like "EUR"')]

ARTICLE_EXAMPLE: dict[str, Any] = {"sku": "TEE-1", "title": "Darjeeling First Flush", "quantity": 2, "unit_price_cents": 1450}
LINE_EXAMPLE = ARTICLE_EXAMPLE | {"category": "Black tea"}
ORDER_EXAMPLE: dict[str, Any] = {
    "id": "82210",
    "number": "2026-4711",
    "ordered_at": "2026-11-19T18:02:11+01:00",
    "state": "completed",
    "total_cents": 2900,
    "currency": "EUR",
    "customer_number": "K-1001",
    "email": "anna.mueller@mail.example",
    "discount_codes": ["TEE-7Q4KM"],
    "address": ADDRESS_EXAMPLE,
    "lines": [LINE_EXAMPLE],
    "changed_at": "2026-11-20T08:15:30Z",
}
CART_EXAMPLE: dict[str, Any] = {
    "id": "c-9f31",
    "created_at": "2026-11-21T20:10:00+01:00",
    "updated_at": "2026-11-21T20:31:00+01:00",
    "email": "anna.mueller@mail.example",
    "currency": "EUR",
    "kind": "cart",
    "items": [ARTICLE_EXAMPLE],
    "recovery_url": "https://shop.example/cart/9f31",
}


class ArticleRecord(Part):
    """One article of an order or a cart."""

    model_config = ConfigDict(json_schema_extra={"examples": [ARTICLE_EXAMPLE]})

    sku: Annotated[Sku | None, Field(description="Article number")] = None
    title: Title | None = None
    quantity: Annotated[Pieces, Field(description="Pieces; below zero for what came back")]
    unit_price_cents: Annotated[Cents, Field(description="Gross, per piece")]


class OrderLineRecord(ArticleRecord):
    """One article of an order."""

    model_config = ConfigDict(json_schema_extra={"examples": [LINE_EXAMPLE]})

    category: Annotated[Annotated[str, Text(200)] | None, Field(description="As your shop names it; campaigns choose people by it")] = None


class OrderRecord(IntakeRecord):
    """An order as it stands now: sent again after a change, it replaces what was known of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [ORDER_EXAMPLE]})

    id: Annotated[Annotated[str, Key()], Field(description="Your own key of the order: it never changes")]
    number: Annotated[Number | None, Field(description="Order number as you print it; left out: the id")] = None
    ordered_at: Annotated[Instant, Field(description="RFC 3339, with offset")]
    state: Annotated[
        Annotated[str, Code(tuple(order.OrderState), "one of " + ", ".join(order.OrderState))], Field(description="Open and completed orders are sales")
    ]
    total_cents: Annotated[Cents, Field(description="Gross, with postage")]
    currency: Annotated[Currency | None, Field(description="ISO 4217; left out: EUR")] = None
    customer_number: Annotated[Number | None, Field(description="Customer number, or your own key of the customer")] = None
    email: Annotated[Mailbox | None, Field(description="Tells the buyer where the number does not")] = None
    platform: Annotated[Annotated[str, Text(100)] | None, Field(description="The marketplace it came through; left out: your own shop")] = None
    discount_codes: Annotated[list[Annotated[str, Text(255)]] | None, Field(max_length=50)] = None
    address: Annotated[AddressRecord | None, Field(description="The billing address: it makes a customer of a guest")] = None
    lines: Annotated[list[OrderLineRecord] | None, Field(max_length=MOST_LINES)] = None
    changed_at: Annotated[Instant | None, Field(description="When the record last changed: an older one never overwrites a newer one")] = None

    def to_record(self, source: str) -> order.Order:
        """The domain's order."""
        return order.Order(
            source=source,
            source_id=self.id,
            number=self.number or self.id,
            ordered_at=self.ordered_at,
            state=order.OrderState(self.state),
            total_cents=self.total_cents,
            currency=self.currency or "EUR",
            customer_number=self.customer_number or "",
            email=self.email or "",
            platform=self.platform or "",
            discount_codes=tuple(code for code in self.discount_codes or () if code),
            address=to_address(self.address),
            lines=tuple(map(_to_line, self.lines or ())),
            changed_at=self.changed_at,
        )


def _to_line(given: OrderLineRecord) -> order.OrderLine:
    return order.OrderLine(given.sku or "", given.title or "", given.quantity, given.unit_price_cents, given.category or "")


class CartRecord(IntakeRecord):
    """A cart as it was last seen: abandoned two hours after its last update unless an order follows. A wishlist is a cart of its own kind."""

    model_config = ConfigDict(json_schema_extra={"examples": [CART_EXAMPLE]})

    id: Annotated[Annotated[str, Key()], Field(description="Your own key of the cart: it never changes")]
    created_at: Annotated[Instant, Field(description="RFC 3339, with offset")]
    updated_at: Annotated[Instant, Field(description="An older one never overwrites a newer one")]
    completed_at: Annotated[Instant | None, Field(description="When it became an order")] = None
    customer_number: Annotated[Number | None, Field(description="Customer number, or your own key of the customer")] = None
    email: Mailbox | None = None
    currency: Annotated[Currency | None, Field(description="ISO 4217; left out: EUR")] = None
    kind: Annotated[Annotated[str, Code(tuple(cart.CartKind), "one of " + ", ".join(cart.CartKind))] | None, Field(description="Left out: cart")] = None
    items: Annotated[list[ArticleRecord] | None, Field(max_length=MOST_LINES, description="An empty list: the cart was emptied")] = None
    recovery_url: Annotated[Annotated[str, Link()] | None, Field(description="Leads back into the cart; never printed, only redirected to")] = None

    def to_record(self, source: str) -> cart.Cart:
        """The domain's cart."""
        return cart.Cart(
            source=source,
            source_id=self.id,
            created_at=self.created_at,
            updated_at=self.updated_at,
            email=self.email or "",
            currency=self.currency or "EUR",
            kind=cart.CartKind(self.kind or cart.CartKind.CART),
            items=tuple(cart.CartItem(item.sku or "", item.title or "", item.quantity, item.unit_price_cents) for item in self.items or ()),
            customer_number=self.customer_number or "",
            completed_at=self.completed_at,
            recovery_url=self.recovery_url or "",
        )
