"""Is every scan kept, rightly classed, and sent on to where the database says?"""

import errno
import logging
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, event, text

from api.scanning.door import Door
from api.scanning.visitors import Visitors
from api.uuid7 import uuid7
from store import erasure, journal, letters, scans
from store.engine import reading, writing
from store.letters import Letter
from tests.api.conftest import LANDING, PHONE, SECRET, TOKEN, Shop

PHONES = [
    PHONE,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0.7390.96 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/144.0 Mobile/15E148 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 EdgiOS/141.0 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/390.0 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.7 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 400.0.0.30 (iPhone14,5; "
    "iOS 18_6; de_DE; de; scale=3.00; 1170x2532; 789012345)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/530.0.0;FBDV/iPhone15,2]",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; SM-S928B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0",
    "Mozilla/5.0 (Linux; Android 13; CUBOT NOTE 21) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 12; M2101K6G) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36 OPR/92.0",
    "Mozilla/5.0 (Linux; U; Android 13; de-de; Redmi Note 12) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.9",
    "Mozilla/5.0 (Linux; Android 12; NOH-NX9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.5735.196 HuaweiBrowser/15.0.4.312 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; moto g54) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/140.0.0.0",
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile DuckDuckGo/5 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 15; Pixel 8 Build/AP4A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36 "
    "Instagram 400.0.0.0 Android (35/15; 420dpi; 1080x2400; Google/google; Pixel 8; shiba; shiba; de_DE)",
]
PREVIEWS = [
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
    "Pinterest/0.2 (+https://www.pinterest.com/bot.html)",
]
CRAWLERS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
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
    assert (len(PHONES), len(PREVIEWS) + len(CRAWLERS)) == (20, 15)
    for agent in PHONES + PREVIEWS + CRAWLERS:
        assert browser.get(f"/S/{TOKEN}", headers={"User-Agent": agent}).status_code == 302
    assert shop.scan_kinds(annas_letter.customer_id) == ["human"] * 20 + ["preview"] * len(PREVIEWS) + ["bot"] * len(CRAWLERS)


def test_a_user_agent_of_64_kilobytes_is_looked_at_where_it_begins(browser: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    for agent in (PHONE + " x" * 25_000, "x" * 60_000, "Googlebot/2.1;" * 4_000):
        assert browser.get(f"/S/{TOKEN}", headers={"User-Agent": agent}).status_code == 302
    assert shop.scan_kinds(annas_letter.customer_id) == ["human", "human", "bot"]


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
    assert set(row._mapping) == {"id", "letter_id", "kind", "scanned_at", "visitor"}
    assert len(row.visitor) == 32 and not any(trace in str(tuple(row)) for trace in ("127.0.0.1", "iPhone", TOKEN))


def test_a_visitor_is_known_again_for_a_day_and_no_longer(tmp_path: Path) -> None:
    visitors, restarted = Visitors(tmp_path / "a"), Visitors(tmp_path / "a")
    morning, evening = datetime(2026, 11, 22, 0, 0, tzinfo=UTC), datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)
    tomorrow = evening + timedelta(seconds=1)
    name = visitors.name("192.0.2.1", morning)
    assert visitors.name("192.0.2.1", evening) == restarted.name("192.0.2.1", evening) == name
    assert len({name, visitors.name("192.0.2.1", tomorrow), visitors.name("192.0.2.2", morning), Visitors(tmp_path / "b").name("192.0.2.1", morning)}) == 4
    assert visitors.name("2001:db8:0:1::5", morning) == visitors.name("2001:db8:0:1:9::1", morning) != visitors.name("2001:db8:0:2::5", morning)
    assert visitors.name("", morning) == "" and visitors.name("a socket", morning)


def test_the_key_of_yesterday_is_gone_and_nobody_else_may_read_todays(tmp_path: Path) -> None:
    visitors, today = Visitors(tmp_path), datetime(2026, 11, 22, tzinfo=UTC)
    before = visitors.name("192.0.2.1", today)
    visitors.name("192.0.2.1", today + timedelta(1))
    [left] = tmp_path.iterdir()
    assert left.name == "visitors-2026-11-23.key" and left.stat().st_mode & 0o077 == 0
    assert Visitors(tmp_path).name("192.0.2.1", today) != before  # it cannot be had back


def test_a_disk_that_takes_no_key_holds_up_nobody(tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    visitors = Visitors(tmp_path / "a file" / "folder")
    at = datetime(2026, 11, 22, tzinfo=UTC)
    assert visitors.name("192.0.2.1", at) == visitors.name("192.0.2.1", at) != ""


@pytest.fixture
def statements(browser: httpx.Client) -> Iterator[list[str]]:
    """All that the application asks the database for a visitor; threads that look after webhooks and the journal ask when they like."""
    seen: list[str] = []

    def note(*given: Any) -> None:
        if threading.current_thread() is not threading.main_thread() and threading.current_thread().name not in ("webhooks", "scans-replay"):
            seen.append(given[2])

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


NO_TOKENS = ["ABCDEFGH234", "ABCDEFGH23456", "ABCDEFGH234O", "ABCDEFGH234%C4%B1", "..%2F..%2Fetc%2Fpa", "A/B", "%00", "ÄBCDEFGH2345"]
NO_TOKENS += ["%2541BCDEFGH2345", "АВСDЕFGН2345", "ＡＢＣＤＥＦＧＨ２３４５", "ABCDEFGH234٥", "A" * 10_000, "%41" * 3_000, f"{TOKEN}/", f"/{TOKEN}", "😀" * 12]


@pytest.mark.parametrize("token", NO_TOKENS)
def test_what_cannot_be_a_token_never_reaches_the_database(token: str, browser: httpx.Client, statements: list[str], annas_letter: Letter) -> None:
    for room in ("S", "O"):
        answer = browser.get(f"/{room}/{token}")
        assert answer.status_code == 404
        assert "Diesen Code kennen wir leider nicht" in answer.text
    assert statements == []


def test_a_token_may_be_percent_encoded_once(browser: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    assert browser.get("/S/" + "".join(f"%{ord(letter):02X}" for letter in TOKEN)).status_code == 302
    assert shop.scan_kinds(annas_letter.customer_id) == ["human"]


def test_an_unknown_code_gets_a_friendly_page_in_the_language_of_the_browser(browser: httpx.Client) -> None:
    german = browser.get("/S/ZZZZZZZZZZZZ")
    english = browser.get("/S/ZZZZZZZZZZZZ", headers={"Accept-Language": "fr-FR, en-GB;q=0.8, de;q=0.2"})
    assert (german.status_code, english.status_code) == (404, 404)
    assert '<html lang="de">' in german.text and "Diesen Code kennen wir leider nicht" in german.text
    assert '<html lang="en">' in english.text and "Sorry, we do not know this code" in english.text


def test_no_page_tells_a_cancelled_or_erased_letter_from_one_that_never_was(browser: httpx.Client, shop: Shop, anna: int) -> None:
    shop.print_letters({anna: TOKEN}, handed_over=False)
    with writing(shop.engine) as connection:
        letters.cancel(connection, [shop.letter().id], "objection")
    answers = [browser.get(f"/S/{token}") for token in (TOKEN, "ZZZZZZZZZZZZ", "nonsense")]
    assert len({answer.text for answer in answers}) == 1
    assert len({tuple((name, value) for name, value in answer.headers.items() if name not in ("date", "x-request-id")) for answer in answers}) == 1
    assert shop.scan_kinds(anna) == []


def test_the_letter_of_somebody_who_was_erased_leads_nowhere(browser: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    with writing(shop.engine) as connection:
        erasure.erase(connection, annas_letter.customer_id, SECRET, datetime.now(UTC))
        before = len(scans.of_letters(connection, [annas_letter.id]))
    erased, unknown = browser.get(f"/S/{TOKEN}"), browser.get("/S/ZZZZZZZZZZZZ")
    assert (erased.status_code, erased.text) == (404, unknown.text)
    with reading(shop.engine) as connection:
        assert len(scans.of_letters(connection, [annas_letter.id])) == before == 0


def test_who_guesses_on_is_stopped_but_a_real_letter_always_opens(browser: httpx.Client, annas_letter: Letter) -> None:
    answers = [browser.get(f"/S/ZZZZZZZZZZ{a}{b}") for a in "ABCD" for b in "ABCDEFGH"]
    assert [answer.status_code for answer in answers] == [404] * 30 + [429] * 2
    assert answers[-1].headers["Retry-After"] == "600"
    assert "zehn Minuten" in answers[-1].text
    assert browser.get(f"/O/{'Z' * 12}").status_code == 429
    assert browser.get(f"/S/{TOKEN}").status_code == 302


def test_guessers_from_many_addresses_are_stopped_together(browser: httpx.Client, app: FastAPI, annas_letter: Letter) -> None:
    for _ in range(600):
        app.state.office.all_misses.admits(None)
    assert browser.get("/S/ZZZZZZZZZZZZ").status_code == 429
    assert browser.get(f"/S/{TOKEN}").status_code == 302


def test_a_scan_that_the_database_cannot_take_is_written_down_and_sent_on(
    browser: httpx.Client, shop: Shop, engine: Engine, annas_letter: Letter, caplog: pytest.LogCaptureFixture
) -> None:
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE scans RENAME TO gone"))
    with caplog.at_level(logging.DEBUG):
        answer = browser.get(f"/S/{TOKEN}")
    assert answer.status_code == 302
    health = browser.get("/healthz").json()
    assert (health["database"], health["waiting_scans"], health["set_aside"]) == ("ok", 1, 0)
    ours = " ".join(record.getMessage() for record in caplog.records if record.name.startswith(("api", "store")))
    assert "did not answer" in ours
    assert TOKEN not in ours and "Müller" not in ours
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO scans"))
    while browser.get("/healthz").json()["waiting_scans"]:
        pass
    assert shop.scan_kinds(annas_letter.customer_id) == ["human"]


def test_where_nothing_takes_a_scan_a_page_leads_on_and_a_monitor_sees_it(
    browser: httpx.Client, shop: Shop, engine: Engine, annas_letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE scans RENAME TO gone"))
    with monkeypatch.context() as disk:
        disk.setattr(journal, "_write", full)
        answer, head = browser.get(f"/S/{TOKEN}"), browser.head(f"/S/{TOKEN}")
        assert browser.get("/healthz").json()["journal"] == "failing"
    assert (answer.status_code, head.status_code, head.text) == (503, 503, "")
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["X-Frame-Options"] == "DENY" and answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
    [leads_to] = re.findall(r'<a href="([^"]+)">', answer.text)
    assert f"0;url={leads_to}" in answer.text
    assert unescape(leads_to) in (LANDING, shop.settings.shop_url)  # PostgreSQL: the copy of the links may not be that far yet


def test_an_application_under_a_path_finds_its_codes(app: FastAPI, shop: Shop, annas_letter: Letter) -> None:
    for path, root_path, client in ((f"/post/S/{TOKEN}", "/post", None), (f"/S/{TOKEN}", "", ("", 0))):
        scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "root_path": root_path, "headers": [], "http_version": "1.0", "client": client}
        assert anyio.run(_status, app, scope) == 302
    assert shop.scan_kinds(annas_letter.customer_id) == ["bot", "bot"]


async def _status(app: FastAPI, scope: dict[str, Any]) -> int:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async with app.router.lifespan_context(app):
        await Door(app)(scope, receive, send)
    return int(sent[0]["status"])


def test_scan_ids_are_uuid7_and_sort_by_time() -> None:
    ids = [uuid7() for _ in range(3)]
    assert {(found.version, found.variant) for found in ids} == {(7, "specified in RFC 4122")}
    made_at = datetime.fromtimestamp((ids[0].int >> 80) / 1000, UTC)
    assert abs((datetime.now(UTC) - made_at).total_seconds()) < 5
    assert len(set(ids)) == 3


def test_a_journal_that_is_full_is_shown_with_what_was_lost(browser: httpx.Client, app: FastAPI, engine: Engine, annas_letter: Letter) -> None:
    app.state.office.journal._room = journal.Room(1)
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE scans RENAME TO gone"))
    assert browser.get(f"/S/{TOKEN}").status_code == 503
    health = browser.get("/healthz").json()
    assert (health["journal"], health["lost_scans"], health["waiting_scans"]) == ("full", 1, 0)
