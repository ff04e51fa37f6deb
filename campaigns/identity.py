"""Do two records mean the same person?  By e-mail, then by customer number, then by full name and address (product.md 1.8)."""

import re
from enum import StrEnum
from functools import lru_cache

from campaigns import address
from campaigns.address import Address

plain = lru_cache(maxsize=1 << 16)(address.plain)
"""Names, postcodes and streets come again and again: the cache halves the time of a first import."""


class MergeReason(StrEnum):
    """Why two records were taken for one person."""

    EMAIL = "email"
    NUMBER = "number"
    ADDRESS = "address"
    SHOP = "shop"
    """The shop itself united them."""
    DESK = "desk"
    """Somebody at the desk united them."""


_NO_NUMBER = re.compile(r"[\W_0]*|\W*(n\W?a|none|null|nil|nan|undefined|gast|guest)\W*", re.IGNORECASE)
_BOXES = ("packstation", "postfiliale", "postfach")


def real_number(number: str) -> str:
    """A customer number, or "" for what shops write where there is none: WooCommerce gives every guest the number 0."""
    return "" if _NO_NUMBER.fullmatch(number) else number


def person_key(address: Address) -> str | None:
    """What two spellings of one person at one address have in common; None when there is too little to tell.

    A street has a letter: "-" and "." stand for one that nobody knows.
    """
    first, last = plain(address.first_name), plain(address.last_name)
    name = (first and last and first + last) or (plain(address.company) if not last else "")
    if not (name and plain(address.postcode) and any(map(str.isalpha, address.street))):
        return None
    return f"{name}|{place(address)}"


def place(address: Address) -> str:
    """What two spellings of one address have in common; behind a box (Packstation) the post number tells whose it is."""
    street = plain(address.street)
    box = "|" + "".join(filter(str.isdigit, address.addition)) if any(word in street for word in _BOXES) else ""
    return f"{street}|{plain(address.postcode)}|{plain(address.country)}{box}"


def same_name(one: Address, other: Address) -> bool:
    """Whether the names agree so far that the same customer number, or the same mailbox, means the same person.

    Numbers of two shops collide by nature, and every hundredth German is a Müller: a surname alone does not do. One first name may
    be the beginning of the other ("A.", "Anna", "Anna Maria").
    """
    if not (one.last_name or other.last_name):
        return bool(plain(one.company)) and plain(one.company) == plain(other.company)
    if not plain(one.last_name) or plain(one.last_name) != plain(other.last_name):
        return False
    first, second = plain(one.first_name), plain(other.first_name)
    return bool(first and second) and (first.startswith(second) or second.startswith(first))
