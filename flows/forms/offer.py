"""What does a marketer fill in for a coupon offer, and how does a saved one become a form again?"""

from datetime import date, time
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from campaigns.offer import Articles, CodeSource, Offer, OfferKind, TimeWindow
from flows.forms.form import CURRENCY, SHORT_NAME, Form, words

Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
WEEK: tuple[Weekday, ...] = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOUR = r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$"
MOST_NAMES = 200
"""Articles and categories of one choice: they are printed beside the coupon, so a few are better."""


def _two_decimals(amount: float) -> float:
    if abs(amount * 100 - round(amount * 100)) > 1e-4:
        raise ValueError("two decimals at the most")
    return amount


Hundredths = Annotated[float, AfterValidator(_two_decimals)]
"""Percent, or money: never rounded in silence."""


ArticleName = Annotated[str, StringConstraints(max_length=100)]


class WindowForm(Form):
    """Hours of some days."""

    model_config = ConfigDict(title="Time window")

    weekdays: list[Weekday] = Field(
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"], title="Days", description="On which the window begins.", min_length=1
    )
    start: str = Field("18:00", title="From", description="Hour of your shop's clock, like 18:00.", pattern=HOUR)
    end: str = Field("20:00", title="Until", description="Like 20:00; 02:00 after 22:00 is two in the morning of the next day.", pattern=HOUR)

    def to_window(self) -> TimeWindow:
        """As the rules know it."""
        return TimeWindow(tuple(sorted(WEEK.index(day) + 1 for day in set(self.weekdays))), _hour(self.start), _hour(self.end))

    @classmethod
    def of(cls, window: TimeWindow) -> Self:
        """The form filled in with a saved window."""
        return cls(weekdays=[WEEK[day - 1] for day in window.weekdays], start=f"{window.start:%H:%M}", end=f"{window.end:%H:%M}")


def _hour(written: str) -> time:
    return time.fromisoformat(written.replace("24:00", "00:00"))


_VALID_DAYS = "From the day the letter is expected to arrive; 8 to 12 weeks are usual. For codes of partners only the last day counts."


