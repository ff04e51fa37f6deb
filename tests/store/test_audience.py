"""Are the facts of every candidate right, and is everybody looked at exactly once?"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, update

from campaigns.address import AddressProblem, AddressState
from campaigns.cart import CartKind
from campaigns.coupon import CouponRecord
from campaigns.facts import Facts
from campaigns.kinds import AbandonedCart, Audience, CouponExpiry, NoPurchase, Reorder, Segment, Who, Winback
from campaigns.letter import LetterState
from campaigns.objection import ObjectionChannel, RobinsonEntry
from campaigns.order import OrderState
from campaigns.verdict import Outcome, Reason, Verdict, excluded
from store import audience, letters, objections
from store.audience import Candidate
from store.carts import upsert_carts
from store.coupons import upsert_coupons
from store.hashes import email_hash
from store.robinson import HOLDS, upsert_entries
from store.schema import customers, verdicts
from store.schema import letters as letters_table
from store.schema import objections as objections_table
from tests.conftest import SECRET
from tests.store.audiences import TODAY, names, of
from tests.store.shop import CAMPAIGN, LATER, NOW, Run, add_letter, cart, customer_id, days_ago, hold_out, order, person, rows, start_run, store


@pytest.fixture
def run(connection: Connection) -> Run:
    return start_run(connection)


def page(connection: Connection, run: Run, after: int = 0, limit: int = 100, **changes: Any) -> list[Candidate]:
    return audience.page(connection, run.campaign_id, replace(CAMPAIGN, **changes), "DE", after, limit, TODAY)


def facts(connection: Connection, run: Run, **changes: Any) -> Facts:
    (found,) = page(connection, run, **changes)
    return found.facts


def test_a_candidate_with_all_that_a_letter_needs(connection: Connection, run: Run) -> None:
    store(connection, person(), order(1, ordered_at=days_ago(300)), order(2, ordered_at=days_ago(200)), order(3, ordered_at=days_ago(250)))
    (found,) = page(connection, run)
    row = rows(connection, customers)[0]
    newest = found.facts.trigger
    assert found.facts == Facts(row["id"], row["person_key"], "DE", AddressState.OK, None, False, False, newest, days_ago(200), False)
    assert (found.recipient.last_order_number, found.recipient.last_order_at, found.recipient.orders_count) == ("A-2", days_ago(200), 3)
    assert found.recipient.customer.address == person().address
    assert (found.household_key, found.sort_key) == ("müller|weg1|01067|de", "0|01067|weg 1")


def test_the_last_sale_decides_who_is_a_candidate(connection: Connection, run: Run) -> None:
    store(connection, *(person(number) for number in range(1, 6)))
    store(connection, order(1, customer_number="K1", ordered_at=days_ago(180)))
    store(connection, order(2, customer_number="K2", ordered_at=days_ago(179)))
    store(connection, order(3, customer_number="K3"), order(4, customer_number="K3", ordered_at=days_ago(1)))
    store(connection, order(5, customer_number="K4"), order(6, customer_number="K4", ordered_at=days_ago(1), state=OrderState.CANCELLED))
    found = {each.recipient.customer.email: each.facts.trigger_at for each in page(connection, run)}
    assert found == {"anna1@example.org": days_ago(180), "anna4@example.org": days_ago(200)}


@pytest.mark.parametrize("state", OrderState)
def test_what_is_no_sale_makes_no_candidate(connection: Connection, run: Run, state: OrderState) -> None:
    store(connection, person(), order(state=state))
    assert len(page(connection, run)) == state.is_sale


def test_two_orders_of_the_same_moment_are_one_candidate(connection: Connection, run: Run) -> None:
    store(connection, person(), order(1), order(2), order(3, state=OrderState.TEST))
    (found,) = page(connection, run)
    assert (found.recipient.last_order_number, found.recipient.orders_count) == ("A-2", 2)


def test_a_marketplace_is_known_by_the_last_sale(connection: Connection, run: Run) -> None:
    store(connection, person(1), order(1, ordered_at=days_ago(300), platform="ebay"), order(2))
    store(connection, person(2), order(3, customer_number="K2", platform="amazon"))
    assert [each.facts.from_marketplace for each in page(connection, run)] == [False, True]


def test_an_address_is_judged_as_posted_from_home(connection: Connection, run: Run) -> None:
    store(connection, person(address=replace(person().address, postcode="1067")), order())
    connection.execute(update(customers).values(address_state="moved"))
    found = facts(connection, run)
    assert (found.address_problem, found.address_state) == (AddressProblem.BAD_POSTCODE, AddressState.MOVED)


# --- carts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "is_open"),
    [
        pytest.param({}, True, id="a cart of yesterday"),
        pytest.param({"updated_at": NOW - timedelta(minutes=5)}, True, id="somebody is shopping right now"),
        pytest.param({"updated_at": days_ago(90) + timedelta(seconds=1)}, True, id="nearly 90 days old"),
        pytest.param({"updated_at": days_ago(90)}, False, id="90 days old"),
        pytest.param({"kind": CartKind.WISHLIST}, False, id="a wishlist"),
        pytest.param({"items": ()}, False, id="an empty cart"),
        pytest.param({"completed_at": days_ago(0.5)}, False, id="one that became an order"),
        pytest.param({"email": "other@example.org"}, False, id="somebody else's"),
        pytest.param({"email": ""}, False, id="nobody's"),
    ],
)
def test_an_open_cart(connection: Connection, run: Run, changes: dict[str, Any], is_open: bool) -> None:
    store(connection, person(), order())
    upsert_carts(connection, [cart(**changes)], SECRET)
    assert facts(connection, run).open_cart is is_open


def test_a_cart_is_recovered_by_an_order_that_follows(connection: Connection, run: Run) -> None:
    month = Winback(inactive_days=30)
    store(connection, person(), order(ordered_at=days_ago(40)))
    upsert_carts(connection, [cart(updated_at=days_ago(39))], SECRET)
    assert facts(connection, run, audience=month).open_cart
    store(connection, order(2, ordered_at=days_ago(38)))
    assert not facts(connection, run, audience=month).open_cart


def test_an_erased_person_is_no_candidate_and_stops_no_selection(connection: Connection, run: Run) -> None:
    store(connection, person(1), person(2), order(1), order(2, customer_number="K2"))
    connection.execute(update(customers).where(customers.c.number == "K1").values(erased_at=NOW))
    assert [each.facts.customer_id for each in page(connection, run, limit=1)] == [customer_id(connection, "anna2@example.org")]


# --- objections --------------------------------------------------------------------------------------------------------


def test_an_objection_is_known_by_person(connection: Connection, run: Run) -> None:
    store(connection, person(email=""), order())
    assert not facts(connection, run).objected
    objections.add(connection, rows(connection, customers)[0]["id"], ObjectionChannel.DESK, NOW)
    assert facts(connection, run).objected


def test_an_objection_is_known_by_mailbox_and_survives_a_new_one(connection: Connection, run: Run) -> None:
    connection.execute(objections_table.insert().values(email_hash=email_hash("anna1@example.org", SECRET), channel="csv", received_at=NOW))
    connection.execute(objections_table.insert().values(email_hash=None, channel="csv", received_at=NOW))
    store(connection, person(1), person(2), person(3, email=""), order(1), order(2, customer_number="K2"), order(3, customer_number="K3"))
    assert [each.facts.objected for each in page(connection, run)] == [True, False, False]
    objections.add(connection, customer_id(connection), ObjectionChannel.DESK, NOW)
    store(connection, person(email="new@example.org"))
    assert page(connection, run)[0].facts.objected


def test_the_robinson_list_is_known_by_name_and_address_for_five_years(connection: Connection, run: Run) -> None:
    store(connection, person(1), person(2), order(1), order(2, customer_number="K2"))
    entry = RobinsonEntry("list", replace(person(1).address, street="WEG 1"))
    upsert_entries(connection, [entry], SECRET, NOW - HOLDS)
    assert [one.facts.on_robinson_list for one in page(connection, run)] == [False, False]
    upsert_entries(connection, [entry], SECRET, NOW - HOLDS + timedelta(seconds=1))
    assert [one.facts.on_robinson_list for one in page(connection, run)] == [True, False]


# --- letters -----------------------------------------------------------------------------------------------------------


def test_letters_of_this_campaign_and_trigger_make_the_sequence(connection: Connection, run: Run) -> None:
    store(connection, person(), order())
    trigger, anna = facts(connection, run).trigger, customer_id(connection)
    add_letter(connection, run, anna, trigger, 1)
    letters.advance(connection, run.id, LetterState.SELECTED, LetterState.HANDED_OVER, days_ago(40))
    add_letter(connection, run, anna, trigger, 2, now=days_ago(3))
    found = facts(connection, run)
    assert (found.last_step, found.last_step_at, found.last_letter_at, found.letters_in_cap) == (2, None, days_ago(3), 2)
    letters.advance(connection, run.id, LetterState.SELECTED, LetterState.HANDED_OVER, days_ago(2))
    assert (facts(connection, run).last_step_at, facts(connection, run).last_letter_at) == (days_ago(2), days_ago(2))


def test_a_cancelled_letter_counts_nowhere(connection: Connection, run: Run) -> None:
    store(connection, person(), order())
    clean = facts(connection, run)
    for state in (LetterState.CANCELLED, LetterState.FAILED):
        letter = add_letter(connection, run, clean.customer_id, clean.trigger)
        letters.cancel(connection, [letter], "why", state)
        assert facts(connection, run) == clean


def test_a_returned_letter_counts(connection: Connection, run: Run) -> None:
    store(connection, person(), order())
    add_letter(connection, run, customer_id(connection), facts(connection, run).trigger)
    connection.execute(letters_table.update().values(state="returned", handed_over_at=days_ago(10)))
    found = facts(connection, run)
    assert (found.last_step, found.last_letter_at, found.letters_in_cap) == (1, days_ago(10), 1)


def test_letters_before_the_last_sale_or_of_another_campaign_count_for_the_limits_alone(connection: Connection, run: Run) -> None:
    other = start_run(connection, replace(CAMPAIGN, slug="other"))
    store(connection, person(), order())
    anna, trigger = customer_id(connection), facts(connection, run).trigger
    add_letter(connection, run, anna, "order-0", 2, now=days_ago(300))
    add_letter(connection, other, anna, trigger, 1, now=days_ago(50))
    found = facts(connection, run)
    assert (found.last_step, found.last_step_at, found.last_letter_at, found.letters_in_cap) == (0, None, days_ago(50), 1)


def test_a_new_sale_starts_the_sequence_anew(connection: Connection, run: Run) -> None:
    store(connection, person(), order(1, ordered_at=days_ago(400)))
    add_letter(connection, run, customer_id(connection), facts(connection, run).trigger, now=days_ago(210))
    store(connection, order(2, ordered_at=days_ago(190)))
    assert (facts(connection, run).last_step, facts(connection, run).trigger_at) == (0, days_ago(190))


def test_an_order_whose_date_is_corrected_starts_no_second_sequence(connection: Connection, run: Run) -> None:
    store(connection, person(), order(ordered_at=days_ago(300)))
    found = facts(connection, run)
    add_letter(connection, run, found.customer_id, found.trigger, 1, now=days_ago(250))
    letters.advance(connection, run.id, LetterState.SELECTED, LetterState.HANDED_OVER, days_ago(250))
    store(connection, order(ordered_at=days_ago(240)))
    assert (facts(connection, run).trigger, facts(connection, run).last_step) == (found.trigger, 1)


def test_a_refund_or_an_old_order_that_comes_late_starts_none(connection: Connection, run: Run) -> None:
    store(connection, person(), order(1, ordered_at=days_ago(400)), order(2, ordered_at=days_ago(300)))
    add_letter(connection, run, customer_id(connection), facts(connection, run).trigger, now=days_ago(100))
    store(connection, order(2, ordered_at=days_ago(300), state=OrderState.REFUNDED))
    assert facts(connection, run).last_step == 1
    store(connection, order(3, ordered_at=days_ago(250)))
    assert facts(connection, run).last_step == 1


def test_a_holdout_continues_the_sequence_and_counts_for_the_limits_of_its_own_campaign(connection: Connection, run: Run) -> None:
    other = start_run(connection, replace(CAMPAIGN, slug="other"))
    store(connection, person(), order())
    anna = customer_id(connection)
    hold_out(connection, run, anna, "order-0", 2, now=days_ago(300))
    hold_out(connection, other, anna, "order-1", 2, now=days_ago(100))
    found = facts(connection, run)
    assert (found.last_step, found.last_letter_at) == (0, days_ago(300)), "before the last sale, and of another campaign"
    hold_out(connection, run, anna, "order-1", 1, now=days_ago(100))
    found = facts(connection, run)
    assert (found.last_step, found.last_step_at, found.last_letter_at, found.letters_in_cap) == (1, days_ago(100), days_ago(100), 0)
    hold_out(connection, run, anna, "order-1", 2, now=days_ago(60))
    add_letter(connection, run, anna, "order-1", 3, now=days_ago(40))
    found = facts(connection, run)
    assert (found.last_step, found.last_step_at, found.last_letter_at, found.letters_in_cap) == (3, None, days_ago(40), 2)
    assert (found.other_campaign, facts(connection, other).letters_in_cap) == ("", 1), "for other campaigns a holdout is nothing"


def test_the_cap_counts_days_of_the_calendar(connection: Connection, run: Run) -> None:
    """Today is the last of the 90 days; the first began at midnight."""
    store(connection, person(), order())
    first_day = NOW.replace(hour=0) - timedelta(days=89)
    for number, made_at in enumerate((first_day - timedelta(seconds=1), first_day, NOW)):
        add_letter(connection, run, customer_id(connection), f"order-{number}", now=made_at)
    assert facts(connection, run).letters_in_cap == 2


@pytest.mark.parametrize(
    ("made_at", "handed_over_at", "state", "is_told"),
    [
        pytest.param(days_ago(9), None, "selected", True, id="waits for approval, of whatever day"),
        pytest.param(days_ago(9), None, "rendered", True, id="rendered"),
        pytest.param(days_ago(9), None, "approved", True, id="approved"),
        pytest.param(days_ago(9), days_ago(0.5), "handed_over", True, id="handed over since midnight"),
        pytest.param(days_ago(0.5), days_ago(0.4), "posted", True, id="made today"),
        pytest.param(days_ago(9), days_ago(0.51), "handed_over", False, id="handed over yesterday"),
        pytest.param(days_ago(0.1), None, "cancelled", False, id="taken out"),
    ],
)
def test_a_letter_of_another_campaign_today(
    connection: Connection, run: Run, made_at: datetime, handed_over_at: datetime | None, state: str, is_told: bool
) -> None:
    store(connection, person(), order())
    other = start_run(connection, replace(CAMPAIGN, slug="other"))
    letter = add_letter(connection, other, customer_id(connection), now=made_at)
    moved = letters_table.update().where(letters_table.c.id == letter).values(state=state, handed_over_at=handed_over_at)
    connection.execute(moved)
    assert facts(connection, run).other_campaign == ("other" if is_told else "")
    connection.execute(letters_table.update().values(campaign_id=run.campaign_id))
    assert facts(connection, run).other_campaign == "", "its own letters are no other campaign's"


# --- pages -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_paging_by_id_gives_everybody_exactly_once(connection: Connection, run: Run, limit: int) -> None:
    people = [person(number) for number in range(25)]
    bought = [order(number * 10 + each, customer_number=f"K{number}") for number in range(25) if number % 4 for each in range(number % 3 + 1)]
    store(connection, *people, *bought)
    seen: list[int] = []
    while found := page(connection, run, after=seen[-1] if seen else 0, limit=limit):
        assert len(found) <= limit
        seen += [each.facts.customer_id for each in found]
    assert seen == sorted(set(seen))
    assert len(seen) == len([number for number in range(25) if number % 4])


def test_a_page_can_be_asked_for_some_people_alone(connection: Connection, run: Run) -> None:
    store(connection, *(person(number) for number in range(1, 7)), *(order(number, customer_number=f"K{number}") for number in range(1, 5)))
    ids = [customer_id(connection, f"anna{number}@example.org") for number in range(1, 7)]

    def ask(kind: Audience, *wanted: int, after: int = 0, limit: int = 100) -> list[int]:
        campaign, only = of(kind), [ids[one - 1] for one in wanted]
        found = audience.page(connection, run.campaign_id, campaign, "DE", after, limit, TODAY, only)
        return [ids.index(one.facts.customer_id) + 1 for one in found]

    assert ask(Winback(), 4, 2, 6) == [2, 4]
    assert ask(Winback(), 4, 2, 6, after=ids[1]) == [4]
    assert ask(Winback(), 4, 2, 6, limit=1) == [2]
    assert ask(Winback()) == [], "nobody is not everybody"
    upsert_carts(connection, [cart(number, email=f"anna{number}@example.org") for number in (1, 3, 5)], SECRET)
    grants = [CouponRecord("shop", f"C{number}", "ten", customer_number=f"K{number}", valid_until=NOW.date()) for number in (2, 3, 6)]
    upsert_coupons(connection, grants, NOW)
    wanted = (1, 2, 3, 6)
    expected: dict[Audience, list[int]] = {NoPurchase(): [6], AbandonedCart(): [1, 3], Reorder(): [1, 2, 3], Segment(): [1, 2, 3], CouponExpiry(): [2, 3, 6]}
    assert {kind: ask(kind, *wanted) for kind in expected} == expected


@pytest.mark.parametrize("kind", [Winback(), NoPurchase(), AbandonedCart(), Reorder(), Segment(who=Who.ALL), CouponExpiry()])
def test_seeds_the_merged_and_the_erased_are_in_no_audience(connection: Connection, run: Run, kind: Audience) -> None:
    store(connection, *(person(number) for number in range(1, 5)))
    if not isinstance(kind, NoPurchase):
        store(connection, *(order(number, customer_number=f"K{number}") for number in range(1, 5)))
    upsert_carts(connection, [cart(number, email=f"anna{number}@example.org") for number in range(1, 5)], SECRET)
    grants = [CouponRecord("shop", f"C{number}", "ten", customer_number=f"K{number}", valid_until=NOW.date()) for number in range(1, 5)]
    upsert_coupons(connection, grants, NOW)
    assert names(connection, run, kind) == ["K1", "K2", "K3", "K4"]
    for number, values in (("K1", {"is_seed": True}), ("K2", {"merged_into": 1}), ("K3", {"erased_at": NOW})):
        connection.execute(update(customers).where(customers.c.number == number).values(**values))
    assert names(connection, run, kind) == ["K4"]


# --- verdicts ----------------------------------------------------------------------------------------------------------


def test_since_moves_only_when_the_verdict_changes(connection: Connection, run: Run) -> None:
    store(connection, person(1), person(2))
    first, second = (row["id"] for row in rows(connection, customers))
    audience.record(connection, run.campaign_id, [], NOW)
    audience.record(connection, run.campaign_id, [(first, excluded(Reason.COOLDOWN)), (second, Verdict(Outcome.SELECTED, step=1))], NOW)
    audience.record(connection, run.campaign_id, [(first, excluded(Reason.COOLDOWN)), (second, Verdict(Outcome.SELECTED, step=2))], LATER)
    assert [(row["outcome"], row["reason"], row["step"], row["since"]) for row in rows(connection, verdicts)] == [
        ("excluded", "cooldown", None, NOW),
        ("selected", None, 2, LATER),
    ]
    audience.record(connection, run.campaign_id, [(first, excluded(Reason.ADDRESS_INVALID, "bad_postcode"))], LATER)
    audience.record(connection, run.campaign_id, [(first, excluded(Reason.ADDRESS_INVALID, "bad_character"))], LATER + timedelta(days=1))
    assert next((row["detail"], row["since"]) for row in rows(connection, verdicts)) == ("bad_character", LATER + timedelta(days=1))
