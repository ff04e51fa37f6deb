"""What does a marketer fill in for a campaign, and how does a saved one become a form again?"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, model_validator

from campaigns.campaign import Campaign, Limits, Step
from campaigns.definition import as_dict
from flows.forms.audience import OWN_SHOP, AudienceForm, WinbackForm
from flows.forms.form import LANGUAGE, SHORT_NAME, Form, cents, words
from flows.forms.offer import OfferForm


class StepForm(Form):
    """One letter of the sequence."""

    model_config = ConfigDict(title="Step")

    layout: str = Field("winback", title="Layout", description="The letter's text and design.")
    delay_days: int = Field(
        0,
        title="Delay (days)",
        description="After the letter before; the first letter's counts from what the kind names. 0, at once: only for the first one, and not for every kind.",
        ge=0,
    )
    offer: str = Field("", title="Offer", description="The coupon on the letter; empty for a layout without one, and for coupon expiry.")
    test_layout: str = Field(
        "", title="A/B test: second layout", description="Some people get this layout instead, drawn for good by person and campaign; empty: no test."
    )
    test_percent: int = Field(50, title="A/B test: share (%)", description="Of people who get the second layout.", ge=1, le=99)


class LimitsForm(Form):
    """What the campaign may not exceed."""

    model_config = ConfigDict(title="Limits")

    holdout_percent: int = Field(
        10, title="Holdout (%)", description="Share of people who get no letter, so that the effect can be measured. 0: no effect can be told.", ge=0, le=50
    )
    cooldown_days: int = Field(45, title="Cooldown (days)", description="Between any two letters to one person, over all campaigns.", ge=0)
    cap_letters: int = Field(3, title="Letters at the most", description="… to one person within the next number of days, over all campaigns.", ge=1)
    cap_days: int = Field(90, title="… within (days)", description="The time that the number above counts for.", ge=0)
    countries: list[str] = Field(["DE", "AT", "CH"], title="Countries", description="ISO codes that letters go to; an empty list means everywhere.")
    max_letters_per_run: int | None = Field(None, title="Letters per run", description="The rest waits for the next run; empty means no limit.", ge=1)
    max_letters: int | None = Field(None, title="Letters in total", description="Over all runs; then it writes to nobody more. Empty: no limit.", ge=1)
    budget_per_run: float | None = Field(
        None, title="Budget per run (€)", description="Paper, print and postage by your tariff; the rest waits for the next run. Empty: no limit.", gt=0
    )
    budget: float | None = Field(None, title="Budget in total (€)", description="Over all runs; then it writes to nobody more. Empty: no limit.", gt=0)
    minimum_letters: int = Field(
        1, title="Print at least (letters)", description="A smaller run prints nothing and waits: its people are free for the next one.", ge=1
    )
    earliest: date | None = Field(None, title="Not before", description="First day on which letters are made; empty: at once.")
    latest: date | None = Field(None, title="Not after", description="Last day on which letters are made; empty: until you switch it off.")
    priority: int = Field(
        5, title="Priority", description="Where two campaigns would write to a person on one day, the lower number does: 1 goes first, 9 last.", ge=1, le=9
    )

    def to_limits(self) -> Limits:
        """As the rules know them: money in cents."""
        plain = self.model_dump(exclude={"countries", "budget_per_run", "budget"})
        countries = tuple(code.upper() for code in words(self.countries))
        return Limits(**plain, countries=countries, budget_per_run_cents=cents(self.budget_per_run), budget_cents=cents(self.budget))


def _plain_tabs(schema: dict[str, Any]) -> None:
    """The UI shows tabs for ``anyOf`` and a box of raw JSON for ``oneOf`` with a discriminator (prefect facts 1)."""
    schema["anyOf"] = schema.pop("oneOf")
    del schema["discriminator"]


class CampaignForm(Form):
    """A campaign, whole."""

    model_config = ConfigDict(title="Campaign")

    slug: str = Field(
        "my-winback", title="Short name", description="a-z, 0-9 and hyphens; a campaign of that name is replaced whole.", pattern=SHORT_NAME, max_length=60
    )
    name: str = Field("My win-back", title="Name", description="As you speak of it.", min_length=1)
    landing_url: str = Field(
        "https://teehaus.example/",
        title="Landing page",
        description="Where a scan leads. {coupon_code} is replaced: https://SHOP/discount/{coupon_code}?redirect=/",
    )
    default_language: str = Field("de", title="Default language", description="For people whose own language the layout has no text in.", pattern=LANGUAGE)
    audience: Annotated[AudienceForm, Field(discriminator="kind", json_schema_extra=_plain_tabs)] = Field(
        WinbackForm(), title="Audience", description="Whom the campaign looks at."
    )
    steps: list[StepForm] = Field([StepForm(offer="welcome-back-10")], title="Steps", description="The letters in their order.", min_length=1)
    limits: LimitsForm = Field(LimitsForm(), title="Limits", description="What the campaign may not exceed.")
    active: bool = Field(True, title="Active", description="Off: the campaign writes to nobody and takes nobody from another one. Its letters stay counted.")

    @model_validator(mode="before")
    @classmethod
    def _kind_belongs_to_the_audience(cls, values: Any) -> Any:
        """Files of before there were other kinds say it one level higher."""
        if not isinstance(values, Mapping) or "kind" not in values or not isinstance(values.get("audience", {}), Mapping):
            return values
        rest = {name: value for name, value in values.items() if name != "kind"}
        return rest | {"audience": {"kind": values["kind"]} | dict(values.get("audience", {}))}

    def to_campaign(self) -> Campaign:
        """The definition as the rules know it; raises InvalidCampaign for what contradicts itself."""
        return Campaign(**self.parts())

    def parts(self) -> dict[str, Any]:
        """What a Campaign is made of, not looked at yet."""
        return {
            "slug": self.slug,
            "name": self.name,
            "landing_url": self.landing_url.strip(),
            "steps": tuple(Step(**step.model_dump()) for step in self.steps),
            "audience": self.audience.to_audience(),
            "limits": self.limits.to_limits(),
            "default_language": self.default_language,
            "active": self.active,
        }

    @classmethod
    def of(cls, campaign: Campaign) -> Self:
        """The form filled in with a saved campaign."""
        values = as_dict(campaign)
        audience = _in_units(values["audience"]) | {"kind": values.pop("kind")}
        if "platforms" in audience:
            audience["platforms"] = [platform or OWN_SHOP for platform in audience["platforms"]]
        return cls.model_validate(values | {"audience": audience, "limits": _in_units(values["limits"])})


def _in_units(values: Mapping[str, Any]) -> dict[str, Any]:
    """Cents as the form counts them."""
    return {name.removesuffix("_cents"): value / 100 if name.endswith("_cents") and value is not None else value for name, value in values.items()}


class CampaignFile(CampaignForm):
    """A campaign file (TOML) may bring the offers along that its steps use."""

    offers: list[OfferForm] = Field([], title="Offers", description="Saved together with the campaign.")
