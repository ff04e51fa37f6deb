"""What is left of somebody, or of an order, that the shop has deleted or that was erased?"""

from dataclasses import replace

from sqlalchemy import Connection, select

from campaigns.customer import Customer
from campaigns.objection import Objection, ObjectionChannel
from campaigns.order import OrderState
from store import audience, objections
from store.carts import upsert_carts
from store.customers import by_source, gone, household
from store.erasure import erase
from store.objections import upsert_objections
from store.orders import mark_deleted
from store.schema import carts, customer_sources, customers, orders
from tests.conftest import SECRET
from tests.store.audiences import TODAY
from tests.store.shop import CAMPAIGN, DRESDEN, LATER, NOW, cart, count, customer_id, days_ago, order, person, rows, start_run, store

GUEST = {"customer_number": "", "email": "guest@example.org", "address": DRESDEN}

# --- deleted in the shop -----------------------------------------------------------------------------------------------


def test_what_only_the_shop_has_told_goes_with_its_customer(connection: Connection) -> None:
    run = start_run(connection)
    store(connection, person(), order())
    anna = customer_id(connection)
    objections.add(connection, anna, ObjectionChannel.DESK, NOW)
    assert gone(connection, "shop", "1", SECRET, LATER)
    row = rows(connection, customers)[0]
    assert (row["last_name"], row["street"], row["email"], row["email_key"], row["first_sale_at"]) == ("", "", "", None, days_ago(200))
    (found,) = audience.page(connection, run.campaign_id, CAMPAIGN, "DE", 0, 10, TODAY)
    assert found.facts.address_problem, "no letter goes there"
    assert objections.received_at(connection, anna) == NOW
    assert gone(connection, "shop", "1", SECRET, LATER)
    assert not gone(connection, "shop", "2", SECRET, LATER)


def test_who_objected_and_was_deleted_is_known_when_they_come_back(connection: Connection) -> None:
    store(connection, person(), order())
    upsert_objections(connection, [Objection("shop", ObjectionChannel.FILE, customer_number="K1")], SECRET, NOW)
    gone(connection, "shop", "1", SECRET, LATER)
    store(connection, person(source_id="99", number="K99"), now=LATER)
    assert objections.received_at(connection, customer_id(connection)) == NOW


def test_what_others_have_told_stays(connection: Connection) -> None:
    store(connection, person(language="de"), Customer("other", "9", "N9", "anna1@example.org", address=replace(DRESDEN, street="Ring 9")))
    gone(connection, "shop", "1", SECRET, LATER)
    row = rows(connection, customers)[0]
    assert (row["street"], row["number"], row["language"], row["email_key"]) == ("Ring 9", "N9", "", "anna1@example.org")


def test_something_older_brings_nobody_back_and_something_newer_does(connection: Connection) -> None:
    store(connection, person(changed_at=days_ago(5)))
    gone(connection, "shop", "1", SECRET, NOW)
    before = rows(connection, customers)[0]["last_name"]
    store(connection, person(language="de", changed_at=LATER))
    row = rows(connection, customers)[0]
    assert (before, row["last_name"], row["language"]) == ("", "Müller", "de")


def test_a_mailbox_that_was_waited_for_is_got(connection: Connection) -> None:
    store(connection, person(1), person(2))
    store(connection, person(1, email="anna2@example.org"))
    gone(connection, "shop", "2", SECRET, LATER)
    assert rows(connection, customers)[0]["email_key"] == "anna2@example.org"


def test_a_deleted_order_is_no_sale_and_nothing_older_brings_it_back(connection: Connection) -> None:
    store(connection, person(), order(changed_at=days_ago(9)))
    assert mark_deleted(connection, "shop", "o1", days_ago(1))
    assert not mark_deleted(connection, "shop", "o9", days_ago(1))
    store(connection, order(changed_at=days_ago(2)))
    row = rows(connection, orders)[0]
    assert (row["state"], row["changed_at"]) == (OrderState.DELETED, days_ago(1))
    store(connection, order(changed_at=NOW))
    assert rows(connection, orders)[0]["state"] == OrderState.COMPLETED


# --- erased ------------------------------------------------------------------------------------------------------------


def named(connection: Connection) -> list[tuple[int | None, str | None, str]]:
    return [(row["customer_id"], row["email_key"], row["customer_number"]) for table in (orders, carts) for row in rows(connection, table)]


def test_an_import_brings_nobody_back_who_was_erased(connection: Connection) -> None:
    bought, left = order(email="anna1@example.org"), cart(customer_number="K1")
    store(connection, person(), bought)
    upsert_carts(connection, [left], SECRET)
    anna = customer_id(connection)
    erase(connection, anna, SECRET, NOW)
    assert store(connection, person(), person(language="fr"), now=LATER) == 0
    assert store(connection, replace(bought, total_cents=7), order(2, email="anna1@example.org", address=DRESDEN), now=LATER) == 2
    upsert_carts(connection, [replace(left, updated_at=NOW), cart(2, customer_number="K1", recovery_url="https://x")], SECRET)
    assert [row["total_cents"] for row in rows(connection, orders)] == [7, 900]
    assert named(connection) == [(anna, None, "")] * 4
    assert [row["recovery_url"] for row in rows(connection, carts)] == ["", ""]
    assert count(connection, customers) == 1
    assert [row["last_name"] for row in rows(connection, customers)] == [""]


def test_a_guest_who_was_erased_stays_so(connection: Connection) -> None:
    store(connection, order(1, **GUEST))
    guest = rows(connection, customers)[0]["id"]
    erase(connection, guest, SECRET, NOW)
    store(connection, order(1, total_cents=1, **GUEST), order(2, **GUEST))
    assert named(connection) == [(guest, None, "")] * 2
    assert count(connection, customers) == 1


def test_whoever_takes_over_an_erased_persons_mailbox_is_somebody_new(connection: Connection) -> None:
    store(connection, person())
    erase(connection, customer_id(connection), SECRET, NOW)
    store(connection, person(2, email="anna1@example.org"))
    assert [row["email_key"] for row in rows(connection, customers)] == [None, "anna1@example.org"]


# --- household and keys ------------------------------------------------------------------------------------------------


def test_a_household_is_the_same_surname_at_the_same_address(connection: Connection) -> None:
    store(
        connection,
        person(1, address=DRESDEN),
        person(2, address=replace(DRESDEN, first_name="Otto", last_name="MÜLLER", street="Hauptstr. 5")),
        person(3, address=replace(DRESDEN, first_name="Eva", last_name="Meier")),
        person(4, address=replace(DRESDEN, first_name="Ida", street="Hauptstraße 6")),
        person(5, address=replace(DRESDEN, first_name="Udo", postcode="")),
    )
    ids = list(connection.execute(select(customers.c.id).order_by(customers.c.number)).scalars())
    assert household(connection, ids[0]) == household(connection, ids[1]) == ids[:2]
    assert household(connection, ids[4]) == household(connection, 10**9) == []


def test_customers_are_found_by_their_keys_at_a_source(connection: Connection) -> None:
    store(connection, person(1), person(2))
    assert by_source(connection, "shop", ["1", "9"]) == {"1": customer_id(connection)}
    assert by_source(connection, "other", ["1"]) == {}
    assert count(connection, customer_sources) == 2
