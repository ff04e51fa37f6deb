"""How is a client stopped whose headers never end, or never come?  ``uvicorn --http api.bounded_http:BoundedHttp``

uvicorn's own protocol bounds neither: it kept 65 MB of headers of one connection in memory, and 800 connections open that had said half a line.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD = 128 * 1024
"""Bytes of request line and headers; a user agent of 64 kB is still answered."""
HEAD_SECONDS = 10.0
"""From the connection, or from the first byte of a further request, to the end of its headers."""


class BoundedHttp(HttpToolsProtocol):
    """uvicorn's protocol, which hangs up on such clients."""

    _head_bytes: int | None = 0
    """None while no headers are awaited."""
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody calls."""
        super().connection_made(transport)
        self._timer = self.loop.call_later(HEAD_SECONDS, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """They hung up, or we did."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A piece of whatever size the socket had: the bound is looked at before, so a body in the same piece does not count."""
        if self._head_bytes is not None:
            if self._head_bytes > LONGEST_HEAD:
                self.transport.abort()
                return
            self._head_bytes += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A request begins, the first one or a further one."""
        if self._timer is None:
            self._head_bytes, self._timer = 0, self.loop.call_later(HEAD_SECONDS, self.transport.abort)
        super().on_message_begin()

    def on_headers_complete(self) -> Any:
        """From here on the application bounds what comes."""
        self._stop_waiting()
        return super().on_headers_complete()

    def _stop_waiting(self) -> None:
        self._head_bytes = None
        if self._timer:
            self._timer.cancel()
            self._timer = None
