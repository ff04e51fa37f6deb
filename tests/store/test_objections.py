"""Does an objection hold for ever, whoever brings it, whatever becomes of the person?"""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select, text, update

from campaigns.address import Address
from campaigns.customer import Customer, Sex
from campaigns.identity import MergeReason
from campaigns.objection import Objection, ObjectionChannel
from campaigns.rejection import Rejection
from store import audience, merges, objections, obsolete, seeds
from store.audience.refusals import objected
from store.customers import upsert_customers
from store.desk_edits import edit
from store.objections import upsert_objections
from store.schema import customers
from store.schema import objections as table
from tests.conftest import SECRET
from tests.store.audiences import TODAY
from tests.store.shop import CAMPAIGN, DRESDEN, LATER, NOW, Run, add_letter, customer_id, days_ago, order, person, rows, start_run, store

BY_EMAIL = Objection("list", ObjectionChannel.FILE, email=" ANNA1@example.org ")
BY_ADDRESS = Objection("list", ObjectionChannel.FILE, address=replace(person().address, street="WEG 1", town=""))
BY_NUMBER = Objection("shop", ObjectionChannel.SHOP, customer_number="K1")


def file(connection: Connection, *records: Objection) -> list[str]:
    return [one.reason if isinstance(one, Rejection) else str(one) for one in upsert_objections(connection, records, SECRET, NOW)]


def is_stopped(connection: Connection, run: Run) -> bool:
    """At selection."""
    (found,) = audience.page(connection, run.campaign_id, CAMPAIGN, "DE", 0, 10, TODAY)
    return found.facts.objected


@pytest.fixture
def run(connection: Connection) -> Run:
    return start_run(connection)


# --- people who are known ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("objection", [BY_EMAIL, BY_ADDRESS, BY_NUMBER])
def test_a_known_person_is_stopped_at_selection_and_at_hand_over(connection: Connection, run: Run, objection: Objection) -> None:
    store(connection, person(), order())
    letter = add_letter(connection, run, customer_id(connection))
    assert not is_stopped(connection, run)
    assert file(connection, replace(objection, received_at=days_ago(3))) == ["stored"]
    assert is_stopped(connection, run)
    assert [(one.letter_id, one.reason) for one in obsolete.find(connection, run.id, NOW)] == [(letter, "objection")]
    assert objections.received_at(connection, customer_id(connection)) == days_ago(3)


def test_a_seed_address_is_nobody_whom_an_objection_names(connection: Connection) -> None:
    store(connection, person())
    seed = seeds.add(connection, person().address, Sex.UNKNOWN, "de", NOW)
    connection.execute(update(customers).where(customers.c.id == seed).values(address_hash=rows(connection, customers)[0]["address_hash"]))
    assert file(connection, BY_ADDRESS) == ["stored"]
    assert [row["customer_id"] for row in rows(connection, table)] == [customer_id(connection)]


def test_the_same_list_again_changes_nothing(connection: Connection) -> None:
    store(connection, person())
    lists = [BY_EMAIL, BY_ADDRESS, Objection("list", ObjectionChannel.FILE, email="nobody@example.org")]
    assert file(connection, *lists) == ["stored", "stored", "stored"]
    before = rows(connection, table)
    assert file(connection, *lists) == ["unchanged"] * 3
    assert rows(connection, table) == before
    assert file(connection) == []


def test_the_first_evidence_stays(connection: Connection) -> None:
    store(connection, person())
    file(connection, BY_NUMBER)
    file(connection, replace(BY_EMAIL, received_at=LATER))
    assert [(row["customer_id"], row["channel"]) for row in rows(connection, table)] == [(customer_id(connection), "shop"), (None, "file")]
    assert not objections.add(connection, customer_id(connection), ObjectionChannel.DESK, LATER)


@pytest.mark.parametrize(
    "nobody", [Objection("list", ObjectionChannel.FILE), replace(BY_NUMBER, customer_number="K9"), replace(BY_ADDRESS, address=Address(last_name="M"))]
)
def test_an_objection_that_names_nobody_is_sent_back(connection: Connection, nobody: Objection) -> None:
    assert file(connection, BY_EMAIL, nobody) == ["stored", "no_key"]


def test_everybody_whom_a_line_names_is_stopped(connection: Connection) -> None:
    """By e-mail one, by number another, by address a third: the line does not say who of them is meant."""
    store(connection, person(1), person(2), person(3), person(4))
    assert file(connection, replace(BY_NUMBER, customer_number="K2", email="anna1@example.org", address=person(3).address)) == ["stored"]
    stopped = [customer_id(connection, f"anna{number}@example.org") for number in (1, 2, 3)]
    assert sorted(row["customer_id"] for row in rows(connection, table)) == stopped
    assert file(connection, replace(BY_NUMBER, customer_number="K2")) == ["unchanged"]


@pytest.mark.parametrize("named", [BY_EMAIL, BY_ADDRESS])
def test_a_known_person_stays_stopped_under_a_new_name(connection: Connection, run: Run, named: Objection) -> None:
    store(connection, person(), order())
    file(connection, named)
    store(connection, person(email="new@example.org", address=replace(DRESDEN, first_name="Neu"), changed_at=NOW))
    assert is_stopped(connection, run)


def test_the_second_holder_of_a_mailbox_stays_stopped_as_well(connection: Connection) -> None:
    run = start_run(connection)
    store(connection, person(1), person(2), order(customer_number="K2"))
    store(connection, person(2, email="anna1@example.org", changed_at=NOW))
    objections.add(connection, customer_id(connection), ObjectionChannel.DESK, NOW)
    store(connection, person(2, email="new@example.org", changed_at=LATER), now=LATER)
    assert is_stopped(connection, run)


