"""Is every delivery kept once, given out in order, tried again, given up in sight of everybody, and forgotten in the end?"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, select

from store import webhooks
from store.retention import WEBHOOKS
from store.schema import webhook_deliveries
from store.webhooks import KEPT, PAUSES, Delivery, DeliveryState
from tests.store.growing_old import end
from tests.store.shop import NOW

FIRST = Delivery("d1", "shop", "orders/create", b'{"id": 1}', NOW, event_id="e1", triggered_at=NOW - timedelta(seconds=1))
SECOND = replace(FIRST, id="d2", received_at=NOW + timedelta(seconds=1))


def row(connection: Connection, key: str = "d1") -> tuple[str, bytes | None, int, str, str]:
    table = webhook_deliveries.c
    found = connection.execute(select(table.state, table.body, table.attempts, table.message, table.subject).where(table.id == key)).one()
    return found.state, found.body, found.attempts, found.message, found.subject


def test_a_delivery_that_comes_twice_is_one(connection: Connection) -> None:
    again = replace(FIRST, body=b"other", received_at=NOW + timedelta(hours=1))
    webhooks.add(connection, FIRST, again)
    webhooks.add(connection, again)
    assert webhooks.next_due(connection, NOW) == FIRST
    assert webhooks.counts(connection) == {"waiting": 1, "done": 0, "ignored": 0, "failed": 0}


def test_the_next_one_is_found_by_index(engine: Engine) -> None:
    """However many wait: each delivery that is worked off asks for the next."""
    asked: list[tuple[str, Any]] = []
    with engine.begin() as connection:
        webhooks.add(connection, *(replace(FIRST, id=f"d{number}", received_at=NOW + timedelta(seconds=number)) for number in range(3000)))
        if engine.dialect.name == "postgresql":  # on SQLite nobody ever does it
            connection.exec_driver_sql("ANALYZE")
        event.listen(connection, "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))
        assert webhooks.next_due_at(connection) == NOW
        assert webhooks.next_due(connection, NOW + timedelta(days=1)) == replace(FIRST, id="d0")
        explain = "EXPLAIN" if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        for statement, values in asked[:2]:
            plan = "\n".join(str(row) for row in connection.exec_driver_sql(f"{explain} {statement}", values))
            assert "ix_webhook_deliveries_waiting" in plan
            assert "TEMP B-TREE" not in plan
            assert "Sort" not in plan


def test_a_delivery_without_a_body_waits_for_nobody(connection: Connection) -> None:
    webhooks.add(connection, replace(FIRST, body=None, message="from another shop"))
    assert row(connection)[:4] == ("ignored", None, 0, "from another shop")
    assert webhooks.next_due(connection, NOW) is None
    assert webhooks.next_due_at(connection) is None


def test_they_are_given_out_as_they_came(connection: Connection) -> None:
    webhooks.add(connection, SECOND)
    webhooks.add(connection, FIRST)
    assert webhooks.next_due(connection, NOW + timedelta(minutes=1)) == FIRST
    webhooks.settle(connection, "d1", DeliveryState.DONE, "1", "stored", NOW)
    assert webhooks.next_due(connection, NOW) is None, "the second one has not come yet"
    assert webhooks.next_due(connection, NOW + timedelta(minutes=1)) == SECOND


@pytest.mark.parametrize(("state", "body"), [(DeliveryState.DONE, None), (DeliveryState.IGNORED, None), (DeliveryState.FAILED, b'{"id": 1}')])
def test_what_it_said_is_kept_only_where_somebody_must_look(connection: Connection, state: DeliveryState, body: bytes | None) -> None:
    webhooks.add(connection, FIRST)
    webhooks.settle(connection, "d1", state, "1", "why", NOW)
    assert row(connection) == (state, body, 1, "why", "1")


def test_a_failure_is_tried_again_after_pauses_that_grow_and_given_up_after_the_fifth(connection: Connection) -> None:
    webhooks.add(connection, FIRST)
    moment, pauses = NOW, []
    for _ in range(5):
        found = webhooks.next_due(connection, moment)
        assert found
        state = webhooks.postpone(connection, found, "1", "OSError", moment)
        due_at = webhooks.next_due_at(connection)
        if due_at:
            assert webhooks.next_due(connection, due_at - timedelta(seconds=1)) is None
            pauses.append(due_at - moment)
            moment = due_at
    assert tuple(pauses) == PAUSES
    assert sorted(pauses) == pauses
    assert state is DeliveryState.FAILED
    assert row(connection) == ("failed", b'{"id": 1}', 5, "OSError", "1")
    assert webhooks.counts(connection)[DeliveryState.FAILED] == 1


def test_one_that_waits_for_its_next_attempt_holds_up_nobody(connection: Connection) -> None:
    webhooks.add(connection, FIRST)
    webhooks.add(connection, SECOND)
    webhooks.postpone(connection, FIRST, "1", "OSError", NOW)
    assert webhooks.next_due(connection, NOW + timedelta(seconds=2)) == SECOND


def test_all_that_failed_can_be_tried_again(connection: Connection) -> None:
    webhooks.add(connection, FIRST)
    webhooks.settle(connection, "d1", DeliveryState.FAILED, "", "BadRecord: malformed", NOW)
    assert webhooks.try_again(connection, NOW) == 1
    assert webhooks.try_again(connection, NOW) == 0
    found = webhooks.next_due(connection, NOW)
    assert found and (found.id, found.body, found.attempts) == ("d1", FIRST.body, 0)


def test_a_deletion_is_remembered_by_what_it_was_about(connection: Connection) -> None:
    webhooks.add(connection, replace(FIRST, topic="orders/delete"))
    assert not webhooks.was_done(connection, "shop", "orders/delete", "1")
    webhooks.settle(connection, "d1", DeliveryState.DONE, "1", "deleted", NOW)
    assert webhooks.was_done(connection, "shop", "orders/delete", "1")
    assert not webhooks.was_done(connection, "shop", "orders/delete", "2")
    assert not webhooks.was_done(connection, "shop", "customers/delete", "1")
    assert not webhooks.was_done(connection, "other", "orders/delete", "1")


def test_old_ones_are_forgotten_unless_they_still_wait(connection: Connection) -> None:
    long_ago = NOW - KEPT - timedelta(seconds=1)
    for number, state in enumerate(DeliveryState):
        webhooks.add(connection, replace(FIRST, id=f"old{number}", received_at=long_ago))
        webhooks.add(connection, replace(FIRST, id=f"new{number}", received_at=NOW - KEPT))
        if state is not DeliveryState.WAITING:
            webhooks.settle(connection, f"old{number}", state, "", "", NOW)
            webhooks.settle(connection, f"new{number}", state, "", "", NOW)
    assert end(connection, WEBHOOKS, NOW) == 3
    assert end(connection, WEBHOOKS, NOW) == 0
    left = set(connection.execute(select(webhook_deliveries.c.id)).scalars())
    assert left == {"old0", "new0", "new1", "new2", "new3"}
