"""What is a coupon code made of, and is this one well formed?

Ten random characters and a check character out of 29 symbols without look-alikes: 48.6 bits, and the prime modulus catches
every single wrong character and every swap of neighbours (reliability facts 3).
"""

import secrets
from dataclasses import dataclass
from datetime import date

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXY"
LENGTH = 10
_VALUE = {char: value for value, char in enumerate(ALPHABET)}


def check_character(body: str) -> str:
    """The last character of the code that starts with ``body``."""
    return ALPHABET[sum((position + 2) * _VALUE[char] for position, char in enumerate(body)) % len(ALPHABET)]


def new_code() -> str:
    """A fresh code as it is printed: ``ABCDE-FGHJK-M``."""
    drawn, body = secrets.randbelow(len(ALPHABET) ** LENGTH), ""
    for _ in range(LENGTH):
        drawn, place = divmod(drawn, len(ALPHABET))
        body += ALPHABET[place]
    return f"{body[:5]}-{body[5:]}-{check_character(body)}"


def normalise(code: str) -> str:
    """What a customer typed, without spaces, hyphens and small letters."""
    return "".join(char for char in code.upper() if char.isalnum())


def is_well_formed(code: str) -> bool:
    """Whether a code could be one of ours: answered without asking the database."""
    plain = normalise(code)
    return len(plain) == LENGTH + 1 and set(plain) <= set(ALPHABET) and check_character(plain[:-1]) == plain[-1]


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
