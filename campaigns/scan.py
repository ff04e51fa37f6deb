"""Was it a person who scanned the code?"""

from datetime import datetime
from enum import StrEnum


class ScanKind(StrEnum):
    """What came by; everything is stored, only the human ones count."""

    HUMAN = "human"
    BOT = "bot"
    HEAD = "head"
    PREFETCH = "prefetch"
    EARLY = "early"
    """Before the letter was handed over: somebody in the print shop, not the customer."""


def classify(method: str, purpose: str, is_crawler: bool, handed_over_at: datetime | None, now: datetime) -> ScanKind:
    """The kind of one request (reliability facts 1.1); ``purpose`` is Sec-Purpose or one of its older spellings."""
    if method == "HEAD":
        return ScanKind.HEAD
    if "prefetch" in purpose.lower() or "preview" in purpose.lower():
        return ScanKind.PREFETCH
    if is_crawler:
        return ScanKind.BOT
    if handed_over_at is None or now < handed_over_at:
        return ScanKind.EARLY
    return ScanKind.HUMAN
