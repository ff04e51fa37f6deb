"""From the audience to the print shop's folder, by the plain functions behind the flows."""

import csv
import hashlib
import json
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import Engine, func, select, update

from campaigns.campaign import Campaign, Limits
from campaigns.letter import LetterState, code_url
from campaigns.objection import ObjectionChannel
from campaigns.print_run import PrintRunState
from campaigns.verdict import Outcome, Reason
from flows.clock import now
from flows.errors import BeingWorkedOn, LayoutChanged, LetterTooOld, MisprintedFile, Unclear, UnknownCampaign
from flows.locks import working_on
from flows.printing import rendering
from flows.printing.handing_over import decide_on_run, hand_over_run
from flows.printing.rendering import folder_of
from flows.selection.selecting import open_or_resume
from layouts.din5008 import FORM_B
from letters.errors import Misfit
from letters.print_file import RenderedFile
from letters.read_back import pages_of
from printshop.errors import TargetDiffers
from store import campaigns, evidence, history, letters, objections, print_files, print_runs
from store.campaigns import SavedCampaign
from store.engine import reading, writing
from store.errors import WrongState
from store.evidence import Effect
from store.print_runs import PrintRun
from store.schema import coupons, customers, objection_evidence, orders, verdicts
from store.schema import letters as letters_table
from store.schema import print_files as print_files_table
from store.schema import print_runs as print_runs_table
from store.settings import Settings
from tests.flows.way import again, handed_over, quiet, rendered, selected, set_files


def test_the_funnel_adds_up_to_the_audience_and_every_verdict_is_kept(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings)
    counts = run.funnel.counts
    with reading(shop) as connection:
        kept = connection.execute(select(func.count()).select_from(verdicts)).scalar_one()
        made = letters.count(connection, run.id)
    assert run.funnel.audience == kept == counts.total() > 150
    assert run.funnel.selected == made > 100
    for reason in (Reason.ABROAD, Reason.ADDRESS_INCOMPLETE, Reason.ADDRESS_INVALID, Reason.OPEN_CART, Reason.UNPRINTABLE_TEXT):
        assert counts[reason], f"the sample shop has people for {reason}"
    assert 0 < counts[Outcome.HOLDOUT] < 40


