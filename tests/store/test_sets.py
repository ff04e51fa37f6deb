"""Are whole sets looked up and written as if one by one, on both databases?"""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Connection, insert, select

from store.schema import order_lines, orders, sync_states
from store.sets import among, insert_rows, new_ids
from tests.store.shop import NOW, order, person, rows, store

ODD = ["", "Ä'\"\\", "a\tb\nc\\N", "\\.", "😀", "{x,y}", "%s ? :a", "null"]


@pytest.mark.parametrize("count", [0, 1, 70_000])
def test_any_number_of_values_is_one_question(connection: Connection, count: int) -> None:
    store(connection, person(), *(order(number) for number in range(3)))
    wanted = ["o1", *(f"x{number}" for number in range(count))] if count else []
    found = connection.execute(select(orders.c.source_id).where(among(connection, orders.c.source_id, wanted))).scalars().all()
    assert found == (["o1"] if count else [])
    ids = [row["id"] for row in rows(connection, orders)]
    numbers = {*ids[:2], *range(10**6, 10**6 + count)} if count else set()
    assert len(connection.execute(select(orders.c.id).where(among(connection, orders.c.id, numbers))).all()) == (2 if count else 0)


def test_values_are_data(connection: Connection) -> None:
    connection.execute(insert(sync_states), [{"source": odd, "stream": "x", "state": {}, "moved_at": NOW} for odd in ODD])
    for odd in ODD:
        assert connection.execute(select(sync_states.c.source).where(among(connection, sync_states.c.source, [odd, "?"]))).scalars().all() == [odd]


def test_rows_come_back_as_they_were_whatever_is_in_them(connection: Connection) -> None:
    moment = datetime(2026, 3, 29, 3, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    insert_rows(connection, sync_states, ("stream", "source", "moved_at", "state"), [(odd, odd, moment, '{"a": ["\\u00e4", 1]}') for odd in ODD])
    found = rows(connection, sync_states)
    assert {(row["source"], row["stream"]) for row in found} == {(odd, odd) for odd in ODD}
    assert {row["moved_at"] for row in found} == {moment.astimezone(UTC)}
    assert all(row["state"] == {"a": ["ä", 1]} for row in found)
    insert_rows(connection, sync_states, ("stream",), [])


def test_a_moment_without_a_time_zone_is_refused(connection: Connection) -> None:
    with pytest.raises(ValueError, match="sync_states has no time zone"):
        insert_rows(connection, sync_states, ("source", "stream", "state", "moved_at"), [("a", "b", "{}", datetime(2026, 1, 1))])


def test_new_numbers_are_free_and_children_can_use_them_at_once(connection: Connection) -> None:
    store(connection, order(1), order(2))
    ids = new_ids(connection, orders, 3)
    assert len(set(ids)) == 3
    assert not set(ids) & {row["id"] for row in rows(connection, orders)}
    assert new_ids(connection, orders, 0) == []
    store(connection, order(3), order(4))
    known = [row["id"] for row in rows(connection, orders)]
    assert len(known) == 4
    assert {row["order_id"] for row in rows(connection, order_lines)} == set(known)
