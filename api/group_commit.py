"""How are many things that come at once all stored, each before its answer, in few transactions?

Whatever came while one batch was being committed goes into the next; nobody waits for a batch to fill (reliability facts 1.2).
"""

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Closed(Exception):
    """The process is ending: nothing more is kept here."""


@dataclass(slots=True)
class _Batch(Generic[Item, Result]):
    """Handed over between threads as a whole; who waits for its items is told in the event loop."""

    items: list[Item] = field(default_factory=list)
    waiting: "list[asyncio.Future[Result]]" = field(default_factory=list)


class GroupCommit(Generic[Item, Result]):
    """Used by one event loop; ``keep`` stores a batch in a thread of its own and gives a result for each item, in their order."""

    def __init__(self, keep: Callable[[Sequence[Item]], Sequence[Result]], most: int) -> None:
        """``most``: items of one batch."""
        self._keep, self._most = keep, most
        self._waiting: deque[_Batch[Item, Result]] = deque()
        self._busy, self._closed = False, False
        self._work: queue.SimpleQueue[_Batch[Item, Result] | None] = queue.SimpleQueue()

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        """The thread works as long as the block lasts, and ends with all that was put before; called within the event loop."""
        loop = asyncio.get_running_loop()
        thread = threading.Thread(target=self._run, args=(loop,), name=name)
        thread.start()
        try:
            yield
        finally:
            self._closed = True  # from here on nobody waits for a thread that is gone
            while self._waiting:
                self._hand_over()
            self._work.put(None)
            thread.join()

    async def put(self, item: Item) -> Result:
        """Return its result once it is kept; raises what ``keep`` raised for its batch, and Closed after the end."""
        if self._closed:
            raise Closed
        loop = asyncio.get_running_loop()
        if not self._waiting or len(self._waiting[-1].items) >= self._most:
            self._waiting.append(_Batch())
            if not self._busy:
                self._busy = True
                loop.call_soon(self._hand_over)
        batch = self._waiting[-1]
        kept: asyncio.Future[Result] = loop.create_future()
        batch.items.append(item)
        batch.waiting.append(kept)
        return await kept

    def _hand_over(self) -> None:
        if self._waiting:  # the end may have come first
            self._work.put(self._waiting.popleft())

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        while batch := self._work.get():
            try:
                results = self._keep(batch.items)
                if len(results) != len(batch.items):
                    raise RuntimeError(f"{len(results)} results for {len(batch.items)} items")
            except Exception as error:  # whatever it is, those who wait are told, and the next batch is tried
                loop.call_soon_threadsafe(self._failed, batch, error)
            else:
                loop.call_soon_threadsafe(self._done, batch, results)

    def _done(self, batch: _Batch[Item, Result], results: Sequence[Result]) -> None:
        for kept, result in zip(batch.waiting, results, strict=True):
            if not kept.done():  # whoever waited may have hung up
                kept.set_result(result)
        self._go_on()

    def _failed(self, batch: _Batch[Item, Result], error: Exception) -> None:
        for kept in batch.waiting:
            if not kept.done():
                kept.set_exception(error)
        self._go_on()

    def _go_on(self) -> None:
        self._busy = bool(self._waiting)
        if self._busy:
            self._hand_over()
