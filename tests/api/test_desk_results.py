"""Do the pages, the lists and the charts of the results say what the store counted, to whoever may look?"""

import io
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import httpx
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from api.desk import reckoned
from api.wording import Wording
from campaigns.kinds import NoPurchase
from campaigns.results import CampaignResults, Lift
from store import offers, results
from store.engine import reading, writing
from store.letters import Letter
from tests.api.conftest import Shop
from tests.store.results.history import BASE, History

EN = Wording("en", "Europe/Berlin")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
MAILED, HELD_OUT = 200, 110
SIZES = {"phone": {"width": 320, "height": 568}, "screen": {"width": 1280, "height": 800}}


def ago(days: float) -> float:
    """In the days of a history."""
    return (datetime.now(UTC) - BASE).total_seconds() / 86_400 - days


@pytest.fixture
def history(shop: Shop) -> None:
    """A campaign with two layouts, a holdout that bought little, orders in two currencies, and one that has not begun."""
    with writing(shop.engine) as connection:
        past = History(connection, offer=offers.by_slug(connection, ["ten"])["ten"][0])
        campaign = past.campaign("letters")
        past.campaign("begins", NoPurchase(), (7,))
        run = past.run(campaign)
        for number in range(MAILED):
            person = past.person()
            letter = past.letter(run, campaign, person, ago(20), layout="=evil()" if number % 2 else "plain", step=1)
            if number < 60:
                past.order(person, ago(10), 1234, currency="CHF" if number < 5 else "EUR")
            if number < 40:
                past.scan(letter, ago(12))
            if number < 30:
                past.redeem(past.coupon(letter), None)
        for number in range(HELD_OUT):
            person = past.person()
            past.holdout(run, campaign, person, ago(21), layout="plain")
            if number < 8:
                past.order(person, ago(11), 1000)
        for _ in range(3):
            past.verdict(campaign, past.person(), "excluded", "objection")


def stored(shop: Shop, slug: str = "letters") -> CampaignResults:
    with reading(shop.engine) as connection:
        found = results.of_campaign(connection, slug, shop.settings.reckoning("EUR"), datetime.now(UTC))
    assert found
    return found


def read(desk: httpx.Client, path: str, language: str = "en") -> str:
    """The words of a page, without its marks."""
    answer = desk.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    assert "<script" not in answer.text and "style=" not in answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_the_page_shows_the_numbers_of_the_store(desk: httpx.Client, shop: Shop, history: None) -> None:
    found, page = stored(shop), read(desk, "/desk/campaigns/letters/results")
    total = found.total
    assert (total.handed_over, total.scanned, total.redeemed, total.buyers) == (MAILED, 40, 30, 60)
    assert f"Letters {MAILED} Scanned 40 20% of the letters Redeemed 30 15% of the letters Orders 60 by 60 buyers" in page
    assert f"Revenue {EN.money(total.revenue_cents, 'EUR')}" in page and f"Cost {EN.money(total.cost_cents, 'EUR')}" in page
    assert "At least 30 buyers" in page and "At most 60 buyers" in page
    assert isinstance(found.lift, Lift) and found.lift.is_significant
    low, high = round(found.lift.buyers.low), round(found.lift.buyers.high)
    assert f"Because of the letters +{round(found.lift.buyers.value)} buyers" in page and f"with 95% confidence between +{low} and +{high}" in page
    assert f"{MAILED} people who got letters, 30% of whom bought, are compared with {HELD_OUT} people of the holdout" in page
    assert "In another currency besides: 5 orders worth CHF61.70" in page
    assert "preliminary" in page and "estimated" not in page.replace("estimated, without VAT", "")
    assert "Objected to advertising 3 100%" in page


def test_it_speaks_german(desk: httpx.Client, shop: Shop, history: None) -> None:
    page = read(desk, "/desk/campaigns/letters/results", "de")
    assert "Mindestens 30 Käufer" in page and "Höchstens 60 Käufer" in page and "vorläufig" in page
    assert Wording("de", "Europe/Berlin").money(stored(shop).total.revenue_cents, "EUR").replace("\u00a0", " ") in page


def test_a_shorter_window_counts_less_and_an_impossible_one_is_refused(desk: httpx.Client, shop: Shop, history: None) -> None:
    assert "Orders 0" in read(desk, "/desk/campaigns/letters/results?days=5")
    assert "Orders 60" in read(desk, "/desk/campaigns/letters/results?days=90")
    for days in ("0", "-1", "366", "9999999999999", "sixty"):
        for path in ("/desk/campaigns/letters/results", "/desk/campaigns/letters/results.csv", "/desk/results"):
            assert desk.get(f"{path}?days={days}").status_code == 404, (path, days)


