"""What can go wrong in the shop, when a test wants it to?"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Named by what the importer sees."""

    THROTTLED = "throttled"
    """HTTP 200, THROTTLED; the bucket is empty from then on."""
    INTERNAL_ERROR = "internal_error"
    """HTTP 200, INTERNAL_SERVER_ERROR."""
    TOO_EXPENSIVE = "too_expensive"
    """HTTP 200, MAX_COST_EXCEEDED, whatever the query costs."""
    ACCESS_DENIED = "access_denied"
    """HTTP 200, ACCESS_DENIED at the first field below the query, with the rest of the data."""
    REPEATED_PAGE = "repeated_page"
    """The cursor is ignored: the first page comes again."""
    TOO_MANY_REQUESTS = "too_many_requests"
    """HTTP 429 with Retry-After: 2."""
    SERVER_ERROR = "server_error"
    BAD_GATEWAY = "bad_gateway"
    UNAVAILABLE = "unavailable"
    UNAUTHORIZED = "unauthorized"
    """HTTP 401 though the token is good."""
    FROZEN = "frozen"
    """HTTP 402: the merchant has not paid."""
    LOCKED = "locked"
    """HTTP 423."""
    FORBIDDEN = "forbidden"
    """HTTP 403."""
    NOT_FOUND = "not_found"
    """HTTP 404: no such shop."""
    NOT_JSON = "not_json"
    """HTTP 200 with a page of HTML."""
    CUT_JSON = "cut_json"
    """HTTP 200 whose JSON ends in the middle."""
    HUNG_UP = "hung_up"
    """The connection ends in the middle of the answer."""


RETRY_AFTER = 2
STATUS = {
    Fault.TOO_MANY_REQUESTS: (429, '{"errors":"Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."}'),
    Fault.SERVER_ERROR: (500, '{"errors":"Internal Server Error"}'),
    Fault.BAD_GATEWAY: (502, "<html><body><h1>502 Bad Gateway</h1></body></html>"),
    Fault.UNAVAILABLE: (503, "<html><body>There was a problem loading this website</body></html>"),
    Fault.UNAUTHORIZED: (401, '{"errors":"[API] Invalid API key or access token (unrecognized login or wrong password)"}'),
    Fault.FROZEN: (402, '{"errors":"Unavailable Shop"}'),
    Fault.LOCKED: (423, '{"errors":"Unavailable Shop"}'),
    Fault.FORBIDDEN: (403, '{"errors":"[API] This app is not approved to access this shop."}'),
    Fault.NOT_FOUND: (404, '{"errors":"Not Found"}'),
}
"""Answers that need no query to be run: status and body (402, 403 and 423 are not recorded)."""
TOKEN, DOWNLOAD = "token", "download"
"""Names of the two requests that are no GraphQL, for ``operation``."""


@dataclass(slots=True)
class Rule:
    """One fault that waits for its requests."""

    fault: Fault
    times: float
    operation: str
    after: int


class Faults:
    """The faults that are switched on; the first that fits a request is played."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def next(self, fault: Fault, times: int = 1, operation: str = "", after: int = 0) -> None:
        """For the next ``times`` requests; ``operation`` names a GraphQL operation, a top-level field, ``token`` or ``download``, "" any but
        token and download; ``after`` as many of them pass before."""
        self._rules.append(Rule(fault, times, operation, after))

    def always(self, fault: Fault, operation: str = "", after: int = 0) -> None:
        """The same until ``clear``."""
        self._rules.append(Rule(fault, float("inf"), operation, after))

    def clear(self) -> None:
        """All is well again."""
        self._rules.clear()

    def take(self, names: Iterable[str]) -> Fault | None:
        """What goes wrong with a request of these names, counted as played."""
        known = set(names)
        for rule in self._rules:
            fits = rule.operation in known if rule.operation else not known & {TOKEN, DOWNLOAD}
            if not fits:
                continue
            if rule.after > 0:
                rule.after -= 1
                continue
            rule.times -= 1
            if rule.times <= 0:
                self._rules.remove(rule)
            return rule.fault
        return None
