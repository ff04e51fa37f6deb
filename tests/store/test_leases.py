"""Who is working on something now, and does whoever was thought dead write nothing?"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine

from store import leases
from store.engine import reading, writing
from store.errors import LostLease
from tests.store.shop import NOW

MINUTE = timedelta(minutes=1)


def claim(connection: Connection, place: str = "one 7-1", seconds: float = 0) -> int | None:
    return leases.claim(connection, "print-run-1", place, 100, NOW + timedelta(seconds=seconds), MINUTE)


def test_a_lease_keeps_other_places_out_until_it_ends(connection: Connection) -> None:
    assert claim(connection) == 1
    assert claim(connection, "two 7-1", 59) is None
    held = leases.find(connection, "print-run-1")
    assert held == leases.Lease("one 7-1 100", NOW + MINUTE, 1)
    assert claim(connection, "two 7-1", 61) == 2


def test_a_lease_of_the_same_place_is_taken_over_at_once(connection: Connection) -> None:
    """Whoever may ask from there holds the place's file: the owner before is dead."""
    assert claim(connection) == 1
    assert claim(connection, seconds=1) == 2
    with pytest.raises(LostLease, match="print-run-1"):
        leases.check(connection, "print-run-1", 1)
    leases.check(connection, "print-run-1", 2)


def test_a_place_whose_name_begins_alike_is_another_one(connection: Connection) -> None:
    claim(connection, "one 7-12")
    assert claim(connection, "one 7-1", 1) is None


def test_a_lease_is_held_longer_by_renewing_it(connection: Connection) -> None:
    claim(connection)
    leases.renew(connection, "print-run-1", 1, NOW + 2 * MINUTE)
    assert claim(connection, "two 7-1", 90) is None
    assert claim(connection, "two 7-1", 121) == 2
    with pytest.raises(LostLease):
        leases.renew(connection, "print-run-1", 1, NOW + 3 * MINUTE)


def test_what_was_given_back_is_anybodys(connection: Connection) -> None:
    claim(connection)
    leases.release(connection, "print-run-1", 1, NOW)
    assert claim(connection, "two 7-1", 1) == 2
    leases.release(connection, "print-run-1", 1, NOW)
    held = leases.find(connection, "print-run-1")
    assert held
    assert held.owner == "two 7-1 100", "a former owner gives back nothing"


def test_a_clock_that_is_fast_lets_nobody_write_twice(connection: Connection) -> None:
    """Its owner takes over too early; the other one, who is alive, is told so before it writes."""
    claim(connection)
    assert claim(connection, "two 7-1", 65) == 2
    with pytest.raises(LostLease):
        leases.check(connection, "print-run-1", 1)
    assert claim(connection, "one 7-1", 5) is None, "by the slow clock it lasts a little longer"


def test_a_lease_that_nobody_ever_had_is_lost(connection: Connection) -> None:
    assert leases.find(connection, "print-run-1") is None
    with pytest.raises(LostLease):
        leases.check(connection, "print-run-1", 1)


def test_of_many_who_ask_at_once_one_gets_it(engine: Engine) -> None:
    def ask(number: int) -> int | None:
        with writing(engine) as connection:
            return claim(connection, f"machine{number} 7-1")

    with ThreadPoolExecutor(8) as pool:
        fences = list(pool.map(ask, range(8)))
    assert sorted(fence or 0 for fence in fences) == [0] * 7 + [1]
    with reading(engine) as connection:
        assert leases.find(connection, "print-run-1")
