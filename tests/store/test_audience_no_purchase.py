"""Is everybody with an account and without a purchase a candidate, and nobody else?"""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from campaigns.kinds import NoPurchase
from campaigns.letter import LetterState
from campaigns.order import OrderState
from store import letters
from store.audience.chosen import EVER
from store.carts import upsert_carts
from store.desk_edits import edit
from tests.conftest import SECRET
from tests.store.audiences import candidates, facts, names
from tests.store.shop import CAMPAIGN, DRESDEN, NOW, Run, add_letter, cart, customer_id, days_ago, hold_out, order, person, start_run, store


@pytest.fixture
def run(connection: Connection) -> Run:
    return start_run(connection)


def test_an_account_begins_the_sequence_when_it_was_made(connection: Connection, run: Run) -> None:
    store(connection, person(registered_at=days_ago(20)), person(2), now=days_ago(3))
    first, second = candidates(connection, run, NoPurchase())
    assert (first.facts.trigger, first.facts.trigger_at, first.stops_after) == ("account", days_ago(20), EVER)
    assert (first.facts.is_prospect, first.facts.has_ordered, first.facts.bought_since) == (True, False, False)
    assert (first.recipient.orders_count, first.recipient.last_order_at, first.recipient.last_order_number) == (0, None, "")
    assert second.facts.trigger_at == days_ago(3), "the shop does not say when: since we know the account"


@pytest.mark.parametrize(
    ("state", "is_candidate", "bought"),
    [
        (OrderState.COMPLETED, False, False),
        (OrderState.OPEN, True, True),
        (OrderState.CANCELLED, True, False),
        (OrderState.OFFERED, True, False),
        (OrderState.TEST, True, False),
    ],
)
def test_only_a_completed_order_makes_a_customer(connection: Connection, run: Run, state: OrderState, is_candidate: bool, bought: bool) -> None:
    store(connection, person(), order(state=state))
    found = candidates(connection, run, NoPurchase())
    assert [(one.facts.bought_since, one.facts.has_ordered) for one in found] == ([(bought, bought)] if is_candidate else [])


def test_whoever_bought_once_stays_a_customer_after_a_refund(connection: Connection, run: Run) -> None:
    store(connection, person(), order())
    store(connection, order(state=OrderState.REFUNDED))
    assert names(connection, run, NoPurchase()) == []


def test_a_guest_has_no_account_even_with_an_address_corrected_at_the_desk(connection: Connection, run: Run) -> None:
    store(connection, order(customer_number="", email="guest@example.org", address=DRESDEN, state=OrderState.CANCELLED))
    guest = customer_id(connection, "guest@example.org")
    edit(connection, guest, {"street": "Neue Straße 1"}, "desk", SECRET, NOW)
    assert names(connection, run, NoPurchase()) == []
    store(connection, person(email="guest@example.org"))
    assert names(connection, run, NoPurchase()) == ["K1"]


def test_every_letter_and_holdout_belongs_to_the_one_sequence(connection: Connection, run: Run) -> None:
    other = start_run(connection, replace(CAMPAIGN, slug="other"))
    store(connection, person(registered_at=days_ago(900)))
    anna = customer_id(connection)
    add_letter(connection, run, anna, "account", 1, now=days_ago(800))
    hold_out(connection, other, anna, "account", 5)
    found = facts(connection, run, NoPurchase())
    assert (found.last_step, found.last_step_at) == (1, None), "it is not handed over"
    letters.advance(connection, run.id, LetterState.SELECTED, LetterState.HANDED_OVER, days_ago(799))
    assert facts(connection, run, NoPurchase()).last_step_at == days_ago(799)
    hold_out(connection, run, anna, "account", 2, now=days_ago(700))
    found = facts(connection, run, NoPurchase())
    assert (found.last_step, found.last_step_at) == (2, days_ago(700))


def test_products_in_the_cart_are_told(connection: Connection, run: Run) -> None:
    store(connection, person())
    assert not facts(connection, run, NoPurchase()).open_cart
    upsert_carts(connection, [cart()], SECRET)
    assert facts(connection, run, NoPurchase()).open_cart


def test_a_marketplaces_customer_stays_one_when_the_only_order_was_cancelled(connection: Connection, run: Run) -> None:
    store(connection, person(1), person(2))
    store(connection, order(1, state=OrderState.CANCELLED, platform="amazon"), order(2, customer_number="K2", state=OrderState.CANCELLED))
    assert [one.facts.from_marketplace for one in candidates(connection, run, NoPurchase())] == [True, False]
