"""How much is ``1.234,56``, and how much ``1,234``?

Most amounts tell by themselves which sign is the decimal one. Only a single sign before exactly three digits (``1.234``) does not:
then the column decides, by what its other values show, else the file's other columns.  Where nothing shows it, nobody guesses.
"""

import re
from collections.abc import Iterable

from campaigns.rejection import RejectionReason
from importers.errors import BadRecord
from importers.text import refuse_excel_damage, text

LARGEST = 2**31 - 1
"""What an integer column of any database holds; an amount above 21 million is a slip of columns rather than a sale."""

_CURRENCY = re.compile(r"€|\$|£|\b(?:EUR|CHF|USD|GBP|PLN|DKK|CZK|SEK|Euro)\b|[\s'’]", re.IGNORECASE)
_PLAIN = re.compile(r"\d{1,15}", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+", re.ASCII)
_DECIMAL = re.compile(r"(\d{0,15}|\d{1,3}(?:,\d{3})+)\.(\d{1,15})|(\d{0,15}|\d{1,3}(?:\.\d{3})+),(\d{1,15})", re.ASCII)
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)


def decimal_sign(cells: Iterable[str]) -> str | None:
    """The decimal sign that most of the cells with a say use; None when none has one."""
    votes = 0
    for cell in cells:
        amount = _bare(cell).lstrip("+-").rstrip("-")
        if not _AMBIGUOUS.fullmatch(amount) and not _GROUPED.fullmatch(amount) and (found := _DECIMAL.fullmatch(amount)):
            votes += 1 if found[2] else -1
    return None if votes == 0 else "." if votes > 0 else ","


def cents(cell: str, decimal: str) -> int | None:
    """The amount in cents, rounded half up; None for an empty cell. ``decimal`` is the sign of the column, "" where nothing shows it.

    Raises ``BadRecord`` (bad_number, excel_damage).
    """
    thousandths = _thousandths(cell, decimal)
    return None if thousandths is None else _within(cell, (abs(thousandths) + 5) // 10 * (1 if thousandths >= 0 else -1))


def count(cell: str, decimal: str) -> int | None:
    """A whole number such as ``3`` or ``3,00``; None for an empty cell.

    Raises ``BadRecord`` (bad_number, excel_damage), also for ``1.000`` where the comma is the decimal sign: programs write one piece like that.
    """
    amount = _bare(cell).lstrip("+-").rstrip("-")
    thousandths = _thousandths(cell, decimal if decimal in amount else "")
    if thousandths is None:
        return None
    if thousandths % 1000:
        raise BadRecord(RejectionReason.BAD_NUMBER, f'"{text(cell)}" is no whole number. Give the quantity in whole pieces.')
    return _within(cell, thousandths // 1000)


def _bare(cell: str) -> str:
    return _CURRENCY.sub("", cell)


def _thousandths(cell: str, decimal: str) -> int | None:
    refuse_excel_damage(text(cell))
    amount = _bare(cell)
    if not amount:
        return None
    sign = -1 if amount.startswith("-") or amount.endswith("-") else 1
    whole, fraction = _parts(amount.removeprefix("-").removeprefix("+").removesuffix("-"), decimal, cell)
    return sign * (int(whole or "0") * 1000 + int((fraction + "000")[:3]))


def _parts(amount: str, decimal: str, cell: str) -> tuple[str, str]:
    """Digits before and after the decimal sign."""
    ambiguous = _AMBIGUOUS.fullmatch(amount)
    if ambiguous and not decimal:
        raise BadRecord(RejectionReason.BAD_NUMBER, f'"{text(cell)[:40]}" may have thousands or decimals, {_UNTOLD}')
    grouped = _GROUPED.fullmatch(amount)
    if _PLAIN.fullmatch(amount) or (grouped and not (ambiguous and decimal in amount) and not amount.startswith("0")):
        return re.sub(r"\D", "", amount), ""
    if found := _DECIMAL.fullmatch(amount):
        return (re.sub(r"\D", "", found[1]), found[2]) if found[2] else (re.sub(r"\D", "", found[3]), found[4])
    raise BadRecord(RejectionReason.BAD_NUMBER, f'"{text(cell)[:40]}" is no amount. Write it like 1234.56 or 1.234,56.')


_UNTOLD = "and nothing in the file shows which. Write it like 1234 or 1,00, or say decimal in a mapping file."


def _within(cell: str, number: int) -> int:
    if abs(number) > LARGEST:
        raise BadRecord(RejectionReason.BAD_NUMBER, f'"{text(cell)[:40]}" is too large for an amount. Look whether the columns of this row have slipped.')
    return number
