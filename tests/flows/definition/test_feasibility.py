"""Is everything that keeps a campaign from becoming letters found at once, with what to do about it?"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from campaigns.offer import Offer, OfferKind
from campaigns.sender import Sender
from flows.definition import campaign_files
from flows.definition.feasibility import Draft, House, problems
from flows.forms import CampaignForm
from printshop.cost import read_tariff

BUNDLED = Path(__file__).parents[3] / "layouts" / "bundled"
TODAY = date(2026, 11, 22)
TEN = Offer("ten", "Ten", OfferKind.PERCENTAGE, 1000)
SENDER = Sender("Teehaus", "Musterweg 1", "10115", "Berlin", "DE", "service@teehaus.example", "", "teehaus.example", "Ihr Teehaus", "")
HOUSE = House({"ten": TEN}, None, read_tariff(None), SENDER, TODAY, delivery_days=5, people=5000, codes_left={})
COUPON_STEP = {"layout": "winback", "offer": "ten"}


def draft(*steps: Mapping[str, Any], audience: Mapping[str, Any] | None = None, **changes: Any) -> Draft:
    form = {"slug": "autumn", "audience": audience or {"kind": "winback"}, "steps": list(steps) or [COUPON_STEP], **changes}
    return Draft(**CampaignForm.model_validate(form).parts())


@pytest.fixture
def own_layouts(tmp_path: Path) -> Path:
    """A folder of own layouts: ``gruss``, without coupon and only in German."""
    folder = tmp_path / "own" / "gruss"
    folder.mkdir(parents=True)
    for name in ("layout.toml", "de.md"):
        (folder / name).write_bytes((BUNDLED / "note" / name).read_bytes())
    return folder.parent


def test_a_campaign_that_can_work_has_no_problems() -> None:
    assert problems(draft(), HOUSE) == []


NO_PURCHASE, CART, EXPIRY = {"kind": "no_purchase"}, {"kind": "abandoned_cart"}, {"kind": "coupon_expiry"}


@pytest.mark.parametrize(
    ("campaign", "said"),
    [
        (draft({"layout": "winbak", "offer": "ten"}), "Step 1: There is no layout 'winbak', did you mean winback?"),
        (draft({**COUPON_STEP, "test_layout": "nowhere"}), "Step 1: There is no layout 'nowhere'"),
        (draft({"layout": "winback"}), "Step 1: layout 'winback' prints a coupon, but the step has no offer"),
        (draft({"layout": "note", "offer": "ten"}), "Step 1: offer 'ten' would never reach the customer: layout 'note' prints no coupon"),
        (draft({**COUPON_STEP, "test_layout": "note"}), "Step 1: offer 'ten' would never reach the customer: layout 'note'"),
        (draft({"layout": "winback", "offer": "tenn"}), "Step 1: there is no offer 'tenn': did you mean 'ten'?"),
        (draft({"layout": "winback", "offer": "summer"}), "Step 1: there is no offer 'summer': save it first (flow save-offer)."),
        (draft({"layout": "note"}, landing_url="https://tee.example/discount/{coupon_code}"), "asks for {coupon_code}, but step 1 has no offer"),
        (draft({**COUPON_STEP, "delay_days": 14}, audience=NO_PURCHASE), "Step 1: layout 'winback' needs {last_order_date}, which no letter of a no_purchase"),
        (draft({"layout": "cart"}), "Step 1: layout 'cart' needs {cart_date}, {cart_total}"),
        (draft({"layout": "note"}, audience=EXPIRY), "Step 1: layout 'note' prints no coupon (de, en), but the letter reminds of one"),
        (draft({"layout": "reminder", "offer": "ten"}, audience=EXPIRY), "A reminder prints the coupon that the person has already"),
        (
            draft({"layout": "reminder"}, audience=EXPIRY | {"days_before": 9}),
            "5 days for print and post, 5 days that must be left make 10, but it is written only",
        ),
        (draft({"layout": "reminder", "delay_days": 19}, audience=EXPIRY), "and 19 of delay make 29"),
        (draft({"layout": "reminder"}, {"layout": "reminder", "delay_days": 20}, audience=EXPIRY), "Step 2 would never be sent"),
        (draft({"layout": "cart", "delay_days": 0}, audience=CART), "The first step of an abandoned_cart campaign needs a delay of 1 day or more."),
        (draft(COUPON_STEP, COUPON_STEP), "Every step after the first needs a delay of 1 day or more."),
        (draft(limits={"budget": 0.5}), "The budget in total of 0.50 is below what one letter would cost"),
        (draft(limits={"budget_per_run": 40, "minimum_letters": 500}), "The budget per run of 40.00 is below what 500 letters, the least that you print,"),
        (draft(limits={"countries": ["DE", "XX"]}), "Unknown country XX"),
        (draft(landing_url="https://tee.invalid/{coupon}"), "holds {coupon}, which nothing is put in for: did you mean {coupon_code}?"),
        (draft(landing_url="https://tee.invalid/{utm}/{coupon_code}"), "holds {utm}, which nothing is put in for: only {coupon_code} is replaced."),
        (draft(landing_url="https://tee.invalid/{coupon_code"), "holds {coupon_code, which nothing"),
        (draft({"layout": "note"}, landing_url="https://tee.invalid/{coupon_code}"), "Choose a landing page without {coupon_code}, or an offer"),
        (draft(limits={"latest": "2026-11-21"}), "The campaign ended on 2026-11-21 and would never run: give it a later last day"),
        (
            draft({"layout": "offer", "offer": "ten"}, audience={"kind": "segment", "countries": ["FR"]}, limits={"countries": ["DE"]}),
            "The segment looks for people in FR, but letters go to DE only: nobody would get one.",
        ),
    ],
)
def test_what_cannot_work_is_named_with_what_to_do(campaign: Draft, said: str) -> None:
    found = problems(campaign, HOUSE)
    assert len(found) == 1, found
    assert said in found[0]


@pytest.mark.parametrize("limits", [{"latest": "2026-11-22"}, {}])
def test_a_campaign_that_may_still_run_is_not_refused_for_its_last_day(limits: dict[str, str]) -> None:
    assert problems(draft(limits=limits), HOUSE) == []


def test_a_campaign_that_is_over_may_be_saved_switched_off() -> None:
    assert problems(draft(limits={"latest": "2026-11-21"}, active=False), HOUSE) == []


def test_a_segment_that_lives_in_part_in_the_countries_of_the_limits_is_not_refused() -> None:
    audience = {"kind": "segment", "countries": ["FR", "DE"]}
    assert problems(draft({"layout": "offer", "offer": "ten"}, audience=audience, limits={"countries": ["DE"]}), HOUSE) == []


def test_numbers_that_contradict_each_other_are_told_once() -> None:
    found = problems(draft(audience={"kind": "winback", "inactive_days": 400, "max_inactive_days": 300}), HOUSE)
    assert len(found) == 1, found
    assert found[0].startswith('"At the most (days)" (max_inactive_days) must be above "Inactive for (days)" (inactive_days)')


def test_of_an_offer_that_is_refused_itself_it_is_not_said_that_it_is_missing() -> None:
    assert problems(draft({"layout": "winback", "offer": "dear"}), replace(HOUSE, refused={"dear"})) == []


def test_all_reasons_are_told_at_once() -> None:
    steps = ({"layout": "winbak"}, {"layout": "winback", "delay_days": 0}, {"layout": "note", "delay_days": 9, "offer": "tenn"})
    found = problems(draft(*steps, limits={"budget": 0.1}), HOUSE)
    wanted = ("Every step after", "Step 1: There is no layout", "Step 2: layout 'winback' prints", "Step 3: there is no offer", "budget in total")
    for said in wanted:
        assert sum(said in problem for problem in found) == 1, (said, found)


@pytest.mark.parametrize(("ends", "steps", "is_refused"), [(5, 1, False), (4, 1, True), (35, 2, False), (34, 2, True)])
def test_an_offer_must_not_end_before_its_letter_can_arrive(ends: int, steps: int, is_refused: bool) -> None:
    house = replace(HOUSE, offers={"ten": TEN, "xmas": replace(TEN, slug="xmas", valid_until=TODAY + timedelta(days=ends))})
    last = {"layout": "winback", "offer": "xmas"}
    campaign = draft(last) if steps == 1 else draft(COUPON_STEP, last | {"delay_days": 30})
    found = problems(campaign, house)
    assert bool(found) is is_refused, found
    assert all(f"Step {steps}: offer 'xmas' ends on" in problem and "cannot arrive before" in problem for problem in found)


def test_a_campaign_that_begins_later_reaches_people_later() -> None:
    house = replace(HOUSE, offers={"ten": replace(TEN, valid_until=TODAY + timedelta(days=20))})
    assert problems(draft(), house) == []
    [found] = problems(draft(limits={"earliest": (TODAY + timedelta(days=16)).isoformat()}), house)
    assert "cannot arrive before 2026-12-13" in found


def test_a_layout_without_a_text_in_a_language_that_the_audience_needs_is_refused(own_layouts: Path) -> None:
    house = replace(HOUSE, layouts_dir=own_layouts)
    assert problems(draft({"layout": "gruss"}), house) == []
    [found] = problems(draft({"layout": "gruss"}, default_language="en"), house)
    assert "layout 'gruss' has no text in en, only in de: add en.md to the layout, or set the campaign's default language to 'de'." in found


def test_a_country_that_the_tariff_has_no_price_for_is_refused(tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "printshop" / "tariff.toml").read_text("utf-8")
    (tmp_path / "tariff.toml").write_text(text.replace('country = "*"', 'country = "AT"'), "utf-8")
    found = problems(draft(), replace(HOUSE, tariff=read_tariff(tmp_path / "tariff.toml")))
    assert len(found) == 1
    assert "to CH" in found[0]


def test_a_sender_whose_name_does_not_fit_the_layout_is_told() -> None:
    found = problems(draft(), replace(HOUSE, sender=replace(SENDER, name="Teehaus " * 40)))
    assert any("No letter of the layout 'winback'" in problem for problem in found), found


@pytest.mark.parametrize("path", campaign_files.presets(), ids=lambda path: path.stem)
def test_every_preset_can_work(path: Path) -> None:
    form = campaign_files.read(path)
    house = replace(HOUSE, offers={offer.slug: offer.to_offer() for offer in form.offers})
    assert problems(Draft(**form.parts()), house) == []


@pytest.mark.parametrize(
    ("campaign", "said"),
    [
        (draft(limits={"earliest": "9999-12-31"}), "It cannot begin on 9999-12-31: 2200-01-01 is the last day for that."),
        (draft(COUPON_STEP, {**COUPON_STEP, "delay_days": 10**12}), "No number of days can be above 36500."),
        (draft(audience={"kind": "segment", "first_order_until": "9999-12-31"}), "(first_order_until) is 9999-12-31"),
    ],
)
def test_days_at_the_ends_of_the_calendar_are_refused_in_words(campaign: Draft, said: str) -> None:
    assert any(said in problem for problem in problems(campaign, HOUSE))
