"""What does each of several campaigns say of everybody at one moment, and who gets the day (product.md 3.6)?

A million people are one byte each for every campaign; what is said of them together is counted from the patterns of these bytes,
of which there are few.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

from campaigns.audience import decide
from campaigns.campaign import Campaign
from campaigns.day import Day
from campaigns.facts import Facts
from campaigns.kinds import AbandonedCart, CouponExpiry
from campaigns.verdict import Outcome, Reason, Verdict


class Group(StrEnum):
    """What a person is to the shop (product.md 2.1)."""

    CUSTOMER = "customer"
    PROSPECT = "prospect"
    """Has an account and no completed order."""
    PROSPECT_WITHOUT_ACCOUNT = "prospect_without_account"


_GROUPS = ("", *Group)
_LABELS: tuple[str, ...] = ("", *Outcome, *Reason)
_CODES = {label: code for code, label in enumerate(_LABELS)}
CLAIMED = 64
"""Added to the code where the campaign's kind is meant for the person, whatever keeps them out today."""
Pattern = tuple[int, ...]
"""Group, winner, letters of the day, then a code for each campaign."""
FIRST = 3


def in_order(found: Sequence[Campaign]) -> list[Campaign]:
    """As a day deals with them: by priority, equals by name (in truth whichever runs first)."""
    return sorted(found, key=lambda campaign: (campaign.limits.priority, campaign.slug))


def claims(facts: Facts, campaign: Campaign) -> bool:
    """Whether the person is the campaign's by its options, rather than left to another one: a pausing cart, no earlier order."""
    match campaign.audience:
        case AbandonedCart(only_with_earlier_order=only):
            return facts.has_ordered or not only
        case CouponExpiry():
            return True
        case audience:
            return not (audience.only_with_empty_cart and facts.open_cart)


class Roll:
    """What one moment says of everybody: filled campaign by campaign, in the order of ``in_order``."""

    def __init__(self, campaigns: Sequence[Campaign], day: Day, secret: bytes) -> None:
        self.campaigns, self._day, self._secret = in_order(campaigns), day, secret
        self._groups, self._winners, self._letters = bytearray(), bytearray(), bytearray()
        self._codes = [bytearray() for _ in self.campaigns]

    def enrol(self, customer_id: int, group: Group) -> None:
        """Add a person who may be reached by campaigns."""
        missing = customer_id + 1 - len(self._groups)
        if missing > 0:
            for column in self._columns():
                column.extend(bytes(missing))
        self._groups[customer_id] = _GROUPS.index(group)

    def hear(self, place: int, facts: Facts) -> None:
        """Deal with one candidate of the campaign at ``place``: what it says by itself, and whether it still may write.

        Hear all candidates of one campaign before those of the next. Raises ValueError for somebody who was not enrolled.
        """
        campaign, person = self.campaigns[place], facts.customer_id
        if person >= len(self._groups) or not self._groups[person]:
            raise ValueError(f"customer {person} is in the audience of {campaign.slug}, but no campaign may look at this customer")
        alone = decide(facts, campaign, self._day, self._secret)
        self._codes[place][person] = _CODES[alone.label] | (CLAIMED if claims(facts, campaign) else 0)
        if alone.outcome is Outcome.SELECTED and self._on_the_day(facts, place, alone).outcome is Outcome.SELECTED:
            self._letters[person] = min(self._letters[person] + 1, 255)
            self._winners[person] = self._winners[person] or place + 1

    def _on_the_day(self, facts: Facts, place: int, alone: Verdict) -> Verdict:
        """The verdict once the campaigns before have written their letters."""
        winner = self._winners[facts.customer_id]
        if not winner:
            return alone
        told = replace(facts, other_campaign=self.campaigns[winner - 1].slug)
        return decide(told, self.campaigns[place], self._day, self._secret)

    def patterns(self) -> Counter[Pattern]:
        """How often each pattern occurs; there are few."""
        return Counter(pattern for pattern in zip(*self._columns(), strict=True) if pattern[0])

    def people(self) -> Iterator[tuple[int, Group, str, list[str]]]:
        """Everybody by id: group, slug of the campaign that writes today or nothing, and each campaign's verdict or nothing."""
        for person, pattern in enumerate(zip(*self._columns(), strict=True)):
            if pattern[0]:
                winner = self.campaigns[pattern[1] - 1].slug if pattern[1] else ""
                yield person, group_of(pattern), winner, [label_of(code) for code in pattern[FIRST:]]

    def first(self, patterns: set[Pattern], limit: int) -> list[int]:
        """The lowest ids of people with one of these patterns."""
        found: list[int] = []
        for person, pattern in enumerate(zip(*self._columns(), strict=True)) if patterns else ():
            if pattern in patterns:
                found.append(person)
                if len(found) == limit:
                    break
        return found

    def _columns(self) -> list[bytearray]:
        return [self._groups, self._winners, self._letters, *self._codes]


def label_of(code: int) -> str:
    """What a campaign's byte says: ``selected``, ``holdout``, a reason, or nothing for somebody who is not in its audience."""
    return _LABELS[code & ~CLAIMED]


def group_of(pattern: Pattern) -> Group:
    """What the pattern's people are to the shop."""
    return Group(_GROUPS[pattern[0]])
