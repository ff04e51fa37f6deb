"""Is every answer protected, and does no log tell who was there?"""

import logging
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import anyio
import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import text

from api import letter_codes
from api.app import ROUTERS, create_app
from store import webhooks
from store.engine import writing
from store.errors import DatabaseNotReady
from store.journal import Journal
from store.letters import Letter
from store.settings import Settings
from store.webhooks import Delivery, DeliveryState
from tests.api.conftest import ANNA, TOKEN, Shop, served

EXPECTED = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
NOT_OURS = ("httpx", "httpcore", "uvicorn.access")
"""The visitor's own log, and the access log: it is switched off, but pytest listens to silenced loggers too."""
SIGN_OUT = ("POST", "/desk/sign-out")  # comes last, so that the rest is seen signed in
OTHER_PATHS = ["/", "/openapi.json", "/static/postillion.css", "/static/%2e%2e/app.py", "/static/nothing", "/nothing", "/desk", "/docs", "/api/v1/nothing"]


def every_path(letter: Letter) -> list[tuple[str, str]]:
    ids = {"customer_id": letter.customer_id, "letter_id": letter.id, "print_run_id": letter.print_run_id, "token": TOKEN}
    names = defaultdict(lambda: 1, ids)  # of other things there is none
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    found = {(method, route.path.replace(":path", "").format_map(names)) for route in routes for method in route.methods or ()} - {SIGN_OUT}
    return sorted(found) + [("GET", path) for path in OTHER_PATHS] + [("TRACE", "/desk/customers"), ("POST", "/nothing"), SIGN_OUT]


@pytest.mark.parametrize("signed_in", [True, False])
def test_every_answer_carries_the_headers(signed_in: bool, desk: httpx.Client, annas_letter: Letter) -> None:
    for method, path in every_path(annas_letter):
        if not signed_in:
            desk.cookies.clear()
        headers = desk.request(method, path).headers
        if not path.upper().startswith("/S/"):  # a redirect shows nothing and runs nothing: the door sends what it needs (test_scans)
            assert {name: headers.get(name) for name in EXPECTED} == EXPECTED, path
        assert headers["Referrer-Policy"] in ("same-origin", "no-referrer"), path
        assert headers["Cache-Control"] == ("no-cache" if path.startswith("/static/") else "no-store"), path


def test_over_https_browsers_are_told_to_stay_there(shop: Shop) -> None:
    with served(create_app(shop.settings.model_copy(update={"public_url": "https://brief.example"}))) as url:
        assert httpx.get(f"{url}/healthz").headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_forms_of_ours_keep_their_origin(browser: httpx.Client, annas_letter: Letter) -> None:
    """Under no-referrer a browser posts with ``Origin: null``, and our own check would refuse our own page."""
    for path in (f"/O/{TOKEN}", "/desk/sign-in"):
        assert browser.get(path).headers["Referrer-Policy"] == "same-origin"


def test_no_page_of_the_framework_is_public(browser: httpx.Client) -> None:
    assert [browser.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404] * 3


def test_an_unforeseen_error_is_a_page_and_a_log_entry_without_its_message(
    browser: httpx.Client, annas_letter: Letter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(f"{ANNA.email} and {TOKEN}")

    monkeypatch.setattr(letter_codes, "find", fail)
    answer = browser.get(f"/O/{TOKEN}")
    assert answer.status_code == 500
    assert "schiefgegangen" in answer.text
    assert {name: answer.headers.get(name) for name in EXPECTED} == EXPECTED
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("api"))
    assert "RuntimeError, unforeseen" in logged and "objections.py" in logged
    assert ANNA.email not in logged and TOKEN not in logged


def test_a_visit_leaves_no_personal_data_in_the_logs(desk: httpx.Client, annas_letter: Letter, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for method, path in every_path(annas_letter):
            desk.request(method, path)
        desk.post("/desk/sign-in", data={"name": "Martha", "password": "geheimes Kennwort"})
    logged = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith(NOT_OURS))
    assert not any(mark in logged for mark in (TOKEN, TOKEN.lower(), "Müller", ANNA.email, "Martha", "geheimes", "CODE-"))


def test_health_tells_whether_the_database_answers(browser: httpx.Client, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = browser.get("/healthz")
    nothing_waits = {"process": "ok", "journal": "ok", "lost_scans": 0, "waiting_scans": 0, "waiting_seconds": 0, "set_aside": 0, "wrong_codes": 0}
    assert (answer.status_code, answer.json()) == (200, {**nothing_waits, "database": "ok", "failed_webhooks": 0})
    with writing(app.state.office.engine) as connection:
        webhooks.add(connection, Delivery("d1", "shop", "orders/create", b"{", datetime.now(UTC)))
        webhooks.settle(connection, "d1", DeliveryState.FAILED, "", "BadRecord: malformed", datetime.now(UTC))
    assert browser.get("/healthz").json()["failed_webhooks"] == 1
    with writing(app.state.office.engine) as connection:
        connection.execute(text("ALTER TABLE webhook_deliveries RENAME TO gone"))
    answer = browser.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {**nothing_waits, "database": "away", "failed_webhooks": None})  # scans go on without it
    monkeypatch.setattr(Journal, "try_again", lambda _: None)
    app.state.office.journal.is_failing = True
    assert (browser.get("/healthz").status_code, browser.get("/healthz").json()["journal"]) == (503, "failing")


def test_the_application_does_not_start_on_old_tables(empty_url: str, tmp_path: Path) -> None:
    app = create_app(Settings(_env_file=None, database_url=empty_url, data_dir=tmp_path))

    async def start() -> None:
        async with app.router.lifespan_context(app):
            pass

    with pytest.raises(DatabaseNotReady, match="postillion migrate"):
        anyio.run(start)
