"""What is a coupon rule?  (campaigns.quote applies it, campaigns.offer_words says it.)"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

from campaigns.errors import InvalidOffer
from campaigns.rude_words import spells_rude

MOST_CENTS = 10**11
"""A thousand million of a currency: as much as a line of a cart can cost (campaigns.quote)."""
MOST_USES = 10**9
MOST_DAYS = 36_500
"""So that a last day can be worked out for whatever letter."""
LAST_START = date(2999, 12, 31)


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
    SHOPIFY = "shopify"
    """Each letter gets a fresh code of our own, which is created in the Shopify shop before the letter is handed over."""


class OfferProblem(StrEnum):
    """What contradicts itself in an offer."""

    BEYOND_MEASURE = "beyond_measure"
    NO_SHORT_NAME = "no_short_name"
    WORTH_NOTHING = "worth_nothing"
    ABOVE_ALL = "above_all"
    NEVER_VALID = "never_valid"
    NEGATIVE_MINIMUM = "negative_minimum"
    ENDS_BEFORE_IT_BEGINS = "ends_before_it_begins"
    WINDOW_WITHOUT_DAYS = "window_without_days"
    IMPOSSIBLE_VAT_RATE = "impossible_vat_rate"
    CHOICE_OF_NOTHING = "choice_of_nothing"
    LEAVES_OUT_ITS_OWN = "leaves_out_its_own"
    NO_USE = "no_use"
    NO_USE_FOR_A_CUSTOMER = "no_use_for_a_customer"
    PARTNERS_SINGLE_USE = "partners_single_use"
    PARTNERS_PERSONAL = "partners_personal"
    PARTNER_WITHOUT_PARTNERS = "partner_without_partners"
    LONG_PREFIX = "long_prefix"
    RUDE_PREFIX = "rude_prefix"
    BEYOND_SHOPIFY = "beyond_shopify"
    IMPORTED_PREFIX = "imported_prefix"


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

    prefix: str = ""
    """In front of its generated codes, at most 8 capital letters and digits: ``TEE-ABCDE-FGHJK-M``."""

    def __post_init__(self) -> None:
        if wrong := list(_problems(self)):
            raise InvalidOffer(f"Offer {self.slug!r} cannot work: {' '.join(told for _, told in wrong)}", wrong)


def _problems(offer: Offer) -> Iterator[tuple[OfferProblem, str]]:
    """Everything about an offer that contradicts itself: a word for it, and a sentence that says what to do."""
    partners = offer.for_partners
    highest = max(offer.value, offer.minimum_order_cents)
    most = max(offer.uses or 0, offer.uses_per_customer or 0)
    checks = (
        (
            highest > MOST_CENTS or most > MOST_USES or offer.valid_days > MOST_DAYS or bool(offer.valid_from and offer.valid_from > LAST_START),
            OfferProblem.BEYOND_MEASURE,
            f"A number or a day is beyond measure: amounts and uses are at most a thousand million, valid_days {MOST_DAYS}, the first day {LAST_START}.",
        ),
        (not offer.slug, OfferProblem.NO_SHORT_NAME, "It has no short name: give the offer a short name of its own, like tea-time."),
        (offer.value <= 0, OfferProblem.WORTH_NOTHING, "It is worth nothing: give it a value above 0."),
        (offer.kind is OfferKind.PERCENTAGE and offer.value > 10_000, OfferProblem.ABOVE_ALL, "It takes more than 100 % off: lower its value."),
        (offer.valid_days < 1, OfferProblem.NEVER_VALID, "Its codes would never be valid: valid_days must be at least 1."),
        (offer.minimum_order_cents < 0, OfferProblem.NEGATIVE_MINIMUM, "The minimum order must be 0 or more."),
        (
            bool(offer.valid_from and offer.valid_until and offer.valid_from > offer.valid_until),
            OfferProblem.ENDS_BEFORE_IT_BEGINS,
            "Its last day comes before its first one.",
        ),
        (
            any(not one.weekdays or set(one.weekdays) - _WEEK for one in offer.windows),
            OfferProblem.WINDOW_WITHOUT_DAYS,
            "A time window needs days of the week from 1 (Monday) to 7 (Sunday).",
        ),
        (any(not 0 <= rate <= 10_000 for rate in offer.vat_rates), OfferProblem.IMPOSSIBLE_VAT_RATE, "A VAT rate lies between 0 and 100 %."),
        (
            Articles() in (offer.only, offer.never) or any(not name.strip() for name in _names(offer)),
            OfferProblem.CHOICE_OF_NOTHING,
            "A choice of articles names none: name an article or a category, or leave the choice out.",
        ),
        (bool(offer.only and offer.only == offer.never), OfferProblem.LEAVES_OUT_ITS_OWN, "It leaves out the very articles that it is for."),
        (offer.uses is not None and offer.uses < 1, OfferProblem.NO_USE, "One code must be good for at least one order."),
        (
            offer.uses_per_customer is not None and offer.uses_per_customer < 1,
            OfferProblem.NO_USE_FOR_A_CUSTOMER,
            "One customer must be able to redeem it at least once.",
        ),
        (partners and offer.uses == 1, OfferProblem.PARTNERS_SINGLE_USE, "Partners' codes are for many customers: more than one use, or no limit, is needed."),
        (partners and offer.personal, OfferProblem.PARTNERS_PERSONAL, "Partners' codes are for many customers: they cannot be personal."),
        (
            bool(offer.partner) and not partners,
            OfferProblem.PARTNER_WITHOUT_PARTNERS,
            "It names a partner, but is not for partners: say that it is, or name none.",
        ),
        (not _PREFIX.fullmatch(offer.prefix), OfferProblem.LONG_PREFIX, "The prefix of its codes may have up to 8 capital letters and digits."),
        (spells_rude(offer.prefix), OfferProblem.RUDE_PREFIX, "The prefix of its codes is a word that nobody wants on paper."),
        (
            offer.codes is CodeSource.SHOPIFY and _is_beyond_shopify(offer),
            OfferProblem.BEYOND_SHOPIFY,
            "Shopify's own checkout knows no VAT rates, hours, articles, new customers, personal codes, partners, several uses for a customer: leave them out.",
        ),
        (
            bool(offer.prefix) and offer.codes is CodeSource.IMPORTED,
            OfferProblem.IMPORTED_PREFIX,
            "Imported codes cannot have a prefix of ours: leave it empty.",
        ),
    )
    return ((word, told) for holds, word, told in checks if holds)


def _names(offer: Offer) -> Iterator[str]:
    for chosen in filter(None, (offer.only, offer.never)):
        yield from (*chosen.skus, *chosen.categories)


def _is_beyond_shopify(offer: Offer) -> bool:
    """Whether a discount of Shopify's (DiscountCodeBasicInput, importer facts 1.9) cannot say what the offer says."""
    for_some = offer.vat_rates or offer.windows or offer.only or offer.never or offer.new_customers_only or offer.personal or offer.for_partners
    return bool(for_some) or offer.uses_per_customer not in (1, None)


_WEEK = frozenset(range(1, 8))
_PREFIX = re.compile("[A-Z0-9]{0,8}")


def valid_until(offer: Offer, letter_date: date, delivery_days: int) -> date:
    """The last day of a code in a letter dated ``letter_date`` that takes ``delivery_days`` to print and post.

    Days count from its arrival, or from the offer's first day where that comes later.
    """
    arrival = letter_date + timedelta(days=delivery_days)
    relative = max(arrival, offer.valid_from or arrival) + timedelta(days=offer.valid_days)
    return min(relative, offer.valid_until) if offer.valid_until else relative
