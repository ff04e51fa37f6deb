"""Does what is old go page by page, and nothing else with it?"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select

from store import audit, retention
from store.audit import Channel
from store.carts import upsert_carts
from store.columns import Pii
from store.retention import ANSWERS, AUDIT, CARTS, REPORTED_IN_VAIN, SESSIONS, TERMS
from store.schema import api_keys, carts, customers, idempotency_keys, sessions, shop_report_rejections, shop_reports, users
from tests.conftest import SECRET
from tests.store.growing_old import end
from tests.store.shop import NOW, cart, count, days_ago, person, store


def test_pages_follow_one_another_without_a_gap(connection: Connection) -> None:
    upsert_carts(connection, [cart(number, updated_at=days_ago(80 + number)) for number in range(1, 26)], SECRET)
    first = retention.page(connection, CARTS, NOW, most=10)
    second = retention.page(connection, CARTS, NOW, first[-1], most=10)
    assert (len(first), len(second)) == (10, 6)
    assert not set(first) & set(second)
    assert retention.end(connection, CARTS, first, NOW) == 10
    assert retention.page(connection, CARTS, NOW) == second, "whoever was killed is followed by somebody who finds the rest"
    assert retention.end(connection, CARTS, first, NOW) == 0
    assert retention.end(connection, CARTS, second, NOW) == 6
    assert count(connection, carts) == 9


def test_pages_of_rows_with_two_keys_follow_one_another_too(connection: Connection) -> None:
    for number in (1, 2):
        connection.execute(insert(api_keys).values(id=number, name=f"k{number}", key_hash=f"h{number}", source="shop", scopes=[], created_at=NOW))
        for key in range(5):
            row = {"api_key_id": number, "key": f"{key}", "path": "/", "body_hash": "", "status": 200, "answer": b"", "created_at": days_ago(8)}
            connection.execute(insert(idempotency_keys).values(row))
    first = retention.page(connection, ANSWERS, NOW, most=7)
    second = retention.page(connection, ANSWERS, NOW, first[-1], most=7)
    assert [*first, *second] == [(number, f"{key}") for number in (1, 2) for key in range(5)]
    assert [retention.end(connection, ANSWERS, page, NOW) for page in (first, second, first)] == [7, 3, 0]


def test_a_row_that_came_to_life_between_look_and_deletion_stays(connection: Connection) -> None:
    upsert_carts(connection, [cart(updated_at=days_ago(100))], SECRET)
    keys = retention.page(connection, CARTS, NOW)
    upsert_carts(connection, [replace(cart(updated_at=days_ago(1)))], SECRET)
    assert retention.end(connection, CARTS, keys, NOW) == 0
    assert count(connection, carts) == 1


def test_of_a_cart_that_goes_its_owner_keeps_the_last_day(connection: Connection) -> None:
    store(connection, person(), person(2))
    upsert_carts(connection, [cart(1, updated_at=days_ago(300)), cart(2, updated_at=days_ago(200)), cart(3, updated_at=days_ago(10))], SECRET)
    assert end(connection, CARTS, NOW) == 2
    last = select(customers.c.last_cart_at).order_by(customers.c.id)
    assert list(connection.execute(last).scalars()) == [days_ago(200), None]
    upsert_carts(connection, [cart(4, updated_at=days_ago(400))], SECRET)
    end(connection, CARTS, NOW)
    assert connection.execute(last).scalars().first() == days_ago(200), "an older one that comes later changes nothing"


def test_acts_go_after_four_years_and_sessions_after_a_day(connection: Connection) -> None:
    for days in (1, 4 * 366 + 1):
        audit.note(connection, days_ago(days), "Martha", Channel.DESK, "approve_print_run", "print run 3")
    connection.execute(insert(users).values(id=1, name="Martha", password_hash="", role="marketer", created_at=NOW))
    for number, hours in enumerate((23, 25)):
        at = NOW - timedelta(hours=hours)
        connection.execute(insert(sessions).values(token_hash=bytes([number]), user_id=1, created_at=at, seen_at=at))
    assert (end(connection, AUDIT, NOW), end(connection, SESSIONS, NOW)) == (1, 1)
    assert [one.at for one in audit.newest(connection, 9)] == [days_ago(1)]


def test_of_the_print_shops_reports_the_counts_stay(connection: Connection) -> None:
    for number, days in ((1, 89), (2, 91)):
        its = {"id": number, "name": "r.csv", "sha256": f"{number}", "state": "stored", "read": 1, "stored": 0, "unchanged": 0, "rejected": 1}
        connection.execute(insert(shop_reports).values(its | {"received_at": days_ago(days)}))
        row = {"shop_report_id": number, "line": 2, "reason": "unknown_letter", "message": "", "record": {"letter": 7}}
        connection.execute(insert(shop_report_rejections).values(row))
    assert end(connection, REPORTED_IN_VAIN, NOW) == 1
    assert (count(connection, shop_reports), count(connection, shop_report_rejections)) == (2, 1)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.table.name)
def test_every_term_can_be_asked_of_an_empty_database(connection: Connection, term: retention.Term) -> None:
    assert retention.page(connection, term, NOW) == []
    assert retention.end(connection, term, [], NOW) == 0
    assert set(term.emptied) <= {column.name for column in term.table.columns if column.info["pii"] is not Pii.NONE}
