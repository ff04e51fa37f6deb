"""A phone asks for a letter's link: how is it answered at once, before anything else of the application is asked?

Raw ASGI in front of the application: its routing would cost more than all that a scan needs (reliability facts 0, finding 10). Whatever is no
well-formed code goes on to the application, and so does a code that no letter carries: it has the pages for them.
"""

import logging
import re
from datetime import UTC, datetime
from html import escape
from time import perf_counter

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from api.crawlers import kind_of
from api.scanning.recorder import Kept
from api.scanning.visitors import Visitors
from api.security import HEADERS, HSTS
from api.uuid7 import uuid7
from campaigns.scan import seen_as
from campaigns.token import ALPHABET, LENGTH
from store.scans import Arrival

log = logging.getLogger(__name__)

_LINK = re.compile(rf"/[Ss]/([{ALPHABET}{ALPHABET.lower()}]{{{LENGTH}}})")
_PURPOSES = (b"sec-purpose", b"purpose", b"x-purpose", b"x-moz")
"""How browsers say that they only look ahead."""
_HEADERS = (
    (b"cache-control", b"no-store"),  # a cached redirect would hide the next scan
    (b"referrer-policy", b"no-referrer"),
    (b"x-robots-tag", b"noindex, nofollow"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-length", b"0"),
)


class Door:
    """Answers for letters' links, passes everything else on."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._headers = (*_HEADERS, (b"strict-transport-security", HSTS.encode())) if app.state.is_https else _HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        token = _token(scope)
        if token and await self._answer(scope, token, send):
            return
        await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, token: str, send: Send) -> bool:
        """302, never 301: printed codes cannot be recalled.  False for a code that no letter carries.

        The way leads where the database says; nothing of the request goes into it.
        """
        begun, office = perf_counter(), self._app.state.office
        arrival = _arrival(scope, token, office.visitors)
        try:
            kept: Kept = await office.scans.put(arrival)
        except Exception as error:  # the process is ending, or a mistake of ours: the customer goes on all the same
            log.error("A scan was not kept: %s", type(error).__name__)
            office.meters.scans.lost += 1
            kept = Kept(office.settings.shop_url, is_durable=False)
        if not kept.leads_to:
            return False
        where = kept.leads_to.encode()
        if kept.is_durable:
            await send({"type": "http.response.start", "status": 302, "headers": [(b"location", where), *self._headers]})
            await send({"type": "http.response.body", "body": b""})
        else:
            await self._send_on_without_promise(kept.leads_to, send)
        office.meters.scans.answered(arrival.seen, perf_counter() - begun)
        return True

    async def _send_on_without_promise(self, where: str, send: Send) -> None:
        """The scan could not be kept: monitors see a 503, the customer's browser goes on all the same."""
        body = f'<!doctype html><meta http-equiv="refresh" content="0;url={escape(where)}"><a href="{escape(where)}">&rarr;</a>'.encode()
        headers = {name.lower().encode(): value.encode() for name, value in HEADERS.items()} | dict(self._headers)
        headers |= {b"content-type": b"text/html; charset=utf-8", b"content-length": str(len(body)).encode()}
        await send({"type": "http.response.start", "status": 503, "headers": list(headers.items())})
        await send({"type": "http.response.body", "body": body})


def _token(scope: Scope) -> str:
    """The code that is asked for, in capitals; empty where something else is asked."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return ""
    found = _LINK.fullmatch(scope["path"].removeprefix(scope.get("root_path", "")))
    return found[1].upper() if found else ""


def _arrival(scope: Scope, token: str, visitors: Visitors) -> Arrival:
    agent, purpose = b"", b""
    for name, value in scope["headers"]:
        if name == b"user-agent":
            agent = value
        elif name in _PURPOSES:
            purpose += value
    at = datetime.now(UTC)
    client = scope.get("client")
    seen = seen_as(scope["method"], purpose.decode("latin-1"), kind_of(agent))
    return Arrival(str(uuid7()), token, seen, at, visitors.name(client[0] if client else "", at))
