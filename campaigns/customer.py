"""Who is a person that a shop told us about?"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from campaigns.address import Address


class Sex(StrEnum):
    """As far as the shop says so: it decides the salutation and nothing else."""

    UNKNOWN = ""
    FEMALE = "f"
    MALE = "m"


@dataclass(frozen=True, slots=True)
class Customer:
    """A person as one source describes them; ``source_id`` is the source's own key and stays the same in every import."""

    source: str
    source_id: str
    number: str = ""
    """Customer number (Kundennummer) as the shop prints it."""
    email: str = ""
    sex: Sex = Sex.UNKNOWN
    address: Address = Address()
    language: str = ""
    """ISO 639-1, empty when the source does not say."""
    registered_at: datetime | None = None
    tags: tuple[str, ...] = ()
    changed_at: datetime | None = None
    """When the source last changed the record: an older one never overwrites a newer one. None where the source does not say."""


GERMAN_SPEAKING = frozenset({"DE", "AT", "CH", "LI", "LU"})


def email_key(email: str) -> str:
    """The form under which one mailbox is one person: trimmed, lower case (product.md 1.8)."""
    return email.strip().lower()


def letter_language(language: str, country: str) -> str:
    """The language to write in: the one the shop knows, else German for German-speaking countries and English elsewhere."""
    return language or ("de" if country in GERMAN_SPEAKING else "en")
