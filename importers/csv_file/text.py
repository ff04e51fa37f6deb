"""What does a cell say once blanks, apostrophes and encoding damage are out of the way?"""

import re
import unicodedata

from campaigns.rejection import RejectionReason
from importers.errors import BadRecord

_EXCEL_NUMBER = re.compile(r"[+-]?\d(?:[.,]\d+)?E\+\d{1,3}", re.IGNORECASE | re.ASCII)
_EXCEL_FORMULA = re.compile(r'="(.*)"')
_CONTINUATION = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ\u0080-\u00bf"
"""Bytes 80 to BF, the second ones of UTF-8 letters, as Windows-1252 and ISO-8859-1 show them."""
_MOJIBAKE = re.compile(f"Ã[{_CONTINUATION}]|Å[‚„›¡¸¼¾]|Ä[‡™±Ÿ\u008d]|Â[\u00a0´°]|â‚¬|â€")
"""UTF-8 letters read in another encoding (Ã¼ for ü); none of these pairs is part of a word in any language."""


def text(cell: str) -> str:
    """The cell without outer blanks, with single inner ones, in Unicode's composed form (NFC).

    Raises ``BadRecord`` (broken_encoding) for a replacement character.
    """
    if cell.isascii():
        return " ".join(cell.split())
    if "\ufffd" in cell:
        raise _broken(cell, "characters that got lost")
    return " ".join(unicodedata.normalize("NFC", cell).split())


def printed(cell: str) -> str:
    """As ``text``, for what may stand on an envelope: text decoded the wrong way (``MÃ¼ller``) is refused, not guessed at."""
    if not cell.isascii() and _MOJIBAKE.search(cell):
        raise _broken(cell, "letters in the wrong encoding")
    return text(cell)


def key(cell: str) -> str:
    """As ``text``, for numbers that are names (ids, postcodes): without the apostrophe or ``="…"`` that keep them from spreadsheets.

    Raises ``BadRecord`` (excel_damage) for what a spreadsheet made of a long number, such as ``3,40E+17``.
    """
    cell = text(cell)
    if formula := _EXCEL_FORMULA.fullmatch(cell):
        cell = formula[1].strip()
    cell = cell.removeprefix("'").lstrip()
    refuse_excel_damage(cell)
    return cell


def refuse_excel_damage(cell: str) -> None:
    """Raise ``BadRecord`` when a spreadsheet has rounded this number to ``3,40E+17``: its digits are lost."""
    if _EXCEL_NUMBER.fullmatch(cell):
        raise BadRecord(
            RejectionReason.EXCEL_DAMAGE,
            f'"{cell}" was a longer number until a spreadsheet rounded it. Export again and do not save the file from a spreadsheet.',
        )


def email(cell: str) -> str:
    """The address as given, trimmed; empty for what has no @ ("keine", "-"), because people are told apart by it."""
    cell = text(cell)
    return cell if "@" in cell else ""


def _broken(cell: str, what: str) -> BadRecord:
    return BadRecord(RejectionReason.BROKEN_ENCODING, f'"{" ".join(cell.split())[:60]}" has {what}. Export again as "CSV UTF-8".')
