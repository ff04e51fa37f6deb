"""What happens when the calendar, the campaign or the people do not keep still between two runs: each case says what; on both databases."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import Engine, select

from campaigns.campaign import Step
from campaigns.day import Day
from campaigns.identity import MergeReason
from campaigns.kinds import NoPurchase, Reorder, Winback
from campaigns.letter import LetterState
from campaigns.order import OrderState
from campaigns.print_run import PrintRunState
from campaigns.verdict import Reason
from flows.errors import BeingWorkedOn
from flows.locks import working_on
from flows.printing.handing_over import decide_on_run, hand_over_run
from flows.selection.selecting import open_or_resume, select_letters
from store import letters
from store.customers import upsert_customers
from store.engine import reading, writing
from store.erasure import erase
from store.merges import unite
from store.orders import upsert_orders
from store.schema import customers
from store.schema import letters as letters_table
from store.schema import verdicts as verdicts_table
from store.settings import Settings
from tests.flows.little_shop import add_people, count, open_with, save, verdicts, written
from tests.flows.way import handed_over, quiet, rendered, selected
from tests.store.shop import NOW, customer_id, order, person, rows, store

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
TWO = (Step("note"), Step("note", 30))


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The day of tests.store.shop, to be moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def steps_of(engine: Engine) -> Counter[tuple[str, int]]:
    """First name and step of every letter that went out or will."""
    with reading(engine) as connection:
        query = select(customers.c.first_name, letters_table.c.step).join(letters_table, letters_table.c.customer_id == customers.c.id)
        return Counter(connection.execute(query.where(letters_table.c.state.not_in(("cancelled", "failed")))).tuples().all())


@pytest.mark.parametrize("change", [datetime(2026, 3, 29, tzinfo=BERLIN), datetime(2026, 10, 25, tzinfo=BERLIN)])
def test_a_daily_run_over_the_change_of_the_clocks_misses_nobody_and_writes_nobody_twice(
    engine: Engine, settings: Settings, clock: time_machine.Traveller, change: datetime
) -> None:
    """At six in the morning by the shop's clock, which is another hour by UTC from the change on."""
    first = change - 4 * DAY
    runs = [datetime.combine((first + number * DAY).date(), datetime.min.time().replace(hour=6), BERLIN) for number in range(9)]
    with writing(engine) as connection:
        store(connection, *(person(number) for number in range(1, 10)))
        placed = [order(number, customer_number=f"K{number}", ordered_at=moment.astimezone(UTC) - 3 * DAY) for number, moment in enumerate(runs, 1)]
        store(connection, *placed)
    save(engine, steps=(Step("note", 4),), audience=Reorder())
    for number, moment in enumerate(runs, 1):
        clock.move_to(moment.astimezone(UTC))
        run = handed_over(engine, settings)
        due = [one for one in placed if Day(moment, BERLIN, 5).days_since(one.ordered_at) == 4]
        assert [name.removeprefix("Anna") for name in written(engine, run)] == [one.customer_number.removeprefix("K") for one in due], moment
        assert len(due) == (number > 1), "one a day, from the second day on"
    assert set(steps_of(engine).values()) == {1}


@pytest.mark.parametrize("pause", [2, 8])
def test_days_without_a_run_lose_nobody(engine: Engine, settings: Settings, clock: time_machine.Traveller, pause: int) -> None:
    with writing(engine) as connection:
        store(connection, *(person(number) for number in range(1, 11)))
        store(connection, *(order(number, customer_number=f"K{number}", ordered_at=NOW - timedelta(days=181 - number)) for number in range(1, 11)))
    save(engine, steps=TWO)
    assert written(engine, handed_over(engine, settings)) == ["Anna1"]
    clock.shift(pause * DAY)
    assert written(engine, handed_over(engine, settings)) == [f"Anna{number}" for number in range(2, 2 + pause)], "all who became due meanwhile"
    clock.shift(30 * DAY)
    handed_over(engine, settings)
    steps = steps_of(engine)
    assert steps["Anna1", 2] == 1, "late, and once"
    assert set(steps.values()) == {1}


