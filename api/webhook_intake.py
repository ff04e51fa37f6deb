"""How does work that can wait know that nobody is waiting for an answer?"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Intake:
    """One per process, used by its event loop; ``quiet`` tells other threads that no delivery is being received."""

    def __init__(self) -> None:
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
