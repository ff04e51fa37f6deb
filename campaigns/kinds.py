"""Which kinds of campaigns are there, and what can be chosen about the audience of each (product.md 3.2)?"""

import re
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import ClassVar

from campaigns.cart import CART_LIFE
from campaigns.countries import is_known


class CampaignKind(StrEnum):
    """What makes a person a candidate."""

    NO_PURCHASE = "no_purchase"
    ABANDONED_CART = "abandoned_cart"
    WINBACK = "winback"
    REORDER = "reorder"
    SEGMENT = "segment"
    COUPON_EXPIRY = "coupon_expiry"


Problem = tuple[bool, str]
"""Whether something is wrong, and what."""
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2200, 1, 1)
"""A day outside is a slip of the keyboard, and at the ends of the calendar no day can be counted from it."""
MOST = 10**12
"""Cents or pieces: more is a slip of the keyboard too, and at 2^63 no database can compare with it."""


@dataclass(frozen=True, slots=True)
class NoPurchase:
    """People with an account and no completed order; the sequence begins when the account was made."""

    kind: ClassVar[CampaignKind] = CampaignKind.NO_PURCHASE
    max_account_days: int = 1095
    """An account older than this is too old to write to (36 months, product.md 11.1)."""
    only_with_empty_cart: bool = True
    """Whoever has products in the cart is left to the campaign for abandoned carts (MailBeez default)."""

    def problems(self) -> list[Problem]:
        """What cannot work."""
        return [(self.max_account_days < 1, "max_account_days must be 1 or more.")]

    @property
    def days_to_write(self) -> int:
        """Days between the beginning of a sequence and the last day on which it still writes."""
        return self.max_account_days


@dataclass(frozen=True, slots=True)
class AbandonedCart:
    """People who left products in the cart; the sequence begins when the cart was last touched."""

    kind: ClassVar[CampaignKind] = CampaignKind.ABANDONED_CART
    only_with_earlier_order: bool = True
    """Write to buyers only: what a person typed into an abandoned process may not simply be used otherwise (market facts 7)."""

    def problems(self) -> list[Problem]:
        """What cannot work."""
        return []

    @property
    def days_to_write(self) -> int:
        """Days between the beginning of a sequence and the last day on which it still writes."""
        return CART_LIFE.days


@dataclass(frozen=True, slots=True)
class Winback:
    """People whose last order is long ago; the sequence begins with that order."""

    kind: ClassVar[CampaignKind] = CampaignKind.WINBACK
    inactive_days: int = 180
    """Last sale longer ago than this."""
    max_inactive_days: int = 1095
    """A last sale longer ago than this is too old to advertise to (market facts 7: 24 to 36 months)."""
    only_with_empty_cart: bool = True
    """Pause for a person who has products in the cart (MailBeez default)."""
    loop_days: int | None = None
    """Repeat the last step every so many days; None: the sequence ends."""

    def problems(self) -> list[Problem]:
        """What cannot work."""
        return [
            (self.inactive_days < 1, "inactive_days must be 1 or more."),
            (self.max_inactive_days <= self.inactive_days, "max_inactive_days must be above inactive_days, else nobody is left."),
            _loop_problem(self.loop_days),
        ]

    @property
    def days_to_write(self) -> int:
        """Days between the beginning of a sequence and the last day on which it still writes."""
        return self.max_inactive_days - self.inactive_days


class Counted(StrEnum):
    """Which orders count for the n-th one."""

    COMPLETED = "completed"
    SALES = "sales"
    """Open ones too."""


@dataclass(frozen=True, slots=True)
class Reorder:
    """People who have just made their n-th order; the sequence begins with it."""

    kind: ClassVar[CampaignKind] = CampaignKind.REORDER
    order_number: int = 1
    """After which order: 1 is the first."""
    and_later: bool = False
    """After every later one too."""
    counted: Counted = Counted.COMPLETED
    max_order_days: int = 90
    """An order longer ago than this is too old to give thanks for."""
    only_with_empty_cart: bool = True
    """Pause for a person who has products in the cart (MailBeez default)."""

    def problems(self) -> list[Problem]:
        """What cannot work."""
        return [
            (not 1 <= self.order_number <= MOST, f"order_number must be 1 or more, and {MOST} at the most."),
            (self.max_order_days < 1, "max_order_days must be 1 or more."),
        ]

    @property
    def days_to_write(self) -> int:
        """Days between the beginning of a sequence and the last day on which it still writes."""
        return self.max_order_days


class Who(StrEnum):
    """Customers have a completed order, prospects have none."""

    ALL = "all"
    CUSTOMERS = "customers"
    PROSPECTS = "prospects"


class Scanned(StrEnum):
    """Whether a person has ever scanned a letter."""

    ANY = "any"
    YES = "yes"
    NO = "no"


class ProductField(StrEnum):
    """By what an article is told."""

    SKU = "sku"
    """The whole number, or its beginning followed by ``*``."""
    TITLE = "title"
    """Words that stand in the title."""
    CATEGORY = "category"
    """The whole category, as the shop names it."""


@dataclass(frozen=True, slots=True)
class Product:
    """Articles to look for in a person's orders; capitals do not matter."""

    field: ProductField
    text: str


