"""Can everybody use every page of the desk: on a phone and on a screen, in both languages, by keyboard alone, without JavaScript?"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.routing import APIRoute
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import update

from api.app import ROUTERS
from campaigns.cart import Cart, CartItem
from campaigns.checkout import Channel as CouponChannel
from campaigns.print_run import PrintRunState
from campaigns.verdict import Reason, excluded
from store import audit, coupon_events, imports, partners, users
from store.audit import Channel
from store.engine import reading, writing
from store.schema import coupons, print_runs
from tests.api.conftest import ANNA, TOKEN, Shop

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium (Debian package chromium) on this machine"),
    pytest.mark.parametrize("kind", ["sqlite"], indirect=True),
]
SIZES: tuple[Any, ...] = ({"width": 1280, "height": 800}, {"width": 320, "height": 568})
VIOLATIONS = {"resultTypes": ["violations"]}
"""What passes is counted only: naming its places took half of the time."""
OTHERS = ("/desk/coupons", "/desk/offers", "/desk/partners")
"""Looked at in test_coupons_in_a_browser.py, but for the list of uses."""


@pytest.fixture
def values(shop: Shop, anna: int, desk: httpx.Client) -> dict[str, str]:
    """A shop with something on every page; gives what stands for each part of an address."""
    now = datetime.now(UTC)
    shop.print_letters({anna: TOKEN})
    waiting = shop.print_letters({shop.add_customer(replace(ANNA, source_id="2", email="b@mail.example", number="K-2")): TOKEN[::-1]}, handed_over=False)
    shop.add_cart(Cart("shop", "c1", now - timedelta(days=3), now - timedelta(days=3), ANNA.email, items=(CartItem("TEE-9", "Sencha " * 9, 3, 1250),)))
    shop.decide(anna, excluded(Reason.COOLDOWN))
    desk.post("/desk/objections", data={"email": ANNA.email})
    with writing(shop.engine) as connection:
        state = {"state": PrintRunState.AWAITING_APPROVAL, "flow_run_id": "8d7c7d5e-93a1-4d43-8f9f-1b8e0b7d2a10", "letter_date": now.date()}
        connection.execute(update(print_runs).where(print_runs.c.id == waiting).values(state))
        imported = imports.start(connection, "shop", "orders", "orders-of-a-very-long-name-for-a-file.csv", "shopify orders", now)
        imports.fail(connection, imported, now, "The rest of the file cannot be read.")
        partners.add(connection, "zoe", "Zoe", "zoe@partner.example", "", now)
        coupon_id = int(connection.execute(coupons.select()).scalars().first() or 0)
        event = coupon_events.Event(coupon_events.Action.DOUBLE_USE, "used_up", now, CouponChannel.IMPORT, coupon_id, order_ref="#1001")
        coupon_events.note(connection, [event])
        audit.note(connection, now, "Martha", Channel.DESK, "approve_print_run", f"print run {waiting}", "Looks good " * 9)
        users.save(connection, "Ada", "no hash", "admin", now)
        known = users.password_hash(connection, "Ada")
        assert known
        desk.cookies.set("postillion", users.open_session(connection, known[0], now))
    return {"customer_id": str(anna), "print_run_id": str(waiting), "slug": "winback", "import_id": str(imported)}


@pytest.fixture
def page(desk: httpx.Client, values: dict[str, str]) -> Iterator[Page]:
    """A browser that is signed in as an admin."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(base_url=str(desk.base_url))
        context.add_cookies([{"name": "postillion", "value": desk.cookies["postillion"], "url": str(desk.base_url)}])
        yield context.new_page()
        browser.close()


def paths(values: dict[str, str], desk: httpx.Client) -> list[str]:
    """Every page of the desk that is HTML, as its routes are written."""
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute) and "GET" in (route.methods or ())]
    wanted = [route.path for route in routes if route.path.startswith("/desk") and not route.path.startswith(OTHERS)]
    found = []
    for path in [*wanted, "/desk/coupons/noticed", "/desk/coupons/noticed?show=all", "/desk/customers?q=M%C3%BCll", "/desk/customers?q=nobody"]:
        try:
            found.append(path.format_map(values))
        except KeyError:
            continue  # a page of something that this shop does not have
    return [path for path in dict.fromkeys(found) if "text/html" in (answer := desk.get(path)).headers["Content-Type"] and answer.status_code == 200]


def test_every_page_of_the_desk_can_be_used_by_everybody(page: Page, desk: httpx.Client, values: dict[str, str]) -> None:
    looked_at = paths(values, desk)
    assert len(looked_at) > 12
    wrong = []
    for size, language in zip(SIZES, ("de", "en"), strict=True):
        for path in looked_at:
            page.set_viewport_size(size)
            page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
            for details in page.query_selector_all("main details"):
                details.evaluate("one => one.open = true")
            found = Axe().run(page, options=VIOLATIONS)
            if found.violations_count:
                wrong.append(f"{path} ({language}): {found.generate_report()}")
            page.set_viewport_size(SIZES[1])
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                wrong.append(f"{path} ({language}) has to be pushed sideways")
    assert not wrong, "\n".join(wrong)


def test_whoever_has_a_keyboard_only_sees_where_they_are(page: Page) -> None:
    page.set_viewport_size(SIZES[0])
    page.goto("/desk/customers?lang=en")
    page.keyboard.press("Tab")
    first = page.evaluate("({text: document.activeElement.innerText, top: document.activeElement.getBoundingClientRect().top})")
    assert first["text"] == "To the content" or "content" in first["text"].lower()
    assert first["top"] >= 0, "the way past the navigation is seen as soon as it is reached"
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    page.goto("/desk/objections")
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        told = page.evaluate(
            """() => { const one = document.activeElement, style = getComputedStyle(one);
            return [one.tagName, one.name || one.innerText, style.outlineStyle !== 'none' || style.boxShadow !== 'none']; }"""
        )
        if told[0] == "BODY":
            break
        assert told[2], f"{told} cannot be seen to have the focus"
        seen.add(told[1])
    assert {"email", "first_name", "file"} <= seen


def test_a_print_run_is_decided_without_javascript_and_with_the_keyboard_alone(desk: httpx.Client, values: dict[str, str], shop: Shop) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(base_url=str(desk.base_url), java_script_enabled=False, viewport=SIZES[1])
        context.add_cookies([{"name": "postillion", "value": desk.cookies["postillion"], "url": str(desk.base_url)}])
        page = context.new_page()
        page.goto(f"/desk/print-runs/{values['print_run_id']}?lang=en")
        page.get_by_label("Comment").fill("wrong photo")
        page.get_by_role("button", name="Reject …").press("Enter")
        assert "Nothing is printed" in page.inner_text("main")
        page.get_by_role("button", name="Yes, reject").press("Enter")
        assert page.get_by_role("status").inner_text().startswith("Rejected. Nothing of it will be printed.")
        browser.close()
    with reading(shop.engine) as connection:
        event = audit.newest(connection, 1)[0]
    assert (event.action, event.detail) == ("reject_print_run", "wrong photo")
