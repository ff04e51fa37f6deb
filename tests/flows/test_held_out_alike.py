"""Do the mailed and the held-out differ in nothing but the draw, also after the selection: rejected, taken out, waiting for approval?"""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import Engine

from campaigns.campaign import Step
from campaigns.holdout import in_holdout
from campaigns.objection import ObjectionChannel
from campaigns.print_run import PrintRunState
from flows.printing.handing_over import decide_on_run, hand_over_run
from store import objections
from store.engine import reading, writing
from store.schema import customers, holdouts, verdicts
from store.settings import Settings
from tests.flows.little_shop import open_with, save
from tests.flows.way import again, quiet, rendered, selected
from tests.store.shop import NOW, days_ago, order, rows, store

TWO_STEPS = (Step("note"), Step("note", 10))


@pytest.fixture
def clock() -> Callable[[float], object]:
    """The day of tests.store.shop, or so many days later."""
    return lambda days: time_machine.travel(NOW + timedelta(days=days), tick=False)


def held(engine: Engine) -> dict[int, list[int]]:
    """Customer id -> steps that they are held out of."""
    with reading(engine) as connection:
        found: dict[int, list[int]] = {}
        for row in rows(connection, holdouts):
            found.setdefault(row["customer_id"], []).append(row["step"])
        return found


def test_a_rejected_run_has_held_out_nobody(engine: Engine, settings: Settings, clock: Callable[[float], time_machine.travel]) -> None:
    open_with(engine, 20)
    save(engine, steps=TWO_STEPS, holdout_percent=50, cooldown_days=0)
    with clock(0):
        first = rendered(engine, settings)
        waiting = held(engine)
        assert 0 < len(waiting) < 20
        decide_on_run(engine, settings, first.id, approved=False, by="Martha", comment="")
        assert held(engine) == {}
    with clock(30):
        rendered(engine, settings)
        assert held(engine) == waiting, "as the mailed: from the first step on again"


def test_the_held_out_wait_for_approval_as_the_mailed_do(engine: Engine, settings: Settings, clock: Callable[[float], time_machine.travel]) -> None:
    open_with(engine, 20)
    save(engine, steps=TWO_STEPS, holdout_percent=50, cooldown_days=0)
    with clock(0):
        run = rendered(engine, settings)
    with clock(9):
        decide_on_run(engine, settings, run.id, approved=True, by="Martha", comment="")
        hand_over_run(engine, settings, run.id, quiet)
    with clock(11):
        early = selected(engine, settings)
        assert (early.state, dict(early.funnel.counts)) == (PrintRunState.EMPTY, {"not_due": 20})
    with clock(19):
        due = selected(engine, settings)
        assert set(due.funnel.counts) == {"selected", "holdout"}
        assert {tuple(steps) for steps in held(engine).values()} == {(1, 2)}


def test_whoever_buys_or_objects_before_the_hand_over_is_in_neither_group(
    engine: Engine, settings: Settings, clock: Callable[[float], time_machine.travel]
) -> None:
    open_with(engine, 20)
    saved = save(engine, steps=TWO_STEPS, holdout_percent=50)
    with clock(0):
        run = rendered(engine, settings)
        with writing(engine) as connection:
            people = rows(connection, customers)
            for person in people[:8]:  # some of either group
                store(connection, order(100 + person["id"], customer_number=person["number"], ordered_at=days_ago(1)))
            objections.add(connection, people[8]["id"], ObjectionChannel.DESK, NOW)
            objections.add(connection, people[9]["id"], ObjectionChannel.DESK, NOW)
        out = {person["id"] for person in people if in_holdout(person["person_key"], saved.definition, settings.secret)}
        gone = {person["id"] for person in people[:10]}
        assert out & gone and gone - out
        decide_on_run(engine, settings, run.id, approved=True, by="Martha", comment="")
        hand_over_run(engine, settings, run.id, quiet)
        assert again(engine, run).state is PrintRunState.HANDED_OVER
    assert set(held(engine)) == out - gone
    with reading(engine) as connection:
        assert {row["handed_over_at"] for row in rows(connection, holdouts)} == {NOW}
        assert {row["customer_id"] for row in rows(connection, verdicts) if row["outcome"] == "holdout"} == out - gone


def test_a_run_that_holds_out_everybody_waits_for_nothing(engine: Engine, settings: Settings, clock: Callable[[float], time_machine.travel]) -> None:
    open_with(engine, 1)
    for number in range(50):  # until the draw takes the only one
        saved = save(engine, slug=f"try-{number}", steps=TWO_STEPS, holdout_percent=50, cooldown_days=0)
        with reading(engine) as connection:
            (person,) = rows(connection, customers)
        if in_holdout(person["person_key"], saved.definition, settings.secret):
            break
    with clock(0):
        assert selected(engine, settings, saved.definition.slug).state is PrintRunState.EMPTY
    with clock(10):
        selected(engine, settings, saved.definition.slug)
    assert list(held(engine).values()) == [[1, 2]]
