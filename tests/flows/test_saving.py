"""Is a campaign that cannot work refused at once, with every reason and what to do?"""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from campaigns.audience import Reason
from campaigns.campaign import Campaign
from campaigns.errors import InvalidCampaign
from campaigns.offer import Offer, OfferKind
from flows import campaign_files
from flows.forms import CampaignForm, OfferForm
from flows.saving import problems, save_campaign
from flows.selecting import open_or_resume, select_letters
from store import campaigns, offers
from store.engine import reading, writing
from store.schema import verdicts
from store.settings import Settings

BUNDLED = Path(__file__).parents[2] / "layouts" / "bundled"
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
        (folder / name).write_bytes((BUNDLED / "plain" / name).read_bytes())
    return folder.parent


def test_a_campaign_that_can_work_has_no_problems() -> None:
    assert problems(campaign(), TEN, None) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"steps": [{"layout": "winbak", "offer": "welcome-back-10"}]}, "winback"),
        ({"steps": [{"layout": "winback", "offer": ""}]}, "prints a coupon, but the step has no offer"),
        ({"steps": [{"layout": "plain", "offer": "welcome-back-10"}]}, "would never reach the customer"),
        ({"steps": [{"layout": "winback", "offer": "welcome-bak-10"}]}, "did you mean 'welcome-back-10'"),
        ({"landing_url": "https://tee.example/discount/{coupon_code}", "steps": [{"layout": "plain", "offer": ""}]}, "asks for {coupon_code}"),
    ],
)
def test_what_cannot_work_is_named_with_what_to_do(changes: dict[str, object], said: str) -> None:
    (problem,) = problems(campaign(**changes), TEN, None)
    assert said in problem


def test_a_layout_that_lacks_the_campaigns_language_is_refused(german_only: Path) -> None:
    (problem,) = problems(campaign(default_language="en", steps=[{"layout": "gruss"}]), {}, german_only)
    assert "has no text in" in problem
    assert "add " in problem
    assert "default language to 'de'" in problem


def test_a_person_whose_language_the_layout_lacks_is_written_to_in_the_campaigns(shop: Engine, settings: Settings, german_only: Path) -> None:
    own = settings.model_copy(update={"layouts_dir": german_only})
    with writing(shop) as connection:
        save_campaign(connection, campaign(steps=[{"layout": "gruss"}], limits={"countries": []}), [], german_only)
    run = select_letters(shop, own, open_or_resume(shop, own, "winback", ""))
    with reading(shop) as connection:
        reasons = connection.execute(select(verdicts.c.reason)).scalars().all()
    assert run.funnel.audience == len(reasons) == run.funnel.counts.total()
    assert run.funnel.counts[Reason.ABROAD] == 0
    assert run.funnel.selected > 100


def test_a_language_that_vanished_after_saving_leaves_people_out_and_the_run_goes_on(shop: Engine, settings: Settings, german_only: Path) -> None:
    (german_only / "gruss" / "en.md").write_bytes((BUNDLED / "plain" / "en.md").read_bytes())
    own = settings.model_copy(update={"layouts_dir": german_only})
    with writing(shop) as connection:
        save_campaign(connection, campaign(default_language="en", steps=[{"layout": "gruss"}], limits={"countries": []}), [], german_only)
    (german_only / "gruss" / "en.md").unlink()
    run = select_letters(shop, own, open_or_resume(shop, own, "winback", ""))
    with reading(shop) as connection:
        details = connection.execute(select(verdicts.c.detail).where(verdicts.c.reason == Reason.UNPRINTABLE_TEXT)).scalars().all()
    assert run.funnel.selected > 50
    assert any("has no text in" in detail and "'en'" in detail for detail in details), details[:3]
    assert run.funnel.counts.total() == run.funnel.audience


def test_nothing_is_saved_of_a_campaign_that_is_refused(engine: Engine) -> None:
    with pytest.raises(InvalidCampaign, match="was not saved"), writing(engine) as connection:
        save_campaign(connection, campaign(steps=[{"layout": "nowhere"}]), list(TEN.values()), None)
    with reading(engine) as connection:
        assert (campaigns.slugs(connection), offers.slugs(connection)) == ([], [])


def test_the_presets_are_ready_to_save(engine: Engine) -> None:
    assert len(campaign_files.presets()) >= 2
    for path in campaign_files.presets():
        form = campaign_files.read(path)
        with writing(engine) as connection:
            save_campaign(connection, form.to_campaign(), [offer.to_offer() for offer in form.offers], None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("slug = ", "is not a TOML file"),
        ('slug = "x"\nname = "X"\nsteps = []', "steps: List should have at least 1 item"),
        ('slug = "x"\nnaem = "X"', "naem: Extra inputs are not permitted"),
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


def test_percent_and_money_of_an_offer_have_two_decimals() -> None:
    assert OfferForm(kind="percentage", value=12.5).to_offer().value == 1250
    assert OfferForm(kind="amount", value=4.99, minimum_order=30).to_offer().minimum_order_cents == 3000
