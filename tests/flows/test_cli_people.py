"""At a terminal: who may use the API, who is the same person, who is exported and who is erased."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from flows.clock import now
from flows.wiring import installation
from store import api_keys, privacy_requests
from store.engine import reading, writing
from store.records import upsert_records
from store.schema import customers
from tests.flows.terminal import postillion
from tests.store.shop import LATER, NOW, order, person


@pytest.fixture(autouse=True)
def migrated(own_installation: None) -> None:
    postillion("migrate")


@pytest.fixture
def anna() -> int:
    """Somebody who is a customer of two shops under one e-mail address; gives the number."""
    with installation() as (engine, found), writing(engine) as connection:
        upsert_records(connection, [person(1), order(1)], found.secret, NOW)
        upsert_records(connection, [person(1, source="other-shop", source_id="x7", number="")], found.secret, LATER)
        return int(connection.execute(select(customers.c.id).where(customers.c.merged_into.is_(None))).scalar_one())


def test_an_api_key_is_shown_once_listed_and_revoked() -> None:
    key = postillion("api-key", "add", "shop-sync", "--source", "my-shop", "--scope", "customers:write").split()[0]
    with installation() as (engine, _), reading(engine) as connection:
        found = api_keys.find(connection, key)
    assert found
    assert (found.name, found.source, found.scopes) == ("shop-sync", "my-shop", (api_keys.Scope.CUSTOMERS_WRITE,))
    listed = postillion("api-key", "list")
    assert "shop-sync: for the source my-shop, may customers:write; made " in listed
    assert "never used" in listed
    assert key not in listed
    assert "choose another name" in postillion("api-key", "add", "shop-sync", code=1)
    assert "opens nothing any more" in postillion("api-key", "revoke", "shop-sync")
    assert ", revoked " in postillion("api-key", "list")
    assert "There is no API key" in postillion("api-key", "revoke", "shop-snyc", code=1)
    assert "no-such-scope" in postillion("api-key", "add", "other", "--scope", "no-such-scope", code=2)


def test_a_key_without_scopes_may_do_everything() -> None:
    postillion("api-key", "add", "all")
    assert all(scope in postillion("api-key", "list") for scope in api_keys.Scope)


def test_a_merge_is_listed_and_undone(anna: int) -> None:
    listed = postillion("merge", "list")
    assert f"by email: customer {anna} Anna1 Müller is also Anna1 Müller (other-shop x7)" in listed
    postillion("merge", "undo", 1, code=1, typed="n\n")
    separate = postillion("merge", "undo", 1, "--yes").split("customer ")[1].split()[0]
    assert int(separate) != anna
    assert "; undone 20" in postillion("merge", "list", "--customer", anna)
    assert "was undone already" in postillion("merge", "undo", 1, "--yes", code=1)
    assert "There is no merge 77" in postillion("merge", "undo", 77, "--yes", code=1)


def test_a_person_is_exported_into_a_folder_that_was_not_there(anna: int, tmp_path: Path) -> None:
    postillion("customer", "export", anna, tmp_path / "anna")
    held = json.loads((tmp_path / "anna" / "data.json").read_text("utf-8"))
    assert held["tables"]["customers"][0]["email"] == "anna1@example.org"
    assert len(held["tables"]["orders"]) == 1
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    assert "is there already" in postillion("customer", "export", anna, tmp_path / "mine", code=1)
    assert (tmp_path / "mine" / "letter.txt").read_text() == "mine"
    assert "There is no customer 4711" in postillion("customer", "export", 4711, tmp_path / "nobody", code=1)


def test_a_person_is_erased_after_a_question_and_it_is_noted(anna: int) -> None:
    postillion("customer", "erase", anna, code=1, typed="n\n")
    assert f"Customer {anna} is erased." in postillion("customer", "erase", anna, "--yes")
    assert "There is no customer 4711" in postillion("customer", "erase", 4711, "--yes", code=1)
    with installation() as (engine, _), reading(engine) as connection:
        assert connection.execute(select(customers.c.email, customers.c.last_name).where(customers.c.id == anna)).one() == ("", "")
        [request] = privacy_requests.latest(connection, 5)
    assert (request.kind, request.channel, request.customer_id, request.outcome) == ("erasure", "command line", anna, "erased, 0 letters taken out")
    assert request.done_at


def test_prospects_are_looked_at_before_they_are_erased() -> None:
    long_ago = now() - timedelta(days=1200)
    with installation() as (engine, found), writing(engine) as connection:
        upsert_records(connection, [person(1, registered_at=long_ago), person(2, registered_at=long_ago)], found.secret, long_ago)
        upsert_records(connection, [order(1)], found.secret, NOW)
        [number] = connection.execute(select(customers.c.id).where(customers.c.first_sale_at.is_(None))).scalars()
    looked = postillion("customer", "expire", "--dry-run")
    assert "1 prospect(s) gave no sign of life for 36 months." in looked
    assert f"Customers {number}." in looked
    assert "1 prospect(s) are erased." in postillion("customer", "expire", typed="y\n")
    assert "nobody is to be erased" in postillion("customer", "expire")
    with installation() as (engine, found), reading(engine) as connection:
        assert connection.execute(select(customers.c.email_key).order_by(customers.c.id)).scalars().all() == ["anna1@example.org", None]
