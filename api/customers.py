"""The history of one customer as JSON: the customer page for programs."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import AliasPath, BaseModel, ConfigDict, Field

from api.errors import DatabaseAway, MissingScope, NotFound, NotSignedIn, TooManyWrongKeys, WrongKey, WrongParameter
from api.keys import RowId
from api.office import AtOffice
from api.permission import ReadsCustomers
from api.problems import problems
from campaigns.address import AddressState
from campaigns.letter import LetterState
from campaigns.order import OrderState
from campaigns.scan import ScanKind
from campaigns.verdict import Outcome, Reason
from store import history
from store.api_keys import Scope

router = APIRouter(prefix="/api/v1", tags=["customers"], dependencies=[ReadsCustomers])


class _Record(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Address(_Record):
    """A mailing address part by part; a part is empty when unknown."""

    company: str
    title: str
    first_name: str
    last_name: str
    addition: str
    street: str
    postcode: str
    town: str
    country: Annotated[str, Field(description="ISO 3166 alpha-2")]


class Article(_Record):
    """One line of an order or a cart."""

    sku: str
    title: str
    quantity: int
    unit_price_cents: Annotated[int, Field(description="Gross, per piece")]


class OrderLine(Article):
    """One line of an order."""

    category: Annotated[str, Field(description="As the shop names it, empty when unknown")]


class Order(_Record):
    """An order."""

    number: str
    ordered_at: datetime
    state: OrderState
    total_cents: int
    currency: str
    lines: list[OrderLine]


class Cart(_Record):
    """A cart as it was last seen."""

    number: str
    updated_at: datetime
    currency: str
    items: list[Article]


class Scan(_Record):
    """One request for the letter's link; only the kind ``human`` was a person."""

    kind: ScanKind
    scanned_at: datetime


class Letter(_Record):
    """A letter with what became of it; its token stays with its recipient."""

    id: Annotated[int, Field(validation_alias=AliasPath("letter", "id"))]
    campaign: Annotated[str, Field(validation_alias=AliasPath("letter", "campaign"))]
    step: Annotated[int, Field(validation_alias=AliasPath("letter", "step"))]
    state: Annotated[LetterState, Field(validation_alias=AliasPath("letter", "state"))]
    created_at: Annotated[datetime, Field(validation_alias=AliasPath("letter", "created_at"))]
    handed_over_at: Annotated[datetime | None, Field(validation_alias=AliasPath("letter", "handed_over_at"))]
    coupon_code: str | None
    coupon_valid_until: date | None
    coupon_voided: Annotated[bool, Field(description="The letter was taken out before hand-over")]
    scans: list[Scan]


class Verdict(_Record):
    """Why this person did, or did not, get a letter of a campaign."""

    campaign: str
    outcome: Outcome
    reason: Reason | None
    detail: Annotated[str, Field(description="What is wrong with the address; the slug of the other campaign")]
    step: Annotated[int | None, Field(description="Of the selected and the held out")]
    since: datetime


class HeldOut(_Record):
    """A campaign that leaves this person out, for comparison: drawn by lot."""

    campaign: str
    since: datetime
    steps: list[int]


class CustomerHistory(_Record):
    """Everything about one customer, newest first."""

    id: int
    number: Annotated[str, Field(validation_alias=AliasPath("customer", "number"), description="Customer number as the shop prints it")]
    email: Annotated[str, Field(validation_alias=AliasPath("customer", "email"))]
    language: Annotated[str, Field(validation_alias=AliasPath("customer", "language"), description="ISO 639-1, empty when unknown")]
    address: Annotated[Address, Field(validation_alias=AliasPath("customer", "address"))]
    address_state: AddressState
    registered_at: Annotated[datetime | None, Field(validation_alias=AliasPath("customer", "registered_at"))]
    first_sale_at: Annotated[datetime | None, Field(description="From here on a customer, before a prospect")]
    objected_at: Annotated[datetime | None, Field(description="Objected to advertising (Art. 21 GDPR)")]
    orders: list[Order]
    carts: list[Cart]
    letters: list[Letter]
    verdicts: list[Verdict]
    held_out: list[HeldOut]
    is_seed: Annotated[bool, Field(description="An address of our own, for control")]


_REFUSALS = (
    NotSignedIn(),
    WrongKey(),
    MissingScope(scope=Scope.CUSTOMERS_READ),
    NotFound(),
    WrongParameter(name="customer_id"),
    TooManyWrongKeys(),
    DatabaseAway(),
)


@router.get("/customers/{customer_id}", responses=problems(*_REFUSALS), openapi_extra={"security": [{"ApiKey": []}, {"Session": []}]})
def customer_history(customer_id: RowId, office: AtOffice) -> CustomerHistory:
    """One customer: master data, orders, carts, letters with their scans and coupons, and the last verdict of each campaign.

    For somebody who is signed in to the desk, or with an API key of scope `customers:read`.
    """
    with office.reading() as connection:
        found = history.of(connection, customer_id)
    if found is None:
        raise NotFound
    return CustomerHistory.model_validate(found)
