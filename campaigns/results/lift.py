"""Did the letters bring more than would have come anyway?

Mailed and held-out people are compared as they were drawn (intention to treat): whoever was to get a letter counts among the mailed,
even if it came back or was recalled. What is claimed carries an interval; where the groups are too small for one, nothing is claimed.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import ceil, sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
POWER = 0.8
"""The usual chance to find an effect that is there (Cohen 1988)."""
LEAST_EXPECTED = 5
"""Buyers, and non-buyers, that each group would have if the letters did nothing (Cochran 1954: below that the approximation fails)."""
LEAST_HELD_OUT = 100
"""People: our own rule, below it a single order moves the rate by more than a letter usually does."""


class NoLiftReason(StrEnum):
    """Why no lift is claimed."""

    NO_LETTERS = "no_letters"
    """Nothing has been posted."""
    NO_HOLDOUT = "no_holdout"
    """Nobody was held out: there is nothing to compare with."""
    FEW_HELD_OUT = "few_held_out"
    """Fewer than 100 people were held out."""
    FEW_BUYERS = "few_buyers"
    """Fewer than five buyers, or non-buyers, are to be expected in one of the groups."""


@dataclass(frozen=True, slots=True)
class Group:
    """One of the two groups; sums of squares are over people, for the intervals."""

    people: int = 0
    buyers: int = 0
    orders: int = 0
    orders_squared: float = 0.0
    revenue_cents: int = 0
    revenue_squared: float = 0.0
    cost_cents: int = 0
    """Of the letters that these people got."""

    @property
    def conversion(self) -> float:
        """Share of people who bought, 0 to 1; 0 for nobody."""
        return self.buyers / self.people if self.people else 0.0

    @property
    def revenue_per_head_cents(self) -> float:
        """Of buyers and non-buyers alike."""
        return self.revenue_cents / self.people if self.people else 0.0

    def __add__(self, other: "Group") -> "Group":
        return Group(
            self.people + other.people,
            self.buyers + other.buyers,
            self.orders + other.orders,
            self.orders_squared + other.orders_squared,
            self.revenue_cents + other.revenue_cents,
            self.revenue_squared + other.revenue_squared,
            self.cost_cents + other.cost_cents,
        )


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its 95 % confidence interval."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """The interval lies on one side of nought."""
        return self.low > 0 or self.high < 0

    def times(self, factor: float) -> "Interval":
        """All three multiplied."""
        return Interval(self.value * factor, self.low * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class PowerHint:
    """How many people it takes to see an effect of ``points`` percentage points, four times of five."""

    points: float
    mailed: int
    held_out: int


@dataclass(frozen=True, slots=True)
class Lift:
    """What the letters brought beyond what would have come anyway."""

    mailed: Group
    held_out: Group
    watched_days: int
    """How long every person of both groups was watched, from the first posting of the print run on."""
    still_watched: int
    """Mailed and held-out people whose days are not over."""
    is_preliminary: bool
    """Those are counted in, because too few are through; else they are left out."""
    in_both: int
    """People in neither group because two records, one mailed and one held out, turned out to be the same person."""
    conversion: Interval
    """Difference of the shares of buyers, -1 to 1 (Newcombe's score interval)."""
    buyers: Interval
    """The same for all mailed people: how many bought because of the letter."""
    orders: Interval
    """Additional orders (Welch)."""
    revenue_cents: Interval
    """Additional revenue (Welch), in the campaign's currency."""
    hint: PowerHint | None

    @property
    def is_significant(self) -> bool:
        """The difference in conversion is more than chance, at 95 %."""
        return self.conversion.excludes_zero

    @property
    def return_on_spend(self) -> Decimal | None:
        """Additional revenue for each unit of cost, both of the people who are compared; None without cost."""
        cost = self.mailed.cost_cents
        return (Decimal(self.revenue_cents.value) / cost).quantize(Decimal("0.01")) if cost else None


@dataclass(frozen=True, slots=True)
class NoLift:
    """No lift is claimed, and why."""

    reason: NoLiftReason
    mailed: Group = Group()
    held_out: Group = Group()
    still_watched: int = 0
    in_both: int = 0
    hint: PowerHint | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """Both groups, those who are through and those who are still being watched."""

    mailed: Group = Group()
    mailed_still: Group = Group()
    held_out: Group = Group()
    held_out_still: Group = Group()
    in_both: int = 0


def lift(watched: Watched, watched_days: int) -> Lift | NoLift:
    """Compare those who are through; everybody, marked as preliminary, where they are too few; nobody where even that is too small."""
    mailed, held_out = watched.mailed + watched.mailed_still, watched.held_out + watched.held_out_still
    still, both = watched.mailed_still.people + watched.held_out_still.people, watched.in_both
    hint = power_hint(mailed, held_out)
    if not too_small(watched.mailed, watched.held_out):
        return _lift(watched.mailed, watched.held_out, watched_days, still, False, both, hint)
    if reason := too_small(mailed, held_out):
        return NoLift(reason, mailed, held_out, still, both, hint)
    return _lift(mailed, held_out, watched_days, still, True, both, hint)


def too_small(mailed: Group, held_out: Group) -> NoLiftReason | None:
    """Why the groups cannot be compared; None if they can."""
    if not mailed.people:
        return NoLiftReason.NO_LETTERS
    if not held_out.people:
        return NoLiftReason.NO_HOLDOUT
    if held_out.people < LEAST_HELD_OUT:
        return NoLiftReason.FEW_HELD_OUT
    pooled = (mailed + held_out).conversion
    rarer = min(pooled, 1 - pooled) * min(mailed.people, held_out.people)
    return NoLiftReason.FEW_BUYERS if rarer < LEAST_EXPECTED else None


def _lift(mailed: Group, held_out: Group, watched_days: int, still: int, is_preliminary: bool, in_both: int, hint: PowerHint | None) -> Lift:
    conversion = newcombe(mailed.buyers, mailed.people, held_out.buyers, held_out.people)
    orders = welch(mailed.people, mailed.orders, mailed.orders_squared, held_out.people, held_out.orders, held_out.orders_squared)
    revenue = welch(mailed.people, mailed.revenue_cents, mailed.revenue_squared, held_out.people, held_out.revenue_cents, held_out.revenue_squared)
    return Lift(
        mailed, held_out, watched_days, still, is_preliminary, in_both,
        conversion, conversion.times(mailed.people), orders.times(mailed.people), revenue.times(mailed.people), hint,
    )  # fmt: skip


def newcombe(buyers: int, people: int, other_buyers: int, other_people: int) -> Interval:
    """Difference of two shares with the hybrid score interval (Newcombe 1998, method 10): good for rare events too."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(buyers, people, other_buyers, other_people, method="newcomb", compare="diff", alpha=1 - CONFIDENCE)
    return Interval(buyers / people - other_buyers / other_people, max(float(low), -1.0), min(float(high), 1.0))


def welch(people: int, total: float, squares: float, other_people: int, other_total: float, other_squares: float) -> Interval:
    """Difference of two means with Welch's interval, from sums and sums of squares; both groups have two people or more.

    It assumes that means of so many people are about normal; a few very large orders make it wide, and none is cut off.
    """
    mean, other_mean = total / people, other_total / other_people
    error, other_error = _squared_error(people, total, squares), _squared_error(other_people, other_total, other_squares)
    difference, both = mean - other_mean, error + other_error
    if not both:
        return Interval(difference, difference, difference)
    freedom = both**2 / (error**2 / (people - 1) + other_error**2 / (other_people - 1))
    reach = _t_quantile(freedom) * sqrt(both)
    return Interval(difference, difference - reach, difference + reach)


def _t_quantile(freedom: float) -> float:
    """Student's t for the confidence, by its expansion around the normal one (Abramowitz and Stegun 26.7.5): to five places from 30 degrees on."""
    z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
    first, second = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def _squared_error(people: int, total: float, squares: float) -> float:
    """Squared standard error of the mean."""
    return max(squares - total * total / people, 0.0) / (people - 1) / people


def power_hint(mailed: Group, held_out: Group, points: float = 1.0) -> PowerHint | None:
    """How many people both groups need, in the proportion that they have, to see ``points`` percentage points more; None if nobody bought yet.

    Two-sided at 95 %, power 80 % (Fleiss, Statistical Methods for Rates and Proportions, unpooled).
    """
    base = (held_out if held_out.buyers else mailed + held_out).conversion
    more = base + points / 100
    if not (mailed.people and held_out.people and base and more < 1):
        return None
    ratio = held_out.people / mailed.people
    quantiles = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2) + NormalDist().inv_cdf(POWER)
    needed = (quantiles / (more - base)) ** 2 * (more * (1 - more) + base * (1 - base) / ratio)
    return PowerHint(points, ceil(needed), ceil(needed * ratio))
