"""Was it a person who scanned the code?"""

from datetime import datetime
from enum import StrEnum


class ScanKind(StrEnum):
    """What came by; everything is stored, only the human ones count."""

    HUMAN = "human"
    BOT = "bot"
    PREVIEW = "preview"
    """A messenger or mail program that looked at the link to show a picture of it."""
    HEAD = "head"
    PREFETCH = "prefetch"
    EARLY = "early"
    """Before the letter was posted (where no print shop says when: handed over): somebody there or with us, not the customer."""
    SEED = "seed"
    """Of a letter to a seed address: one of us."""


class Agent(StrEnum):
    """What a user agent says of itself."""

    BROWSER = "browser"
    CRAWLER = "crawler"
    PREVIEW = "preview"


def seen_as(method: str, purpose: str, agent: Agent) -> ScanKind:
    """The kind of a request as far as the request itself tells (reliability facts 1.1); ``purpose`` is Sec-Purpose or one of its older spellings."""
    if method == "HEAD":
        return ScanKind.HEAD
    if "prefetch" in purpose.lower() or "preview" in purpose.lower():
        return ScanKind.PREFETCH
    return _BY_AGENT[agent]


_BY_AGENT = {Agent.BROWSER: ScanKind.HUMAN, Agent.CRAWLER: ScanKind.BOT, Agent.PREVIEW: ScanKind.PREVIEW}


def classify(seen: ScanKind, is_seed: bool, went_out_at: datetime | None, scanned_at: datetime) -> ScanKind:
    """The kind of a scan once its letter is known: what looked human may still be somebody of the house or of the print shop."""
    if seen is not ScanKind.HUMAN:
        return seen
    if is_seed:
        return ScanKind.SEED
    return ScanKind.EARLY if went_out_at is None or scanned_at < went_out_at else ScanKind.HUMAN
