"""Do two customers who turn out to be one become one, with all that hangs on them, and can that be taken back?"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from campaigns.address import Address
from campaigns.customer import Customer, Sex
from campaigns.identity import MergeReason
from campaigns.letter import LetterState
from campaigns.objection import Objection, ObjectionChannel
from campaigns.order import OrderState
from campaigns.verdict import Reason, excluded
from store import audience, history, letters, merges, objections, partners
from store.carts import upsert_carts
from store.customers import household
from store.erasure import erase
from store.errors import CannotUndo
from store.moving import MOVING
from store.objections import upsert_objections
from store.schema import (
    carts,
    coupons,
    customer_sources,
    customers,
    first_lines,
    holdouts,
    metadata,
    orders,
    privacy_requests,
    prospect_views,
    redemptions,
    sign_up_codes,
    verdicts,
)
from store.schema import letters as letters_table
from store.schema import merges as table
from store.schema import objections as objections_table
from tests.conftest import SECRET
from tests.store.shop import LATER, NOW, add_letter, cart, count, customer_id, days_ago, hold_out, order, person, redemption, rows, start_run, store

AFTER = LATER + timedelta(hours=1)


def pair(connection: Connection) -> tuple[int, int]:
    """Two people of two shops who have nothing in common."""
    store(connection, person(1), replace(person(2), source="other"))
    return customer_id(connection), customer_id(connection, "anna2@example.org")


def unite(connection: Connection, kept: int, gone: int) -> int:
    """The number of the merge."""
    assert merges.unite(connection, kept, gone, MergeReason.DESK, SECRET, LATER)
    return int(rows(connection, table)[-1]["id"])


def undo(connection: Connection, merge_id: int) -> int:
    return merges.undo(connection, merge_id, "mara", SECRET, AFTER)


def alive(connection: Connection) -> list[int]:
    return [row["id"] for row in rows(connection, customers) if row["merged_into"] is None]


def one(connection: Connection, customer: int) -> dict[str, Any]:
    return next(row for row in rows(connection, customers) if row["id"] == customer)


# --- by rule -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"email": "anna1@example.org"}, "email"),
        ({"address": person(1).address}, "address"),
        ({"number": "K1", "address": replace(person(1).address, street="Ring 3")}, "number"),
    ],
)
def test_an_update_that_makes_two_the_same_unites_them(connection: Connection, change: dict[str, Any], reason: str) -> None:
    kept, gone = pair(connection)
    key = one(connection, kept)["person_key"]
    store(connection, replace(person(2), source="other", **change), now=LATER)
    (merge,) = rows(connection, table)
    assert (merge["kept_id"], merge["gone_id"], merge["reason"], merge["merged_at"]) == (kept, gone, reason, LATER)
    assert (alive(connection), one(connection, kept)["person_key"], one(connection, gone)["merged_into"]) == ([kept], key, kept)


def test_two_accounts_of_one_shop_are_not_united_by_a_mailbox_alone(connection: Connection) -> None:
    store(connection, person(1), person(2))
    store(connection, person(2, email="anna1@example.org"))
    assert count(connection, table) == 0
    assert [row["email_key"] for row in rows(connection, customers)] == ["anna1@example.org", None]


def test_two_accounts_of_one_shop_are_united_by_a_mailbox_and_a_name(connection: Connection) -> None:
    store(connection, person(1), person(2))
    store(connection, person(2, email="anna1@example.org", address=replace(person(1).address, street="Ring 3")))
    assert [row["reason"] for row in rows(connection, table)] == ["email"]


def test_two_accounts_of_one_shop_are_united_by_their_address(connection: Connection) -> None:
    store(connection, person(1), person(2))
    store(connection, person(2, address=person(1).address))
    assert [row["reason"] for row in rows(connection, table)] == ["address"]


def test_a_chain_of_equals_becomes_one(connection: Connection) -> None:
    store(connection, *(replace(person(number), source=f"s{number}") for number in (1, 2, 3, 4)))
    first = alive(connection)[0]
    store(connection, *(replace(person(number), source=f"s{number}", email="anna1@example.org") for number in (2, 3, 4)))
    assert alive(connection) == [first]
    assert {(row["kept_id"], row["gone_id"]) for row in rows(connection, table)} == {(first, row["id"]) for row in rows(connection, customers)[1:]}


def test_uniting_two_can_make_them_the_same_as_a_third(connection: Connection) -> None:
    nameless = Address(street="Weg 3", postcode="01067", town="Dresden", country="DE")
    store(connection, replace(person(3), address=replace(person(3).address, street="Alt 1")))
    store(connection, Customer("b", "b", email="b@x.org", address=nameless), replace(person(3), source="c", number="", email="c@x.org"), now=LATER)
    assert len(alive(connection)) == 3
    store(connection, Customer("b", "b", email="anna3@example.org"), now=LATER)
    assert [row["reason"] for row in rows(connection, table)] == ["email", "address"]
    assert len(alive(connection)) == 1


# --- what goes over ----------------------------------------------------------------------------------------------------


def test_every_table_that_names_a_customer_is_handed_over() -> None:
    naming = {each.name for each in metadata.tables.values() if any(key.column.table is customers for key in each.foreign_keys)}
    assert naming - {"merges"} == {each.name for each in MOVING}


def test_everything_goes_over_and_comes_back(connection: Connection) -> None:
    kept, gone = pair(connection)
    store(connection, order(1), order(2, source="other", customer_number="K2"), replace(order(3), customer_number="", email="anna2@example.org"))
    upsert_carts(connection, [cart(1), cart(2, email="anna2@example.org")], SECRET)
    run = start_run(connection)
    letter = add_letter(connection, run, gone)
    hold_out(connection, run, gone)
    objections.add(connection, gone, ObjectionChannel.DESK, NOW)
    connection.execute(insert(privacy_requests).values(kind="access", source="other", channel="desk", customer_id=gone, received_at=NOW))
    audience.record(connection, run.campaign_id, [(gone, excluded(Reason.OBJECTION))], NOW)
    coupon_id = rows(connection, coupons)[0]["id"]
    connection.execute(insert(redemptions).values(redemption(coupon_id, customer_id=gone)))
    connection.execute(insert(sign_up_codes).values(coupon_id=coupon_id, customer_id=gone, source="shop", given_at=NOW))
    partner = partners.add(connection, "anna", "Anna", "anna2@example.org", "", NOW)
    assert partner.own_customer_id == gone
    connection.execute(insert(prospect_views).values(partner_id=partner.id, customer_id=gone, fields=["town"], seen_at=NOW))
    connection.execute(insert(first_lines).values(customer_id=gone, partner_id=partner.id, assigned_at=NOW))
    of_coupons = (redemptions, sign_up_codes, prospect_views, first_lines)
    everything = (customer_sources, orders, carts, letters_table, coupons, holdouts, objections_table, privacy_requests, verdicts, *of_coupons)
    before = [rows(connection, each) for each in (*everything, customers)]

    merge = unite(connection, kept, gone)

    assert {row["customer_id"] for each in everything for row in rows(connection, each)} == {kept}
    assert partners.by_id(connection, partner.id) == replace(partner, own_customer_id=kept)
    found = history.of(connection, kept)
    assert found
    assert (len(found.orders), len(found.carts), [each.letter.id for each in found.letters], found.objected_at) == (3, 2, [letter], NOW)

    assert undo(connection, merge) == gone
    after = [rows(connection, each) for each in (*everything, customers)]
    for person_before, person_after in zip(before[-1], after[-1], strict=True):
        assert {**person_before, "changed_at": None} == {**person_after, "changed_at": None}
    assert after[:-1] == before[:-1]
    assert partners.by_id(connection, partner.id) == partner


@pytest.mark.parametrize(("own", "theirs", "stands"), [(NOW, LATER, NOW), (LATER, NOW, NOW), (None, NOW, NOW), (NOW, None, NOW)])
def test_of_two_first_lines_the_earlier_stands_and_a_merge_that_is_undone_gives_each_their_own(
    connection: Connection, own: datetime | None, theirs: datetime | None, stands: datetime
) -> None:
    kept, gone = pair(connection)
    partner = partners.add(connection, "vera", "Vera", "vera@example.org", "", NOW)
    for one, at in ((kept, own), (gone, theirs)):
        if at:
            connection.execute(insert(first_lines).values(customer_id=one, partner_id=partner.id, assigned_at=at))
    before = rows(connection, first_lines)
    merge = unite(connection, kept, gone)
    assert [row["assigned_at"] for row in rows(connection, first_lines) if row["customer_id"] == kept] == [stands]
    undo(connection, merge)
    assert rows(connection, first_lines) == before


def test_a_tombstone_says_nothing_and_is_seen_by_nobody(connection: Connection) -> None:
    kept, gone = pair(connection)
    unite(connection, kept, gone)
    row = one(connection, gone)
    personal = [column.name for column in customers.columns if column.info["pii"] in ("personal", "free_text")]
    assert [name for name in (*personal, "number", "email_hash", "address_hash") if row[name]] == []
    assert [each.id for each in history.search(connection, "")] == [kept]
    found = history.of(connection, gone)
    assert found
    assert found.id == kept
    assert household(connection, gone) == []


def test_who_was_held_out_while_they_were_one_stays_held_out_with_whoever_was_kept(connection: Connection) -> None:
    kept, gone = pair(connection)
    run = start_run(connection)
    hold_out(connection, run, kept)
    hold_out(connection, run, gone)
    merge = unite(connection, kept, gone)
    hold_out(connection, run, kept, step=2, now=AFTER)
    assert {row["customer_id"] for row in rows(connection, holdouts)} == {kept}
    undo(connection, merge)
    assert [(row["customer_id"], row["step"]) for row in rows(connection, holdouts)] == [(kept, 1), (gone, 1), (kept, 2)]


def test_a_seed_address_is_nobody_to_be_united_with(connection: Connection) -> None:
    kept, seed = pair(connection)
    connection.execute(update(customers).where(customers.c.id == seed).values(is_seed=True, address_hash=one(connection, kept)["address_hash"]))
    assert not merges.unite(connection, kept, seed, MergeReason.DESK, SECRET, LATER)
    store(connection, person(1, number="K9"), person(3, address=person(1).address), now=LATER)
    assert seed in alive(connection) and count(connection, table) == 1  # the two others


def test_letters_of_the_same_step_are_both_kept(connection: Connection) -> None:
    kept, gone = pair(connection)
    run = start_run(connection)
    ids = [add_letter(connection, run, customer, trigger="registered") for customer in (kept, gone)]
    merge = unite(connection, kept, gone)
    assert [(row["id"], row["customer_id"], row["trigger"]) for row in rows(connection, letters_table)] == [
        (ids[0], kept, "registered"),
        (ids[1], kept, f"registered of {gone}"),
    ]
    undo(connection, merge)
    assert [(row["customer_id"], row["trigger"]) for row in rows(connection, letters_table)] == [(kept, "registered"), (gone, "registered")]


def test_a_cancelled_letter_stands_in_nobodys_way(connection: Connection) -> None:
    kept, gone = pair(connection)
    run = start_run(connection)
    first = add_letter(connection, run, gone, trigger="registered")
    letters.cancel(connection, [first], "objection", LetterState.CANCELLED)
    add_letter(connection, run, gone, trigger="registered")
    unite(connection, kept, gone)
    assert [row["trigger"] for row in rows(connection, letters_table)] == ["registered", "registered"]


@pytest.mark.parametrize("both", [True, False])
def test_an_objection_of_either_holds(connection: Connection, both: bool) -> None:
    kept, gone = pair(connection)
    objections.add(connection, gone, ObjectionChannel.DESK, NOW)
    if both:
        objections.add(connection, kept, ObjectionChannel.API, LATER)
    unite(connection, kept, gone)
    assert count(connection, objections_table) == 1 + both
    assert objections.received_at(connection, kept) == NOW


def test_verdicts_of_the_same_campaign_stay_with_their_own(connection: Connection) -> None:
    kept, gone = pair(connection)
    run = start_run(connection)
    audience.record(connection, run.campaign_id, [(kept, excluded(Reason.COOLDOWN)), (gone, excluded(Reason.ABROAD))], NOW)
    unite(connection, kept, gone)
    assert {(row["customer_id"], row["reason"]) for row in rows(connection, verdicts)} == {(kept, "cooldown"), (gone, "abroad")}


def test_a_person_is_a_customer_since_the_first_sale_of_either(connection: Connection) -> None:
    kept, gone = pair(connection)
    store(connection, order(1, ordered_at=days_ago(10)), order(2, source="other", customer_number="K2", ordered_at=days_ago(90)))
    merge = unite(connection, kept, gone)
    assert one(connection, kept)["first_sale_at"] == days_ago(90)
    undo(connection, merge)
    assert [one(connection, each)["first_sale_at"] for each in (kept, gone)] == [days_ago(10), days_ago(90)]


def test_a_first_sale_that_was_cancelled_later_stays_with_whose_it_was(connection: Connection) -> None:
    kept, gone = pair(connection)
    store(connection, order(1, ordered_at=days_ago(90)))
    merge = unite(connection, kept, gone)
    store(connection, order(1, ordered_at=days_ago(90), state=OrderState.CANCELLED))
    undo(connection, merge)
    assert [one(connection, each)["first_sale_at"] for each in (kept, gone)] == [days_ago(90), None]


@pytest.mark.parametrize(("states", "united"), [(("undeliverable", "ok"), "undeliverable"), (("ok", "deceased"), "deceased"), (("ok", "moved"), "ok")])
def test_what_the_post_said_goes_with_the_address(connection: Connection, states: tuple[str, str], united: str) -> None:
    store(connection, replace(person(1), changed_at=NOW), replace(person(2), source="other", changed_at=days_ago(1)))
    kept, gone = customer_id(connection), customer_id(connection, "anna2@example.org")
    for customer, state in zip((kept, gone), states, strict=True):
        connection.execute(update(customers).where(customers.c.id == customer).values(address_state=state))
    merge = unite(connection, kept, gone)
    assert (one(connection, kept)["street"], one(connection, kept)["address_state"]) == ("Weg 1", united)
    undo(connection, merge)
    assert tuple(one(connection, each)["address_state"] for each in (kept, gone)) == states


def test_what_the_post_said_of_the_united_holds_for_whoever_lives_there(connection: Connection) -> None:
    store(connection, replace(person(1), changed_at=days_ago(1)), replace(person(2), source="other", changed_at=NOW))
    kept, gone = customer_id(connection), customer_id(connection, "anna2@example.org")
    merge = unite(connection, kept, gone)
    assert one(connection, kept)["street"] == "Weg 2"
    connection.execute(update(customers).where(customers.c.id == kept).values(address_state="undeliverable"))
    undo(connection, merge)
    assert [one(connection, each)["address_state"] for each in (kept, gone)] == ["ok", "undeliverable"]


# --- by somebody's word ------------------------------------------------------------------------------------------------


def test_a_shop_that_unites_two_of_its_customers_is_followed(connection: Connection) -> None:
    store(connection, person(1), person(2))
    second = customer_id(connection, "anna2@example.org")
    assert merges.unite_at_shop(connection, "shop", "2", "1", SECRET, LATER)
    assert alive(connection) == [second]
    assert [row["reason"] for row in rows(connection, table)] == ["shop"]
    assert not merges.unite_at_shop(connection, "shop", "2", "1", SECRET, LATER)
    assert not merges.unite_at_shop(connection, "shop", "8", "9", SECRET, LATER)
    assert not merges.unite_at_shop(connection, "shop", "2", "9", SECRET, LATER)


def test_a_shop_that_unites_somebody_with_a_customer_who_is_yet_to_come(connection: Connection) -> None:
    store(connection, person(1))
    assert merges.unite_at_shop(connection, "shop", "2", "1", SECRET, LATER)
    store(connection, person(2, email="new@example.org"), now=AFTER)
    assert [(row["email"], row["street"]) for row in rows(connection, customers)] == [("new@example.org", "Weg 2")]


@pytest.mark.parametrize(("kept", "gone"), [("1", "2"), ("2", "1")])
def test_a_shop_that_unites_somebody_with_a_customer_who_was_erased_is_not_followed(connection: Connection, kept: str, gone: str) -> None:
    store(connection, person(1), person(2))
    erase(connection, customer_id(connection), SECRET, NOW)
    assert not merges.unite_at_shop(connection, "shop", kept, gone, SECRET, LATER)
    erase(connection, customer_id(connection, "anna2@example.org"), SECRET, LATER)
    assert store(connection, person(1), person(2)) == 0


def test_nobody_is_united_with_themselves_or_with_somebody_erased(connection: Connection) -> None:
    kept, gone = pair(connection)
    assert not merges.unite(connection, kept, kept, MergeReason.DESK, SECRET, NOW)
    connection.execute(update(customers).where(customers.c.id == gone).values(erased_at=NOW))
    assert not merges.unite(connection, kept, gone, MergeReason.DESK, SECRET, NOW)
    assert not merges.unite(connection, kept, 10**9, MergeReason.DESK, SECRET, NOW)


# --- undoing -----------------------------------------------------------------------------------------------------------


def test_an_attached_record_becomes_a_customer_of_its_own(connection: Connection) -> None:
    store(connection, person(1))
    store(connection, replace(person(2), source="other", email="anna1@example.org"), order(1), order(2, source="other", customer_number="K2"))
    (kept,) = alive(connection)
    (merge,) = merges.latest(connection)
    gone = undo(connection, merge.id)
    assert [(one(connection, each)["email"], one(connection, each)["email_key"]) for each in (kept, gone)] == [
        ("anna1@example.org", "anna1@example.org"),
        ("anna1@example.org", None),
    ]
    assert {row["source"]: row["customer_id"] for row in rows(connection, orders)} == {"shop": kept, "other": gone}
    assert [one(connection, each)["first_sale_at"] for each in (kept, gone)] == [days_ago(200)] * 2
    assert one(connection, kept)["person_key"] != one(connection, gone)["person_key"] != ""


def test_those_who_were_parted_are_never_united_by_a_rule_again(connection: Connection) -> None:
    kept, gone = pair(connection)
    same = replace(person(2), source="other", number="K1", email="anna1@example.org", address=person(1).address)
    store(connection, same, now=LATER)
    undo(connection, rows(connection, table)[-1]["id"])
    everything = (customers, customer_sources, table)
    before = [rows(connection, each) for each in everything]
    store(connection, same, person(1), now=AFTER)
    assert [rows(connection, each) for each in everything] == before
    store(connection, replace(same, language="en"), replace(person(1), language="en"), now=AFTER)
    assert alive(connection) == [kept, gone]
    assert merges.unite(connection, kept, gone, MergeReason.DESK, SECRET, AFTER), "but by hand they can"


def test_those_who_were_parted_stay_apart_when_one_of_them_is_united_with_somebody_else(connection: Connection) -> None:
    kept, gone = pair(connection)
    undo(connection, unite(connection, kept, gone))
    store(connection, replace(person(3), source="third", email="anna1@example.org"))
    store(connection, replace(person(4), source="fourth"))
    store(connection, replace(person(4), source="fourth", address=person(2).address))
    store(connection, replace(person(4), source="fourth", address=person(2).address, email="anna1@example.org"))
    assert alive(connection) == [kept, gone]


def test_what_came_while_they_were_one_goes_to_whom_it_names(connection: Connection) -> None:
    kept, gone = pair(connection)
    merge = unite(connection, kept, gone)
    store(connection, order(1), order(2, source="other", customer_number="K2"), order(3, source="third", customer_number="", email="anna2@example.org"))
    store(connection, replace(person(2), source="other", language="en"), replace(person(1), sex=Sex.FEMALE), now=AFTER)
    undo(connection, merge)
    assert {row["source"]: row["customer_id"] for row in rows(connection, orders)} == {"shop": kept, "other": gone, "third": gone}
    assert [(one(connection, each)["language"], one(connection, each)["sex"]) for each in (kept, gone)] == [("", "f"), ("en", "")]


def test_an_objection_filed_while_they_were_one_holds_for_both(connection: Connection) -> None:
    kept, gone = pair(connection)
    merge = unite(connection, kept, gone)
    objections.add(connection, kept, ObjectionChannel.DESK, LATER)
    undo(connection, merge)
    assert [objections.received_at(connection, each) for each in (kept, gone)] == [LATER, LATER]


def test_an_objection_of_the_kept_from_before_is_theirs_alone(connection: Connection) -> None:
    kept, gone = pair(connection)
    objections.add(connection, kept, ObjectionChannel.DESK, NOW)
    undo(connection, unite(connection, kept, gone))
    assert [objections.received_at(connection, each) for each in (kept, gone)] == [NOW, None]


def test_what_was_said_while_they_were_one_counts_by_our_clock(connection: Connection) -> None:
    """A list says that somebody objected days ago: it said so after the merge, to whoever both of them were."""
    kept, gone = pair(connection)
    merge = unite(connection, kept, gone)
    said = Objection("other", ObjectionChannel.FILE, customer_number="K2", received_at=days_ago(3))
    upsert_objections(connection, [said], SECRET, LATER)
    undo(connection, merge)
    assert [objections.received_at(connection, each) for each in (kept, gone)] == [days_ago(3), days_ago(3)]


def test_what_was_said_again_while_they_were_one_holds_for_both(connection: Connection) -> None:
    kept, gone = pair(connection)
    objections.add(connection, gone, ObjectionChannel.DESK, NOW)
    merge = unite(connection, kept, gone)
    assert not objections.add(connection, kept, ObjectionChannel.LETTER, LATER)
    undo(connection, merge)
    assert [objections.received_at(connection, each) for each in (kept, gone)] == [NOW, NOW]


def test_an_objection_that_a_later_merge_left_behind_goes_back_all_the_same(connection: Connection) -> None:
    store(connection, *(replace(person(number), source=f"s{number}") for number in (1, 2, 3)))
    first, second, third = alive(connection)
    objections.add(connection, first, ObjectionChannel.DESK, days_ago(9))
    objections.add(connection, third, ObjectionChannel.DESK, days_ago(5))
    inner = unite(connection, second, third)
    unite(connection, first, second)
    undo(connection, inner)
    connection.execute(update(objections_table).values(email_hash=None, address_hash=None))  # not by a name that may change
    assert objections.received_at(connection, third) == days_ago(5)


def test_merges_are_undone_in_any_order(connection: Connection) -> None:
    store(connection, *(replace(person(number), source=f"s{number}") for number in (1, 2, 3)))
    store(connection, *(order(number, source=f"s{number}", customer_number=f"K{number}") for number in (1, 2, 3)))
    first, second, third = alive(connection)
    before = [{**row, "changed_at": None} for row in rows(connection, customers)]
    inner = unite(connection, second, third)
    outer = unite(connection, first, second)
    assert alive(connection) == [first]
    assert undo(connection, inner) == third
    assert alive(connection) == [first, third]
    assert undo(connection, outer) == second
    assert [{**row, "changed_at": None} for row in rows(connection, customers)] == before
    assert [row["customer_id"] for row in rows(connection, orders)] == [first, second, third]


def test_what_cannot_be_undone_says_why(connection: Connection) -> None:
    kept, gone = pair(connection)
    merge = unite(connection, kept, gone)
    undo(connection, merge)
    with pytest.raises(CannotUndo, match=f"Merge {merge} was undone already, on 2026-11-22 by mara"):
        undo(connection, merge)
    with pytest.raises(CannotUndo, match="There is no merge 4711: erasing a person deletes their merges"):
        undo(connection, 4711)


# --- seeing them -------------------------------------------------------------------------------------------------------


def test_the_newest_merges_with_the_names_of_both(connection: Connection) -> None:
    kept, gone = pair(connection)
    store(connection, Customer("third", "t", email="anna1@example.org", address=Address(last_name="Attached")))
    merge = unite(connection, kept, gone)
    newest, oldest = merges.latest(connection)
    assert (newest.id, newest.kept_id, newest.gone_id, newest.reason, newest.sources) == (merge, kept, gone, MergeReason.DESK, (("other", "2"),))
    assert (newest.gone.address, newest.kept.source_id) == (person(2).address, str(kept))
    assert (oldest.gone_id, oldest.gone.address.last_name, oldest.sources, oldest.reason) == (None, "Attached", (("third", "t"),), MergeReason.EMAIL)
    undo(connection, merge)
    assert (merges.latest(connection, 1)[0].undone_at, merges.latest(connection, 1)[0].undone_by) == (AFTER, "mara")
    assert [each.id for each in merges.latest(connection, before_id=merge)] == [oldest.id]
    assert [each.id for each in merges.latest(connection, customer_id=gone)] == [merge]


def test_ids_of_all_are_those_of_the_customers_alive(connection: Connection) -> None:
    kept, gone = pair(connection)
    unite(connection, kept, gone)
    assert connection.execute(select(customers.c.id).where(customers.c.merged_into.is_(None))).scalars().all() == [kept]