@pytest.mark.parametrize("back", [timedelta(hours=1), DAY])
def test_a_clock_that_is_set_back_writes_nobody_twice(engine: Engine, settings: Settings, clock: time_machine.Traveller, back: timedelta) -> None:
    open_with(engine, 3)
    save(engine, steps=TWO, max_letters_per_run=2)
    assert written(engine, handed_over(engine, settings)) == ["Anna1", "Anna2"]
    clock.shift(-back)
    run = handed_over(engine, settings)
    assert written(engine, run) == ["Anna3"]
    assert run.funnel.counts == Counter({"selected": 1, Reason.NOT_DUE: 2})
    clock.move_to(NOW + 30 * DAY)
    assert written(engine, handed_over(engine, settings)) == ["Anna1", "Anna2"], "their second step, when it is due by the right clock"


def test_a_clock_that_is_set_back_does_not_let_a_second_campaign_in(engine: Engine, settings: Settings, clock: time_machine.Traveller) -> None:
    open_with(engine, 1)
    save(engine, "one", cooldown_days=10)
    save(engine, "other", cooldown_days=10)
    handed_over(engine, settings, "one")
    clock.shift(-DAY)
    assert selected(engine, settings, "other").state is PrintRunState.EMPTY
    assert verdicts(engine, "other") == {"Anna1": Reason.IN_OTHER_CAMPAIGN}


def test_two_runs_at_once_write_to_each_person_once(engine: Engine, settings: Settings) -> None:
    open_with(engine, 8)
    save(engine)

    def one(number: int) -> str:
        run = open_or_resume(engine, settings, "winback", f"flow {number}")
        try:
            with working_on(engine, settings, run.id) as hold:
                return str(select_letters(engine, settings, run, hold).state)
        except BeingWorkedOn as busy:
            return str(busy)

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(one, range(4)))
    assert "rendering" in said
    assert set(steps_of(engine).values()) == {1}
    assert len(steps_of(engine)) == 8


def test_two_campaigns_at_once_write_to_each_person_once(engine: Engine, settings: Settings) -> None:
    open_with(engine, 8)
    for slug in ("one", "other"):
        save(engine, slug)
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda slug: selected(engine, settings, slug), ("one", "other")))
    assert sum(count(engine, run) for run in runs) == 8
    assert set(steps_of(engine).values()) == {1}


def test_a_campaign_with_fewer_steps_than_before_is_done_for_those_who_are_further(engine: Engine, settings: Settings, clock: time_machine.Traveller) -> None:
    open_with(engine, 1)
    save(engine, steps=(Step("note"), Step("note", 10), Step("note", 10)))
    for _ in range(2):
        handed_over(engine, settings)
        clock.shift(10 * DAY)
    save(engine, steps=(Step("plain"),))
    assert selected(engine, settings).funnel.counts == Counter({Reason.SEQUENCE_DONE: 1})
    save(engine, steps=(Step("note"), Step("note", 10), Step("plain", 10)))
    run = handed_over(engine, settings)
    assert written(engine, run) == ["Anna1"], "with more steps again, it goes on where it was"
    assert steps_of(engine) == Counter({("Anna1", 1): 1, ("Anna1", 2): 1, ("Anna1", 3): 1})


def test_the_delay_counts_that_stands_in_the_campaign_today(engine: Engine, settings: Settings, clock: time_machine.Traveller) -> None:
    open_with(engine, 1)
    save(engine, steps=TWO)
    handed_over(engine, settings)
    clock.shift(20 * DAY)
    assert selected(engine, settings).funnel.counts == Counter({Reason.NOT_DUE: 1})
    save(engine, steps=(Step("note"), Step("note", 20)))
    assert written(engine, selected(engine, settings)) == ["Anna1"]


