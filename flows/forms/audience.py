"""What does a marketer choose about the people whom a campaign looks at?  One form for each kind of campaign."""

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field

from campaigns.kinds import AbandonedCart, Audience, Counted, CouponExpiry, NoPurchase, Product, ProductField, Reorder, Scanned, Segment, Who, Winback
from flows.forms.form import CURRENCY, Form, cents, words

EMPTY_CART = "On: whoever has products in the cart is left alone until the cart is empty or 90 days old."
TOO_OLD = "Lawful interest in advertising fades: 24 to 36 months are usual. Whoever is above gets no letter."


class NoPurchaseForm(Form):
    """People with an account who have never completed an order."""

    model_config = ConfigDict(title="No purchase")

    kind: Literal["no_purchase"] = Field(
        "no_purchase",
        title="Kind",
        description=(
            "Registered, and no completed order. Counts from the registration. Law: a letter needs no consent, but your interest must outweigh theirs, "
            "your privacy notice must tell of advertising by letter, and the Robinson list is checked."
        ),
    )
    max_account_days: int = Field(1095, title="Account no older than (days)", description=TOO_OLD, ge=1)
    only_with_empty_cart: bool = Field(
        True, title="Only with an empty cart", description="On: whoever has products in the cart is left to the campaign for abandoned carts."
    )

    def to_audience(self) -> Audience:
        """As the rules know it."""
        return NoPurchase(**self.model_dump(exclude={"kind"}))


class AbandonedCartForm(Form):
    """People who left products in the cart."""

    model_config = ConfigDict(title="Abandoned cart")

    kind: Literal["abandoned_cart"] = Field(
        "abandoned_cart", title="Kind", description="Products in the cart, untouched for 2 hours, and no order since. Counts from the last change of the cart."
    )
    only_with_earlier_order: bool = Field(
        True,
        title="Only with an earlier order",
        description=(
            "On: only people who have ordered before. Off: also people who never did. Warning: data from a purchase that was broken off may not simply be "
            "used for advertising (disputed); have your privacy notice and your interests checked before you switch this off."
        ),
    )

    def to_audience(self) -> Audience:
        """As the rules know it."""
        return AbandonedCart(**self.model_dump(exclude={"kind"}))


class WinbackForm(Form):
    """Customers whose last order is long ago."""

    model_config = ConfigDict(title="Win-back")

    kind: Literal["winback"] = Field("winback", title="Kind", description="The last order is long ago. Counts from that order.")
    inactive_days: int = Field(180, title="Inactive for (days)", description="The last order is at least this long ago.", ge=1)
    max_inactive_days: int = Field(1095, title="At the most (days)", description=TOO_OLD, ge=2)
    only_with_empty_cart: bool = Field(True, title="Only with an empty cart", description=EMPTY_CART)
    loop_days: int | None = Field(
        None, title="Repeat the last step every (days)", description="Until the person orders or becomes too old; empty: the sequence ends.", ge=1
    )

    def to_audience(self) -> Audience:
        """As the rules know it."""
        return Winback(**self.model_dump(exclude={"kind"}))


class ReorderForm(Form):
    """People who have just ordered: thanks, with a reason to come again."""

    model_config = ConfigDict(title="Reorder")

    kind: Literal["reorder"] = Field("reorder", title="Kind", description="Thanks for the n-th order. Counts from that order.")
    order_number: int = Field(1, title="After order number", description="1: after the first order of a person, 2: after the second, and so on.", ge=1)
    and_later: bool = Field(False, title="And after every later one", description="On: with 3 above, also after the fourth, the fifth, and so on.")
    counted: Literal["completed", "sales"] = Field(
        "completed", title="Which orders count", description="Completed: only completed ones. Sales: open ones too, so that the letter comes sooner."
    )
    max_order_days: int = Field(90, title="Order no older than (days)", description="For an order longer ago than this it is too late to say thanks.", ge=1)
    only_with_empty_cart: bool = Field(True, title="Only with an empty cart", description=EMPTY_CART)

    def to_audience(self) -> Audience:
        """As the rules know it."""
        return Reorder(**self.model_dump(exclude={"kind", "counted"}), counted=Counted(self.counted))


class ProductForm(Form):
    """Articles to look for in a person's orders."""

    model_config = ConfigDict(title="Product")

    field: Literal["sku", "title", "category"] = Field(
        "title", title="Look at", description="The article number, words of the title, or the category as the shop names it."
    )
    text: str = Field("", title="Look for", description="Capitals do not matter. A number may end in *: TEE-* means all that begin so.")

    def to_product(self) -> Product:
        """As the rules know it."""
        return Product(ProductField(self.field), self.text.strip())


