"""What do Shopify's objects look like, as far as we read them?

Whatever is missing or of another kind is refused with the field's name; what Shopify leaves null is a blank.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from campaigns.rejection import RejectionReason
from importers.errors import BadRecord

LARGEST = 2**31 - 1
"""Pieces, or cents; what an integer column of any database holds."""


def _text(value: Any) -> Any:
    """Without outer and double blanks, and without what no database stores: NUL, halves of a surrogate pair."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    if not value.isascii():
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join(value.replace("\0", " ").split())


def _whole_id(value: Any) -> Any:
    """Shopify writes 64-bit ids as text; a number is taken as it is, but one with a fraction or exponent has lost digits already."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _nothing_as_empty(value: Any) -> Any:
    return [] if value is None else value


def _when(value: Any) -> Any:
    """Shopify writes times as text; a number would be read as seconds since 1970."""
    if value is None or isinstance(value, str):
        return value
    raise ValueError("a time is written as text, like 2026-10-31T12:00:00Z")


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("no time of this era") from None


Text = Annotated[str, Field(max_length=2_000), BeforeValidator(_text)]
Key = Annotated[str, Field(max_length=255), BeforeValidator(_text)]
"""What people and orders are found by: no e-mail address is longer (RFC 5321: 254), and databases cannot index much more."""
Texts = Annotated[tuple[Text, ...], BeforeValidator(_nothing_as_empty)]
Moment = Annotated[AwareDatetime, BeforeValidator(_when), AfterValidator(_utc)]
LegacyId = Annotated[str, BeforeValidator(_whole_id), Field(pattern=r"^[0-9]{1,40}$")]
GlobalId = Annotated[str, Field(pattern=r"^gid://shopify/[A-Za-z]+/[0-9]{1,40}(\?.*)?$")]


class _Node(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True, extra="ignore", hide_input_in_errors=True)


class MoneyNode(_Node):
    """An amount as text (``"11884.9"``) with its currency."""

    amount: Decimal
    currency_code: str = Field(pattern=r"^[A-Z]{3}$")


class MoneyBagNode(_Node):
    """An amount in the shop's currency; what the buyer saw (presentmentMoney) is not asked."""

    shop_money: MoneyNode


class AddressNode(_Node):
    """A MailingAddress; street and house number stand together in ``address1``."""

    first_name: Text
    last_name: Text
    company: Text
    address1: Text
    address2: Text
    zip: Key
    city: Text
    province_code: Text
    country_code: Text = Field(alias="countryCodeV2")


class EmailNode(_Node):
    """A CustomerEmailAddress."""

    email_address: Key


class CustomerNode(_Node):
    """A Customer."""

    legacy_resource_id: LegacyId
    first_name: Text
    last_name: Text
    locale: Text
    tags: Texts
    number_of_orders: Text
    created_at: Moment
    updated_at: Moment
    default_email_address: EmailNode | None
    default_address: AddressNode | None


class CustomerOfOrderNode(_Node):
    """The Customer of an order."""

    legacy_resource_id: LegacyId


class CustomerOfCheckoutNode(_Node):
    """The Customer of a checkout, which has no e-mail address of its own."""

    legacy_resource_id: LegacyId
    default_email_address: EmailNode | None


class LineNode(_Node):
    """A LineItem, or an AbandonedCheckoutLineItem, which has no ``currentQuantity``."""

    id: GlobalId
    sku: Text
    title: Text
    variant_title: Text
    quantity: int = Field(strict=True, le=LARGEST)
    current_quantity: int | None = Field(default=None, strict=True, le=LARGEST)
    """What is left after edits, returns and refunds."""
    original_unit_price_set: MoneyBagNode


class LinesNode(_Node):
    """All articles: the importer has joined or drained them."""

    nodes: tuple[LineNode, ...]


class OrderNode(_Node):
    """An Order."""

    legacy_resource_id: LegacyId
    name: Key
    email: Key
    processed_at: Moment
    updated_at: Moment
    cancelled_at: Moment | None
    test: bool = Field(strict=True)
    display_financial_status: Text
    display_fulfillment_status: Text
    source_name: Text
    discount_codes: Texts
    customer: CustomerOfOrderNode | None
    total_price_set: MoneyBagNode
    current_total_price_set: MoneyBagNode
    billing_address: AddressNode | None
    shipping_address: AddressNode | None
    line_items: LinesNode


class CheckoutNode(_Node):
    """An AbandonedCheckout."""

    id: GlobalId
    created_at: Moment
    updated_at: Moment
    completed_at: Moment | None
    abandoned_checkout_url: Text
    customer: CustomerOfCheckoutNode | None
    total_price_set: MoneyBagNode
    line_items: LinesNode


N = TypeVar("N", bound=_Node)


def read(node_type: type[N], raw: Any) -> N:
    """The object that Shopify sent. Raises ``BadRecord`` (no_key, bad_date, bad_number, malformed) naming the first field at fault."""
    try:
        return node_type.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    message = f"{place or 'the record'}: {first['msg'][:1].lower()}{first['msg'][1:]}. Look at this record in the shop, or report this."
    raise BadRecord(_reason(place), message)


def _reason(place: str) -> RejectionReason:
    field = place.rpartition(".")[2].casefold()
    if place in {"id", "legacyResourceId"}:
        return RejectionReason.NO_KEY
    if place.endswith("At"):
        return RejectionReason.BAD_DATE
    return RejectionReason.BAD_NUMBER if field == "amount" or field.endswith("quantity") else RejectionReason.MALFORMED
