"""Is everybody found who has given no sign of life for years, and nobody who has?"""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from campaigns.order import OrderState
from store import partners, prospects
from store.carts import remove, upsert_carts
from store.retention import CARTS
from store.schema import coupons, customer_sources, customers, letters, scans, sign_up_codes
from store.schema import partners as partners_table
from tests.conftest import SECRET
from tests.store.growing_old import end
from tests.store.redeeming import issue
from tests.store.shop import NOW, add_letter, cart, customer_id, days_ago, order, person, start_run, store

LONG_AGO, BEFORE = days_ago(1200), days_ago(1096)
Sign = Callable[[Connection, int], Any]


def expired(connection: Connection) -> list[int]:
    found = prospects.expired(connection, BEFORE, NOW)
    assert prospects.still(connection, found, BEFORE, NOW) == found
    return found


def letter(connection: Connection, anna: int, days: int) -> int:
    return add_letter(connection, start_run(connection), anna, now=days_ago(days))


def scan(connection: Connection, anna: int, kind: str) -> None:
    row = {"id": "s1", "letter_id": letter(connection, anna, 1190), "kind": kind, "scanned_at": days_ago(100), "visitor": ""}
    connection.execute(insert(scans).values(row))


def signed_up(connection: Connection, anna: int) -> None:
    row = {"coupon_id": issue(connection), "customer_id": anna, "email_hash": None, "source": "shop", "given_at": days_ago(3)}
    connection.execute(insert(sign_up_codes).values(row))
    connection.execute(update(coupons).values(customer_id=None))


SIGNS: dict[str, Sign] = {
    "registered lately": lambda connection, anna: connection.execute(update(customers).values(registered_at=days_ago(900))),
    "changed at the shop": lambda connection, anna: connection.execute(update(customer_sources).values(changed_at=days_ago(900))),
    "has a cart": lambda connection, anna: upsert_carts(connection, [cart(updated_at=days_ago(80))], SECRET),
    "had a cart": lambda connection, anna: (upsert_carts(connection, [cart(updated_at=days_ago(900))], SECRET), end(connection, CARTS, NOW)),
    "had a cart that the shop has deleted": lambda connection, anna: (
        upsert_carts(connection, [cart(updated_at=days_ago(900))], SECRET),
        remove(connection, cart().source, cart().source_id),
    ),
    "ordered in vain": lambda connection, anna: store(connection, order(state=OrderState.CANCELLED, ordered_at=days_ago(1000))),
    "got a letter": lambda connection, anna: letter(connection, anna, 400),
    "scanned an old letter": lambda connection, anna: scan(connection, anna, "human"),
    "signed up with a code": signed_up,
    "is a partner": lambda connection, anna: partners.add(connection, "anna", "Anna", "", "", NOW) and connection.execute(
        update(partners_table).values(own_customer_id=anna)
    ),
    "has bought": lambda connection, anna: store(connection, order(ordered_at=days_ago(1150))),
    "came in lately": lambda connection, anna: connection.execute(update(customers).values(created_at=days_ago(29))),
    "is one of ours": lambda connection, anna: connection.execute(update(customers).values(is_seed=True)),
    "is erased": lambda connection, anna: connection.execute(update(customers).values(erased_at=NOW)),
}  # fmt: skip
NO_SIGNS: dict[str, Sign] = {
    "nothing": lambda connection, anna: None,
    "old letter": lambda connection, anna: letter(connection, anna, 1100),
    "cancelled letter": lambda connection, anna: (letter(connection, anna, 5), connection.execute(update(letters).values(state="cancelled"))),
    "scan by a machine": lambda connection, anna: scan(connection, anna, "bot"),
    "old order in vain": lambda connection, anna: store(connection, order(state=OrderState.CANCELLED, ordered_at=days_ago(1100))),
}


@pytest.fixture
def anna(connection: Connection) -> int:
    store(connection, person(registered_at=LONG_AGO), now=LONG_AGO)
    return customer_id(connection)


@pytest.mark.parametrize("sign", SIGNS)
def test_whoever_gave_a_sign_of_life_is_kept(sign: str, connection: Connection, anna: int) -> None:
    assert expired(connection) == [anna]
    SIGNS[sign](connection, anna)
    assert expired(connection) == []


@pytest.mark.parametrize("sign", NO_SIGNS)
def test_whoever_gave_none_is_found(sign: str, connection: Connection, anna: int) -> None:
    NO_SIGNS[sign](connection, anna)
    assert expired(connection) == [anna]


def test_they_come_in_pages(connection: Connection) -> None:
    store(connection, *(person(number, registered_at=LONG_AGO) for number in range(1, 8)), now=LONG_AGO)
    ids = list(connection.execute(select(customers.c.id).order_by(customers.c.id)).scalars())
    assert prospects.expired(connection, BEFORE, NOW, most=3) == ids[:3]
    assert prospects.expired(connection, BEFORE, NOW, ids[2], 10) == ids[3:]
