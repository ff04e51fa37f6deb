"""What can a preflight find, and what is to be done about it?"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

BROKEN = (ValueError, TypeError, AttributeError, KeyError, IndexError, ArithmeticError, RecursionError, UserWarning)
"""What pikepdf, or whoever asks it, raises over broken files, besides its own PdfError."""


class Severity(StrEnum):
    """Whether a finding keeps a file from the print shop."""

    ERROR = "error"
    """The file must not be printed."""
    WARNING = "warning"
    """Worth a look; the file may be printed."""


class Code(StrEnum):
    """What is wrong, one word for each kind of fault; docs/preflight.md says what to do about each."""

    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    TOO_MANY_BYTES = "too_many_bytes"
    CHANGED = "changed"
    WRONG_PAGE_COUNT = "wrong_page_count"
    TOO_MANY_PAGES = "too_many_pages"
    ODD_PAGES = "odd_pages"
    BACK_NOT_BLANK = "back_not_blank"
    WRONG_PAGE_SIZE = "wrong_page_size"
    WRONG_BOXES = "wrong_boxes"
    NO_BLEED = "no_bleed"
    WRONG_VERSION = "wrong_version"
    NOT_PDF_X = "not_pdf_x"
    NO_OUTPUT_INTENT = "no_output_intent"
    NO_LETTER_MARKS = "no_letter_marks"
    FONT_NOT_EMBEDDED = "font_not_embedded"
    FONT_NOT_SUBSET = "font_not_subset"
    RGB_COLOUR = "rgb_colour"
    TOO_MUCH_INK = "too_much_ink"
    MIXED_BLACK = "mixed_black"
    CODE_NOT_BLACK = "code_not_black"
    COARSE_PICTURE = "coarse_picture"
    TRANSPARENCY = "transparency"
    TRANSITION = "transition"
    ANNOTATION = "annotation"
    ACTION = "action"
    FORM_FIELDS = "form_fields"
    ATTACHMENT = "attachment"
    HIDDEN = "hidden"
    WRONG_LETTER = "wrong_letter"
    WRONG_ADDRESS = "wrong_address"
    ADDRESS_MOVED = "address_moved"
    ADDRESS_CUT_OFF = "address_cut_off"
    WINDOW_NOT_CLEAR = "window_not_clear"
    ZONE_NOT_CLEAR = "zone_not_clear"
    CODE_UNREADABLE = "code_unreadable"
    CODE_TOO_SMALL = "code_too_small"
    WRONG_CODE = "wrong_code"


WARNINGS = frozenset({Code.FONT_NOT_SUBSET, Code.ADDRESS_CUT_OFF, Code.COARSE_PICTURE})
"""What does not keep a file from the print shop by itself."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault, and where it is."""

    code: Code
    message: str
    """Which thing, what is wrong with it, what to do; for people. Never a name or an address: it is kept and shown."""
    page: int | None = None
    """Counted from 1."""
    letter: int | None = None
    """The letter's number in the database."""
    severity: Severity = Severity.ERROR

    @property
    def where(self) -> str:
        """The place in words, empty for the whole file."""
        return ", ".join(f"{word} {number}" for word, number in (("page", self.page), ("letter", self.letter)) if number is not None)

    def __str__(self) -> str:
        return f"{self.code}{f' ({self.where})' if self.where else ''}: {self.message}"


def finding(code: Code, message: str, page: int | None = None, letter: int | None = None) -> Finding:
    """A finding with the severity of its code."""
    return Finding(code, message, page, letter, Severity.WARNING if code in WARNINGS else Severity.ERROR)


MOST_SHOWN = 20
"""Findings of one code that a report holds; where 2,000 letters share a fault, nobody reads it 2,000 times."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a preflight saw of one file."""

    findings: tuple[Finding, ...] = ()
    """In the order of pages, ``MOST_SHOWN`` of a code at the most."""
    counts: Mapping[Code, int] = field(default_factory=dict)
    """How many there are of each code, with those that ``findings`` leaves out."""
    pages: int = 0
    sheets: int = 0
    addresses_read: int = 0
    codes_read: int = 0

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What keeps the file from the print shop."""
        return tuple(one for one in self.findings if one.severity is Severity.ERROR)

    @property
    def passed(self) -> bool:
        """Whether the file may be printed."""
        return not self.errors

    @property
    def checked(self) -> str:
        """What was looked at, in words."""
        return f"{self.pages} pages on {self.sheets} sheets, {self.addresses_read} addresses, {self.codes_read} codes"

    @property
    def counts_in_words(self) -> str:
        """Every code with its number, like ``no_output_intent 1``."""
        return ", ".join(f"{code} {many}" for code, many in self.counts.items())

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON can hold it."""
        return asdict(self) | {"findings": [asdict(one) for one in self.findings], "counts": {str(code): many for code, many in self.counts.items()}}


def report_from_dict(stored: Mapping[str, Any]) -> Report:
    """The way back from ``Report.as_dict``."""
    found = tuple(Finding(**{**one, "code": Code(one["code"]), "severity": Severity(one["severity"])}) for one in stored["findings"])
    return Report(**{**stored, "findings": found, "counts": {Code(code): many for code, many in stored["counts"].items()}})


class Findings:
    """Collects findings of one file, ``MOST_SHOWN`` of each code."""

    def __init__(self) -> None:
        self.counts: Counter[Code] = Counter()
        self._kept: list[Finding] = []

    def add(self, code: Code, message: str, page: int | None = None, letter: int | None = None) -> None:
        """Note a fault."""
        self.counts[code] += 1
        if self.counts[code] <= MOST_SHOWN:
            self._kept.append(finding(code, message, page, letter))

    def extend(self, found: Iterable[Finding]) -> None:
        """Note faults that somebody else found."""
        for one in found:
            self.add(one.code, one.message, one.page, one.letter)

    @property
    def kept(self) -> tuple[Finding, ...]:
        """By page, what concerns the whole file first."""
        return tuple(sorted(self._kept, key=lambda one: one.page or 0))
