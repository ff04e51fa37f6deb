"""Is a record taken for the right person: by its own key, by e-mail, by number and name, by full name and address?"""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, update

from campaigns.address import Address
from campaigns.customer import Customer
from store.matching import MOST
from store.schema import customer_sources, customers, merges
from tests.store.shop import DRESDEN, LATER, NOW, count, order, person, rows, store


def other(**changes: Any) -> Customer:
    """Person 1 as another source may describe them: under another key, number, e-mail and address."""
    address = replace(person().address, street="Ring 9")
    return replace(Customer("other", "x9", "N9", "other@example.org", address=address), **changes)


def reasons(connection: Connection) -> list[str]:
    return [row["reason"] for row in rows(connection, merges)]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"email": " ANNA1@Example.org "}, "email"),
        ({"number": "K1"}, "number"),
        ({"address": replace(person().address, street="WEG  1", town="Dresden-Neustadt")}, "address"),
        ({"email": "anna1@example.org", "number": "K1", "address": person().address}, "email"),
        ({"number": "K1", "address": person().address}, "number"),
    ],
)
def test_a_record_of_another_source_is_the_same_person(connection: Connection, changes: dict[str, Any], reason: str) -> None:
    store(connection, person())
    store(connection, other(**changes), now=LATER)
    (row,) = rows(connection, merges)
    assert count(connection, customers) == 1
    assert (row["reason"], row["gone_id"], row["moved"], row["merged_at"]) == (reason, None, {"sources": [["other", "x9"]]}, LATER)


def test_a_stranger_is_somebody_else(connection: Connection) -> None:
    store(connection, person())
    store(connection, other())
    assert count(connection, customers) == 2
    assert reasons(connection) == []


@pytest.mark.parametrize("name", [{"first_name": "Peter"}, {"last_name": "Meier"}, {"first_name": ""}, {"first_name": "", "last_name": ""}])
def test_a_number_that_two_shops_gave_to_two_people_unites_nobody(connection: Connection, name: dict[str, str]) -> None:
    store(connection, person())
    store(connection, other(number="K1", address=replace(other().address, **name)))
    assert count(connection, customers) == 2


def test_a_number_that_stands_for_everybody_unites_nobody(connection: Connection) -> None:
    anna = Address(first_name="Anna", last_name="Müller", postcode="01067")
    store(connection, *(person(number, number="0", address=replace(anna, street=f"Weg {number}")) for number in range(MOST + 1)))
    before = count(connection, customers)
    store(connection, other(number="0", address=Address(first_name="Anna", last_name="Müller")))
    assert count(connection, customers) == before + 1


def test_the_own_key_counts_before_everything_else(connection: Connection) -> None:
    store(connection, person(1), person(2))
    store(connection, person(2, number="K1", language="en"))
    assert [(row["number"], row["language"]) for row in rows(connection, customers)] == [("K1", ""), ("K1", "en")]


def test_whoever_holds_a_mailbox_is_meant_by_it(connection: Connection) -> None:
    store(connection, person(1), person(2))
    store(connection, person(1, email="anna2@example.org"))
    store(connection, other(email="anna2@example.org"))
    first, second = (row["id"] for row in rows(connection, customers))
    assert [row["customer_id"] for row in rows(connection, customer_sources)] == [second, first, second]


def test_a_person_is_known_by_every_mailbox_that_a_source_claims_for_them(connection: Connection) -> None:
    store(connection, person(), other(address=person().address))
    store(connection, Customer("third", "z", email="anna1@example.org"), Customer("fourth", "z", email="other@example.org"))
    assert count(connection, customers) == 1


def test_a_guest_who_gets_an_account_at_the_same_shop_is_no_merge(connection: Connection) -> None:
    store(connection, order(customer_number="", email="anna1@example.org", address=DRESDEN))
    store(connection, person())
    assert (count(connection, customers), reasons(connection)) == (1, [])


def test_a_guest_of_another_shop_is_one(connection: Connection) -> None:
    store(connection, order(customer_number="", email="anna1@example.org", address=DRESDEN))
    store(connection, other(email="anna1@example.org"))
    assert (count(connection, customers), reasons(connection)) == (1, ["email"])


@pytest.mark.parametrize("state", [{"merged_into": 99}, {"erased_at": NOW}])
def test_nobody_is_found_who_was_merged_or_erased(connection: Connection, state: dict[str, Any]) -> None:
    store(connection, person())
    connection.execute(update(customers).values(email_key=None, **state))
    store(connection, other(email="anna1@example.org", number="K1", address=person().address, language="fr"))
    assert [row["language"] for row in rows(connection, customers)] == ["", "fr"]


# --- of one batch ------------------------------------------------------------------------------------------------------


def test_records_of_one_batch_find_each_other(connection: Connection) -> None:
    store(connection, person(), other(email="anna1@example.org"), Customer("third", "3", "N9", "c@x.org", address=other().address))
    assert (count(connection, customers), reasons(connection)) == (1, ["email", "number"])


def test_a_record_that_is_the_same_as_two_others_unites_them(connection: Connection) -> None:
    store(connection, person(1), person(2))
    store(connection, other(email="anna1@example.org", address=person(2).address), now=LATER)
    assert [(row["kept_id"], row["gone_id"], row["reason"]) for row in rows(connection, merges)] == [
        (rows(connection, customers)[0]["id"], None, "email"),
        (rows(connection, customers)[0]["id"], rows(connection, customers)[1]["id"], "address"),
    ]


def test_three_new_records_of_one_batch_of_which_the_last_unites_the_others(connection: Connection) -> None:
    store(connection, person(1), person(2), other(email="anna1@example.org", address=person(2).address, changed_at=LATER))
    alive = [row for row in rows(connection, customers) if row["merged_into"] is None]
    assert len(alive) == 1
    assert {row["customer_id"] for row in rows(connection, customer_sources)} == {alive[0]["id"]}
