"""Does the log say what was asked and how it went, and nothing of who asked or what for?"""

import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from api.app import ROUTERS
from store import log_lines
from store.engine import writing
from store.letters import Letter
from tests.api.conftest import ANNA, PASSWORD, TOKEN, Shop

SECRETS = (TOKEN, "anna.mueller", "Müller", "Lindenallee", "K-1001", "Martha", PASSWORD, "tok-SeCrEt", "gutschein-4711", "mail.example")


@pytest.fixture(autouse=True)
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the log says, as JSON."""
    root = logging.getLogger()
    before, levels = list(root.handlers), {name: logging.getLogger(name).level for name in log_lines._LEVELS}
    lines = io.StringIO()
    log_lines.configure("json", lines)
    yield lines
    root.handlers[:] = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def events(lines: io.StringIO, name: str = "request") -> list[dict[str, Any]]:
    return [event for line in lines.getvalue().splitlines() if (event := json.loads(line))["event"] == name]


def test_each_request_is_a_line_of_json(desk: httpx.Client, anna: int, written: io.StringIO) -> None:
    answer = desk.get(f"/desk/customers/{anna}?q=M%C3%BCller")
    [event] = events(written)
    assert re.fullmatch(r"[0-9a-f]{32}", event["request_id"]) and answer.headers["X-Request-ID"] == event["request_id"]
    assert {name: event[name] for name in ("method", "route", "status", "actor", "level", "logger")} == {
        "method": "GET", "route": "/desk/customers/{customer_id}", "status": 200, "actor": "desk", "level": "info", "logger": "api.request_log",
    }  # fmt: skip
    assert event["ms"] > 0 and event["timestamp"].endswith("Z")


def test_who_acted_is_told_by_kind(browser: httpx.Client, api_key: str, written: io.StringIO) -> None:
    browser.get("/O/ABCDEFGH2346")
    browser.post("/api/v1/customers", json={"records": []}, headers={"Authorization": f"Bearer {api_key}"})
    browser.post("/api/v1/customers", json={"records": []}, headers={"Authorization": "Bearer pst_wrong"})
    assert [(event["actor"], event["status"]) for event in events(written)][::2] == [("visitor", 404), ("visitor", 401)]
    assert events(written)[1]["actor"] == "api_key"
    assert api_key not in written.getvalue()


@pytest.mark.parametrize(
    ("given", "is_kept"), [("0af7651916cd43dd8448eb211c80319c", True), ("anna.mueller@mail.example", False), ("x" * 32, False), ("ab" * 40, False)]
)
def test_a_proxys_number_is_kept_if_it_can_be_nothing_else(given: str, is_kept: bool, browser: httpx.Client, written: io.StringIO) -> None:
    answer = browser.get("/nowhere", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is is_kept
    assert (given in written.getvalue()) is is_kept


def test_lines_of_one_request_share_its_number(browser: httpx.Client, shop: Shop, written: io.StringIO) -> None:
    with writing(shop.engine) as connection:
        connection.execute(text("ALTER TABLE letters RENAME TO gone"))
    browser.get(f"/O/{TOKEN}")
    [refused] = [event for event in map(json.loads, written.getvalue().splitlines()) if event["event"].startswith("The database refused")]
    [request] = events(written)
    assert (refused["request_id"], request["status"], request["level"]) == (request["request_id"], 503, "error")


def test_what_monitors_ask_all_day_is_said_only_when_it_fails(browser: httpx.Client, written: io.StringIO) -> None:
    browser.get("/healthz")
    browser.get("/static/postillion.css")
    assert events(written) == []


def planted() -> Iterator[tuple[str, str]]:
    """(method, path) of every route of the application, with secrets wherever something can stand."""
    for route in (route for router in ROUTERS for route in router.routes):
        path = re.sub(r"\{[^}]*(token|code)[^}]*\}", TOKEN, getattr(route, "path", ""))
        for method in getattr(route, "methods", None) or ():
            if path:
                yield method, re.sub(r"\{[^}]*\}", "1", path)


def test_nothing_that_is_personal_gets_into_the_log(browser: httpx.Client, shop: Shop, annas_letter: Letter, written: io.StringIO) -> None:
    """All public routes and all others without a session, with names, tokens, addresses in paths, queries, forms, bodies and headers."""
    headers = {"Authorization": "Bearer pst_tok-SeCrEt", "Cookie": "postillion=tok-SeCrEt", "User-Agent": "anna.mueller", "Referer": f"http://x/{TOKEN}"}
    asked = 0
    for method, path in {*planted(), *((method, f"/{room}/{TOKEN}") for room in "SOsop" for method in ("GET", "POST"))}:
        query = {"q": "Müller Lindenallee", "email": ANNA.email, "order_ref": "K-1001", "code": "gutschein-4711"}
        form = {"name": "Martha", "password": PASSWORD, "email": ANNA.email, "code": "gutschein-4711"}
        browser.request(method, path, params=query, headers=headers, **({"data": form} if asked % 2 else {"json": form}))  # type: ignore[arg-type]
        browser.request(method, f"{path}/{TOKEN}/{ANNA.email}", headers=headers)
        asked += 2
    said = written.getvalue()
    assert asked > 150 and len(events(written)) > 100
    assert [secret for secret in SECRETS if secret.lower() in said.lower()] == []


def test_an_exception_is_its_kind_and_its_places_never_its_words(written: io.StringIO, tmp_path: Path) -> None:
    try:
        raise ValueError("Anna Müller, Lindenallee 12")
    except ValueError:
        logging.getLogger("somebody.elses").exception("It went wrong")
    event = json.loads(written.getvalue())
    assert (event["error"], event["event"]) == ("ValueError", "It went wrong")
    assert event["places"] and "test_request_log.py" in event["places"][-1]
    assert "Müller" not in written.getvalue() and "Lindenallee" not in written.getvalue()


def test_text_is_one_line_for_people(written: io.StringIO) -> None:
    log_lines.configure("text", written)
    logging.getLogger("flows.something").warning("The disk has %s left", "3 MB")
    logging.getLogger("httpx").info("GET http://x/S/%s", TOKEN)
    logging.getLogger("httpx").handlers.clear()
    [line] = written.getvalue().splitlines()
    assert re.fullmatch(r"\d{4}-\S+Z \[warning +\] The disk has 3 MB left +\[flows\.something\]", line)


def test_the_servers_own_lines_look_the_same_and_its_access_log_stays_silent(written: io.StringIO) -> None:
    loggers = [logging.getLogger(name) for name in ("uvicorn", "uvicorn.error", "uvicorn.access")]
    before = [(list(one.handlers), one.propagate, one.level, one.disabled) for one in loggers]
    try:
        for one in loggers:
            one.setLevel(logging.INFO)  # a server of another test may have made them quieter, or silent
            one.disabled = False
        logging.getLogger("uvicorn.access").addHandler(logging.StreamHandler(written))
        log_lines.take_over_uvicorn()
        logging.getLogger("uvicorn.error").info("Application startup complete.")
        logging.getLogger("uvicorn.access").info("GET /S/%s", TOKEN)
        [line] = written.getvalue().splitlines()
        assert json.loads(line)["event"] == "Application startup complete."
    finally:
        for one, (handlers, propagates, level, disabled) in zip(loggers, before, strict=True):
            one.handlers[:], one.propagate, one.disabled = handlers, propagates, disabled
            one.setLevel(level)
