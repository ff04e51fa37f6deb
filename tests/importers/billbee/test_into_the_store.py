"""Do Billbee's people and orders find each other in the database, and does good data stay?"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, func, select

from campaigns.record import Kind
from importers.batch import Batch
from importers.billbee import STREAMS, Account
from store.engine import reading, writing
from store.records import upsert_records
from store.schema import customer_sources, customers, orders
from tests.conftest import SECRET
from tests.importers.billbee.runs import run, state_after
from tests.shops.billbee.server import MockBillbee

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def store(engine: Engine, batches: list[Batch]) -> None:
    for batch in batches:
        with writing(engine) as connection:
            upsert_records(connection, batch.records, SECRET, NOW)


def sync(engine: Engine, account: Account, until: datetime, states: dict[Kind, dict[str, Any]]) -> None:
    for kind in STREAMS:
        batches = run(account, kind, until, states.get(kind))
        store(engine, batches)
        states[kind] = state_after(batches, states.get(kind))


def rows(engine: Engine, *columns: Any) -> set[tuple[Any, ...]]:
    with reading(engine) as connection:
        return {tuple(row) for row in connection.execute(select(*columns))}


def test_every_order_belongs_to_the_customer_that_billbee_names(engine: Engine, billbee: MockBillbee, account: Account) -> None:
    sync(engine, account, billbee.clock.now(), {})
    owner = customer_sources.c
    joined = select(orders.c.source_id, owner.source_id).join(customer_sources, owner.customer_id == orders.c.customer_id)
    with reading(engine) as connection:
        found = {(order, person) for order, person in connection.execute(joined)}
        assert connection.execute(select(func.count()).select_from(customers)).scalar_one() == 30
    assert {(str(key), str(row["Customer"]["Id"])) for key, row in billbee.world.orders.items()} <= found


def test_a_person_without_a_number_is_found_by_id(engine: Engine, billbee: MockBillbee, account: Account) -> None:
    key = billbee.world.add_customer(Number=None, Email=None, DefaultMailAddress=None)
    order = billbee.world.add_order(Customer=billbee.world.customers[key], CustomerNumber=None, InvoiceAddress=None, ShippingAddress=None)
    sync(engine, account, billbee.clock.now(), {})
    (owner,) = {customer for number, customer in rows(engine, orders.c.source_id, orders.c.customer_id) if number == str(order)}
    assert owner in {customer for source_id, customer in rows(engine, customer_sources.c.source_id, customer_sources.c.customer_id) if source_id == str(key)}


def test_anonymous_addresses_do_not_overwrite_good_ones(engine: Engine, billbee: MockBillbee, account: Account) -> None:
    states: dict[Kind, dict[str, Any]] = {}
    sync(engine, account, billbee.clock.now(), states)
    names = (customers.c.number, customers.c.last_name, customers.c.street, customers.c.town, customers.c.email)
    before = rows(engine, *names)
    hidden = {"FirstName": "***", "LastName": "***", "Street": "***", "Company": None}
    for key, row in list(billbee.world.addresses.items()):
        billbee.world.addresses[key] = {**row, **hidden}
    for key, row in list(billbee.world.orders.items()):
        billbee.world.change_order(key, Customer={**row["Customer"], "Name": "Anonymisiert", "Email": None, "DefaultMailAddress": None}, InvoiceAddress=hidden)
    billbee.clock.advance(8 * 86_400)
    sync(engine, account, billbee.clock.now(), states)
    assert rows(engine, *names) == before


def test_a_new_buyer_is_there_before_the_next_sweep(engine: Engine, billbee: MockBillbee, account: Account) -> None:
    states: dict[Kind, dict[str, Any]] = {}
    sync(engine, account, billbee.clock.now(), states)
    billbee.clock.advance(3600)
    key = billbee.world.add_customer(Email="neu@example.com")
    billbee.world.add_order(Customer=billbee.world.customers[key], InvoiceAddress={"LastName": "Neu", "Street": "Anger 1", "Zip": "10115", "City": "Berlin"})
    billbee.clock.advance(1)
    sync(engine, account, billbee.clock.now(), states)
    assert (str(key), "neu@example.com", "Anger 1") in rows_of_sources(engine)
    assert billbee.count("customers") == 1


def rows_of_sources(engine: Engine) -> set[tuple[Any, ...]]:
    joined = select(customer_sources.c.source_id, customers.c.email, customers.c.street).join(customers, customers.c.id == customer_sources.c.customer_id)
    with reading(engine) as connection:
        return {tuple(row) for row in connection.execute(joined)}
