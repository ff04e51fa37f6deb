"""What does one person's letter say?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from typing import Any
from unicodedata import normalize

from campaigns.address import MAX_LINES, postal
from campaigns.cart import CartItem
from campaigns.customer import Customer
from campaigns.offer import Offer
from campaigns.offer_words import conditions, long_date, money, worth
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
    """Could not be set, or was spoiled by the print shop; the run goes on without it."""
    CANCELLED = "cancelled"
    """Taken out before hand-over, or by the print shop because we recalled it."""


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
class Item:
    """One article as the letter lists it."""

    quantity: str
    title: str
    price: str
    """Of all its pieces together."""


@dataclass(frozen=True, slots=True)
class LetterContent:
    """All that is printed in one letter; the same content gives the same page for ever."""

    layout: str
    language: str
    token: str
    address: tuple[str, ...]
    values: Mapping[str, str]
    """Placeholder name -> text; data, never markup."""
    items: tuple[Item, ...] = ()
    """The articles of the cart that the letter is about, for the cart block."""


def content_as_dict(content: LetterContent) -> dict[str, Any]:
    """The content as JSON can hold it."""
    found = {"layout": content.layout, "language": content.language, "token": content.token, "address": list(content.address), "values": dict(content.values)}
    return found | ({"items": [[item.quantity, item.title, item.price] for item in content.items]} if content.items else {})


def content_from_dict(stored: Mapping[str, Any]) -> LetterContent:
    """The way back from ``content_as_dict``."""
    items = tuple(Item(*item) for item in stored.get("items", ()))
    return LetterContent(stored["layout"], stored["language"], stored["token"], tuple(stored["address"]), stored["values"], items)


@dataclass(frozen=True, slots=True)
class CartContents:
    """What lies in an abandoned cart."""

    items: tuple[CartItem, ...]
    currency: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CouponGrant:
    """A code that one letter carries."""

    code: str
    offer: Offer
    valid_until: date


@dataclass(frozen=True, slots=True)
class Recipient:
    """A selected person with what the texts may mention."""

    customer: Customer
    last_order_number: str = ""
    last_order_at: datetime | None = None
    orders_count: int = 0
    """Sales, the last one included."""
    cart: CartContents | None = None
    """The abandoned cart that the letter is about."""
    coupon: CouponGrant | None = None
    """The coupon that the letter reminds of."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What all letters of a print run share."""

    sender: Sender
    letter_date: date
    public_url: str
    """Scheme and host in front of /S/TOKEN, without a slash at the end."""
    timezone: tzinfo = UTC
    """Where the shop's clock hangs: an order of half past midnight in Berlin was not made the day before."""
    address_lines: int = MAX_LINES
    """Lines that the window shows; some print shops have room for fewer than the norm."""


def compose(recipient: Recipient, layout: str, language: str, token: str, occasion: Occasion, coupon: CouponGrant | None) -> LetterContent:
    """The content of one letter: every placeholder that has a value; those of a coupon only where there is one."""
    sender = occasion.sender
    values = {**_person(recipient, occasion, language), **_sender(sender, occasion, token, language)}
    items: tuple[Item, ...] = ()
    if recipient.cart:
        items, more = _cart(recipient.cart, occasion, language)
        values |= more
    if coupon:
        values |= {
            "coupon_code": coupon.code,
            "coupon_value": worth(coupon.offer, language),
            "coupon_valid_until": long_date(coupon.valid_until, language),
            "coupon_conditions": conditions(coupon.offer, coupon.valid_until, language),
        }
    lines = postal(recipient.customer.address, sender.country, occasion.address_lines).lines
    return LetterContent(layout, language, token, lines, {name: normalize("NFC", value) for name, value in values.items()}, items)


def _cart(cart: CartContents, occasion: Occasion, language: str) -> tuple[tuple[Item, ...], dict[str, str]]:
    """The articles as they are listed, and the placeholders that speak of them."""
    items = tuple(
        Item(str(item.quantity), normalize("NFC", item.title or item.sku), money(item.quantity * item.unit_price_cents, cart.currency, language))
        for item in cart.items
    )
    total = sum(item.quantity * item.unit_price_cents for item in cart.items)
    return items, {
        "cart_total": money(total, cart.currency, language),
        "cart_items_count": str(sum(item.quantity for item in cart.items)),
        "cart_date": _date(cart.updated_at, occasion, language),
    }


def _date(moment: datetime | None, occasion: Occasion, language: str) -> str:
    return long_date(moment.astimezone(occasion.timezone).date(), language) if moment else ""


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
        "last_order_date": _date(recipient.last_order_at, occasion, language),
        "orders_count": str(recipient.orders_count) if recipient.orders_count else "",
        "registered_date": _date(customer.registered_at, occasion, language),
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
        "signatory": sender.signed(language),
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
