"""Why was a record of another system not taken over?"""

from dataclasses import dataclass
from enum import StrEnum


class RejectionReason(StrEnum):
    """The typed reason of a rejected record."""

    NO_KEY = "no_key"
    BAD_DATE = "bad_date"
    BAD_NUMBER = "bad_number"
    EXCEL_DAMAGE = "excel_damage"
    BROKEN_ENCODING = "broken_encoding"
    BROKEN_ROW = "broken_row"
    ORPHAN_ROW = "orphan_row"
    CONTRADICTION = "contradiction"
    UNKNOWN_OFFER = "unknown_offer"
    MALFORMED = "malformed"
    """A JSON record that does not keep to its schema."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """One record that stays outside: where it stood, what is wrong, in words that its owner can act on."""

    position: int
    """Row of the file as a spreadsheet counts it: the heading is row 1, a cell of several lines counts once.

    Of a shop's records and of JSON it is the how-manieth, from 1.
    """
    key: str
    """What the record calls itself, as far as it could be read."""
    reason: RejectionReason
    message: str
