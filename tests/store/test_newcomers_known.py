"""Does what we know of a customer count beside what the checkout says, however their records are spelled, and before they are written down anew?"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, update

from campaigns.address import Address
from campaigns.checkout import RefusalReason, Shopper
from store import redemptions
from store.customers import upsert_customers
from store.erasure import erase
from store.schema import customer_sources, customers, new_customers
from tests.conftest import SECRET
from tests.store.redeeming import ANNA, ASKING, NEWCOMERS, STANDING, TEN, at, by, granted, issue, reason, somebody
from tests.store.shop import LATER, NOW, count, customer_id, order, person, rows, store

HOME = Address(first_name="Jörg", last_name="Müller", street="Große Straße 5", postcode="20095", town="Hamburg", country="DE")
ONCE = replace(STANDING, slug="once", uses_per_customer=1)


def answer(connection: Connection, shopper: Shopper, code: str = "TEST") -> RefusalReason | None:
    return reason(redemptions.quote(connection, code, by(shopper), ASKING))


def as_before_the_upgrade(connection: Connection) -> None:
    for table in (customers, customer_sources):
        connection.execute(update(table).values(mailbox=None, home=None))


def two_coupons(connection: Connection, shopper: Shopper) -> None:
    """Two new customers' coupons; the shopper has taken the first."""
    issue(connection, "FIRST", NEWCOMERS)
    issue(connection, "TEST", NEWCOMERS)
    granted(redemptions.redeem(connection, "FIRST", by(shopper), "first", ASKING))


# --- a customer who has bought nothing yet -----------------------------------------------------------------------------


@pytest.mark.parametrize("second", [Shopper("second@example.org", "K1"), Shopper(ANNA.email), Shopper("else@example.org", "", ANNA.address)])
def test_a_known_customer_takes_one_coupon_whatever_the_checkout_calls_them(connection: Connection, second: Shopper) -> None:
    store(connection, person(1))
    two_coupons(connection, Shopper("first@example.org", "K1"))
    assert answer(connection, second) is RefusalReason.NEW_CUSTOMERS_ONLY
    assert answer(connection, somebody(1)) is None


def test_the_home_of_a_known_customer_counts_although_only_the_mailbox_was_said(connection: Connection) -> None:
    store(connection, person(1))
    two_coupons(connection, Shopper(ANNA.email))
    assert answer(connection, Shopper("else@example.org", "", ANNA.address)) is RefusalReason.NEW_CUSTOMERS_ONLY


def test_an_order_of_a_known_customer_that_is_not_in_yet_counts(connection: Connection) -> None:
    store(connection, person(1))
    issue(connection, "ANY", TEN)
    issue(connection, offer=NEWCOMERS)
    granted(redemptions.redeem(connection, "ANY", by(Shopper("first@example.org", "K1")), "o1", ASKING))
    assert answer(connection, Shopper("second@example.org", "K1")) is RefusalReason.NEW_CUSTOMERS_ONLY
    redemptions.roll_back(connection, "o1", ASKING, "cancelled")
    assert answer(connection, Shopper("second@example.org", "K1")) is None


def test_what_came_to_nothing_gives_all_keys_back(connection: Connection) -> None:
    store(connection, person(1))
    two_coupons(connection, Shopper("first@example.org", "K1"))
    assert count(connection, new_customers) == 3
    redemptions.roll_back(connection, "first", ASKING, "cancelled")
    assert count(connection, new_customers) == 0
    assert answer(connection, Shopper("second@example.org", "K1")) is None


def test_a_mailbox_that_many_share_takes_nobodys_home(connection: Connection) -> None:
    store(connection, *(person(number, email=f"market+{number}@example.org") for number in range(1, 13)))
    two_coupons(connection, Shopper("market+99@example.org"))
    assert answer(connection, Shopper("else@example.org", "", person(12).address)) is None


# --- an old customer ---------------------------------------------------------------------------------------------------


def old_customer(connection: Connection, address: Address = HOME) -> None:
    """Somebody of two sources, with a mailbox at each, who has moved at one of them."""
    issue(connection, offer=NEWCOMERS)
    first = person(1, email="jorg@web.example", address=address, changed_at=NOW - timedelta(days=9))
    store(connection, first, order(1))
    moved = replace(address, street="Neuer Weg 7")
    store(connection, replace(first, source="other", source_id="x9", email="j.org@gmail.com", address=moved, changed_at=NOW))
    assert {row["customer_id"] for row in rows(connection, customer_sources)} == {customer_id(connection, "j.org@gmail.com")}


