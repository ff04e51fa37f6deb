"""Under which keyed hashes is a person known, so that an objection outlives the data and the Robinson list need not be kept?"""

import hmac

from campaigns.address import Address
from campaigns.customer import email_key
from campaigns.identity import person_key
from campaigns.newcomer import mailbox

Name = tuple[str | None, str | None]
"""The keyed hashes of an e-mail address and of a full name and address; None for what is not known."""


def email_hash(email: str, secret: bytes) -> str:
    """The keyed hash of a mailbox, whatever way it is written."""
    return hmac.digest(secret, f"email\0{email_key(email)}".encode(), "sha256").hex()


def address_hash(address: Address, secret: bytes) -> str | None:
    """The keyed hash under which two spellings of one person at one address are equal; None when there is too little to tell."""
    key = person_key(address)
    return hmac.digest(secret, f"person\0{key}".encode(), "sha256").hex() if key else None


def name_of(email: str, address: Address, secret: bytes) -> Name:
    """All that somebody with this mailbox and this address is recognised by."""
    return (email_hash(email, secret) if email_key(email) else None), address_hash(address, secret)


def mailbox_hash(email: str, secret: bytes) -> str | None:
    """The keyed hash under which all spellings of one mailbox are equal, tags and dots included (campaigns.newcomer); None for none."""
    key = mailbox(email)
    return newcomer_hash("mailbox", key, secret) if key else None


def newcomer_hash(kind: str, key: str, secret: bytes) -> str:
    """The keyed hash of a ``mailbox`` or a ``home`` that campaigns.newcomer has told."""
    return hmac.digest(secret, f"{kind}\0{key}".encode(), "sha256").hex()
