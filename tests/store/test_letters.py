"""Does a letter come into being exactly once, and does it only move forward?"""

import threading
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from multiprocessing import get_context

import pytest
from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.exc import IntegrityError

from campaigns.letter import BEFORE_HAND_OVER, CouponGrant, LetterState
from campaigns.objection import ObjectionChannel
from campaigns.print_run import PrintFileState
from store import letters, objections, obsolete, print_files
from store.engine import open_engine, reading, writing
from store.hashes import email_hash
from store.print_files import Rendering
from store.schema import coupons, print_runs
from store.schema import customers as customers_table
from store.schema import letters as table
from store.schema import objections as objections_table
from tests.conftest import SECRET
from tests.store.shop import LATER, NOW, OFFER, Run, add_letter, count, customer_id, days_ago, order, person, rows, start_run, store, wanted


@pytest.fixture
def run(connection: Connection) -> Run:
    store(connection, *(person(number) for number in range(1, 6)))
    return start_run(connection)


@pytest.fixture
def anna(connection: Connection, run: Run) -> int:
    return customer_id(connection)


def states(connection: Connection) -> list[str]:
    return list(connection.execute(select(table.c.state).order_by(table.c.id)).scalars())


# --- exactly once ------------------------------------------------------------------------------------------------------


def test_a_letter_and_its_coupon_come_together(connection: Connection, run: Run, anna: int) -> None:
    new = wanted(anna, run)
    assert letters.add(connection, run.campaign_id, run.id, [new], NOW) == {anna}
    letter = letters.by_token(connection, new.content.token.lower())
    assert letter
    assert (letter.campaign, letter.customer_id, letter.step, letter.state, letter.handed_over_at) == ("winback", anna, 1, LetterState.SELECTED, None)
    assert letters.by_id(connection, letter.id) == letter
    assert letters.of_customer(connection, anna) == [letter]
    assert new.coupon
    assert letters.coupon_of(connection, letter.id) == (new.coupon.code, new.coupon.valid_until, False)
    assert rows(connection, coupons)[0]["terms"] == {
        "slug": "ten", "name": "Ten percent", "kind": "percentage", "value": 1000, "currency": "EUR", "minimum_order_cents": 0, "valid_days": 70,
        "codes": "generated", "uses": 1, "uses_per_customer": 1,
    }  # fmt: skip


def test_a_letters_coupon_is_bound_to_the_rules_of_its_offer(connection: Connection, run: Run, anna: int) -> None:
    grant = CouponGrant("TEE-22222-22222-2", replace(OFFER, uses=None, valid_from=date(2026, 12, 1)), date(2027, 2, 1))
    letters.add(connection, run.campaign_id, run.id, [wanted(anna, run, coupon=grant)], NOW)
    [row] = rows(connection, coupons)
    assert (row["code_key"], row["valid_from"], row["valid_until"], row["most_uses"], row["uses"]) == (
        "TEE22222222222",
        date(2026, 12, 1),
        date(2027, 2, 1),
        None,
        0,
    )


def test_the_same_step_for_the_same_trigger_is_one_letter(connection: Connection, run: Run, anna: int) -> None:
    first, again = wanted(anna, run), wanted(anna, run)
    assert letters.add(connection, run.campaign_id, run.id, [first], NOW) == {anna}
    assert letters.add(connection, run.campaign_id, run.id, [again], LATER) == set()
    assert letters.by_token(connection, again.content.token) is None
    assert (count(connection, table), count(connection, coupons)) == (1, 1)


def test_the_same_letters_twice_are_created_once(connection: Connection, run: Run, anna: int) -> None:
    new = [wanted(anna, run)]
    assert letters.add(connection, run.campaign_id, run.id, new, NOW) == {anna}
    with pytest.raises(IntegrityError), connection.begin_nested():  # another step under a token that is taken: never in silence
        letters.add(connection, run.campaign_id, run.id, [replace(new[0], step=2)], NOW)
    assert letters.add(connection, run.campaign_id, run.id, [wanted(anna, run)], NOW) == set()
    assert (count(connection, table), count(connection, coupons)) == (1, 1)


def test_twice_in_one_batch_is_once(connection: Connection, run: Run, anna: int) -> None:
    assert letters.add(connection, run.campaign_id, run.id, [wanted(anna, run), wanted(anna, run)], NOW) == {anna}
    assert (count(connection, table), count(connection, coupons)) == (1, 1)


def test_another_step_trigger_or_campaign_is_another_letter(connection: Connection, run: Run, anna: int) -> None:
    for new in (wanted(anna, run), wanted(anna, run, step=2), wanted(anna, run, trigger="order-2")):
        assert letters.add(connection, run.campaign_id, run.id, [new], NOW) == {anna}
    assert count(connection, table) == 3


