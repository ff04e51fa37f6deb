"""Who brings new customers, and what may their codes be called?  (product.md 8)"""

from dataclasses import dataclass
from enum import StrEnum

from campaigns.errors import PostillionError


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


class PartnerProblem(StrEnum):
    """Why somebody cannot be taken in as a partner, or cannot sign in as one."""

    SHORT_NAME = "short_name"
    """It is no short name."""
    NAME = "name"
    """It cannot be printed."""
    TAKEN = "taken"
    UNKNOWN_SPONSOR = "unknown_sponsor"
    LOGIN = "login"
    """Nobody could sign in under that name."""
    LOGIN_TAKEN = "login_taken"
    """Somebody else signs in under that name."""


class CodeRefusal(StrEnum):
    """Why a partner cannot have a code."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    CHARACTERS = "characters"
    RUDE = "rude"
    RESERVED = "reserved"
    LOOKS_GENERATED = "looks_generated"
    """It could be taken for a code that a letter carries."""
    TAKEN = "taken"
    """Somebody has it, or one that looks like it."""
    OFFER = "offer"
    """The offer is not (or no longer) open to the partner."""
    ENOUGH = "enough"
    """The partner has as many codes as a partner may."""
    TRIES = "tries"
    """Too many codes of others were asked for within the hour: that is how one finds out which codes there are."""


class CodeRefused(PostillionError):
    """A partner cannot have this code: another one may do."""

    def __init__(self, reason: CodeRefusal, code: str) -> None:
        super().__init__(f'The code "{code}" cannot be had: {reason.value.replace("_", " ")}.')
        self.reason, self.code = reason, code
