"""How does one stay below Billbee's rates, instead of being told off for each third request?

Two requests a second for an endpoint and ten for the whole account (Swagger, "Throttling"). Even spacing keeps to both in
whatever way Billbee counts; what comes too fast all the same is answered by 429 with Retry-After, which ``asking`` obeys.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

ENDPOINT_SECONDS = 1 / 2
ACCOUNT_SECONDS = 1 / 10


@dataclass(slots=True)
class Pacer:
    """Keeps the requests of one account apart; ``clock`` gives seconds and only goes forward."""

    sleep: Callable[[float], None]
    clock: Callable[[], float]
    _free_at: dict[str, float] = field(default_factory=dict)
    """Endpoint, or "" for all of them -> when the next request may go."""

    def pass_by(self, endpoint: str) -> None:
        """Wait until a request to ``endpoint`` may go, and count it."""
        now = self.clock()
        free_at = max(self._free_at.get(endpoint, now), self._free_at.get("", now))
        if free_at > now:
            self.sleep(free_at - now)
        gone_at = max(free_at, self.clock())
        self._free_at |= {endpoint: gone_at + ENDPOINT_SECONDS, "": gone_at + ACCOUNT_SECONDS}
