"""Is every scan kept, rightly classed, and sent on to where the database says?"""

import logging
import threading
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, event, text

from api.uuid7 import uuid7
from store import letters
from store.engine import writing
from store.letters import Letter
from tests.api.conftest import LANDING, PHONE, TOKEN, Shop

PHONES = [
    PHONE,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0.7390.96 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.7 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; SM-S928B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0",
    "Mozilla/5.0 (Linux; Android 13; CUBOT NOTE 21) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 12; M2101K6G) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36 OPR/92.0",
    "Mozilla/5.0 (Linux; Android 15; Pixel 8 Build/AP4A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36 "
    "Instagram 400.0.0.0 Android (35/15; 420dpi; 1080x2400; Google/google; Pixel 8; shiba; shiba; de_DE)",
]
PROGRAMS = [
    "WhatsApp/2.24.10.85 A",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 "
    "facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Twitterbot/1.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Pinterest/0.2 (+https://www.pinterest.com/bot.html)",
    "curl/8.5.0",
    "python-requests/2.32.3",
    "",
]


def test_a_scan_is_stored_and_leads_to_the_landing_page(browser: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    answer = browser.get(f"/S/{TOKEN}")
    assert (answer.status_code, answer.headers["Location"]) == (302, LANDING)
    assert shop.scan_kinds(annas_letter.customer_id) == ["human"]


@pytest.mark.parametrize("path", [f"/s/{TOKEN}", f"/S/{TOKEN.lower()}", f"/s/{TOKEN.title()}"])
def test_room_and_token_may_be_typed_in_any_case(path: str, browser: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    assert browser.get(path).status_code == 302
    assert shop.scan_kinds(annas_letter.customer_id) == ["human"]


def test_a_scan_is_never_cached_never_indexed_and_tells_the_shop_nothing(browser: httpx.Client, annas_letter: Letter) -> None:
    headers = browser.get(f"/S/{TOKEN}").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"].startswith("noindex")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Length"] == "0"
    assert "Set-Cookie" not in headers


def test_head_gets_the_same_headers_and_is_stored_as_head(browser: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    got, head = browser.get(f"/S/{TOKEN}"), browser.head(f"/S/{TOKEN}")
    assert head.status_code == 302
    assert dict(head.headers) == dict(got.headers)
    assert shop.scan_kinds(annas_letter.customer_id) == ["human", "head"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_else_can_be_done_to_a_code(method: str, browser: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    answer = browser.request(method, f"/S/{TOKEN}")
    assert (answer.status_code, {*answer.headers["Allow"].split(", ")}) == (405, {"GET", "HEAD"})
    assert shop.scan_kinds(annas_letter.customer_id) == []


@pytest.mark.parametrize("name", ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"])
def test_a_browser_that_looks_ahead_is_no_person(name: str, browser: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    assert browser.get(f"/S/{TOKEN}", headers={name: "prefetch;prerender"}).status_code == 302
    assert shop.scan_kinds(annas_letter.customer_id) == ["prefetch"]


def test_programs_are_told_from_people(browser: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    for agent in PHONES + PROGRAMS:
        assert browser.get(f"/S/{TOKEN}", headers={"User-Agent": agent}).status_code == 302
    assert shop.scan_kinds(annas_letter.customer_id) == ["human"] * len(PHONES) + ["bot"] * len(PROGRAMS)


def test_a_scan_before_the_hand_over_is_somebody_in_the_print_shop(browser: httpx.Client, shop: Shop, anna: int) -> None:
    shop.print_letters({anna: TOKEN}, handed_over=False)
    assert browser.get(f"/S/{TOKEN}").status_code == 302
    assert shop.scan_kinds(anna) == ["early"]


def test_nothing_of_the_request_gets_into_the_way(browser: httpx.Client, annas_letter: Letter) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Referer": "https://evil.example/", "Forwarded": "host=evil.example"}
    answer = browser.get(f"/S/{TOKEN}?next=https://evil.example&url=//evil.example", headers=headers)
    assert answer.headers["Location"] == LANDING


def test_the_visitor_leaves_no_trace_but_the_scan(browser: httpx.Client, engine: Engine, annas_letter: Letter) -> None:
    browser.get(f"/S/{TOKEN}")
    with engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM scans")).one()
    assert set(row._mapping) == {"id", "letter_id", "kind", "scanned_at"}


@pytest.fixture
def statements(app: FastAPI, browser: httpx.Client) -> list[str]:
    """All that the application asks the database for a visitor; the thread that works off webhooks asks when it likes."""
    seen: list[str] = []

    def note(*given: Any) -> None:
        if threading.current_thread().name != "webhooks":
            seen.append(given[2])

    event.listen(app.state.office.engine, "before_cursor_execute", note)
    return seen


@pytest.mark.parametrize("token", ["ABCDEFGH234", "ABCDEFGH23456", "ABCDEFGH234O", "ABCDEFGH234%C4%B1", "..%2F..%2Fetc%2Fpa", "A/B", "%00", "ÄBCDEFGH2345"])
def test_what_cannot_be_a_token_never_reaches_the_database(token: str, browser: httpx.Client, statements: list[str], annas_letter: Letter) -> None:
    for room in ("S", "O"):
        answer = browser.get(f"/{room}/{token}")
        assert answer.status_code == 404
        assert "Diesen Code kennen wir leider nicht" in answer.text
    assert statements == []


def test_an_unknown_code_gets_a_friendly_page_in_the_language_of_the_browser(browser: httpx.Client) -> None:
    german = browser.get("/S/ZZZZZZZZZZZZ")
    english = browser.get("/S/ZZZZZZZZZZZZ", headers={"Accept-Language": "fr-FR, en-GB;q=0.8, de;q=0.2"})
    assert (german.status_code, english.status_code) == (404, 404)
    assert '<html lang="de">' in german.text and "Diesen Code kennen wir leider nicht" in german.text
    assert '<html lang="en">' in english.text and "Sorry, we do not know this code" in english.text


def test_no_page_tells_a_cancelled_letter_from_one_that_never_was(browser: httpx.Client, shop: Shop, anna: int) -> None:
    shop.print_letters({anna: TOKEN}, handed_over=False)
    with writing(shop.engine) as connection:
        letters.cancel(connection, [shop.letter().id], "objection")
    pages = {browser.get(f"/S/{token}").text for token in (TOKEN, "ZZZZZZZZZZZZ", "nonsense")}
    assert len(pages) == 1
    assert shop.scan_kinds(anna) == []


def test_who_guesses_on_is_stopped_but_a_real_letter_always_opens(browser: httpx.Client, annas_letter: Letter) -> None:
    answers = [browser.get(f"/S/ZZZZZZZZZZ{a}{b}") for a in "ABCD" for b in "ABCDEFGH"]
    assert [answer.status_code for answer in answers] == [404] * 30 + [429] * 2
    assert answers[-1].headers["Retry-After"] == "600"
    assert "zehn Minuten" in answers[-1].text
    assert browser.get(f"/O/{'Z' * 12}").status_code == 429
    assert browser.get(f"/S/{TOKEN}").status_code == 302


def test_a_scan_that_cannot_be_kept_is_not_waved_through(browser: httpx.Client, engine: Engine, annas_letter: Letter, caplog: pytest.LogCaptureFixture) -> None:
    with writing(engine) as connection:
        connection.execute(text("DROP TABLE scans"))
    with caplog.at_level(logging.DEBUG):
        answer = browser.get(f"/S/{TOKEN}")
    assert answer.status_code == 503
    assert "Gleich wieder da" in answer.text
    ours = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("api"))
    assert "refused" in ours
    assert TOKEN not in ours and "Müller" not in ours


def test_scan_ids_are_uuid7_and_sort_by_time() -> None:
    ids = [uuid7() for _ in range(3)]
    assert {(found.version, found.variant) for found in ids} == {(7, "specified in RFC 4122")}
    made_at = datetime.fromtimestamp((ids[0].int >> 80) / 1000, UTC)
    assert abs((datetime.now(UTC) - made_at).total_seconds()) < 5
    assert len(set(ids)) == 3