def test_a_name_that_the_font_cannot_print_is_left_out_with_its_reason(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    rendered(shop, settings)
    with reading(shop) as connection:
        details = connection.execute(select(verdicts.c.detail).where(verdicts.c.reason == Reason.UNPRINTABLE_TEXT)).scalars().all()
    assert any("U+" in detail for detail in details)


def test_what_the_print_shop_gets_says_what_the_database_says(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = handed_over(shop, settings)
    folder = settings.handover_dir / run.name
    whole = json.loads((folder / "manifest.json").read_text())
    lines = list(csv.DictReader((folder / "letters.csv").read_text().splitlines(), delimiter=";"))
    with reading(shop) as connection:
        files = print_files.of_run(connection, run.id)
        states = Counter(connection.execute(select(letters_table.c.state)).scalars())
    assert [file["sha256"] for file in whole["files"]] == [file.sha256 for file in files]
    assert all(hashlib.sha256((folder / file.name).read_bytes()).hexdigest() == file.sha256 for file in files)
    assert whole["letters"] == len(lines) == run.funnel.selected == states[LetterState.HANDED_OVER]
    assert hashlib.sha256((folder / "letters.csv").read_bytes()).hexdigest() == whole["letters_csv"]["sha256"]
    assert hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest() == run.manifest_sha256
    assert not list(folder.glob("*.part"))
    inland = [line["postcode"] for line in lines if line["country"] == "DE"]
    assert inland == sorted(inland)
    assert [line["country"] for line in lines[len(inland) :]] == sorted(line["country"] for line in lines[len(inland) :])


def test_every_address_and_code_can_be_read_from_the_finished_pages(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = handed_over(shop, settings)
    with reading(shop) as connection:
        for file in print_files.of_run(connection, run.id):
            expected = letters.for_print_file(connection, file.id)
            with pages_of(settings.handover_dir / run.name / file.name) as pages:
                assert len(pages) == len(expected)
                for number, (_, content) in enumerate(expected, 1):
                    assert pages.text(number, FORM_B.address_zone).split() == " ".join(content.address).split()  # long lines are broken
                    assert pages.codes(number) == [code_url(settings.public_url, room, content.token) for room in "SO"]


def test_the_second_step_follows_after_its_delay_with_its_own_offer(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    first = handed_over(shop, settings)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=61)):
        second = rendered(shop, settings)
    with reading(shop) as connection:
        steps = Counter(connection.execute(select(letters_table.c.step)).scalars())
        of_second = select(coupons.c.terms).join(letters_table, letters_table.c.id == coupons.c.letter_id).where(letters_table.c.step == 2)
        assert {terms["value"] for terms in connection.execute(of_second).scalars()} == {1500}
    assert steps[2] == first.funnel.selected
    assert steps[1] == first.funnel.selected + (second.funnel.selected - steps[2])


def test_holdouts_of_one_run_are_holdouts_of_the_next(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    first = handed_over(shop, settings)
    with reading(shop) as connection:
        before = set(connection.execute(select(verdicts.c.customer_id).where(verdicts.c.outcome == Outcome.HOLDOUT)).scalars())
    with time_machine.travel(datetime.now(UTC) + timedelta(days=61)):
        rendered(shop, settings)
    with reading(shop) as connection:
        after = set(connection.execute(select(verdicts.c.customer_id).where(verdicts.c.outcome == Outcome.HOLDOUT)).scalars())
        got = set(connection.execute(select(letters_table.c.customer_id)).scalars())
    assert before <= after
    assert len(before) == first.funnel.counts[Outcome.HOLDOUT]
    assert not after & got


def test_somebody_who_buys_gets_no_second_letter(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    handed_over(shop, settings)
    with writing(shop) as connection:
        buyer = connection.execute(select(letters_table.c.customer_id).limit(1)).scalar_one()
        latest = connection.execute(select(func.max(orders.c.id)).where(orders.c.customer_id == buyer)).scalar_one()
        connection.execute(update(orders).where(orders.c.id == latest).values(ordered_at=datetime.now(UTC), state="completed"))
    with time_machine.travel(datetime.now(UTC) + timedelta(days=61)):
        run = rendered(shop, settings)
    with reading(shop) as connection:
        again_written = set(connection.execute(select(letters_table.c.customer_id).where(letters_table.c.print_run_id == run.id)).scalars())
    assert buyer not in again_written


def test_an_objection_stops_a_letter_already_rendered(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings)
    decide_on_run(shop, settings, run.id, approved=True, by="Martha", comment="")
    with writing(shop) as connection:
        lines = letters.for_manifest(connection, run.id)
        objections.add_by_letter(connection, lines[3].letter_id, datetime.now(UTC))
        gone = letters.by_id(connection, lines[3].letter_id)
    heard: list[str] = []
    done = hand_over_run(shop, settings, run.id, heard.append)
    assert gone
    with reading(shop) as connection:
        left = letters.for_manifest(connection, run.id)
        stopped = letters.by_id(connection, gone.id)
        coupon = letters.coupon_of(connection, gone.id)
    assert stopped
    assert stopped.state is LetterState.CANCELLED
    assert coupon
    assert coupon[2], "its coupon is void"
    assert [line.letter_id for line in left] == [line.letter_id for line in lines if line.letter_id != gone.id]
    assert any("taken out: objection" in line for line in heard)
    whole = json.loads((settings.handover_dir / done.name / "manifest.json").read_text())
    assert whole["letters"] == len(lines) - 1
    with pages_of(settings.handover_dir / done.name / whole["files"][0]["name"]) as pages:
        assert len(pages) == len(lines) - 1
        assert all(gone.token not in code for number in range(1, len(pages) + 1) for code in pages.codes(number))


def test_a_print_run_whose_people_all_objected_is_not_handed_over(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings, max_letters=2)
    decide_on_run(shop, settings, run.id, approved=True, by="Martha", comment="")
    with writing(shop) as connection:
        for line in letters.for_manifest(connection, run.id):
            objections.add_by_letter(connection, line.letter_id, datetime.now(UTC))
    assert hand_over_run(shop, settings, run.id, quiet).state is PrintRunState.EMPTY
    assert not settings.handover_dir.exists() or not list(settings.handover_dir.iterdir())


def test_a_rejected_run_frees_its_customers_and_voids_its_coupons(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings)
    decide_on_run(shop, settings, run.id, approved=False, by="Martha", comment="wrong photo")
    with pytest.raises(WrongState, match="only an approved one"):
        hand_over_run(shop, settings, run.id, quiet)
    with reading(shop) as connection:
        assert set(connection.execute(select(coupons.c.voided)).scalars()) == {True}
    second = rendered(shop, settings)
    assert second.funnel.selected == run.funnel.selected


def test_a_decision_is_made_once(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings)
    decide_on_run(shop, settings, run.id, approved=True, by="Martha", comment="")
    with pytest.raises(WrongState, match="is approved, not awaiting_approval"):
        decide_on_run(shop, settings, run.id, approved=True, by="Otto", comment="")
    hand_over_run(shop, settings, run.id, quiet)
    with pytest.raises(WrongState, match="is handed_over: it cannot be rejected any more"):
        decide_on_run(shop, settings, run.id, approved=False, by="Otto", comment="")


def test_handing_over_again_changes_nothing(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = handed_over(shop, settings)
    before = {path.name: path.stat().st_mtime_ns for path in (settings.handover_dir / run.name).iterdir()}
    hand_over_run(shop, settings, run.id, quiet)
    assert {path.name: path.stat().st_mtime_ns for path in (settings.handover_dir / run.name).iterdir()} == before


def test_a_file_of_the_same_name_is_never_overwritten(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings)
    decide_on_run(shop, settings, run.id, approved=True, by="Martha", comment="")
    with reading(shop) as connection:
        name = print_files.of_run(connection, run.id)[0].name
    foreign = settings.handover_dir / run.name / name
    foreign.parent.mkdir(parents=True)
    foreign.write_bytes(b"somebody else's")
    with pytest.raises(TargetDiffers, match="Nothing was overwritten"):
        hand_over_run(shop, settings, run.id, quiet)
    assert foreign.read_bytes() == b"somebody else's"
    assert again(shop, run).state is PrintRunState.APPROVED, "it can still be rejected"
    foreign.unlink()
    assert hand_over_run(shop, settings, run.id, quiet).state is PrintRunState.HANDED_OVER


def test_a_limit_leaves_the_rest_for_the_next_run(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings, max_letters=10)
    assert run.funnel.selected == 10
    assert run.funnel.counts[Reason.BUDGET] > 90


def test_a_layout_that_is_edited_in_the_middle_of_a_run_stops_it(shop: Engine, settings: Settings, winback: SavedCampaign, tmp_path: Path) -> None:
    own = tmp_path / "layouts" / "winback"
    bundled = Path(__file__).parents[3] / "layouts" / "bundled" / "winback"
    own.mkdir(parents=True)
    for path in bundled.iterdir():
        (own / path.name).write_bytes(path.read_bytes())
    settings = settings.model_copy(update={"layouts_dir": tmp_path / "layouts"})
    run = selected(shop, settings)
    (own / "de.md").write_text((own / "de.md").read_text("utf-8").replace("Guten", "Schönen"), "utf-8")
    (own / "layout.toml").write_text((own / "layout.toml").read_text("utf-8") + "\n# edited\n", "utf-8")
    with pytest.raises(LayoutChanged, match="was edited, or changed by an upgrade, after print run"):
        set_files(shop, settings, run)
    decide_on_run(shop, settings, run.id, approved=False, by="Martha", comment="as the message said")
    assert rendered(shop, settings).funnel.selected == run.funnel.selected


def test_an_approved_run_can_still_be_stopped(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings)
    decide_on_run(shop, settings, run.id, approved=True, by="Martha", comment="")
    decide_on_run(shop, settings, run.id, approved=False, by="Martha", comment="second thoughts")
    assert again(shop, run).state is PrintRunState.REJECTED
    with reading(shop) as connection:
        assert letters.count(connection, run.id) == 0


def test_settings_that_change_in_the_middle_change_nothing_on_paper(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = selected(shop, settings)
    changed = settings.model_copy(update={"sender_name": "Anderer Laden", "sender_street": "Anderswo 9", "public_url": "https://other.example"})
    assert rendered(shop, changed).id == run.id
    decide_on_run(shop, settings, run.id, approved=True, by="Martha", comment="")
    done = hand_over_run(shop, changed, run.id, quiet)
    whole = json.loads((settings.handover_dir / done.name / "manifest.json").read_text())
    assert whole["sender"] == settings.sender_name
    with pages_of(settings.handover_dir / done.name / whole["files"][0]["name"]) as pages:
        assert settings.sender_street in pages.text(1, FORM_B.address_field)
        assert all(code.startswith("https://TEE.EXAMPLE/") for code in pages.codes(1))


def test_a_sender_that_does_not_fit_the_layout_stops_the_run_before_anybody_is_selected(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    endless = settings.model_copy(update={"sender_name": "Gesellschaft für den Handel mit Tee und Zubehör aller Art " * 3})
    with pytest.raises(Misfit):
        open_or_resume(shop, endless, "winback", "")
    with reading(shop) as connection:
        assert print_runs.latest(connection, 1) == []


def test_files_set_in_processes_have_the_same_bytes(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings.model_copy(update={"letters_per_file": 40}))
    with reading(shop) as connection:
        alone = [file.sha256 for file in print_files.of_run(connection, run.id)]
    assert len(alone) > 2
    with writing(shop) as connection:
        for file in print_files.of_run(connection, run.id):
            print_files.reopen(connection, file.id)
    set_files(shop, settings.model_copy(update={"render_processes": 2}), run)
    with reading(shop) as connection:
        assert [file.sha256 for file in print_files.of_run(connection, run.id)] == alone
    assert not list(folder_of(settings, run.id).glob("*.part"))


def test_a_campaign_that_nobody_saved_is_named_with_those_that_exist(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    with pytest.raises(UnknownCampaign, match="saved are: winback"):
        open_or_resume(shop, settings, "wimback", "")


def test_a_household_gets_one_letter(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings, max_letters=5)
    decide_on_run(shop, settings, run.id, approved=False, by="", comment="")
    with writing(shop) as connection:
        two = list(connection.execute(select(letters_table.c.customer_id).where(letters_table.c.print_run_id == run.id).limit(2)).scalars())
        same = {"last_name": "Gemeinsam", "street": "Hauptstraße 1", "postcode": "10115", "country": "DE"}
        connection.execute(update(customers).where(customers.c.id.in_(two)).values(same))
    second = rendered(shop, settings)
    assert second.funnel.counts[Reason.HOUSEHOLD_DUPLICATE] == 1


def test_the_customer_page_shows_the_letter_and_the_reason(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = handed_over(shop, settings)
    with reading(shop) as connection:
        line = letters.for_manifest(connection, run.id)[0]
        letter = letters.by_id(connection, line.letter_id)
        assert letter
        page = history.of(connection, letter.customer_id)
    assert page
    assert page.letters[0].letter.state is LetterState.HANDED_OVER
    assert page.letters[0].coupon_code
    assert (page.verdicts[0].campaign, page.verdicts[0].outcome) == ("winback", "selected")
    assert "utm_campaign=winback" in letter.landing_url


def test_a_run_keeps_the_version_it_started_with(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    started = open_or_resume(shop, settings, "winback", "")
    old = winback.definition
    edited = Campaign(old.slug, old.name, old.landing_url, old.steps, old.audience, Limits(holdout_percent=50), old.default_language)
    with writing(shop) as connection:
        campaigns.save(connection, edited, datetime.now(UTC))
    run = selected(shop, settings)
    assert run.id == started.id
    assert run.funnel.counts[Outcome.HOLDOUT] < run.funnel.selected / 4


def test_what_the_print_shop_has_fetched_is_not_sent_twice(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = handed_over(shop, settings)
    shutil.rmtree(settings.handover_dir / run.name)
    heard: list[str] = []
    hand_over_run(shop, settings, run.id, heard.append)
    assert "nothing was sent again" in heard[0]
    assert not (settings.handover_dir / run.name).exists()
    hand_over_run(shop, settings, run.id, quiet, again=True)
    assert hashlib.sha256((settings.handover_dir / run.name / "manifest.json").read_bytes()).hexdigest() == run.manifest_sha256


def test_where_only_the_print_shop_knows_nobody_guesses(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = handed_over(shop, settings)
    with writing(shop) as connection:  # as if the process had died right after the manifest had got its name
        connection.execute(update(print_runs_table).values(state="handing_over"))
    shutil.rmtree(settings.handover_dir / run.name)
    with pytest.raises(Unclear, match="ask the print shop"):
        hand_over_run(shop, settings, run.id, quiet)
    assert hand_over_run(shop, settings, run.id, quiet, again=False).state is PrintRunState.HANDED_OVER
    assert not (settings.handover_dir / run.name).exists()


def test_no_manifest_is_given_to_a_print_shop_that_lacks_a_file_of_it(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = handed_over(shop, settings)
    folder = settings.handover_dir / run.name
    with writing(shop) as connection:  # as if the process had died before the manifest, and somebody had cleared a file away
        connection.execute(update(print_runs_table).values(state="handing_over"))
    (folder / "manifest.json").rename(folder / "manifest.json.1.part")
    next(folder.glob("*.pdf")).unlink()
    with pytest.raises(Unclear, match="ask the print shop"):
        hand_over_run(shop, settings, run.id, quiet)
    assert not (folder / "manifest.json").exists()
    hand_over_run(shop, settings, run.id, quiet, again=True)
    assert {path.suffix for path in folder.iterdir()} == {".pdf", ".csv", ".json", ""}


def test_an_objection_after_the_last_look_came_too_late(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings)
    decide_on_run(shop, settings, run.id, approved=True, by="Martha", comment="")
    with reading(shop) as connection:
        one, other = letters.for_manifest(connection, run.id)[:2]
        people = [letters.by_id(connection, line.letter_id).customer_id for line in (one, other)]  # type: ignore[union-attr]
    said: list[str] = []

    def object_meanwhile(line: str) -> None:
        said.append(line)
        if line.endswith("letters") and not met():  # the first file has its name by now
            with writing(shop) as connection:
                objections.add(connection, people[0], ObjectionChannel.DESK, now())
            assert met() == {one.letter_id: Effect.TOO_LATE}
            with writing(shop) as connection:  # filed at the very moment that settled the run
                objections.add(connection, people[1], ObjectionChannel.DESK, now())
                connection.execute(update(objection_evidence).where(objection_evidence.c.letter_id == other.letter_id).values(effect=Effect.STOPS))

    def met() -> dict[int, Effect]:
        with reading(shop) as connection:
            return {found.letter_id: found.effect for found in evidence.of_people(connection, people)}

    hand_over_run(shop, settings, run.id, object_meanwhile)
    assert met() == {one.letter_id: Effect.TOO_LATE, other.letter_id: Effect.TOO_LATE}


def test_an_objection_between_two_attempts_still_counts(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings)
    decide_on_run(shop, settings, run.id, approved=True, by="Martha", comment="")
    settings.handover_dir.write_text("no folder can be made here")
    with pytest.raises(OSError, match="handover"):
        hand_over_run(shop, settings, run.id, quiet)
    settings.handover_dir.unlink()
    with writing(shop) as connection:
        line = letters.for_manifest(connection, run.id)[0]
        objections.add_by_letter(connection, line.letter_id, datetime.now(UTC))
    hand_over_run(shop, settings, run.id, quiet)
    with reading(shop) as connection:
        assert line.letter_id not in {left.letter_id for left in letters.for_manifest(connection, run.id)}
        stopped = letters.by_id(connection, line.letter_id)
        assert stopped
        page = history.of(connection, stopped.customer_id)
    assert stopped.state is LetterState.CANCELLED
    assert page
    assert (page.verdicts[0].outcome, page.verdicts[0].reason) == ("excluded", "objection")


def test_a_print_file_that_was_damaged_with_us_is_set_again(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings)
    decide_on_run(shop, settings, run.id, approved=True, by="Martha", comment="")
    path = next(folder_of(settings, run.id).glob("*.pdf"))
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])
    hand_over_run(shop, settings, run.id, quiet)
    assert path.read_bytes() == whole == (settings.handover_dir / run.name / path.name).read_bytes()


def set_by_an_older_version(shop: Engine, settings: Settings, run: PrintRun) -> Path:
    """As if an older version had rendered the run's only file: other bytes, approved as they are."""
    path = next(folder_of(settings, run.id).glob("*.pdf"))
    data = path.read_bytes() + b"\n% an older version\n"
    path.write_bytes(data)
    with writing(shop) as connection:
        connection.execute(update(print_files_table).values(sha256=hashlib.sha256(data).hexdigest(), bytes=len(data), preflight=None))
    decide_on_run(shop, settings, run.id, approved=True, by="Martha", comment="")
    return path


def test_what_an_older_version_rendered_is_handed_over_as_it_is(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings)
    path = set_by_an_older_version(shop, settings, run)
    hand_over_run(shop, settings, run.id, quiet)
    assert (settings.handover_dir / run.name / path.name).read_bytes().endswith(b"% an older version\n")


def test_bytes_that_nobody_approved_are_never_handed_over(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings)
    path = set_by_an_older_version(shop, settings, run)
    approved = path.read_bytes()
    path.unlink()
    with reading(shop) as connection:
        before = print_files.of_run(connection, run.id)
    for _attempt in range(2):
        with pytest.raises(MisprintedFile, match=rf"restore it as .*{path.name} from a backup.*or reject the run \(`postillion print-run reject {run.id}`\)"):
            hand_over_run(shop, settings, run.id, quiet)
        assert again(shop, run).state is PrintRunState.APPROVED
        assert [*path.parent.iterdir()] == []
        assert not (settings.handover_dir / run.name / "manifest.json").exists()
    with reading(shop) as connection:
        assert print_files.of_run(connection, run.id) == before
    path.write_bytes(approved)
    assert hand_over_run(shop, settings, run.id, quiet).state is PrintRunState.HANDED_OVER
    assert (settings.handover_dir / run.name / path.name).read_bytes() == approved


def test_a_run_that_is_sent_once_more_sets_a_lost_file_again(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = handed_over(shop, settings)
    path = next(folder_of(settings, run.id).glob("*.pdf"))
    whole = path.read_bytes()
    path.unlink()
    shutil.rmtree(settings.handover_dir / run.name)
    hand_over_run(shop, settings, run.id, quiet, again=True)
    assert path.read_bytes() == whole == (settings.handover_dir / run.name / path.name).read_bytes()


def test_letters_that_waited_too_long_are_not_sent(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    first = rendered(shop, settings)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=settings.letter_max_age_days + 1)):
        with pytest.raises(LetterTooOld, match="reject it and start anew"):
            decide_on_run(shop, settings, first.id, approved=True, by="Martha", comment="")
        decide_on_run(shop, settings, first.id, approved=False, by="Martha", comment="too late")
    second = rendered(shop, settings)
    decide_on_run(shop, settings, second.id, approved=True, by="Martha", comment="")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=settings.letter_max_age_days + 1)), pytest.raises(LetterTooOld):
        hand_over_run(shop, settings, second.id, quiet)
    assert not settings.handover_dir.exists()


def test_two_processes_never_work_on_one_print_run(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings)
    with working_on(shop, settings, run.id):
        with pytest.raises(BeingWorkedOn):
            decide_on_run(shop, settings, run.id, approved=True, by="Martha", comment="")
        with pytest.raises(BeingWorkedOn):
            hand_over_run(shop, settings, run.id, quiet)
    decide_on_run(shop, settings, run.id, approved=True, by="Martha", comment="")


def test_runs_that_start_at_once_share_one_print_run(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda number: open_or_resume(shop, settings, "winback", f"flow {number}"), range(4)))
    assert len({run.id for run in runs}) == 1


def test_a_rejected_run_leaves_no_paper_behind(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings)
    decide_on_run(shop, settings, run.id, approved=False, by="Martha", comment="")
    assert not folder_of(settings, run.id).exists()


def test_a_limit_draws_the_holdout_from_those_it_reaches(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings, max_letters=10)
    assert run.funnel.counts[Outcome.HOLDOUT] < 8
    assert again(shop, run).max_letters == 10


def test_a_refund_starts_no_second_sequence(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    first = handed_over(shop, settings)
    with writing(shop) as connection:
        newest = select(func.max(orders.c.id)).group_by(orders.c.customer_id)
        connection.execute(update(orders).where(orders.c.id.in_(newest)).values(state="refunded"))
    with time_machine.travel(datetime.now(UTC) + timedelta(days=61)):
        rendered(shop, settings)
    with reading(shop) as connection:
        steps = connection.execute(select(letters_table.c.customer_id, letters_table.c.step)).all()
    assert len(steps) == len(set(steps)) > first.funnel.selected


def test_a_page_that_says_something_else_stops_the_run(shop: Engine, settings: Settings, winback: SavedCampaign, monkeypatch: pytest.MonkeyPatch) -> None:
    run = selected(shop, settings)

    def swapped(job: rendering.Job) -> RenderedFile:
        return really_set(replace(job, contents=(*job.contents[1:], job.contents[0])))

    really_set = rendering._set
    monkeypatch.setattr(rendering, "_set", swapped)
    with pytest.raises(MisprintedFile, match=r"wrong_address \(page 1, letter \d+\)"):
        set_files(shop, settings, run)
    assert not list(folder_of(settings, run.id).glob("*.pdf"))
