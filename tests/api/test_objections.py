"""Does one tap object, and nothing less than a tap?"""

import httpx
import pytest

from api import languages
from store.letters import Letter
from tests.api.conftest import ANNA, TOKEN, Shop


def test_looking_at_the_page_changes_nothing(browser: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    for method in ("GET", "HEAD", "GET"):
        answer = browser.request(method, f"/O/{TOKEN}")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        assert "Set-Cookie" not in answer.headers
    assert shop.history(annas_letter.customer_id).objected_at is None


def test_the_page_has_one_button_and_says_what_it_means(browser: httpx.Client, annas_letter: Letter) -> None:
    page = browser.get(f"/O/{TOKEN}").text
    assert page.count("<button") == 1
    assert "Teehaus Postillion" in page and "Art. 21 DSGVO" in page
    assert "schon in der Druckerei" in page
    assert "<script" not in page


def test_the_page_speaks_the_language_of_the_letter_unless_asked_for_another(browser: httpx.Client, shop: Shop, anna: int) -> None:
    shop.print_letters({anna: TOKEN}, language="en")
    assert "No more advertising letters?" in browser.get(f"/O/{TOKEN}").text
    assert "Keine Werbebriefe mehr?" in browser.get(f"/O/{TOKEN}?lang=de").text
    assert "No more advertising letters?" in browser.get(f"/O/{TOKEN}?lang=tlh").text


def test_a_letter_in_a_third_language_has_the_page_in_the_browsers(browser: httpx.Client, shop: Shop, anna: int) -> None:
    shop.print_letters({anna: TOKEN}, language="fr")
    assert "Keine Werbebriefe mehr?" in browser.get(f"/O/{TOKEN}").text


@pytest.mark.parametrize("path", [f"/O/{TOKEN}", f"/o/{TOKEN.lower()}"])
def test_the_button_files_the_objection_with_its_letter(path: str, browser: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    answer = browser.post(path)
    assert answer.status_code == 200
    assert "Wir haben es notiert" in answer.text
    assert shop.history(annas_letter.customer_id).objected_at


def test_twice_is_as_friendly_and_keeps_the_first_evidence(browser: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    browser.post(f"/O/{TOKEN}")
    first = shop.history(annas_letter.customer_id).objected_at
    answer = browser.post(f"/O/{TOKEN}")
    assert answer.status_code == 200
    assert "Das ist schon notiert" in answer.text
    assert shop.history(annas_letter.customer_id).objected_at == first


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_code_is_the_same_friendly_page(method: str, browser: httpx.Client) -> None:
    answer = browser.request(method, "/O/ZZZZZZZZZZZZ")
    assert answer.status_code == 404
    assert "Diesen Code kennen wir leider nicht" in answer.text


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://[::1"}],
)
def test_another_site_cannot_object_in_a_visitors_name(headers: dict[str, str], browser: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    answer = browser.post(f"/O/{TOKEN}", headers=headers)
    assert answer.status_code == 403
    assert "fremden Seite" in answer.text
    assert shop.history(annas_letter.customer_id).objected_at is None


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}, {}])
def test_our_own_page_can_whatever_the_browser_tells(headers: dict[str, str], browser: httpx.Client, annas_letter: Letter) -> None:
    assert browser.post(f"/O/{TOKEN}", headers=headers).status_code == 200
    same_host = {"Origin": str(browser.base_url).rstrip("/")}
    assert browser.post(f"/O/{TOKEN}", headers=same_host).status_code == 200


def test_the_page_names_nobody(browser: httpx.Client, annas_letter: Letter) -> None:
    for page in (browser.get(f"/O/{TOKEN}").text, browser.post(f"/O/{TOKEN}").text):
        assert ANNA.address.last_name not in page and "Leipzig" not in page


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,en;q=0.9", "de"),
        ("en;q=0.3, de;q=0.7", "de"),
        ("fr, es", "en"),
        ("*", "en"),
        ("de;q=0, en;q=0.1", "en"),
        ("de;q=x", "en"),
    ],
)
def test_the_browsers_favourite_of_our_languages_is_taken(header: str, language: str) -> None:
    assert languages.preferred(header) == language
