"""Is a campaign that cannot work refused at once, with every reason and what to do?"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from campaigns.campaign import Campaign
from campaigns.coupon import CouponRecord
from campaigns.errors import InvalidCampaign
from campaigns.kinds import CampaignKind
from campaigns.offer import CodeSource, Offer, OfferKind
from campaigns.verdict import Reason
from flows.clock import now
from flows.definition import campaign_files
from flows.definition.saving import save_campaign, save_form, switch
from flows.forms import CampaignForm
from layouts.errors import UnknownLayout
from store import campaigns, offers
from store.coupons import upsert_coupons
from store.engine import reading, writing
from store.schema import campaign_versions, verdicts
from store.settings import Settings
from tests.flows.way import selected

BUNDLED = Path(__file__).parents[3] / "layouts" / "bundled"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
TEN = {"welcome-back-10": Offer("welcome-back-10", "Ten", OfferKind.PERCENTAGE, 1000)}


def campaign(**changes: object) -> Campaign:
    form = {"slug": "winback", "steps": [{"layout": "winback", "offer": "welcome-back-10"}], **changes}
    return CampaignForm.model_validate(form).to_campaign()


@pytest.fixture
def german_only(tmp_path: Path) -> Path:
    """A folder of own layouts: one without coupon, and only in German."""
    folder = tmp_path / "own" / "gruss"
    folder.mkdir(parents=True)
    for name in ("layout.toml", "de.md"):
        (folder / name).write_bytes((BUNDLED / "note" / name).read_bytes())
    return folder.parent


def test_a_person_whose_language_the_layout_lacks_is_written_to_in_the_campaigns(shop: Engine, settings: Settings, german_only: Path) -> None:
    own = settings.model_copy(update={"layouts_dir": german_only})
    with writing(shop) as connection:
        save_campaign(connection, campaign(steps=[{"layout": "gruss"}], limits={"countries": []}), [], own)
    run = selected(shop, own)
    with reading(shop) as connection:
        reasons = connection.execute(select(verdicts.c.reason)).scalars().all()
    assert run.funnel.audience == len(reasons) == run.funnel.counts.total()
    assert run.funnel.counts[Reason.ABROAD] == 0
    assert run.funnel.selected > 100


def test_a_language_that_vanished_after_saving_leaves_people_out_and_the_run_goes_on(shop: Engine, settings: Settings, german_only: Path) -> None:
    (german_only / "gruss" / "en.md").write_bytes((BUNDLED / "note" / "en.md").read_bytes())
    own = settings.model_copy(update={"layouts_dir": german_only})
    with writing(shop) as connection:
        save_campaign(connection, campaign(default_language="en", steps=[{"layout": "gruss"}], limits={"countries": []}), [], own)
    (german_only / "gruss" / "en.md").unlink()
    run = selected(shop, own)
    with reading(shop) as connection:
        details = connection.execute(select(verdicts.c.detail).where(verdicts.c.reason == Reason.UNPRINTABLE_TEXT)).scalars().all()
    assert run.funnel.selected > 50
    assert any("has no text in" in detail and "'en'" in detail for detail in details), details[:3]
    assert run.funnel.counts.total() == run.funnel.audience


def test_nothing_is_saved_of_a_campaign_that_is_refused(engine: Engine, settings: Settings) -> None:
    with pytest.raises(InvalidCampaign, match="was not saved"), writing(engine) as connection:
        save_campaign(connection, campaign(steps=[{"layout": "nowhere"}]), list(TEN.values()), settings)
    with reading(engine) as connection:
        assert (campaigns.slugs(connection), offers.slugs(connection)) == ([], [])


def test_the_presets_are_ready_to_save_from_file_and_form(engine: Engine, settings: Settings) -> None:
    assert {path.stem.rsplit("-", 1)[1] for path in campaign_files.presets()} == {"de", "en"}
    assert len(campaign_files.presets()) == 2 * len(CampaignKind)
    for path in campaign_files.presets():
        with writing(engine) as connection:
            saved = save_form(connection, campaign_files.read(path), settings, "de")
        assert saved.told.startswith(("Saved campaign", "Changed campaign"))
    with reading(engine) as connection:
        assert len(campaigns.slugs(connection)) == len(CampaignKind)


def test_a_form_brings_the_presets_offers_along_that_nobody_has_saved(engine: Engine, settings: Settings) -> None:
    preset = campaign_files.preset(CampaignKind.WINBACK, "de")
    form = CampaignForm.model_validate(preset.model_dump(exclude={"offers"}))
    with writing(engine) as connection:
        offers.save(connection, Offer("welcome-back-15", "Ours", OfferKind.PERCENTAGE, 1200), NOW)
        saved = save_form(connection, form, settings, "de")
        again = save_form(connection, form, settings, "de")
        after = {slug: offer for slug, (_, offer) in offers.by_slug(connection, offers.slugs(connection)).items()}
    assert saved.told == "Saved campaign winback (winback, 3 steps) with the offers welcome-back-10, welcome-back-20."
    assert again.told == "Nothing has changed in campaign winback (winback, 3 steps)."
    assert after["welcome-back-15"].name == "Ours", "what is saved already stays as it is"
    assert (after["welcome-back-10"].name, after["welcome-back-20"].value) == ("Willkommen zurück, 10 %", 2000)


def test_what_the_forms_and_what_the_rules_find_wrong_is_told_together(engine: Engine, settings: Settings) -> None:
    values = {"slug": "spring", "limits": {"holdout_percent": 80}, "naem": "x", "steps": [{"layout": "winbak", "delay_days": -1}, {"layout": "note"}]}
    form, wrong = campaign_files.in_part(values, "spring.toml")
    with pytest.raises(InvalidCampaign) as error, writing(engine) as connection:
        save_form(connection, form, settings, "de", wrong)
    found = str(error.value)
    for said in (
        "Limits, Holdout (%), in a file limits.holdout_percent: Input should be less than or equal to 50.",
        "naem: there is no field of that name.",
        "Step 1, Delay (days), in a file steps.1.delay_days: Input should be greater than or equal to 0.",
        "Every step after the first needs a delay",
        "Step 1: There is no layout 'winbak', did you mean winback?",
    ):
        assert f"\n- {said}" in found
    assert found.startswith("Campaign 'spring' was not saved:\n")


def test_an_offer_that_cannot_be_saved_is_told_with_every_other_reason_and_not_called_missing(engine: Engine, settings: Settings) -> None:
    dear = {"slug": "dear", "name": "Dear", "kind": "percentage", "value": 120}
    values = {"slug": "Bad Slug", "steps": [{"layout": "winback", "offer": "dear"}], "limits": {"latest": "2020-01-01"}, "offers": [dear]}
    form, wrong = campaign_files.in_part(values, "spring.toml")
    with pytest.raises(InvalidCampaign) as error, writing(engine) as connection:
        save_form(connection, form, settings, "de", wrong)
    assert str(error.value).splitlines() == [
        "The campaign was not saved:",
        "- Short name, in a file slug: it may hold a-z, 0-9 and single hyphens only, like winback-autumn.",
        "- Offer 'dear' cannot work: It takes more than 100 % off: lower its value.",
        "- The campaign ended on 2020-01-01 and would never run: give it a later last day, or switch it off.",
    ]


def test_offers_that_a_file_changes_are_named_with_the_other_campaigns_that_use_them(engine: Engine, settings: Settings) -> None:
    first = campaign_files.preset(CampaignKind.WINBACK, "de")
    second = first.model_copy(update={"slug": "second", "steps": first.steps[:1]})
    offer = first.offers[0].model_copy(update={"value": 8})
    with writing(engine) as connection:
        assert "Changed offer" not in save_form(connection, first, settings, "de").told
        assert "Changed offer" not in save_form(connection, second, settings, "de").told
        told = save_form(connection, first.model_copy(update={"offers": [offer, *first.offers[1:]]}), settings, "de").told
    assert told == (
        "Nothing has changed in campaign winback (winback, 3 steps). "
        "Changed offer: welcome-back-10 (also used by second); codes that are printed keep their terms."
    )


def test_where_the_kind_is_missing_nothing_is_guessed_about_the_rest() -> None:
    with pytest.raises(InvalidCampaign) as error:
        campaign_files.in_part({"slug": "cart", "audience": {"inactive_days": 9}, "steps": [{"layout": "cart", "delay_days": -1}]}, "cart.toml")
    assert str(error.value).splitlines() == [
        "cart.toml cannot be saved:",
        "- audience.kind: say what kind of campaign this is, one of no_purchase, abandoned_cart, winback, reorder, segment, coupon_expiry.",
        "- Step 1, Delay (days), in a file steps.1.delay_days: Input should be greater than or equal to 0.",
    ]


def test_a_campaign_that_can_no_longer_work_is_refused_when_it_runs_and_can_be_saved_anew(shop: Engine, settings: Settings, german_only: Path) -> None:
    own = settings.model_copy(update={"layouts_dir": german_only})
    with writing(shop) as connection:
        save_campaign(connection, campaign(steps=[{"layout": "gruss"}]), [], own)
    with pytest.raises(UnknownLayout, match="There is no layout 'gruss'"):
        selected(shop, settings)
    with writing(shop) as connection:
        connection.execute(update(campaign_versions).values(definition={"slug": "winback"}))
    with pytest.raises(InvalidCampaign, match="save the campaign again"):
        selected(shop, own)
    with writing(shop) as connection:
        saved = save_form(connection, CampaignForm(slug="winback"), settings, "de")
    assert saved.told == "Saved campaign winback (winback, 1 step) with the offer welcome-back-10."
    assert selected(shop, settings).funnel.selected > 0


def test_advice_knows_the_people_and_the_imported_codes_of_the_installation(shop: Engine, settings: Settings) -> None:
    pool = Offer("ours", "Ours", OfferKind.PERCENTAGE, 1000, codes=CodeSource.IMPORTED)
    form = CampaignForm.model_validate({"slug": "winback", "steps": [{"layout": "winback", "offer": "ours"}]})
    with writing(shop) as connection:
        offers.save(connection, pool, now())
        empty = save_form(connection, form, settings, "de").advice
        upsert_coupons(connection, [CouponRecord("shop", "TEE-4711", "ours")], now())
        filled = save_form(connection, form, settings, "de").advice
    assert any("At the most 400 people can be reached" in line for line in filled), filled
    assert [line for line in empty if line not in filled] == [
        "Step 1: no imported code of the offer 'ours' is left. Import codes first, else nobody gets this letter (no_coupon_left)."
    ]


def test_a_campaign_is_switched_off_and_on_again(engine: Engine, settings: Settings) -> None:
    with writing(engine) as connection:
        saved = save_campaign(connection, campaign(), list(TEN.values()), settings)
        assert "is switched off" in switch(connection, saved.definition, settings, active=False)
        off = campaigns.by_slug(connection, "winback")
        assert off and not off.definition.active
        assert "is active" in switch(connection, off.definition, settings, active=True)
        again = campaigns.by_slug(connection, "winback")
    assert again == saved, "the same definition is the same version"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("slug = ", "is not a TOML file"),
        ('name = "X"', "slug: give the campaign a short name of its own"),
        ('slug = "x"\nname = "X"\nsteps = []', "steps: List should have at least 1 item"),
        ('slug = "x"\nnaem = "X"', "naem: there is no field of that name."),
        ("[limits]\nholdout_percent = 80", "limits.holdout_percent: Input should be less than or equal to 50"),
    ],
)
def test_a_campaign_file_that_is_wrong_says_where(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "campaign.toml"
    path.write_text(text)
    with pytest.raises(InvalidCampaign) as error:
        campaign_files.read(path)
    assert said in str(error.value)
    assert str(path) in str(error.value)
