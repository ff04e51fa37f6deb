"""How does the letter greet this person?

With sex and surname known the greeting is personal; without, it is the neutral form with the full name that German style
guides recommend ("Guten Tag Anna Müller,"); without any name it greets nobody by name.
"""

import re

from campaigns.address import Address
from campaigns.customer import Sex

_PERSONAL = {
    ("de", Sex.FEMALE): "Liebe Frau {name},",
    ("de", Sex.MALE): "Lieber Herr {name},",
    ("en", Sex.FEMALE): "Dear Ms {name},",
    ("en", Sex.MALE): "Dear Mr {name},",
}
_NEUTRAL = {"de": "Guten Tag {name},", "en": "Dear {name},"}
_NAMELESS = {"de": "Guten Tag,", "en": "Hello,"}
_SPOKEN = re.compile(r"(?:d?dr|dres|prof|univ|priv|pd|doz|mag|ing|sir|dame|lord|lady|rev)(?![^\W\d_])", re.IGNORECASE)
"""Titles that people are greeted by; degrees and a doctor's faculty stand on the envelope only."""


def salutation(address: Address, sex: Sex, language: str) -> str:
    """The greeting line in ``language`` (English wording for a language without one of its own)."""
    language = language if language in _NEUTRAL else "en"
    if not (address.first_name or address.last_name):
        return _NAMELESS[language]
    title = _spoken(address.title, language)
    if not address.last_name or sex is Sex.UNKNOWN:
        return _NEUTRAL[language].format(name=_joined(title, address.first_name, address.last_name))
    if language == "en" and title:
        return f"Dear {title} {address.last_name},"
    return _PERSONAL[language, sex].format(name=_joined(title, address.last_name))


def _spoken(title: str, language: str) -> str:
    """The title as one says it: in English the highest alone (Dear Professor Miller)."""
    words = [word for word in title.split() if _SPOKEN.match(word)]
    if language == "en" and any(word.casefold().startswith("prof") for word in words):
        return "Professor"
    return " ".join(words)


def _joined(*parts: str) -> str:
    return " ".join(filter(None, parts))
