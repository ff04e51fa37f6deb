"""Does what was corrected in the desk win over every import, until it is given back?"""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, update

from campaigns.customer import Customer, Sex
from campaigns.identity import MergeReason
from campaigns.profile import Part
from store import merges
from store.desk_edits import edit, release
from store.errors import WrongName, WrongState
from store.profiles import to_customer
from store.schema import customer_sources, customers
from store.schema import merges as merges_table
from tests.conftest import SECRET
from tests.store.shop import DRESDEN, LATER, NOW, count, customer_id, order, person, rows, store


@pytest.fixture
def anna(connection: Connection) -> int:
    store(connection, person(language="de", tags=("vip",)))
    return customer_id(connection)


def correct(connection: Connection, customer: int, **fields: Any) -> None:
    edit(connection, customer, fields, "mara", SECRET, LATER)


def found(connection: Connection) -> Customer:
    (row,) = [row for row in rows(connection, customers) if row["merged_into"] is None]
    return to_customer(type("Row", (), row))


def test_a_corrected_part_wins_over_later_imports_and_the_others_stay_the_shops(connection: Connection, anna: int) -> None:
    correct(connection, anna, last_name="Schmidt")
    store(connection, person(language="en", address=replace(DRESDEN, street="Neu 1"), changed_at=LATER))
    address = found(connection).address
    assert (address.first_name, address.last_name, address.street, found(connection).language) == ("Anna1", "Schmidt", "Neu 1", "en")
    assert rows(connection, customers)[0]["desk_fields"] == ["name"]


def test_a_blank_of_the_desk_counts(connection: Connection, anna: int) -> None:
    correct(connection, anna, email=" ", street="", tags=[], sex="")
    store(connection, person(email="new@example.org", sex=Sex.FEMALE, address=replace(DRESDEN, street="Neu 1"), tags=("a",)))
    row = rows(connection, customers)[0]
    assert (row["email"], row["email_key"], row["street"], row["postcode"], row["tags"], row["sex"]) == ("", None, "", "01067", [], "")


def test_one_correction_after_another(connection: Connection, anna: int) -> None:
    correct(connection, anna, town="Leipzig")
    correct(connection, anna, postcode="04109", language="fr")
    assert (found(connection).address.town, found(connection).address.postcode, found(connection).language) == ("Leipzig", "04109", "fr")
    assert rows(connection, customers)[0]["desk_fields"] == ["address", "language"]
    assert count(connection, customer_sources) == 2


def test_what_is_given_back_is_the_shops_again(connection: Connection, anna: int) -> None:
    correct(connection, anna, town="Leipzig", language="fr", email="x@example.org")
    store(connection, person(email="newest@example.org"))
    release(connection, anna, [Part.ADDRESS, Part.EMAIL], SECRET, LATER)
    assert (found(connection).address.town, found(connection).language, found(connection).email) == ("Dresden", "fr", "newest@example.org")
    release(connection, anna, [Part.LANGUAGE], SECRET, LATER)
    assert (found(connection).language, rows(connection, customers)[0]["desk_fields"], count(connection, customer_sources)) == ("de", [], 1)


def test_the_desk_may_say_the_sex_of_a_name_that_changes(connection: Connection, anna: int) -> None:
    correct(connection, anna, sex="m")
    store(connection, person(address=replace(DRESDEN, first_name="Peter")))
    assert found(connection).sex is Sex.MALE


def test_a_corrected_mailbox_brings_its_orders_and_its_other_self(connection: Connection, anna: int) -> None:
    store(connection, order(customer_number="", email="right@example.org"))
    store(connection, Customer("other", "9", email="right2@example.org"))
    correct(connection, anna, email="right@example.org")
    assert history_orders(connection, anna) == 1
    correct(connection, anna, email="right2@example.org")
    assert [row["reason"] for row in rows(connection, merges_table)] == ["email"]


def history_orders(connection: Connection, customer: int) -> int:
    from store import history

    page = history.of(connection, customer)
    assert page
    return len(page.orders)


def test_a_record_of_a_new_source_finds_the_corrected_mailbox(connection: Connection, anna: int) -> None:
    correct(connection, anna, email="right@example.org")
    store(connection, Customer("other", "9", email="Right@example.org"))
    assert count(connection, customers) == 1


def test_a_correction_goes_over_and_comes_back_with_its_person(connection: Connection, anna: int) -> None:
    store(connection, replace(person(2), source="other"))
    second = customer_id(connection, "anna2@example.org")
    correct(connection, second, town="Leipzig")
    assert merges.unite(connection, anna, second, MergeReason.DESK, SECRET, LATER)
    assert (found(connection).address.town, rows(connection, customers)[0]["desk_fields"]) == ("Leipzig", ["address"])
    correct(connection, second, language="fr")
    assert found(connection).language == "fr", "a tombstone's number means whoever it is by now"
    merges.undo(connection, rows(connection, merges_table)[-1]["id"], "mara", SECRET, LATER)
    assert [(row["town"], row["language"]) for row in rows(connection, customers)] == [("Dresden", "fr"), ("Leipzig", "")]


def test_what_cannot_be_edited_says_why(connection: Connection, anna: int) -> None:
    with pytest.raises(WrongName, match="no field 'person_key': choose from number, email"):
        edit(connection, anna, {"language": "de", "person_key": "x"}, "mara", SECRET, NOW)
    with pytest.raises(WrongState, match="no customer 4711"):
        edit(connection, 4711, {"language": "de"}, "mara", SECRET, NOW)
    connection.execute(update(customers).values(erased_at=NOW))
    with pytest.raises(WrongState, match="not any more"):
        edit(connection, anna, {"language": "de"}, "mara", SECRET, NOW)
