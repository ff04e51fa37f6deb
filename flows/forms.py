"""What does a marketer fill in?  The parameter models behind the forms of the Prefect UI and behind campaign files.

Rules of the UI that these models keep (prefect facts 1): one model per flow, a title and a description and a static
default for every field, no default factories, no discriminated unions.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from campaigns.campaign import Audience, Campaign, CampaignKind, Limits, Step
from campaigns.offer import Offer, OfferKind


class Form(BaseModel):
    """A form refuses fields that it does not know: a typing error must not pass in silence."""

    model_config = ConfigDict(extra="forbid")


class OfferForm(Form):
    """An offer: what the coupon on a letter is worth."""

    slug: str = Field("welcome-back-10", title="Short name", description="a-z, 0-9 and hyphens; campaigns refer to it.", pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    name: str = Field("Welcome back 10 %", title="Name", description="For you and your colleagues; customers do not see it.", min_length=1)
    kind: Literal["percentage", "amount"] = Field("percentage", title="Kind", description="A share of the order or a fixed amount.")
    value: float = Field(10, title="Value", description="Percent, or units of the currency: 10 means 10 % or 10 €.", gt=0)
    currency: str = Field("EUR", title="Currency", description="ISO code, for amounts and the minimum order.", pattern=r"^[A-Z]{3}$")
    minimum_order: float = Field(0, title="Minimum order value", description="0 means none.", ge=0)
    valid_days: int = Field(70, title="Valid for (days)", description="From the day the letter is expected to arrive; 8 to 12 weeks are usual.", ge=1, le=730)

    def to_offer(self) -> Offer:
        """The offer as the rules know it: percent and money both have two decimals."""
        return Offer(self.slug, self.name, OfferKind(self.kind), round(self.value * 100), self.currency, round(self.minimum_order * 100), self.valid_days)


class AudienceForm(Form):
    """Whom the campaign looks at."""

    inactive_days: int = Field(180, title="Inactive for (days)", description="The last order is at least this long ago.", ge=1)
    max_inactive_days: int = Field(1095, title="At the most (days)", description="A last order longer ago than this is too old to write to.", ge=2)
    only_with_empty_cart: bool = Field(True, title="Only with an empty cart", description="Pause for people who have products in the cart.")


class StepForm(Form):
    """One letter of the sequence."""

    layout: str = Field("winback", title="Layout", description="The letter's text and design.")
    delay_days: int = Field(0, title="Delay (days)", description="After the step before; 0 for the first step means at once.", ge=0)
    offer: str = Field("", title="Offer", description="The coupon on the letter; empty for a layout without one.")


class LimitsForm(Form):
    """What the campaign may not exceed."""

    holdout_percent: int = Field(10, title="Holdout (%)", description="Share of people who get no letter, so that the effect can be measured.", ge=0, le=50)
    cooldown_days: int = Field(45, title="Cooldown (days)", description="Between any two letters to one person, over all campaigns.", ge=0)
    cap_letters: int = Field(3, title="Letters at the most", description="… to one person within the next number of days.", ge=1)
    cap_days: int = Field(90, title="… within (days)", description="The time that the number above counts for.", ge=0)
    countries: list[str] = Field(["DE", "AT", "CH"], title="Countries", description="ISO codes that letters go to; an empty list means everywhere.")
    max_letters_per_run: int | None = Field(None, title="Letters per run", description="The rest waits for the next run; empty means no limit.", ge=1)


class CampaignForm(Form):
    """A campaign, whole."""

    slug: str = Field(
        "my-winback",
        title="Short name",
        description="a-z, 0-9 and hyphens; a campaign of that name is replaced whole.",
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
    )
    name: str = Field("My win-back", title="Name", description="As you speak of it.", min_length=1)
    kind: Literal["winback"] = Field("winback", title="Kind", description="Win-back: customers whose last order is long ago.")
    landing_url: str = Field(
        "https://teehaus.example/",
        title="Landing page",
        description="Where a scan leads. {coupon_code} is replaced: https://SHOP/discount/{coupon_code}?redirect=/",
    )
    default_language: str = Field("de", title="Default language", description="For people whose own language the layout has no text in.", pattern=r"^[a-z]{2}$")
    audience: AudienceForm = Field(AudienceForm(), title="Audience", description="Whom the campaign looks at.")
    steps: list[StepForm] = Field([StepForm(offer="welcome-back-10")], title="Steps", description="The letters in their order.", min_length=1)
    limits: LimitsForm = Field(LimitsForm(), title="Limits", description="What the campaign may not exceed.")

    def to_campaign(self) -> Campaign:
        """The definition as the rules know it; raises InvalidCampaign for what contradicts itself."""
        limits = self.limits.model_dump()
        limits["countries"] = tuple(code.strip().upper() for code in self.limits.countries if code.strip())
        return Campaign(
            slug=self.slug,
            name=self.name,
            kind=CampaignKind(self.kind),
            landing_url=self.landing_url.strip(),
            steps=tuple(Step(**step.model_dump()) for step in self.steps),
            audience=Audience(**self.audience.model_dump()),
            limits=Limits(**limits),
            default_language=self.default_language,
        )


class CampaignFile(CampaignForm):
    """A campaign file (TOML) may bring the offers along that its steps use."""

    offers: list[OfferForm] = Field([], title="Offers", description="Saved together with the campaign.")


class RunForm(Form):
    """How this run is done."""

    approval: Literal["ask", "automatic"] = Field("ask", title="Approval", description="Ask: the run waits for you before anything leaves the house.")
    max_letters: int | None = Field(None, title="Letters at the most", description="For a first try; the rest waits for the next run.", ge=1)


class ImportForm(Form):
    """Which files are imported."""

    place: str = Field("", title="File or folder", description="On the server; empty means the inbox folder. Customers are read before orders before carts.")
    source: str = Field(
        "shop", title="Source", description="Name of the shop that the files come from; the same name updates the same records.", pattern=r"^[a-z0-9-]+$"
    )
    holds: Literal["", "objections", "robinson", "customers", "orders", "carts", "coupons"] = Field(
        "", title="What they hold", description="Only for files whose headings do not tell, like a Robinson list; empty means by their headings."
    )
    mapping: str = Field("", title="Mapping file", description="On the server, a TOML file: for files with headings that nobody knows. Empty means none.")


WHOLE = (
    "Off: what changed since the last import, and everything at the first one. On: everything once more. That can take hours and takes up the "
    "shop's allowance of requests; what is stored stays, and only what differs is changed. Do not switch it on in a schedule."
)


class ShopifyImportForm(Form):
    """What is imported from which Shopify shop."""

    shop: str = Field("", title="Shop", description='Name of a saved block "Shopify shop" (Blocks, in the side bar); empty means the shop of the settings.')
    streams: list[Literal["customers", "orders", "carts"]] = Field(
        ["customers", "orders", "carts"], title="What", description="Customers always come before orders, orders before carts.", min_length=1
    )
    whole: bool = Field(False, title="Everything once more", description=WHOLE)


class BillbeeImportForm(Form):
    """What is imported from which Billbee account."""

    account: str = Field(
        "", title="Account", description='Name of a saved block "Billbee account" (Blocks, in the side bar); empty means the account of the settings.'
    )
    streams: list[Literal["customers", "orders"]] = Field(
        ["customers", "orders"], title="What", description="Customers always come before orders. Billbee knows no carts.", min_length=1
    )
    whole: bool = Field(False, title="Everything once more", description=WHOLE)
