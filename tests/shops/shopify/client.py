"""How do the mock's own tests ask it?"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.shops.shopify.server import MockShopify

VERSION = "2026-10"
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Client:
    """The plainest client there is: no patience, no judgement."""

    mock: MockShopify
    http: httpx.Client

    def post(self, query: str, variables: Body | None = None, token: str | None = None, version: str = VERSION) -> httpx.Response:
        """The answer, whatever it is."""
        headers = {"X-Shopify-Access-Token": token or self.mock.access_token}
        return self.http.post(f"{self.mock.url}/admin/api/{version}/graphql.json", json={"query": query, "variables": variables or {}}, headers=headers)

    def body(self, query: str, /, **variables: Any) -> Body:
        """The JSON of an HTTP 200."""
        answer = self.post(query, variables)
        assert answer.status_code == 200, answer.text
        found: Body = answer.json()
        return found

    def data(self, query: str, /, **variables: Any) -> Body:
        """The data of an answer without errors."""
        body = self.body(query, **variables)
        assert "errors" not in body, body["errors"]
        found: Body = body["data"]
        return found

    def run_bulk(self, query: str, grouped: bool = False) -> Body:
        """Start a bulk operation and poll it to its end."""
        start = "mutation($q:String!,$g:Boolean!){bulkOperationRunQuery(query:$q,groupObjects:$g){bulkOperation{id} userErrors{field message code}}}"
        payload = self.data(start, q=query, g=grouped)["bulkOperationRunQuery"]
        assert not payload["userErrors"], payload
        while True:
            found: Body = self.data(POLL, id=payload["bulkOperation"]["id"])["bulkOperation"]
            if found["status"] not in ("CREATED", "RUNNING"):
                return found


POLL = "query Poll($id:ID!){bulkOperation(id:$id){id status errorCode createdAt completedAt objectCount rootObjectCount fileSize url partialDataUrl}}"

Shops = Callable[..., Client]


@contextmanager
def open_shops() -> Iterator[Shops]:
    """Starts shops, small and quick ones unless told otherwise, and ends them."""
    with ExitStack() as stack:

        def start(**settings: Any) -> Client:
            mock = stack.enter_context(MockShopify(**{"customers": 40, "orders": 60, "checkouts": 20, "schema": "small", **settings}))
            return Client(mock, stack.enter_context(httpx.Client(timeout=60)))

        yield start
