"""Does an objection leave behind which letters it stopped, and which it came too late for?"""

from datetime import timedelta

from sqlalchemy import Connection, update

from campaigns.letter import LetterState
from campaigns.objection import Objection, ObjectionChannel
from campaigns.scan import ScanKind
from store import evidence, objections, scans
from store.evidence import Effect
from store.retention import VISITORS
from store.schema import letters as letters_table
from store.schema import scans as scans_table
from tests.conftest import SECRET
from tests.store.growing_old import end
from tests.store.shop import NOW, add_letter, customer_id, days_ago, order, person, rows, start_run, store


def effects(connection: Connection, *people: int) -> dict[int, Effect]:
    return {one.letter_id: one.effect for one in evidence.of_people(connection, people)}


def test_a_letter_in_preparation_is_stopped_and_one_at_the_print_shop_is_met_too_late(connection: Connection) -> None:
    store(connection, person(), order())
    run = start_run(connection)
    anna = customer_id(connection)
    first, second, third, fourth = (add_letter(connection, run, anna, step=step) for step in (1, 2, 3, 4))
    for letter, state, at in (
        (first, LetterState.HANDED_OVER, days_ago(30)),
        (second, LetterState.POSTED, days_ago(3)),
        (third, LetterState.APPROVED, None),
        (fourth, LetterState.CANCELLED, None),
    ):
        connection.execute(update(letters_table).where(letters_table.c.id == letter).values(state=state, handed_over_at=at))
    objections.add(connection, anna, ObjectionChannel.LETTER, NOW, second)
    assert effects(connection, anna) == {second: Effect.TOO_LATE, third: Effect.STOPS}
    (latest, other) = evidence.of_people(connection, [anna])
    assert (latest.letter_id, latest.channel, latest.received_at, latest.campaign, latest.step) == (third, ObjectionChannel.LETTER, NOW, "winback", 3)
    assert other.handed_over_at == days_ago(3)


def test_the_first_evidence_of_a_letter_stands(connection: Connection) -> None:
    store(connection, person(), order())
    anna = customer_id(connection)
    letter = add_letter(connection, start_run(connection), anna)
    objections.add(connection, anna, ObjectionChannel.DESK, NOW)
    connection.execute(update(letters_table).values(state=LetterState.HANDED_OVER, handed_over_at=NOW))
    objections.add(connection, anna, ObjectionChannel.LETTER, NOW + timedelta(days=1))
    assert effects(connection, anna) == {letter: Effect.STOPS}


def test_a_list_of_objections_leaves_evidence_for_everybody_it_names(connection: Connection) -> None:
    store(connection, person(1), person(2), order(1), order(2, customer_number="K2"))
    run = start_run(connection)
    letter, other = (add_letter(connection, run, customer_id(connection, f"anna{number}@example.org")) for number in (1, 2))
    said = days_ago(2)
    objections.upsert_objections(connection, [Objection("list", ObjectionChannel.FILE, "anna1@example.org", received_at=said)], SECRET, NOW)
    people = [customer_id(connection, f"anna{number}@example.org") for number in (1, 2)]
    assert effects(connection, *people) == {letter: Effect.STOPS}
    assert evidence.of_people(connection, people)[0].received_at == said
    assert other not in effects(connection, *people)


def test_visitors_hashes_go_after_half_a_year_and_the_scans_stay(connection: Connection) -> None:
    store(connection, person(), order())
    letter = add_letter(connection, start_run(connection), customer_id(connection))
    for name, days in (("old", 181), ("young", 179)):
        scans.record(connection, scans.Scan(name, letter, ScanKind.HUMAN, days_ago(days), "ab" * 16))
    assert end(connection, VISITORS, NOW) == 1
    assert {row["id"]: row["visitor"] for row in rows(connection, scans_table)} == {"old": "", "young": "ab" * 16}
    assert end(connection, VISITORS, NOW) == 0
