"""What is a campaign: whom does it reach, with which letters, within which limits?"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from campaigns.countries import is_known
from campaigns.errors import InvalidCampaign

MOST_DAYS = 36_500
"""A hundred years: more is a slip of the keyboard, and no date to count from."""


class CampaignKind(StrEnum):
    """What makes a person a candidate."""

    WINBACK = "winback"


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a win-back campaign looks at."""

    inactive_days: int = 180
    """Last sale longer ago than this."""
    max_inactive_days: int = 1095
    """A last sale longer ago than this is too old to advertise to (market facts 7: 24 to 36 months)."""
    only_with_empty_cart: bool = True
    """Pause for a person who has products in the cart (MailBeez default)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One letter of the sequence."""

    layout: str
    delay_days: int = 0
    """After the step before; for the first step after the trigger."""
    offer: str = ""
    """Slug of the offer behind the coupon, empty for a letter without one."""


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


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as its marketer saved it."""

    slug: str
    name: str
    kind: CampaignKind
    landing_url: str
    """Where a scan leads; ``{coupon_code}`` in it is replaced by the letter's code."""
    steps: tuple[Step, ...]
    audience: Audience = Audience()
    limits: Limits = Limits()
    default_language: str = "de"
    """For a person whose own language the layout has no text in."""

    def __post_init__(self) -> None:
        for wrong, message in self._problems():
            if wrong:
                raise InvalidCampaign(f"Campaign {self.slug!r}: {message}")

    def _problems(self) -> list[tuple[bool, str]]:
        limits, audience = self.limits, self.audience
        strange = [code for code in limits.countries if not is_known(code)]
        return [
            (not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.slug), "the slug may hold a-z, 0-9 and single hyphens only, like 'winback-autumn'."),
            (not self.name.strip(), "give it a name."),
            (not self.steps, "it needs at least one step."),
            (not re.fullmatch(r"https?://[^/?#\s]\S*", self.landing_url), f"the landing page {self.landing_url!r} must start with https:// and name a host."),
            (not all(step.layout for step in self.steps), "every step needs a layout."),
            (any(step.delay_days < 1 for step in self.steps[1:]), "every step after the first needs a delay of 1 day or more."),
            (any(step.delay_days < 0 for step in self.steps), "a delay cannot be negative."),
            (audience.inactive_days < 1, "inactive_days must be 1 or more."),
            (audience.max_inactive_days <= audience.inactive_days, "max_inactive_days must be above inactive_days, else nobody is left."),
            (not 0 <= limits.holdout_percent <= 50, "the holdout must be between 0 and 50 percent."),
            (min(limits.cooldown_days, limits.cap_days) < 0 or limits.cap_letters < 1, "cooldown and cap cannot be negative, the cap is at least 1 letter."),
            (limits.max_letters_per_run is not None and limits.max_letters_per_run < 1, "max_letters_per_run must be 1 or more, or left out."),
            (self._longest_days() > MOST_DAYS, f"no number of days can be above {MOST_DAYS}."),
            (bool(strange), f"unknown country {', '.join(strange)}: use ISO codes like DE, AT, CH."),
        ]

    def _longest_days(self) -> int:
        return max(self.audience.max_inactive_days, self.limits.cooldown_days, self.limits.cap_days, *(step.delay_days for step in self.steps))

    @property
    def version(self) -> str:
        """The content hash: equal definitions have equal versions."""
        return hashlib.sha256(json.dumps(as_dict(self), sort_keys=True).encode()).hexdigest()


def as_dict(campaign: Campaign) -> dict[str, Any]:
    """The definition as JSON can hold it."""
    found = asdict(campaign)
    found["limits"]["countries"] = list(campaign.limits.countries)
    found["steps"] = list(found["steps"])
    return found


def from_dict(definition: Mapping[str, Any]) -> Campaign:
    """The way back from ``as_dict``; raises InvalidCampaign for what can no longer work."""
    try:
        return _from_dict(definition)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidCampaign(f"This campaign definition cannot be read ({type(error).__name__}: {error}): save the campaign again.") from error


def _from_dict(definition: Mapping[str, Any]) -> Campaign:
    limits = dict(definition["limits"])
    limits["countries"] = tuple(limits["countries"])
    return Campaign(
        slug=definition["slug"],
        name=definition["name"],
        kind=CampaignKind(definition["kind"]),
        landing_url=definition["landing_url"],
        steps=tuple(Step(**step) for step in definition["steps"]),
        audience=Audience(**definition["audience"]),
        limits=Limits(**limits),
        default_language=definition["default_language"],
    )
