"""Which country does a shop mean, and what is its name on an envelope?"""

from functools import cache, lru_cache

from babel import Locale

_POSTED_IN = {"DE": "de", "AT": "de", "CH": "fr", "LI": "fr", "FR": "fr", "BE": "fr", "LU": "fr", "MC": "fr"}
"""In which language a post wants the country to be named: German in Germany and Austria (print facts 6), elsewhere French, the
language of the Universal Postal Union, or English; Swiss Post asks for one of those two (print facts 1.3)."""

_IVORY_COAST = "CÔTE D'IVOIRE (REP.)"
_IRAN = "RÉP. ISLAMIQUE D'IRAN"
_ENVELOPE_NAMES = {
    "de": {"GB": "GROSSBRITANNIEN", "US": "USA", "CD": "DEM. REP. KONGO", "CG": "KONGO", "CI": _IVORY_COAST, "IR": _IRAN, "HK": "HONGKONG", "MO": "MACAU"},
    "fr": {"GB": "GRANDE-BRETAGNE", "CD": "RÉP. DÉM. DU CONGO", "CG": "CONGO", "CI": _IVORY_COAST, "IR": _IRAN, "HK": "HONG KONG", "MO": "MACAO"},
    "en": {"US": "USA", "CD": "DEM. REP. OF CONGO", "CG": "CONGO", "CI": _IVORY_COAST, "IR": "ISLAMIC REP. OF IRAN", "HK": "HONG KONG", "MO": "MACAO"},
}
"""Where CLDR's display name is not what a postman expects, or not what the country insists on (list of Deutsche Post, print facts 6)."""


@lru_cache(maxsize=1024)
def envelope_name(code: str, home: str = "DE") -> str:
    """The country's name in capitals as the last line of a letter that is posted in the country ``home``."""
    language = _POSTED_IN.get(home, "en")
    return _ENVELOPE_NAMES[language].get(code) or Locale(language).territories[code].upper().replace("’", "'")


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
