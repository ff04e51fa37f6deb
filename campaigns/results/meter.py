"""Do contacted people come to order, as many as one may hope for (product.md 9.3)?"""

import re
from dataclasses import dataclass
from enum import StrEnum

from campaigns.kinds import CampaignKind


class MeterKind(StrEnum):
    """Whom a meter looks at: those that campaigns of this kind have written to."""

    NO_PURCHASE = "no_purchase"
    """The no-purchase-o-meter: prospects who ordered."""
    CARTS = "carts"
    """Carts recovered."""
    WINBACK = "winback"
    """Customers won back."""

    @property
    def campaign_kind(self) -> CampaignKind:
        """Whose letters it counts."""
        return _CAMPAIGNS[self]


_CAMPAIGNS = {
    MeterKind.NO_PURCHASE: CampaignKind.NO_PURCHASE,
    MeterKind.CARTS: CampaignKind.ABANDONED_CART,
    MeterKind.WINBACK: CampaignKind.WINBACK,
}


class Position(StrEnum):
    """Where a share lies."""

    UNKNOWN = "unknown"
    """Nobody was contacted."""
    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Band:
    """What share one hopes for, in percent, both ends included."""

    low: float
    high: float

    @classmethod
    def parsed(cls, text: str) -> "Band":
        """From words like ``2-5`` or ``2.5 - 5``; raises ValueError that says what is wrong."""
        found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*-\s*(\d+(?:\.\d+)?)\s*", text)
        if not found or not float(found[1]) < float(found[2]) <= 100:
            raise ValueError("must be two percentages, the lower one first, like 2-5")
        return cls(float(found[1]), float(found[2]))


@dataclass(frozen=True, slots=True)
class Meter:
    """Of the people whom letters of one kind reached in the last days, how many have ordered since?"""

    kind: MeterKind
    days: int
    contacted: int
    """People with a letter posted within the last ``days``, each once."""
    converted: int
    """Those of them with an order since the first of these letters was posted."""
    target: Band

    @property
    def share(self) -> float | None:
        """0 to 1; None if nobody was contacted."""
        return self.converted / self.contacted if self.contacted else None

    @property
    def position(self) -> Position:
        """Where the share lies."""
        if self.share is None:
            return Position.UNKNOWN
        percent = self.share * 100
        return Position.BELOW if percent < self.target.low else Position.ABOVE if percent > self.target.high else Position.WITHIN
