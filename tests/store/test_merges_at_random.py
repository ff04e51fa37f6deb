"""Whatever comes in whatever order: is everybody one customer, and does an undone merge leave no trace?"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from campaigns.address import Address
from campaigns.cart import Cart
from campaigns.customer import Customer, Sex
from campaigns.identity import MergeReason
from campaigns.order import Order, OrderState
from campaigns.profile import combined
from store import merges
from store.carts import upsert_carts
from store.customers import by_source
from store.profiles import columns, refresh, tellings
from store.schema import carts, customer_sources, customers, orders
from store.schema import merges as merges_table
from store.uniting import unite_equals
from tests.conftest import SECRET
from tests.store.shop import NOW, cart, count, days_ago, order, rows, store

at_random = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextmanager
def undone(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


# --- by rule -----------------------------------------------------------------------------------------------------------

ADDRESSES = st.builds(
    Address,
    first_name=st.sampled_from(["", "Anna", "Otto"]),
    last_name=st.sampled_from(["", "Müller"]),
    street=st.sampled_from(["", "Weg 1", "Weg 2"]),
    postcode=st.just("01067"),
)
RECORDS = st.builds(
    Customer,
    st.sampled_from(["shop", "other", "third"]),
    st.sampled_from("12"),
    st.sampled_from(["", "", "K1", "K2"]),
    st.sampled_from(["", "", "a@x.org", "b@x.org", "c@x.org"]),
    address=ADDRESSES,
    changed_at=st.none() | st.integers(1, 9).map(days_ago),
)
BATCHES = st.lists(st.lists(RECORDS, max_size=5), max_size=5)


def check(connection: Connection) -> None:
    """What must be true of every database."""
    people = {row["id"]: row for row in rows(connection, customers)}
    alive = {key: row for key, row in people.items() if row["merged_into"] is None}
    claims = {(row["customer_id"], row["email_key"]) for row in rows(connection, customer_sources)}
    assert {owner for owner, _ in claims} == set(alive)
    assert all((row["id"], row["email_key"]) in claims for row in alive.values() if row["email_key"])
    waiting = {row["email"] for row in alive.values() if row["email"] and not row["email_key"]}
    assert waiting <= {row["email_key"] for row in alive.values()}, "nobody waits for a mailbox that nobody holds"
    for customer, told in tellings(connection, alive).items():
        for name, value in columns(combined(told), SECRET).items():
            if name != "email_key":
                assert alive[customer][name] == (list(value) if name == "tags" else value)
    before = rows(connection, customers), rows(connection, merges_table)
    refresh(connection, set(alive), SECRET, days_ago(-9))
    unite_equals(connection, set(alive), SECRET, days_ago(-9))
    assert (rows(connection, customers), rows(connection, merges_table)) == before, "nothing was left to be done"


@at_random
@given(BATCHES, st.randoms(use_true_random=False))
def test_whatever_comes_nothing_is_left_to_be_done_and_everything_can_be_undone(shared_engine: Engine, batches: list[list[Customer]], random: Random) -> None:
    with undone(shared_engine) as connection:
        for day, batch in enumerate(batches):
            store(connection, *batch, now=NOW + timedelta(days=day))
            check(connection)
            assert store(connection, *batch, now=NOW + timedelta(days=99)) == 0
        while standing := [row["id"] for row in rows(connection, merges_table) if row["undone_at"] is None]:
            merges.undo(connection, random.choice(standing), "mara", SECRET, NOW)
            check(connection)
        made = count(connection, merges_table)
        told = [row["customer_id"] for row in rows(connection, customer_sources)]
        assert len(set(told)) == len(told), "everybody is whom their own source describes"
        for batch in batches[-1:]:
            store(connection, *(replace(record, language="en") for record in batch), now=NOW + timedelta(days=100))
        assert count(connection, merges_table) == made, "and stays so"


# --- by hand -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """What a shop may say of somebody who has nothing in common with the other one."""

    source: str
    letter: str

    def customer(self, key: str, gaps: frozenset[str], number: int, day: int | None) -> Customer:
        address = Address(first_name=f"{self.letter}{number}", last_name=self.letter, street=f"{self.letter}weg {number}", postcode="01067")
        whole = Customer(self.source, key, f"{self.letter}{key}", f"{self.letter}{key}@x.org", [Sex.FEMALE, Sex.MALE][number % 2], address, f"d{number}")
        blank = {name: Customer("", "").__getattribute__(name) for name in gaps}
        return replace(whole, **blank, changed_at=None if day is None else days_ago(day))

    def order(self, number: int, named: str, key: str, day: int) -> Order:
        names = {"customer_number": f"{self.letter}{key}"} if named == "number" else {"customer_number": "", "email": f"{self.letter}{key}@x.org"}
        return order(number, source=self.source, source_id=f"{self.letter}o{number}", ordered_at=days_ago(day), state=OrderState.COMPLETED, **names)

    def cart(self, number: int, key: str) -> Cart:
        return cart(number, source=self.source, source_id=f"{self.letter}c{number}", email=f"{self.letter}{key}@x.org")


PEOPLE = (Person("shop", "a"), Person("other", "b"))
GAPS = st.frozensets(st.sampled_from(["number", "sex", "address", "language"]))
WHO, KEYS = st.sampled_from(PEOPLE), st.just("1")
STEPS = st.one_of(
    st.builds(Person.customer, WHO, KEYS, GAPS, st.integers(1, 4), st.none() | st.integers(1, 9)),
    st.builds(Person.order, WHO, st.integers(1, 3), st.sampled_from(["number", "mailbox"]), KEYS, st.integers(10, 90)),
    st.builds(Person.cart, WHO, st.integers(1, 2), KEYS),
)
SEQUENCES = st.lists(STEPS, max_size=6)


def play(connection: Connection, steps: list[Customer | Order | Cart], day: int) -> None:
    for number, step in enumerate(steps):
        if isinstance(step, Cart):
            upsert_carts(connection, [step], SECRET)
        else:
            store(connection, step, now=NOW + timedelta(days=day, hours=number))


def picture(connection: Connection) -> dict[str, Any]:
    """All that is known, without the numbers of rows: those differ from database to database."""
    names = {row["customer_id"]: (row["source"], row["source_id"]) for row in rows(connection, customer_sources)}
    left_out = ("id", "person_key", "created_at", "changed_at", "customer_id")
    return {
        "people": {names[row["id"]]: {name: value for name, value in row.items() if name not in left_out} for row in rows(connection, customers)},
        **{
            table.name: [
                (names.get(row["customer_id"]), {name: value for name, value in row.items() if name not in left_out}) for row in rows(connection, table)
            ]
            for table in (customer_sources, orders, carts)
        },
    }


@at_random
@given(SEQUENCES, SEQUENCES, SEQUENCES)
def test_a_merge_that_was_undone_leaves_the_same_as_if_they_had_never_met(
    shared_engine: Engine, before: list[Any], meanwhile: list[Any], after: list[Any]
) -> None:
    first = [who.customer("1", frozenset(), 1, None) for who in PEOPLE]
    with undone(shared_engine) as connection:
        play(connection, [*first, *before], 0)
        play(connection, meanwhile, 1)
        play(connection, after, 2)
        never_met = picture(connection)
    with undone(shared_engine) as connection:
        play(connection, [*first, *before], 0)
        kept, gone = (by_source(connection, who.source, ["1"])["1"] for who in PEOPLE)
        assert merges.unite(connection, kept, gone, MergeReason.DESK, SECRET, NOW + timedelta(hours=23))
        play(connection, meanwhile, 1)
        merges.undo(connection, rows(connection, merges_table)[-1]["id"], "mara", SECRET, NOW + timedelta(days=1, hours=23))
        play(connection, after, 2)
        assert picture(connection) == never_met
