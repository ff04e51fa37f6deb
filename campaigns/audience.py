"""Does this person get a letter today, and if not, why not?"""

import hashlib
import hmac
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from campaigns.address import AddressProblem, AddressState
from campaigns.campaign import Campaign


class Outcome(StrEnum):
    """What a verdict says in one word."""

    SELECTED = "selected"
    HOLDOUT = "holdout"
    EXCLUDED = "excluded"


class Reason(StrEnum):
    """Why a person is excluded (product.md 3.5), in the order in which the first one counts."""

    DECEASED = "deceased"
    OBJECTION = "objection"
    UNDELIVERABLE = "undeliverable"
    MOVED = "moved"
    MARKETPLACE_ORDER = "marketplace_order"
    ABROAD = "abroad"
    ADDRESS_INCOMPLETE = "address_incomplete"
    ADDRESS_INVALID = "address_invalid"
    TOO_OLD = "too_old"
    OPEN_CART = "open_cart"
    SEQUENCE_DONE = "sequence_done"
    NOT_DUE = "not_due"
    """Between two steps: the delay has not passed, or the letter before is still on its way out."""
    COOLDOWN = "cooldown"
    FREQUENCY_CAP = "frequency_cap"
    BUDGET = "budget"
    HOUSEHOLD_DUPLICATE = "household_duplicate"
    UNPRINTABLE_TEXT = "unprintable_text"
    CONVERTED = "converted"
    """Bought between selection and hand-over."""
    DUPLICATE = "duplicate"
    """Turned out, between selection and hand-over, to be somebody who has this letter already."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a verdict may depend on, as one query finds it."""

    customer_id: int
    person_key: str
    """Names the person for ever, over merges and re-imports; the holdout hangs on it."""
    country: str
    address_state: AddressState
    address_problem: AddressProblem | None
    objected: bool
    from_marketplace: bool
    trigger: str
    """What started the sequence: the last sale's key."""
    trigger_at: datetime
    open_cart: bool
    last_step: int = 0
    """Highest step of this campaign and trigger that a letter exists for."""
    last_step_at: datetime | None = None
    """When that letter was handed over; None while it is not."""
    last_letter_at: datetime | None = None
    """The newest letter of any campaign."""
    letters_in_cap: int = 0
    """Letters of all campaigns within the cap's days."""


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


def excluded(reason: Reason, detail: str = "") -> Verdict:
    """A verdict that keeps a person out."""
    return Verdict(Outcome.EXCLUDED, reason, detail=detail)


def decide(facts: Facts, campaign: Campaign, now: datetime, secret: bytes) -> Verdict:
    """The verdict on one candidate; the same facts always give the same verdict.

    The limits come before the holdout, so that mailed and held-out people differ in nothing but the draw.
    """
    reason = _person_reason(facts, campaign, now) or _sequence_reason(facts, campaign, now) or _limit_reason(facts, campaign, now)
    if reason:
        return excluded(reason, str(facts.address_problem or "") if reason in _ADDRESS_REASONS else "")
    step = facts.last_step + 1
    if in_holdout(facts.person_key, campaign, secret):
        return Verdict(Outcome.HOLDOUT, step=step)
    return Verdict(Outcome.SELECTED, step=step)


_ADDRESS_REASONS = (Reason.ADDRESS_INCOMPLETE, Reason.ADDRESS_INVALID)


def _person_reason(facts: Facts, campaign: Campaign, now: datetime) -> Reason | None:
    abroad = campaign.limits.countries and facts.country and facts.country not in campaign.limits.countries
    checks = (
        (facts.address_state is AddressState.DECEASED, Reason.DECEASED),
        (facts.objected, Reason.OBJECTION),
        (facts.address_state is AddressState.UNDELIVERABLE, Reason.UNDELIVERABLE),
        (facts.address_state is AddressState.MOVED, Reason.MOVED),
        (facts.from_marketplace, Reason.MARKETPLACE_ORDER),
        (abroad, Reason.ABROAD),
        (facts.address_problem and facts.address_problem.is_gap, Reason.ADDRESS_INCOMPLETE),
        (facts.address_problem, Reason.ADDRESS_INVALID),
        (now - facts.trigger_at > timedelta(days=campaign.audience.max_inactive_days), Reason.TOO_OLD),
    )
    return next((reason for wrong, reason in checks if wrong), None)


def _sequence_reason(facts: Facts, campaign: Campaign, now: datetime) -> Reason | None:
    if facts.open_cart and campaign.audience.only_with_empty_cart:
        return Reason.OPEN_CART
    if facts.last_step >= len(campaign.steps):
        return Reason.SEQUENCE_DONE
    delay = timedelta(days=campaign.steps[facts.last_step].delay_days)
    since = facts.last_step_at if facts.last_step else facts.trigger_at + timedelta(days=campaign.audience.inactive_days)
    if since is None or now - since < delay:
        return Reason.NOT_DUE
    return None


def _limit_reason(facts: Facts, campaign: Campaign, now: datetime) -> Reason | None:
    limits = campaign.limits
    if facts.last_letter_at and now - facts.last_letter_at < timedelta(days=limits.cooldown_days):
        return Reason.COOLDOWN
    if facts.letters_in_cap >= limits.cap_letters:
        return Reason.FREQUENCY_CAP
    return None


def in_holdout(person_key: str, campaign: Campaign, secret: bytes) -> bool:
    """Whether the keyed hash of person and campaign falls into the holdout's share: stable whenever it is asked."""
    digest = hmac.digest(secret, f"holdout\0{campaign.slug}\0{person_key}".encode(), hashlib.sha256)
    return int.from_bytes(digest[:8]) * 100 < campaign.limits.holdout_percent << 64


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
        """Audience, holdout, every reason that occurred, selected: as a person reads a funnel."""
        reasons = [(reason.value, self.counts[reason]) for reason in Reason if self.counts[reason]]
        return [("audience", self.audience), *reasons, ("holdout", self.counts[Outcome.HOLDOUT]), ("selected", self.selected)]