def test_an_objection_under_an_address_that_another_source_tells_better_counts(connection: Connection, run: Run) -> None:
    file(connection, BY_ADDRESS)
    store(connection, person(address=replace(DRESDEN, street="Neuer Weg 9"), changed_at=NOW), order())
    assert not is_stopped(connection, run)
    store(connection, person(source="other", changed_at=days_ago(50)))
    assert is_stopped(connection, run)


def test_an_objection_for_somebody_who_is_another_by_now_is_theirs(connection: Connection) -> None:
    """The page of a customer was open in a browser while they were united."""
    store(connection, person(1), person(2))
    kept, gone = customer_id(connection), customer_id(connection, "anna2@example.org")
    assert merges.unite(connection, kept, gone, MergeReason.DESK, SECRET, NOW)
    assert objections.add(connection, gone, ObjectionChannel.DESK, LATER)
    assert [row["customer_id"] for row in rows(connection, table)] == [kept]
    assert not objections.add(connection, kept, ObjectionChannel.DESK, LATER)


# --- people who are not known yet --------------------------------------------------------------------------------------


@pytest.mark.parametrize("objection", [BY_EMAIL, BY_ADDRESS])
def test_whoever_objected_before_we_knew_them_is_recognised_and_stays_stopped_whatever_changes(connection: Connection, run: Run, objection: Objection) -> None:
    file(connection, objection)
    store(connection, person(), order())
    assert [row["customer_id"] for row in rows(connection, table)] == [customer_id(connection)]
    store(connection, person(email="new@example.org", address=replace(DRESDEN, first_name="Neu")))
    assert is_stopped(connection, run)
    letter = add_letter(connection, run, customer_id(connection, "new@example.org"))
    assert [one.letter_id for one in obsolete.find(connection, run.id, NOW)] == [letter]


@pytest.mark.parametrize("change", [{"email": "anna1@example.org"}, {"address": person(1).address}])
def test_whoever_comes_to_be_whom_an_objection_names_is_stopped(connection: Connection, run: Run, change: dict[str, Any]) -> None:
    file(connection, BY_EMAIL, BY_ADDRESS)
    store(connection, person(2), order(customer_number="K2"))
    assert not is_stopped(connection, run)
    store(connection, person(2, **change))
    assert is_stopped(connection, run)


def test_a_correction_in_the_desk_recognises_as_well(connection: Connection, run: Run) -> None:
    file(connection, BY_EMAIL)
    store(connection, person(2), order(customer_number="K2"))
    edit(connection, customer_id(connection, "anna2@example.org"), {"email": "anna1@example.org"}, "mara", SECRET, NOW)
    assert is_stopped(connection, run)


def test_a_guest_is_recognised(connection: Connection, run: Run) -> None:
    file(connection, BY_EMAIL)
    store(connection, order(customer_number="", email="anna1@example.org", address=DRESDEN))
    assert is_stopped(connection, run)


def test_an_objection_goes_over_when_its_person_turns_out_to_be_another(connection: Connection, run: Run) -> None:
    file(connection, BY_EMAIL)
    store(connection, replace(person(2), source="other"), order(1, source="other", customer_number="K2"))
    store(connection, person(1))
    store(connection, replace(person(2), source="other", address=person(1).address))
    assert is_stopped(connection, run)
    store(connection, person(1, email="new@example.org"), replace(person(2), source="other", email="new2@example.org"))
    assert is_stopped(connection, run)


def test_two_objections_of_one_person_are_linked_once(connection: Connection) -> None:
    file(connection, replace(BY_EMAIL, received_at=days_ago(3)), replace(BY_ADDRESS, received_at=days_ago(9)))
    store(connection, person())
    assert [row["customer_id"] for row in rows(connection, table)] == [customer_id(connection), None]
    assert objections.received_at(connection, customer_id(connection)) == days_ago(9)


def test_what_is_unknown_of_two_people_is_nothing_that_they_share(connection: Connection, run: Run) -> None:
    """NULL = NULL must not match: a nameless objection has no customer, perhaps no mailbox, perhaps no address."""
    file(connection, BY_EMAIL, replace(BY_ADDRESS, address=person(7).address))
    bare = Customer("shop", "5", "K5", address=replace(DRESDEN, first_name=""))
    store(connection, bare, order(customer_number="K5"))
    row = rows(connection, customers)[0]
    assert (row["email_hash"], row["address_hash"]) == (None, None)
    assert not is_stopped(connection, run)
    add_letter(connection, run, row["id"])
    assert obsolete.find(connection, run.id, NOW) == []
    assert objections.received_at(connection, row["id"]) is None


@pytest.mark.parametrize("named", ["email", "address"])
def test_objections_are_found_by_index(engine: Engine, named: str) -> None:
    """Selection asks person by person: a list of 3,000 must not be read for each of them, even if it names all by the other way."""
    filed = [replace(BY_EMAIL, email=f"x{n}@example.org") if named == "email" else replace(BY_ADDRESS, address=person(n).address) for n in range(3000)]
    with engine.begin() as connection:
        upsert_objections(connection, filed, SECRET, NOW)
        upsert_customers(connection, [person(number) for number in range(3000, 3300)], SECRET, NOW)
        connection.execute(text("ANALYZE"))
        person_7 = select(customers).where(customers.c.id == 7).cte("person")
        query = select(person_7.c.id, objected(person_7))
        compiled = query.compile(dialect=engine.dialect)
        values = compiled.params if engine.dialect.name == "postgresql" else tuple(compiled.params.values())
        explain = "EXPLAIN" if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        plan = "\n".join(str(row) for row in connection.exec_driver_sql(f"{explain} {compiled}", values))
    assert "Seq Scan on objections" not in plan
    assert "SCAN objections" not in plan
    assert plan.count("ix_objections_") == 2, plan
