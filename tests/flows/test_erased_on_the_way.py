"""Somebody is erased between selection and the print shop: is no page of theirs handed over, and everybody else's is?"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from campaigns.print_run import PrintRunState
from flows.clock import now
from flows.errors import ErasedSince
from flows.printing import rendering
from flows.printing.handing_over import decide_on_run, hand_over_run
from layouts.din5008 import FORM_B
from letters.read_back import pages_of
from printshop.targets import Parcel
from store import failpoint, letters, print_files
from store.campaigns import SavedCampaign
from store.engine import reading, writing
from store.erasure import erase
from store.print_runs import PrintRun
from store.schema import letters as letters_table
from store.settings import Settings
from tests.flows.way import again, handed_over, quiet, rendered


def people_in(engine: Engine, run: PrintRun) -> list[tuple[int, str]]:
    """Customer and first line of the address, in printing order."""
    query = select(letters_table.c.customer_id, letters_table.c.content).where(letters_table.c.print_run_id == run.id)
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(letters_table.c.print_file_id, letters_table.c.sequence)).all()
    return [(row.customer_id, "\n".join(row.content["address"])) for row in rows]


def erased(engine: Engine, settings: Settings, customer_id: int) -> None:
    with writing(engine) as connection:
        assert erase(connection, customer_id, settings.secret, now())


def printed(engine: Engine, settings: Settings, run: PrintRun) -> Counter[str]:
    """The addresses on all pages in the print shop's folder, as words: a long line is broken to fit the window."""
    found: Counter[str] = Counter()
    with reading(engine) as connection:
        files = print_files.of_run(connection, run.id)
    for file in files:
        with pages_of(settings.handover_dir / run.name / file.name) as pages:
            found.update(" ".join(pages.text(number, FORM_B.address_zone).split()) for number in range(1, len(pages) + 1))
    return found


def only_they_are_missing(engine: Engine, settings: Settings, run: PrintRun, people: list[tuple[int, str]], gone: tuple[int, str]) -> None:
    assert again(engine, run).state is PrintRunState.HANDED_OVER
    assert printed(engine, settings, run) == Counter(" ".join(address.split()) for customer, address in people if customer != gone[0])
    whole = json.loads((settings.handover_dir / run.name / "manifest.json").read_text())
    assert whole["letters"] == len(people) - 1


@pytest.fixture
def small_files(settings: Settings) -> Settings:
    """Several print files, so that one is set anew and others are not."""
    return settings.model_copy(update={"letters_per_file": 40})


@pytest.mark.parametrize("place", [0, 41])
def test_before_the_hand_over(shop: Engine, small_files: Settings, winback: SavedCampaign, place: int) -> None:
    run = rendered(shop, small_files)
    people = people_in(shop, run)
    decide_on_run(shop, small_files, run.id, approved=True, by="Martha", comment="")
    erased(shop, small_files, people[place][0])
    hand_over_run(shop, small_files, run.id, quiet)
    only_they_are_missing(shop, small_files, run, people, people[place])


@pytest.mark.parametrize("place", [0, 5])
def test_while_their_file_is_being_set(shop: Engine, small_files: Settings, winback: SavedCampaign, monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    """The rendering process has read their letter by then; the first one of a file is even read back."""
    really_set = rendering._set
    people: list[tuple[int, str]] = []

    def erase_somebody_first(job: Any) -> Any:
        if not people:
            with reading(shop) as connection:
                [run_id] = connection.execute(select(letters_table.c.print_run_id).distinct()).scalars()
            people.extend(people_in(shop, run := again_by_id(shop, run_id)))
            assert run.state is PrintRunState.RENDERING
            erased(shop, small_files, people[place][0])
        return really_set(job)

    monkeypatch.setattr(rendering, "_set", erase_somebody_first)
    run = handed_over(shop, small_files)
    only_they_are_missing(shop, small_files, run, people, people[place])


def again_by_id(engine: Engine, run_id: int) -> PrintRun:
    from store import print_runs

    with reading(engine) as connection:
        return print_runs.get(connection, run_id)


def test_while_everything_is_being_laid_down(shop: Engine, small_files: Settings, winback: SavedCampaign, monkeypatch: pytest.MonkeyPatch) -> None:
    run = rendered(shop, small_files)
    people = people_in(shop, run)
    decide_on_run(shop, small_files, run.id, approved=True, by="Martha", comment="")
    passed: list[str] = []

    def erase_before_settling(point: str) -> None:
        if point == "hand_over.before_settling" and point not in passed:
            erased(shop, small_files, people[7][0])
        passed.append(point)

    monkeypatch.setattr(failpoint, "pass_by", erase_before_settling)
    hand_over_run(shop, small_files, run.id, quiet)
    assert passed.count("hand_over.before_settling") == 2, "it looks again before it settles"
    only_they_are_missing(shop, small_files, run, people, people[7])


def test_after_it_is_settled_the_hand_over_goes_on(shop: Engine, settings: Settings, winback: SavedCampaign, monkeypatch: pytest.MonkeyPatch) -> None:
    run = rendered(shop, settings)
    people = people_in(shop, run)
    decide_on_run(shop, settings, run.id, approved=True, by="Martha", comment="")
    with monkeypatch.context() as patch:
        patch.setattr(Parcel, "reveal", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            hand_over_run(shop, settings, run.id, quiet)
    assert again(shop, run).state is PrintRunState.HANDING_OVER
    erased(shop, settings, people[0][0])
    assert hand_over_run(shop, settings, run.id, quiet).state is PrintRunState.HANDED_OVER
    assert printed(shop, settings, run) == Counter(" ".join(address.split()) for _, address in people)
    with reading(shop) as connection:
        assert letters.count(connection, run.id) == len(people)


def test_a_print_run_with_somebody_erased_is_not_sent_once_more(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = handed_over(shop, settings)
    folder = settings.handover_dir / run.name
    erased(shop, settings, people_in(shop, run)[0][0])
    with pytest.raises(ErasedSince, match=r"^1 of the people in print run \d+ were erased"):
        hand_over_run(shop, settings, run.id, quiet, again=True)
    before = {path: path.stat().st_mtime_ns for path in Path(folder).iterdir()}
    assert hand_over_run(shop, settings, run.id, quiet).state is PrintRunState.HANDED_OVER
    assert {path: path.stat().st_mtime_ns for path in Path(folder).iterdir()} == before
