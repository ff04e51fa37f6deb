"""What can go wrong in Billbee, when a test wants it to?"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer on its way out."""

    envelope: Mapping[str, Any]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    """Goes out in place of the envelope."""

    @property
    def body(self) -> bytes:
        """What goes over the wire."""
        return json.dumps(self.envelope, default=float).encode() if self.raw is None else self.raw


Fault: TypeAlias = Callable[[Reply], Reply]


def status(code: int, message: str = "", **headers: str) -> Fault:
    """A bare status with ``{"Message": …}``."""
    return lambda _reply: Reply({"Message": message} if message else {}, code, {name.replace("_", "-"): value for name, value in headers.items()})


def too_many(retry_after: str = "") -> Fault:
    """429, with Retry-After if one is given."""
    return status(429, "API calls quota exceeded!", **({"Retry_After": retry_after} if retry_after else {}))


def error_code(code: int, message: str = "") -> Fault:
    """An error in an answer with HTTP 200."""
    return lambda _reply: Reply({"Paging": None, "ErrorMessage": message or None, "ErrorCode": code, "ErrorDescription": code, "Data": None})


def german_400() -> Fault:
    """What ASP.NET says of parameters that it cannot read."""
    field_errors = {"pageSize": ["Der Wert 'viele' ist für pageSize ungültig."]}
    return lambda _reply: Reply({"Message": "Die Anforderung ist ungültig.", "ModelState": field_errors}, 400)


def changed(**fields: Any) -> Fault:
    """Some of the envelope's fields are others."""
    return lambda reply: Reply({**reply.envelope, **fields})


def without_paging(reply: Reply) -> Reply:
    """As the SDK's test answers: no Paging."""
    return Reply({name: value for name, value in reply.envelope.items() if name != "Paging"})


def with_row(index: int, **fields: Any) -> Fault:
    """One row of the page has other fields."""

    def change(reply: Reply) -> Reply:
        rows = list(reply.envelope["Data"])
        rows[index] = {**rows[index], **fields}
        return Reply({**reply.envelope, "Data": rows})

    return change


def html(reply: Reply) -> Reply:
    """HTTP 200 with a web page."""
    return Reply({}, raw=b"<!doctype html><title>Wartungsarbeiten</title>")


def cut(reply: Reply) -> Reply:
    """HTTP 200 whose JSON ends in the middle."""
    return Reply({}, raw=reply.body[: len(reply.body) // 2])


def broken_gzip(reply: Reply) -> Reply:
    """A body that cannot be unpacked."""
    return Reply({}, headers={"Content-Encoding": "gzip"}, raw=b"no gzip")


@dataclass(slots=True)
class Rule:
    """A fault that waits for its requests."""

    fault: Fault
    times: float
    endpoint: str
    after: int

    def plays(self, endpoint: str) -> bool:
        """Whether this request gets it; counts down."""
        if self.times <= 0 or self.endpoint not in ("", endpoint):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return True
