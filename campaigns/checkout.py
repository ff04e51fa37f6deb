"""What does a shop's checkout tell us, and what does it hear?  (product.md 7.3)"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from campaigns.address import Address


@dataclass(frozen=True, slots=True)
class CheckoutLine:
    """One line of the cart at the checkout."""

    sku: str
    quantity: int
    gross_cents: int
    """Of all its pieces together, VAT included, before any coupon."""
    vat_rate: int
    """Basis points: 1900 = 19 %."""
    category: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Shopper:
    """Who stands at the checkout, as far as the shop knows yet."""

    email: str = ""
    customer_number: str = ""
    address: Address = field(default_factory=Address)


@dataclass(frozen=True, slots=True)
class Checkout:
    """A cart about to be paid."""

    currency: str
    lines: tuple[CheckoutLine, ...]
    shopper: Shopper = field(default_factory=Shopper)
    other_codes: tuple[str, ...] = ()
    """Further coupons of the same order."""

    @property
    def gross_cents(self) -> int:
        """What it costs without any coupon."""
        return sum(line.gross_cents for line in self.lines)


@dataclass(frozen=True, slots=True)
class DiscountLine:
    """How much cheaper one line of the cart gets."""

    position: int
    """Of the line in the cart, from 0."""
    sku: str
    vat_rate: int
    gross_cents: int
    net_cents: int
    vat_cents: int
    """gross = net + vat, always."""


@dataclass(frozen=True, slots=True)
class VatShare:
    """The part of a discount that falls on one VAT rate: what an invoice shows."""

    vat_rate: int
    gross_cents: int
    net_cents: int
    vat_cents: int


@dataclass(frozen=True, slots=True)
class Quote:
    """What a coupon takes off a cart."""

    currency: str
    gross_cents: int
    lines: tuple[DiscountLine, ...]
    shares: tuple[VatShare, ...]
    """One for each VAT rate, rising; their sums are those of the lines."""


class RefusalReason(StrEnum):
    """Why a coupon is not granted, so that a checkout can say it (typed as Talon.One's and Voucherify's, market facts 5)."""

    UNKNOWN_CODE = "unknown_code"
    """Never issued, mistyped, or not for this caller: the answer is the same, so that nobody learns which codes exist."""
    VOID = "void"
    """Its letter was never sent, or somebody blocked it."""
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    OUTSIDE_HOURS = "outside_hours"
    USED_UP = "used_up"
    CUSTOMER_LIMIT = "customer_limit"
    CUSTOMER_REQUIRED = "customer_required"
    """The rule asks who it is, and the shop has not said."""
    OTHER_CUSTOMER = "other_customer"
    NEW_CUSTOMERS_ONLY = "new_customers_only"
    OWN_CODE = "own_code"
    """A partner does not redeem codes of their own."""
    MINIMUM_NOT_REACHED = "minimum_not_reached"
    NO_ELIGIBLE_ARTICLE = "no_eligible_article"
    WRONG_CURRENCY = "wrong_currency"
    NOT_COMBINABLE = "not_combinable"
    ROLLED_BACK = "rolled_back"
    """This order's redemption was rolled back: an order takes a coupon once."""
    PARTNER_INACTIVE = "partner_inactive"


@dataclass(frozen=True, slots=True)
class Refused:
    """No discount, and the facts that the words for it need (cents, dates as ISO text)."""

    reason: RefusalReason
    facts: Mapping[str, str | int] = field(default_factory=dict)


class RedemptionState(StrEnum):
    """Where the use of a coupon by one order stands."""

    RESERVED = "reserved"
    """Holds a use until it expires."""
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    """A reservation that nobody redeemed in time: its use is free again."""
    RELEASED = "released"
    """A reservation that the shop gave back."""
    ROLLED_BACK = "rolled_back"
    """The order was cancelled: the use is free again, for others."""


HOLDS_A_USE = (RedemptionState.RESERVED, RedemptionState.REDEEMED)
"""``coupons.uses`` is the number of redemptions in one of these states, always."""


class Channel(StrEnum):
    """Where we heard of a coupon's use."""

    API = "api"
    IMPORT = "import"
    """An order with the code came from the shop."""
    DESK = "desk"
    PARTNER = "partner"
    """A partner did something to the partner's own code."""
    EXPIRY = "expiry"
    """Nobody came: the clock."""
