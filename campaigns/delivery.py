"""Where is the letter delivered: at a street, a post office box, a Packstation?

Shops have two fields for it, and people fill them in any order.
"""

import re
from dataclasses import dataclass

_BOX = re.compile(
    r"(?:postfach|postbus|postboks|post\s?box|(?:p\.?\s?o\.?|post\s?office)\s?box|case postale|casella postale|bo[iî]te postale"
    r"|apartado|apdo\.|caixa postal|skr(?:ytka|\.) pocztowa|b\.?p\.? \d+(?!\.)|(?:c\.?s\.?|tsa) \d{5})(?!\w)",
    re.IGNORECASE,
)
_BESIDE = "".join(f"(?<!{words} )" for words in ("an der", "neben", "neben der", "bei", "bei der", "zur", "gegenüber", "gegenüber der"))
"""A street by a station, as in "An der Packstation 5", is none."""
_STATION = re.compile(_BESIDE + r"(?:dhl[\s-]+)?(packstation|postfiliale)(?![^\W\d_])\s*(?:nr\.?|no\.?|,)?\s*(?:(\d{3})(?!\d))?", re.IGNORECASE)
_STREET_AND_BOX = re.compile(rf"(.*[^\s,;/|])\s*[,;/|]\s*({_BOX.pattern}.*)", re.IGNORECASE)
_ONLY_BOX = re.compile(_BOX.pattern + r"[\d\s/-]*", re.IGNORECASE)
_POST_NUMBER = re.compile(r"(?:(?:dhl|postnummer|post-?nr|pn|kundennummer|kd\.?-?nr)[.:\s]*)*(?<!\d)(\d{6,10})(?!\d)", re.IGNORECASE)
_HAS_NUMBER = re.compile(r"\d")
_LEFT = " ,;/()-:"
_CARE_OF = re.compile(r"(?:c/o|z\.? ?hd\.?|℅)(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Delivery:
    """The parts of an address below the name, each in its place."""

    company: str
    addition: str
    street: str
    box: str = ""
    """A post office box that stands under the street."""
    station: bool = False
    """Street and addition are a Packstation or Postfiliale and the Postnummer."""
    dropped: tuple[str, ...] = ()
    """What was given and is not printed."""


def delivery(company: str, addition: str, street: str, country: str, box_under_street: bool) -> Delivery:
    """Put company, addition and street in order; a station without its Postnummer has no addition, one without a number no street.

    Street and post office box never stand together (print facts 6) but where the country's post wants both (``box_under_street``):
    who gives a box wants the mail there, unless it has no number and there is a street.
    """
    if country == "DE" and may_be_station(addition + street + company) and (found := _station(company, addition, street)):
        return _at_station(company, addition, street, found)
    company, addition, street, box = _parted(company, addition, street)
    if not box or box_under_street:
        return Delivery(company, addition, street or box, box if street else "")
    if street and not _HAS_NUMBER.search(box):
        return Delivery(company, addition, street, dropped=(box,))
    return Delivery(company, addition, box, dropped=(street,) if street else ())


def _parted(company: str, addition: str, street: str) -> tuple[str, str, str, str]:
    """Company, addition, street and post office box, wherever it was given; a box alone in the street's field stays there."""
    if _BOX.match(addition):
        return (company, addition, street, "") if _BOX.match(street) else (company, "", street, addition)
    if _ONLY_BOX.fullmatch(company) and not _BOX.match(street):
        return "", addition, street, company
    both = _STREET_AND_BOX.fullmatch(street)
    return (company, addition, both[1], both[2]) if both else (company, addition, street, "")


def _station(company: str, addition: str, street: str) -> re.Match[str] | None:
    """Where the station stands; in the company's field only with its number, else it may be a firm's name."""
    named = _STATION.search(company)
    return _STATION.search(addition) or _STATION.search(street) or (named if named and named[2] else None)


def is_care_of(text: str) -> bool:
    """Whether a line names who takes the letter in: it stands directly under the name."""
    return bool(_CARE_OF.match(text))


def may_be_station(text: str) -> bool:
    """A quick look: whether ``text`` speaks of a Packstation or Postfiliale."""
    lower = text.lower()
    return "packstation" in lower or "postfiliale" in lower


def _at_station(company: str, addition: str, street: str, found: re.Match[str]) -> Delivery:
    """The Postnummer, and below it the station (DHL's form); both may stand anywhere, and the street of the station is not printed."""
    left = [_STATION.sub("", part, count=1) if found.string is part else part for part in (addition, street, company)]
    number = ""
    for at, part in enumerate(left):
        if match := _POST_NUMBER.search(part):
            number = match[1]
            left[at] = part[: match.start()] + part[match.end() :]
            break
    addition, street, company = (part.strip(_LEFT) for part in left)
    station = f"{found[1].capitalize()} {found[2]}" if found[2] else ""
    return Delivery(company, number, station, station=True, dropped=tuple(filter(None, (addition, street))))
