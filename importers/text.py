"""What does a cell say once blanks, apostrophes and encoding damage are out of the way?"""

import re
import unicodedata

from campaigns.rejection import RejectionReason
from importers.errors import BadRecord

LONGEST_TEXT = 2_000
"""Characters of any cell that is read: product titles end at 255; more is a cell that swallowed others."""
LONGEST_KEY = 255
"""Characters of an id or an e-mail address (RFC 5321: 254); databases cannot index much more."""

_EXCEL_NUMBER = re.compile(r"[+-]?\d(?:[.,]\d+)?E\+\d{1,3}", re.IGNORECASE | re.ASCII)
_CONTINUATION = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ\u0080-\u00bf"
"""Bytes 80 to BF, the second ones of UTF-8 letters, as Windows-1252 and ISO-8859-1 show them."""
_MOJIBAKE = re.compile(f"Ã[{_CONTINUATION}]|Å[‚„›¡¸¼¾]|Ä[‡™±Ÿ\u008d]|Â[\u00a0´°]|â‚¬|â€")
"""UTF-8 letters read in another encoding (Ã¼ for ü); none of these pairs is part of a word in any language."""
_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""What copying leaves behind: soft hyphens, zero-width blanks, marks of writing direction, byte order marks."""


def text(cell: str) -> str:
    """The cell without outer blanks, invisible marks and Excel's ``="…"``, with single inner blanks, in Unicode's composed form (NFC).

    Raises ``BadRecord``: broken_encoding for replacement and control characters, broken_row for more text than a cell holds.
    """
    clean = " ".join(cell.split())
    if not clean.isascii():
        clean = " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", clean)).split())
    if len(clean) > LONGEST_TEXT:
        raise _too_long(clean)
    if clean.startswith('="') and clean.endswith('"') and len(clean) > 2:
        clean = clean[2:-1].strip()
    if not clean.isprintable() or "\ufffd" in clean:
        _refuse_damage(clean)
    return clean


def printed(cell: str) -> str:
    """As ``text``, for what may stand on an envelope: text decoded the wrong way (``MÃ¼ller``) is refused, not guessed at."""
    if not cell.isascii() and _MOJIBAKE.search(cell):
        raise _broken(cell, "letters in the wrong encoding")
    return text(cell)


def key(cell: str) -> str:
    """As ``text``, for numbers that are names (ids, postcodes): without the apostrophe that keeps them from spreadsheets.

    Raises ``BadRecord`` also for what a spreadsheet made of a long number, such as ``3,40E+17`` (excel_damage).
    """
    clean = text(cell).removeprefix("'").lstrip()
    refuse_excel_damage(clean)
    if len(clean) > LONGEST_KEY:
        raise _too_long(clean)
    return clean


def refuse_excel_damage(cell: str) -> None:
    """Raise ``BadRecord`` when a spreadsheet has rounded this number to ``3,40E+17``: its digits are lost."""
    if _EXCEL_NUMBER.fullmatch(cell):
        raise BadRecord(
            RejectionReason.EXCEL_DAMAGE,
            f'"{cell}" was a longer number until a spreadsheet rounded it. Export again and do not save the file from a spreadsheet.',
        )


def email(cell: str) -> str:
    """The address as given, trimmed; empty for what has no @ ("keine", "-"), because people are told apart by it."""
    clean = text(cell)
    if len(clean) > LONGEST_KEY:
        raise _too_long(clean)
    return clean if "@" in clean else ""


def _refuse_damage(cell: str) -> None:
    if "\ufffd" in cell:
        raise _broken(cell, "characters that got lost")
    if any(unicodedata.category(char) == "Cc" for char in cell):
        raise _broken("".join(char if char.isprintable() else "?" for char in cell), "control characters")


def _broken(cell: str, what: str) -> BadRecord:
    return BadRecord(RejectionReason.BROKEN_ENCODING, f'"{" ".join(cell.split())[:60]}" has {what}. Export again as "CSV UTF-8".')


def _too_long(cell: str) -> BadRecord:
    return BadRecord(RejectionReason.BROKEN_ROW, f'"{cell[:40]}…" has {len(cell):,} characters. Look for a quotation mark that is not closed.')
