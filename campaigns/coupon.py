"""What is a coupon code made of, and is this one well formed?

Ten random characters and a check character out of 29 symbols without look-alikes: 48.6 bits, and the prime modulus catches
every single wrong character and every swap of neighbours (reliability facts 3).  In front of them an offer may have a prefix that
people remember (``TEE-ABCDE-FGHJK-M``).
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from campaigns.rude_words import spells_rude

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXY"
LENGTH = 10
_VALUE = {char: value for value, char in enumerate(ALPHABET)}
_PAIRS = [second + first for first in ALPHABET for second in ALPHABET]
"""Two characters for one division: half the time of a million codes."""


def check_character(body: str) -> str:
    """The last character of the code that starts with ``body``, its prefix left out."""
    return ALPHABET[sum((position + 2) * _VALUE[char] for position, char in enumerate(body)) % len(ALPHABET)]


def new_code(prefix: str = "") -> str:
    """A fresh code as it is printed, without a rude word: ``ABCDE-FGHJK-M``, behind a prefix ``TEE-ABCDE-FGHJK-M``."""
    while True:
        drawn, body = secrets.randbelow(len(ALPHABET) ** LENGTH), ""
        for _ in range(0, LENGTH, 2):
            drawn, place = divmod(drawn, len(_PAIRS))
            body += _PAIRS[place]
        body += check_character(body)
        if not spells_rude(prefix + body):
            return f"{prefix}{'-' if prefix else ''}{body[:5]}-{body[5:LENGTH]}-{body[LENGTH:]}"


def new_codes(count: int, prefix: str = "") -> Iterator[str]:
    """``count`` different fresh codes; whether one was issued before, only the database knows (its unique key)."""
    given: set[str] = set()
    while len(given) < count:
        code = new_code(prefix)
        if code not in given:
            given.add(code)
            yield code


def normalise(code: str) -> str:
    """What a customer typed, without spaces, hyphens and small letters."""
    return "".join(char for char in code.upper() if char.isalnum())


def is_well_formed(code: str, prefix: str = "") -> bool:
    """Whether we could have drawn this code, behind this prefix: answered without asking the database.

    Codes of other systems and of partners need not be; nobody is refused by this alone.
    """
    plain = normalise(code)
    body = plain.removeprefix(prefix)
    fits = plain.startswith(prefix) and len(body) == LENGTH + 1 and set(body) <= set(ALPHABET)
    return fits and check_character(body[:-1]) == body[-1]


@dataclass(frozen=True, slots=True)
class CouponRecord:
    """A code that another system made, under one of our offers; for one person if it names one, else for anybody."""

    source: str
    code: str
    offer: str
    """Slug of the offer: its terms hold."""
    email: str = ""
    customer_number: str = ""
    valid_until: date | None = None
    """Last day; None means as many days from its import as the offer says."""
