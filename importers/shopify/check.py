"""Is the app let into this shop, and may it read what an import needs?"""

from collections.abc import Collection
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from importers.errors import BrokenAnswer, MissingScope
from importers.shopify.graphql import Graph
from importers.shopify.queries import CHECK

NEEDED = ("read_customers", "read_orders")
"""``read_orders`` opens the abandoned checkouts too (importer facts 1.2)."""
ALL_ORDERS = "read_all_orders"


@dataclass(frozen=True, slots=True)
class ShopInfo:
    """Who the shop is and what the app may read there."""

    name: str
    domain: str
    timezone: str
    currency: str
    plan: str
    scopes: frozenset[str]
    warnings: tuple[str, ...] = ()


class _Camel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, hide_input_in_errors=True)


class _Scope(_Camel):
    handle: str


class _Installation(_Camel):
    access_scopes: list[_Scope]


class _Plan(_Camel):
    public_display_name: str


class _Shop(_Camel):
    name: str
    myshopify_domain: str
    iana_timezone: str
    currency_code: str
    plan: _Plan


class _Answer(_Camel):
    current_app_installation: _Installation
    shop: _Shop


def check(graph: Graph, shop: str, whole: bool) -> ShopInfo:
    """One request: who the shop is.  ``whole``: everything is to be imported, not only what has changed lately.

    Raises ``MissingScope``, and what ``Graph.execute`` raises.  Without ``read_all_orders`` Shopify keeps back orders older than 60 days
    without a word: an error for a whole import, a warning otherwise.
    """
    try:
        answer = _Answer.model_validate(graph.execute(CHECK))
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_url=False, include_input=False)[0]["loc"])
        raise BrokenAnswer(f"{shop} did not say who it is ({place}). Run this again later; if it stays so, ask Shopify's support.") from None
    scopes = frozenset(scope.handle for scope in answer.current_app_installation.access_scopes)
    missing = [scope for scope in NEEDED if not _covers(scopes, scope)]
    if missing:
        raise MissingScope(f"{shop}: the app lacks {' and '.join(missing)}. Give it this access in the Dev Dashboard and install it again.")
    wall = f"{shop}: the app lacks {ALL_ORDERS}, so orders older than 60 days stay hidden"
    if whole and ALL_ORDERS not in scopes:
        raise MissingScope(f"{wall}; a first import would look complete and not be. Give the app this access in the Dev Dashboard and install it again.")
    warnings = () if ALL_ORDERS in scopes else (f"{wall}: changes to them are not seen.",)
    found = answer.shop
    return ShopInfo(found.name, found.myshopify_domain, found.iana_timezone, found.currency_code, found.plan.public_display_name, scopes, warnings)


def _covers(scopes: Collection[str], scope: str) -> bool:
    """Whoever may write may read."""
    return scope in scopes or scope.replace("read_", "write_", 1) in scopes
