"""What does a checkout send, and what do we make of it?"""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.errors import WrongField
from api.intake.checking import fault
from api.intake.fields import Key, Text, Whole
from api.intake.people import ADDRESS_EXAMPLE, AddressRecord, Mailbox, Number, Part, to_address
from api.intake.purchases import MOST_LINES, MOST_PIECES, Currency, Sku, Title
from campaigns.checkout import Checkout, CheckoutLine, Shopper

MOST_CENTS = 10**9
"""Of one line: ten million of the currency; with all lines of a cart it stays far below what the database's numbers hold."""
WHOLE_VAT = 10_000
"""Basis points: 100 %."""
MOST_OTHER_CODES = 20

Code = Annotated[str, Text(255, needed=True)]
OrderRef = Annotated[str, Key()]

LINE_EXAMPLE: dict[str, Any] = {"sku": "TEE-1", "category": "Black tea", "quantity": 2, "gross_cents": 2900, "vat_rate": 700}
CART_EXAMPLE: dict[str, Any] = {
    "code": "ABCDE-FGHJK-M",
    "currency": "EUR",
    "lines": [LINE_EXAMPLE, {"sku": "POT-7", "category": "Pots", "quantity": 1, "gross_cents": 3490, "vat_rate": 1900}],
    "shopper": {"email": "anna.mueller@mail.example", "address": ADDRESS_EXAMPLE},
    "client": "visitor-6f1e",
}
ORDER_EXAMPLE = CART_EXAMPLE | {"order_ref": "2026-4711"}


class LineBody(Part):
    """One line of the cart."""

    model_config = ConfigDict(json_schema_extra={"examples": [LINE_EXAMPLE]})

    sku: Annotated[Sku | None, Field(description="Article number; offers name articles by it")] = None
    title: Annotated[Title | None, Field(description="Not looked at")] = None
    category: Annotated[Annotated[str, Text(200)] | None, Field(description="As your shop names it; offers name categories by it")] = None
    quantity: Annotated[Annotated[int, Whole(1, MOST_PIECES)], Field(description="Pieces")]
    gross_cents: Annotated[
        Annotated[int, Whole(0, MOST_CENTS, "an amount in whole cents")],
        Field(description="Of all its pieces together, VAT included, before any coupon, in the cart's currency"),
    ]
    vat_rate: Annotated[Annotated[int, Whole(0, WHOLE_VAT, "a VAT rate in hundredths of a percent")], Field(description="1900 is 19 %")]


class ShopperBody(Part):
    """Who stands at the checkout, as far as you know yet: offers for new customers, for one person, or with a limit for each person need it."""

    email: Mailbox | None = None
    customer_number: Annotated[Number | None, Field(description="Customer number, or your own key of the customer")] = None
    address: AddressRecord | None = None


class CodeBody(Part):
    """A code that somebody typed."""

    code: Annotated[Code, Field(description="As it was typed: spaces, hyphens and small letters do not matter")]
    client: Annotated[
        Annotated[str, Text(200)] | None,
        Field(description="Whoever typed the code, in your own words: the visitor's IP address or a hash of it. Wrong codes are counted by it; it is not kept"),
    ] = None


class CartBody(CodeBody):
    """A cart and a code."""

    model_config = ConfigDict(json_schema_extra={"examples": [CART_EXAMPLE]})

    currency: Annotated[Currency, Field(description="ISO 4217, of all lines")]
    lines: Annotated[list[LineBody], Field(min_length=1, max_length=MOST_LINES, description="What is in the cart")]
    shopper: Annotated[ShopperBody | None, Field(description="Who buys, as far as you know")] = None
    other_codes: Annotated[
        list[Annotated[str, Text(255)]] | None, Field(max_length=MOST_OTHER_CODES, description="Further coupons of the same order; lines stay at full price")
    ] = None

    def to_checkout(self) -> Checkout:
        """The domain's cart."""
        lines = tuple(CheckoutLine(one.sku or "", one.quantity, one.gross_cents, one.vat_rate, one.category or "", one.title or "") for one in self.lines)
        person = self.shopper or ShopperBody()
        shopper = Shopper(person.email or "", person.customer_number or "", to_address(person.address))
        return Checkout(self.currency, lines, shopper, tuple(code for code in self.other_codes or () if code))


class QuoteBody(CartBody):
    """A cart, and the code that is to make it cheaper."""

    order_ref: Annotated[
        OrderRef | None,
        Field(description="Of an order that holds coupons already: its own use does not stand in its way, and what the others take off is taken off first"),
    ] = None


class OrderBody(CartBody):
    """A cart that is becoming an order."""

    model_config = ConfigDict(json_schema_extra={"examples": [ORDER_EXAMPLE]})

    order_ref: Annotated[OrderRef, Field(description="Your key or number of the order, as it is imported later: the same from reserve to roll-back")]


class ReleaseBody(Part):
    """A reservation that nobody needs any more."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"order_ref": "2026-4711"}]})

    order_ref: Annotated[OrderRef, Field(description="As it was reserved under")]
    code: Annotated[Code | None, Field(description="Left out: every coupon of the order")] = None


class RollBackBody(Part):
    """An order that was cancelled."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"order_ref": "2026-4711", "reason": "cancelled by the customer"}]})

    order_ref: Annotated[OrderRef, Field(description="As it was redeemed under")]
    reason: Annotated[Annotated[str, Text(200)] | None, Field(description="For the audit log, in your own words; nobody's name")] = None


class SignUpBody(CodeBody):
    """A code that somebody gave when opening an account."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "vonmeier", "email": "anna.mueller@mail.example", "client": "visitor-6f1e"}]})

    email: Annotated[Annotated[str, Text(254, needed=True)], Field(description="Of the new account")]


Body = TypeVar("Body", bound=BaseModel)


def read(model: type[Body], raw: Any) -> Body:
    """The body as its model; raises WrongField with the place of what is wrong and what to do."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise WrongField(problem=fault(model, error, "The request")[1]) from None
