"""What does a field of Billbee's JSON say, whatever it holds?

Numbers come as ``int`` or ``Decimal``, never as float: ids have up to 20 digits (importer facts 2.2).
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.rejection import RejectionReason
from importers.errors import BadRecord

LARGEST = 2**31 - 1
"""What an integer column of any database holds."""
LONGEST_TEXT = 2_000
LONGEST_KEY = 255
"""Characters of an id, a number or an e-mail address (RFC 5321: 254); databases cannot index much more."""
_DIGITS = 40
"""No id and no amount is longer: a number such as 1e999999999 must not be written out."""
_ZERO_FRACTION = re.compile(r"(?<=\d)\.0+$")
_SURROGATE = re.compile("[\ud800-\udfff]")
_YEARS = range(1970, 2101)
_BERLIN = ZoneInfo("Europe/Berlin")


def said(value: object) -> str:
    """Text or number as trimmed text with single blanks (NFC); empty for null, yes or no, and anything with parts.

    NUL and half characters (lone surrogates), which JSON can hold and databases cannot, are blanks and replacement characters.
    More than 2,000 characters are a field that swallowed others: it says nothing.
    """
    if isinstance(value, str):
        text = value.replace("\0", " ")
        if not text.isascii():
            text = unicodedata.normalize("NFC", _SURROGATE.sub("\ufffd", text))
        text = " ".join(text.split())
        return text if len(text) <= LONGEST_TEXT else ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() and _is_short(value) else ""
    return ""


def first_said(row: Mapping[str, Any], *names: str) -> str:
    """The first of the fields ``names`` that says something."""
    return next((text for name in names if (text := said(row.get(name)))), "")


def part(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object in a field; an empty one for null and anything else."""
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def parts(row: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects in a field's list."""
    value = row.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def identity(value: object) -> str:
    """An id as text, exact to the last digit, also where it came as text or as 1.0; empty for null, 0 (.NET's "no id") and what is too long."""
    text = _ZERO_FRACTION.sub("", said(value))
    return "" if text == "0" or len(text) > LONGEST_KEY else text


def state_number(value: object) -> int | None:
    """A number out of a list of states; None for anything else."""
    number = _number(value)
    return int(number) if number is not None and number == number.to_integral_value() else None


def cents(row: Mapping[str, Any], name: str) -> int | None:
    """An amount in cents, rounded half up; None for null. Raises ``BadRecord`` (bad_number)."""
    number = amount(row, name)
    return None if number is None else in_cents(number, name)


def in_cents(number: Decimal, name: str) -> int:
    """``number`` in cents, rounded half up. Raises ``BadRecord`` (bad_number) above what an amount can be."""
    if abs(number) * 100 > LARGEST:
        raise BadRecord(RejectionReason.BAD_NUMBER, f"{name} is {str(number)[:40]}, more than 21 million: look at this record in Billbee.")
    return int((number * 100).quantize(Decimal(1), ROUND_HALF_UP))


def amount(row: Mapping[str, Any], name: str) -> Decimal | None:
    """A number as it is; None for null. Raises ``BadRecord`` (bad_number)."""
    value = row.get(name)
    if value is None or value == "":
        return None
    number = _number(value)
    if number is None:
        raise BadRecord(RejectionReason.BAD_NUMBER, f'{name} is "{str(value)[:40]}", which is no number: look at this record in Billbee.')
    return number


def moment(row: Mapping[str, Any], name: str) -> datetime | None:
    """A date as moment in UTC; None for null and for .NET's empty date (year 1). Raises ``BadRecord`` (bad_date).

    Most of Billbee's dates name no zone (importer facts 2.2). They are taken for German time, in autumn's double hour for the
    first one: Billbee is a German house and shows them so. Nobody has verified it and UTC is possible, therefore what compares
    dates with our clock must overlap by more than two hours.
    """
    written = said(row.get(name))
    if not written or written.startswith("0001-"):
        return None
    try:
        found = datetime.fromisoformat(written)
        if found.year in _YEARS:
            return (found if found.tzinfo else found.replace(tzinfo=_BERLIN)).astimezone(UTC)
    except ValueError:
        pass
    raise BadRecord(RejectionReason.BAD_DATE, f'{name} is "{written[:40]}", which is no date: look at this record in Billbee.')


def certain_moment(row: Mapping[str, Any], name: str) -> datetime | None:
    """As ``moment``, but None too within autumn's double hour, where nobody can tell the first 02:30 from the second.

    For times by which an older record must not overwrite a newer one: without such a time what is read later is newer, which is
    true of everything that one reader asks for.
    """
    found = moment(row, name)
    if found is None:
        return None
    local = found.astimezone(_BERLIN)
    is_double = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return None if is_double else found


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        number = Decimal(value) if not isinstance(value, str) or value.isascii() else Decimal("NaN")
    except InvalidOperation:
        return None
    return number if number.is_finite() and _is_short(number) else None


def _is_short(number: Decimal) -> bool:
    return -_DIGITS < number.adjusted() < _DIGITS
