"""Where may a word be divided?

Only words of letters alone: codes, dates, links and abbreviations are copied by hand or searched for, and must be found whole.
"""

import re
from functools import cache, lru_cache

from pyphen import LANGUAGES, HyphDict, language_fallback

from letters.fonts import SOFT_HYPHEN

Break = tuple[int, bool]
"""Position in the word, and whether a hyphen has to be added there."""

_BEFORE, _AFTER = 2, 3
"""Letters that stay on each side of a break."""
_WORD = re.compile(r"([^\w/@]*)([^\W\d_]+(?:-[^\W\d_]+)*)[^\w/@]*")
"""Letters, compounds with hyphens, and the punctuation around them."""


@lru_cache(65_536)
def breaks(word: str, language: str) -> tuple[Break, ...]:
    """The places where a line may end within ``word``, from front to back.

    Soft hyphens decide alone where there are any; else the hyphens of a compound, else the dictionary of the language (two
    letters). Without a language, or with one that pyphen has no dictionary for, only soft hyphens count.
    """
    if SOFT_HYPHEN in word:
        return tuple((at, True) for at, char in enumerate(word) if char == SOFT_HYPHEN and 0 < at < len(word) - 1)
    match = _WORD.fullmatch(word)
    if not match or not language:
        return ()
    start, letters = match.end(1), match[2]
    if any(part[1:] != part[1:].lower() for part in letters.split("-")):  # an abbreviation, a brand: GmbH, USt-IdNr., iPhone
        return ()
    if "-" in letters:
        places = [at + 1 for at, char in enumerate(letters) if char == "-"]
        return tuple((start + at, False) for at in places if at > _BEFORE and len(letters) - at >= _AFTER)
    return tuple((start + at, True) for at in _dictionary_breaks(letters, language))


def _dictionary_breaks(letters: str, language: str) -> list[int]:
    dictionary = _dictionary(language)
    if dictionary is None or len(letters) < _BEFORE + _AFTER:
        return []
    dictionary.cache.clear()  # it would keep every word; breaks() keeps those that come again
    # Some languages change letters at a break; pyphen tells so in .data, and such a break is left alone.
    return [int(at) for at in dictionary.positions(letters) if at.data is None and _BEFORE <= at <= len(letters) - _AFTER]


@cache
def _dictionary(language: str) -> HyphDict | None:
    known = language_fallback(language)
    if known is None:
        return None
    path = LANGUAGES[known]
    encoding, _, patterns = path.read_bytes().partition(b"\n")
    return HyphDict(path) if _is_special(patterns) else _Dictionary(patterns, encoding.decode().strip().replace("microsoft-", ""))


def _is_special(patterns: bytes) -> bool:
    """Whether there are patterns that pyphen alone can read: such as change letters, or are written in numbers."""
    found = _CHANGES_LETTERS.finditer(patterns)
    return b"^^" in patterns or any(patterns[patterns.rfind(b"\n", 0, match.start()) + 1] not in b"%#" for match in found)


_CHANGES_LETTERS = re.compile(rb"/.*=")
_STEP = re.compile(r"(\d?)(\D?)")


class _Dictionary(HyphDict):  # type: ignore[misc]
    """pyphen's dictionary, read in 40 ms instead of 400: of its 66,000 German patterns a letter's words need some hundred."""

    def __init__(self, patterns: bytes, encoding: str) -> None:
        letters_alone = patterns.translate(None, b"0123456789")
        lines = zip(letters_alone.decode(encoding).split("\n"), patterns.decode(encoding).split("\n"), strict=True)
        self.patterns = _Patterns({letters.strip(): pattern for letters, pattern in lines if letters != pattern})
        self.maxlen = max(map(len, self.patterns))
        self.cache: dict[str, list[int]] = {}


class _Patterns(dict[str, "str | tuple[int, tuple[int, ...]]"]):
    """A pattern's letters -> where its numbers begin, and the numbers from the first to the last that is not 0."""

    def get(self, letters: str, _: object = None) -> tuple[int, tuple[int, ...]] | None:  # type: ignore[override]
        """As pyphen wants it; parsed when a word first holds the letters."""
        found = super().get(letters)
        if isinstance(found, str):
            found = self[letters] = self._parsed(found)
        return found

    @staticmethod
    def _parsed(pattern: str) -> tuple[int, tuple[int, ...]]:
        values = [int(digit or "0") for digit, _ in _STEP.findall(pattern.strip())]
        places = [at for at, value in enumerate(values) if value]
        return (places[0], tuple(values[places[0] : places[-1] + 1])) if places else (0, ())
