"""What is a campaign: whom does it reach, with which letters, within which limits?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date

from campaigns.countries import is_known
from campaigns.errors import InvalidCampaign
from campaigns.kinds import LAST_DAY, MOST, AbandonedCart, Audience, CampaignKind, CouponExpiry, NoPurchase, Problem, Reorder, Segment, Winback

MOST_DAYS = 36_500
"""A hundred years: more is a slip of the keyboard, and no date to count from."""
PRIORITIES = range(1, 10)


@dataclass(frozen=True, slots=True)
class Step:
    """One letter of the sequence."""

    layout: str
    delay_days: int = 0
    """After the step before; for the first step after the trigger."""
    offer: str = ""
    """Slug of the offer behind the coupon, empty for a letter without one."""
    test_layout: str = ""
    """A second layout that some get instead (A/B test), empty for no test."""
    test_percent: int = 50
    """Share of people who get the second layout."""

    @property
    def layouts(self) -> tuple[str, ...]:
        """The one layout, or both."""
        return (self.layout, self.test_layout) if self.test_layout else (self.layout,)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a campaign may not exceed (defaults: market facts 9)."""

    holdout_percent: int = 10
    cooldown_days: int = 45
    """Between any two letters to one person, over all campaigns."""
    cap_letters: int = 3
    cap_days: int = 90
    countries: tuple[str, ...] = ("DE", "AT", "CH")
    """ISO codes that letters go to; empty means everywhere."""
    max_letters_per_run: int | None = None
    max_letters: int | None = None
    """In total, over all runs."""
    budget_per_run_cents: int | None = None
    """Paper, print and postage, as the tariff of the installation reckons them."""
    budget_cents: int | None = None
    """In total, over all runs."""
    minimum_letters: int = 1
    """A print run with fewer letters waits: nothing is printed, the people are free for the next run."""
    earliest: date | None = None
    """First day on which the campaign selects anybody."""
    latest: date | None = None
    """Last day on which it does."""
    priority: int = 5
    """1 goes first: where two campaigns would write to a person on one day, the lower number does."""

    def problems(self) -> list[Problem]:
        """What cannot work."""
        strange = [code for code in self.countries if not is_known(code)]
        most = ("max_letters_per_run", "max_letters", "budget_per_run_cents", "budget_cents")
        room = [left for left in (self.max_letters_per_run, self.max_letters) if left is not None]
        return [
            (not 0 <= self.holdout_percent <= 50, "the holdout must be between 0 and 50 percent."),
            (min(self.cooldown_days, self.cap_days) < 0 or self.cap_letters < 1, "cooldown and cap cannot be negative, the cap is at least 1 letter."),
            *((getattr(self, name) is not None and getattr(self, name) < 1, f"{name} must be 1 or more, or left out.") for name in most),
            *((getattr(self, name) is not None and getattr(self, name) > MOST, f"{name} cannot be above {MOST}: leave it out for no limit.") for name in most),
            (self.minimum_letters < 1, "minimum_letters must be 1 or more."),
            (bool(room) and min(room) < self.minimum_letters, "minimum_letters is above the most letters that the campaign may print: it would wait for ever."),
            (self.earliest is not None and self.earliest > LAST_DAY, f"it cannot begin on {self.earliest}: {LAST_DAY} is the last day for that."),
            (bool(self.earliest and self.latest and self.earliest > self.latest), f"it cannot begin on {self.earliest} and end on {self.latest}."),
            (self.priority not in PRIORITIES, "the priority must be between 1 (goes first) and 9."),
            (bool(strange), f"unknown country {', '.join(strange)}: use ISO codes like DE, AT, CH."),
        ]


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as its marketer saved it."""

    slug: str
    name: str
    landing_url: str
    """Where a scan leads; ``{coupon_code}`` in it is replaced by the letter's code."""
    steps: tuple[Step, ...]
    audience: Audience = Winback()
    limits: Limits = Limits()
    default_language: str = "de"
    """For a person whose own language the layout has no text in."""
    active: bool = True
    """An inactive campaign selects nobody and takes nobody from another one."""

    def __post_init__(self) -> None:
        if wrong := self.problems():
            raise InvalidCampaign(f"Campaign {self.slug!r}: {' '.join(wrong)}")

    @property
    def kind(self) -> CampaignKind:
        """What makes a person a candidate."""
        return self.audience.kind

    @property
    def loop_days(self) -> int | None:
        """Days between repetitions of the last step; None where the sequence ends with it."""
        return self.audience.loop_days if isinstance(self.audience, Winback | Segment) else None

    def step(self, number: int) -> Step:
        """The step with a running number from 1; where the campaign loops, numbers go on above the last step."""
        return self.steps[min(number, len(self.steps)) - 1]

    def runs_on(self, day: date) -> bool:
        """Whether it selects anybody on that day."""
        earliest, latest = self.limits.earliest, self.limits.latest
        return self.active and (earliest is None or earliest <= day) and (latest is None or day <= latest)

    def problems(self) -> list[str]:
        """Everything that contradicts itself, each with what to do."""
        return [message for wrong, message in self._problems() if wrong]

    def _problems(self) -> Iterator[Problem]:
        yield not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.slug), "the slug may hold a-z, 0-9 and single hyphens only, like 'winback-autumn'."
        yield not self.name.strip(), "give it a name."
        yield not self.steps, "it needs at least one step."
        yield (
            not re.fullmatch(r"https?://[^/?#\s]\S*", self.landing_url),
            f"the landing page {self.landing_url!r} must start with https:// and name a host.",
        )
        yield from self._step_problems()
        yield from self.audience.problems()
        yield from self.limits.problems()
        yield self._longest_days() > MOST_DAYS, f"no number of days can be above {MOST_DAYS}."
        yield from self._time_problems()

    def _step_problems(self) -> Iterator[Problem]:
        first = self.steps[0] if self.steps else Step("", 1)
        counts_from_event = isinstance(self.audience, NoPurchase | AbandonedCart | Reorder)
        offers = isinstance(self.audience, CouponExpiry) and any(step.offer for step in self.steps)
        yield not all(step.layout for step in self.steps), "every step needs a layout."
        yield any(step.delay_days < 0 for step in self.steps), "a delay cannot be negative."
        yield any(step.delay_days < 1 for step in self.steps[1:]), "every step after the first needs a delay of 1 day or more."
        yield counts_from_event and first.delay_days < 1, f"the first step of {_a(self.kind)} campaign needs a delay of 1 day or more."
        yield any(not 1 <= step.test_percent <= 99 for step in self.steps), "the share of a tested layout must be between 1 and 99 percent."
        yield any(step.test_layout == step.layout for step in self.steps), "a layout cannot be tested against itself: choose another, or leave it out."
        yield offers, "a reminder prints the coupon that the person has already: leave the offer of its steps empty."

    def _time_problems(self) -> Iterator[Problem]:
        """Steps that no person could live to see: the last day on which the campaign still writes comes before."""
        most, wait = self.audience.days_to_write, sum(step.delay_days for step in self.steps)
        yield (
            0 <= most < wait,  # below 0 the audience has said itself what is wrong
            f"the last step comes {wait} days after the sequence may begin, but whom it is about is written to for {most} days only: nobody would get it.",
        )
        repeats = self.loop_days if isinstance(self.audience, Winback) else None
        yield (
            repeats is not None and 0 <= most < wait + repeats,
            f"the first repetition comes {wait + (repeats or 0)} days after the sequence may begin, but it ends after {most} days: it would never repeat.",
        )

    def _longest_days(self) -> int:
        named: list[int] = [getattr(part, field.name) or 0 for part in (self.audience, self.limits) for field in fields(part) if "days" in field.name]
        return max(0, *named, *(step.delay_days for step in self.steps))


def _a(kind: CampaignKind) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
