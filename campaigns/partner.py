"""Who brings new customers, and what may their codes be called?  (product.md 8)"""

from dataclasses import dataclass
from enum import StrEnum


class ContactField(StrEnum):
    """What a partner may see of a prospect, once the operator has released it (none by default)."""

    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    POSTCODE = "postcode"
    TOWN = "town"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Partner:
    """A reseller or referrer."""

    id: int
    slug: str
    """Short name in addresses and forms: a-z, 0-9, hyphens."""
    name: str
    sponsor_id: int | None
    """Who brought this partner: the tree."""
    own_customer_id: int | None
    """The partner's own customer record, if any: self-referral is told by it, and by the e-mail."""
    email: str
    is_active: bool
    released: tuple[ContactField, ...]
