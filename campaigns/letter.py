"""What does one person's letter say?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from typing import Any

from campaigns.address import PostalAddress, postal
from campaigns.customer import Customer
from campaigns.offer import Offer, conditions, long_date, worth
from campaigns.salutation import salutation
from campaigns.sender import Sender


class LetterState(StrEnum):
    """Where a letter is (product.md 5.1); there is no "delivered": ordinary mail has no such proof."""

    SELECTED = "selected"
    RENDERED = "rendered"
    APPROVED = "approved"
    HANDED_OVER = "handed_over"
    PRINTED = "printed"
    POSTED = "posted"
    RETURNED = "returned"
    FAILED = "failed"
    """Could not be set; the run goes on without it."""
    CANCELLED = "cancelled"
    """Taken out before hand-over."""


ON_PAPER = (
    LetterState.SELECTED,
    LetterState.RENDERED,
    LetterState.APPROVED,
    LetterState.HANDED_OVER,
    LetterState.PRINTED,
    LetterState.POSTED,
    LetterState.RETURNED,
)
"""States of a letter that has reached a person or still will: they count for sequences, cooldown and cap."""

BEFORE_HAND_OVER = (LetterState.SELECTED, LetterState.RENDERED, LetterState.APPROVED)
"""States of a letter that can still be taken out."""


@dataclass(frozen=True, slots=True)
class LetterContent:
    """All that is printed in one letter; the same content gives the same page for ever."""

    layout: str
    language: str
    token: str
    address: tuple[str, ...]
    values: Mapping[str, str]
    """Placeholder name -> text; data, never markup."""


def content_as_dict(content: LetterContent) -> dict[str, Any]:
    """The content as JSON can hold it."""
    return {"layout": content.layout, "language": content.language, "token": content.token, "address": list(content.address), "values": dict(content.values)}


def content_from_dict(stored: Mapping[str, Any]) -> LetterContent:
    """The way back from ``content_as_dict``."""
    return LetterContent(stored["layout"], stored["language"], stored["token"], tuple(stored["address"]), stored["values"])


@dataclass(frozen=True, slots=True)
class Recipient:
    """A selected person with what the texts may mention."""

    customer: Customer
    last_order_number: str
    last_order_at: datetime
    orders_count: int


@dataclass(frozen=True, slots=True)
class CouponGrant:
    """A code that one letter carries."""

    code: str
    offer: Offer
    valid_until: date


@dataclass(frozen=True, slots=True)
class Occasion:
    """What all letters of a print run share."""

    sender: Sender
    letter_date: date
    public_url: str
    """Scheme and host in front of /S/TOKEN, without a slash at the end."""
    timezone: tzinfo = UTC
    """Where the shop's clock hangs: an order of half past midnight in Berlin was not made the day before."""


def address_of(recipient: Recipient, sender: Sender) -> PostalAddress:
    """The lines for the window, as posted from the sender's country."""
    return postal(recipient.customer.address, sender.country)


def compose(recipient: Recipient, layout: str, language: str, token: str, occasion: Occasion, coupon: CouponGrant | None) -> LetterContent:
    """The content of one letter: every placeholder that has a value; those of a coupon only where there is one."""
    sender = occasion.sender
    values = {**_person(recipient, occasion, language), **_sender(sender, occasion, token, language)}
    if coupon:
        values |= {
            "coupon_code": coupon.code,
            "coupon_value": worth(coupon.offer, language),
            "coupon_valid_until": long_date(coupon.valid_until, language),
            "coupon_conditions": conditions(coupon.offer, coupon.valid_until, language),
        }
    return LetterContent(layout, language, token, address_of(recipient, sender).lines, values)


def _person(recipient: Recipient, occasion: Occasion, language: str) -> dict[str, str]:
    customer = recipient.customer
    address = customer.address
    return {
        "salutation": salutation(address, customer.sex, language),
        "first_name": address.first_name,
        "last_name": address.last_name,
        "full_name": address.name or address.company,
        "company": address.company,
        "customer_number": customer.number,
        "last_order_number": recipient.last_order_number,
        "last_order_date": long_date(recipient.last_order_at.astimezone(occasion.timezone).date(), language),
        "orders_count": str(recipient.orders_count),
    }


def _sender(sender: Sender, occasion: Occasion, token: str, language: str) -> dict[str, str]:
    return {
        "letter_date": long_date(occasion.letter_date, language),
        "sender_name": sender.name,
        "sender_street": sender.street,
        "sender_postcode": sender.postcode,
        "sender_town": sender.town,
        "sender_email": sender.email,
        "sender_phone": sender.phone,
        "sender_website": sender.website,
        "sender_register": sender.register,
        "signatory": sender.signatory or sender.name,
        "short_link": short_link(occasion.public_url, "S", token),
        "objection_link": short_link(occasion.public_url, "O", token),
    }


def short_link(public_url: str, room: str, token: str) -> str:
    """What stands under a code in words: the address without its scheme, for people who type it."""
    return f"{public_url.split('://', 1)[-1]}/{room}/{token}"


def code_url(public_url: str, room: str, token: str) -> str:
    """What the QR code holds: scheme in lower case, the rest in upper case, which the symbol packs tightly (print facts 4.2)."""
    scheme, rest = public_url.split("://", 1)
    return f"{scheme.lower()}://{rest.upper()}/{room}/{token}"
