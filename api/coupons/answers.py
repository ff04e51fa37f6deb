"""What does a checkout hear: a discount with its VAT, or why there is none?"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.coupons.refusals import said
from campaigns.checkout import HOLDS_A_USE, Quote, RedemptionState, RefusalReason, Refused
from store.redemptions import Redemption


class Amounts(BaseModel):
    """What is taken off, VAT split out: gross = net + vat."""

    model_config = ConfigDict(from_attributes=True)

    vat_rate: Annotated[int, Field(description="1900 is 19 %")]
    gross_cents: int
    net_cents: int
    vat_cents: int


class LineDiscount(Amounts):
    """How much cheaper one line of the cart gets."""

    position: Annotated[int, Field(description="Of the line in the cart, from 0")]
    sku: str


class Discount(BaseModel):
    """What the coupon takes off the cart, in whole cents; lines and shares both add up to gross_cents."""

    currency: str
    gross_cents: Annotated[int, Field(description="VAT included")]
    lines: Annotated[list[LineDiscount], Field(description="Only those that get cheaper")]
    shares: Annotated[list[Amounts], Field(description="One for each VAT rate, rising: what an invoice shows")]


class Words(BaseModel):
    """The same in both languages."""

    de: str
    en: str


class RefusalAnswer(BaseModel):
    """Why the coupon is not granted."""

    reason: RefusalReason
    message: Annotated[Words, Field(description="To be shown to the customer")]
    facts: Annotated[dict[str, str | int], Field(description="What the message says as numbers: cents, currency, ISO dates")]


class RedemptionAnswer(BaseModel):
    """The use of one coupon by one order."""

    order_ref: str
    code: Annotated[str, Field(description="As it is printed")]
    state: RedemptionState
    discount: Discount
    created_at: datetime
    expires_at: Annotated[datetime | None, Field(description="Of a reservation: then its use is free again")]
    redeemed_at: datetime | None
    ended_at: Annotated[datetime | None, Field(description="When it was released, rolled back or expired")]


_DISCOUNT: dict[str, Any] = {
    "currency": "EUR",
    "gross_cents": 639,
    "lines": [
        {"position": 0, "sku": "TEE-1", "vat_rate": 700, "gross_cents": 290, "net_cents": 271, "vat_cents": 19},
        {"position": 1, "sku": "POT-7", "vat_rate": 1900, "gross_cents": 349, "net_cents": 293, "vat_cents": 56},
    ],
    "shares": [
        {"vat_rate": 700, "gross_cents": 290, "net_cents": 271, "vat_cents": 19},
        {"vat_rate": 1900, "gross_cents": 349, "net_cents": 293, "vat_cents": 56},
    ],
}
_REFUSAL: dict[str, Any] = {
    "reason": "minimum_not_reached",
    "message": {
        "de": "Der Gutschein gilt ab einem Bestellwert von 40 €. Es fehlen noch 11,50 €.",
        "en": "The coupon is valid on orders of €40 or more. You are €11.50 short.",
    },
    "facts": {"minimum_cents": 4000, "missing_cents": 1150, "currency": "EUR"},
}
_REDEMPTION: dict[str, Any] = {
    "order_ref": "2026-4711",
    "code": "ABCDE-FGHJK-M",
    "state": "redeemed",
    "discount": _DISCOUNT,
    "created_at": "2026-11-22T13:05:00Z",
    "redeemed_at": "2026-11-22T13:07:12Z",
}


class QuoteAnswer(BaseModel):
    """Granted with a discount, or refused with a reason."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"granted": True, "discount": _DISCOUNT}, {"granted": False, "refusal": _REFUSAL}]})

    granted: bool
    discount: Discount | None = None
    refusal: RefusalAnswer | None = None


class OrderAnswer(BaseModel):
    """Granted with a redemption, or refused with a reason; the same order asks again and hears the same."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"granted": True, "redemption": _REDEMPTION}, {"granted": False, "refusal": _REFUSAL}]})

    granted: bool
    redemption: RedemptionAnswer | None = None
    refusal: RefusalAnswer | None = None


class Redemptions(BaseModel):
    """Every coupon that the order has, or had; none is an answer too."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"redemptions": [_REDEMPTION]}]})

    redemptions: list[RedemptionAnswer]


class SignUpAnswer(BaseModel):
    """Remembered for the person's first order, or refused with a reason."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"granted": True}]})

    granted: bool
    refusal: RefusalAnswer | None = None


def discount_of(quote: Quote) -> Discount:
    """A quote as a checkout reads it."""
    return Discount(
        currency=quote.currency,
        gross_cents=quote.gross_cents,
        lines=[LineDiscount.model_validate(line) for line in quote.lines],
        shares=[Amounts.model_validate(share) for share in quote.shares],
    )


def refusal_of(refused: Refused) -> RefusalAnswer:
    """A refusal in words and numbers."""
    return RefusalAnswer(reason=refused.reason, message=Words(de=said(refused, "de"), en=said(refused, "en")), facts=dict(refused.facts))


def redemption_of(redemption: Redemption) -> RedemptionAnswer:
    """A redemption with its lines."""
    return RedemptionAnswer(
        order_ref=redemption.order_ref,
        code=redemption.code,
        state=redemption.state,
        discount=discount_of(redemption.quote),
        created_at=redemption.created_at,
        expires_at=redemption.expires_at,
        redeemed_at=redemption.redeemed_at,
        ended_at=redemption.ended_at,
    )


def quote_answer(found: Quote | Refused) -> QuoteAnswer:
    """The answer to a quote."""
    if isinstance(found, Refused):
        return QuoteAnswer(granted=False, refusal=refusal_of(found))
    return QuoteAnswer(granted=True, discount=discount_of(found))


def order_answer(found: Redemption | Refused) -> OrderAnswer:
    """The answer to reserve and redeem; a use that has ended meanwhile is not granted, and its state says why."""
    if isinstance(found, Refused):
        return OrderAnswer(granted=False, refusal=refusal_of(found))
    return OrderAnswer(granted=found.state in HOLDS_A_USE, redemption=redemption_of(found))
