"""Do the pages about campaigns say in words what is defined, and in numbers what was done?"""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from api.desk.campaign_words import audience_in_words, limits_in_words, steps_in_words
from api.desk.campaigns import deployment_url
from api.desk.customers import DETAILS
from api.wording import Wording
from campaigns.campaign import Campaign, Limits, Step
from campaigns.customer import Sex
from campaigns.kinds import (
    AUDIENCES,
    AbandonedCart,
    Counted,
    CouponExpiry,
    NoPurchase,
    Product,
    ProductField,
    Reorder,
    Scanned,
    Segment,
    Who,
    Winback,
)
from campaigns.offer import Offer, OfferKind
from campaigns.verdict import Reason, excluded
from flows.selection.choosing import Tally, Work
from store import campaigns, history, holdouts, seeds
from store.engine import reading, writing
from store.holdouts import NewHoldout
from store.letters import Letter
from store.schema import campaign_versions
from tests.api.conftest import ANNA, LANDING, TOKEN, Shop

DE, EN = Wording("de", "Europe/Berlin"), Wording("en", "Europe/Berlin")
FILTERED = Segment(
    Who.ALL, ("DE", "AT"), ("20", "22"), ("de",), ("tea club",), ("", "ebay"), 2, 9, 5000, 99900, 2500, 10000, "EUR",
    date(2025, 1, 1), date(2025, 12, 31), 90, 400, (Product(ProductField.CATEGORY, "Green"), Product(ProductField.SKU, "GT*")),
    (Product(ProductField.TITLE, "pot"),), Scanned.YES, 800, True, 120,
)  # fmt: skip


def a_campaign(audience: Any, *steps: Step, **changes: Any) -> Campaign:
    return Campaign("test", "Test", LANDING, steps or (Step("plain", 5),), audience, **changes)


def words(audience: Any, wording: Wording = EN) -> str:
    return " ".join(audience_in_words(a_campaign(audience), wording))


@pytest.mark.parametrize("wording", [DE, EN])
@pytest.mark.parametrize("kind", AUDIENCES)
def test_every_kind_is_described_in_sentences(kind: Any, wording: Wording) -> None:
    campaign = a_campaign(AUDIENCES[kind]())
    assert all(re.fullmatch(r"[A-ZÄÖÜ].*\.", sentence) for sentence in audience_in_words(campaign, wording))
    assert steps_in_words(campaign, {}, wording)[0].when
    assert "{" not in words(AUDIENCES[kind](), wording)


@pytest.mark.parametrize(
    ("audience", "said"),
    [
        (Winback(inactive_days=200), "nothing for at least 200 days"),
        (Winback(loop_days=1), "repeated every 1 day."),
        (NoPurchase(max_account_days=700), "700 days old at the most"),
        (AbandonedCart(), "Only those who have ordered before"),
        (AbandonedCart(only_with_earlier_order=False), "legally delicate"),
        (Reorder(3), "order number 3."),
        (Reorder(3, and_later=True), "order number 3 or a later one"),
        (Reorder(counted=Counted.SALES), "Open orders count as well"),
        (CouponExpiry(14, 6), "ends in 14 days or less"),
        (CouponExpiry(14, 6), "at least 6 days more"),
    ],
)
def test_what_was_chosen_is_said(audience: Any, said: str) -> None:
    assert said in words(audience)
    assert "cart" in words(NoPurchase()) and "cart" not in words(NoPurchase(only_with_empty_cart=False))


def test_every_filter_of_a_segment_is_said_and_one_that_is_not_set_is_not() -> None:
    said = words(FILTERED)
    for expected in (
        "Germany and Austria", "20 and 22", "German", "tea club", "own shop and ebay", "2 orders or more", "9 orders or fewer",
        "€50.00 or more in all", "€999.00 or less in all", "€25.00 or more per order", "€100.00 or less per order", "1 Jan 2025 or later",
        "31 Dec 2025 or earlier", "90 days ago or more", "400 days ago or less", "category “Green” and article number GT*", "title with “pot”",
        "Have scanned", "800 days", "every 120 days",
    ):  # fmt: skip
        assert expected in said, expected
    assert len(audience_in_words(a_campaign(Segment()), EN)) == 2
    changed = [field.name for field in fields(Segment) if getattr(Segment(), field.name) != getattr(FILTERED, field.name)]
    assert set(changed) == {field.name for field in fields(Segment)} - {"kind", "currency"}, "the segment of this test sets every filter"


