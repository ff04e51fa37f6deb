"""Is somebody whose e-mail address changed in the shop still found by the old one, and by nobody's eyes?"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from campaigns.checkout import RefusalReason, Shopper
from campaigns.customer import Customer
from campaigns.objection import Objection, ObjectionChannel
from store import merges, objections, redemptions
from store.customers import gone
from store.erasure import erase
from store.redemptions.buyer import whom
from store.schema import customer_sources, customers, former_mailboxes
from store.schema import objections as objections_table
from store.source_erasure import erase_source
from tests.conftest import SECRET
from tests.store.redeeming import ASKING, NEWCOMERS, TEN, by, granted, issue, reason
from tests.store.shop import LATER, NOW, count, order, person, rows, store

OLD = "anna.alt@gmail.com"
STRANGER = Shopper("Anna.Alt+tee@googlemail.com")
"""The old mailbox in another spelling, and nothing else that would tell who that is."""


def moved_on(connection: Connection, number: int = 1, **changes: object) -> int:
    """Somebody who has bought under an old mailbox, which the shop has replaced."""
    before = person(number, **{"email": OLD, **changes})
    store(connection, before, order(number, customer_number=before.number, email=OLD))
    store(connection, replace(before, email=f"neu{number}@example.org", changed_at=LATER))
    return holder(connection, f"neu{number}@example.org")


def holder(connection: Connection, email: str) -> int:
    return int(connection.execute(select(customer_sources.c.customer_id).where(customer_sources.c.email_key == email)).scalar_one())


def objection(email: str) -> Objection:
    return Objection("shop", email=email, channel=ObjectionChannel.FILE)


def test_nobody_is_a_new_customer_again_by_an_old_mailbox(connection: Connection) -> None:
    issue(connection, offer=NEWCOMERS)
    moved_on(connection)
    assert reason(redemptions.redeem(connection, "TEST", by(STRANGER), "B-1", ASKING)) is RefusalReason.NEW_CUSTOMERS_ONLY


def test_a_new_customer_who_has_not_bought_before_is_one_under_the_old_mailbox_as_well(connection: Connection) -> None:
    issue(connection, offer=NEWCOMERS)
    store(connection, person(1, email=OLD))
    store(connection, person(1, email="neu@example.org", changed_at=LATER))
    done = granted(redemptions.redeem(connection, "TEST", by(STRANGER), "B-1", ASKING))
    assert done.customer_id == holder(connection, "neu@example.org")


def test_a_personal_code_is_good_for_its_owner_under_the_old_mailbox(connection: Connection) -> None:
    owner = moved_on(connection)
    issue(connection, offer=replace(TEN, personal=True), customer_id=owner)
    assert granted(redemptions.redeem(connection, "TEST", by(STRANGER), "B-1", ASKING)).customer_id == owner


def test_whoever_holds_the_mailbox_now_is_meant_first(connection: Connection) -> None:
    before = moved_on(connection)
    store(connection, person(2, email=OLD))
    found = whom(connection, Shopper(OLD), "shop", SECRET)
    assert found.customer_id == holder(connection, OLD) != before and before in found.ids


@pytest.mark.parametrize("taken_over", [False, True])
def test_an_objection_by_an_old_mailbox_finds_whoever_went_by_it(connection: Connection, taken_over: bool) -> None:
    before = moved_on(connection)
    if taken_over:
        store(connection, person(2, email=OLD))
    assert objections.received_at(connection, before) is None
    objections.upsert_objections(connection, [objection(OLD.upper())], SECRET, NOW)
    assert objections.received_at(connection, before) == NOW
    assert not taken_over or objections.received_at(connection, holder(connection, OLD)) == NOW


def test_only_hashes_are_kept_each_once(connection: Connection) -> None:
    moved_on(connection)
    store(connection, person(1, email=OLD, changed_at=LATER + timedelta(days=1)))
    store(connection, person(1, email="neu1@example.org", changed_at=LATER + timedelta(days=2)))
    found = rows(connection, former_mailboxes)
    assert len(found) == 2, "the old one once, and the one that was new in between"
    assert not any("@" in str(value) for row in found for value in row.values())


def test_a_record_that_says_no_mailbox_replaces_none(connection: Connection) -> None:
    store(connection, person(1, email=OLD))
    store(connection, person(1, email="", changed_at=LATER))
    store(connection, person(1, email=OLD.upper(), changed_at=LATER + timedelta(days=1)))
    assert count(connection, former_mailboxes) == 0


def test_an_account_that_its_shop_deletes_leaves_no_hash(connection: Connection) -> None:
    store(connection, person(1, email=OLD))
    assert gone(connection, "shop", "1", SECRET, LATER)
    assert count(connection, former_mailboxes) == 0


def test_they_go_with_the_person_and_an_objection_keeps_their_names(connection: Connection) -> None:
    before = moved_on(connection)
    other = moved_on(connection, 2, email="zwei.alt@example.org")
    objections.add(connection, before, ObjectionChannel.DESK, NOW)
    for one in (before, other):
        erase(connection, one, SECRET, NOW)
    assert count(connection, former_mailboxes) == 0
    store(connection, Customer("another", "x1", email=OLD, changed_at=LATER), Customer("another", "x2", email="zwei.alt@example.org", changed_at=LATER))
    newest = connection.execute(select(customers.c.id).order_by(customers.c.id.desc()).limit(2)).scalars().all()
    assert [objections.received_at(connection, one) is not None for one in sorted(newest)] == [True, False]
    assert {row["customer_id"] for row in rows(connection, objections_table)} >= {before}


def test_a_shop_that_takes_its_data_back_takes_them_too(connection: Connection) -> None:
    before = moved_on(connection)
    store(connection, replace(person(1), source="another", source_id="x1", email="neu1@example.org"))
    while erase_source(connection, "shop", SECRET, LATER):
        pass
    assert connection.execute(select(customers.c.erased_at).where(customers.c.id == before)).scalar_one() is None
    assert count(connection, former_mailboxes) == 0


def test_they_go_over_with_a_merge_and_come_back_with_its_undoing(connection: Connection) -> None:
    first, second = moved_on(connection), moved_on(connection, 2, email="zwei.alt@example.org")
    store(connection, replace(person(2), email="neu1@example.org", address=person(1).address, changed_at=LATER + timedelta(days=1)))
    whose = select(former_mailboxes.c.customer_id).order_by(former_mailboxes.c.id)
    assert set(connection.execute(whose).scalars()) == {first}
    [merge] = [one for one in merges.latest(connection, 5) if one.gone_id == second]
    merges.undo(connection, merge.id, "Martha", SECRET, LATER + timedelta(days=2))
    assert second in connection.execute(whose).scalars().all()
