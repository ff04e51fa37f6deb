"""Can a print run be worked on by two flows, or by none for a while, without harm?"""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from campaigns.print_run import FINISHED, PrintRunState
from campaigns.verdict import Funnel
from layouts import print_shop
from layouts.production import Production
from store import print_runs
from store.errors import WrongState
from tests.store.shop import CAMPAIGN, LATER, NOW, OCCASION, Run, start_run


@pytest.fixture
def run(connection: Connection) -> Run:
    return start_run(connection)


def open_another(connection: Connection, run: Run) -> int:
    return print_runs.open_run(connection, run.campaign_id, run.version_id, {}, OCCASION, "flow-2", LATER)


def test_a_new_run_is_selecting(connection: Connection, run: Run) -> None:
    found = run.read(connection)
    assert (found.campaign, found.name, found.state, found.cursor, found.funnel.audience) == ("winback", f"winback-{run.id:05d}", "selecting", 0, 0)
    assert (found.letter_date, found.layouts, found.flow_run_id, found.created_at) == (date(2026, 11, 22), {"winback": "v1"}, "flow-1", NOW)
    assert print_runs.unfinished(connection, run.campaign_id) == found == print_runs.locked(connection, run.id)
    assert print_runs.by_id(connection, run.id + 1) is None


@pytest.mark.parametrize("state", PrintRunState)
def test_the_database_refuses_a_second_run_while_one_is_unfinished(connection: Connection, run: Run, state: PrintRunState) -> None:
    print_runs.must_move(connection, run.id, PrintRunState.SELECTING, state)
    if state in FINISHED:
        second = open_another(connection, run)
        assert [each.id for each in print_runs.latest(connection, 5)] == [second, run.id]
        assert print_runs.unfinished(connection, run.campaign_id) == print_runs.by_id(connection, second)
    else:
        with pytest.raises(IntegrityError), connection.begin_nested():
            open_another(connection, run)
        assert [each.id for each in print_runs.latest(connection, 5)] == [run.id]


def test_another_campaign_may_run_beside_it(connection: Connection, run: Run) -> None:
    start_run(connection, replace(CAMPAIGN, slug="winback-b"))
    assert len(print_runs.latest(connection, 5)) == 2
    assert len(print_runs.latest(connection, 1)) == 1


def test_a_page_of_the_audience_is_noted(connection: Connection, run: Run) -> None:
    print_runs.note_page(connection, print_runs.locked(connection, run.id), 100, Funnel(Counter({"selected": 90, "cooldown": 10})))
    after = run.read(connection)
    assert (after.cursor, after.funnel.rows()) == (100, [("audience", 100), ("cooldown", 10), ("holdout", 0), ("selected", 90)])


def test_a_run_is_found_by_the_flow_run_that_works_on_it(connection: Connection, run: Run) -> None:
    found = print_runs.of_flow_run(connection, "flow-1")
    assert found
    assert found.id == run.id
    print_runs.adopt(connection, found, "flow-9")
    assert print_runs.of_flow_run(connection, "flow-1") is None
    assert print_runs.of_flow_run(connection, "") is None


def test_a_print_run_that_is_not_there_is_named(connection: Connection, run: Run) -> None:
    with pytest.raises(WrongState, match="no print run 4711"):
        print_runs.get(connection, 4711)


def test_a_move_is_made_once_and_takes_along_what_is_known(connection: Connection, run: Run) -> None:
    assert print_runs.move(connection, run.id, PrintRunState.SELECTING, PrintRunState.APPROVED, decided_at=LATER, decided_by="mara", comment="fine")
    assert not print_runs.move(connection, run.id, PrintRunState.SELECTING, PrintRunState.REJECTED)
    found = run.read(connection)
    assert (found.state, found.decided_at, found.decided_by, found.comment) == ("approved", LATER, "mara", "fine")


def test_a_move_from_another_state_says_what_is_wrong(connection: Connection, run: Run) -> None:
    with pytest.raises(WrongState, match=rf"Print run {run.id} is selecting, not approved: it cannot become handed_over\."):
        print_runs.must_move(connection, run.id, PrintRunState.APPROVED, PrintRunState.HANDED_OVER)
    with pytest.raises(WrongState, match="is unknown"):
        print_runs.must_move(connection, 10**6, PrintRunState.APPROVED, PrintRunState.HANDED_OVER)


def test_another_flow_run_takes_over(connection: Connection, run: Run) -> None:
    print_runs.adopt(connection, run.read(connection), "flow-2")
    assert run.read(connection).flow_run_id == "flow-2"


def test_what_the_print_shop_wanted_when_the_run_began_is_kept(connection: Connection, run: Run) -> None:
    assert run.read(connection).production == Production()
    print_runs.must_move(connection, run.id, PrintRunState.SELECTING, PrintRunState.REJECTED)
    pingen = print_shop.load("pingen")
    second = print_runs.open_run(connection, run.campaign_id, run.version_id, {}, OCCASION, "flow-2", LATER, production=pingen)
    assert print_runs.get(connection, second).production == pingen
