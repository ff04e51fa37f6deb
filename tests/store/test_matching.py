"""Is a record taken for the right person: by its own key, by e-mail, by number and name, by full name and address?"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, update

from campaigns.address import Address
from campaigns.customer import Customer
from campaigns.order import Order
from store.matching import MOST
from store.schema import customer_sources, customers, merges, orders
from tests.store.shop import DRESDEN, LATER, NOW, count, customer_id, days_ago, order, person, rows, store


def other(**changes: Any) -> Customer:
    """Person 1 as another source may describe them: under another key, number, e-mail and address."""
    address = replace(person().address, street="Ring 9")
    return replace(Customer("other", "x9", "N9", "other@example.org", address=address), **changes)


def reasons(connection: Connection) -> list[str]:
    return [row["reason"] for row in rows(connection, merges)]


def test_a_seed_address_is_nobody_whom_a_record_could_mean(connection: Connection) -> None:
    store(connection, person())
    connection.execute(update(customers).values(is_seed=True, email_key=None))
    store(connection, other(email="anna1@example.org", number="K1", address=person().address), now=LATER)
    assert (count(connection, customers), reasons(connection)) == (2, [])


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
    store(connection, *(person(number, number="1", address=replace(anna, street=f"Weg {number}")) for number in range(MOST + 1)))
    before = count(connection, customers)
    store(connection, other(number="1", address=Address(first_name="Anna", last_name="Müller")))
    assert count(connection, customers) == before + 1


def bought_as_guest(number: int, called: str, **changes: Any) -> Order:
    address = replace(DRESDEN, first_name=f"Vor{number}", last_name=f"Nach{number}", street=f"Weg {number}")
    return order(number, customer_number=called, email=f"gast{number}@example.org", address=address, **changes)


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("called", ["0", "-", " n/a", "Gast", "K1"])
def test_a_number_that_a_shop_gives_to_all_its_guests_makes_nobody_of_them_the_same(connection: Connection, called: str, at_once: bool) -> None:
    guests = [bought_as_guest(number, called) for number in range(1, 4)]
    for batch in [guests] if at_once else [[one] for one in guests]:
        store(connection, *batch)
    people = {row["id"]: row["email"] for row in rows(connection, customers)}
    assert [(people[row["customer_id"]], row["customer_number"]) for row in rows(connection, orders)] == [
        (f"gast{number}@example.org", "K1" if called == "K1" else "") for number in range(1, 4)
    ]
    assert reasons(connection) == []
    assert store(connection, *guests) == 0


def test_a_guest_with_another_mailbox_is_the_same_by_number_and_name(connection: Connection) -> None:
    guest = bought_as_guest(1, "K1")
    store(connection, guest, replace(guest, source_id="o2", email="new@example.org"))
    assert (count(connection, customers), reasons(connection)) == (1, [])
    store(connection, person(number="K1", address=guest.address))
    assert (count(connection, customers), reasons(connection)) == (1, [])


def test_an_order_by_a_number_that_guests_alone_gave_waits_for_its_account(connection: Connection) -> None:
    waiting = order(2, customer_number="K1")
    store(connection, bought_as_guest(1, "K1"), waiting)
    assert rows(connection, orders)[1]["customer_id"] is None
    store(connection, person())
    assert rows(connection, orders)[1]["customer_id"] == customer_id(connection)


@pytest.mark.parametrize("accounts_first", [True, False])
def test_an_order_by_a_number_of_several_people_is_nobodys(connection: Connection, accounts_first: bool) -> None:
    accounts = (person(1, number="K1"), person(2, number="K1"))
    batches: list[Sequence[Customer | Order]] = [accounts, [order()]]
    for batch in batches if accounts_first else reversed(batches):
        store(connection, *batch)
    assert rows(connection, orders)[0]["customer_id"] is None


@pytest.mark.parametrize("number", range(1, 4))
def test_two_accounts_of_one_shop_with_one_mailbox_are_two_people_whatever_came_first(connection: Connection, number: int) -> None:
    anna = person(1, email="familie@example.org")
    bernd = person(2, email="familie@example.org", changed_at=NOW)
    arrivals: dict[int, list[Sequence[Customer]]] = {
        1: [(anna, bernd)],
        2: [(anna,), (bernd,)],
        3: [(anna, replace(bernd, email="b@example.org", changed_at=days_ago(1))), (bernd,)],
    }
    for batch in arrivals[number]:
        store(connection, *batch)
    assert [(row["email"], row["email_key"]) for row in rows(connection, customers)] == [
        ("familie@example.org", "familie@example.org"),
        ("familie@example.org", None),
    ]
    store(connection, person(1, changed_at=NOW))
    assert [row["email_key"] for row in rows(connection, customers)] == ["anna1@example.org", "familie@example.org"]


def test_two_accounts_of_one_shop_with_one_mailbox_and_one_name_are_one_person(connection: Connection) -> None:
    store(connection, person(1), person(2, email="anna1@example.org", address=replace(person(1).address, street="Ring 9")))
    assert (count(connection, customers), reasons(connection)) == (1, ["email"])


def test_a_second_account_at_a_shop_is_known_by_what_another_source_calls_it(connection: Connection) -> None:
    store(connection, person(1), other(email="b@example.org", address=person(1).address), other(source_id="x2", email="anna1@example.org"))
    assert [row["customer_id"] for row in rows(connection, customer_sources)] == [customer_id(connection)] * 3


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
