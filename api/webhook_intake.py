"""How are many deliveries that come at once all stored within a second?  Whatever came while one transaction was committed goes into the next."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from anyio import to_thread

from store.webhooks import Delivery

AT_ONCE = 100
"""Deliveries of one transaction; each may have 5 MB."""


class Intake:
    """One per process, used by its event loop; ``quiet`` tells other threads that nobody is waiting for an answer."""

    def __init__(self, keep: Callable[[Sequence[Delivery]], None]) -> None:
        """``keep`` stores deliveries in one transaction, in a thread of its own."""
        self._keep = keep
        self._waiting: list[tuple[Delivery, asyncio.Future[None]]] = []
        self._storing: asyncio.Task[None] | None = None
        self._in_hand = 0
        self.quiet = threading.Event()
        self.quiet.set()

    @contextmanager
    def receiving(self) -> Iterator[None]:
        """Somebody waits for an answer as long as the block lasts: work that can wait does."""
        self._in_hand += 1
        self.quiet.clear()
        try:
            yield
        finally:
            self._in_hand -= 1
            if not self._in_hand:
                self.quiet.set()

    async def put(self, delivery: Delivery) -> None:
        """Return once the delivery is committed; raises what its transaction raised."""
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, stored))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store())
        await stored

    async def _store(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            try:
                await to_thread.run_sync(self._keep, [delivery for delivery, _ in batch])
            except Exception as error:  # swallows nothing: each of those who wait for this transaction gets its error
                for _, stored in batch:
                    if not stored.done():  # its client may have hung up
                        stored.set_exception(error)
            else:
                for _, stored in batch:
                    if not stored.done():
                        stored.set_result(None)
