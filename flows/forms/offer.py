"""What does a marketer fill in for a coupon offer?"""

from datetime import date
from typing import Literal

from pydantic import Field

from campaigns.offer import CodeSource, Offer, OfferKind
from flows.forms.form import CURRENCY, SHORT_NAME, Form


class OfferForm(Form):
    """An offer: what the coupon on a letter is worth."""

    slug: str = Field(
        "welcome-back-10",
        title="Short name",
        description="a-z, 0-9 and hyphens; campaigns refer to it. An offer of that name is changed.",
        pattern=SHORT_NAME,
    )
    name: str = Field("Welcome back 10 %", title="Name", description="For you and your colleagues; customers do not see it.", min_length=1)
    kind: Literal["percentage", "amount"] = Field("percentage", title="Kind", description="A share of the order or a fixed amount.")
    value: float = Field(10, title="Value", description="Percent, or units of the currency: 10 means 10 % or 10 €.", gt=0)
    currency: str = Field("EUR", title="Currency", description="ISO code, for amounts and the minimum order.", pattern=CURRENCY)
    minimum_order: float = Field(0, title="Minimum order value", description="0 means none.", ge=0)
    valid_days: int = Field(70, title="Valid for (days)", description="From the day the letter is expected to arrive; 8 to 12 weeks are usual.", ge=1, le=730)
    valid_until: date | None = Field(
        None, title="Last day", description="For all its codes, however late a letter comes, as for a Christmas offer. Empty: only the days count."
    )
    codes: Literal["generated", "imported"] = Field(
        "generated",
        title="Codes",
        description="Generated: every letter gets a fresh code. Imported: every letter takes one of the codes that your shop made and that you imported.",
    )

    def to_offer(self) -> Offer:
        """The offer as the rules know it (percent and money both have two decimals); raises InvalidOffer for terms that contradict each other."""
        minimum = round(self.minimum_order * 100)
        value, codes = round(self.value * 100), CodeSource(self.codes)
        return Offer(self.slug, self.name, OfferKind(self.kind), value, self.currency, minimum, self.valid_days, self.valid_until, codes)
