"""How long is the database waited for, by those who cannot wait?"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

Result = TypeVar("Result")


class Database(Generic[Result]):
    """Asks the database in a thread of its own, and is through with waiting for it after a while."""

    def __init__(self, name: str, rests_for: float, patience: float) -> None:
        """``name``: of the thread; ``rests_for``: seconds after a failure in which it is not asked; ``patience``: seconds that an answer may take."""
        self._name, self._rests_for, self._patience, self._rests_until = name, rests_for, patience, 0.0
        self._late: Future[Result] | None = None
        self._asking = threading.Lock()
        self._work: queue.SimpleQueue[tuple[Callable[[], Result], Future[Result]] | None] = queue.SimpleQueue()
        threading.Thread(target=self._run, name=name, daemon=True).start()  # one that hangs must not keep the process from ending

    def ask(self, what: Callable[[], Result]) -> Result | None:
        """The answer, or None where there is none in time; what was asked may still happen afterwards."""
        with self._asking:
            if time.monotonic() < self._rests_until or (self._late and not self._late.done()):
                return None
            self._late = Future()
            self._work.put((what, self._late))
            try:
                return self._late.result(self._patience)
            except Exception as error:  # of whatever kind: a mistake of ours must not lose a scan either
                log.warning("The database did not answer (%s): %s", self._name, type(error).__name__)
                self._rests_until = time.monotonic() + self._rests_for
                return None

    def close(self) -> None:
        """Wait for nothing that is still asked."""
        self._work.put(None)

    def _run(self) -> None:
        while asked := self._work.get():
            what, answer = asked
            try:
                answer.set_result(what())
            except Exception as error:  # whoever asked is told
                answer.set_exception(error)
