"""Does a real browser on a phone get from the printed code to the shop, and to an objection, and can everybody use the pages?"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import update

import layouts
from campaigns.letter import LetterContent, LetterState, short_link
from campaigns.sender import Sender
from layouts.placeholders import samples
from letters.print_file import render
from letters.read_back import pages_of
from store.engine import writing
from store.letters import Letter
from store.schema import letters as letters_table
from tests.api.conftest import PHONE, TOKEN, Shop

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium (Debian package chromium) on this machine")
PHONES = {"small": {"width": 320, "height": 568}, "usual": {"width": 390, "height": 844}}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=PHONES)
def phone(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A phone without JavaScript of our own making: the pages must do without."""
    size: Any = PHONES[request.param]
    context = chromium.new_context(viewport=size, user_agent=PHONE, locale="de-DE", is_mobile=True, has_touch=True, device_scale_factor=2)
    yield context.new_page()
    context.close()


@pytest.fixture
def url(browser: httpx.Client) -> str:
    return str(browser.base_url).rstrip("/")


@pytest.fixture
def codes(url: str, annas_letter: Letter, shop: Shop, tmp_path: Path) -> list[str]:
    """What the codes of Anna's letter hold, read from the printed page by another library; the shop is a page of ours here."""
    with writing(shop.engine) as connection:
        connection.execute(update(letters_table).values(landing_url=f"{url}/privacy?lang=de&utm_source=postillion&code=ABC"))
    links = {"short_link": short_link(url, "S", TOKEN), "objection_link": short_link(url, "O", TOKEN)}
    content = LetterContent("winback", "de", TOKEN, ("Anna Müller", "Lindenallee 12", "04109 Leipzig"), {**samples("de"), **links})
    path = tmp_path / "letter.pdf"
    render(
        [content], {"winback": layouts.load("winback")}, Sender("Teehaus", "Weg 1", "10115", "Berlin"), url, path, "Test", datetime(2026, 11, 22, tzinfo=UTC)
    )
    with pages_of(path) as pages:
        return pages.codes(1)


def is_fit_for_everybody(page: Page) -> None:
    """No violation that axe knows, and nothing that has to be pushed sideways."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_code_leads_to_the_landing_page_and_is_counted(phone: Page, codes: list[str], shop: Shop, annas_letter: Letter, url: str) -> None:
    answer = phone.goto(codes[0])
    assert answer is not None and answer.status == 200
    assert phone.url == f"{url}/privacy?lang=de&utm_source=postillion&code=ABC"
    assert shop.scan_kinds(annas_letter.customer_id) == ["human"]


def test_the_other_code_files_an_objection_with_one_tap(phone: Page, codes: list[str], shop: Shop, annas_letter: Letter) -> None:
    phone.goto(codes[1])
    assert phone.get_by_role("heading", level=1).inner_text() == "Keine Werbebriefe mehr?"
    is_fit_for_everybody(phone)
    button = phone.get_by_role("button")
    box = button.bounding_box()
    assert box is not None and box["height"] >= 44, "a thumb needs 44 pixels (WCAG 2.5.5)"
    assert shop.history(annas_letter.customer_id).objected_at is None
    with phone.expect_navigation():
        button.tap()
    assert phone.get_by_role("heading", level=1).inner_text() == "Wir haben es notiert"
    assert "Ein Brief war am" in phone.inner_text("main")
    is_fit_for_everybody(phone)
    assert shop.history(annas_letter.customer_id).objected_at


def test_a_letter_in_preparation_is_told_of(phone: Page, url: str, shop: Shop, anna: int) -> None:
    shop.print_letters({anna: TOKEN}, handed_over=False)
    with writing(shop.engine) as connection:
        connection.execute(update(letters_table).values(state=LetterState.RENDERED))
    phone.goto(f"{url}/O/{TOKEN}")
    with phone.expect_navigation():
        phone.get_by_role("button").tap()
    assert "nun nicht mehr verschickt werden: 1." in phone.inner_text("main")


@pytest.mark.parametrize("path", ["/S/ZZZZZZZZZZZZ", "/privacy", "/privacy?lang=en", f"/O/{TOKEN}?lang=en", "/nowhere"])
def test_every_public_page_can_be_used_by_everybody(path: str, phone: Page, url: str, annas_letter: Letter) -> None:
    phone.goto(f"{url}{path}")
    is_fit_for_everybody(phone)
    assert not phone.locator("script").count()
