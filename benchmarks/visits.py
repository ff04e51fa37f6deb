"""How do many phones at once ask for their letters' links, and how long does each wait?"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import uvloop

AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"
HUNG_UP = 0
"""Status of a visit that nobody answered."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, and what came of it."""

    token: str
    status: int
    due_at: float
    """Monotonic seconds: when it should have begun, which an overloaded server must not put off."""
    answered_at: float

    @property
    def milliseconds(self) -> float:
        """From when it was due until the answer was there."""
        return (self.answered_at - self.due_at) * 1000


@dataclass(slots=True)
class Visits:
    """What many visits came to."""

    all: list[Visit] = field(default_factory=list)

    @property
    def statuses(self) -> Counter[int]:
        """How often each answer came."""
        return Counter(visit.status for visit in self.all)

    def tokens(self, status: int) -> list[str]:
        """Whose visits were answered so."""
        return [visit.token for visit in self.all if visit.status == status]

    def percentile(self, percent: float) -> float:
        """Milliseconds within which so many were answered."""
        waits = sorted(visit.milliseconds for visit in self.all)
        return waits[min(len(waits) - 1, int(len(waits) * percent / 100))]


class Phone:
    """One connection, kept open, one request at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def visit(self, token: str, due_at: float | None = None) -> Visit:
        """Ask for a letter's link once."""
        due = time.monotonic() if due_at is None else due_at
        try:
            status = await self._ask(token)
        except (OSError, asyncio.IncompleteReadError):
            self.hang_up()
            status = HUNG_UP
        return Visit(token, status, due, time.monotonic())

    async def _ask(self, token: str) -> int:
        if self._streams and self._streams[0].at_eof():  # the server gives up a connection that is idle for long, and every browser opens another
            self.hang_up()
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(f"GET /S/{token} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: {AGENT}\r\nAccept-Language: de-DE\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0))
        return int(head[9:12])

    def hang_up(self) -> None:
        """Close the connection; the next visit opens another."""
        if self._streams:
            self._streams[1].close()
            self._streams = None


def one_after_the_other(port: int, tokens: Iterable[str], phones: int, pause: float = 0, is_over: Callable[[], bool] = lambda: False) -> Visits:
    """Every token once, so many phones at a time, until they are used up or it is over; a phone that is hung up on goes on with the next token.

    ``pause``: seconds of a phone between two visits.
    """
    found, source = Visits(), iter(tokens)

    async def one() -> None:
        phone = Phone(port)
        for token in source:
            found.all.append(await phone.visit(token))
            if is_over():
                break
            if pause or found.all[-1].status == HUNG_UP:
                await asyncio.sleep(pause or 0.01)
        phone.hang_up()

    async def everyone() -> None:
        await asyncio.gather(*(one() for _ in range(phones)))

    uvloop.run(everyone())
    return found


def at_a_rate(port: int, tokens: Sequence[str], per_second: int, seconds: float, is_over: Callable[[], bool] = lambda: False) -> Visits:
    """So many a second whatever the server does; the wait counts from the moment at which each visit was due (no coordinated omission)."""
    found, idle = Visits(), list[Phone]()

    async def one(token: str, due_at: float) -> None:
        phone = idle.pop() if idle else Phone(port)
        found.all.append(await phone.visit(token, due_at))
        idle.append(phone)

    async def everyone() -> None:
        begun, under_way = time.monotonic(), set[asyncio.Task[None]]()
        for number, due in enumerate(_moments(begun, per_second, seconds)):
            if (pause := due - time.monotonic()) > 0:
                await asyncio.sleep(pause)
            if is_over():
                break
            task = asyncio.create_task(one(tokens[number % len(tokens)], due))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.gather(*under_way)
        for phone in idle:
            phone.hang_up()

    uvloop.run(everyone())
    return found


def _moments(begun: float, per_second: int, seconds: float) -> Iterator[float]:
    for number in range(int(per_second * seconds)):
        yield begun + number / per_second
