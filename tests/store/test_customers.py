"""Is the same person from two places one customer, and is nothing good ever overwritten?"""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select, update

from campaigns.address import Address
from campaigns.customer import Customer, Sex, email_key
from store.customers import upsert_customers
from store.hashes import email_hash
from store.profiles import to_customer
from store.schema import customer_sources, customers, merges
from tests.conftest import SECRET
from tests.store.shop import LATER, NOW, count, customer_id, person, rows, store


def test_a_person_comes_back_as_stored(connection: Connection) -> None:
    anna = person(sex=Sex.FEMALE, language="de", registered_at=NOW)
    assert store(connection, anna) == 1
    found = to_customer(connection.execute(select(customers)).one())
    assert found == replace(anna, source="postillion", source_id=str(customer_id(connection)))


def test_the_same_records_twice_change_nothing(connection: Connection) -> None:
    people = [person(number) for number in range(20)] + [person(99, email="")]
    assert store(connection, *people) == 21
    before = rows(connection, customers), rows(connection, customer_sources)
    assert store(connection, *people, now=LATER) == 0
    assert (rows(connection, customers), rows(connection, customer_sources)) == before


def test_only_what_changed_is_stored(connection: Connection) -> None:
    people = [person(number) for number in range(5)]
    store(connection, *people)
    assert store(connection, *people[:4], person(4, sex=Sex.MALE), person(5), now=LATER) == 2
    assert [row["changed_at"] for row in rows(connection, customers)] == [NOW] * 4 + [LATER] * 2


def test_a_blank_never_overwrites_what_is_known(connection: Connection) -> None:
    anna = person(sex=Sex.FEMALE, language="de", registered_at=NOW)
    store(connection, anna)
    before = rows(connection, customers)
    assert store(connection, Customer("shop", "1")) == 1
    assert store(connection, Customer("shop", "1", email="  ")) == 1
    assert rows(connection, customers) == before


def test_an_address_is_replaced_as_a_whole(connection: Connection) -> None:
    store(connection, person(address=Address("Tee GmbH", "Dr.", "Anna", "Müller", "Hinterhaus", "Weg 1", "01067", "Dresden", "DE")))
    store(connection, person(address=Address(street="Ring 2", postcode="1010", town="Wien", country="AT")))
    found = to_customer(connection.execute(select(customers)).one()).address
    assert found == Address("Tee GmbH", "Dr.", "Anna", "Müller", "", "Ring 2", "1010", "Wien", "AT")


def test_a_name_is_replaced_as_a_whole(connection: Connection) -> None:
    store(connection, person(address=replace(person().address, title="Dr.")))
    store(connection, person(address=Address(first_name="Anna", last_name="Schmidt")))
    found = to_customer(connection.execute(select(customers)).one()).address
    assert (found.title, found.last_name, found.street) == ("", "Schmidt", "Weg 1")


@pytest.mark.parametrize(("known", "after"), [("undeliverable", "ok"), ("moved", "ok"), ("deceased", "deceased"), ("ok", "ok")])
def test_what_the_post_said_of_an_address_ends_with_it(connection: Connection, known: str, after: str) -> None:
    store(connection, person())
    connection.execute(update(customers).values(address_state=known))
    store(connection, person(language="de"))
    assert rows(connection, customers)[0]["address_state"] == known
    store(connection, person(address=replace(person().address, street="Neuer Weg 9")))
    assert rows(connection, customers)[0]["address_state"] == after


@pytest.mark.parametrize(
    ("change", "after"), [({"street": "WEG  1"}, "undeliverable"), ({"town": "Dresden-Neustadt"}, "undeliverable"), ({"postcode": "01069"}, "ok")]
)
def test_another_spelling_of_an_undeliverable_address_is_no_other_address(connection: Connection, change: dict[str, str], after: str) -> None:
    store(connection, person())
    connection.execute(update(customers).values(address_state="undeliverable"))
    store(connection, person(address=replace(person().address, **change)))
    assert rows(connection, customers)[0]["address_state"] == after


def test_two_sources_with_the_same_mailbox_are_one_customer(connection: Connection) -> None:
    store(connection, person())
    store(connection, Customer("other", "x", email=" ANNA1@example.org ", sex=Sex.FEMALE))
    assert count(connection, customers) == 1
    assert [row["customer_id"] for row in rows(connection, customer_sources)] == [customer_id(connection)] * 2
    assert rows(connection, customers)[0]["sex"] == "f"


def test_two_records_of_one_batch_with_the_same_mailbox_are_one_customer(connection: Connection) -> None:
    again = person(2, email="A@example.org", address=replace(person(1).address, street="Weg 2"))
    assert store(connection, person(1, email="a@example.org"), again) == 2
    assert count(connection, customers) == 1
    assert rows(connection, customers)[0]["street"] == "Weg 2"


def test_the_last_of_two_records_with_the_same_key_counts(connection: Connection) -> None:
    twice = [person(), person(sex=Sex.FEMALE)]
    assert store(connection, *twice) == 1
    assert rows(connection, customers)[0]["sex"] == "f"
    assert store(connection, *twice) == 0


def test_people_without_a_mailbox_stay_apart(connection: Connection) -> None:
    store(connection, person(1, email=""), person(2, email=""))
    assert count(connection, customers) == 2
    assert [row["email_key"] for row in rows(connection, customers)] == [None, None]


