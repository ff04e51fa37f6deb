"""What can be decided about a person, in which words, and how do decisions add up?"""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What a verdict says in one word."""

    SELECTED = "selected"
    HOLDOUT = "holdout"
    EXCLUDED = "excluded"


class Reason(StrEnum):
    """Why a person is excluded (product.md 3.5), in the order in which the first one counts."""

    DECEASED = "deceased"
    OBJECTION = "objection"
    ROBINSON = "robinson"
    """On the Robinson list, which protects prospects only (market facts 7)."""
    UNDELIVERABLE = "undeliverable"
    MOVED = "moved"
    MARKETPLACE_ORDER = "marketplace_order"
    ABROAD = "abroad"
    ADDRESS_INCOMPLETE = "address_incomplete"
    ADDRESS_INVALID = "address_invalid"
    NO_EARLIER_ORDER = "no_earlier_order"
    TOO_OLD = "too_old"
    """What started the sequence is too long ago, or a letter would come too late for it."""
    OPEN_CART = "open_cart"
    SEQUENCE_DONE = "sequence_done"
    CONVERTED = "converted"
    """Bought since the sequence began, or between selection and hand-over."""
    NOT_DUE = "not_due"
    """Between two steps: the delay has not passed, or the letter before is still on its way out."""
    IN_OTHER_CAMPAIGN = "in_other_campaign"
    """Another campaign writes to this person today, or one of higher priority would."""
    COOLDOWN = "cooldown"
    FREQUENCY_CAP = "frequency_cap"
    BUDGET = "budget"
    HOUSEHOLD_DUPLICATE = "household_duplicate"
    NO_COUPON_LEFT = "no_coupon_left"
    UNPRINTABLE_TEXT = "unprintable_text"
    BELOW_MINIMUM = "below_minimum"
    """The whole run was too small to print; it waits."""
    DUPLICATE = "duplicate"
    """Turned out, between selection and hand-over, to be somebody who has this letter already."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided about one person; ``step`` is set for the selected and the holdout."""

    outcome: Outcome
    reason: Reason | None = None
    step: int | None = None
    detail: str = ""

    @property
    def label(self) -> str:
        """``selected``, ``holdout`` or the reason of the exclusion."""
        return str(self.reason or self.outcome)

    @property
    def is_excluded(self) -> bool:
        """Gets no letter, for a reason."""
        return self.outcome is Outcome.EXCLUDED


def excluded(reason: Reason, detail: str = "") -> Verdict:
    """A verdict that keeps a person out."""
    return Verdict(Outcome.EXCLUDED, reason, detail=detail)


@dataclass(frozen=True, slots=True)
class Funnel:
    """How an audience became a print run: a count by verdict label; the counts add up to the audience."""

    counts: Counter[str]

    @property
    def audience(self) -> int:
        """Everybody whom the campaign looked at."""
        return self.counts.total()

    @property
    def selected(self) -> int:
        """People who get a letter."""
        return self.counts[Outcome.SELECTED]

    def rows(self) -> list[tuple[str, int]]:
        """Audience, every reason that occurred, holdout, selected: as a person reads a funnel."""
        reasons = [(reason.value, self.counts[reason]) for reason in Reason if self.counts[reason]]
        return [("audience", self.audience), *reasons, ("holdout", self.counts[Outcome.HOLDOUT]), ("selected", self.selected)]
