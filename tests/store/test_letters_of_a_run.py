"""What a print run and a campaign have used up, what is printed first, and what is left of a run that is not printed."""

from dataclasses import replace
from datetime import UTC

import pytest
from sqlalchemy import Connection, insert, select, update

from campaigns.letter import LetterState
from campaigns.scan import ScanKind
from store import letters, objections
from store.schema import coupons, customers, scans
from store.schema import letters as letters_table
from store.schema import objections as objections_table
from tests.store.shop import LATER, NOW, Run, customer_id, order, person, rows, start_run, store, wanted


@pytest.fixture
def run(connection: Connection) -> Run:
    """Three customers, each with a letter; the third is a seed address."""
    found = start_run(connection)
    for number in range(1, 4):
        store(connection, person(number), order(number, customer_number=f"K{number}"))
    people = [customer_id(connection, f"anna{number}@example.org") for number in range(1, 4)]
    made = [
        wanted(one, found, cost_cents=100, household_key=f"home-{number}", sort_key=f"0|{9 - number}", stops_after=NOW) for number, one in enumerate(people, 1)
    ]
    made[2] = replace(made[2], is_seed=True, sort_key="0|0", cost_cents=70)
    connection.execute(update(customers).where(customers.c.id == people[2]).values(is_seed=True))
    assert letters.add(connection, found.campaign_id, found.id, made, NOW) == set(people)
    return found


def test_letters_keep_their_price_their_end_and_whether_they_are_ours(connection: Connection, run: Run) -> None:
    stored = rows(connection, letters_table)
    assert [(row["cost_cents"], row["is_seed"]) for row in stored] == [(100, False), (100, False), (70, True)]
    assert {row["stops_after"] for row in stored} == {NOW.astimezone(UTC)}


def test_seed_letters_are_on_paper_and_use_nothing_up(connection: Connection, run: Run) -> None:
    assert letters.count(connection, run.id) == 3
    assert letters.count(connection, run.id, seeds=False) == 2
    assert letters.spent(connection, print_run_id=run.id) == letters.spent(connection, campaign_id=run.campaign_id) == (2, 200)
    assert letters.spent(connection, print_run_id=run.id + 1) == letters.spent(connection, campaign_id=run.campaign_id + 1) == (0, 0)
    assert letters.paper(connection, run.id) == letters.Paper(1, 270)
    assert letters.paper(connection, run.id + 1) == letters.Paper(0, 0)
    assert letters.households(connection, run.id, [row["household_key"] for row in rows(connection, letters_table)] + [""]) == {"home-1", "home-2"}


def test_what_is_taken_out_has_used_nothing_up(connection: Connection, run: Run) -> None:
    letters.cancel(connection, [rows(connection, letters_table)[0]["id"]], "objection")
    assert letters.spent(connection, print_run_id=run.id) == (1, 100)
    assert letters.households(connection, run.id, ["home-1"]) == set()


def test_the_first_letter_in_print_is_a_customers(connection: Connection, run: Run) -> None:
    first = letters.first_in_print(connection, run.id)
    assert first
    step, content = first
    assert step == 1
    assert content.token == rows(connection, letters_table)[1]["token"], "by its place in the mail"
    letters.cancel_run(connection, run.id, "")
    assert letters.first_in_print(connection, run.id) is None


def test_a_run_that_is_not_printed_leaves_nothing_but_what_people_said(connection: Connection, run: Run) -> None:
    first, second, third = rows(connection, letters_table)
    objections.add_by_letter(connection, first["id"], LATER)
    connection.execute(insert(scans).values(id="scan", letter_id=second["id"], kind=next(iter(ScanKind)), scanned_at=LATER))
    letters.cancel(connection, [second["id"]], "erased", LetterState.CANCELLED)
    assert letters.remove(connection, run.id) == {row["customer_id"] for row in (first, second, third)}
    assert rows(connection, letters_table) == rows(connection, coupons) == rows(connection, scans) == []
    assert connection.execute(select(objections_table.c.letter_id, objections_table.c.customer_id)).tuples().all() == [(None, first["customer_id"])]
