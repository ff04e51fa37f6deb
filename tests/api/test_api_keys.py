"""Does a key open what it is for, and nothing else?"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import Engine, select, text, update

from api.intake.description import MODELS
from store import api_keys
from store.api_keys import Scope
from store.engine import reading, writing
from store.letters import Letter
from store.schema import api_keys as api_keys_table
from tests.api.conftest import Shop

BATCH = {"records": [{"id": 1}]}


@pytest.fixture
def key_with(shop: Shop) -> Callable[..., str]:
    """Makes a key with some scopes."""

    def make(*scopes: Scope) -> str:
        with writing(shop.engine) as connection:
            return api_keys.add(connection, f"key {len(api_keys.all_keys(connection))}", "webshop", scopes, datetime.now(UTC))

    return make


def post(browser: httpx.Client, key: str, kind: str = "customers", **headers: str) -> httpx.Response:
    return browser.post(f"/api/v1/{kind}", json=BATCH, headers={"Authorization": f"Bearer {key}", "Accept-Language": "en", **headers})


def test_a_key_opens_what_its_scopes_name_and_nothing_else(browser: httpx.Client, key_with: Callable[..., str], anna: int) -> None:
    for scope in Scope:
        key = key_with(scope)
        opened = {f"{kind}:write" for kind in MODELS if post(browser, key, kind).status_code != 403}
        opened |= {Scope.COUPONS_REDEEM} if post(browser, key, "coupons/quote").status_code != 403 else set()
        mine = {"Authorization": f"Bearer {key}", "X-Forwarded-For": "192.0.2.1"}  # from elsewhere: who measures on this machine needs no key
        opened |= {Scope.CUSTOMERS_READ} if browser.get(f"/api/v1/customers/{anna}", headers=mine).status_code == 200 else set()
        opened |= {Scope.METRICS_READ} if browser.get("/metrics", headers=mine).status_code == 200 else set()
        assert opened == {scope}


def test_a_refusal_names_the_scope_that_is_missing(browser: httpx.Client, key_with: Callable[..., str]) -> None:
    answer = post(browser, key_with(Scope.ORDERS_WRITE))
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "application/problem+json")
    assert answer.json() == {"title": "This API key may not do that", "status": 403, "detail": "It lacks the scope customers:write: use another one."}


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Basic {key}", "{key}", "Bearer x{key}", "Bearer {key}x", "Bearer {lower}", "Bearer pst_é", "Bearer {key} {key}"]
)
def test_what_is_no_valid_key_is_a_401_of_one_kind(authorization: str, browser: httpx.Client, key_with: Callable[..., str]) -> None:
    key = key_with(*Scope)
    header = authorization.format(key=key, lower=key.lower()).encode("latin-1")
    answer = browser.post("/api/v1/customers", json=BATCH, headers={b"Authorization": header} if authorization else {})
    assert (answer.status_code, answer.headers["Content-Type"], answer.headers["WWW-Authenticate"]) == (401, "application/problem+json", "Bearer")
    assert answer.json()["title"] == "Der API-Schlüssel fehlt oder gilt nicht"


def test_the_word_bearer_may_be_written_in_any_case(browser: httpx.Client, key_with: Callable[..., str]) -> None:
    assert post(browser, "", Authorization=f"bEARER  {key_with(*Scope)}").status_code == 200


def test_a_revoked_key_opens_nothing_any_more(browser: httpx.Client, key_with: Callable[..., str], engine: Engine) -> None:
    key = key_with(*Scope)
    assert post(browser, key).status_code == 200
    with writing(engine) as connection:
        api_keys.revoke(connection, "key 0", datetime.now(UTC))
    assert post(browser, key).status_code == 401


def test_a_session_of_the_desk_sends_no_records(desk: httpx.Client) -> None:
    assert desk.post("/api/v1/customers", json=BATCH).status_code == 401


def test_without_a_key_not_even_the_body_is_looked_at(browser: httpx.Client) -> None:
    assert browser.post("/api/v1/customers", content=b"no json").status_code == 401


def test_guessing_keys_ends_in_a_429_but_a_valid_key_still_works(browser: httpx.Client, key_with: Callable[..., str]) -> None:
    valid = key_with(*Scope)
    statuses = [post(browser, f"pst_{number:043}").status_code for number in range(22)]
    assert statuses == [401] * 20 + [429] * 2
    answer = post(browser, "pst_wrong")
    assert (answer.headers["Content-Type"], answer.headers["Retry-After"]) == ("application/problem+json", "900")
    assert post(browser, valid).status_code == 200


def test_a_history_opens_to_a_session_or_to_a_key_for_it(desk: httpx.Client, key_with: Callable[..., str], annas_letter: Letter) -> None:
    path = f"/api/v1/customers/{annas_letter.customer_id}"
    reader, writer = key_with(Scope.CUSTOMERS_READ), key_with(Scope.CUSTOMERS_WRITE)
    assert desk.get(path).status_code == 200
    assert desk.get(path, headers={"Authorization": f"Bearer {writer}"}).status_code == 403, "a key that is there counts"
    desk.cookies.clear()
    assert desk.get(path).status_code == 401
    assert desk.get(path, headers={"Authorization": f"Bearer {reader}"}).json()["number"] == "K-1001"
    assert desk.get("/desk/customers", headers={"Authorization": f"Bearer {reader}"}).status_code == 303, "the desk is for people"


def test_the_use_of_a_key_is_noted_once_a_minute(browser: httpx.Client, key_with: Callable[..., str], engine: Engine) -> None:
    key = key_with(*Scope)
    seen = []
    for age in (None, timedelta(seconds=30), timedelta(seconds=61)):
        if age:
            with writing(engine) as connection:
                connection.execute(update(api_keys_table).values(used_at=datetime.now(UTC) - age))
        post(browser, key)
        with reading(engine) as connection:
            seen.append(datetime.now(UTC) - connection.execute(select(api_keys_table.c.used_at)).scalar_one())
    assert [age < timedelta(seconds=20) for age in seen] == [True, False, True]


def test_a_lost_database_is_no_wrong_key(browser: httpx.Client, key_with: Callable[..., str], engine: Engine) -> None:
    key = key_with(*Scope)
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE api_keys RENAME TO gone"))
    answer = post(browser, key)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