@pytest.mark.parametrize("slug", ["nothing", "LETTERS", "%00", "'"])
def test_a_campaign_that_does_not_exist_is_a_404(slug: str, desk: httpx.Client, shop: Shop) -> None:
    assert desk.get(f"/desk/campaigns/{slug}/results").status_code == 404
    assert desk.get(f"/desk/campaigns/{slug}/results.csv").status_code == 404


def test_strangers_see_nothing(browser: httpx.Client, shop: Shop) -> None:
    for path in ("/desk/results", "/desk/results.csv", "/desk/campaigns/winback/results", "/desk/campaigns/winback/results.csv"):
        assert browser.get(path).headers["Location"].startswith("/desk/sign-in")


def test_a_campaign_that_has_not_begun_says_so(desk: httpx.Client, shop: Shop, history: None) -> None:
    page = read(desk, "/desk/campaigns/begins/results")
    assert "No letter of this campaign has gone to the print shop yet" in page and "Nobody was excluded" in page
    assert "At least" not in page, "no number where there is none"


def test_without_a_holdout_no_lift_is_claimed_and_the_page_says_why(desk: httpx.Client, shop: Shop) -> None:
    with writing(shop.engine) as connection:
        past = History(connection)
        campaign = past.campaign("alone")
        past.letter(past.run(campaign), campaign, past.person(), ago(20))
    page = read(desk, "/desk/campaigns/alone/results")
    assert "cannot be told" in page and "The campaign has no holdout" in page and "95% confidence" not in page


def test_letters_without_a_report_are_marked_as_estimated(desk: httpx.Client, shop: Shop) -> None:
    with writing(shop.engine) as connection:
        past = History(connection)
        campaign = past.campaign("silent")
        past.letter(past.run(campaign), campaign, past.person(), None)
    page = read(desk, "/desk/campaigns/silent/results")
    assert "no posting of 1 letters" in page and "Posted not reported" in page


