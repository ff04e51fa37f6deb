"""What is said of each request, and of nobody who made it?

Outermost of the application: sees each answer as it leaves, errors' pages included. Scans never come here (api.scanning.door): a line for
each would cost more than the scan; metrics count them.
"""

import logging
import re
import time
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.office import Office

log = logging.getLogger(__name__)

_OUR_KIND = re.compile(r"[0-9a-fA-F-]{8,64}")
"""A request number of a proxy's that cannot be a name or an address."""
_QUIET = ("/healthz", "/readyz", "/metrics", "/static")
"""Asked for all day long: said only when they fail."""
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
UNMATCHED = "unmatched"


class RequestLog:
    """Numbers each request, logs and counts its answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, number, status, is_said = time.perf_counter(), _number(scope), 500, False

        async def watch(message: Message) -> None:
            nonlocal status, is_said
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = number
            elif not message.get("more_body"):
                is_said = True
                _say(scope, status, time.perf_counter() - begun)  # before the last byte leaves: whoever has the answer finds its line
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=number):
            try:
                await self._app(scope, receive, watch)
            finally:
                if not is_said:  # somebody hung up
                    _say(scope, status, time.perf_counter() - begun)


def _number(scope: Scope) -> str:
    """The proxy's own, so that one number finds a request in both logs."""
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _OUR_KIND.fullmatch(given) else uuid4().hex


def _say(scope: Scope, status: int, seconds: float) -> None:
    route, method = route_of(scope), scope["method"] if scope["method"] in _METHODS else "other"
    office: Office = scope["app"].state.office
    office.meters.requests.labels(method, route, str(status)).inc()
    office.meters.request_seconds.labels(_area(route)).observe(seconds)
    level = logging.INFO if status < 500 else logging.ERROR
    if status >= 500 or not route.startswith(_QUIET):
        actor = scope.get("state", {}).get("actor", "visitor")
        log.log(level, "request", extra={"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1), "actor": actor})


def route_of(scope: Scope) -> str:
    """The path as our code writes it, ``/desk/customers/{customer_id}``: never what was really asked for."""
    if path := getattr(scope.get("route"), "path", None):
        return str(path)
    return "/static" if scope["path"].startswith("/static/") else UNMATCHED


def _area(route: str) -> str:
    first = route.strip("/").partition("/")[0]
    return first if first and not first.startswith("{") else "root"