def test_a_campaign_of_another_kind_than_before_goes_on_with_the_letters_that_it_sent(
    engine: Engine, settings: Settings, clock: time_machine.Traveller
) -> None:
    open_with(engine, 1)
    with writing(engine) as connection:
        upsert_customers(connection, [person(2, registered_at=NOW - timedelta(days=100))], settings.secret, NOW)
    save(engine, steps=TWO)
    assert written(engine, handed_over(engine, settings)) == ["Anna1"]
    save(engine, steps=(Step("welcome", 1, offer="ten"),), audience=NoPurchase())
    clock.shift(DAY)
    run = handed_over(engine, settings)
    assert written(engine, run) == ["Anna2"], "whom only the new kind is about"
    save(engine, steps=TWO, audience=Winback())
    clock.shift(29 * DAY)
    assert written(engine, handed_over(engine, settings)) == ["Anna1"], "the second letter after the first"


def test_a_run_keeps_the_version_that_it_began_with(engine: Engine, settings: Settings) -> None:
    open_with(engine, 2)
    before = save(engine, steps=TWO)
    run = rendered(engine, settings)
    save(engine, steps=(Step("plain"),), max_letters_per_run=1)
    decide_on_run(engine, settings, run.id, approved=True, by="Martha", comment="")
    done = hand_over_run(engine, settings, run.id, quiet)
    assert (done.version_id, done.state) == (before.version_id, PrintRunState.HANDED_OVER)
    with reading(engine) as connection:
        assert {row["layout"] for row in rows(connection, letters_table)} == {"note"}
    second = selected(engine, settings)
    assert second.version_id != before.version_id
    assert second.funnel.counts == Counter({Reason.SEQUENCE_DONE: 2}), "the new version has one step only"


def test_two_people_who_are_united_in_the_middle_of_their_sequences_go_on_as_one(engine: Engine, settings: Settings, clock: time_machine.Traveller) -> None:
    open_with(engine, 2)
    save(engine, steps=TWO)
    handed_over(engine, settings)
    with writing(engine) as connection:
        assert unite(connection, customer_id(connection), customer_id(connection, "anna2@example.org"), MergeReason.DESK, settings.secret, NOW)
    clock.shift(30 * DAY)
    run = handed_over(engine, settings)
    assert run.funnel.counts == Counter({"selected": 1})
    assert count(engine, run) == 1
    clock.shift(30 * DAY)
    assert handed_over(engine, settings).funnel.counts == Counter({Reason.SEQUENCE_DONE: 1})


def test_two_people_who_are_united_before_hand_over_get_one_letter(engine: Engine, settings: Settings) -> None:
    open_with(engine, 2)
    save(engine, steps=TWO)
    run = rendered(engine, settings)
    with writing(engine) as connection:
        assert unite(connection, customer_id(connection), customer_id(connection, "anna2@example.org"), MergeReason.DESK, settings.secret, NOW)
    decide_on_run(engine, settings, run.id, approved=True, by="Martha", comment="")
    assert hand_over_run(engine, settings, run.id, quiet).state is PrintRunState.HANDED_OVER
    with reading(engine) as connection:
        states = Counter(row["state"] for row in rows(connection, letters_table))
    assert states == Counter({LetterState.HANDED_OVER: 1, LetterState.CANCELLED: 1})


def test_who_is_erased_in_the_middle_of_a_sequence_is_in_no_audience_any_more(engine: Engine, settings: Settings, clock: time_machine.Traveller) -> None:
    open_with(engine, 2)
    save(engine, steps=TWO)
    handed_over(engine, settings)
    with writing(engine) as connection:
        erase(connection, customer_id(connection), settings.secret, NOW)
    clock.shift(30 * DAY)
    run = handed_over(engine, settings)
    assert run.funnel.counts == Counter({"selected": 1})
    assert written(engine, run) == ["Anna2"]


