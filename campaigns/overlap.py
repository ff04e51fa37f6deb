"""Who is reached by which campaign, by two, and by none, and do two campaigns split the prospects (product.md 3.6)?"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from campaigns.campaign import Campaign
from campaigns.kinds import AbandonedCart, NoPurchase
from campaigns.roll import CLAIMED, FIRST, Group, Pattern, Roll, group_of, label_of
from campaigns.verdict import Outcome, Reason

SHOWN = 20
"""So many people are named where something does not add up; the rest is a number."""
NO_AUDIENCE = "in_no_audience"
WAITING = (Reason.OPEN_CART, Reason.NOT_DUE, Reason.IN_OTHER_CAMPAIGN, Reason.COOLDOWN, Reason.FREQUENCY_CAP)
"""Reasons that pass by themselves."""
OVER = (Reason.TOO_OLD, Reason.CONVERTED, Reason.SEQUENCE_DONE)
"""Reasons by which a person belongs to a campaign no more."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One campaign among the others."""

    campaign: Campaign
    audience: int
    reached: int
    """Selected or held out, if it were the only one."""
    held_out: int
    contested: int
    """Of the selected: others would write to them as well."""
    writes: int
    """Gets the day: no campaign before it writes to them."""
    waiting: int
    out: int
    """Excluded for a reason that does not pass by itself."""


@dataclass(frozen=True, slots=True)
class Split:
    """Whether two campaigns share out the prospects with an account between them (product.md 3.2)."""

    no_purchase: str
    abandoned_cart: str
    differs: str
    """Which option is not as it must be for that; empty for none."""
    prospects: int
    first: int
    """Are those of ``no_purchase`` alone."""
    second: int
    """Are those of ``abandoned_cart`` alone."""
    both: int
    none: int
    in_both: tuple[int, ...]
    """Customer ids, the first of them."""
    in_none: tuple[int, ...]

    @property
    def holds(self) -> bool:
        """Without a gap and without an overlap."""
        return not self.both and not self.none

    def __str__(self) -> str:
        """In one sentence with its numbers."""
        return (
            f"{self.no_purchase} and {self.abandoned_cart}: {self.both} prospects in both, {self.none} prospects in none "
            f"({self.first} + {self.second} of {self.prospects} prospects with an account)."
        )