@dataclass(frozen=True, slots=True)
class Segment:
    """People whom filters describe; all filters that are set must hold, an empty one lets everybody through."""

    kind: ClassVar[CampaignKind] = CampaignKind.SEGMENT
    who: Who = Who.CUSTOMERS
    countries: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()
    """Beginnings of postcodes: ``20`` is Hamburg's centre."""
    languages: tuple[str, ...] = ()
    """Language of the letter: the shop's word for the person, else by country."""
    tags: tuple[str, ...] = ()
    """One of them is enough."""
    platforms: tuple[str, ...] = ()
    """Of the last order; an empty word means the shop itself."""
    orders_min: int | None = None
    orders_max: int | None = None
    total_min_cents: int | None = None
    total_max_cents: int | None = None
    average_min_cents: int | None = None
    average_max_cents: int | None = None
    currency: str = "EUR"
    """Totals and averages are of orders in this currency."""
    first_order_from: date | None = None
    first_order_until: date | None = None
    last_order_min_days: int | None = None
    """The last order is at least so many days ago."""
    last_order_max_days: int | None = None
    bought: tuple[Product, ...] = ()
    """One of them is enough."""
    not_bought: tuple[Product, ...] = ()
    """None of them."""
    scanned: Scanned = Scanned.ANY
    max_inactive_days: int = 1095
    """Last sale, or the account of somebody who never bought, longer ago than this: too old to write to."""
    only_with_empty_cart: bool = False
    loop_days: int | None = None
    """Recurring: repeat the last step every so many days, whatever the person buys; None: each person once."""

    def problems(self) -> list[Problem]:
        """What cannot work."""
        strange = [code for code in self.countries if not is_known(code)]
        least_days, most_days = self.last_order_min_days or 0, self.last_order_max_days
        buyers_only = (
            self.orders_min, self.total_min_cents, self.average_min_cents, self.first_order_from, self.first_order_until, least_days, most_days,
        )  # fmt: skip
        return [
            (any((getattr(self, name) or 0) < 0 for name in _NEVER_NEGATIVE), "no number of the segment can be negative."),
            (any((getattr(self, name) or 0) > MOST for name in _NEVER_NEGATIVE), f"no number of the segment can be above {MOST}."),
            *(
                (day is not None and not FIRST_DAY <= day <= LAST_DAY, f"the segment's {name} is {day}, but must be between {FIRST_DAY} and {LAST_DAY}.")
                for name, day in (("first_order_from", self.first_order_from), ("first_order_until", self.first_order_until))
            ),
            (not re.fullmatch("[A-Z]{3}", self.currency), f"{self.currency!r} is no currency: use three letters like EUR or CHF."),
            (bool(strange), f"unknown country {', '.join(strange)} in the segment: use ISO codes like DE, AT, CH."),
            *(
                (least is not None and most is not None and least > most, f"the segment's {what} cannot be at least {least} and at the most {most}.")
                for what, least, most in (
                    ("number of orders", self.orders_min, self.orders_max),
                    ("total", _units(self.total_min_cents), _units(self.total_max_cents)),
                    ("average", _units(self.average_min_cents), _units(self.average_max_cents)),
                    ("days since the last order", least_days, most_days),
                )
            ),
            (
                bool(self.first_order_from and self.first_order_until and self.first_order_from > self.first_order_until),
                f"the segment's first order cannot be from {self.first_order_from} on and until {self.first_order_until}.",
            ),
            (least_days > self.max_inactive_days, "the segment's last order must be longer ago than max_inactive_days allows: nobody is left."),
            (
                self.who is Who.PROSPECTS and (any(filter_ for filter_ in buyers_only) or bool(self.bought)),
                "the segment looks for prospects, who have no completed order, and asks for orders: nobody is left.",
            ),
            (any(not product.text.strip(" *") for product in (*self.bought, *self.not_bought)), "a product of the segment has no text: say which articles."),
            (self.max_inactive_days < 1, "max_inactive_days must be 1 or more."),
            _loop_problem(self.loop_days),
        ]

    @property
    def days_to_write(self) -> int:
        """Days between the beginning of a sequence and the last day on which it still writes."""
        return self.max_inactive_days if self.last_order_max_days is None else min(self.max_inactive_days, self.last_order_max_days)


@dataclass(frozen=True, slots=True)
class CouponExpiry:
    """People with a personal coupon that they have not used and that ends soon; the letter reminds of that very coupon."""

    kind: ClassVar[CampaignKind] = CampaignKind.COUPON_EXPIRY
    days_before: int = 28
    """Write so many days before the coupon's last day: print and post time are in it (market facts 9)."""
    least_days_left: int = 5
    """On the day that the letter arrives, the coupon must be good for so many days more."""

    def problems(self) -> list[Problem]:
        """What cannot work."""
        return [
            (self.days_before < 1, "days_before must be 1 or more."),
            (self.least_days_left < 1, "least_days_left must be 1 or more: a reminder of a coupon that has ended helps nobody."),
            (self.days_before < self.least_days_left, "days_before must not be below least_days_left: the reminder would always come too late."),
        ]

    @property
    def days_to_write(self) -> int:
        """Days between the beginning of a sequence and the last day on which it still writes; the post's days come off too."""
        return self.days_before - self.least_days_left


Audience = NoPurchase | AbandonedCart | Winback | Reorder | Segment | CouponExpiry
AUDIENCES: dict[CampaignKind, type[Audience]] = {
    CampaignKind.NO_PURCHASE: NoPurchase,
    CampaignKind.ABANDONED_CART: AbandonedCart,
    CampaignKind.WINBACK: Winback,
    CampaignKind.REORDER: Reorder,
    CampaignKind.SEGMENT: Segment,
    CampaignKind.COUPON_EXPIRY: CouponExpiry,
}


_NEVER_NEGATIVE = [field.name for field in fields(Segment) if field.name.endswith(("_min", "_max", "_cents", "_days"))]


def _loop_problem(loop_days: int | None) -> Problem:
    return loop_days is not None and loop_days < 1, "loop_days must be 1 or more, or left out."


def _units(cents: int | None) -> float | None:
    """As it was typed: whole units of the currency."""
    return cents / 100 if cents is not None and cents % 100 else cents and cents // 100