def test_who_is_erased_between_two_pages_is_taken_out_of_a_run_that_goes_on(engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    open_with(engine, 3)
    save(engine, minimum_letters=3)
    monkeypatch.setattr("flows.selection.selecting.PAGE", 2)
    run = open_or_resume(engine, settings, "winback", "")

    def erased(name: str) -> None:
        if name == "select.after_page":
            with writing(engine) as connection:
                anna = connection.execute(select(customers.c.id).where(customers.c.first_name == "Anna1")).scalar_one_or_none()
                if anna:
                    erase(connection, anna, settings.secret, NOW)

    monkeypatch.setattr("store.failpoint.pass_by", erased)
    with working_on(engine, settings, run.id) as hold:
        run = select_letters(engine, settings, run, hold)
    assert run.state is PrintRunState.EMPTY, "two letters are fewer than three"
    assert verdicts(engine) == {"": Reason.BELOW_MINIMUM, "Anna2": Reason.BELOW_MINIMUM, "Anna3": Reason.BELOW_MINIMUM}
    assert run.funnel.counts == Counter({Reason.BELOW_MINIMUM: 3})
    with reading(engine) as connection:
        assert rows(connection, letters_table) == []


def test_an_order_imported_late_stops_the_next_letter(engine: Engine, settings: Settings, clock: time_machine.Traveller) -> None:
    """Placed between the last known order and the first letter: an old date, and news all the same."""
    open_with(engine, 2)
    save(engine, steps=TWO)
    handed_over(engine, settings)
    clock.shift(30 * DAY)
    with writing(engine) as connection:
        upsert_orders(connection, [order(9, customer_number="K1", ordered_at=NOW - timedelta(days=20))], settings.secret, NOW)
    run = handed_over(engine, settings)
    assert written(engine, run) == ["Anna2"]


def test_an_order_imported_late_takes_a_letter_out_before_hand_over(engine: Engine, settings: Settings) -> None:
    open_with(engine, 2)
    save(engine, steps=TWO)
    run = rendered(engine, settings)
    with writing(engine) as connection:
        upsert_orders(connection, [order(9, customer_number="K1", ordered_at=NOW - timedelta(days=20))], settings.secret, NOW)
    decide_on_run(engine, settings, run.id, approved=True, by="Martha", comment="")
    hand_over_run(engine, settings, run.id, quiet)
    assert written(engine, run) == ["Anna2"]
    assert verdicts(engine)["Anna1"] == Reason.CONVERTED
    with reading(engine) as connection:
        (letter,) = letters.of_customer(connection, customer_id(connection))
    assert letter.state is LetterState.CANCELLED


def test_an_order_older_than_the_last_one_changes_nothing(engine: Engine, settings: Settings) -> None:
    open_with(engine, 1)
    save(engine, steps=TWO)
    run = rendered(engine, settings)
    with writing(engine) as connection:
        upsert_orders(connection, [order(9, customer_number="K1", ordered_at=NOW - timedelta(days=300))], settings.secret, NOW)
    decide_on_run(engine, settings, run.id, approved=True, by="Martha", comment="")
    hand_over_run(engine, settings, run.id, quiet)
    assert written(engine, run) == ["Anna1"]


def test_a_cancelled_order_that_comes_late_stops_nothing(engine: Engine, settings: Settings) -> None:
    open_with(engine, 1)
    save(engine, steps=TWO)
    run = rendered(engine, settings)
    with writing(engine) as connection:
        late = replace(order(9), ordered_at=NOW - timedelta(days=20), state=OrderState.CANCELLED)
        upsert_orders(connection, [late], settings.secret, NOW)
    decide_on_run(engine, settings, run.id, approved=True, by="Martha", comment="")
    hand_over_run(engine, settings, run.id, quiet)
    assert written(engine, run) == ["Anna1"]


def test_people_who_come_while_a_run_goes_on_are_not_lost(engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    open_with(engine, 4)
    save(engine)
    monkeypatch.setattr("flows.selection.selecting.PAGE", 2)
    come: list[int] = []

    def import_more(name: str) -> None:
        if name == "select.after_page" and not come:
            come.append(5)
            with writing(engine) as connection:
                add_people(connection, range(5, 6))

    monkeypatch.setattr("store.failpoint.pass_by", import_more)
    run = handed_over(engine, settings)
    assert written(engine, run) == [f"Anna{number}" for number in range(1, 6)]
    with reading(engine) as connection:
        assert len(rows(connection, verdicts_table)) == run.funnel.audience == 5