@pytest.mark.parametrize("spelled", [True, False])
@pytest.mark.parametrize("email", ["jorg@web.example", "JORG+tea@web.example", "jorg@gmail.com", "jo.rg+1@googlemail.com"])
def test_each_mailbox_of_an_old_customer_is_theirs_in_any_spelling(connection: Connection, email: str, spelled: bool) -> None:
    old_customer(connection)
    if not spelled:
        as_before_the_upgrade(connection)
    assert answer(connection, Shopper(email)) is RefusalReason.NEW_CUSTOMERS_ONLY
    assert answer(connection, Shopper("jorgi@web.example")) is None
    assert answer(connection, Shopper("jor@gmail.com")) is None


def test_the_address_that_another_source_tells_is_theirs(connection: Connection) -> None:
    old_customer(connection)
    assert {answer(connection, Shopper("a@b.example", "", replace(HOME, street=street))) for street in ("Grosse Str. 5", "Neuer Weg 7")} == {
        RefusalReason.NEW_CUSTOMERS_ONLY
    }
    assert answer(connection, Shopper("a@b.example", "", replace(HOME, street="Große Straße 6"))) is None


SPELLED = [("D-20095", "20095"), ("20095", "DE 20095"), ("200 95", "20095"), ("SW1A 1AA", "sw1a1aa"), ("SW1A1AA", "SW1A 1AA"), ("1234 AB", "1234AB")]


@pytest.mark.parametrize("spelled", [True, False])
@pytest.mark.parametrize(("stored", "typed"), [*SPELLED, ("1067", "01067"), ("01067", "1067"), ("00-950", "00950"), ("A-1010", "1010")])
def test_an_old_household_is_found_by_any_spelling_of_its_postcode(connection: Connection, stored: str, typed: str, spelled: bool) -> None:
    issue(connection, offer=NEWCOMERS)
    store(connection, person(1, address=replace(HOME, postcode=stored)), order(1))
    if not spelled:
        as_before_the_upgrade(connection)
    assert answer(connection, Shopper("new@example.org", "", replace(HOME, postcode=typed, country=""))) is RefusalReason.NEW_CUSTOMERS_ONLY
    assert answer(connection, Shopper("new@example.org", "", replace(HOME, postcode="30159"))) is None


def test_the_page_that_spells_gives_the_same_answer_as_the_import(connection: Connection) -> None:
    old_customer(connection)
    before = [rows(connection, table) for table in (customers, customer_sources)]
    as_before_the_upgrade(connection)
    while redemptions.spell_page(connection):
        pass
    assert [rows(connection, table) for table in (customers, customer_sources)] == before


def test_who_moves_or_is_gone_takes_the_spellings_along(connection: Connection) -> None:
    store(connection, person(1, email="An.na@gmail.com", address=HOME))
    upsert_customers(connection, [person(1, email="b@example.org", address=replace(HOME, street="Neu 1"), changed_at=LATER)], SECRET, LATER)
    told, own = rows(connection, customer_sources)[0], rows(connection, customers)[0]
    assert (told["mailbox"], told["home"]) == (own["mailbox"], own["home"]) == ("b@example.org", own["home"])
    assert "neu1" in own["home"]
    erase(connection, own["id"], SECRET, LATER)
    left = rows(connection, customer_sources) + rows(connection, customers)
    assert {(row["mailbox"], row["home"]) for row in left} == {(None, None)}


# --- how often a person may -------------------------------------------------------------------------------------------


def test_a_made_up_number_says_nobody(connection: Connection) -> None:
    issue(connection, offer=ONCE)
    answers = [reason(redemptions.redeem(connection, "TEST", by(Shopper("", f"MADE-UP-{number}")), f"o{number}", ASKING)) for number in range(3)]
    assert answers == [RefusalReason.CUSTOMER_REQUIRED] * 3
    store(connection, person(1))
    assert [reason(redemptions.redeem(connection, "TEST", by(Shopper("", "K1")), f"k{number}", ASKING)) for number in range(2)] == [
        None,
        RefusalReason.CUSTOMER_LIMIT,
    ]


@pytest.mark.parametrize("first", [Shopper(ANNA.email), Shopper("", "K1"), Shopper("", "", ANNA.address), Shopper("x@example.org", "K1")])
@pytest.mark.parametrize("second", [Shopper("anna1+2@example.org"), Shopper("", "K1"), Shopper("", "", ANNA.address), Shopper("y@example.org", "K1")])
def test_the_limit_per_person_is_over_customer_mailbox_and_home(connection: Connection, first: Shopper, second: Shopper) -> None:
    store(connection, person(1))
    issue(connection, offer=ONCE)
    granted(redemptions.redeem(connection, "TEST", by(first), "o1", ASKING))
    assert reason(redemptions.redeem(connection, "TEST", by(second), "o2", ASKING)) is RefusalReason.CUSTOMER_LIMIT
    assert granted(redemptions.redeem(connection, "TEST", by(somebody(1)), "o3", at(LATER)))