@pytest.mark.parametrize("state", [LetterState.CANCELLED, LetterState.FAILED])
def test_a_letter_that_never_went_out_frees_the_key(connection: Connection, run: Run, anna: int, state: LetterState) -> None:
    letter = add_letter(connection, run, anna)
    letters.cancel(connection, [letter], "why", state)
    add_letter(connection, run, anna, now=LATER)
    assert states(connection) == [state, "selected"]


def test_a_letter_without_its_coupon_does_not_come(connection: Connection, run: Run, anna: int) -> None:
    first = wanted(anna, run)
    letters.add(connection, run.campaign_id, run.id, [first], NOW)
    with pytest.raises(IntegrityError), connection.begin_nested():
        letters.add(connection, run.campaign_id, run.id, [wanted(anna, run, step=2, coupon=first.coupon)], NOW)
    assert (count(connection, table), count(connection, coupons)) == (1, 1)


def test_a_letter_may_have_no_coupon(connection: Connection, run: Run, anna: int) -> None:
    letters.add(connection, run.campaign_id, run.id, [wanted(anna, run, coupon=None, offer_id=None)], NOW)
    assert letters.coupon_of(connection, rows(connection, table)[0]["id"]) is None
    assert letters.add(connection, run.campaign_id, run.id, [], NOW) == set()


@pytest.mark.parametrize("token", ["", "nothing", "\x00", "ÄÖÜ", "%", "A" * 10_000])
def test_a_token_that_nobody_has(connection: Connection, token: str) -> None:
    assert letters.by_token(connection, token) is None


PEOPLE = 30


def add_everybody(url: str, run: Run) -> int:
    """What two runs of the same flow do at the same time; how many letters this one made."""
    engine, made = open_engine(url), 0
    for customer in range(1, PEOPLE + 1):
        with writing(engine) as connection:
            made += len(letters.add(connection, run.campaign_id, run.id, [wanted(customer, run)], NOW))
    engine.dispose()
    return made


def test_two_processes_that_want_the_same_letters_make_each_once(database_url: str, engine: Engine) -> None:
    with writing(engine) as connection:
        store(connection, *(person(number) for number in range(PEOPLE)))
        run = start_run(connection)
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        made = [done.result() for done in [pool.submit(add_everybody, database_url, run) for _ in range(2)]]
    with reading(engine) as connection:
        assert sum(made) == count(connection, table) == count(connection, coupons) == PEOPLE


