"""Which of two campaigns writes to a person whom both would write to; on both databases."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine, insert, update

from campaigns.campaign import Step
from campaigns.kinds import Segment
from campaigns.print_run import PrintRunState
from campaigns.verdict import Reason
from flows.errors import NotToday, OfferGone
from flows.printing.handing_over import decide_on_run
from flows.selection.competing import COMPETES_FOR
from flows.selection.dry_running import dry_run
from layouts.errors import UnknownLayout
from layouts.layout import BUNDLED
from store.engine import writing
from store.schema import campaign_versions, customers, offers
from store.settings import Settings
from tests.flows.little_shop import details, open_with, save, save_as, tariff_without, verdicts, written
from tests.flows.way import handed_over, selected
from tests.store.shop import NOW, OFFER

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The day of tests.store.shop, to be moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def run_and_reject(engine: Engine, settings: Settings, slug: str) -> None:
    """A first print run of which nothing is left: the campaign competes from here on."""
    run = selected(engine, settings, slug)
    if run.state is not PrintRunState.EMPTY:
        decide_on_run(engine, settings, run.id, approved=False, by="Martha", comment="")


def test_a_campaign_leaves_people_to_one_of_higher_priority(engine: Engine, settings: Settings) -> None:
    open_with(engine, 2)
    save(engine, "first", priority=2)
    save(engine, "second", priority=3)
    run_and_reject(engine, settings, "first")
    assert selected(engine, settings, "second").state is PrintRunState.EMPTY
    assert verdicts(engine, "second") == {"Anna1": Reason.IN_OTHER_CAMPAIGN, "Anna2": Reason.IN_OTHER_CAMPAIGN}
    assert "first" in details(engine)
    assert written(engine, selected(engine, settings, "first")) == ["Anna1", "Anna2"], "which writes to them when it runs, later that day"


def test_it_takes_only_whom_it_would_write_to(engine: Engine, settings: Settings) -> None:
    open_with(engine, 3)
    save(engine, "first", audience=Segment(postcodes=("99",)), priority=2)
    save(engine, "second", priority=3)
    with writing(engine) as connection:
        connection.execute(update(customers).where(customers.c.first_name == "Anna2").values(postcode="99084"))
    run_and_reject(engine, settings, "first")
    assert written(engine, selected(engine, settings, "second")) == ["Anna1", "Anna3"]


def test_it_takes_nobody_whom_it_would_hold_out(engine: Engine, settings: Settings) -> None:
    open_with(engine, 20)
    save(engine, "first", priority=2, holdout_percent=50)
    save(engine, "second", priority=3)
    run = selected(engine, settings, "first")
    mailed = set(written(engine, run))
    decide_on_run(engine, settings, run.id, approved=False, by="Martha", comment="")
    assert 0 < len(mailed) < 20
    with writing(engine) as connection:  # as if it had not drawn yet
        connection.exec_driver_sql("DELETE FROM holdouts")
    others = set(written(engine, selected(engine, settings, "second")))
    assert others == {f"Anna{number}" for number in range(1, 21)} - mailed


def test_a_campaign_that_never_ran_takes_nobody(engine: Engine, settings: Settings) -> None:
    open_with(engine, 1)
    save(engine, "first", priority=2)
    save(engine, "second", priority=3)
    assert written(engine, selected(engine, settings, "second")) == ["Anna1"]


def test_a_campaign_that_has_not_run_for_long_takes_nobody_any_more(engine: Engine, settings: Settings, clock: time_machine.Traveller) -> None:
    open_with(engine, 1)
    save(engine, "first", priority=2)
    save(engine, "second", priority=3)
    run_and_reject(engine, settings, "first")
    clock.shift(COMPETES_FOR)
    assert selected(engine, settings, "second").state is PrintRunState.EMPTY
    clock.shift(timedelta(seconds=1))
    assert written(engine, selected(engine, settings, "second")) == ["Anna1"]


@pytest.mark.parametrize("off", [{"active": False}, {"latest": NOW.date() - DAY}, {"earliest": NOW.date() + DAY}])
def test_a_campaign_that_does_not_run_today_takes_nobody(engine: Engine, settings: Settings, off: dict[str, Any]) -> None:
    open_with(engine, 1)
    first = save(engine, "first", priority=2).definition
    save(engine, "second", priority=3)
    run_and_reject(engine, settings, "first")
    resting = replace(first, active=False) if "active" in off else replace(first, limits=replace(first.limits, **off))
    save_as(engine, resting)
    with pytest.raises(NotToday):
        selected(engine, settings, "first")
    assert written(engine, selected(engine, settings, "second")) == ["Anna1"]


@pytest.mark.parametrize("limit", ["max_letters", "budget_cents"])
def test_a_campaign_that_is_used_up_takes_nobody(engine: Engine, settings: Settings, limit: str) -> None:
    open_with(engine, 2)
    save(engine, "first", priority=2, max_letters_per_run=1)
    save(engine, "second", priority=3)
    handed_over(engine, settings, "first")
    save(engine, "first", priority=2, **dict[str, Any]({limit: 1}))
    run = selected(engine, settings, "second")
    assert written(engine, run) == ["Anna2"]
    assert verdicts(engine, "second")["Anna1"] == Reason.IN_OTHER_CAMPAIGN, "who had its letter today is left alone all the same"


def test_a_campaign_whose_definition_cannot_be_read_any_more_holds_up_nobody(engine: Engine, settings: Settings) -> None:
    open_with(engine, 1)
    first = save(engine, "first", priority=2)
    save(engine, "second", priority=3)
    run_and_reject(engine, settings, "first")
    with writing(engine) as connection:
        broken = {"slug": "first", "version": "of a former release", "definition": {"slug": "first"}, "saved_at": NOW}
        connection.execute(insert(campaign_versions).values(broken))
        newest = connection.exec_driver_sql("SELECT max(id) FROM campaign_versions").scalar_one()
        connection.exec_driver_sql(f"UPDATE campaigns SET version_id = {newest} WHERE id = {first.id}")
    assert written(engine, selected(engine, settings, "second")) == ["Anna1"]


def test_among_equals_whoever_runs_first_has_the_day(engine: Engine, settings: Settings, clock: time_machine.Traveller) -> None:
    open_with(engine, 1)
    for slug in ("one", "other"):
        save(engine, slug)
        run_and_reject(engine, settings, slug)
    handed_over(engine, settings, "other")
    assert selected(engine, settings, "one").state is PrintRunState.EMPTY
    assert verdicts(engine, "one") == {"Anna1": Reason.IN_OTHER_CAMPAIGN}
    clock.shift(DAY)
    assert written(engine, selected(engine, settings, "one")) == ["Anna1"], "tomorrow, where there is no cooldown"


def test_of_several_the_first_by_priority_is_named(engine: Engine, settings: Settings) -> None:
    open_with(engine, 1)
    for priority, slug in enumerate(("a-third", "b-first", "c-second")):
        save(engine, slug, priority=(4, 2, 3)[priority])
        run_and_reject(engine, settings, slug)
    save(engine, "last", priority=9)
    selected(engine, settings, "last")
    assert verdicts(engine, "last") == {"Anna1": Reason.IN_OTHER_CAMPAIGN}
    with writing(engine) as connection:
        named = connection.exec_driver_sql("SELECT v.detail FROM verdicts v JOIN campaigns c ON c.id = v.campaign_id WHERE c.slug = 'last'").scalar_one()
    assert named == "b-first"


@pytest.mark.parametrize("limits", [{"budget_per_run_cents": 100}, {"minimum_letters": 50}, {"max_letters_per_run": 1}], ids=["budget", "minimum", "letters"])
def test_whom_it_has_no_room_for_it_leaves_to_the_others(engine: Engine, settings: Settings, limits: dict[str, Any]) -> None:
    open_with(engine, 5)
    save(engine, "first", priority=2, **limits)
    save(engine, "second", priority=3)
    first = handed_over(engine, settings, "first")
    mailed = set(written(engine, first)) if first.state is PrintRunState.HANDED_OVER else set()
    assert set(written(engine, selected(engine, settings, "second"))) == {f"Anna{number}" for number in range(1, 6)} - mailed


def own_layout(folder: Path) -> Path:
    shutil.copytree(BUNDLED / "note", folder / "ours")
    return folder


def test_a_campaign_whose_layout_is_gone_takes_nobody(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    folder = own_layout(tmp_path / "own")
    settings = settings.model_copy(update={"layouts_dir": folder})
    open_with(engine, 1)
    save(engine, "first", steps=(Step("ours"),), priority=2)
    save(engine, "second", priority=3)
    run_and_reject(engine, settings, "first")
    assert selected(engine, settings, "second").state is PrintRunState.EMPTY, "as long as it can write, it goes first"
    shutil.rmtree(folder / "ours")
    with pytest.raises(UnknownLayout):
        selected(engine, settings, "first")
    assert written(engine, selected(engine, settings, "second")) == ["Anna1"]


def test_a_campaign_whose_layout_is_gone_takes_nobody_in_a_dry_run_either(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    folder = own_layout(tmp_path / "own")
    settings = settings.model_copy(update={"layouts_dir": folder})
    open_with(engine, 1)
    save(engine, "first", steps=(Step("ours"),), priority=2)
    save(engine, "second", priority=3)
    run_and_reject(engine, settings, "first")
    (folder / "ours" / "layout.toml").write_text("no = 'layout'", encoding="utf-8")
    assert dry_run(engine, settings, "second", NOW, lambda _share: None).would_be == 1


def test_a_campaign_whose_offer_is_gone_takes_nobody(engine: Engine, settings: Settings) -> None:
    open_with(engine, 1)
    rare = replace(OFFER, slug="rare")
    save(engine, "first", steps=(Step("offer", offer="rare"),), offer=rare, priority=2)
    save(engine, "second", priority=3)
    run_and_reject(engine, settings, "first")
    with writing(engine) as connection:
        connection.execute(update(offers).where(offers.c.slug == "rare").values(slug="deleted"))
    with pytest.raises(OfferGone):
        selected(engine, settings, "first")
    assert written(engine, selected(engine, settings, "second")) == ["Anna1"]


def test_whom_it_has_no_postage_for_it_leaves_to_the_others(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    open_with(engine, 1)
    with writing(engine) as connection:
        connection.execute(update(customers).values(country="FR", postcode="75001"))
    save(engine, "first", priority=2, countries=())
    save(engine, "second", priority=3, countries=())
    assert selected(engine, settings.model_copy(update={"tariff_file": tariff_without(tmp_path, "*")}), "first").state is PrintRunState.EMPTY
    assert written(engine, selected(engine, settings, "second")) == ["Anna1"]
