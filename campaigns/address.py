"""Can a letter be posted to this person, and which lines does the envelope window show?"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from campaigns.countries import envelope_name, is_known
from campaigns.delivery import Delivery, delivery, is_care_of, may_be_station
from campaigns.destinations import DESTINATIONS, Destination, destination

MAX_LINES = 6
"""Lines of the address zone of DIN 5008."""
_JOINED = 42
"""Characters of a line that was joined from two: as many fill the 80 mm of the address zone at 10.5 pt (print facts 1.2)."""


class AddressProblem(StrEnum):
    """Why an address is not printed."""

    NO_NAME = "no_name"
    NO_STREET = "no_street"
    NO_POSTCODE = "no_postcode"
    NO_TOWN = "no_town"
    NO_COUNTRY = "no_country"
    NO_POST_NUMBER = "no_post_number"
    """A Packstation or Postfiliale without its number or the customer's Postnummer."""
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
    """The lines of the address zone from the top, the first reason not to print them, and what was given and is not printed."""

    lines: tuple[str, ...]
    problem: AddressProblem | None = None
    dropped: tuple[str, ...] = ()


def postal(address: Address, home: str, most_lines: int = MAX_LINES) -> PostalAddress:
    """Set ``address`` as mailed from country ``home``: foreign towns in capitals, the country as last line (print facts 6).

    Where that takes more than ``most_lines``, lines are joined in this order (docs/addresses.md): postcode and town, addition and
    street, company and name. Nothing is shortened; what still does not fit is a problem. Lines are in Unicode's composed form (NFC).
    """
    habits = destination(address.country)
    place = delivery(address.company, address.addition, address.street, address.country, habits.box_under_street)
    lines = tuple(unicodedata.normalize("NFC", line) for line in _lines(address, habits, place, home, most_lines))
    return PostalAddress(lines, _problem(address, habits, place, lines, most_lines), place.dropped)


def postal_problem(address: Address, home: str, most_lines: int = MAX_LINES) -> AddressProblem | None:
    """``postal(…).problem``, without setting the lines of the many that are short and right: a selection asks for millions."""
    habits = DESTINATIONS.get(address.country)
    few = most_lines >= MAX_LINES and (address.country == home or not address.addition)  # never more lines than there is room for
    named = address.last_name or address.company or address.first_name or address.title
    if few and named and address.street and address.town and habits and habits.postcode and habits.postcode.fullmatch(address.postcode):
        parts = (address.company, address.title, address.first_name, address.last_name, address.addition, address.street, address.town)
        text = "".join(parts)
        if not _has_bad_character(text) and not may_be_station(text):
            return None
    return postal(address, home, most_lines).problem


def _lines(address: Address, habits: Destination, place: Delivery, home: str, most: int) -> list[str]:
    country = [envelope_name(address.country, home)] if address.country != home and is_known(address.country) else []
    room = most - len(country)
    head, tail = _head(address.name, place), _tail(address, habits, place.street, place.box, home, habits.lines)
    formats = habits.lines
    if len(head) + len(tail) > room and habits.short:
        formats = habits.short
        tail = _tail(address, habits, place.street, place.box, home, formats)
    if len(head) + len(tail) > room and (street := _with_addition(head, habits, place)):
        head.remove(place.addition)
        tail = _tail(address, habits, street, place.box, home, formats)
    if len(head) + len(tail) > room and head[:2] == [place.company, address.name] and len(", ".join(head[:2])) <= _JOINED:
        head[:2] = [", ".join(head[:2])]
    return [*head, *tail, *country]


def _head(name: str, place: Delivery) -> list[str]:
    """The lines above the street; what is there already is not said again."""
    company, addition = place.company, place.addition
    lines = [name, company, addition] if is_care_of(company) else [company, name, addition]
    if company.casefold() == name.casefold():
        lines.remove(company)
    if addition.casefold() in (name.casefold(), company.casefold(), place.street.casefold()):
        lines.pop()
    return [line for line in lines if line]


