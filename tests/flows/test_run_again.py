"""What does a campaign write that is run again, or edited while its run waits?  Every row written is counted."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, select

from campaigns.campaign import Step
from campaigns.kinds import Winback
from campaigns.letter import LetterState
from campaigns.offer import OfferKind
from campaigns.print_run import PrintRunState
from campaigns.verdict import Outcome, Reason
from flows.clock import local_date, now
from flows.printing.handing_over import decide_on_run, hand_over_run
from flows.run_campaign import reason_to_stop
from store import campaigns, migrate, offers, print_files
from store.campaigns import SavedCampaign
from store.engine import reading, writing
from store.print_runs import PrintRun
from store.schema import coupons
from store.schema import letters as letters_table
from store.settings import Settings
from tests.flows.way import again, handed_over, quiet, rendered, selected

WRITE = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")


@contextmanager
def written(engine: Engine) -> Iterator[Counter[str]]:
    """Rows written, by table; the lease that is claimed and given back is not counted, and lasts no longer than the work."""
    found: Counter[str] = Counter()

    def note(_connection: Any, cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool) -> None:
        table = WRITE.match(statement)
        if table and cursor.rowcount != 0 and table[1] != "leases":
            found[table[1]] += abs(cursor.rowcount)  # -1: as many as it has been given

    event.listen(engine, "after_cursor_execute", note)
    yield found
    event.remove(engine, "after_cursor_execute", note)


def paper(settings: Settings) -> dict[Path, int]:
    """Every file with us and at the print shop with its last change; a lock's file is empty and says nothing."""
    places = (settings.data_dir, settings.handover_dir)
    return {path: path.stat().st_mtime_ns for place in places for path in place.rglob("*") if path.is_file() and path.suffix in (".pdf", ".json", ".csv", "")}


def test_a_finished_run_that_is_asked_for_again_writes_no_row_and_no_file(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    with written(shop) as first:
        run = handed_over(shop, settings)
    assert first["letters"]
    before = paper(settings)
    assert len(before) > 3
    with written(shop) as rows:
        assert hand_over_run(shop, settings, run.id, quiet).state is PrintRunState.HANDED_OVER
        assert "Nothing new was selected" in (reason_to_stop(shop, settings, "winback", "a flow run", None) or "")
    assert rows == {}
    assert paper(settings) == before


def test_a_new_run_of_the_same_day_writes_its_own_row_and_what_changed_about_people(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    """The mailed and the held-out are not due now; the run after that has nothing to say at all."""
    first = handed_over(shop, settings)
    before = paper(settings)
    with written(shop) as rows:
        second = selected(shop, settings, flow_run_id="another")
    assert second.id != first.id
    assert second.state is PrintRunState.EMPTY
    touched = first.funnel.selected + first.funnel.counts[Outcome.HOLDOUT]
    assert second.funnel.counts[Reason.NOT_DUE] == touched
    assert second.funnel.audience == first.funnel.audience
    assert rows.keys() == {"print_runs", "verdicts"}
    assert rows["verdicts"] == touched
    with written(shop) as rows:
        third = selected(shop, settings, flow_run_id="a third")
    assert third.funnel == second.funnel
    assert rows.keys() == {"print_runs"}
    assert paper(settings) == before


def on_paper(engine: Engine, settings: Settings, run: PrintRun) -> list[Any]:
    """What a run's letters say and promise, and the checksums of its files with us."""
    table = letters_table.c
    with reading(engine) as connection:
        said = connection.execute(select(table.id, table.content, table.landing_url, table.step).where(table.print_run_id == run.id).order_by(table.id))
        promised = connection.execute(select(coupons.c.code, coupons.c.terms, coupons.c.valid_until, coupons.c.voided).order_by(coupons.c.id))
        return [*said, *promised, *((file.name, file.sha256) for file in print_files.of_run(connection, run.id))]


def test_a_run_that_waits_while_postillion_is_upgraded_is_approved_and_handed_over(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings)
    assert run.state is PrintRunState.AWAITING_APPROVAL
    migrate.downgrade(shop, "0005")
    migrate.upgrade(shop)
    assert again(shop, run).state is PrintRunState.AWAITING_APPROVAL
    assert handed_over(shop, settings).state is PrintRunState.HANDED_OVER
    assert (settings.handover_dir / run.name / "manifest.json").is_file()


def test_a_campaign_edited_between_approval_and_hand_over_changes_nothing_of_the_run(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    """Another audience, other steps, another landing page, dearer offers, and switched off: all of that is for the next run."""
    run = rendered(shop, settings)
    decide_on_run(shop, settings, run.id, approved=True, by="Martha", comment="")
    before = on_paper(shop, settings, run)
    yesterday = local_date(now(), settings.timezone) - timedelta(days=1)
    old = winback.definition
    limits = replace(old.limits, holdout_percent=50, max_letters_per_run=1, latest=yesterday, countries=("CH",))
    edited = replace(
        old, name="Anders", landing_url="https://elsewhere.example/", steps=(Step("plain"),), audience=Winback(inactive_days=900), limits=limits, active=False
    )
    with writing(shop) as connection:
        for step in old.steps:
            if step.offer:
                _, offer = offers.by_slug(connection, [step.offer])[step.offer]
                offers.save(connection, replace(offer, kind=OfferKind.PERCENTAGE, value=9900), now())
        campaigns.save(connection, edited, now())
    done = hand_over_run(shop, settings, run.id, quiet)
    assert done.state is PrintRunState.HANDED_OVER
    assert on_paper(shop, settings, run) == before
    assert again(shop, run).version_id == run.version_id == winback.version_id
    with reading(shop) as connection:
        states = connection.execute(select(letters_table.c.state).where(letters_table.c.print_run_id == run.id)).scalars().all()
    assert states == [LetterState.HANDED_OVER] * run.funnel.selected
