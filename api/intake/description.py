"""How does the OpenAPI document describe what may be sent?"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from api.errors import (
    DatabaseAway,
    KeyReused,
    MalformedJson,
    MissingScope,
    Refusal,
    TooLarge,
    TooManyWrongKeys,
    WrongBatch,
    WrongKey,
    WrongMediaType,
    WrongParameter,
)
from api.intake.answers import BatchAnswer
from api.intake.people import COUPON_EXAMPLE, CUSTOMER_EXAMPLE, OBJECTION_EXAMPLE, CouponRecord, CustomerRecord, IntakeRecord, ObjectionRecord
from api.intake.purchases import CART_EXAMPLE, ORDER_EXAMPLE, CartRecord, OrderRecord
from api.intake.reading import MOST_RECORDS
from api.problems import problems
from campaigns.record import Kind
from store.api_keys import Scope

MODELS: dict[Kind, type[IntakeRecord]] = {
    Kind.CUSTOMERS: CustomerRecord,
    Kind.ORDERS: OrderRecord,
    Kind.CARTS: CartRecord,
    Kind.COUPONS: CouponRecord,
    Kind.OBJECTIONS: ObjectionRecord,
}
"""What may be sent to ``/api/v1/<kind>``."""
EXAMPLES: dict[Kind, dict[str, Any]] = {
    Kind.CUSTOMERS: CUSTOMER_EXAMPLE,
    Kind.ORDERS: ORDER_EXAMPLE,
    Kind.CARTS: CART_EXAMPLE,
    Kind.COUPONS: COUPON_EXAMPLE,
    Kind.OBJECTIONS: OBJECTION_EXAMPLE,
}
"""A record of each kind with most of what it can hold."""
_TEXT = """{what}

1 to {most} records in a batch of at most 10 MiB. Each is answered on its own: `stored`, `unchanged` (known already), or `rejected` with a
reason; a rejected one does not stop the others. The same batch again changes nothing. Under an `Idempotency-Key` a request is carried out
once and answered the same for 7 days. Scope: `{scope}`.
"""
REPLAYED = "Idempotency-Replayed"


def _batch(kind: Kind) -> type[BaseModel]:
    records: Any = list.__class_getitem__(MODELS[kind])
    config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"records": [EXAMPLES[kind]]}]})
    field: Any = (records, Field(min_length=1, max_length=MOST_RECORDS))
    return create_model(f"{kind.capitalize()}Batch", __config__=config, __doc__=f"A batch of {kind}.", records=field)


BATCHES: dict[Kind, type[BaseModel]] = {kind: _batch(kind) for kind in MODELS}
"""For description only: the server checks each record on its own."""


def of(kind: Kind) -> dict[str, Any]:
    """What a route for ``kind`` says of itself, as arguments of ``add_api_route``."""
    scope = Scope(f"{kind}:write")
    batch = {"schema": {"$ref": f"#/components/schemas/{BATCHES[kind].__name__}"}}
    header = {"description": "There if the request was carried out before, and this is the answer of then", "schema": {"const": "true"}}
    return {
        "name": f"send_{kind}",
        "operation_id": f"send_{kind}",
        "tags": [str(kind)],
        "summary": f"Send {kind}",
        "description": _TEXT.format(what=MODELS[kind].__doc__, most=MOST_RECORDS, scope=scope),
        "response_model": BatchAnswer,
        "response_description": "The batch was read; each record is answered on its own, in the order of the batch.",
        "responses": {200: {"headers": {REPLAYED: header}}, **problems(*_refusals(scope))},
        "openapi_extra": {"requestBody": {"required": True, "content": {"application/json": batch}}, "security": [{"ApiKey": []}]},
    }


def _refusals(scope: Scope) -> tuple[Refusal, ...]:
    return (
        MalformedJson(place=" (1:14)"),
        WrongKey(),
        MissingScope(scope=scope),
        KeyReused(),
        TooLarge(),
        WrongMediaType(),
        WrongBatch(most=MOST_RECORDS),
        WrongParameter(name="Idempotency-Key"),
        TooManyWrongKeys(),
        DatabaseAway(),
    )
