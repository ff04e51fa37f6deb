"""Who was held out of what is kept by run, and forgotten with a run that is not printed."""

from sqlalchemy import Connection

from store import holdouts
from store.holdouts import NewHoldout
from store.schema import holdouts as table
from tests.store.shop import NOW, customer_id, hold_out, order, person, rows, start_run, store


def test_whom_a_run_holds_out_is_kept_with_step_layout_and_moment(connection: Connection) -> None:
    store(connection, person(1), order(1))
    run, anna = start_run(connection), customer_id(connection)
    holdouts.add(connection, run.campaign_id, run.id, [NewHoldout(anna, "order-1", 2, "note", "müller|weg")], NOW)
    (row,) = rows(connection, table)
    assert (row["campaign_id"], row["print_run_id"], row["customer_id"]) == (run.campaign_id, run.id, anna)
    assert (row["trigger"], row["step"], row["layout"], row["household_key"], row["held_out_at"]) == ("order-1", 2, "note", "müller|weg", NOW)
    holdouts.add(connection, run.campaign_id, run.id, [], NOW)
    assert holdouts.count(connection, run.id) == 1


def test_a_household_is_taken_by_whoever_of_it_is_held_out(connection: Connection) -> None:
    store(connection, person(1), order(1))
    run, anna = start_run(connection), customer_id(connection)
    holdouts.add(connection, run.campaign_id, run.id, [NewHoldout(anna, "order-1", 1, "note", "here"), NewHoldout(anna, "order-2", 1, "note", "")], NOW)
    assert holdouts.households(connection, run.id, {"here", "there", ""}) == {"here"}
    assert holdouts.households(connection, run.id + 1, {"here"}) == set()
    assert holdouts.households(connection, run.id, {""}) == set()


def test_a_run_that_is_not_printed_has_held_out_nobody(connection: Connection) -> None:
    store(connection, person(1), order(1))
    run, anna = start_run(connection), customer_id(connection)
    hold_out(connection, run, anna)
    assert holdouts.remove(connection, run.id + 1) == set()
    assert holdouts.remove(connection, run.id) == {anna}
    assert rows(connection, table) == []