def test_the_list_read_by_pandas_says_what_the_store_counted_and_runs_no_formula(desk: httpx.Client, shop: Shop, history: None) -> None:
    answer = desk.get("/desk/campaigns/letters/results.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="results-letters.csv"' and answer.content.startswith(b"\xef\xbb\xbf")
    table, found = pd.read_csv(io.BytesIO(answer.content), sep=";", encoding="utf-8-sig"), stored(shop)
    assert len(table) == 1 + len(found.lines) == 4
    for row, counts in zip(table.to_dict("records"), (found.total, *(line.counts for line in found.lines)), strict=True):
        for name in ("selected", "handed_over", "posted", "scanned", "redeemed", "buyers", "orders", "revenue_cents", "cost_cents", "holdout"):
            assert row[name] == getattr(counts, name), name
    assert isinstance(found.lift, Lift)
    first = table.iloc[0]
    assert (first["extra_buyers"], first["extra_buyers_low"], first["excluded_objection"]) == (round(found.lift.buyers.value), round(found.lift.buyers.low), 3)
    assert found.total.return_on_spend is not None and first["return_on_spend_percent"] == int(found.total.return_on_spend * 100)
    assert set(table["layout"].dropna()) == {"plain", "'=evil()"}
    assert not any(isinstance(cell, str) and cell[:1] in "=+@" for column in table for cell in table[column])


def test_the_overview_has_every_campaign_with_the_stores_numbers_sorted_as_asked(desk: httpx.Client, shop: Shop, history: None) -> None:
    page = desk.get("/desk/results?sort=letters_out", headers={"Accept-Language": "en"}).text
    names = re.findall(r'<th scope="row"><a href="/desk/campaigns/([\w-]+)/results">', page)
    assert names[0] == "letters" and set(names) == {"letters", "begins", "winback"}
    names = re.findall(r'<th scope="row"><a href="/desk/campaigns/([\w-]+)/results">', desk.get("/desk/results?sort=nonsense").text)
    assert names == ["begins", "letters", "winback"], "by name"
    assert page.count("aria-sort") == 1
    table = pd.read_csv(io.BytesIO(desk.get("/desk/results.csv").content), sep=";", encoding="utf-8-sig").set_index("campaign")
    total = stored(shop).total
    assert (table.loc["letters", "orders"], table.loc["letters", "revenue_cents"], table.loc["begins", "orders"]) == (60, total.revenue_cents, 0)


def test_a_reload_does_not_reckon_long_results_again_and_hides_no_new_campaign(desk: httpx.Client, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noting(name: str, reckon: Callable[..., object]) -> Callable[..., object]:
        def reckoning(*given: object) -> object:
            asked.append(name)
            return reckon(*given)

        return reckoning

    with writing(shop.engine) as connection:
        History(connection).campaign("letters")
    monkeypatch.setattr(reckoned, "LONG_SECONDS", 0.0)
    monkeypatch.setattr(results, "of_campaign", noting("one", results.of_campaign))
    monkeypatch.setattr(results, "overview", noting("all", results.overview))
    for path in ("", "", ".csv", "?days=30"):
        assert desk.get(f"/desk/campaigns/letters/results{path}").status_code == 200
    assert asked == ["one", "one"]
    for path in ("/desk/results", "/desk/results?sort=cost", "/desk/results.csv", "/desk/campaigns"):
        assert desk.get(path).status_code == 200
    assert asked[2:] == ["all"]
    with writing(shop.engine) as connection:
        History(connection).campaign("brand-new")
    assert "Brand-New" in read(desk, "/desk/campaigns") and "Brand-New" in read(desk, "/desk/results")
    assert asked[3:] == ["all"]


def test_more_at_least_than_at_most_is_explained(desk: httpx.Client, shop: Shop) -> None:
    with writing(shop.engine) as connection:
        past = History(connection, offer=offers.by_slug(connection, ["ten"])["ten"][0])
        campaign = past.campaign("letters")
        letter = past.letter(past.run(campaign), campaign, past.person(), ago(20))
        past.redeem(past.coupon(letter), past.order(past.person(), ago(10), 1234))
    assert "“at least” is more than “at most”" in read(desk, "/desk/campaigns/letters/results")
    assert "ist „mindestens“ mehr als „höchstens“" in read(desk, "/desk/campaigns/letters/results", "de")


def test_whose_time_is_still_running_is_told_beside_the_comparison(desk: httpx.Client, history: None) -> None:
    assert "for 310 of these people the time is still running" in read(desk, "/desk/campaigns/letters/results")


def test_the_meters_show_who_ordered_after_a_letter_of_the_last_days(desk: httpx.Client, history: None) -> None:
    page = read(desk, "/desk/results")
    assert "Customers won back 30% above target" in page and f"60 of {MAILED} silent customers ordered again" in page
    assert page.count("Nobody was written to in this time.") == 2
    assert read(desk, "/desk/results?days=7").count("Nobody was written to in this time.") == 3


def test_the_list_of_campaigns_shows_them_at_a_glance(desk: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    with writing(shop.engine) as connection:
        past = History(connection, orders=10)
        past.scan(annas_letter.id, ago(0.5))
        past.order(annas_letter.customer_id, ago(0.25), 4321)
    page = read(desk, "/desk/campaigns")
    assert "handed over 1 1 100% 0 €43.21" in page
    assert 'href="/desk/campaigns/winback/results"' in desk.get("/desk/campaigns/winback").text


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium (Debian package chromium) on this machine")
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_every_page_can_be_used_by_everybody(desk: httpx.Client, history: None, tmp_path: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(base_url=str(desk.base_url))
        context.add_cookies([{"name": "postillion", "value": desk.cookies["postillion"], "url": str(desk.base_url)}])
        page = context.new_page()
        for size in SIZES.values():
            page.set_viewport_size(size)  # type: ignore[arg-type]
            for path in ("results", "results?lang=en&days=365", "campaigns/letters/results", "campaigns/begins/results?lang=de"):
                page.goto(f"/desk/{path}")
                page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
                found = Axe().run(page)
                assert found.violations_count == 0, f"{path}: {found.generate_report()}"
                assert page.evaluate("document.querySelector('main').scrollWidth <= document.documentElement.clientWidth"), f"{path} has to be pushed sideways"
                beyond = "t => t.getBoundingClientRect().right > t.ownerSVGElement.getBoundingClientRect().right + 1"
                assert page.evaluate(f"[...document.querySelectorAll('.chart text')].filter({beyond}).map(t => t.textContent)") == [], (
                    f"{path}: words stick out of a chart"
                )
        browser.close()
