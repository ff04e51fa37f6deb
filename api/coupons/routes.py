"""Where does a shop's checkout ask about coupons, and what does it hear?

A coupon that is refused is an answer, with status 200 and words for the customer; a problem document says that the request itself was wrong.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from api.coupons import bodies
from api.coupons.answers import (
    OrderAnswer,
    QuoteAnswer,
    Redemptions,
    SignUpAnswer,
    order_answer,
    quote_answer,
    redemption_of,
    refusal_of,
)
from api.coupons.bodies import CartBody, OrderBody, QuoteBody, ReleaseBody, RollBackBody, SignUpBody
from api.errors import (
    DatabaseAway,
    MalformedJson,
    MissingScope,
    Refusal,
    TooLarge,
    TooManyWrongCodes,
    TooManyWrongKeys,
    WrongField,
    WrongKey,
    WrongMediaType,
    WrongParameter,
)
from api.intake.fields import Key
from api.intake.reading import body_of, parsed
from api.office import AtOffice, Office
from api.permission import holding_at_checkout
from api.problems import problems
from campaigns.checkout import HOLDS_A_USE, Channel, Quote, RedemptionState, RefusalReason, Refused, Shopper
from campaigns.coupon import normalise
from store import redemptions
from store.api_keys import ApiKey, Scope
from store.engine import Connection
from store.redemptions import Asking, Redemption, Wish

router = APIRouter(prefix="/api/v1", tags=["checkout"])

Caller = Annotated[ApiKey, Depends(holding_at_checkout(Scope.COUPONS_REDEEM))]
OrderRef = Annotated[str, Query(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$", description="As it was reserved or redeemed under")]

RESERVED_MINUTES = 30
"""As long as somebody takes to pay."""
_COMMON = (WrongKey(), MissingScope(scope=Scope.COUPONS_REDEEM), TooManyWrongKeys(), DatabaseAway())
_OF_BODIES = (
    MalformedJson(place=" (1:14)"),
    TooLarge(),
    WrongMediaType(),
    WrongField(problem="lines[0].quantity must be between 1 and 1000000."),
    *_COMMON,
)


def _described(model: type[BaseModel], *refusals: Refusal) -> dict[str, Any]:
    """What the OpenAPI document says of a route that reads its body itself, as arguments of the decorator."""
    body = {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}
    return {
        "responses": problems(*refusals, *_OF_BODIES),
        "response_model_exclude_none": True,
        "openapi_extra": {"requestBody": {"required": True, "content": {"application/json": body}}, "security": [{"ApiKey": []}]},
    }


@router.post("/coupons/quote", operation_id="quote", **_described(QuoteBody, TooManyWrongCodes()))
async def quote(request: Request, office: AtOffice, key: Caller) -> QuoteAnswer:
    """What a code takes off a cart, or why nothing. Holds nothing: ask as often as the cart changes. Scope: `coupons:redeem`."""
    body = await _body(request, QuoteBody)
    _admit(request, office, key, body)
    checkout, asking = body.to_checkout(), _asking(office, key)
    found: Quote | Refused = await office.carry_out(lambda connection: redemptions.quote(connection, body.code, checkout, asking, body.order_ref or ""))
    await _count(request, office, key, body, found)
    return quote_answer(found)


@router.post("/coupons/reserve", operation_id="reserve", **_described(OrderBody, TooManyWrongCodes()))
async def reserve(request: Request, office: AtOffice, key: Caller) -> OrderAnswer:
    """Hold one use of a code for an order while it is being paid: 30 minutes, then it is free again. The same order again keeps its reservation.

    Scope: `coupons:redeem`.
    """
    body = await _body(request, OrderBody)
    _admit(request, office, key, body)
    checkout, asking = body.to_checkout(), _asking(office, key)
    found = await office.grant(Wish(body.code, checkout, body.order_ref, asking, RESERVED_MINUTES))
    await _count(request, office, key, body, found)
    return order_answer(found)


@router.post("/coupons/redeem", operation_id="redeem", **_described(OrderBody, TooManyWrongCodes()))
async def redeem(request: Request, office: AtOffice, key: Caller) -> OrderAnswer:
    """Use a code for an order, reserved or not. The same order again hears the same and uses nothing more. Scope: `coupons:redeem`."""
    body = await _body(request, OrderBody)
    checkout, asking = body.to_checkout(), _asking(office, key)
    if not office.guesses.admits(request, key.name, body.client or "", body.code):
        known: list[Redemption] = await office.carry_out(lambda connection: redemptions.by_order(connection, key.source, body.order_ref))
        if not any(_holds(one, body.code) for one in known):  # who holds this very code is a customer of yours, who pays just now
            raise TooManyWrongCodes
    found = await office.grant(Wish(body.code, checkout, body.order_ref, asking))
    await _count(request, office, key, body, found)
    return order_answer(found)


@router.post("/coupons/release", operation_id="release", **_described(ReleaseBody))
async def release(request: Request, office: AtOffice, key: Caller) -> Redemptions:
    """Give a reservation back before it expires: the payment failed, the code was taken out. What is redeemed stays redeemed. Scope: `coupons:redeem`."""
    body = await _body(request, ReleaseBody)
    found: list[Redemption] = await office.carry_out(lambda connection: _release(connection, body, _asking(office, key)))
    return Redemptions(redemptions=[redemption_of(one) for one in found])


@router.post("/coupons/roll-back", operation_id="roll_back", **_described(RollBackBody))
async def roll_back(request: Request, office: AtOffice, key: Caller) -> Redemptions:
    """The order was cancelled: its coupons are free again, and this order cannot take them once more. Again changes nothing. Scope: `coupons:redeem`."""
    body = await _body(request, RollBackBody)
    asking = _asking(office, key)
    found: list[Redemption] = await office.carry_out(lambda connection: redemptions.roll_back(connection, body.order_ref, asking, body.reason or ""))
    return Redemptions(redemptions=[redemption_of(one) for one in found])


@router.post("/coupons/sign-up", operation_id="sign_up", **_described(SignUpBody, TooManyWrongCodes()))
async def sign_up(request: Request, office: AtOffice, key: Caller) -> SignUpAnswer:
    """Remember a code that somebody gave when opening an account: it counts for that person's first order. Scope: `coupons:redeem`."""
    body = await _body(request, SignUpBody)
    _admit(request, office, key, body)
    shopper, asking = Shopper(email=body.email), _asking(office, key)
    found: bool | Refused = await office.carry_out(lambda connection: redemptions.remember(connection, body.code, shopper, asking))
    await _count(request, office, key, body, found)
    return SignUpAnswer(granted=False, refusal=refusal_of(found)) if isinstance(found, Refused) else SignUpAnswer(granted=True)


