"""Is a request under an Idempotency-Key carried out once, whatever the network does to it?"""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, func, select, update

from api.intake import storing
from store import api_keys, idempotency, imports
from store.engine import reading, writing
from store.records import upsert_records
from store.retention import ANSWERS
from store.schema import customers, idempotency_keys
from store.schema import imports as imports_table
from tests.api.conftest import Shop
from tests.store.growing_old import end

NO_IDLE = httpx.Limits(max_keepalive_connections=0)
"""For threads that share a client: httpcore may close an idle connection that another thread has just taken up again."""
BATCH = {"records": [{"id": 1, "email": "anna@mail.example"}, {"id": 2, "sex": "?"}]}


def send(program: httpx.Client, key: str, batch: Any = BATCH, path: str = "/customers", **headers: str) -> httpx.Response:
    return program.post(path, json=batch, headers={"Idempotency-Key": key, **headers})


def count(engine: Engine, table: Any) -> int:
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_the_second_time_the_first_answer_comes_back_to_the_byte(program: httpx.Client, engine: Engine) -> None:
    first, second = send(program, "k1"), send(program, "k1")
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert [one["outcome"] for one in second.json()["results"]] == ["stored", "rejected"], "without the key it would be unchanged"
    assert count(engine, imports_table) == 1


@pytest.mark.parametrize(
    ("batch", "path"), [({"records": [{"id": 3}]}, "/customers"), (BATCH, "/objections"), ({"records": BATCH["records"][:1]}, "/customers")]
)
def test_another_body_or_path_under_the_same_key_is_a_conflict_that_changes_nothing(batch: Any, path: str, program: httpx.Client, engine: Engine) -> None:
    send(program, "k1")
    answer = send(program, "k1", batch, path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (409, "application/problem+json")
    assert (count(engine, customers), count(engine, imports_table), count(engine, idempotency_keys)) == (1, 1, 1)
    assert send(program, "k1").headers["Idempotency-Replayed"] == "true"


def test_each_api_key_has_idempotency_keys_of_its_own(program: httpx.Client, shop: Shop, engine: Engine) -> None:
    send(program, "k1")
    with writing(shop.engine) as connection:
        other = api_keys.add(connection, "other", "othershop", list(api_keys.Scope), datetime.now(UTC))
    answer = send(program, "k1", {"records": [{"id": 9}]}, Authorization=f"Bearer {other}")
    assert answer.status_code == 200 and "Idempotency-Replayed" not in answer.headers
    assert count(engine, customers) == 2


def test_what_could_not_be_read_leaves_the_key_free(program: httpx.Client) -> None:
    assert send(program, "k1", {"records": []}).status_code == 422
    assert "Idempotency-Replayed" not in send(program, "k1").headers


def test_what_the_database_undid_leaves_the_key_free(program: httpx.Client, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(idempotency, "keep", fail)
        assert send(program, "k1").status_code == 500
    assert (count(engine, customers), count(engine, imports_table)) == (0, 0)
    answer = send(program, "k1")
    assert (answer.status_code, answer.json()["results"][0]["outcome"]) == (200, "stored")


def test_many_at_once_under_one_key_are_carried_out_once(program: httpx.Client, engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool, httpx.Client(base_url=program.base_url, headers=program.headers, timeout=60, limits=NO_IDLE) as shared:
        answers = list(pool.map(lambda _: send(shared, "k1"), range(16)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert sorted("Idempotency-Replayed" in answer.headers for answer in answers) == [False] + [True] * 15
    assert (count(engine, customers), count(engine, imports_table)) == (1, 1)


def test_the_second_waits_while_the_first_is_under_way(program: httpx.Client, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    under_way, go_on = threading.Event(), threading.Event()
    store = upsert_records

    def slowly(*arguments: Any) -> Any:
        under_way.set()
        assert go_on.wait(30)
        return store(*arguments)

    monkeypatch.setattr(storing, "upsert_records", slowly)
    with ThreadPoolExecutor(2) as pool, httpx.Client(base_url=program.base_url, headers=program.headers, timeout=60, limits=NO_IDLE) as shared:
        first = pool.submit(send, shared, "k1")
        assert under_way.wait(30)
        second = pool.submit(send, shared, "k1")
        assert not second.done()
        go_on.set()
        assert "Idempotency-Replayed" not in first.result().headers
        assert second.result().headers["Idempotency-Replayed"] == "true"


def test_who_waits_too_long_behind_another_import_is_asked_to_come_again(
    kind: str, program: httpx.Client, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "sqlite":
        pytest.skip("SQLite waits for its lock by itself: store/engine.py")
    monkeypatch.setattr(storing, "PATIENCE_SECONDS", 1)
    with writing(engine) as connection:
        imports.lock(connection)
        answer = send(program, "k1")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert send(program, "k1").json()["results"][0]["outcome"] == "stored"


@pytest.mark.parametrize("key", ["", "x" * 256, "two words", "tab\there"])
def test_a_key_that_cannot_be_one_is_refused_by_name(key: str, program: httpx.Client) -> None:
    answer = send(program, key)
    assert answer.status_code == 422
    assert answer.json()["detail"] == "Idempotency-Key is missing, or not as the description of the API has it."


def test_after_a_week_an_answer_is_forgotten(program: httpx.Client, engine: Engine) -> None:
    now = datetime.now(UTC)
    send(program, "old")
    with writing(engine) as connection:
        connection.execute(update(idempotency_keys).values(created_at=now - idempotency.KEPT - timedelta(seconds=1)))
    send(program, "new")
    with writing(engine) as connection:
        assert end(connection, ANSWERS, now) == 1
        assert end(connection, ANSWERS, now) == 0
    assert "Idempotency-Replayed" not in send(program, "old").headers
    assert send(program, "new").headers["Idempotency-Replayed"] == "true"


def test_without_a_key_nothing_is_kept(program: httpx.Client, engine: Engine) -> None:
    program.post("/customers", json=BATCH)
    assert count(engine, idempotency_keys) == 0
