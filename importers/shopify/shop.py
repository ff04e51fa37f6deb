"""What does one hold in hand while importing from a Shopify shop?"""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import httpx

from importers.asking import TIMEOUT, Asking
from importers.shopify.access import Credentials, Tokens
from importers.shopify.check import ShopInfo, check
from importers.shopify.graphql import Graph
from importers.shopify.queries import VERSION


class Shop:
    """An open connection to a shop, to be used in a ``with`` block; several threads may share it."""

    def __init__(
        self,
        credentials: Credentials,
        url: str = "",
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``url`` points at another host than the shop's own; ``clock`` gives seconds. Raises ``UnknownShop``, ``WrongCredentials``."""
        root = url.rstrip("/") or f"https://{credentials.domain}"
        self.asking = Asking(httpx.Client(timeout=TIMEOUT), credentials.domain, sleep)
        tokens = Tokens(credentials, self.asking, f"{root}/admin/oauth/access_token", clock)
        self.graph = Graph(self.asking, tokens, f"{root}/admin/api/{VERSION}/graphql.json", clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.asking.client.close()

    def __repr__(self) -> str:
        return f"Shop({self.asking.shop})"

    def check(self, whole: bool) -> ShopInfo:
        """Whether an import (of everything, if ``whole``) can work here, before it begins; one request. Raises as ``check.check``."""
        return check(self.graph, self.asking.shop, whole)