def _tail(address: Address, habits: Destination, street: str, box: str, home: str, formats: tuple[str, ...]) -> list[str]:
    """The lines from the street on."""
    town = address.town
    if address.country != home or habits.capitals:
        town = _in_capitals(town, address.country)
    if habits.without_punctuation:
        town, street, box = map(_without_punctuation, (town, street, box))
    if habits.capital_street:
        street, box = street.upper(), box.upper()
    postcode = postcode_of(address).upper()
    lines = []
    for each in formats:
        lines.append(each.format(street=street, postcode=postcode, town=town).strip(" ,"))
        if each == "{street}":
            lines.append(box)
    return [line for line in lines if line]


_GREEK_ACCENT = re.compile("([\u0391-\u03a9]\u0308?)\u0301")


def _in_capitals(town: str, country: str) -> str:
    """Turkish keeps the dot of its i; Greek capitals have no accents."""
    if country in ("AZ", "TR"):
        return town.replace("i", "İ").upper()
    if country in ("CY", "GR"):
        return _GREEK_ACCENT.sub(r"\1", unicodedata.normalize("NFD", town.upper()))
    return town.upper()


_JOINING_STOP = re.compile(r"(?<=\b[^\W\d])\.(?=[^\W\d]\b)|\.(?=-)")
"""Of initials (N.W.) and before a hyphen (St.-Denis)."""
_PUNCTUATION = re.compile(r"[,;]|(?<!\d)\.|\.(?!\d)")


def _without_punctuation(part: str) -> str:
    """No commas and full stops, but those within a number; hyphens and apostrophes are part of names."""
    return " ".join(_PUNCTUATION.sub(" ", _JOINING_STOP.sub("", part)).split())


def _with_addition(head: list[str], habits: Destination, place: Delivery) -> str:
    """Street and addition in one line; empty where they cannot stand there together."""
    addition, street = place.addition, place.street
    if place.station or not street or addition not in head or is_care_of(addition):
        return ""
    joined = f"{street}, {addition}" if habits.unit_after_street else f"{addition}, {street}"
    return joined if len(joined) <= _JOINED else ""


def _problem(address: Address, habits: Destination, place: Delivery, lines: tuple[str, ...], most: int) -> AddressProblem | None:
    has_postcodes = habits.postcode is not None
    checks = (
        (not (address.name or address.company), AddressProblem.NO_NAME),
        (place.station and not (place.addition and place.street), AddressProblem.NO_POST_NUMBER),
        (not place.street, AddressProblem.NO_STREET),
        (not address.town, AddressProblem.NO_TOWN),
        (not address.country, AddressProblem.NO_COUNTRY),
        (not is_known(address.country), AddressProblem.UNKNOWN_COUNTRY),
        (has_postcodes and not address.postcode and not habits.may_lack_postcode, AddressProblem.NO_POSTCODE),
        (has_postcodes and address.postcode and habits.printed_postcode(address.postcode) is None, AddressProblem.BAD_POSTCODE),
        (_has_bad_character("".join(lines)), AddressProblem.BAD_CHARACTER),
        (len(lines) > most, AddressProblem.TOO_MANY_LINES),
    )
    return next((problem for wrong, problem in checks if wrong), None)


_UNREADABLE = re.compile(
    "[\ufffd"  # what a broken character became
    "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff"  # written from right to left
    "\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe00-\ufe0f\U0001f000-\U0001faff]"  # signs and emoji
)


def _has_bad_character(text: str) -> bool:
    """Control, format and replacement characters, scripts from right to left, emoji: nothing that a postman can read.

    Whether the letters' typeface has the others is asked of each letter (letters.check).
    """
    if text.isprintable():
        try:
            text.encode("latin-1")  # the fast way out: nothing unreadable among them but controls
        except UnicodeEncodeError:
            return _UNREADABLE.search(text) is not None
        return False
    return _UNREADABLE.search(text) is not None or any(unicodedata.category(char)[0] == "C" for char in text)


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
    return f"{rank}|{postcode_of(address)}|{address.street.casefold()}"


def postcode_of(address: Address) -> str:
    """The postcode as it is printed; as it was given where it is none of that country."""
    return destination(address.country).printed_postcode(address.postcode) or address.postcode
