"""Does the customer page show everything, and does the search find people?"""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from campaigns.customer import Sex
from campaigns.letter import LetterState
from campaigns.objection import ObjectionChannel
from campaigns.order import OrderLine, OrderState
from campaigns.scan import ScanKind
from campaigns.verdict import Outcome, Reason, Verdict, excluded
from store import audience, history, letters, objections, scans, seeds
from store.carts import upsert_carts
from store.history import HeldOut
from store.scans import Scan
from tests.conftest import SECRET
from tests.store.shop import LATER, NOW, add_letter, cart, customer_id, days_ago, hold_out, order, person, start_run, store


def test_a_customer_page_is_complete_and_newest_first(connection: Connection) -> None:
    store(connection, person(), person(2), order(1, ordered_at=days_ago(300)), order(2, state=OrderState.CANCELLED, lines=()), order(3, customer_number="K2"))
    upsert_carts(connection, [cart(1), cart(2, updated_at=days_ago(5)), cart(3, email="anna2@example.org")], SECRET)
    anna, run = customer_id(connection), start_run(connection)
    first = add_letter(connection, run, anna, step=1, now=days_ago(9))
    second = add_letter(connection, run, anna, step=2)
    letters.cancel(connection, [second], "objection", LetterState.CANCELLED)
    scan = Scan("a", first, ScanKind.HUMAN, LATER)
    scans.record(connection, scan)
    objections.add(connection, anna, ObjectionChannel.DESK, LATER)
    audience.record(connection, run.campaign_id, [(anna, excluded(Reason.OBJECTION))], NOW)

    found = history.of(connection, anna)

    assert found
    assert (found.id, found.customer.email, found.address_state, found.first_sale_at, found.objected_at) == (
        anna, "anna1@example.org", "ok", days_ago(300), LATER,
    )  # fmt: skip
    assert [(each.number, each.state, len(each.lines)) for each in found.orders] == [("A-2", "cancelled", 0), ("A-1", "completed", 1)]
    assert [(each.number, each.items[0].title) for each in found.carts] == [("c1", "Tea"), ("c2", "Tea")]
    assert [(each.letter.id, each.letter.state, each.scans) for each in found.letters] == [(second, "cancelled", ()), (first, "selected", (scan,))]
    assert all(each.coupon_code and each.coupon_valid_until for each in found.letters)
    assert [(each.campaign, each.outcome, each.reason, each.since) for each in found.verdicts] == [("winback", "excluded", "objection", NOW)]


def test_a_verdict_names_its_campaigns_kind_and_who_is_held_out_reads_since_when(connection: Connection) -> None:
    store(connection, person(), person(2))
    anna, run = customer_id(connection), start_run(connection)
    audience.record(connection, run.campaign_id, [(anna, Verdict(Outcome.HOLDOUT, step=2))], NOW)
    hold_out(connection, run, anna, now=days_ago(30))
    hold_out(connection, run, anna, step=2)
    hold_out(connection, run, customer_id(connection, "anna2@example.org"), now=days_ago(90))
    found = history.of(connection, anna)
    assert found
    assert [(each.campaign, each.kind, each.outcome, each.step) for each in found.verdicts] == [("winback", "winback", "holdout", 2)]
    assert found.held_out == (HeldOut("winback", days_ago(30), (1, 2)),)


def test_the_category_of_an_article_is_shown(connection: Connection) -> None:
    store(connection, person(), order(lines=(OrderLine("T1", "Assam", 1, 900, "Black tea"),)))
    found = history.of(connection, customer_id(connection))
    assert found and [line.category for line in found.orders[0].lines] == ["Black tea"]


def test_a_seed_address_is_found_by_its_name_and_is_in_no_list_of_the_newest(connection: Connection) -> None:
    store(connection, person())
    seed = seeds.add(connection, replace(person().address, last_name="Kontroll"), Sex.UNKNOWN, "de", NOW)
    assert [(each.id, each.is_seed) for each in history.search(connection, "kontroll")] == [(seed, True)]
    assert seed not in {each.id for each in history.search(connection, "")}
    found = history.of(connection, seed)
    assert found and found.is_seed


def test_somebody_of_whom_nothing_is_known_has_an_empty_page(connection: Connection) -> None:
    store(connection, person())
    found = history.of(connection, customer_id(connection))
    assert found
    assert (found.orders, found.carts, found.letters, found.verdicts, found.objected_at, found.first_sale_at) == ((), (), (), (), None, None)
    assert history.of(connection, 10**9) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["3", "2", "1"]),
        ("K2", ["2"]),
        ("anna", ["3", "2", "1"]),
        ("ANNA2@EXAMPLE", ["2"]),
        ("müll anna1", ["1"]),
        ("anna_3", ["3"]),
        ("010", ["3", "2", "1"]),
        ("  K1  ", ["1"]),
        ("%", []),
        ("_", []),
        ("anna\\", []),
        ("nobody", []),
        ("\x00", ["3", "2", "1"]),
        ("' OR 1=1 --", []),
    ],
)
def test_people_are_found_by_the_beginning_of_what_is_known(connection: Connection, text: str, found: list[str]) -> None:
    store(connection, person(1), person(2), person(3, email="anna_3@example.org"))
    assert [each.customer.number.removeprefix("K") for each in history.search(connection, text)] == found


def test_a_search_ends_at_its_limit(connection: Connection) -> None:
    store(connection, person(1), person(2), person(3))
    assert len(history.search(connection, "", 2)) == 2
