"""Is somebody a new customer once, in any spelling of mailbox and address, and never after an order?  (product.md 7.4)"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from campaigns.address import Address
from campaigns.checkout import RefusalReason, Shopper
from campaigns.order import OrderState
from store import redemptions
from store.customers import upsert_customers
from store.schema import new_customers
from tests.conftest import SECRET
from tests.store.redeeming import ASKING, NEWCOMERS, TEN, at, by, granted, issue, reason, somebody
from tests.store.shop import LATER, NOW, count, order, person, store

BOUGHT = Address(first_name="Jörg", last_name="Müller", street="Große Straße 5", postcode="01067", town="Dresden", country="DE")
SAME_MAILBOX = ["jorg.muller@gmail.com", "JORG.MULLER@gmail.com", " jorgmuller@googlemail.com ", "j.o.r.g.muller+tea@gmail.com"]
SAME_HOME = [
    BOUGHT,
    replace(BOUGHT, street="Grosse Str. 5", last_name="Mueller"),
    replace(BOUGHT, street="GROSSE STRASSE  5", last_name="MÜLLER", first_name="J."),
    replace(BOUGHT, postcode="D-01067"),
]
STRANGERS = [
    Shopper("jorg.muller@gmail.example", "", replace(BOUGHT, street="Große Straße 6")),
    Shopper("jorg.mueller@gmail.com", "", replace(BOUGHT, last_name="Maier")),
    Shopper("new@example.org", "", replace(BOUGHT, postcode="10115")),
]


def answer(connection: Connection, shopper: Shopper) -> RefusalReason | None:
    return reason(redemptions.quote(connection, "TEST", by(shopper), ASKING))


def old_customer(connection: Connection, state: OrderState = OrderState.COMPLETED) -> None:
    issue(connection, offer=NEWCOMERS)
    store(connection, person(1, email="jorg.muller@gmail.com", address=BOUGHT), order(1, email="jorg.muller@gmail.com", state=state))


@pytest.mark.parametrize("email", SAME_MAILBOX)
def test_an_old_customer_is_told_by_the_mailbox(connection: Connection, email: str) -> None:
    old_customer(connection)
    assert answer(connection, Shopper(email)) is RefusalReason.NEW_CUSTOMERS_ONLY


@pytest.mark.parametrize("address", SAME_HOME)
def test_an_old_customer_is_told_by_the_address(connection: Connection, address: Address) -> None:
    old_customer(connection)
    assert answer(connection, Shopper("fresh@example.org", "", address)) is RefusalReason.NEW_CUSTOMERS_ONLY


@pytest.mark.parametrize("shopper", STRANGERS)
def test_a_stranger_is_new(connection: Connection, shopper: Shopper) -> None:
    old_customer(connection)
    assert answer(connection, shopper) is None


@pytest.mark.parametrize("state", list(OrderState))
def test_which_orders_count(connection: Connection, state: OrderState) -> None:
    old_customer(connection, state)
    assert answer(connection, Shopper("jorg.muller@gmail.com")) == (RefusalReason.NEW_CUSTOMERS_ONLY if state.is_sale else None)


def test_a_guest_without_an_address_counts_as_well(connection: Connection) -> None:
    issue(connection, offer=NEWCOMERS)
    store(connection, order(1, customer_number="", email="guest@example.org"))
    assert answer(connection, Shopper("Guest@example.org")) is RefusalReason.NEW_CUSTOMERS_ONLY


def test_who_has_only_registered_is_new(connection: Connection) -> None:
    issue(connection, offer=NEWCOMERS)
    store(connection, person(1))
    assert answer(connection, Shopper("anna1@example.org", "K1")) is None


@pytest.mark.parametrize("second", [Shopper(SAME_MAILBOX[2]), Shopper("else@example.org", "", SAME_HOME[1])])
def test_the_second_coupon_is_refused_before_any_order_has_come_in(connection: Connection, second: Shopper) -> None:
    issue(connection, offer=NEWCOMERS)
    issue(connection, "OTHER", NEWCOMERS)
    granted(redemptions.reserve(connection, "OTHER", by(Shopper(SAME_MAILBOX[0], "", BOUGHT)), "o1", 30, ASKING))
    assert reason(redemptions.redeem(connection, "TEST", by(second), "o2", ASKING)) is RefusalReason.NEW_CUSTOMERS_ONLY
    assert count(connection, new_customers) == 2


@pytest.mark.parametrize("how", ["released", "expired", "rolled back"])
def test_what_came_to_nothing_does_not_count(connection: Connection, how: str) -> None:
    issue(connection, offer=NEWCOMERS)
    issue(connection, "OTHER", NEWCOMERS)
    shopper, later = by(somebody(1)), at(NOW + timedelta(hours=1))
    if how == "rolled back":
        granted(redemptions.redeem(connection, "OTHER", shopper, "o1", ASKING))
        redemptions.roll_back(connection, "o1", ASKING, "cancelled")
    else:
        granted(redemptions.reserve(connection, "OTHER", shopper, "o1", 30, ASKING))
        if how == "released":
            redemptions.release(connection, "OTHER", "o1", ASKING)
        else:
            redemptions.expire(connection, later.now)
    assert count(connection, new_customers) == 0
    assert granted(redemptions.redeem(connection, "TEST", shopper, "o2", later))


def test_the_reservation_of_the_order_itself_does_not_stand_in_its_way(connection: Connection) -> None:
    issue(connection, offer=NEWCOMERS)
    granted(redemptions.reserve(connection, "TEST", by(somebody(1)), "o1", 30, ASKING))
    assert granted(redemptions.redeem(connection, "TEST", by(somebody(1)), "o1", ASKING)).state == "redeemed"
    assert count(connection, new_customers) == 2


def test_an_order_with_another_coupon_that_is_not_in_yet_makes_an_old_customer(connection: Connection) -> None:
    issue(connection, offer=NEWCOMERS)
    issue(connection, "OTHER", TEN)
    granted(redemptions.redeem(connection, "OTHER", by(somebody(1)), "o1", ASKING))
    assert answer(connection, somebody(1)) is RefusalReason.NEW_CUSTOMERS_ONLY
    redemptions.roll_back(connection, "o1", ASKING, "cancelled")
    assert answer(connection, somebody(1)) is None


def test_the_order_itself_may_have_come_in_first(connection: Connection) -> None:
    issue(connection, offer=NEWCOMERS)
    store(connection, person(1), order(1, ordered_at=NOW, email="anna1@example.org"))
    assert reason(redemptions.redeem(connection, "TEST", by(Shopper("anna1@example.org")), "A-1", at(LATER))) is None


def test_whoever_changed_the_mailbox_is_told_by_the_new_one_and_the_home(connection: Connection) -> None:
    old_customer(connection)
    upsert_customers(connection, [person(1, email="jm+1@example.org", address=BOUGHT, changed_at=LATER)], SECRET, LATER)
    assert answer(connection, Shopper("JM@example.org")) is RefusalReason.NEW_CUSTOMERS_ONLY
    assert answer(connection, Shopper("x@example.org", "", BOUGHT)) is RefusalReason.NEW_CUSTOMERS_ONLY
