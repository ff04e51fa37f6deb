"""Who gets into the desk, and how do they get out?"""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import Engine, func, select, update

from api.app import ROUTERS, create_app
from api.desk.sign_in import local
from store import passwords, users
from store.engine import reading, writing
from store.schema import sessions
from tests.api.conftest import PASSWORD, Shop, served

OPEN_TO_ALL = {
    "/desk/sign-in",
    "/desk/sign-out",
    "/healthz",
    "/readyz",
    "/metrics",  # on this machine; test_who_may.py and test_metrics.py
    "/webhooks/shopify",  # signed instead
    "/S/{token:path}",
    "/s/{token:path}",
    "/O/{token:path}",
    "/o/{token:path}",
    "/P/{code}",
    "/p/{code}",
    "/privacy",
    "/api/v1/openapi.json",  # the shop signs what it sends
}


def sign_in(browser: httpx.Client, name: str = "Martha", password: str = PASSWORD, **more: str) -> httpx.Response:
    return browser.post("/desk/sign-in", data={"name": name, "password": password, **more})


def test_the_right_password_opens_the_desk(browser: httpx.Client, marketer: str) -> None:
    answer = sign_in(browser)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("postillion=")
    assert {part.strip() for part in cookie.split(";")[1:]} == {"HttpOnly", "Path=/", "SameSite=lax"}
    assert browser.get("/desk/customers").status_code == 200


def test_over_https_the_cookie_is_tied_to_the_host(shop: Shop, marketer: str) -> None:
    app = create_app(shop.settings.model_copy(update={"desk_url": "https://desk.example"}))
    with served(app) as url, httpx.Client(timeout=60, base_url=url) as browser:
        answer = sign_in(browser)
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-postillion=")
        assert {part.strip() for part in cookie.split(";")[1:]} == {"HttpOnly", "Path=/", "SameSite=lax", "Secure"}
        assert "Strict-Transport-Security" in answer.headers


@pytest.mark.parametrize(("name", "password"), [("Martha", "falsch"), ("Niemand", PASSWORD), ("", ""), ("Mar\0tha", "x"), ("Martha", "")])
def test_a_wrong_name_and_a_wrong_password_look_the_same(name: str, password: str, browser: httpx.Client, marketer: str) -> None:
    answer = sign_in(browser, name, password)
    assert answer.status_code == 401
    assert "Name oder Kennwort stimmt nicht" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_an_unknown_name_costs_a_hash_like_a_known_one(browser: httpx.Client, marketer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str | None] = []
    verify = passwords.verify

    def watched(plain: str, hashed: str | None) -> bool:
        checked.append(hashed)
        return verify(plain, hashed)

    monkeypatch.setattr(passwords, "verify", watched)
    sign_in(browser, "Niemand")
    sign_in(browser, "Martha", "falsch")
    assert checked[0] is None and checked[1]


def test_the_sixth_try_within_a_quarter_of_an_hour_is_refused_even_with_the_right_password(browser: httpx.Client, marketer: str) -> None:
    wrong = [sign_in(browser, password="falsch").status_code for _ in range(5)]
    answer = sign_in(browser)
    assert wrong == [401] * 5
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert "15 Minuten" in answer.text
    assert sign_in(browser, "Somebody else").status_code == 401


def test_a_success_starts_the_count_anew(browser: httpx.Client, marketer: str) -> None:
    for _ in range(2):
        assert [sign_in(browser, password="falsch").status_code for _ in range(4)] == [401] * 4
        assert sign_in(browser).status_code == 303


def test_signing_out_ends_the_session_in_the_database(desk: httpx.Client) -> None:
    token = desk.cookies["postillion"]
    answer = desk.post("/desk/sign-out")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/sign-in")
    desk.cookies.clear()
    desk.cookies.set("postillion", token)
    assert desk.get("/desk/customers").status_code == 303


def test_signing_in_again_ends_the_session_before(desk: httpx.Client, engine: Engine) -> None:
    assert sign_in(desk).status_code == 303
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(sessions)).scalar_one() == 1


@pytest.mark.parametrize(("column", "age"), [("seen_at", users.IDLE), ("created_at", users.LONGEST)])
def test_a_session_ends_by_itself(column: str, age: timedelta, desk: httpx.Client, engine: Engine) -> None:
    assert desk.get("/desk/customers").status_code == 200
    with writing(engine) as connection:
        connection.execute(update(sessions).values({column: datetime.now(UTC) - age - timedelta(seconds=1)}))
    assert desk.get("/desk/customers").status_code == 303


def test_a_session_in_use_is_kept(desk: httpx.Client, engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(update(sessions).values(seen_at=datetime.now(UTC) - timedelta(hours=7)))
    desk.get("/desk/customers")
    with reading(engine) as connection:
        seen_at = connection.execute(select(sessions.c.seen_at)).scalar_one()
    assert datetime.now(UTC) - seen_at < timedelta(minutes=1)


def test_after_signing_in_one_is_where_one_wanted_to_go(browser: httpx.Client, marketer: str) -> None:
    refused = browser.get("/desk/customers?q=Anna M")
    assert refused.status_code == 303
    form = browser.get(refused.headers["Location"]).text
    assert 'value="/desk/customers?q=Anna%20M"' in form or 'value="/desk/customers?q=Anna+M"' in form
    assert sign_in(browser, next="/desk/customers?q=Anna%20M").headers["Location"] == "/desk/customers?q=Anna%20M"


@pytest.mark.parametrize(
    "way",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/desk/\\evil",
        "/desk/..//evil.example",
        "/desk/\r\nX: y",
        "javascript:alert(1)",
        "",
        "/S/ABC",
    ],
)
def test_nobody_is_led_to_another_site(way: str, browser: httpx.Client, marketer: str) -> None:
    assert local(way) == "/desk"
    assert sign_in(browser, next=way).headers["Location"] == "/desk"


def test_another_site_can_neither_sign_in_nor_out(desk: httpx.Client) -> None:
    for path in ("/desk/sign-in", "/desk/sign-out"):
        assert desk.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert desk.get("/desk/customers").status_code == 200


def routes() -> list[APIRoute]:
    return [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def test_every_page_that_is_not_open_to_all_wants_a_sign_in(browser: httpx.Client) -> None:
    closed = [route for route in routes() if route.path not in OPEN_TO_ALL]
    assert len(closed) >= 8
    for route in closed:
        path = re.sub(r"{\w+}", "1", route.path)
        for method in route.methods or ():
            browser.cookies.set("postillion", "a made-up token")
            answer = browser.request(method, path)
            if path.startswith("/api/"):
                assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json"), path
                assert answer.headers["WWW-Authenticate"] == "Bearer"
                assert answer.json()["title"] in ("Bitte anmelden", "Der API-Schlüssel fehlt oder gilt nicht")
            else:
                assert answer.status_code == 303 and answer.headers["Location"].startswith("/desk/sign-in?"), path


def test_a_short_password_is_refused_with_advice() -> None:
    with pytest.raises(passwords.WeakPassword, match="has 11 characters: choose one of 12 or more"):
        passwords.hash_password("x" * 11)
    assert passwords.verify("x" * 12, passwords.hash_password("x" * 12))


def test_a_form_too_large_is_refused(browser: httpx.Client, marketer: str) -> None:
    assert sign_in(browser, password="x" * 70_000).status_code == 413