def test_germans_read_german_endings() -> None:
    assert "seit mindestens 180 Tagen" in words(Winback(), DE)
    assert dict(limits_in_words(Limits(), "EUR", DE))["Kontaktobergrenze"] == "3 Briefe in 90 Tagen"


def test_steps_say_when_they_come_with_which_layouts_and_which_coupon() -> None:
    ten = Offer("ten", "Ten", OfferKind.PERCENTAGE, 1000)
    steps = (Step("plain", 0, "ten", "welcome", 30), Step("plain", 30, "gone"), Step("plain", 1))
    said = steps_in_words(a_campaign(Winback(), *steps), {"ten": ten}, EN)
    assert [step.when for step in said] == ["at once", "30 days after the letter before", "1 day after the letter before"]
    assert [step.layouts for step in said] == [("plain (70%)", "welcome (30%)"), ("plain",), ("plain",)]
    assert [step.offer for step in said] == ["ten (10%)", "gone", ""]
    assert steps_in_words(a_campaign(CouponExpiry(28), Step("plain", 7)), {}, EN)[0].when == "21 days before the coupon ends"


def test_limits_that_are_not_set_are_not_said() -> None:
    every = Limits(15, 30, 2, 60, (), 10, 1000, 5000, 90000, 3, date(2026, 1, 1), date(2026, 12, 31), 2)
    said = dict(limits_in_words(every, "CHF", EN))
    assert len(said) == len(fields(Limits)) - 1  # letters and days of the cap are one
    assert (said["Countries"], said["Budget in all"], said["Minimum print run"], said["Holdout"]) == ("all countries", "CHF900.00", "3", "15%")
    assert len(limits_in_words(Limits(), "EUR", EN)) == 5


def test_prefect_is_asked_for_the_deployments_of_that_name() -> None:
    assert deployment_url("http://127.0.0.1:4200", "a-b") == "http://127.0.0.1:4200/deployments?deployments.flowOrDeploymentNameLike=a-b"


# --- pages -------------------------------------------------------------------------------------------------------------

Read = Callable[[str], str]


@pytest.fixture
def read(desk: httpx.Client) -> Read:
    """A page in English."""

    def get(path: str) -> str:
        answer = desk.get(path, headers={"Accept-Language": "en"})
        assert answer.status_code == 200, path
        return answer.text

    return get


def test_the_list_and_the_page_show_what_a_campaign_did(read: Read, annas_letter: Letter) -> None:
    listed, page = read("/desk/campaigns"), read("/desk/campaigns/winback")
    for shown in (listed, page):
        assert "Wir vermissen Sie" in shown and "Win-back" in shown and f"/desk/print-runs/{annas_letter.print_run_id}" in shown
        assert "Objected to advertising" in shown and "11.1%" in shown  # the funnel
        assert "<script" not in shown and "style=" not in shown
    assert 'href="/desk/campaigns/winback"' in listed and "deployments.flowOrDeploymentNameLike=winback" in page
    assert "ten (10%)" in page and "bought nothing for at least 180 days" in page and "<dt>Letters so far</dt><dd>1</dd>" in page
    assert page.count("<section") == page.count("<h2 id=") and page.count("<h1") == 1 and "<th>" not in page


def test_both_pages_speak_german(desk: httpx.Client, annas_letter: Letter) -> None:
    assert "Noch nie" not in desk.get("/desk/campaigns").text and "Rückgewinnung" in desk.get("/desk/campaigns").text
    assert "Wer seit mindestens 180 Tagen nichts gekauft hat." in desk.get("/desk/campaigns/winback").text


@pytest.mark.parametrize("slug", ["nothing", "WINBACK", "%00", "..%2F..", "'"])
def test_a_campaign_that_does_not_exist_is_a_404(slug: str, desk: httpx.Client, shop: Shop) -> None:
    assert desk.get(f"/desk/campaigns/{slug}").status_code == 404


def test_strangers_see_neither(browser: httpx.Client, shop: Shop) -> None:
    for path in ("/desk/campaigns", "/desk/campaigns/winback"):
        assert browser.get(path).headers["Location"].startswith("/desk/sign-in")


