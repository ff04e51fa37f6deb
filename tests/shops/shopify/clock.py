"""What time is it in the mock's shop?"""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

START = datetime(2026, 11, 1, 12, tzinfo=UTC)


class Clock:
    """Stands still until a test moves it; with ``real`` it is the machine's clock, moved by as much."""

    def __init__(self, real: bool = False) -> None:
        self._real = real
        self._ahead = 0.0
        self.pauses: list[float] = []
        """Seconds of each ``sleep``, in order."""

    def now(self) -> datetime:
        """Aware UTC."""
        return (datetime.now(UTC) if self._real else START) + timedelta(seconds=self._ahead)

    def iso(self) -> str:
        """Now as Shopify writes it: UTC, whole seconds."""
        return iso(int(self.now().timestamp()))

    def advance(self, seconds: float) -> None:
        """Move the clock."""
        self._ahead += seconds

    def sleep(self, seconds: float) -> None:
        """What an importer gets as its ``sleep``: the shop's time passes, the test's does not (unless the clock is real)."""
        self.pauses.append(seconds)
        if self._real:
            time.sleep(seconds)
        else:
            self.advance(seconds)


class Dated:
    """An application whose answers say when they were given, by the shop's clock, as every web server's do (header Date)."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(self._clock.now(), usegmt=True).encode()
                message = {**message, "headers": [*message["headers"], (b"date", date)]}
            await send(message)

        await self._app(scope, receive, dated)


def iso(epoch: int) -> str:
    """Seconds since 1970 as ``2026-05-06T02:40:36Z``."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def epoch(text: str) -> int:
    """The other way round; any offset."""
    return int(datetime.fromisoformat(text).timestamp())
