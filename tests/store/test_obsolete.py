"""Which letters must not go out any more, although their people were selected?  Also tests/store/test_letters.py, test_objections.py."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, update

from campaigns.objection import ObjectionChannel, RobinsonEntry
from store import letters, objections, obsolete
from store.carts import upsert_carts
from store.robinson import HOLDS, upsert_entries
from store.schema import carts, coupons, customers, print_runs
from store.schema import letters as table
from tests.conftest import SECRET
from tests.store.shop import CAMPAIGN, LATER, NOW, Run, add_letter, cart, customer_id, days_ago, order, person, rows, start_run, store, wanted


@pytest.fixture
def run(connection: Connection) -> Run:
    return start_run(connection)


@pytest.fixture
def anna(connection: Connection) -> int:
    store(connection, person(1), order(1))
    return customer_id(connection)


def letter(connection: Connection, run: Run, customer: int, trigger: str = "order-1", step: int = 1, now: datetime = NOW, **changes: Any) -> int:
    new = wanted(customer, run, trigger, step, **changes)
    assert letters.add(connection, run.campaign_id, run.id, [new], now) == {customer}
    found = letters.by_token(connection, new.content.token)
    assert found
    return found.id


def reasons(connection: Connection, run: Run, now: datetime = NOW) -> list[str]:
    return [str(one.reason) for one in obsolete.find(connection, run.id, now)]


def finish(connection: Connection, run: Run) -> None:
    """Its letters are out."""
    connection.execute(update(table).where(table.c.print_run_id == run.id).values(state="handed_over", handed_over_at=table.c.created_at))
    connection.execute(update(print_runs).where(print_runs.c.id == run.id).values(state="handed_over"))


# --- bought ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("placed_days_ago", "expected"), [(199, ["converted"]), (1, ["converted"]), (200, []), (300, [])])
def test_an_order_imported_late_counts_by_the_day_it_was_placed(connection: Connection, run: Run, anna: int, placed_days_ago: int, expected: list[str]) -> None:
    """The letter was written because of a sale 200 days ago; what came after that, however late we hear of it, makes it moot."""
    letter(connection, run, anna, stops_after=days_ago(200))
    assert reasons(connection, run) == []
    store(connection, order(7, ordered_at=days_ago(placed_days_ago)), now=LATER)
    assert reasons(connection, run) == expected


def test_a_letter_of_an_older_version_is_moot_by_what_was_bought_since_it_was_made(connection: Connection, run: Run, anna: int) -> None:
    letter(connection, run, anna)
    store(connection, order(7, ordered_at=days_ago(1)), now=LATER)
    assert reasons(connection, run) == []
    store(connection, order(8, ordered_at=LATER), now=LATER)
    assert reasons(connection, run) == ["converted"]


def test_to_somebody_who_never_bought_any_sale_is_news(connection: Connection, run: Run) -> None:
    store(connection, person(1))
    letter(connection, run, customer_id(connection), "account", stops_after=datetime(1970, 1, 1, tzinfo=UTC))
    store(connection, order(7, ordered_at=days_ago(2000)), now=LATER)
    assert reasons(connection, run) == ["converted"]


@pytest.mark.parametrize("trigger", ["cart-{}", "cart-{}-order-1", "cart-{}-order-1 of 7", "cart-{} of 7"])
def test_a_cart_is_known_by_every_spelling_of_its_trigger(connection: Connection, run: Run, anna: int, trigger: str) -> None:
    upsert_carts(connection, [cart(number) for number in range(1, 13)], SECRET)
    first = rows(connection, carts)[0]["id"]
    letter(connection, run, anna, trigger.format(first), stops_after=days_ago(1))
    letter(connection, run, anna, f"cart-{first}2", 2, stops_after=days_ago(1))
    upsert_carts(connection, [cart(1, completed_at=NOW, updated_at=NOW)], SECRET)
    assert reasons(connection, run)[0] == "converted"


def test_a_basket_that_is_filled_again_after_a_purchase_gets_its_letter(connection: Connection, run: Run, anna: int) -> None:
    upsert_carts(connection, [cart(1, created_at=days_ago(90), updated_at=days_ago(80))], SECRET)
    basket = rows(connection, carts)[0]["id"]
    letter(connection, run, anna, f"cart-{basket}", stops_after=days_ago(80), now=days_ago(70))
    finish(connection, run)
    store(connection, order(9, ordered_at=days_ago(60)))
    later = start_run(connection)
    letter(connection, later, anna, f"cart-{basket}-order-9", stops_after=days_ago(1))
    assert reasons(connection, later) == []


def test_a_cart_that_became_an_order_needs_no_letter(connection: Connection, run: Run, anna: int) -> None:
    upsert_carts(connection, [cart(1), cart(2)], SECRET)
    first, second = (row["id"] for row in rows(connection, carts))
    letter(connection, run, anna, f"cart-{first}", stops_after=days_ago(1))
    upsert_carts(connection, [cart(2, completed_at=NOW, updated_at=NOW)], SECRET)
    assert reasons(connection, run) == [], f"that was the other cart, {second}"
    upsert_carts(connection, [cart(1, completed_at=NOW, updated_at=NOW)], SECRET)
    assert reasons(connection, run) == ["converted"]


def test_nobody_is_reminded_of_a_coupon_that_is_void(connection: Connection, run: Run, anna: int) -> None:
    letter(connection, run, anna)
    finish(connection, run)
    (coupon,) = (row["id"] for row in rows(connection, coupons))
    reminders = start_run(connection, replace(CAMPAIGN, slug="reminder"))
    letter(connection, reminders, anna, f"coupon-{coupon}", now=LATER, coupon=None, offer_id=None)
    assert reasons(connection, reminders) == []
    connection.execute(update(coupons).where(coupons.c.id == coupon).values(voided=True))
    assert reasons(connection, reminders) == ["no_coupon_left"]


# --- lists -------------------------------------------------------------------------------------------------------------


def listed(connection: Connection, now: datetime = NOW) -> None:
    upsert_entries(connection, [RobinsonEntry("robinson", person(1).address)], SECRET, now)


def test_the_robinson_list_is_asked_again_for_prospects(connection: Connection, run: Run) -> None:
    store(connection, person(1))
    letter(connection, run, customer_id(connection), "account")
    assert reasons(connection, run) == []
    listed(connection)
    assert reasons(connection, run) == ["robinson"]
    assert reasons(connection, run, NOW + HOLDS) == [], "five years later the entry is over"


def test_the_robinson_list_is_not_for_our_own_customers(connection: Connection, run: Run, anna: int) -> None:
    letter(connection, run, anna)
    listed(connection)
    assert reasons(connection, run) == []


# --- seed addresses ----------------------------------------------------------------------------------------------------


def test_a_seed_address_is_nobodys_duplicate_and_buys_nothing_but_may_object(connection: Connection, run: Run, anna: int) -> None:
    connection.execute(update(customers).values(is_seed=True))
    letter(connection, run, anna, is_seed=True)
    letter(connection, run, anna, "segment", is_seed=True)
    store(connection, order(7, ordered_at=LATER), now=LATER)
    listed(connection)
    assert reasons(connection, run) == []
    objections.add(connection, anna, ObjectionChannel.DESK, LATER)
    assert [(one.reason, one.is_seed) for one in obsolete.find(connection, run.id, LATER)] == [("objection", True)] * 2


# --- two who turned out to be one --------------------------------------------------------------------------------------


def two(connection: Connection) -> tuple[int, int]:
    store(connection, person(1), order(1), person(2, source="two"), order(2, source="two", customer_number="K2"))
    return customer_id(connection), customer_id(connection, "anna2@example.org")


def unite(connection: Connection) -> None:
    store(connection, person(2, source="two", email="anna1@example.org", changed_at=NOW), now=LATER)


@pytest.mark.parametrize("steps", [(1, 1), (1, 2), (2, 1)])
def test_one_person_gets_one_letter_of_a_run_whichever_steps_they_were_at(connection: Connection, run: Run, steps: tuple[int, int]) -> None:
    first, second = two(connection)
    kept, late = letter(connection, run, first, "order-1", steps[0]), letter(connection, run, second, "order-2", steps[1])
    assert reasons(connection, run) == []
    unite(connection)
    assert [(one.letter_id, one.reason) for one in obsolete.find(connection, run.id, LATER)] == [(late, "duplicate")]
    letters.cancel(connection, [late], "duplicate")
    assert reasons(connection, run) == []
    assert kept


def test_two_campaigns_do_not_write_at_once_to_two_who_are_one(connection: Connection, run: Run) -> None:
    first, second = two(connection)
    other = start_run(connection, replace(CAMPAIGN, slug="other"))
    letter(connection, run, first)
    letter(connection, other, second, "order-2")
    unite(connection)
    assert reasons(connection, run) == [], "the first one selected keeps its letter"
    assert reasons(connection, other) == ["in_other_campaign"]


def test_a_letter_that_went_out_in_the_meantime_stops_the_other_campaigns(connection: Connection, run: Run) -> None:
    first, second = two(connection)
    other = start_run(connection, replace(CAMPAIGN, slug="other"))
    letter(connection, run, first)
    letter(connection, other, second, "order-2")
    finish(connection, other)
    unite(connection)
    assert reasons(connection, run) == ["in_other_campaign"]


def test_letters_of_other_campaigns_that_were_out_before_stop_nothing(connection: Connection, run: Run, anna: int) -> None:
    other = start_run(connection, replace(CAMPAIGN, slug="other"))
    letter(connection, other, anna, now=days_ago(50))
    finish(connection, other)
    letter(connection, run, anna)
    assert reasons(connection, run) == []


# --- the next sequence of the same person ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("account", "account of 7", ["duplicate"]),
        ("segment", "segment of 7", ["duplicate"]),
        ("coupon-1", "coupon-2", []),
        ("order-1", "order-2", ["duplicate"]),
    ],
)
def test_the_same_step_again_is_a_duplicate_unless_another_sequence_began(
    connection: Connection, run: Run, anna: int, before: str, after: str, expected: list[str]
) -> None:
    letter(connection, run, anna, before, now=days_ago(100))
    finish(connection, run)
    later = start_run(connection)
    add_letter(connection, later, anna, after)
    assert reasons(connection, later) == expected


@pytest.mark.parametrize(("begun_days_ago", "expected"), [(120, ["duplicate"]), (90, [])])
def test_a_cart_begun_after_the_letter_begins_a_sequence(connection: Connection, run: Run, anna: int, begun_days_ago: int, expected: list[str]) -> None:
    letter(connection, run, anna, "cart-0", now=days_ago(100))
    finish(connection, run)
    upsert_carts(connection, [cart(1, created_at=days_ago(begun_days_ago), updated_at=NOW - timedelta(hours=3))], SECRET)
    (found,) = (row["id"] for row in rows(connection, carts))
    later = start_run(connection)
    letter(connection, later, anna, f"cart-{found}", stops_after=days_ago(1))
    assert reasons(connection, later) == expected
