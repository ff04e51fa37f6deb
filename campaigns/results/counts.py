"""What is counted of a campaign: letters on their way, answers, orders, money?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal

from campaigns.kinds import CampaignKind
from campaigns.results.lift import Lift, NoLift
from campaigns.verdict import Reason


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How an installation counts (docs/results.md)."""

    window_days: int = 60
    """After posting, for which an order of a mailed person counts (PostPal's guarantee, market facts 69)."""
    posting_days: int = 2
    """From hand-over to posting where the print shop reports no posting."""
    currency: str = "EUR"
    """Of the tariff: revenue in it can be set against the cost, any other is told apart."""
    timezone: tzinfo = UTC
    """Whose days the chart shows."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of some letters; letters to seed addresses, cancelled and failed ones count in nothing."""

    selected: int = 0
    """Letters that were chosen and not taken out again."""
    holdout: int = 0
    """People who would have had one of these letters and got none."""
    excluded: Mapping[Reason, int] = field(default_factory=dict)
    """People by the reason of their last verdict; of a whole campaign only: who is excluded is in no step."""
    handed_over: int = 0
    printed: int = 0
    """This and the next two as the print shop reports them, each a part of the one before."""
    posted: int = 0
    returned: int = 0
    estimated: int = 0
    """Handed-over letters that no posting is reported of: their window counts from an estimated day."""
    scanned: int = 0
    """Letters whose code a person has scanned, each once."""
    objected: int = 0
    """Letters by whose code somebody objected to advertising."""
    redeemed: int = 0
    """Letters whose coupon was redeemed and not rolled back."""
    redeemers: int = 0
    """Mailed people with whose coupons something was bought that was not cancelled since."""
    redeemed_orders: int = 0
    redeemed_revenue_cents: int = 0
    """Of the orders that have come in."""
    buyers: int = 0
    """Mailed people with an order within the window."""
    orders: int = 0
    """Of mailed people within the window, in every currency."""
    revenue_cents: int = 0
    """Of those in the campaign's currency."""
    cost_cents: int = 0
    """Paper, print and postage of the handed-over letters, as the tariff reckoned them at selection."""

    @property
    def return_on_spend(self) -> Decimal | None:
        """Revenue within the window for each unit of cost (ceiling), two places; None without cost."""
        return _ratio(self.revenue_cents, self.cost_cents)

    @property
    def redeemed_return_on_spend(self) -> Decimal | None:
        """The same of the redeemers alone (floor)."""
        return _ratio(self.redeemed_revenue_cents, self.cost_cents)


def _ratio(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / whole).quantize(Decimal("0.01"), ROUND_HALF_EVEN) if whole else None


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A step, or one of the layouts that it was printed in."""

    step: int
    layout: str | None
    """None for the whole step."""
    counts: Counts


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on one day of the shop's calendar."""

    day: date
    posted: int = 0
    """Letters, by their day of posting or the estimate of it."""
    scans: int = 0
    """By people, every one of them."""
    orders: int = 0
    """Of mailed people within the window."""


@dataclass(frozen=True, slots=True)
class OtherCurrency:
    """Orders within the window in another currency: told apart, never added."""

    currency: str
    orders: int
    revenue_cents: int


@dataclass(frozen=True, slots=True)
class Take:
    """One of the three numbers that stand side by side."""

    buyers: int
    """Of the floor: mailed people whose coupons were redeemed, by whomever."""
    orders: int
    revenue_cents: int
    return_on_spend: Decimal | None


@dataclass(frozen=True, slots=True)
class CampaignResults:
    """Everything that is known of what a campaign brought."""

    slug: str
    name: str
    kind: CampaignKind | None
    """None where the definition can no longer be read."""
    currency: str
    """Of cost and revenue."""
    window_days: int
    posting_days: int
    as_of: datetime
    total: Counts
    """People and orders once, however many letters went before."""
    lines: tuple[ResultLine, ...]
    """By step: the step first, then its layouts, where there are two or more."""
    lift: Lift | NoLift
    last_posted_at: datetime | None = None
    """Of the newest letter, by report or estimate; None before the first."""
    days: tuple[Day, ...] = ()
    """From the first day on which anything happened to the last, without a gap."""
    other_currencies: tuple[OtherCurrency, ...] = ()

    @property
    def running_until(self) -> datetime | None:
        """When the window of the newest letter ends, if it has not: until then orders are still to come."""
        until = self.last_posted_at and self.last_posted_at + timedelta(days=self.window_days)
        return until if until and until > self.as_of else None

    @property
    def floor(self) -> Take:
        """Coupon redeemers: whom the letter surely brought; too few, as many buy without the code."""
        total = self.total
        return Take(total.redeemers, total.redeemed_orders, total.redeemed_revenue_cents, total.redeemed_return_on_spend)

    @property
    def is_floor_above(self) -> bool:
        """More is at least than at most: coupons that were redeemed after the window, or by somebody who got no letter."""
        low, high = self.floor, self.ceiling
        return low.buyers > high.buyers or low.orders > high.orders or low.revenue_cents > high.revenue_cents

    @property
    def ceiling(self) -> Take:
        """Orders of mailed people within the window: too many, as some would have bought anyway."""
        return Take(self.total.buyers, self.total.orders, self.total.revenue_cents, self.total.return_on_spend)


@dataclass(frozen=True, slots=True)
class Overview:
    """A campaign in the list of all."""

    slug: str
    name: str
    kind: CampaignKind | None
    currency: str
    total: Counts
    last_posted_at: datetime | None
    """Of the newest letter, by report or estimate."""
