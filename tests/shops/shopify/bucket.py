"""How many points may the app still spend?  Shopify's leaky bucket (facts/importers.md 1.3)."""

from typing import Any

from tests.shops.shopify.clock import Clock
from tests.shops.shopify.settings import Settings


class Bucket:
    """Full at first; refills by the shop's clock; size and rate are the settings' of the moment."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._spent = 0.0
        self._at = clock.now()

    def available(self) -> float:
        """Points that are there now."""
        now = self._clock.now()
        self._spent = max(0.0, self._spent - (now - self._at).total_seconds() * self._settings.restore_rate)
        self._at = now
        return self._settings.bucket - self._spent

    def spend(self, points: float) -> None:
        """Take what a query cost."""
        self._spent += points

    def drain(self) -> None:
        """Leave nothing: the next query must wait."""
        self._spent += max(0.0, self.available())

    def cost(self, requested: int, actual: int | None) -> dict[str, Any]:
        """``extensions.cost``."""
        status = {
            "maximumAvailable": _plain(self._settings.bucket),
            "currentlyAvailable": int(self.available()),
            "restoreRate": _plain(self._settings.restore_rate),
        }
        return {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": status}


def _plain(number: float) -> float:
    return int(number) if number == int(number) else number
