"""How does one tell a marketer why a character cannot be printed?"""

import unicodedata
from collections.abc import Set

_FROM_RIGHT = ("R", "AL")
_TURNS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
_SCRIPTS = {"CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}
_PICTURES = range(0x1F000, 0x20000)
"""Emoji and other pictures."""


def describe(chars: Set[str]) -> str:
    """Characters with their numbers: ``王 (U+738B)``; those that nobody sees by number only."""
    return ", ".join(f"{char} (U+{ord(char):04X})" if char.isprintable() else f"U+{ord(char):04X}" for char in sorted(chars))


def explained(chars: Set[str]) -> str:
    """What kind of characters they are and what to do, to be put behind a sentence; empty where their number must do."""
    reasons = (_invisible(char) or _foreign(char) for char in sorted(chars))
    return next((f": {reason}" for reason in reasons if reason), "")


def _invisible(char: str) -> str:
    if unicodedata.bidirectional(char) in _TURNS or char in "\u200e\u200f\u061c":
        return "an invisible mark that turns the direction of text, take it out"
    return "an invisible control character, take it out" if unicodedata.category(char) in ("Cc", "Cf") else ""


def _foreign(char: str) -> str:
    script, category = unicodedata.name(char, "").split(" ")[0], unicodedata.category(char)
    if unicodedata.bidirectional(char) in _FROM_RIGHT:
        return f"{script.capitalize()} is written from right to left, which is not printed; write it in Latin letters"
    if ord(char) in _PICTURES or category == "So":
        return "pictures and emoji are not printed, take them out"
    if category.startswith("M"):
        return "an accent that makes no single character with the letter before it; write the letter without it"
    if category.startswith("L") and script != "LATIN":
        return f"{_SCRIPTS.get(script, script.capitalize())} characters are not printed; write it in Latin letters"
    return ""
