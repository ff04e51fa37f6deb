"""What protects every page, whatever it does: headers, refused foreign forms, bounded bodies, and no exception that gets out?"""

import logging
import traceback
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Broken, ForeignForm
from api.pages import refuse

log = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser sends our own forms with "Origin: null"
    "Cache-Control": "no-store",
}
"""On every answer that does not say otherwise itself (ASVS 5.0, 3.4)."""
HSTS = "max-age=63072000"
LONGEST_BODY = 64 * 1024
"""Bytes; the largest form is the sign-in."""
LONGER_BODIES = {
    "/api/v1/coupons/": 1024 * 1024,
    "/api/v1/": 10 * 1024 * 1024,
    "/webhooks/": 5 * 1024 * 1024,
    "/desk/offers/": 1024 * 1024,
    "/desk/shop-reports": 10 * 1024 * 1024,
    "/desk/objections/import": 5 * 1024 * 1024,
}
"""Where more may come: a cart of 500 lines, 1,000 orders of a hundred lines; the largest record that a shop announces; a list of 10,000 codes."""


class SecurityHeaders:
    """Every answer gets the headers, those of other layers' errors included."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self._app = app
        self._headers = HEADERS | ({"Strict-Transport-Security": HSTS} if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass through, adding to the start of the answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if scope["path"].startswith("/static/"):
                    headers["Cache-Control"] = "no-cache"
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class LastResort:
    """Whatever goes wrong becomes a page; the log gets the place in the code, never the message: it may carry a name or a token."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass through; answer for an application that could not."""
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except ClientDisconnect:
            log.info("Somebody hung up in the middle of a request")
        except Exception as error:
            if scope["type"] != "http":
                raise
            log.error("%s, unforeseen\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
            if not started:
                await refuse(Request(scope), Broken())(scope, receive, send)


class BoundedBody:
    """Nobody fills the memory with a form or a batch."""

    def __init__(self, app: ASGIApp, longest: int = LONGEST_BODY, longer: Mapping[str, int] = LONGER_BODIES) -> None:
        """``longer``: beginnings of paths that may bring more bytes."""
        self._app = app
        self._longest = longest
        self._longer = longer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what comes in; whoever reads too much gets a 413."""
        read = 0
        longest = next((longer for start, longer in self._longer.items() if scope.get("path", "").startswith(start)), self._longest)

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > longest:
                raise HTTPException(413)
            return message

        await self._app(scope, counted, send)


class SameOrigin:
    """An unsafe method must come from our own pages: Sec-Fetch-Site says so, or Origin for older browsers and plain http.

    A client that sends neither is no browser and carries no victim's cookies (the rule of Go's CrossOriginProtection). Nor does one
    that sends an API key: no site can add that to a victim's request unless we had said yes to its preflight.
    """

    def __init__(self, app: ASGIApp, own_urls: Iterable[str]) -> None:
        """``own_urls`` count as own besides the Host header, which a proxy may have changed."""
        self._app = app
        self._own = {urlsplit(url).netloc for url in own_urls}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through or refuse."""
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD", "OPTIONS", "TRACE") and not self._is_own(Headers(scope=scope)):
            await refuse(Request(scope), ForeignForm())(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _is_own(self, headers: Headers) -> bool:
        if headers.get("authorization", "").lower().startswith("bearer "):  # not Basic: browsers add that by themselves
            return True
        if site := headers.get("sec-fetch-site"):
            return site in ("same-origin", "none")
        if origin := headers.get("origin"):
            return origin.partition("://")[2] in self._own | {headers.get("host")}
        return True
