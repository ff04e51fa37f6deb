"""Who gets no letter so that the effect can be measured, and who gets which of two layouts?

Both are drawn by a keyed hash of person and campaign: the same whenever, in whatever order and however often it is asked.
"""

import hashlib
import hmac

from campaigns.campaign import Campaign


def in_holdout(person_key: str, campaign: Campaign, secret: bytes) -> bool:
    """Whether the draw falls into the holdout's share."""
    return _falls_below(campaign.limits.holdout_percent, f"holdout\0{campaign.slug}\0{person_key}", secret)


def layout_of(person_key: str, campaign: Campaign, number: int, secret: bytes) -> str:
    """The layout of this person's letter of step ``number``: the step's own, or the one that it is tested against."""
    step = campaign.step(number)
    if step.test_layout and _falls_below(step.test_percent, f"layout\0{campaign.slug}\0{number}\0{person_key}", secret):
        return step.test_layout
    return step.layout


def _falls_below(percent: int, what: str, secret: bytes) -> bool:
    digest = hmac.digest(secret, what.encode(), hashlib.sha256)
    return int.from_bytes(digest[:8]) * 100 < percent << 64
