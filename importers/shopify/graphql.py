"""How is one GraphQL query put to a shop, and what does its answer mean?

HTTP 200 is no success here: "throttled", "internal error" and "access denied" come as 200, and a misspelt filter comes as a warning
beside all the shop's records.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import httpx

from importers.asking import Asking, Later
from importers.errors import BrokenAnswer, MissingScope, ShopRefused, TooExpensive, UnknownShop, WrongApiVersion, WrongCredentials
from importers.shopify.access import Tokens, frozen
from importers.shopify.pace import Pace
from importers.shopify.queries import VERSION

TOKEN = "X-Shopify-Access-Token"  # noqa: S105 - the name of a header
ANSWERED_BY = "X-Shopify-API-Version"


class Graph:
    """One shop's GraphQL interface: paced, patient, and strict about what comes back."""

    def __init__(self, asking: Asking, tokens: Tokens, address: str, clock: Callable[[], float]) -> None:
        self._asking = asking
        self._tokens = tokens
        self._address = address
        self._pace = Pace(clock)

    def execute(self, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The ``data`` of the answer; a query may be put again safely, a mutation may have been carried out twice after a network failure.

        Raises ``WrongCredentials``, ``MissingScope``, ``ShopFrozen``, ``UnknownShop``, ``ShopRefused``, ``WrongApiVersion``,
        ``TooExpensive`` (a smaller page may do), ``BrokenAnswer``, ``ShopUnreachable``.
        """
        content = json.dumps({"query": query, "variables": dict(variables or {})}).encode()
        kind = f"{query} {(variables or {}).get('first', '')}"  # the size of a page decides what it costs
        answer = self._ask(content, kind)
        if answer.status_code == 401:
            self._tokens.renewed(answer.request.headers[TOKEN])
            answer = self._ask(content, kind)
        _refuse_status(answer, self._asking.shop)
        return _contents(_parsed(answer, self._asking.shop), self._asking.shop)

    def _ask(self, content: bytes, kind: str) -> httpx.Response:
        pause = self._pace.wait(kind)
        if pause > 0:
            self._asking.sleep(pause)
        return self._asking.ask(partial(self._request, content), partial(self._judge, kind))

    def _request(self, content: bytes) -> httpx.Request:
        headers = {TOKEN: self._tokens.current(), "Content-Type": "application/json", "Accept": "application/json"}
        return self._asking.client.build_request("POST", self._address, content=content, headers=headers)

    def _judge(self, kind: str, answer: httpx.Response) -> float | None:
        """Seconds to wait if Shopify says "too early" in an answer that looks good. Raises ``Later`` for its internal errors."""
        if answer.status_code != 200:
            return None
        _refuse_version(answer, self._asking.shop)
        body = _parsed(answer, self._asking.shop)
        self._pace.heard(kind, _extension(body, "cost"))
        codes = {_code(error) for error in _errors(body)}
        if "THROTTLED" in codes:
            return self._pace.wait_refused(kind)
        if "INTERNAL_SERVER_ERROR" in codes:
            raise Later("an internal error of Shopify's")
        return None


def _refuse_status(answer: httpx.Response, shop: str) -> None:
    match answer.status_code:
        case 200:
            return
        case 401:
            raise WrongCredentials(f"{shop} refuses even a new token. See in the Dev Dashboard that the app is installed, and install it again.")
        case 402 | 423:
            raise frozen(shop, answer.status_code)
        case 403:
            raise ShopRefused(f"{shop} forbids this app the Admin API (HTTP 403). See in the shop's admin whether the app is blocked or the shop is closed.")
        case 404:
            raise UnknownShop(f"There is no shop {shop}, or it has been deleted. Give its name that ends in .myshopify.com.")
        case status:
            raise BrokenAnswer(f"{shop} answered HTTP {status} to a query. Run this again later; if it stays so, ask Shopify's support.")


def _refuse_version(answer: httpx.Response, shop: str) -> None:
    """A version that is no longer supported is answered by the oldest one that is, without a word (importer facts 1.1)."""
    version = answer.headers.get(ANSWERED_BY, VERSION)
    if version != VERSION:
        raise WrongApiVersion(f"{shop} was asked by API version {VERSION} and answered by {version}. Nothing of that is imported: update Postillion.")


def _parsed(answer: httpx.Response, shop: str) -> dict[str, Any]:
    try:
        body = json.loads(answer.content)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise BrokenAnswer(f"{shop} answered something else than JSON. Run this again later; see whether a proxy stands in between.")
    return body


def _errors(body: Mapping[str, Any]) -> list[Any]:
    errors = body.get("errors") or []
    return errors if isinstance(errors, list) else [errors]


def _code(error: Any) -> str:
    extensions = error.get("extensions") if isinstance(error, dict) else None
    return str(extensions.get("code", "")) if isinstance(extensions, dict) else ""


def _contents(body: Mapping[str, Any], shop: str) -> dict[str, Any]:
    for error in _errors(body):
        raise _wrong(error, shop)
    warnings = list(_search_warnings(body))
    if warnings:
        raise BrokenAnswer(f"{shop} misread the search and gave everything instead ({'; '.join(warnings)}). Nothing of that is imported: update Postillion.")
    data = body.get("data")
    if not isinstance(data, dict):
        raise BrokenAnswer(f"{shop} answered a query without data. Run this again later; if it stays so, ask Shopify's support.")
    return data


def _wrong(error: Any, shop: str) -> Exception:
    message = str(error.get("message", ""))[:300] if isinstance(error, dict) else str(error)[:300]
    match _code(error):
        case "ACCESS_DENIED":
            needed = error["extensions"].get("requiredAccess") or message
            return MissingScope(f"{shop} does not let the app read this: {needed}. Give the app this access in the Dev Dashboard and install it again.")
        case "MAX_COST_EXCEEDED":
            return TooExpensive(f"{shop} refuses a query as too expensive: {message}. Update Postillion.")
        case code:
            named = f"{code}: {message}" if code else message
            return BrokenAnswer(f"{shop} refuses a query ({named}). Nothing of that is imported: update Postillion, or report this.")


def _search_warnings(body: Mapping[str, Any]) -> Iterable[str]:
    """A wrong field in a search is no error for Shopify: it matches everything (importer facts 1.4)."""
    searches = _extension(body, "search")
    for search in searches if isinstance(searches, list) else []:
        for warning in (isinstance(search, dict) and search.get("warnings")) or []:
            yield f"{warning.get('field')}: {warning.get('message')}" if isinstance(warning, dict) else str(warning)


def _extension(body: Mapping[str, Any], name: str) -> Any:
    extensions = body.get("extensions")
    return extensions.get(name) if isinstance(extensions, dict) else None
