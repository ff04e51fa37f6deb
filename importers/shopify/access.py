"""How does the importer get into a shop, and stay in?

A shop's own app (Dev Dashboard) has an id and a secret, which buy a token for a day (client credentials grant); apps made in the shop's
admin before 2026 have one token for ever.  Tokens live in memory only; no message, repr or log holds one.
"""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from importers.asking import Asking
from importers.errors import BrokenAnswer, ShopFrozen, UnknownShop, WrongCredentials

EARLY = 300.0
"""Seconds before its end at which a token is exchanged: no request may outlive it."""

_NAME = re.compile(r"(?:https?://)?(?:admin\.shopify\.com/store/)?([a-z0-9][a-z0-9-]*)(?:\.myshopify\.com)?(?:/.*)?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A shop's name with an app's id and secret, or with a fixed token. Raises ``WrongCredentials`` for what none of them can be."""

    shop: str
    """``my-shop``, ``my-shop.myshopify.com`` or the address of the shop's admin."""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        for name, called in (("client_id", "client id"), ("client_secret", "client secret"), ("access_token", "access token")):
            value = getattr(self, name).strip()  # copied with a line's end
            if not (value.isascii() and value.isprintable()) or " " in value:
                raise WrongCredentials(f"The {called} of the Shopify shop holds a blank or a character that none has: copy it again from the Dev Dashboard.")
            object.__setattr__(self, name, value)

    @property
    def domain(self) -> str:
        """``my-shop.myshopify.com``: nobody else is ever sent a secret. Raises ``UnknownShop`` for what is no such name."""
        found = _NAME.fullmatch(self.shop.strip())
        if not found:
            raise UnknownShop(f'"{self.shop}" is no name of a Shopify shop. Give the one that ends in .myshopify.com: Settings, Domains in the shop\'s admin.')
        return f"{found[1].lower()}.myshopify.com"


class Tokens:
    """The token of the moment; safe for several threads, of which one asks and the others wait for it."""

    def __init__(self, credentials: Credentials, asking: Asking, address: str, clock: Callable[[], float] = time.monotonic) -> None:
        if not credentials.access_token and not (credentials.client_id and credentials.client_secret):
            raise WrongCredentials(f"{asking.shop}: there is neither a token nor an app's id and secret. Give one of them.")
        self._credentials = credentials
        self._asking = asking
        self._address = address
        self._clock = clock
        self._lock = threading.Lock()
        self._token = credentials.access_token
        self._ends = float("inf")

    def __repr__(self) -> str:
        return f"Tokens({self._asking.shop})"

    def current(self) -> str:
        """A token that is good for some minutes. Raises as ``renewed``."""
        with self._lock:
            if not self._token or self._clock() >= self._ends:
                self._exchange()
            return self._token

    def renewed(self, refused: str) -> str:
        """Another token than the ``refused`` one; whoever comes second with the same gets what the first has got.

        Raises ``WrongCredentials`` (for a fixed token at once), ``UnknownShop``, ``ShopFrozen``, ``ShopUnreachable``, ``BrokenAnswer``.
        """
        with self._lock:
            if self._token == refused:
                self._exchange()
            return self._token

    def _exchange(self) -> None:
        if self._credentials.access_token:
            raise WrongCredentials(f"{self._asking.shop} refuses the access token: it was revoked, or the app was removed. Install the app again.")
        form = {"grant_type": "client_credentials", "client_id": self._credentials.client_id, "client_secret": self._credentials.client_secret}
        answer = self._asking.ask(lambda: self._asking.client.build_request("POST", self._address, data=form, headers={"Accept": "application/json"}))
        self._refuse(answer)
        self._token, seconds = _granted(answer, self._asking.shop)
        self._ends = self._clock() + max(seconds - EARLY, seconds / 2)

    def _refuse(self, answer: httpx.Response) -> None:
        shop, status = self._asking.shop, answer.status_code
        if status == 404 or answer.is_redirect:
            raise UnknownShop(f"There is no shop {shop}. Give its name that ends in .myshopify.com.")
        if status in (402, 423):
            raise frozen(shop, status)
        if status in (400, 401, 403):
            raise WrongCredentials(
                f"{shop} does not accept the app's id and secret{_named(answer)}. "
                "Compare both with the Dev Dashboard, and see that the app is installed in this shop and belongs to the same organisation."
            )
        if status != 200:
            raise BrokenAnswer(f"{shop} answered HTTP {status} to the request for a token. Run this again later; if it stays so, ask Shopify's support.")


def frozen(shop: str, status: int) -> ShopFrozen:
    """What 402 and 423 mean."""
    why = "frozen for an unpaid bill" if status == 402 else "locked"
    return ShopFrozen(f"{shop} is {why} (HTTP {status}). Its owner must settle that with Shopify; the next run then goes on where this one stopped.")


def _granted(answer: httpx.Response, shop: str) -> tuple[str, float]:
    """Token and the seconds that it lives."""
    try:
        grant: Any = answer.json()
        token, seconds = grant["access_token"], float(grant.get("expires_in") or "inf")
    except (ValueError, TypeError, KeyError, AttributeError):
        token, seconds = "", 0.0
    if not (token and isinstance(token, str) and seconds > 0):
        raise BrokenAnswer(f"{shop} answered the request for a token without one. Run this again later; if it stays so, ask Shopify's support.")
    return token, seconds


_OAUTH_ERROR = re.compile(r"[a-z_]{3,40}", re.ASCII)


def _named(answer: httpx.Response) -> str:
    """The error's own name (``invalid_client``), where the answer has one."""
    try:
        name = answer.json()["error"]
    except (ValueError, TypeError, KeyError):
        return ""
    return f" ({name})" if isinstance(name, str) and _OAUTH_ERROR.fullmatch(name) else ""
