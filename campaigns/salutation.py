"""How does the letter greet this person?

With sex and surname known the greeting is personal; without, it is the neutral form with the full name that German style
guides recommend ("Guten Tag Anna Müller,"); without any name it greets nobody by name.
"""

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


def salutation(address: Address, sex: Sex, language: str) -> str:
    """The greeting line in ``language`` (English wording for a language without one of its own)."""
    language = language if language in _NEUTRAL else "en"
    if not (address.first_name or address.last_name):
        return _NAMELESS[language]
    if address.last_name and sex is not Sex.UNKNOWN:
        if language == "en" and address.title:
            return f"Dear {address.title} {address.last_name},"
        name = " ".join(part for part in (address.title, address.last_name) if part)
        return _PERSONAL[language, sex].format(name=name)
    return _NEUTRAL[language].format(name=address.name)
