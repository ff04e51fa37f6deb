"""Do the numbers say what happened, to whoever may read them, and nothing about a person?"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, event, text

from api.measures import gauges
from api.office import Office
from store import api_keys, imports, readings, webhooks
from store.api_keys import Scope
from store.engine import Connection, reading, writing
from store.letters import Letter
from store.readings import Readings
from store.webhooks import Delivery
from tests.api.conftest import ANNA, TOKEN, Shop

RULES = Path(__file__).parents[3] / "examples" / "prometheus-rules.yml"
NOW = datetime.now(UTC)


def read(browser: httpx.Client) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """(name, labels) -> value of every sample."""
    answer = browser.get("/metrics")
    assert answer.status_code == 200
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in text_string_to_metric_families(answer.text) for one in family.samples}


def value(browser: httpx.Client, name: str, **labels: str) -> float | None:
    return read(browser).get((name, tuple(sorted(labels.items()))))


def test_scans_are_counted_by_kind_and_timed(browser: httpx.Client, annas_letter: Letter) -> None:
    browser.get(f"/S/{TOKEN}")
    browser.head(f"/S/{TOKEN}")
    browser.head(f"/S/{TOKEN}")
    browser.get("/S/ABCDEFGH2346")  # no letter's
    found = read(browser)
    assert {kind: found["postillion_scans_total", (("kind", kind),)] for kind in ("human", "head", "bot")} == {"human": 1, "head": 2, "bot": 0}
    assert found["postillion_scan_seconds_count", ()] == found["postillion_scan_seconds_bucket", (("le", "+Inf"),)] == 3
    assert found["postillion_scan_seconds_sum", ()] > 0
    assert found["postillion_scans_journalled_total", ()] == found["postillion_scans_lost_total", ()] == 0


def test_scans_without_the_database_are_told_apart(browser: httpx.Client, engine: Engine, annas_letter: Letter) -> None:
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE scans RENAME TO gone"))
    browser.get(f"/S/{TOKEN}")
    found = read(browser)
    assert found["postillion_scans_journalled_total", ()] == found["postillion_journal_scans", ()] == 1
    assert found["postillion_journal_bytes", ()] > 40
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO scans"))


def test_answers_are_counted_by_the_path_as_the_code_writes_it(desk: httpx.Client, anna: int) -> None:
    desk.get(f"/desk/customers/{anna}")
    desk.get("/desk/no-such-page/anna.mueller@mail.example")
    found = read(desk)
    assert found["postillion_requests_total", (("method", "GET"), ("route", "/desk/customers/{customer_id}"), ("status", "200"))] == 1
    assert found["postillion_requests_total", (("method", "GET"), ("route", "unmatched"), ("status", "404"))] == 1
    assert found["postillion_request_seconds_count", (("area", "desk"),)] >= 1


def test_who_guesses_is_counted_once_refused(browser: httpx.Client, app: FastAPI) -> None:
    for number in range(32):
        browser.get(f"/S/ABCDEFGH{'ABCDEFGHJKMNPQRS'[number // 16]}{'ABCDEFGHJKMNPQRS'[number % 16]}AA")
    assert value(browser, "postillion_refusals_total", reason="too_many_misses") == 2


def test_what_waits_in_the_database_is_shown(browser: httpx.Client, shop: Shop, annas_letter: Letter) -> None:
    with writing(shop.engine) as connection:
        waiting = Delivery("w1", "shop", "orders/create", b"{}", NOW - timedelta(minutes=5))
        webhooks.add(connection, waiting)
        connection.execute(text("UPDATE webhook_deliveries SET due_at = :later"), {"later": (NOW + timedelta(days=1)).replace(tzinfo=None).isoformat(" ")})
        done = imports.start(connection, "my-shop", "customers", "k.csv", "csv", NOW)
        imports.finish(connection, done, NOW)
        imports.start(connection, "other-shop", "customers", "k.csv", "csv", NOW)
        readings.note_housekeeping(connection, NOW)
    found = read(browser)
    assert found["postillion_webhooks", (("state", "waiting"),)] == 1
    assert 300 <= found["postillion_webhooks_oldest_seconds", ()] < 900
    assert found["postillion_letters", (("state", "handed_over"),)] == 1
    assert found["postillion_letters", (("state", "returned"),)] == 0
    assert found["postillion_print_runs", (("state", "awaiting_approval"),)] == 0
    assert found["postillion_import_finished_timestamp_seconds", (("source", "my-shop"),)] == pytest.approx(NOW.timestamp(), abs=1)
    assert ("postillion_import_finished_timestamp_seconds", (("source", "other-shop"),)) not in found
    assert found["postillion_housekeeping_timestamp_seconds", ()] == pytest.approx(NOW.timestamp(), abs=1)
    assert found["postillion_database_up", ()] == 1
    assert found["postillion_database_connections", (("state", "open"),)] >= 1
    assert found["process_resident_memory_bytes", ()] > 0


def test_a_print_run_that_waits_for_approval_is_shown_with_its_age(engine: Engine, shop: Shop, anna: int) -> None:
    shop.print_letters({anna: TOKEN}, handed_over=False)
    with writing(engine) as connection:
        connection.execute(text("UPDATE print_runs SET state = 'awaiting_approval'"))
        found = readings.take(connection, NOW)
    assert found.unfinished_runs["awaiting_approval"] == 1  # type: ignore[index]  # a StrEnum is its word
    assert found.longest_waiting_since and NOW - found.longest_waiting_since > timedelta(days=2)


def test_the_database_is_read_once_in_a_while_however_many_ask(browser: httpx.Client, monkeypatch: pytest.MonkeyPatch, shop: Shop) -> None:
    asked = []
    take = readings.take

    def counted(connection: Connection, now: datetime) -> Readings:
        asked.append(now)
        return take(connection, now)

    monkeypatch.setattr(readings, "take", counted)
    for _ in range(3):
        read(browser)
    assert len(asked) == 1
    monkeypatch.setattr(gauges, "READ_EVERY_SECONDS", 0)
    read(browser)
    assert len(asked) == 2


def test_without_a_database_the_rest_is_shown(browser: httpx.Client, engine: Engine, shop: Shop) -> None:
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE print_runs RENAME TO gone"))
    found = read(browser)
    assert found["postillion_database_up", ()] == 0
    assert found["postillion_journal_scans", ()] == 0
    assert not [name for name, _ in found if name == "postillion_letters"]


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gauges, "WAITS_SECONDS", 0.01)


def test_a_slow_count_is_shown_later_and_nobody_takes_the_database_for_dead(
    hurried: None, browser: httpx.Client, shop: Shop, annas_letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, counted = readings.take, threading.Event()

    def slow(connection: Connection, now: datetime) -> Readings:
        assert counted.wait(60)
        return take(connection, now)

    monkeypatch.setattr(readings, "take", slow)
    found = read(browser)
    assert found["postillion_database_up", ()] == 1
    assert ("postillion_letters", (("state", "handed_over"),)) not in found
    assert browser.get("/healthz").json()["database"] == "ok"
    assert browser.get("/readyz").json()["database"] == "ok"
    counted.set()
    while value(browser, "postillion_letters", state="handed_over") is None:
        pass
    assert value(browser, "postillion_letters", state="handed_over") == 1


def test_letters_are_counted_in_an_index_alone(engine: Engine, shop: Shop, annas_letter: Letter) -> None:
    """A million of them lie in gigabytes of rows (12 seconds on SQLite, 0.1 in the index)."""
    asked: list[tuple[str, Any]] = []
    note = lambda _connection, _cursor, statement, parameters, *_: asked.append((statement, parameters))  # noqa: E731
    with reading(engine) as connection:
        event.listen(engine, "before_cursor_execute", note)
        readings.take(connection, NOW)
        event.remove(engine, "before_cursor_execute", note)
        [(statement, parameters)] = [one for one in asked if "FROM letters" in one[0]]
        if engine.dialect.name == "postgresql":  # with few rows its planner reads them all
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        words = "EXPLAIN" if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        plan = " ".join(str(row) for row in connection.exec_driver_sql(f"{words} {statement}", parameters))
    covering = {"postgresql": "Index Only Scan using ix_letters_print_run_id_state", "sqlite": "COVERING INDEX ix_letters_print_run_id_state"}
    assert covering[engine.dialect.name] in plan
    assert "TEMP B-TREE" not in plan


@contextmanager
def key(shop: Shop, *scopes: Scope) -> Iterator[dict[str, str]]:
    with writing(shop.engine) as connection:
        written = api_keys.add(connection, "monitor", "shop", scopes, NOW)
    yield {"Authorization": f"Bearer {written}"}


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_who_comes_through_a_proxy_needs_a_key(header: str, browser: httpx.Client) -> None:
    assert browser.get("/metrics", headers={header: "127.0.0.1"}).status_code == 401


def test_a_key_opens_them_if_it_may(browser: httpx.Client, shop: Shop) -> None:
    away = {"X-Forwarded-For": "203.0.113.9"}
    with key(shop, Scope.METRICS_READ) as header:
        assert browser.get("/metrics", headers=away | header).status_code == 200


def test_a_key_for_something_else_does_not(browser: httpx.Client, shop: Shop) -> None:
    with key(shop, Scope.ORDERS_WRITE) as header:
        assert browser.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"} | header).status_code == 403


def test_no_number_names_anybody(desk: httpx.Client, anna: int, annas_letter: Letter) -> None:
    desk.get(f"/S/{TOKEN}")
    desk.get(f"/O/{TOKEN}")
    desk.get("/desk", params={"q": "Müller"})
    desk.get(f"/desk/customers/{anna}")
    shown = desk.get("/metrics").text
    for secret in (TOKEN, ANNA.email, "Müller", "Lindenallee", "Martha", "teehaus"):
        assert secret.lower() not in shown.lower()


def test_every_metric_of_the_example_rules_exists(browser: httpx.Client, app: FastAPI, annas_letter: Letter) -> None:
    office: Office = app.state.office
    with writing(office.engine) as connection:
        readings.note_housekeeping(connection, NOW)
        imports.finish(connection, imports.start(connection, "my-shop", "customers", "k.csv", "csv", NOW), NOW)
    browser.get("/nowhere")
    office.meters.coupons.labels("redeem", "granted").inc()
    office.meters.refusals.labels("too_many_misses").inc()
    known = {name for name, _ in read(browser)}
    groups = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    named = {name for rule in rules for name in re.findall(r"\b(?:postillion|process)_[a-z_]+", rule["expr"])}
    assert len(named) > 8 and named <= known, named - known
    assert all(rule["annotations"]["summary"] and rule["annotations"]["what_to_do"] for rule in rules)


def test_checkouts_and_records_are_counted_by_what_became_of_them(browser: httpx.Client, api_key: str, shop: Shop) -> None:
    header = {"Authorization": f"Bearer {api_key}"}
    browser.post("/api/v1/coupons/sign-up", json={"code": "NOBODYS-CODE", "email": "anna@mail.example"}, headers=header).raise_for_status()
    records = {"records": [{"id": "1", "email": "anna@mail.example"}, {"id": "2", "address": {"postcod": "1"}}]}
    for _ in range(2):
        browser.post("/api/v1/customers", json=records, headers=header | {"Idempotency-Key": "once"}).raise_for_status()
    found = read(browser)
    assert found["postillion_coupon_answers_total", (("action", "sign-up"), ("outcome", "unknown_code"))] == 1
    counted = {dict(labels)["outcome"]: value for (name, labels), value in found.items() if name == "postillion_intake_records_total"}
    assert counted == {"stored": 1, "rejected": 1}, "an answer given again counts nothing"
