"""How does one get into a Billbee account and ask it for a page?"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Self

import httpx

from importers.asking import TIMEOUT, Asking
from importers.billbee import answers
from importers.billbee.answers import Page, Row
from importers.billbee.pacing import Pacer
from importers.errors import WrongCredentials

URL = "https://api.billbee.io/api/v1"
PAGE_SIZE = 250
"""The most that Billbee gives at once (Swagger); each request counts against the month's allowance of the key (importer facts 2.1)."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The three secrets of a Billbee account; refused at once where they cannot be right."""

    api_key: str = field(repr=False)
    user: str
    """E-mail address of the account."""
    password: str = field(repr=False)
    """The account's API password."""

    def __post_init__(self) -> None:
        for name, value in (("API key", self.api_key), ("user", self.user), ("API password", self.password)):
            if not value.strip():
                raise WrongCredentials(f"Billbee's {name} is missing: fill it in.")
        if ":" in self.user:
            raise WrongCredentials(
                "Billbee's user must not hold a colon, since the colon ends the user in every request: use the e-mail address of the account."
            )
        if not (self.api_key.isascii() and self.api_key.isprintable()) or " " in self.api_key:
            raise WrongCredentials("Billbee's API key holds a blank or a character that no key has: copy it again from the mail of Billbee's support.")


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """What a check found."""

    name: str
    warnings: tuple[str, ...] = ()


class Account:
    """A Billbee account that lets us in. A context manager: it holds a connection."""

    def __init__(
        self,
        credentials: Credentials,
        url: str = "",
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        page_size: int = PAGE_SIZE,
    ) -> None:
        self.name = credentials.user
        self.page_size = page_size
        self._url = (url or URL).rstrip("/")
        auth = httpx.BasicAuth(credentials.user, credentials.password)
        self._client = httpx.Client(auth=auth, headers={"X-Billbee-Api-Key": credentials.api_key, "Accept": "application/json"}, timeout=TIMEOUT)
        self._asking = Asking(self._client, "Billbee", sleep)
        self._pacer = Pacer(sleep, clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._client.close()

    def __repr__(self) -> str:
        return f"Account({self.name!r})"

    def check(self) -> AccountInfo:
        """Whether the account lets us in, by one request. Raises ``ShopRefused`` with what to do, ``BrokenAnswer``, ``ShopUnreachable``."""
        page = answers.page_of(self._get("customers", {"page": "1", "pageSize": "1"}), 1, 1, "customers")
        return AccountInfo(self.name, () if page.rows else ("There are no customers in this Billbee account yet.",))

    def page(self, endpoint: str, number: int, parameters: Mapping[str, str] | None = None) -> Page:
        """One page of a list (``customers``, ``orders``, …), asked for at Billbee's pace and as often as it takes.

        Raises ``ShopRefused``, ``BrokenAnswer`` or ``ShopUnreachable``.
        """
        found = self._get(endpoint, {"page": str(number), "pageSize": str(self.page_size), **(parameters or {})})
        return answers.page_of(found, number, self.page_size, endpoint)

    def not_after_billbee(self, until: datetime) -> datetime:
        """``until``, or the time that Billbee's clock showed with its latest answer, where that is earlier."""
        return self._asking.not_after_the_shop(until)

    def _get(self, endpoint: str, parameters: Mapping[str, str]) -> Row:
        found: Row = {}

        def request() -> httpx.Request:
            self._pacer.pass_by(endpoint)
            return self._client.build_request("GET", f"{self._url}/{endpoint}", params=dict(parameters))

        def judge(answer: httpx.Response) -> float | None:
            nonlocal found
            answers.refuse_status(answer, endpoint)
            found = answers.envelope(answer, endpoint)
            return 0.0 if answers.error_code(found) == answers.INTERNAL_ERROR else None

        self._asking.ask(request, judge)
        answers.refuse_error(found, endpoint)
        return found
