"""A shop that says what it was told to, request by request: for answers that no real shop gives twice."""

import json
from collections.abc import Callable
from typing import Any

import httpx

from importers.shopify import Credentials, Shop
from importers.shopify.queries import VERSION

Answer = httpx.Response | Exception
GRANT = {"access_token": "token-1", "scope": "read_orders", "expires_in": 86_399}


def data(data: Any = None, /, cost: tuple[int, int] | None = None, **more: Any) -> httpx.Response:
    """A good answer; ``cost``: points asked for, and points left of 1,000 at 100 a second."""
    extensions = more.pop("extensions", {})
    if cost:
        bucket = {"maximumAvailable": 1000.0, "currentlyAvailable": cost[1], "restoreRate": 100.0}
        extensions = {**extensions, "cost": {"requestedQueryCost": cost[0], "actualQueryCost": cost[0], "throttleStatus": bucket}}
    return httpx.Response(200, json={"data": {} if data is None else data, "extensions": extensions, **more}, headers={"X-Shopify-API-Version": VERSION})


def error(code: str, message: str = "No.", cost: tuple[int, int] | None = None, **extensions: Any) -> httpx.Response:
    """An error that comes as HTTP 200."""
    return data(None, cost, errors=[{"message": message, "extensions": {"code": code, **extensions}}])


class Scripted:
    """Gives the prepared answers to GraphQL one after the other, the last one for ever; a token is granted whenever one is asked for."""

    def __init__(self, *answers: Answer, grant: Callable[[httpx.Request], httpx.Response] | None = None) -> None:
        self.answers = list(answers)
        self.grant = grant or (lambda _request: httpx.Response(200, json=GRANT))
        self.grants: list[httpx.Request] = []
        self.requests: list[httpx.Request] = []
        self.files: list[Answer] = []
        """Given to GET requests, as ``answers`` to the others."""
        self.downloads: list[httpx.Request] = []
        self.pauses: list[float] = []
        self.now = 0.0

    def shop(self, credentials: Credentials | None = None) -> Shop:
        """A shop that asks this one, whose time passes in pauses only."""
        shop = Shop(credentials or Credentials("my-shop", "id", "secret"), sleep=self._sleep, clock=lambda: self.now)
        shop.asking.client = httpx.Client(transport=httpx.MockTransport(self._answer))
        return shop

    @property
    def tokens(self) -> list[str]:
        """The token of each GraphQL request."""
        return [request.headers["X-Shopify-Access-Token"] for request in self.requests]

    def variables(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.requests[number].content)["variables"]
        return found

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/admin/oauth/access_token":
            self.grants.append(request)
            return self.grant(request)
        asked, answers = (self.downloads, self.files) if request.method == "GET" else (self.requests, self.answers)
        asked.append(request)
        answer = answers[min(len(asked), len(answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer
