"""Under which keyed hashes is a person known, so that an objection outlives the data and the Robinson list need not be kept?"""

import hmac

from campaigns.address import Address
from campaigns.customer import email_key
from campaigns.identity import person_key


def email_hash(email: str, secret: bytes) -> str:
    """The keyed hash of a mailbox, whatever way it is written."""
    return hmac.digest(secret, f"email\0{email_key(email)}".encode(), "sha256").hex()


def address_hash(address: Address, secret: bytes) -> str | None:
    """The keyed hash under which two spellings of one person at one address are equal; None when there is too little to tell."""
    key = person_key(address)
    return hmac.digest(secret, f"person\0{key}".encode(), "sha256").hex() if key else None
