"""Does what a marketer fills in become the campaign that was meant, and the other way round?"""

import tomllib
from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from campaigns.campaign import Limits, Step
from campaigns.kinds import AUDIENCES, CampaignKind, Counted, Product, ProductField, Reorder, Segment, Who
from campaigns.offer import CodeSource
from flows import forms
from flows.definition import campaign_files
from flows.definition.campaign_text import as_toml
from flows.forms import AUDIENCE_FORMS, CampaignFile, CampaignForm, LimitsForm, OfferForm, SegmentForm, StepForm

KINDS = {form.model_fields["kind"].default: form for form in AUDIENCE_FORMS}
SEGMENT: dict[str, Any] = {
    "kind": "segment",
    "who": "all",
    "countries": ["de", " at "],
    "postcodes": ["20", ""],
    "languages": ["DE"],
    "platforms": ["shop", "ebay"],
    "total_min": 99.99,
    "average_max": 50,
    "first_order_from": "2026-01-01",
    "bought": [{"field": "sku", "text": "TEE-*"}],
    "loop_days": 365,
}


def test_there_is_a_form_for_every_kind_with_the_defaults_of_the_rules() -> None:
    assert set(KINDS) == set(CampaignKind)
    for kind, form in KINDS.items():
        assert form().to_audience() == AUDIENCES[CampaignKind(kind)]()
        names = {name.removesuffix("_cents") for name in AUDIENCES[CampaignKind(kind)].__dataclass_fields__ if name != "kind"}
        assert set(form.model_fields) - {"kind"} == names
    assert LimitsForm().to_limits() == Limits()


def test_a_segment_is_written_in_units_and_known_in_cents() -> None:
    found = CampaignForm.model_validate({"audience": SEGMENT}).audience.to_audience()
    assert isinstance(found, Segment)
    assert (found.who, found.countries, found.postcodes, found.languages, found.platforms) == (Who.ALL, ("DE", "AT"), ("20",), ("de",), ("", "ebay"))
    assert (found.total_min_cents, found.average_max_cents, found.total_max_cents) == (9999, 5000, None)
    assert (found.first_order_from, found.bought, found.loop_days) == (date(2026, 1, 1), (Product(ProductField.SKU, "TEE-*"),), 365)


def test_money_of_limits_is_written_in_euros() -> None:
    limits = LimitsForm(budget=1200.5, budget_per_run=99.99, countries=["de", ""], latest=date(2027, 1, 1)).to_limits()
    assert (limits.budget_cents, limits.budget_per_run_cents, limits.countries, limits.latest) == (120050, 9999, ("DE",), date(2027, 1, 1))


def test_steps_and_reorder_reach_the_rules_as_they_were_meant() -> None:
    step = {"layout": "a", "delay_days": 9, "test_layout": "b", "test_percent": 20}
    form = CampaignForm.model_validate({"audience": {"kind": "reorder", "order_number": 3, "counted": "sales"}, "steps": [step]})
    campaign = form.to_campaign()
    assert campaign.audience == Reorder(order_number=3, counted=Counted.SALES)
    assert campaign.steps == (Step("a", 9, "", "b", 20),)


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_saved_campaign_becomes_the_form_and_the_file_that_it_came_from(kind: str) -> None:
    audience = SEGMENT if kind == "segment" else {"kind": kind}
    limits = {"budget": 12.5, "countries": [], "earliest": "2026-12-01", "max_letters": 9}
    campaign = CampaignForm.model_validate({"audience": audience, "steps": [{"layout": "x", "delay_days": 1}], "limits": limits, "active": False}).to_campaign()
    form = CampaignForm.of(campaign)
    assert form.to_campaign() == campaign
    offers = [OfferForm(slug="tea", value=12.5, valid_until=date(2026, 12, 24), codes="imported", name='10 % "extra" für Tee').to_offer()]
    again = CampaignFile.model_validate(tomllib.loads(as_toml(form, offers)))
    assert again.to_campaign() == campaign
    assert [offer.to_offer() for offer in again.offers] == offers


def test_percent_and_money_of_an_offer_have_two_decimals() -> None:
    assert OfferForm(slug="tea", kind="percentage", value=12.5).to_offer().value == 1250
    offer = OfferForm(slug="tea", kind="amount", value=4.99, minimum_order=30, valid_until=date(2026, 12, 24), codes="imported").to_offer()
    assert (offer.value, offer.minimum_order_cents, offer.valid_until, offer.codes) == (499, 3000, date(2026, 12, 24), CodeSource.IMPORTED)


def test_a_file_of_before_there_were_kinds_still_means_what_it_meant() -> None:
    old = {"kind": "winback", "audience": {"inactive_days": 100}}
    assert CampaignForm.model_validate(old) == CampaignForm.model_validate({"audience": {"kind": "winback", "inactive_days": 100}})
    assert CampaignForm.model_validate({"kind": "segment"}).audience == SegmentForm()


ALL_FORMS = [one for one in vars(forms).values() if isinstance(one, type) and issubclass(one, BaseModel)]


@pytest.mark.parametrize("form", ALL_FORMS, ids=lambda form: str(form.__name__))
def test_every_field_has_title_description_and_a_static_default(form: type[BaseModel]) -> None:
    assert form().model_dump() is not None
    for name, field in form.model_fields.items():
        assert field.title and "_" not in field.title, name
        assert field.description and field.description.endswith((".", "/")), name
        assert field.default_factory is None and not field.is_required(), name
    with pytest.raises(ValidationError, match="Extra inputs"):
        form.model_validate({"no_such_field": 1})


def test_the_kinds_are_plain_tabs_and_an_empty_field_is_called_so() -> None:
    audience = CampaignForm.model_json_schema()["properties"]["audience"]
    assert len(audience["anyOf"]) == len(KINDS)
    assert not {"oneOf", "discriminator"} & set(audience), "the Prefect UI shows raw JSON for these"
    assert [one["title"] for one in LimitsForm.model_json_schema()["properties"]["budget"]["anyOf"]] == ["Set", "Empty"]
    assert "anyOf" not in StepForm.model_json_schema()["properties"]["layout"]


def test_presets_of_both_languages_are_the_same_campaigns() -> None:
    for kind in CampaignKind:
        german, english = (campaign_files.preset(kind, language) for language in ("de", "en"))
        assert german.audience == english.audience
        assert german.audience.kind == kind
        assert german.steps == english.steps
        assert german.limits.model_dump(exclude={"countries"}) == english.limits.model_dump(exclude={"countries"})
        assert (german.default_language, english.default_language) == ("de", "en")
        assert [offer.model_dump(exclude={"name"}) for offer in german.offers] == [offer.model_dump(exclude={"name"}) for offer in english.offers]


def test_presets_go_before_each_other_as_the_product_says_and_their_offers_rise() -> None:
    presets = {kind: campaign_files.preset(kind, "de") for kind in CampaignKind}
    order = sorted(presets, key=lambda kind: presets[kind].limits.priority)
    assert order == ["coupon_expiry", "abandoned_cart", "reorder", "winback", "no_purchase", "segment"]
    for preset in presets.values():
        values = {offer.slug: offer.value for offer in preset.offers}
        assert set(values) == {step.offer for step in preset.steps if step.offer}
        rising = [values[step.offer] for step in preset.steps if step.offer]
        assert rising == sorted(set(rising))
    assert set(campaign_files.bundled_offers("de")) == {offer.slug for preset in presets.values() for offer in preset.offers}
