"""Who is meant by a shop's key or an e-mail address, when somebody is to be erased or shown?"""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, update

from campaigns.checkout import Shopper
from campaigns.objection import Objection, ObjectionChannel
from store import objections, redemptions
from store.desk_edits import edit
from store.erasure import erase
from store.objections import upsert_objections
from store.schema import customer_sources, customers, orders, sign_up_codes
from store.schema import redemptions as redemptions_table
from store.source_erasure import empty_orders, erase_source, person_at
from tests.conftest import SECRET
from tests.store.redeeming import ASKING, STANDING, issue, uses
from tests.store.shop import DRESDEN, NOW, customer_id, order, person, rows, store

Find = Callable[[str, str, str], int | None]


@pytest.fixture
def find(connection: Connection) -> Find:
    return lambda source, source_id, email: person_at(connection, source, source_id, email, SECRET)


def test_the_shops_own_key_counts_before_the_mailbox(connection: Connection, find: Find) -> None:
    store(connection, person(1), person(2))
    assert find("shop", "1", "anna2@example.org") == customer_id(connection)
    assert find("shop", "4711", " Anna2@Example.org ") == customer_id(connection, "anna2@example.org")
    assert find("other", "1", "") is None
    assert find("shop", "4711", "nobody@example.org") is None


def test_somebody_erased_is_still_found_by_the_shops_key(connection: Connection, find: Find) -> None:
    store(connection, person(1))
    anna = customer_id(connection)
    erase(connection, anna, SECRET, NOW)
    assert find("shop", "1", "") == anna
    assert find("shop", "4711", "anna1@example.org") is None


def test_a_guest_is_found_by_the_mailbox(connection: Connection, find: Find) -> None:
    store(connection, order(1, customer_number="", email="gast@example.org", address=person(1).address))
    assert find("shop", "4711", "gast@example.org") == customer_id(connection, "gast@example.org")


def test_a_mailbox_that_is_claimed_but_held_by_nobody_is_enough(connection: Connection, find: Find) -> None:
    store(connection, person(1))
    anna = customer_id(connection)
    connection.execute(update(customers).values(email_key=None))
    assert find("elsewhere", "", "anna1@example.org") == anna


def test_orders_can_be_emptied_whoever_they_belong_to(connection: Connection) -> None:
    store(connection, order(1, customer_number="", email="gast@example.org"), order(2, customer_number="", email="gast2@example.org"))
    empty_orders(connection, "shop", ["o1", "o99"])
    empty_orders(connection, "other", ["o2"])
    assert [(row["email_key"], row["total_cents"]) for row in rows(connection, orders)] == [(None, 900), ("gast2@example.org", 900)]


def erase_shop(connection: Connection) -> None:
    while erase_source(connection, "shop", SECRET, NOW):
        pass


def test_a_correction_in_the_desk_keeps_nobody_of_a_shop_that_takes_its_data_back(connection: Connection) -> None:
    store(connection, person(1))
    edit(connection, customer_id(connection), {"street": "Korrigiert 7"}, "mara", SECRET, NOW)
    erase_shop(connection)
    [row] = rows(connection, customers)
    assert (row["erased_at"], row["street"], row["town"]) == (NOW, "", "")
    assert rows(connection, customer_sources) == []


def test_an_objection_outlives_what_the_shop_told_of_somebody_whom_others_know_too(connection: Connection) -> None:
    store(connection, person(1), person(1, source="other", address=DRESDEN, changed_at=NOW))
    upsert_objections(connection, [Objection("shop", ObjectionChannel.SHOP, customer_number="K1")], SECRET, NOW)
    erase_shop(connection)
    store(connection, person(1, email="new@example.org", source="third"))
    assert objections.received_at(connection, customer_id(connection, "new@example.org")) == NOW


def test_what_a_shops_orders_redeemed_counts_on_and_says_nobodys_name(connection: Connection) -> None:
    issue(connection, offer=STANDING)
    store(connection, person(1), person(1, source="other"), order(1, discount_codes=("TEST",), email="anna1@example.org"))
    redemptions.remember(connection, "TEST", Shopper("anna1@example.org"), ASKING)
    assert rows(connection, redemptions_table)[0]["customer_id"] == customer_id(connection)
    erase_shop(connection)
    for table in (redemptions_table, sign_up_codes):
        [row] = rows(connection, table)
        assert {row[name] for name in ("customer_id", "email_hash", "address_hash") if name in row} == {None}
    assert uses(connection) == 1
