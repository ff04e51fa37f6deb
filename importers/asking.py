"""How does one ask a shop over the network, and ask again?

Every importer asks through here: answers that mean "later" (429, 5xx, no answer at all) are asked for again, after the time that
the shop names or after growing pauses; everything else goes to the caller.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from importers.errors import ShopUnreachable, WrongClock

T = TypeVar("T")
ATTEMPTS = 8
LONGEST_PAUSE = 60.0
"""Seconds, between attempts for which the shop names no time."""
LONGEST_NAMED_PAUSE = 900.0
TIMEOUT = httpx.Timeout(60.0, connect=10.0)
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 522, 524})


class Later(Exception):
    """Inside the importers: ask again, not before ``seconds`` have passed (0: after a growing pause)."""

    def __init__(self, why: str, seconds: float = 0.0) -> None:
        super().__init__(why)
        self.seconds = seconds


@dataclass(slots=True)
class Asking:
    """A network client that is patient; ``sleep`` is what tests replace."""

    client: httpx.Client
    shop: str
    """How messages call the shop."""
    sleep: Callable[[float], None] = field(default=time.sleep)
    answered_at: datetime | None = None
    """When the latest answer was given, by the shop's own clock (header Date); None before the first and where the shop does not say."""

    def ask(self, request: Callable[[], httpx.Request], judge: Callable[[httpx.Response], float | None] = lambda _answer: None) -> httpx.Response:
        """The answer to ``request``, which is made anew for each attempt (its token may have changed).

        ``judge`` may say of an answer that it means "later" too, by the seconds to wait.
        Raises ``ShopUnreachable`` when eight attempts brought nothing.
        """
        return self.patiently(lambda: self._once(request, judge))

    def not_after_the_shop(self, until: datetime) -> datetime:
        """``until``, or what the shop's clock shows where that is earlier: nothing later can have been read, whatever our own clock says."""
        return min(until, self.answered_at or until)

    def patiently(self, act: Callable[[], T]) -> T:
        """What ``act`` gives, done again while it raises ``Later`` or the network fails it. Raises ``ShopUnreachable`` as ``ask`` does."""
        retrying = Retrying(stop=stop_after_attempt(ATTEMPTS), wait=_pause, retry=retry_if_exception_type(Later), sleep=self.sleep, reraise=True)
        try:
            result: T = retrying(_tried, act)
        except Later as last:
            raise ShopUnreachable(f"{self.shop} did not answer usefully in {ATTEMPTS} attempts; the last time: {last}. Run this again later.") from None
        return result

    def _once(self, request: Callable[[], httpx.Request], judge: Callable[[httpx.Response], float | None]) -> httpx.Response:
        answer = self.client.send(request())
        self.answered_at = said_at(answer)
        refuse_later(answer)
        seconds = judge(answer)
        if seconds is not None:
            raise Later("too many requests", seconds)
        return answer


def refuse_later(answer: httpx.Response) -> None:
    """Raise ``Later`` for an answer whose status says so."""
    if answer.status_code in _LATER:
        raise Later(f"HTTP {answer.status_code}", retry_after(answer))


def said_at(answer: httpx.Response) -> datetime | None:
    """The time of an answer by its sender's clock, in whole seconds; None where it does not say, or not in a way that we can read."""
    try:
        found = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def refuse_a_wrong_clock(read_to: datetime, until: datetime, overlap: timedelta, shop: str) -> None:
    """Raise ``WrongClock`` when the shop was read further than this run may go, by more than runs ``overlap``: it would find nothing and call that success."""
    if read_to - overlap >= until:
        raise WrongClock(
            f"{shop} was read up to {read_to:%Y-%m-%d %H:%M} UTC, and now it is said to be {until:%Y-%m-%d %H:%M} UTC: one of the two times is wrong. "
            "Set this machine's clock right. If the first time lies in the future, import everything once more, since changes may have been missed."
        )


def retry_after(answer: httpx.Response) -> float:
    """Seconds that the shop wants us to wait, a quarter of an hour at the most; 0 where it does not say, or not in a way that we can read."""
    try:
        seconds = float(answer.headers.get("Retry-After", "0"))
    except ValueError:
        return 0.0
    return min(seconds, LONGEST_NAMED_PAUSE) if seconds > 0 else 0.0


def _tried(act: Callable[[], T]) -> T:
    try:
        return act()
    except httpx.RequestError as error:  # no connection, or a body that cannot be unpacked
        raise Later(type(error).__name__) from error


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    named = error.seconds if isinstance(error, Later) else 0.0
    return named or min(LONGEST_PAUSE, 0.5 * 2 ** (state.attempt_number - 1))
