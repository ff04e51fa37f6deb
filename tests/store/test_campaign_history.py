"""Does the desk learn what a campaign says and what it has done, and nothing of another one?"""

from collections import Counter
from dataclasses import replace

from sqlalchemy import Connection, insert, update

from campaigns.campaign import Limits
from campaigns.verdict import Funnel, Outcome
from store import campaign_history, campaigns, letters, print_runs
from store.schema import campaign_versions
from store.schema import campaigns as campaigns_table
from store.schema import letters as letters_table
from store.schema import print_runs as print_runs_table
from tests.store.shop import CAMPAIGN, LATER, NOW, add_letter, customer_id, hold_out, person, start_run, store

OTHER = replace(CAMPAIGN, slug="another", name="Another")


def test_a_campaign_shows_its_newest_definition_and_its_runs(connection: Connection) -> None:
    run = start_run(connection)
    changed = replace(CAMPAIGN, limits=Limits(holdout_percent=20))
    campaigns.save(connection, changed, LATER)
    campaigns.save(connection, OTHER, NOW)
    print_runs.note_page(connection, run.read(connection), 7, Funnel(Counter({Outcome.SELECTED: 3, Outcome.HOLDOUT: 1})))
    found = campaign_history.of(connection, "winback", 5)
    assert found
    assert (found.definition, found.saved_at, found.versions) == (changed, LATER, 2)
    assert [(each.id, each.funnel.audience) for each in found.runs] == [(run.id, 4)]
    assert campaign_history.of(connection, "nobody", 5) is None
    assert [(each.slug, len(each.runs)) for each in campaign_history.everything(connection)] == [("another", 0), ("winback", 1)]


def test_letters_on_paper_and_people_held_out_count_and_seeds_do_not(connection: Connection) -> None:
    run = start_run(connection)
    store(connection, *(person(number) for number in range(1, 5)))
    ids = [customer_id(connection, f"anna{number}@example.org") for number in range(1, 5)]
    made = [add_letter(connection, run, one) for one in ids]
    connection.execute(update(letters_table).values(cost_cents=85))
    connection.execute(update(letters_table).where(letters_table.c.id == made[2]).values(is_seed=True))
    letters.cancel(connection, [made[3]], "objection")
    for step in (1, 2):
        hold_out(connection, run, ids[0], step=step)
    found = campaign_history.of(connection, "winback", 1)
    assert found
    assert (found.letters, found.cost_cents, found.held_out) == (2, 170, 1)


def test_only_so_many_of_the_newest_runs(connection: Connection) -> None:
    run = start_run(connection)
    for _ in range(2):
        connection.execute(update(print_runs_table).values(state="handed_over"))
        newest = start_run(connection).id
    found = campaign_history.of(connection, "winback", 2)
    assert found
    assert [each.id for each in found.runs] == [newest, newest - 1]
    assert run.id not in {each.id for each in found.runs}


def test_a_definition_that_can_no_longer_be_read_hides_nothing_else(connection: Connection) -> None:
    run = start_run(connection)
    old = {"slug": "winback", "name": "Old", "kind": "raffle"}
    row = {"slug": "winback", "version": "old", "definition": old, "saved_at": NOW}
    version_id = connection.execute(insert(campaign_versions).values(row).returning(campaign_versions.c.id)).scalar_one()
    connection.execute(update(campaigns_table).values(version_id=version_id))
    [found] = campaign_history.everything(connection)
    assert (found.definition, [each.id for each in found.runs]) == (None, [run.id])