class Overlap:
    """The counts of a roll."""

    def __init__(self, roll: Roll) -> None:
        self.campaigns = tuple(roll.campaigns)
        self._roll, self._patterns = roll, roll.patterns()

    @cached_property
    def groups(self) -> Counter[Group]:
        """How many people there are."""
        found: Counter[Group] = Counter()
        for pattern, count in self._patterns.items():
            found[group_of(pattern)] += count
        return found

    @cached_property
    def standings(self) -> list[Standing]:
        """Each campaign, in the order of the day."""
        return [self._standing(place, campaign) for place, campaign in enumerate(self.campaigns)]

    def _standing(self, place: int, campaign: Campaign) -> Standing:
        found: Counter[str] = Counter()
        for pattern, count in self._patterns.items():
            label = label_of(pattern[FIRST + place])
            found["audience"] += count if label else 0
            found[label] += count
            if label == Outcome.SELECTED:
                found["contested"] += count if len(_selecting(pattern)) > 1 else 0
                found["writes"] += count if pattern[1] == place + 1 else 0
        waiting = sum(found[reason] for reason in WAITING)
        reached = found[Outcome.SELECTED] + found[Outcome.HOLDOUT]
        out = found["audience"] - reached - waiting
        return Standing(campaign, found["audience"], reached, found[Outcome.HOLDOUT], found["contested"], found["writes"], waiting, out)

    @cached_property
    def wins(self) -> Counter[tuple[str, str]]:
        """(winner, loser) -> people whom both would write to today."""
        found: Counter[tuple[str, str]] = Counter()
        for pattern, count in self._patterns.items():
            for place in _selecting(pattern):
                if pattern[1] and place != pattern[1] - 1:
                    found[self.campaigns[pattern[1] - 1].slug, self.campaigns[place].slug] += count
        return found

    @cached_property
    def reached_twice(self) -> int:
        """People with more than one letter at the end of the day: must be 0."""
        return sum(count for pattern, count in self._patterns.items() if pattern[2] > 1)

    @property
    def twice(self) -> list[int]:
        """Who they are, the first of them."""
        return self._roll.first({pattern for pattern in self._patterns if pattern[2] > 1}, SHOWN)

    @cached_property
    def reached(self) -> Counter[Group]:
        """People whom at least one campaign would select or hold out."""
        found: Counter[Group] = Counter()
        for pattern, count in self._patterns.items():
            found[group_of(pattern)] += count if _is_reached(pattern) else 0
        return found

    @cached_property
    def unreached(self) -> dict[str, Counter[Group]]:
        """Reason -> people whom no campaign reaches, each under the reason that came closest to a letter."""
        found: dict[str, Counter[Group]] = {label: Counter() for label in (NO_AUDIENCE, *Reason)}
        for pattern, count in self._patterns.items():
            if not _is_reached(pattern):
                closest = max((code & ~CLAIMED for code in pattern[FIRST:]), default=0)
                found[label_of(closest) or NO_AUDIENCE][group_of(pattern)] += count
        return {label: counts for label, counts in found.items() if counts.total()}

    @cached_property
    def pairs(self) -> Counter[tuple[str, str]]:
        """(campaign, campaign) -> people who belong to both; a campaign with itself: who belong to it."""
        found: Counter[tuple[str, str]] = Counter()
        slugs = [campaign.slug for campaign in self.campaigns]
        for pattern, count in self._patterns.items():
            theirs = [slug for slug, code in zip(slugs, pattern[FIRST:], strict=True) if _belongs(code)]
            for one in theirs:
                found[one, one] += count
            for one, other in combinations(theirs, 2):
                found[one, other] += count
                found[other, one] += count
        return found

    @cached_property
    def splits(self) -> list[Split]:
        """One for each pair of kinds that can split the prospects, set up for it or not."""
        return [
            self._split(first, second, _difference(one.audience, other.audience))
            for first, one in enumerate(self.campaigns)
            for second, other in enumerate(self.campaigns)
            if isinstance(one.audience, NoPurchase) and isinstance(other.audience, AbandonedCart)
        ]

    def _split(self, first: int, second: int, differs: str) -> Split:
        counts: Counter[tuple[bool, bool]] = Counter()
        patterns: dict[tuple[bool, bool], set[Pattern]] = {}
        for pattern, count in self._patterns.items():
            if group_of(pattern) is Group.PROSPECT:
                kind = bool(pattern[FIRST + first] & CLAIMED), bool(pattern[FIRST + second] & CLAIMED)
                counts[kind] += count
                patterns.setdefault(kind, set()).add(pattern)
        both, none = (True, True), (False, False)
        return Split(
            self.campaigns[first].slug,
            self.campaigns[second].slug,
            differs,
            counts.total(),
            counts[True, False],
            counts[False, True],
            counts[both],
            counts[none],
            tuple(self._roll.first(patterns.get(both, set()), SHOWN)),
            tuple(self._roll.first(patterns.get(none, set()), SHOWN)),
        )


def _difference(account: NoPurchase, cart: AbandonedCart) -> str:
    differences = (
        (not account.only_with_empty_cart, "only_with_empty_cart is off: people with a full cart are in both"),
        (cart.only_with_earlier_order, "only_with_earlier_order is on: people with a full cart who never ordered are in none"),
    )
    return ", and ".join(words for differs, words in differences if differs)


def _selecting(pattern: Pattern) -> list[int]:
    return [place for place, code in enumerate(pattern[FIRST:]) if label_of(code) == Outcome.SELECTED]


def _is_reached(pattern: Pattern) -> bool:
    return any(label_of(code) in (Outcome.SELECTED, Outcome.HOLDOUT) for code in pattern[FIRST:])


def _belongs(code: int) -> bool:
    return bool(code & CLAIMED) and label_of(code) not in OVER
