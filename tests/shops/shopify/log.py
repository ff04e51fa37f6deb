"""What was the mock asked?"""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any


@dataclass(slots=True)
class Asked:
    """One request with what became of it."""

    at: datetime
    operation: str
    """Name of the GraphQL operation; ``token`` and ``download`` for the other two requests."""
    fields: tuple[str, ...] = ()
    """Fields at the top of the query (not their aliases)."""
    variables: dict[str, Any] = field(default_factory=dict)
    query: str = ""
    token: str = ""
    version: str = ""
    status: int = 0
    codes: tuple[str, ...] = ()
    """Codes of the errors in a GraphQL answer."""
    requested: int | None = None
    actual: int | None = None


class Log:
    """All requests since the start or the last ``clear``."""

    def __init__(self) -> None:
        self.requests: list[Asked] = []

    def of(self, name: str) -> list[Asked]:
        """The requests of an operation, or with that field at the top."""
        return [asked for asked in self.requests if name == asked.operation or name in asked.fields]

    def count(self, name: str = "") -> int:
        """How many there were, of that name or at all."""
        return len(self.of(name)) if name else len(self.requests)

    def gaps(self) -> list[float]:
        """Seconds of the shop's clock between each request and the one before."""
        times = [asked.at for asked in self.requests]
        return [(later - earlier).total_seconds() for earlier, later in pairwise(times)]

    def clear(self) -> None:
        """Forget them."""
        self.requests.clear()