def test_two_threads_that_want_the_same_batch_make_it_once(engine: Engine) -> None:
    with writing(engine) as connection:
        store(connection, *(person(number) for number in range(PEOPLE)))
        run = start_run(connection)
    made: list[int] = []
    together = threading.Barrier(4)

    def work() -> None:
        together.wait()
        with writing(engine) as connection:
            made.append(len(letters.add(connection, run.campaign_id, run.id, [wanted(number, run) for number in range(1, PEOPLE + 1)], NOW)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as connection:
        assert sorted(made) == [0, 0, 0, PEOPLE]
        assert count(connection, coupons) == PEOPLE


# --- households and counts ---------------------------------------------------------------------------------------------


def test_a_household_is_known_within_its_print_run(connection: Connection, run: Run, anna: int) -> None:
    letters.add(connection, run.campaign_id, run.id, [wanted(anna, run, household_key="m|1"), wanted(anna, run, step=2, household_key="")], NOW)
    assert letters.households(connection, run.id, ["m|1", "m|2"]) == {"m|1"}
    assert letters.households(connection, run.id, ["", "m|2"]) == set()
    assert letters.households(connection, run.id, []) == set()
    assert letters.households(connection, run.id + 1, ["m|1"]) == set()
    letters.cancel_run(connection, run.id, "rejected")
    assert letters.households(connection, run.id, ["m|1"]) == set()


# --- onwards -----------------------------------------------------------------------------------------------------------


def test_letters_move_on_together_and_only_from_the_state_before(connection: Connection, run: Run, anna: int) -> None:
    for step in (1, 2, 3):
        add_letter(connection, run, anna, step=step)
    letters.cancel(connection, [rows(connection, table)[2]["id"]], "objection")
    assert letters.advance(connection, run.id, LetterState.RENDERED, LetterState.APPROVED, NOW) == 0
    assert letters.advance(connection, run.id, LetterState.SELECTED, LetterState.APPROVED, NOW) == 2
    assert letters.advance(connection, run.id, LetterState.APPROVED, LetterState.HANDED_OVER, LATER) == 2
    assert [(row["state"], row["handed_over_at"]) for row in rows(connection, table)] == [
        ("handed_over", LATER),
        ("handed_over", LATER),
        ("cancelled", None),
    ]
    assert letters.count(connection, run.id) == 2


@pytest.mark.parametrize("state", LetterState)
def test_only_what_has_not_been_handed_over_can_be_taken_out(connection: Connection, run: Run, anna: int, state: LetterState) -> None:
    letter = add_letter(connection, run, anna)
    connection.execute(table.update().values(state=state, state_reason="before"))
    letters.cancel(connection, [letter], "objection")
    letters.cancel_run(connection, run.id, "rejected")
    row = rows(connection, table)[0]
    taken_out = state in BEFORE_HAND_OVER
    assert (row["state"], row["state_reason"]) == (("cancelled", "objection") if taken_out else (state, "before"))
    assert rows(connection, coupons)[0]["voided"] is taken_out


def test_cancelling_nothing_is_nothing(connection: Connection, run: Run, anna: int) -> None:
    add_letter(connection, run, anna)
    letters.cancel(connection, [], "why")
    assert states(connection) == ["selected"]


def test_a_rejected_run_takes_out_all_of_its_letters_and_no_others(connection: Connection, run: Run, anna: int) -> None:
    add_letter(connection, run, anna)
    connection.execute(print_runs.update().values(state="rejected"))
    other = start_run(connection)
    add_letter(connection, other, anna, step=2)
    letters.cancel_run(connection, run.id, "rejected")
    assert states(connection) == ["cancelled", "selected"]
    assert [row["voided"] for row in rows(connection, coupons)] == [True, False]


def test_letters_that_must_not_go_out_any_more_are_found_with_their_reason(connection: Connection, run: Run) -> None:
    ids = [customer_id(connection, f"anna{number}@example.org") for number in (1, 2, 3, 4, 5)]
    made = [add_letter(connection, run, each) for each in ids]
    print_files.seal(connection, run.id, "winback-00001", 2)
    assert obsolete.find(connection, run.id, NOW) == []
    objections.add(connection, ids[0], ObjectionChannel.DESK, NOW)
    connection.execute(objections_table.insert().values(email_hash=email_hash("anna4@example.org", SECRET), channel="csv", received_at=NOW))
    connection.execute(customers_table.update().where(customers_table.c.id == ids[1]).values(address_state="deceased"))
    store(connection, order(99, ordered_at=LATER, email="anna5@example.org", customer_number=""))
    gone = [(made[0], "objection"), (made[1], "deceased"), (made[3], "objection"), (made[4], "converted")]
    assert [(one.letter_id, one.reason) for one in obsolete.find(connection, run.id, NOW)] == gone
    letters.cancel(connection, [made[0]], "objection")
    assert [one.letter_id for one in obsolete.find(connection, run.id, NOW)] == [made[1], made[3], made[4]]


# --- print files -------------------------------------------------------------------------------------------------------


def test_files_are_sealed_in_postal_order_and_in_size(connection: Connection, run: Run) -> None:
    keys = ["1AT|1010|a", "0|10115|z", "0|10115|ä", "0|01067|b", "0|10115|B"]
    new = [wanted(1, run, step=step, sort_key=key) for step, key in enumerate(keys, 1)]
    letters.add(connection, run.campaign_id, run.id, [replace(each, customer_id=customer_id(connection)) for each in new], NOW)
    assert print_files.seal(connection, run.id, "winback-00001", 2) == 3
    files = print_files.of_run(connection, run.id)
    assert [(file.number, file.name, file.state, file.letters) for file in files] == [
        (1, "winback-00001-0001of0003.pdf", "sealed", 2),
        (2, "winback-00001-0002of0003.pdf", "sealed", 2),
        (3, "winback-00001-0003of0003.pdf", "sealed", 1),
    ]
    placed = connection.execute(select(table.c.sort_key, table.c.sequence).order_by(table.c.print_file_id, table.c.sequence)).all()
    assert [tuple(row) for row in placed] == [("0|01067|b", 1), ("0|10115|B", 2), ("0|10115|z", 1), ("0|10115|ä", 2), ("1AT|1010|a", 1)]
    content = [content.token for file in files for _, content in letters.for_print_file(connection, file.id)]
    assert content == [new[at].content.token for at in (3, 4, 1, 2, 0)]


def test_a_run_without_letters_has_no_files(connection: Connection, run: Run) -> None:
    assert print_files.seal(connection, run.id, "x", 2000) == 0
    assert print_files.of_run(connection, run.id) == []


def sealed(connection: Connection, run: Run, anna: int, number: int = 3) -> tuple[int, list[int]]:
    made = [add_letter(connection, run, anna, step=step) for step in range(1, number + 1)]
    print_files.seal(connection, run.id, "x", 2000)
    return print_files.of_run(connection, run.id)[0].id, made


def test_a_rendering_is_recorded_once(connection: Connection, run: Run, anna: int) -> None:
    file, made = sealed(connection, run, anna)
    first = Rendering(4, 1000, "abc", [(made[0], 1, 1), (made[2], 2, 3)], [(made[1], "U+0416 is in no font")])
    assert print_files.record_rendering(connection, file, first, NOW)
    assert not print_files.record_rendering(connection, file, Rendering(9, 9, "def", [], []), LATER)
    found = print_files.by_id(connection, file)
    assert found
    assert (found.state, found.letters, found.pages, found.bytes, found.sha256, found.rendered_at) == ("rendered", 2, 4, 1000, "abc", NOW)
    assert [(row["state"], row["state_reason"], row["first_page"], row["pages"]) for row in rows(connection, table)] == [
        ("rendered", "", 1, 1),
        ("failed", "U+0416 is in no font", None, None),
        ("rendered", "", 2, 3),
    ]
    assert [row["voided"] for row in rows(connection, coupons)] == [False, True, False]


def test_a_file_in_which_nothing_could_be_set_is_cancelled(connection: Connection, run: Run, anna: int) -> None:
    file, made = sealed(connection, run, anna, 1)
    assert print_files.record_rendering(connection, file, Rendering(0, 0, "", [], [(made[0], "no font")]), NOW)
    assert (states(connection), letters.count(connection, run.id)) == (["failed"], 0)
    found = print_files.by_id(connection, file)
    assert found
    assert found.state == "cancelled"


def test_a_file_is_set_anew_without_the_letters_taken_out(connection: Connection, run: Run, anna: int) -> None:
    file, made = sealed(connection, run, anna)
    everybody = Rendering(3, 3, "abc", [(letter, page, 1) for page, letter in enumerate(made, 1)], [])
    print_files.record_rendering(connection, file, everybody, NOW)
    letters.advance(connection, run.id, LetterState.RENDERED, LetterState.APPROVED, NOW)
    letters.cancel(connection, [made[1]], "objection")
    print_files.reopen(connection, file)
    assert [letter for letter, _ in letters.for_print_file(connection, file)] == [made[0], made[2]]
    assert print_files.record_rendering(connection, file, Rendering(2, 2, "def", [(made[0], 1, 1), (made[2], 2, 1)], []), LATER)
    assert states(connection) == ["approved", "cancelled", "approved"]
    assert [(each.letter_id, each.first_page) for each in letters.for_manifest(connection, run.id)] == [(made[0], 1), (made[2], 2)]
    print_files.mark(connection, run.id, PrintFileState.RENDERED, PrintFileState.HANDED_OVER)
    print_files.reopen(connection, file)
    found = print_files.by_id(connection, file)
    assert found
    assert found.state == "handed_over"
    assert print_files.by_id(connection, 10**9) is None


def united(connection: Connection) -> tuple[int, int]:
    """Two people who have a letter of the same step each, then turn out to be one."""
    store(connection, person(1), order(1), person(2, source="two"), order(2, source="two", customer_number="K2"))
    return customer_id(connection), customer_id(connection, "anna2@example.org")


def unite_them(connection: Connection) -> None:
    store(connection, person(2, source="two", email="anna1@example.org", changed_at=NOW), now=LATER)


def test_one_person_gets_a_step_once_even_if_they_were_two_when_they_were_selected(connection: Connection) -> None:
    first, second = united(connection)
    run = start_run(connection)
    add_letter(connection, run, first, "order-1")
    late = add_letter(connection, run, second, "order-2")
    assert obsolete.find(connection, run.id, NOW) == []
    unite_them(connection)
    assert [(one.letter_id, one.customer_id, one.reason) for one in obsolete.find(connection, run.id, NOW)] == [(late, first, "duplicate")]
    letters.cancel(connection, [late], "duplicate")
    assert obsolete.find(connection, run.id, NOW) == []


@pytest.mark.parametrize(("bought_days_ago", "reasons"), [(200, ["duplicate"]), (50, [])])
def test_a_letter_of_an_earlier_sequence_is_no_duplicate(connection: Connection, bought_days_ago: int, reasons: list[str]) -> None:
    """An order between the two letters starts a new sequence, whoever of the two placed it."""
    store(connection, person(1), order(1, ordered_at=days_ago(bought_days_ago)))
    first = customer_id(connection)
    run = start_run(connection)
    before = add_letter(connection, run, first, "order-0", now=days_ago(100))
    connection.execute(update(table).where(table.c.id == before).values(state="handed_over"))
    connection.execute(update(print_runs).values(state="handed_over"))
    run = start_run(connection)
    add_letter(connection, run, first, "order-1")
    assert [one.reason for one in obsolete.find(connection, run.id, NOW)] == reasons


def test_a_letter_to_a_tombstone_does_not_go_out(connection: Connection) -> None:
    _, second = united(connection)
    run = start_run(connection)
    unite_them(connection)
    assert add_letter(connection, run, second, "order-2")
    assert [one.reason for one in obsolete.find(connection, run.id, NOW)] == ["duplicate"]
