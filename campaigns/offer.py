"""What does a coupon promise, and how is that said in words?"""

from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_percent

from campaigns.errors import InvalidOffer


class OfferKind(StrEnum):
    """How the value is counted."""

    AMOUNT = "amount"
    PERCENTAGE = "percentage"


class CodeSource(StrEnum):
    """Where an offer's codes come from."""

    GENERATED = "generated"
    """Each letter gets a fresh code of our own."""
    IMPORTED = "imported"
    """Each letter takes one of the codes that another system made and that were imported for this offer, as long as there are any."""


@dataclass(frozen=True, slots=True)
class Articles:
    """A choice of articles: those with one of these SKUs or in one of these categories (compared without regard to case)."""

    skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """Hours of the shop's clock on some days of the week; one that ends at or before its start runs past midnight."""

    weekdays: tuple[int, ...]
    """ISO 8601: 1 is Monday, 7 is Sunday."""
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Offer:
    """A coupon rule (Gutscheinregel): what a code of it is worth, to whom, for what, how often and how long (product.md 7.1)."""

    slug: str
    name: str
    kind: OfferKind
    value: int
    """Cents for an amount, basis points for a percentage (1000 = 10 %)."""
    currency: str = "EUR"
    minimum_order_cents: int = 0
    valid_days: int = 70
    """Counted from the day the letter is expected to arrive (market facts 9: 8 to 12 weeks)."""
    valid_until: date | None = None
    """Last day of all its codes, however late a letter comes; None: only the days count."""
    codes: CodeSource = CodeSource.GENERATED
    valid_from: date | None = None
    """First day; the same as ``valid_until``: on that day only."""
    windows: tuple[TimeWindow, ...] = ()
    """When it can be redeemed; none: at any hour."""
    vat_rates: tuple[int, ...] = ()
    """Basis points (1900 = 19 %): the discount is taken off lines of these rates only; none: off all."""
    only: Articles | None = None
    """Nothing but these articles is made cheaper, or counts for the minimum order; None: all."""
    never: Articles | None = None
    """These articles are not, even where ``only`` names them."""
    new_customers_only: bool = False
    personal: bool = False
    """Only the customer whom the code was given to can redeem it."""
    uses: int | None = 1
    """How often one code can be redeemed; 1: single use (Einzelgutschein), more or None (without end): standing (Dauergutschein)."""
    uses_per_customer: int | None = 1
    """How often one person can redeem the same code."""
    combinable: bool = False
    """Whether an order may carry another coupon beside it; both have to allow it."""
    for_partners: bool = False
    """Partners derive codes of their own under it (product.md 8.1)."""
    partner: str = ""
    """Slug of the only partner who may; empty: every partner."""

    def __post_init__(self) -> None:
        if self.value <= 0:
            raise InvalidOffer(f"Offer {self.slug!r} is worth nothing: give it a value above 0.")
        if self.kind is OfferKind.PERCENTAGE and self.value > 10_000:
            raise InvalidOffer(f"Offer {self.slug!r} takes more than 100 % off: lower its value.")
        if self.valid_days < 1 or self.minimum_order_cents < 0:
            raise InvalidOffer(f"Offer {self.slug!r}: valid_days must be at least 1 and the minimum order 0 or more.")


def valid_until(offer: Offer, letter_date: date, delivery_days: int) -> date:
    """The last day of a code in a letter dated ``letter_date`` that takes ``delivery_days`` to print and post."""
    relative = letter_date + timedelta(days=delivery_days + offer.valid_days)
    return min(relative, offer.valid_until) if offer.valid_until else relative


_said_again = lru_cache(maxsize=4096)
"""All letters of a print run say the same of their offer, and most dates come again: a locale's pattern is worked out once for each."""


@_said_again
def money(cents: int, currency: str, language: str) -> str:
    """An amount as people write it: ``5 €``, ``12,50 €``, ``€12.50``; whole amounts lose their zeros."""
    amount = Decimal(cents) / 100
    if cents % 100:
        return format_currency(amount, currency, locale=language)
    whole = Locale.parse(language).currency_formats["standard"].pattern.replace(".00", "")
    return format_currency(amount, currency, whole, locale=language, currency_digits=False)


@_said_again
def worth(offer: Offer, language: str) -> str:
    """The value in words: ``10 %`` or ``5 €``."""
    if offer.kind is OfferKind.AMOUNT:
        return money(offer.value, offer.currency, language)
    return format_percent(Decimal(offer.value) / 10_000, locale=language, decimal_quantization=False)


_TERMS = {
    "de": ("Gültig bis {until}.", "Ab einem Bestellwert von {minimum}.", "Einmal einlösbar, nicht mit anderen Gutscheinen kombinierbar."),
    "en": ("Valid until {until}.", "On orders of {minimum} or more.", "Can be used once, not combined with other coupons."),
}


@_said_again
def conditions(offer: Offer, until: date, language: str) -> str:
    """The terms as law wants them beside the offer (UWG: clear and complete), made from the rule and never typed."""
    first, minimum, last = _TERMS[language if language in _TERMS else "en"]
    parts = [first.format(until=long_date(until, language))]
    if offer.minimum_order_cents:
        parts.append(minimum.format(minimum=money(offer.minimum_order_cents, offer.currency, language)))
    return " ".join([*parts, last])


@_said_again
def long_date(day: date, language: str) -> str:
    """A date as a letter writes it: ``22. November 2026``, ``22 November 2026``."""
    return format_date(day, format="d MMMM y" if language == "en" else "long", locale=language)
