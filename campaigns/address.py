"""Can a letter be posted to this person, and which lines does the envelope window show?"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from campaigns.countries import COUNTRIES, country, envelope_name, is_known

MAX_LINES = 6
"""Lines of the address zone of DIN 5008."""


class AddressProblem(StrEnum):
    """Why an address is not printed."""

    NO_NAME = "no_name"
    NO_STREET = "no_street"
    NO_POSTCODE = "no_postcode"
    NO_TOWN = "no_town"
    NO_COUNTRY = "no_country"
    UNKNOWN_COUNTRY = "unknown_country"
    BAD_POSTCODE = "bad_postcode"
    BAD_CHARACTER = "bad_character"
    TOO_MANY_LINES = "too_many_lines"

    @property
    def is_gap(self) -> bool:
        """Something is missing (address_incomplete) rather than wrong (address_invalid)."""
        return self.value.startswith("no_")


class AddressState(StrEnum):
    """What the post has told us about an address."""

    OK = "ok"
    UNDELIVERABLE = "undeliverable"
    MOVED = "moved"
    DECEASED = "deceased"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person lives, part by part; every part is trimmed text, empty when unknown; country is ISO 3166 alpha-2."""

    company: str = ""
    title: str = ""
    first_name: str = ""
    last_name: str = ""
    addition: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""

    @property
    def name(self) -> str:
        """Title, first and last name in one line."""
        return " ".join(filter(None, (self.title, self.first_name, self.last_name)))


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """The lines of the address zone from the top, and the first reason not to print them."""

    lines: tuple[str, ...]
    problem: AddressProblem | None = None


def postal(address: Address, home: str) -> PostalAddress:
    """Set ``address`` as mailed from country ``home``: foreign towns in capitals, the country as last line (print facts 6).

    Nothing is dropped or shortened in silence: what does not fit is a problem.
    """
    lines = tuple(filter(None, _lines(address, home)))
    return PostalAddress(lines, _problem(address, lines))


def postal_problem(address: Address, home: str) -> AddressProblem | None:
    """``postal(address, home).problem``, without setting the lines of the many that are inland and right: a selection asks for millions."""
    habits = COUNTRIES.get(address.country)
    inland = address.country == home and habits is not None and not habits.postcode_below  # never more lines than there is room for
    named = address.last_name or address.company or address.first_name or address.title
    if inland and named and address.street and address.town and habits and habits.postcode and habits.postcode.fullmatch(address.postcode):
        parts = (address.company, address.title, address.first_name, address.last_name, address.addition, address.street, address.town)
        if not _has_bad_character("".join(parts)):
            return None
    return postal(address, home).problem


def _lines(address: Address, home: str) -> list[str]:
    habits = country(address.country)
    town, postcode, name = address.town, address.postcode.upper(), address.name
    foreign = address.country != home
    if foreign:
        town = town.upper()
    company = address.company if address.company.casefold() != name.casefold() else ""
    lines = [company, name, address.addition, address.street, habits.town_line.format(postcode=postcode, town=town).strip()]
    if habits.postcode_below:
        lines.append(postcode)
    if foreign and is_known(address.country):
        lines.append(envelope_name(address.country))
    return lines


def _problem(address: Address, lines: tuple[str, ...]) -> AddressProblem | None:
    habits = country(address.country)
    checks = (
        (not (address.name or address.company), AddressProblem.NO_NAME),
        (not address.street, AddressProblem.NO_STREET),
        (not address.town, AddressProblem.NO_TOWN),
        (not address.country, AddressProblem.NO_COUNTRY),
        (not is_known(address.country), AddressProblem.UNKNOWN_COUNTRY),
        (habits.postcode is not None and not address.postcode, AddressProblem.NO_POSTCODE),
        (habits.postcode is not None and not habits.postcode.fullmatch(address.postcode.upper()), AddressProblem.BAD_POSTCODE),
        (_has_bad_character("".join(lines)), AddressProblem.BAD_CHARACTER),
        (len(lines) > MAX_LINES, AddressProblem.TOO_MANY_LINES),
    )
    return next((problem for wrong, problem in checks if wrong), None)


def _has_bad_character(text: str) -> bool:
    """Control, format and replacement characters: nothing that a postman can read (nothing printable is of category C: the fast way out)."""
    if text.isprintable():
        return "\ufffd" in text
    return any(unicodedata.category(char)[0] == "C" or char == "\ufffd" for char in text)


_BETWEEN_NUMBERS = re.compile(r"(?<=\d)\W+(?=\d)")
_SEPARATORS = re.compile(r"[^\w/]+")


def household_key(address: Address) -> str | None:
    """Same surname at the same address: one letter of a print run; None when there is too little to tell."""
    if not (address.last_name and address.street and address.postcode):
        return None
    parts = (address.last_name, address.street, address.postcode, address.country)
    return "|".join(plain(part) for part in parts)


def plain(part: str) -> str:
    """Part of a name or an address without what people write differently; "1-3" stays apart from "13"."""
    text = unicodedata.normalize("NFKC", part).casefold().replace("strasse", "str")
    return _SEPARATORS.sub("", _BETWEEN_NUMBERS.sub("/", text))


def sort_key(address: Address, home: str) -> str:
    """Mail order: inland by postcode and street, then abroad by country."""
    rank = "0" if address.country == home else "1" + address.country
    return f"{rank}|{address.postcode}|{address.street.casefold()}"