class SegmentForm(Form):
    """People whom filters describe: all that are set must hold, an empty one lets everybody through."""

    model_config = ConfigDict(title="Segment")

    kind: Literal["segment"] = Field("segment", title="Kind", description="People whom the filters below describe. Counts from the last order.")
    who: Literal["customers", "prospects", "all"] = Field(
        "customers", title="Who", description="Customers have a completed order, prospects have none. Prospects are checked against the Robinson list."
    )
    countries: list[str] = Field([], title="In countries", description="ISO codes like DE, AT, CH.")
    postcodes: list[str] = Field([], title="Postcodes beginning with", description="20 and 22 mean Hamburg.")
    languages: list[str] = Field([], title="Languages", description="Of the letter, two letters: the shop's word for the person, else by country.")
    tags: list[str] = Field([], title="Tags", description="As the shop gives them; one of them is enough.")
    platforms: list[str] = Field(
        [], title="Platforms", description='Of the last order, like ebay; "shop" means your own. Marketplace buyers get no advertising: they stay excluded.'
    )
    orders_min: int | None = Field(None, title="Orders at least", description="Number of orders.", ge=0)
    orders_max: int | None = Field(None, title="Orders at the most", description="Number of orders.", ge=0)
    total_min: float | None = Field(None, title="Total at least", description="Of all orders together, in the currency below.", ge=0)
    total_max: float | None = Field(None, title="Total at the most", description="Of all orders together, in the currency below.", ge=0)
    average_min: float | None = Field(None, title="Average at least", description="Of one order, in the currency below.", ge=0)
    average_max: float | None = Field(None, title="Average at the most", description="Of one order, in the currency below.", ge=0)
    currency: str = Field("EUR", title="Currency", description="ISO code; totals and averages are of orders in this currency.", pattern=CURRENCY)
    first_order_from: date | None = Field(None, title="First order from", description="The first order was on this day or later.")
    first_order_until: date | None = Field(None, title="First order until", description="The first order was on this day or earlier.")
    last_order_min_days: int | None = Field(None, title="Last order at least (days) ago", description="30: nobody who ordered in the last month.", ge=0)
    last_order_max_days: int | None = Field(None, title="Last order at the most (days) ago", description="365: only who ordered in the last year.", ge=0)
    bought: list[ProductForm] = Field([], title="Bought", description="One of them is enough.")
    not_bought: list[ProductForm] = Field([], title="Not bought", description="None of them.")
    scanned: Literal["any", "yes", "no"] = Field("any", title="Scanned a letter", description="Yes: has scanned one of your letters before. No: never.")
    max_inactive_days: int = Field(
        1095, title="Inactive at the most (days)", description="Since the last order, or the registration of somebody who never ordered. " + TOO_OLD, ge=1
    )
    only_with_empty_cart: bool = Field(False, title="Only with an empty cart", description=EMPTY_CART)
    loop_days: int | None = Field(
        None,
        title="Repeat the last step every (days)",
        description="Recurring, whatever the person buys, for as long as the filters hold; empty: each person once.",
        ge=1,
    )

    def to_audience(self) -> Audience:
        """As the rules know it."""
        return Segment(
            who=Who(self.who),
            countries=tuple(code.upper() for code in words(self.countries)),
            postcodes=words(self.postcodes),
            languages=tuple(language.lower() for language in words(self.languages)),
            tags=words(self.tags),
            platforms=tuple("" if platform.lower() == OWN_SHOP else platform for platform in words(self.platforms)),
            orders_min=self.orders_min,
            orders_max=self.orders_max,
            total_min_cents=cents(self.total_min),
            total_max_cents=cents(self.total_max),
            average_min_cents=cents(self.average_min),
            average_max_cents=cents(self.average_max),
            currency=self.currency,
            first_order_from=self.first_order_from,
            first_order_until=self.first_order_until,
            last_order_min_days=self.last_order_min_days,
            last_order_max_days=self.last_order_max_days,
            bought=tuple(product.to_product() for product in self.bought),
            not_bought=tuple(product.to_product() for product in self.not_bought),
            scanned=Scanned(self.scanned),
            max_inactive_days=self.max_inactive_days,
            only_with_empty_cart=self.only_with_empty_cart,
            loop_days=self.loop_days,
        )


OWN_SHOP = "shop"
"""How the form calls the platform that the rules know by an empty word."""


class CouponExpiryForm(Form):
    """People with a personal coupon that they have not used and that ends soon."""

    model_config = ConfigDict(title="Coupon expiry")

    kind: Literal["coupon_expiry"] = Field(
        "coupon_expiry", title="Kind", description="Reminds of a coupon that is still unused, with that very code. The steps have no offer of their own."
    )
    days_before: int = Field(28, title="Days before its last day", description="When the letter is written; print and post take their time out of it.", ge=1)
    least_days_left: int = Field(5, title="Days left on arrival", description="The coupon must be good for so many days when the letter arrives.", ge=1)

    def to_audience(self) -> Audience:
        """As the rules know it."""
        return CouponExpiry(**self.model_dump(exclude={"kind"}))


AudienceForm = NoPurchaseForm | AbandonedCartForm | WinbackForm | ReorderForm | SegmentForm | CouponExpiryForm
AUDIENCE_FORMS: tuple[type[AudienceForm], ...] = (NoPurchaseForm, AbandonedCartForm, WinbackForm, ReorderForm, SegmentForm, CouponExpiryForm)
