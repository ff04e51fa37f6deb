"""Can everybody use the pages about the print shop's reports, on a phone and on a screen, in both languages?"""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from campaigns.objection import ObjectionChannel
from store import objections, recalls
from store.engine import writing
from store.letters import Letter
from tests.api.conftest import Shop

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium (Debian package chromium) on this machine"),
    pytest.mark.parametrize("kind", ["sqlite"], indirect=True),
]
SIZES = {"phone": {"width": 320, "height": 568}, "screen": {"width": 1280, "height": 800}}
SHOTS = os.environ.get("POSTILLION_SHOTS", "")
"""A folder for pictures, for whoever changes the pages."""


@pytest.fixture
def page(desk: httpx.Client) -> Iterator[Page]:
    """A browser that is signed in."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(base_url=str(desk.base_url))
        context.add_cookies([{"name": "postillion", "value": desk.cookies["postillion"], "url": str(desk.base_url)}])
        yield context.new_page()
        browser.close()


def test_every_page_can_be_used_by_everybody(page: Page, desk: httpx.Client, shop: Shop, annas_letter: Letter, anna: int) -> None:
    now = datetime.now(UTC)
    with writing(shop.engine) as connection:
        objections.add(connection, anna, ObjectionChannel.DESK, now)
        recalls.make(connection, annas_letter.print_run_id, lambda _: "0" * 64, now)
    run = annas_letter.print_run_id
    content = f"event;letter_id;print_run;sha256\nprinted;{annas_letter.id};;\nflogged;1;;\naccepted;;{run};{'b' * 64}\nposted;3,4E+05;;\n"
    desk.post("/desk/shop-reports", files={"file": ("report-of-a-rather-long-name-2026-11-25.csv", content.encode(), "text/csv")})
    desk.post("/desk/shop-reports", files={"file": ("customers.csv", b"Vorname;Nachname\n", "text/csv")})
    for path in ("shop-reports", "shop-reports/1", "shop-reports/2", f"print-runs/{run}"):
        for language in ("de", "en"):
            for name, size in SIZES.items():
                page.set_viewport_size(size)  # type: ignore[arg-type]
                page.goto(f"/desk/{path}?lang={language}")
                assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (path, language, name)
                if (language, name) in (("de", "phone"), ("en", "screen")):
                    found = Axe().run(page)
                    assert found.violations_count == 0, found.generate_report()
                if SHOTS:
                    page.screenshot(path=Path(SHOTS) / f"{path.replace('/', '-')}-{language}-{name}.png", full_page=True)
