"""Do the terminal and the Prefect UI say what the campaign has brought, and never stop a run that has handed over?"""

import csv
import logging
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from campaigns.results import Reckoning
from flows import result_artifacts, result_words
from flows.cli import app
from flows.wiring import installation
from store import results
from store.engine import reading, writing
from tests.flows.terminal import postillion
from tests.store.results.history import BASE, History

Shown = list[tuple[str, Any]]


@pytest.fixture(autouse=True)
def letters(own_installation: None) -> None:
    """A campaign with 40 letters and nobody held out."""
    postillion("migrate")
    with installation() as (engine, _), writing(engine) as connection:
        past = History(connection)
        campaign = past.campaign("letters")
        run = past.run(campaign)
        today = (datetime.now(UTC) - BASE).days
        for number in range(40):
            person = past.person()
            letter = past.letter(run, campaign, person, today - 20, layout="a" if number % 2 else "b")
            order = past.order(person, today - 10, 1234) if number < 9 else None
            if number < 4:
                past.redeem(past.coupon(letter), order)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """What would be put into the Prefect UI."""
    found: Shown = []

    def keep(key: str, **content: Any) -> None:
        found.append((key, content.get("markdown", content.get("table"))))

    monkeypatch.setattr(result_artifacts, "create_markdown_artifact", keep)
    monkeypatch.setattr(result_artifacts, "create_table_artifact", keep)
    monkeypatch.setattr(result_artifacts, "get_run_logger", lambda: logging.getLogger("a run"))
    return found


def test_the_terminal_says_the_three_numbers_and_writes_the_list(tmp_path: Path) -> None:
    said = postillion("campaign", "results", "letters", "--csv", str(tmp_path / "r.csv"))
    assert "At least: 4 buyers, 4 orders, €49.36" in said and "At most: 9 buyers, 9 orders, €111.06 within 60 days after posting" in said
    assert "Because of the letters: cannot be told: the campaign holds nobody out" in said
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [(row["step"], row["layout"], row["orders"]) for row in rows] == [("", "", "9"), ("1", "", "9"), ("1", "a", "4"), ("1", "b", "5")]
    assert "0 buyers, 0 orders, €0 within 5 days" in postillion("campaign", "results", "letters", "--days", "5")


def test_no_amount_is_cut_off_in_a_terminal_of_eighty_characters() -> None:
    said = CliRunner(env={"COLUMNS": "80"}).invoke(app, ["campaign", "results", "letters"]).output
    [revenue] = [re.split(r"\s*[│|]\s*", line)[1:-1] for line in said.splitlines() if re.match(r"[│|] revenue", line)]
    assert (len(revenue), revenue[0], revenue[1], revenue[-1]) == (5, "revenue", "€111.06", "€111.06"), "of the step, its two layouts, and all"


def test_an_unknown_campaign_and_an_impossible_window_are_refused_in_words() -> None:
    assert "There is no campaign 'nothing' (saved are: letters)" in postillion("campaign", "results", "nothing", code=1)
    postillion("campaign", "results", "letters", "--days", "0", code=2)
    postillion("campaign", "results", "letters", "--days", "366", code=2)


def test_after_a_run_its_results_are_shown_in_prefect(shown: Shown) -> None:
    with installation() as (engine, settings):
        result_artifacts.show_results(engine, settings, "letters")
    (key, text), (lines, table) = shown
    assert (key, lines) == ("results-letters", "results-lines-letters")
    assert "At most: 9 buyers" in text and f"{settings.desk_url}/desk/campaigns/letters/results" in text
    assert [(row["letters of"], row["buyers"]) for row in table] == [("step 1", 9), ("step 1, a", 4), ("step 1, b", 5), ("all", 9)]


def test_housekeeping_shows_all_campaigns_and_the_meters(shown: Shown) -> None:
    with installation() as (engine, settings):
        result_artifacts.show_all_results(engine, settings)
    assert [key for key, _ in shown] == ["results-letters", "results-lines-letters", "results", "results-meters"]
    content = dict(shown)
    assert [(row["campaign"], row["orders"]) for row in content["results"]] == [("letters", 9)]
    assert [(row["meter"], row["written to"], row["ordered since"]) for row in content["results-meters"]] == [
        ("no purchase", 0, 0),
        ("carts", 0, 0),
        ("winback", 40, 9),
    ]


def test_results_that_cannot_be_reckoned_are_a_warning_with_the_reason(shown: Shown, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with installation() as (engine, settings):
        result_artifacts.show_all_results(engine, settings.model_copy(update={"tariff_file": tmp_path / "gone.toml"}))
    assert shown == []
    told = [record for record in caplog.records if "are not shown: InvalidTariff" in record.message]
    assert [(record.levelname, record.exc_info) for record in told] == [("WARNING", None)] * 2


def test_a_bug_in_the_results_fails_no_run_and_is_an_error_with_its_place(
    shown: Shown, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(results, "of_campaign", fail)
    monkeypatch.setattr(results, "overview", fail)
    with installation() as (engine, settings):
        result_artifacts.show_all_results(engine, settings)
    told = [record for record in caplog.records if "are not shown: KeyError: 'a bug'" in record.message]
    assert [(record.levelname, bool(record.exc_info)) for record in told] == [("ERROR", True)] * 2


def test_a_prefect_that_takes_no_artifact_fails_no_run(monkeypatch: pytest.MonkeyPatch, shown: Shown, caplog: pytest.LogCaptureFixture) -> None:
    def refuse(**_: object) -> None:
        raise TimeoutError("the API is away")

    monkeypatch.setattr(result_artifacts, "create_markdown_artifact", refuse)
    with installation() as (engine, settings):
        result_artifacts.show_results(engine, settings, "letters")
    assert shown == [] and "results of letters are not shown: TimeoutError" in caplog.text


def test_a_proven_lift_is_said_with_its_interval_and_an_unproven_one_with_what_it_takes() -> None:
    with installation() as (engine, _), writing(engine) as connection:
        past = History(connection, letters=1000, orders=1000)
        for slug, buyers in (("good", 60), ("vague", 5)):
            campaign = past.campaign(slug)
            run = past.run(campaign)
            for number in range(300):
                person = past.person()
                (past.letter if number < 150 else past.holdout)(run, campaign, person)
                if number < buyers or number >= 295:
                    past.order(person, 5, 1000)

    def words(slug: str) -> str:
        with installation() as (engine, _), reading(engine) as connection:
            found = results.of_campaign(connection, slug, Reckoning(), datetime.now(UTC))
        assert found
        return "\n".join(result_words.result_lines(found))

    assert "Because of the letters: +55 buyers (95 % interval +" in words("good") and "extra revenue €" in words("good")
    assert "Because of the letters: not proven yet, 0 buyers" in words("vague").replace("+0 buyers", "0 buyers")
    assert "To see a difference of" in words("vague")