def test_a_new_mailbox_is_taken_over(connection: Connection) -> None:
    store(connection, person())
    store(connection, person(email="new@example.org"))
    row = rows(connection, customers)[0]
    assert (row["email"], row["email_key"], row["email_hash"]) == ("new@example.org", "new@example.org", email_hash("new@example.org", SECRET))


def mailboxes(connection: Connection) -> list[tuple[str, str | None]]:
    """What the shop says, and who holds it."""
    return [(row["email"], row["email_key"]) for row in rows(connection, customers)]


def test_somebody_elses_mailbox_is_waited_for_and_got_when_it_is_given_up(connection: Connection) -> None:
    store(connection, person(1), person(2))
    store(connection, person(1, email="anna2@example.org"))
    assert mailboxes(connection) == [("anna2@example.org", None), ("anna2@example.org", "anna2@example.org")]
    store(connection, person(2, email="new@example.org"))
    assert mailboxes(connection) == [("anna2@example.org", "anna2@example.org"), ("new@example.org", "new@example.org")]


def test_two_people_who_swap_mailboxes_in_two_imports_each_get_the_others(connection: Connection) -> None:
    store(connection, person(1), person(2))
    store(connection, person(1, email="anna2@example.org"))
    store(connection, person(2, email="anna1@example.org"))
    assert mailboxes(connection) == [("anna2@example.org",) * 2, ("anna1@example.org",) * 2]
    assert count(connection, merges) == 0


def test_three_people_who_pass_their_mailboxes_round_in_three_imports(connection: Connection) -> None:
    store(connection, person(1), person(2), person(3))
    for one, other in ((1, 2), (2, 3), (3, 1)):
        store(connection, person(one, email=f"anna{other}@example.org"))
    assert [held for _, held in mailboxes(connection)] == ["anna2@example.org", "anna3@example.org", "anna1@example.org"]


def test_two_people_who_change_to_the_same_new_mailbox_do_not_stop_the_import(connection: Connection) -> None:
    store(connection, person(1), person(2))
    assert store(connection, person(1, email="new@example.org"), person(2, email="new@example.org")) == 2
    assert mailboxes(connection) == [("new@example.org", "new@example.org"), ("new@example.org", None)]


def test_two_people_who_swap_mailboxes_each_get_the_others(connection: Connection) -> None:
    store(connection, person(1), person(2))
    assert store(connection, person(1, email="anna2@example.org"), person(2, email="anna1@example.org")) == 2
    assert [row["email"] for row in rows(connection, customers)] == ["anna2@example.org", "anna1@example.org"]


def test_a_mailbox_that_is_given_up_in_the_same_batch_belongs_to_its_next_owner(connection: Connection) -> None:
    store(connection, person(1))
    assert store(connection, person(1, email="new@example.org"), person(2, email="anna1@example.org")) == 2
    assert [(row["number"], row["email"]) for row in rows(connection, customers)] == [("K1", "new@example.org"), ("K2", "anna1@example.org")]


def test_a_salutation_does_not_outlive_the_name_it_was_for(connection: Connection) -> None:
    store(connection, person(1, sex=Sex.FEMALE, address=replace(person(1).address, first_name="Anna")))
    store(connection, person(1, sex=Sex.UNKNOWN, address=replace(person(1).address, first_name="Peter")))
    assert rows(connection, customers)[0]["sex"] == ""


def test_the_person_key_never_changes(connection: Connection) -> None:
    store(connection, person())
    key = rows(connection, customers)[0]["person_key"]
    again = person(2, email="new@example.org", address=person(1).address)
    for change in (person(email="new@example.org"), again, Customer("other", "9", email="new@example.org")):
        store(connection, change)
    assert [row["person_key"] for row in rows(connection, customers)] == [key]
    assert len(key) == 28


def test_nothing_is_a_batch_too(connection: Connection) -> None:
    assert upsert_customers(connection, [], SECRET, NOW) == []


def test_the_hash_of_a_mailbox_is_keyed_and_knows_no_spelling() -> None:
    assert email_hash(" Anna@example.org", SECRET) == email_hash("anna@EXAMPLE.org", SECRET)
    assert email_hash("anna@example.org", SECRET) != email_hash("anna@example.org", b"another key")


RECORDS = st.builds(
    Customer,
    source=st.sampled_from(["shop", "other"]),
    source_id=st.sampled_from("123"),
    number=st.sampled_from(["", "K1", "K2"]),
    email=st.sampled_from(["", "a@x.org", "A@x.org", "b@x.org", "c@x.org"]),
    address=st.builds(Address, last_name=st.sampled_from(["", "Müller"]), street=st.sampled_from(["", "Weg 1", "Weg 2"])),
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(RECORDS, max_size=6), max_size=4))
def test_whatever_comes_every_record_has_one_customer_and_every_mailbox_at_most_one(shared_engine: Engine, batches: list[list[Customer]]) -> None:
    with shared_engine.connect() as connection:
        transaction = connection.begin()
        keys: set[str] = set()
        for batch in batches:
            store(connection, *batch)
            assert keys <= (keys := {row["person_key"] for row in rows(connection, customers)})
            assert store(connection, *batch) == 0
        named = {(record.source, record.source_id) for batch in batches for record in batch}
        assert {(row["source"], row["source_id"]) for row in rows(connection, customer_sources)} == named
        known = {row["email_key"] for row in rows(connection, customers)}
        assert known - {None} <= {email_key(record.email) for batch in batches for record in batch}
        transaction.rollback()