def test_a_campaign_of_an_older_version_is_said_to_be_saved_again(read: Read, shop: Shop) -> None:
    with writing(shop.engine) as connection:
        connection.execute(campaign_versions.update().values(definition={"slug": "winback"}))
    assert "Please save it again" in read("/desk/campaigns/winback")
    assert "/desk/campaigns/winback" in read("/desk/campaigns")


def test_a_tariff_that_cannot_be_read_costs_the_page_its_currency_alone(desk: httpx.Client, shop: Shop) -> None:
    object.__setattr__(shop.settings, "tariff_file", shop.settings.data_dir / "no-such-tariff.toml")
    assert "0,00\u00a0¤" in desk.get("/desk/campaigns/winback").text


def test_whoever_is_held_out_reads_so_on_their_page(read: Read, desk: httpx.Client, shop: Shop, anna: int, annas_letter: Letter) -> None:
    with writing(shop.engine) as connection:
        for step, day in ((1, 3), (2, 20)):
            held = [NewHoldout(anna, "order-1", step, "plain", "")]
            holdouts.add(connection, shop.campaign_id, annas_letter.print_run_id, held, datetime(2026, 11, day, 12, tzinfo=UTC))
    assert "In the holdout of winback since 3 Nov 2026 (Step 1 and Step 2)" in read(f"/desk/customers/{anna}")
    found = desk.get(f"/api/v1/customers/{anna}").json()
    assert found["held_out"] == [{"campaign": "winback", "since": "2026-11-03T12:00:00Z", "steps": [1, 2]}]
    assert found["is_seed"] is False


def test_a_verdict_names_the_kind_of_its_campaign_and_the_campaign_that_comes_first(read: Read, shop: Shop, anna: int) -> None:
    shop.decide(anna, excluded(Reason.IN_OTHER_CAMPAIGN, "cart-reminder"))
    page = read(f"/desk/customers/{anna}")
    assert "<small>Win-back</small>" in page
    assert 'First comes: <a href="/desk/campaigns/cart-reminder">cart-reminder</a>' in page


def test_the_limit_that_was_reached_is_named_in_the_readers_language(desk: httpx.Client, shop: Shop, anna: int) -> None:
    shop.decide(anna, excluded(Reason.BUDGET, "budget of the campaign"))
    assert "Das Budget der Kampagne ist verbraucht." in desk.get(f"/desk/customers/{anna}").text
    full = ((Limits(), 0), (Limits(max_letters=1), None), (Limits(budget_per_run_cents=1), None), (Limits(budget_cents=1), None))
    used = Tally(letters=1, cost_cents=1, all_letters=1, all_cost_cents=1)
    named = {used.limit_reached(cast(Work, SimpleNamespace(campaign=a_campaign(Winback(), limits=limits), max_letters=most)), 1) for limits, most in full}
    assert named == {word for word in DETAILS if " " in word}, "the words of the selection"


def test_a_seed_address_is_marked_found_by_search_alone_and_not_to_be_edited(read: Read, desk: httpx.Client, shop: Shop, anna: int) -> None:
    with writing(shop.engine) as connection:
        seed = seeds.add(connection, replace(ANNA.address, last_name="Kontroll"), Sex.UNKNOWN, "de", datetime.now(UTC))
    assert "Seed address" in read(f"/desk/customers/{seed}") and f"/desk/customers/{seed}/edit" not in read(f"/desk/customers/{seed}")
    assert desk.get(f"/desk/customers/{seed}/edit").status_code == 404
    assert "Seed address" in read("/desk/customers?q=kontroll")
    assert "Kontroll" not in read("/desk/customers") and "Seed address" not in read(f"/desk/customers/{anna}")
    with reading(shop.engine) as connection:
        assert [found.is_seed for found in history.search(connection, "anna")] == [True, False]


def test_a_campaign_that_rests_says_so(read: Read, shop: Shop) -> None:
    with writing(shop.engine) as connection:
        campaigns.save(connection, a_campaign(NoPurchase(), active=False), datetime.now(UTC))
    assert "inactive" in read("/desk/campaigns") and "has not run yet" in read("/desk/campaigns/test")
    assert TOKEN not in read("/desk/campaigns/test")