class OfferForm(Form):
    """An offer: what a coupon is worth, to whom, for what, how often and how long."""

    model_config = ConfigDict(title="Offer", json_schema_extra={"required": ["slug"]})  # else the UI would call the short name optional

    slug: str = Field(
        "",
        title="Short name",
        description="Needed: a-z, 0-9 and hyphens, like tea-time; campaigns refer to it. A saved offer of that name gets all the values below.",
        pattern=SHORT_NAME,
        max_length=60,
    )
    name: str = Field("", title="Name", description="For you, your colleagues and your partners. Empty: the short name.", max_length=200)
    kind: Literal["percentage", "amount"] = Field("percentage", title="Kind", description="percentage: a share of the order. amount: a sum of money.")
    value: Hundredths = Field(10, title="Value", description="Percent, or units of the currency: 10 means 10 % or 10 €.", gt=0, le=100_000)
    currency: str = Field("EUR", title="Currency", description="ISO code, for amounts and the minimum order.", pattern=CURRENCY)
    minimum_order: Hundredths = Field(
        0, title="Minimum order value", description="Only articles that the offer is for count towards it. 0 means none.", ge=0, le=1_000_000
    )
    valid_days: int = Field(70, title="Valid for (days)", description=_VALID_DAYS, ge=1, le=730)
    valid_from: date | None = Field(None, title="First day", description="Of all its codes. Empty: at once. The same as the last day: on that day only.")
    valid_until: date | None = Field(
        None, title="Last day", description="For all its codes, however late a letter comes, as for a Christmas offer. Empty: only the days count."
    )
    windows: list[WindowForm] = Field(
        [], title="Time windows", description="Hours in which it can be redeemed, such as a happy hour. None: at any hour.", max_length=20
    )
    only_categories: list[ArticleName] = Field(
        [], title="Only these categories", description="As your shop names them. None: all. They are printed beside the coupon.", max_length=MOST_NAMES
    )
    only_articles: list[ArticleName] = Field(
        [], title="Only these articles", description="Article numbers (SKU), besides the categories above.", max_length=MOST_NAMES
    )
    never_categories: list[ArticleName] = Field(
        [], title="Never these categories", description="Such as books, whose prices are fixed by law.", max_length=MOST_NAMES
    )
    never_articles: list[ArticleName] = Field(
        [], title="Never these articles", description="Article numbers (SKU), besides the categories above.", max_length=MOST_NAMES
    )
    vat_rates: list[Hundredths] = Field(
        [], title="Only these VAT rates (%)", description="The discount is taken off articles of these rates. None: all, shared in proportion.", max_length=10
    )
    new_customers_only: bool = Field(
        False, title="New customers only", description="Whoever has bought before, under any spelling of e-mail or address, is refused."
    )
    personal: bool = Field(False, title="Personal", description="Only the customer whom the code was given to can redeem it.")
    uses: int = Field(1, title="Uses of one code", description="1: for one order. More: a standing coupon (Dauergutschein). 0: no limit.", ge=0, le=10_000_000)
    uses_per_customer: int = Field(1, title="Uses per customer", description="How often one person can redeem the same code. 0: no limit.", ge=0, le=10_000)
    combinable: bool = Field(False, title="Combinable", description="Other coupons may be in the same order; both have to allow it.")
    codes: Literal["generated", "imported", "shopify"] = Field(
        "generated",
        title="Codes",
        description="Generated: every letter gets a fresh code. Imported: every letter takes one of the codes that your shop made and that you imported. "
        "Shopify: every letter gets a fresh code, which is created in your shop before the letters are handed over.",
    )
    prefix: str = Field(
        "", title="Prefix", description="In front of generated codes, up to 8 letters and digits: TEE makes TEE-ABCDE-FGHJK-M.", pattern=r"^[A-Za-z0-9]{0,8}$"
    )
    for_partners: bool = Field(False, title="For partners", description="Partners make codes of their own under it; wants more than one use, or 0.")
    partner: str = Field("", title="Partner", description="Short name of the only partner who may. Empty: every partner.", max_length=60)

    def to_offer(self) -> Offer:
        """The offer as the rules know it; raises InvalidOffer for terms that contradict each other."""
        plain = self.model_dump(include={"slug", "currency", "valid_days", "valid_from", "valid_until", *_FLAGS, "partner"})
        return Offer(
            **plain,
            name=self.name or self.slug,
            kind=OfferKind(self.kind),
            value=round(self.value * 100),
            minimum_order_cents=round(self.minimum_order * 100),
            codes=CodeSource(self.codes),
            windows=tuple(window.to_window() for window in self.windows),
            vat_rates=tuple(sorted({round(rate * 100) for rate in self.vat_rates})),
            only=_articles(self.only_articles, self.only_categories),
            never=_articles(self.never_articles, self.never_categories),
            uses=self.uses or None,
            uses_per_customer=self.uses_per_customer or None,
            prefix=self.prefix.upper(),
        )

    @classmethod
    def of(cls, offer: Offer) -> Self:
        """The form filled in with a saved offer."""
        only, never = offer.only or Articles(), offer.never or Articles()
        plain: dict[str, Any] = {name: getattr(offer, name) for name in ("slug", "name", "currency", "valid_days", *_FLAGS, "partner", "prefix")}
        return cls(
            **plain,
            kind=offer.kind.value,
            value=offer.value / 100,
            minimum_order=offer.minimum_order_cents / 100,
            valid_from=offer.valid_from,
            valid_until=offer.valid_until,
            windows=[WindowForm.of(window) for window in offer.windows],
            only_categories=list(only.categories),
            only_articles=list(only.skus),
            never_categories=list(never.categories),
            never_articles=list(never.skus),
            vat_rates=[rate / 100 for rate in offer.vat_rates],
            uses=offer.uses or 0,
            uses_per_customer=offer.uses_per_customer or 0,
            codes=offer.codes.value,
        )


_FLAGS = ("new_customers_only", "personal", "combinable", "for_partners")


def _articles(skus: list[str], categories: list[str]) -> Articles | None:
    found = Articles(words(skus), words(categories))
    return None if found == Articles() else found
