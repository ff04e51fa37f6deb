"""What does a webhook of Shopify's mean for us?"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from campaigns.record import Kind, Record
from campaigns.rejection import RejectionReason
from importers.errors import BadRecord
from importers.shopify import rest
from importers.shopify.nodes import LegacyId, Text
from importers.shopify.records import number_of


@dataclass(frozen=True, slots=True)
class Changed:
    """A record as it stands now."""

    kind: Kind
    record: Record
    subject: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """A record that the shop has no more; ``subject`` is its own key of it."""

    kind: Kind
    subject: str


@dataclass(frozen=True, slots=True)
class United:
    """The shop made one customer of two: the ``subject`` is gone, the other was kept."""

    kept: str
    subject: str


@dataclass(frozen=True, slots=True)
class AccessWanted:
    """A customer wants to see what is held of them (customers/data_request)."""

    subject: str
    email: str
    request_id: str


@dataclass(frozen=True, slots=True)
class CustomerRedacted:
    """A customer is to be erased, with what is personal in these orders."""

    subject: str
    email: str
    orders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShopRedacted:
    """The whole shop takes its data back, 48 hours after the app was removed."""

    subject: str = ""


@dataclass(frozen=True, slots=True)
class Uninstalled:
    """The app was removed from the shop: its credentials are void."""

    subject: str = ""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing that concerns us, and why."""

    why: str
    subject: str = ""


Meaning: TypeAlias = Changed | Deleted | United | AccessWanted | CustomerRedacted | ShopRedacted | Uninstalled | Nothing

IGNORED = {
    "refunds/create": "orders/updated comes with it and brings state and total",
    "orders/edited": "it names articles by number only; orders/updated comes with it",
    "customers_email_marketing_consent/update": "consent to e-mail says nothing of letters, and Shopify knows no consent to those",
    "bulk_operations/finish": "an import asks for its bulk operation itself",
    "app/scopes_update": "every import checks its scopes at its start",
}
"""Topics that one may expect to be worked off, and why they are not; as every other topic they are answered and forgotten."""


def is_read(topic: str) -> bool:
    """Whether a delivery of this topic says anything that we need."""
    return topic in _TOPICS


def read(topic: str, body: bytes, source: str) -> Meaning:
    """What the delivery says. Raises ``BadRecord`` for what is no JSON object or not what the topic promises."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRecord(RejectionReason.MALFORMED, "The body is no JSON. Shopify signed it, so report this to its support.") from None
    if not isinstance(payload, Mapping):
        raise BadRecord(RejectionReason.MALFORMED, "The body is no JSON object. Shopify signed it, so report this to its support.")
    return _TOPICS[topic](payload, source)


def _order(payload: rest.Payload, source: str) -> Meaning:
    record = rest.order(payload, source)
    return Changed(Kind.ORDERS, record, record.source_id)


def _customer(payload: rest.Payload, source: str) -> Meaning:
    record = rest.customer(payload, source)
    return Changed(Kind.CUSTOMERS, record, record.source_id)


def _cart(payload: rest.Payload, source: str) -> Meaning:
    record = rest.cart(payload, source)
    return Changed(Kind.CARTS, record, record.source_id)


def _merge(payload: rest.Payload, source: str) -> Meaning:
    merge = _checked(_Merge, payload)
    kept, gone = number_of(merge.kept), number_of(merge.gone)
    if merge.status.lower() in ("requested", "in_progress", "failed"):
        return Nothing("the merge was not completed", gone)
    if not (kept and gone):
        raise BadRecord(RejectionReason.NO_KEY, "A merge that names no two customers. Shopify signed it, so report this to its support.")
    return United(kept, gone)


def _access(payload: rest.Payload, source: str) -> Meaning:
    wanted = _checked(_DataRequest, payload)
    return AccessWanted(wanted.customer.id, wanted.customer.email, wanted.data_request.id)


def _redact(payload: rest.Payload, source: str) -> Meaning:
    gone = _checked(_Redact, payload)
    return CustomerRedacted(gone.customer.id, gone.customer.email, gone.orders_to_redact)


def _deleted(kind: Kind) -> Callable[[rest.Payload, str], Meaning]:
    def read_key(payload: rest.Payload, source: str) -> Meaning:
        return Deleted(kind, _checked(_Key, payload).id)

    return read_key


def _deleted_checkout(payload: rest.Payload, source: str) -> Meaning:
    return Deleted(Kind.CARTS, _checked(_Key, {"id": rest.checkout_id(payload)}).id)


_TOPICS: dict[str, Callable[[rest.Payload, str], Meaning]] = {
    **{f"orders/{what}": _order for what in ("create", "updated", "cancelled", "paid", "fulfilled", "partially_fulfilled")},
    "orders/delete": _deleted(Kind.ORDERS),
    **{f"customers/{what}": _customer for what in ("create", "update", "enable", "disable")},
    "customers/delete": _deleted(Kind.CUSTOMERS),
    "customers/merge": _merge,
    "checkouts/create": _cart,
    "checkouts/update": _cart,
    "checkouts/delete": _deleted_checkout,
    "customers/data_request": _access,
    "customers/redact": _redact,
    "shop/redact": lambda payload, source: ShopRedacted(),
    "app/uninstalled": lambda payload, source: Uninstalled(),
}

DELETIONS = {Kind.ORDERS: "orders/delete", Kind.CUSTOMERS: "customers/delete", Kind.CARTS: "checkouts/delete"}
"""The topic after which nothing about a thing counts any more: Shopify gives no key twice."""


def _text_or_empty(value: Any) -> Any:
    return "" if value is None else value


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class _Key(_Part):
    id: LegacyId


class _Person(_Part):
    id: LegacyId
    email: Text = ""


class _DataRequest(_Part):
    customer: _Person
    data_request: _Key


class _Redact(_Part):
    customer: _Person
    orders_to_redact: tuple[LegacyId, ...] = ()


class _Merge(_Part):
    kept: str = Field(alias="admin_graphql_api_customer_kept_id")
    gone: str = Field(alias="admin_graphql_api_customer_deleted_id")
    status: Annotated[str, BeforeValidator(_text_or_empty)] = ""


P = TypeVar("P", bound=_Part)


def _checked(kind: type[P], payload: Any) -> P:
    try:
        return kind.model_validate(payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    reason = RejectionReason.NO_KEY if place.endswith("id") else RejectionReason.MALFORMED
    raise BadRecord(reason, f"{place}: {first['msg'][:1].lower()}{first['msg'][1:]}. Shopify signed it, so report this to its support.")
