"""Addresses of our own: kept once, known to nobody, forgotten when asked."""

from dataclasses import replace
from datetime import UTC

from sqlalchemy import Connection, select

from campaigns.campaign import Campaign, Step
from campaigns.customer import Sex
from campaigns.day import Day
from campaigns.kinds import NoPurchase, Segment, Who
from store import audience, campaigns, seeds
from store.customers import upsert_customers
from store.schema import customer_sources, customers
from tests.conftest import SECRET
from tests.store.shop import DRESDEN, LATER, NOW, person, rows, start_run


def add(connection: Connection) -> int:
    return seeds.add(connection, DRESDEN, Sex.FEMALE, "de", NOW)


def test_a_seed_address_is_kept_once(connection: Connection) -> None:
    number = add(connection)
    assert add(connection) == number
    (seed,) = seeds.listed(connection)
    assert (seed.id, seed.customer.address, seed.customer.sex, seed.added_at) == (number, DRESDEN, Sex.FEMALE, NOW)
    other = seeds.add(connection, replace(DRESDEN, first_name="Otto"), Sex.MALE, "", NOW)
    assert [seed.id for seed in seeds.listed(connection)] == [number, other]


def test_nobody_is_taken_for_a_seed_address(connection: Connection) -> None:
    number = add(connection)
    upsert_customers(connection, [person(1, address=DRESDEN, email="")], SECRET, NOW)
    assert {row["customer_id"] for row in rows(connection, customer_sources)} != {number}
    assert len(rows(connection, customers)) == 2


def test_a_seed_address_is_in_no_audience(connection: Connection) -> None:
    add(connection)
    day = Day(LATER, UTC, 5)
    for kind in (NoPurchase(), Segment(who=Who.ALL)):
        saved = campaigns.save(connection, Campaign("all", "All", "https://shop.example", (Step("note", 1),), kind), NOW)
        assert audience.page(connection, saved.id, saved.definition, "DE", 0, 10, day) == []


def test_a_seed_address_that_is_removed_is_forgotten(connection: Connection) -> None:
    start_run(connection)
    number = add(connection)
    assert seeds.remove(connection, number, SECRET, LATER)
    assert seeds.listed(connection) == []
    row = connection.execute(select(customers).where(customers.c.id == number)).one()
    assert (row.erased_at, row.last_name, row.street) == (LATER, "", "")
    assert not seeds.remove(connection, number, SECRET, LATER), "it is none any more"


def test_nobody_but_a_seed_address_is_removed_as_one(connection: Connection) -> None:
    upsert_customers(connection, [person(1)], SECRET, NOW)
    anna = connection.execute(select(customers.c.id)).scalar_one()
    assert not seeds.remove(connection, anna, SECRET, LATER)
    assert connection.execute(select(customers.c.erased_at)).scalar_one() is None