@router.get(
    "/redemptions",
    operation_id="redemptions",
    response_model_exclude_none=True,
    responses=problems(WrongParameter(name="order_ref"), *_COMMON),
    openapi_extra={"security": [{"ApiKey": []}]},
)
def lines(order_ref: OrderRef, office: AtOffice, key: Caller) -> Redemptions:
    """The coupons of an order of yours with their discount lines and VAT, for its invoice. Scope: `coupons:redeem`."""
    with office.reading() as connection:
        found = redemptions.by_order(connection, key.source, _as_kept(order_ref))
    return Redemptions(redemptions=[redemption_of(one) for one in found])


def _as_kept(order_ref: str) -> str:
    """The reference as a body's is read; what cannot stand there names no order."""
    try:
        return Key().read(order_ref)
    except PydanticCustomError:
        return order_ref


def _holds(one: Redemption, code: str) -> bool:
    return one.state in HOLDS_A_USE and normalise(one.code) == normalise(code)


async def _body(request: Request, model: type[bodies.Body]) -> bodies.Body:
    return bodies.read(model, parsed(await body_of(request)))


def _asking(office: Office, key: ApiKey) -> Asking:
    return Asking(key.source, datetime.now(UTC), office.timezone, office.settings.secret, Channel.API, key.name)


def _release(connection: Connection, body: ReleaseBody, asking: Asking) -> list[Redemption]:
    known = redemptions.by_order(connection, asking.source, body.order_ref)
    codes = [body.code] if body.code else [one.code for one in known if one.state is RedemptionState.RESERVED]
    found = [redemptions.release(connection, code, body.order_ref, asking) for code in codes]
    return [one for one in found if one]


def _admit(request: Request, office: Office, key: ApiKey, body: bodies.CodeBody) -> None:
    if not office.guesses.admits(request, key.name, body.client or "", body.code):
        raise TooManyWrongCodes


async def _count(request: Request, office: Office, key: ApiKey, body: bodies.CodeBody, found: object) -> None:
    """Wrong codes count wherever they stand: beside a good one they would be answered by whether the two go together."""
    outcome = str(found.reason) if isinstance(found, Refused) else "granted"
    office.meters.coupons.labels(request.url.path.rpartition("/")[2], outcome).inc()
    wrong = [body.code] if isinstance(found, Refused) and found.reason is RefusalReason.UNKNOWN_CODE else []
    if isinstance(body, CartBody) and (others := body.other_codes):
        wrong += await office.carry_out(lambda connection: [code for code in others if redemptions.find(connection, code) is None])
    for code in wrong:
        office.guesses.count(request, key.name, body.client or "", code)
