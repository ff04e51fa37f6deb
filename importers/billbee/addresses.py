"""Where does this person live, in whichever of Billbee's spellings the address comes?

One thing has three names: orders say HouseNumber, Line2 and CountryISO2, customers Housenumber, AddressAddition and
CountryCode, parcels FullName and FullStreet besides (importer facts 2.2, 2.3). All go through ``to_address``.
"""

import re
from collections.abc import Mapping
from typing import Any

from campaigns.address import Address
from campaigns.countries import code_of
from importers.billbee.fields import LONGEST_KEY, first_said, said
from importers.errors import BadRecord
from importers.persons import split_name
from importers.text import printed

_NO_COMPANIES = frozenset(("keine firma", "keine", "kein", "ohne firma", "ohne", "privat", "private", "privatperson", "privatkunde"))
_JUNK_COMPANIES = _NO_COMPANIES | {"no company", "none", "null", "na", "n/a", "k.a.", "k. a."}
"""What people and shops fill in where a company is asked for and there is none ("Keine Firma": importer facts 2.2)."""
_SAYS_NOTHING = re.compile(r"[\W_]+|0+")
_HIDDEN = re.compile(
    r".*\*\*.*|[\W_]*\*[\W_]*|[xX]{3,}|(?:anonym(?:e[rs]?)?|(?:anonymi|pseudonymi)[sz]\w*|gel(?:ö|oe)scht\w{0,2}|deleted|redacted|dsgvo|gdpr)(?:[\W\d_].*)?",
    re.IGNORECASE,
)
"""What stands where a person was: Billbee makes buyers anonymous, those of Amazon after 40 days (its blog), others by the
merchant's own rules. It says nowhere how that looks; these are the ways that programs do it."""


def to_address(row: Mapping[str, Any]) -> Address:
    """The address of ``row``, never an error: what cannot be read is empty, and a bad address is judged when a letter is due.

    A house number goes behind the street, unless it stands there already or there is none: many shops put both into one field.
    An address of somebody who was made anonymous is empty as a whole, so that it leaves a good one alone.
    """
    company, first, last = (_meant(first_said(row, name)) for name in ("Company", "FirstName", "LastName"))
    street = first_said(row, "Street", "Address1") or first_said(row, "FullStreet")
    title = ""
    if not first and not last:
        title, first, last = split_name(_meant(first_said(row, "FullName", "Name")))
    if any(map(is_hidden, (company, first, last, street))):
        return Address()
    country = first_said(row, "CountryISO2", "CountryCode", "Country")
    return Address(
        company="" if company.casefold() in _JUNK_COMPANIES else company,
        title=title,
        first_name=first,
        last_name=last,
        addition=_addition(first_said(row, "NameAddition", "Name2"), first_said(row, "Line2", "AddressAddition", "Address2")),
        street=with_house_number(_meant(street), first_said(row, "HouseNumber", "Housenumber")),
        postcode=_meant(said(row.get("Zip")))[:LONGEST_KEY],  # whatever it is then, it is no postcode and no letter goes there
        town=_meant(said(row.get("City"))),
        country=code_of(country) or "",
    )


def with_house_number(street: str, number: str) -> str:
    """``street`` with its house number once: behind it, unless it ends with the number ("Hauptstr. 5 a" and "5a") or begins with it ("5, rue X").

    A number that holds the street too ("Am Anger 3" in both fields, or in the second alone) is the whole line.
    """
    if not number or _SAYS_NOTHING.fullmatch(number):
        return street
    if not street:
        return number if re.search(r"[^\W\d_]{3}", number) else ""
    if _begins(number, street):
        return number
    stands_in_front = street.lower().startswith((f"{number.lower()} ", f"{number.lower()},"))
    return street if stands_in_front or _ends(street, number) else f"{street} {number}"


def is_hidden(text: str) -> bool:
    """Whether the text stands for one that was made unreadable: ``***``, ``Anonymisiert``, ``xxxx``."""
    return _HIDDEN.fullmatch(text) is not None


def is_damaged(address: Address) -> bool:
    """Whether letters came in the wrong encoding (``MÃ¼ller``) or got lost: such an address must not be printed."""
    try:
        for text in (address.company, address.title, address.first_name, address.last_name, address.addition, address.street, address.town):
            printed(text)
    except BadRecord:
        return True
    return False


def _meant(text: str) -> str:
    """The text, unless it is a mark for nothing ("-", ".", "0")."""
    return "" if _SAYS_NOTHING.fullmatch(text) and "*" not in text else text


def _addition(name: str, line: str) -> str:
    """Both additional lines in one: the envelope has room for one."""
    name, line = _meant(name), _meant(line)
    if not line or is_hidden(line) or line.casefold() in name.casefold():
        return "" if is_hidden(name) else name
    return line if not name or is_hidden(name) or name.casefold() in line.casefold() else f"{name}, {line}"


def _begins(text: str, start: str) -> bool:
    """Whether ``text`` is ``start``, or ``start`` and further words."""
    text, start = text.lower(), start.lower()
    return text.startswith(start) and not text[len(start) : len(start) + 1].isalnum()


def _ends(street: str, number: str) -> bool:
    """Whether the street's end is the number, however it is spaced; "12" is not the end of "112", nor "3" that of the square "C3"."""
    street, wanted = street.lower(), "".join(number.lower().split())
    at = len(street)
    for char in reversed(wanted):
        at = len(street[:at].rstrip()) - 1
        if at < 0 or street[at] != char:
            return False
    return not street[at - 1 : at].isalnum() or (wanted[0].isdigit() and street[max(at - 3, 0) : at].isalpha() and at >= 3)
