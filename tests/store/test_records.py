"""Is every record of a batch answered, and is nothing written that is known?"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, text

from campaigns.coupon import CouponRecord
from campaigns.objection import Objection, ObjectionChannel, RobinsonEntry
from campaigns.order import OrderLine
from campaigns.record import Kind, Outcome, Record
from campaigns.rejection import Rejection
from store import offers
from store.records import known_hashes, upsert_records
from store.schema import carts, coupons, customer_sources, customers, objections, order_lines, orders, robinson
from store.upsert import record_hash
from tests.conftest import SECRET
from tests.store.shop import DRESDEN, LATER, NOW, OFFER, cart, count, customer_id, order, person, rows

EVERYTHING: list[Record] = [
    CouponRecord("shop", "CODE", "ten", email="anna1@example.org"),
    cart(1),
    order(1),
    order(2, customer_number="", email="guest@example.org", address=DRESDEN),
    person(1),
    RobinsonEntry("shop", person(3).address),
    Objection("shop", ObjectionChannel.API, email="anna1@example.org"),
]


@pytest.fixture
def saved(connection: Connection) -> None:
    offers.save(connection, OFFER, NOW)


def test_every_kind_finds_what_it_needs_in_whatever_order_they_stand(connection: Connection, saved: None) -> None:
    assert upsert_records(connection, EVERYTHING, SECRET, NOW) == [Outcome.STORED] * len(EVERYTHING)
    anna = customer_id(connection)
    assert [count(connection, table) for table in (customers, orders, carts, coupons, objections, robinson)] == [2, 2, 1, 1, 1, 1]
    for table in (carts, coupons, objections):
        assert rows(connection, table)[0]["customer_id"] == anna
    assert upsert_records(connection, EVERYTHING, SECRET, LATER) == [Outcome.UNCHANGED] * len(EVERYTHING)


def test_a_rejection_says_where_its_record_stood(connection: Connection, saved: None) -> None:
    bad: list[Record] = [
        RobinsonEntry("shop", replace(DRESDEN, street="")),
        person(1),
        Objection("shop", ObjectionChannel.API),
        CouponRecord("shop", "X", "nope"),
    ]
    results = upsert_records(connection, bad, SECRET, NOW)
    assert [(one.position, one.reason) if isinstance(one, Rejection) else one for one in results] == [
        (0, "no_key"), Outcome.STORED, (2, "no_key"), (3, "unknown_offer"),
    ]  # fmt: skip


def test_no_records_are_a_batch_too(connection: Connection) -> None:
    assert upsert_records(connection, [], SECRET, NOW) == []


# --- what is known already ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "record"), [(Kind.CUSTOMERS, person(1)), (Kind.ORDERS, order(1)), (Kind.CARTS, cart(1))])
def test_an_importer_may_tell_by_its_own_hashes_what_is_known(connection: Connection, kind: Kind, record: Record) -> None:
    key = record.source_id  # type: ignore[union-attr]
    assert known_hashes(connection, "shop", kind, [key, "x"]) == {}
    assert upsert_records(connection, [record], SECRET, NOW, ["raw-1"]) == [Outcome.STORED]
    assert known_hashes(connection, "shop", kind, [key, "x"]) == {key: "raw-1"}
    assert known_hashes(connection, "other", kind, [key]) == {}
    assert upsert_records(connection, [record], SECRET, NOW, ["raw-1"]) == [Outcome.UNCHANGED]
    assert upsert_records(connection, [record], SECRET, NOW, ["raw-2"]) == [Outcome.STORED]
    assert known_hashes(connection, "shop", kind, [key]) == {key: "raw-2"}
    assert upsert_records(connection, [record], SECRET, NOW) == [Outcome.STORED], "without a hash of its own it is compared by what it says"
    assert known_hashes(connection, "shop", kind, [key]) == {key: record_hash(record)}


def test_lists_have_no_hashes(connection: Connection) -> None:
    assert known_hashes(connection, "shop", Kind.OBJECTIONS, ["1"]) == {}


def test_the_hash_of_a_record_is_the_same_in_every_process_and_differs_with_every_field() -> None:
    assert record_hash(order(1)) == "47e129da8d21a36665dd8a9943e8051f"
    changed: list[Record] = [
        person(1),
        person(1, tags=("a",)),
        person(1, changed_at=NOW),
        person(1, registered_at=NOW),
        person(1, address=replace(DRESDEN, title="Dr.")),
        order(1),
        order(1, lines=()),
        order(1, lines=(OrderLine("T1", "Tea", 2, 450, "Black tea"),)),
        order(1, discount_codes=("a", "b")),
        order(1, discount_codes=("a,b",)),
        cart(1),
        cart(1, items=()),
    ]
    assert len({record_hash(record) for record in changed}) == len(changed)


@pytest.fixture
def writes(engine: Engine, request: pytest.FixtureRequest) -> Callable[[], int]:
    """How many rows were ever written to this database, by its own count."""

    def sqlite() -> int:
        with closing(engine.raw_connection()) as connection:
            return int(connection.driver_connection.total_changes)  # type: ignore[union-attr]

    def postgresql() -> int:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_stat_force_next_flush()"))
            connection.rollback()
            return int(connection.execute(text("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables")).scalar_one())

    return postgresql if engine.dialect.name == "postgresql" else sqlite


def test_an_unchanged_import_writes_nothing_at_all(engine: Engine, writes: Callable[[], int]) -> None:
    """By the database's own count; a trigger of the same kind catches what an application counts wrongly."""
    records: list[Record] = [one for number in range(50) for one in (person(number), order(number, customer_number=f"K{number}"), cart(number))]
    guests = [
        order(number, customer_number="", email=f"guest{number}@example.org", address=replace(DRESDEN, street=f"Gasse {number}")) for number in range(60, 80)
    ]
    others = [replace(person(number), source="other", source_id=f"x{number}") for number in range(10)]
    with engine.begin() as connection:
        for batch in (records, guests, others):
            assert set(upsert_records(connection, batch, SECRET, NOW)) == {Outcome.STORED}
    tables = [customers, customer_sources, orders, order_lines, carts]
    with engine.connect() as connection:
        contents = [rows(connection, table) for table in tables]
    before = writes()
    assert before > 300
    with engine.begin() as connection:
        for batch in (records, guests, others):
            assert set(upsert_records(connection, batch, SECRET, NOW + timedelta(days=1))) == {Outcome.UNCHANGED}
    assert writes() == before
    with engine.connect() as connection:
        assert [rows(connection, table) for table in tables] == contents
