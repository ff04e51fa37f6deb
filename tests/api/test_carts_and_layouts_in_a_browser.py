"""Can everybody use the pages of carts and layouts, on a phone and on a screen, in both languages and with the keyboard?"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from campaigns.cart import Cart, CartItem, CartKind
from tests.api.conftest import ANNA, Shop

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium (Debian package chromium) on this machine"),
    pytest.mark.parametrize("kind", ["sqlite"], indirect=True),
]
SIZES = {"phone": {"width": 320, "height": 568}, "screen": {"width": 1280, "height": 800}}
NOW = datetime.now(UTC)
LONG = CartItem("SKU-9f31c8a7-0000-4711-9f31c8a7-0000-4711", "Teekanne-aus-Steinzeug-" * 4, 2, 123_456_789)


@pytest.fixture
def page(desk: httpx.Client, shop: Shop, anna: int) -> Iterator[Page]:
    """A browser that is signed in, and carts with long names."""
    cart = Cart("shop", "c-1", NOW - timedelta(days=1), NOW - timedelta(days=1), ANNA.email, items=(LONG,) * 5, recovery_url="https://shop.example/c")
    shop.add_cart(cart)
    shop.add_cart(replace(cart, source_id="9f31c8a7-0000-4711-9f31c8a7-0000-4711-9f31c8a7", email=f"{'sehr-lang' * 5}@mail.example", items=()))
    shop.add_cart(replace(cart, source_id="w-1", kind=CartKind.WISHLIST))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(base_url=str(desk.base_url))
        context.add_cookies([{"name": "postillion", "value": desk.cookies["postillion"], "url": str(desk.base_url)}])
        yield context.new_page()
        browser.close()


def test_every_page_can_be_used_by_everybody(page: Page, anna: int) -> None:
    columns = "&".join(f"columns={name}" for name in ("articles", "pieces", "value", "state", "updated", "email", "country", "deleted"))
    paths = (
        "carts?view=list",
        f"carts?view=list&{columns}&lang=en&article=teekanne",
        "carts?view=tiles&kind=wishlist&lang=de",
        "carts?value_from=x",
        "carts?state=recovered",
        "carts/1",
        "layouts",
        "layouts/cart-coupon?overlay=1",
        f"layouts/plain?customer={anna}&q=anna&lang=en",
    )
    for size in SIZES.values():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for path in paths:
            page.goto(f"/desk/{path}")
            found = Axe().run(page, options={"resultTypes": ["violations"]})  # naming what passes takes half of the time
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"
            if size["width"] < 400 or columns not in path:
                wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                assert wide <= 0, f"{path} has to be pushed sideways by {wide} pixels at {size['width']}"


def test_carts_are_narrowed_by_the_keyboard_and_the_pictures_of_a_layout_are_really_there(page: Page) -> None:
    page.set_viewport_size(SIZES["screen"])  # type: ignore[arg-type]
    page.goto("/desk/carts?lang=de")
    page.get_by_text("Filter", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label("Artikel oder Artikelnummer").fill("steinzeug")
    page.keyboard.press("Enter")
    page.wait_for_url("**article=steinzeug**")
    assert page.get_by_role("status").inner_text().startswith("1 Warenkorb, zusammen 12.345.678,90")
    page.get_by_role("link", name="Anna Müller").click()
    page.wait_for_url("**/desk/carts/*")
    assert page.get_by_role("heading", level=1).inner_text() == "Warenkorb c-1"
    page.goto("/desk/layouts/cart-coupon?overlay=1")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("[...document.querySelectorAll('img.paper')].map(one => one.naturalWidth)") == [794]
