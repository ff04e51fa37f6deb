"""Can everybody use the coupon pages of the desk, on a phone and on a screen, in both languages?"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from campaigns.offer import Articles, OfferKind, TimeWindow
from store import offers, partners
from store.engine import reading, writing
from tests.api.checkout_shop import ANNA, a_cart, an_offer, ask, days, issue, uses
from tests.api.conftest import Shop

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium (Debian package chromium) on this machine"),
    pytest.mark.parametrize("kind", ["sqlite"], indirect=True),
]
SIZES = {"phone": {"width": 320, "height": 568}, "screen": {"width": 1280, "height": 800}}


@pytest.fixture
def page(desk: httpx.Client) -> Iterator[Page]:
    """A browser that is signed in."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(base_url=str(desk.base_url))
        context.add_cookies([{"name": "postillion", "value": desk.cookies["postillion"], "url": str(desk.base_url)}])
        yield context.new_page()
        browser.close()


@pytest.fixture
def coupon_id(shop: Shop, program: httpx.Client, anna: int) -> int:
    """A code of an offer with every sort of rule that was used, and another that is blocked."""
    rich: dict[str, Any] = {"kind": OfferKind.AMOUNT, "value": 700, "minimum_order_cents": 2000, "uses": 50, "combinable": True, "valid_until": days(30)}
    rules = {"windows": (TimeWindow((1, 2, 3, 4, 5, 6, 7), time(0), time(0)),), "only": Articles((), ("Tea", "Pots")), "never": Articles(("X-1",), ())}
    issue(shop, an_offer(**rich, **rules), "BLOCKED-1", voided=True)
    found = issue(shop, an_offer(**rich, **rules), customer_id=anna)
    ask(program, "redeem", a_cart(order_ref="#1001", shopper=ANNA))
    return found


def test_every_page_can_be_used_by_everybody(page: Page, coupon_id: int, anna: int, shop: Shop) -> None:
    with writing(shop.engine) as connection:
        partners.add(connection, "zoe", "Zoe", "zoe@partner.example", "", datetime.now(UTC))
    paths = (
        "coupons",
        "coupons?q=tee",
        "coupons/noticed",
        f"coupons/{coupon_id}",
        "offers/rule",
        "offers/new",
        "offers/rule/edit",
        "offers/rule/import",
        "offers/rule?fate=open&done=codes_drawn&count=5",
        "partners",
        "partners/zoe",
    )
    for size in SIZES.values():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for path in (*paths, f"customers/{anna}", f"coupons/{coupon_id}?lang=en"):
            page.goto(f"/desk/{path}")
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), f"{path} has to be pushed sideways"


def test_the_desks_pages_stand_in_one_line_of_a_screen_in_both_languages(page: Page, coupon_id: int) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    for language in ("de", "en"):
        page.goto(f"/desk/coupons/{coupon_id}?lang={language}")
        chosen = "'.bar > nav > a, .rest > summary, .who button'"
        tops = page.evaluate(f"[...document.querySelectorAll({chosen})].map(one => Math.round(one.getBoundingClientRect().top / 20))")
        assert len(set(tops)) == 1, (language, tops)


def test_an_offer_is_made_and_a_code_blocked_as_a_person_does_it(page: Page, coupon_id: int, shop: Shop) -> None:
    page.goto("/desk/offers/new?lang=en")
    page.get_by_label("Short name", exact=False).first.fill("spring")
    page.locator("#name").fill("Spring")
    page.locator("#value").fill("12.5")
    page.get_by_role("group", name="Hours 1").get_by_label("Sat").check()
    page.get_by_role("group", name="Hours 1").get_by_label("from").fill("10:00")
    page.get_by_role("group", name="Hours 1").get_by_label("to").fill("12:00")
    page.get_by_role("button", name="Save").click()
    assert page.url.endswith("/desk/offers/spring?done=offer_saved") and page.get_by_role("status").inner_text() == "The offer is saved."
    assert "12.5%" in page.inner_text("main") and "Sat 10:00–12:00" in page.inner_text("main")
    with reading(shop.engine) as connection:
        assert offers.every(connection)["spring"].windows == (TimeWindow((6,), time(10), time(12)),)
    page.goto(f"/desk/coupons/{coupon_id}")
    page.locator("#reason").fill("Found in a forum")
    page.get_by_role("button", name="Block").click()
    assert "blocked" in page.inner_text(".badges") and "Found in a forum" in page.inner_text("main")
    assert uses(shop) == 1, "what is redeemed stays redeemed"
