"""Does an order that comes in redeem the codes that it carries, once, and give them back when it is cancelled?"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, update

from campaigns.checkout import Channel, RedemptionState, RefusalReason
from campaigns.order import Order, OrderState
from store import coupon_events, orders, partners, redemptions
from store.coupon_events import Action
from store.erasure import erase
from store.schema import coupon_events as events_table
from store.schema import coupons, customer_sources, customers, first_lines, new_customers
from store.schema import orders as orders_table
from store.schema import redemptions as table
from tests.conftest import SECRET
from tests.store.redeeming import ASKING, CART, NEWCOMERS, STANDING, TEN, at, by, granted, issue, reason, somebody, uses
from tests.store.shop import LATER, NOW, count, customer_id, days_ago, order, person, rows, store

HOUR = timedelta(hours=1)


def bought(number: int = 1, /, *codes: str, **changes: object) -> Order:
    """An order of today with codes."""
    return order(number, **{"ordered_at": NOW, "discount_codes": codes, "changed_at": NOW, **changes})


def noticed(connection: Connection) -> list[tuple[str, str, str, str]]:
    return [
        (one.code, one.event.action, one.event.outcome, one.event.order_ref)
        for one in coupon_events.noticed(connection, days_ago(1))
    ]  # fmt: skip


@pytest.mark.parametrize("state", [OrderState.OPEN, OrderState.COMPLETED])
def test_a_sale_with_a_code_redeems_it_although_nobody_asked(connection: Connection, state: OrderState) -> None:
    issue(connection)
    store(connection, person(1), bought(1, " te-st", "OF-ANOTHER-SYSTEM", state=state))
    [one] = redemptions.by_order(connection, "shop", "A-1")
    assert (one.state, one.channel, one.customer_id, uses(connection)) == (RedemptionState.REDEEMED, Channel.IMPORT, customer_id(connection), 1)
    assert (one.redeemed_at, one.quote.gross_cents, one.quote.lines) == (NOW, 0, ()), "nobody has told how the discount was shared"
    assert redemptions.by_order(connection, "shop", "o1") == [one], "the shop's own key names the order as well"
    assert store(connection, bought(1, "TEST", state=state, changed_at=LATER)) == 1
    assert uses(connection) == 1
    assert noticed(connection) == []


@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.REFUNDED, OrderState.OFFERED, OrderState.TEST, OrderState.DELETED])
def test_what_is_no_sale_redeems_nothing(connection: Connection, state: OrderState) -> None:
    issue(connection)
    store(connection, bought(1, "TEST", state=state))
    assert (uses(connection), count(connection, table)) == (0, 0)


@pytest.mark.parametrize("order_ref", ["A-1", "o1"])
def test_what_the_checkout_has_redeemed_is_linked_and_not_counted_again(connection: Connection, order_ref: str) -> None:
    issue(connection)
    done = granted(redemptions.redeem(connection, "TEST", CART, order_ref, ASKING))
    store(connection, person(1), bought(1, "TEST"))
    [one] = redemptions.by_order(connection, "shop", order_ref)
    [stored] = rows(connection, orders_table)
    assert (one.id, one.order_id, one.customer_id, one.quote, one.channel) == (done.id, stored["id"], customer_id(connection), done.quote, Channel.API)
    assert uses(connection) == 1


def test_a_checkout_that_comes_after_the_import_hears_the_discount_and_uses_nothing_more(connection: Connection) -> None:
    issue(connection)
    store(connection, person(1), bought(1, "TEST"))
    done = granted(redemptions.redeem(connection, "TEST", CART, "A-1", ASKING))
    assert (done.quote.gross_cents, len(done.quote.lines), done.is_repeat) == (150, 2, False)
    assert granted(redemptions.redeem(connection, "TEST", CART, "o1", ASKING)) == done.again
    assert redemptions.by_order(connection, "shop", "A-1") == [done]
    assert (uses(connection), rows(connection, table)[0]["discount_cents"]) == (1, 150)


def test_a_checkout_that_the_terms_refuse_after_the_import_takes_nothing_off(connection: Connection) -> None:
    issue(connection, offer=replace(TEN, minimum_order_cents=1600))
    store(connection, person(1), bought(1, "TEST", total_cents=5000))
    assert reason(redemptions.redeem(connection, "TEST", CART, "A-1", ASKING)) is RefusalReason.MINIMUM_NOT_REACHED
    assert (uses(connection), rows(connection, table)[0]["discount_cents"]) == (1, 0)


def test_a_reservation_becomes_the_orders(connection: Connection) -> None:
    issue(connection)
    reserved = granted(redemptions.reserve(connection, "TEST", CART, "A-1", 30, ASKING))
    store(connection, bought(1, "TEST"))
    [one] = redemptions.by_order(connection, "shop", "A-1")
    assert (one.id, one.state, one.quote.gross_cents, uses(connection)) == (reserved.id, RedemptionState.REDEEMED, 150, 1)
    assert redemptions.expire(connection, NOW + HOUR) == 0


@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.REFUNDED, OrderState.DELETED])
def test_an_order_that_is_cancelled_gives_its_code_back(connection: Connection, state: OrderState) -> None:
    issue(connection)
    store(connection, bought(1, "TEST", state=OrderState.OPEN))
    store(connection, bought(1, "TEST", state=state, changed_at=LATER))
    [one] = redemptions.by_order(connection, "shop", "A-1")
    assert (one.state, one.reason, uses(connection)) == (RedemptionState.ROLLED_BACK, f"order {state}", 0)
    store(connection, bought(2, "TEST"))
    assert uses(connection) == 1


def test_a_webhook_that_deletes_an_order_gives_its_code_back(connection: Connection) -> None:
    issue(connection)
    granted(redemptions.redeem(connection, "TEST", CART, "o1", ASKING))
    store(connection, bought(1, "TEST"))
    assert orders.mark_deleted(connection, "shop", "o1", LATER)
    assert [one.state for one in redemptions.by_order(connection, "shop", "o1")] == [RedemptionState.ROLLED_BACK]
    assert uses(connection) == 0


def test_a_code_used_twice_is_reported_once_and_counted_once(connection: Connection) -> None:
    issue(connection)
    store(connection, bought(1, "TEST"), bought(2, "TEST"))
    store(connection, bought(2, "TEST", changed_at=LATER))
    assert noticed(connection) == [("TEST", Action.DOUBLE_USE, "used_up", "A-2")]
    assert (uses(connection), count(connection, table)) == (1, 1)
    store(connection, bought(1, "TEST", state=OrderState.CANCELLED, changed_at=LATER))
    store(connection, bought(2, "TEST", changed_at=LATER + HOUR))
    assert [one.order_ref for one in redemptions.of_coupon(connection, rows(connection, coupons)[0]["id"]) if one.state is RedemptionState.REDEEMED] == ["o2"]


def test_a_use_that_is_given_back_goes_to_the_other_order_when_codes_are_settled(connection: Connection) -> None:
    issue(connection)
    store(connection, bought(1, "TEST"), bought(2, "TEST"))
    store(connection, bought(1, "TEST", state=OrderState.CANCELLED, changed_at=LATER))
    assert uses(connection) == 0
    redemptions.settle_anew(connection)
    assert not redemptions.settle_page(connection, SECRET, LATER)
    assert uses(connection) == 1
    assert [one.state for one in redemptions.by_order(connection, "shop", "o2")] == [RedemptionState.REDEEMED]


def test_two_codes_of_one_order_go_by_its_own_key(connection: Connection) -> None:
    issue(connection)
    issue(connection, "OTHER", replace(TEN, slug="other"))
    store(connection, bought(1, "TEST", "OTHER"))
    assert [one.order_ref for one in redemptions.by_order(connection, "shop", "o1")] == ["o1", "o1"]


def test_an_order_takes_what_an_expired_reservation_holds(connection: Connection) -> None:
    issue(connection)
    granted(redemptions.reserve(connection, "TEST", CART, "never-paid", 30, at(NOW - HOUR)))
    store(connection, bought(1, "TEST"))
    assert (uses(connection), noticed(connection)) == (1, [])


@pytest.mark.parametrize(
    ("changed", "because"),
    [
        ({"voided": True}, RefusalReason.VOID),
        ({"valid_until": date(2026, 11, 20)}, RefusalReason.EXPIRED),
        ({"valid_from": date(2026, 11, 24)}, RefusalReason.NOT_YET_VALID),
        ({"valid_until": date(2026, 11, 22), "valid_from": date(2026, 11, 22)}, None),
    ],
)
def test_a_code_that_should_not_have_been_granted_is_counted_and_reported(
    connection: Connection, changed: dict[str, Any], because: RefusalReason | None
) -> None:
    issue(connection, **changed)
    store(connection, bought(1, "TEST"))
    assert uses(connection) == 1
    assert noticed(connection) == ([("TEST", Action.AGAINST_TERMS, because, "A-1")] if because else [])


def test_somebody_elses_personal_code_is_reported(connection: Connection) -> None:
    store(connection, person(1), person(2))
    issue(connection, offer=replace(TEN, personal=True), customer_id=customer_id(connection))
    store(connection, bought(1, "TEST", customer_number="K2"))
    assert noticed(connection) == [("TEST", Action.AGAINST_TERMS, "other_customer", "A-1")]


def test_an_order_that_comes_back_after_its_cancellation_is_reported(connection: Connection) -> None:
    issue(connection)
    for hours, state in enumerate((OrderState.OPEN, OrderState.CANCELLED, OrderState.OPEN, OrderState.COMPLETED)):
        store(connection, bought(1, "TEST", state=state, changed_at=NOW + hours * HOUR))
    assert (uses(connection), noticed(connection)) == (0, [("TEST", Action.AGAINST_TERMS, "rolled_back", "A-1")])


def test_orders_without_codes_leave_no_trace(connection: Connection) -> None:
    issue(connection)
    store(connection, person(1), bought(1), bought(2, "NOT-OURS"))
    assert (count(connection, table), count(connection, events_table)) == (0, 0)


def test_codes_of_orders_that_came_first_are_settled_once(connection: Connection) -> None:
    store(connection, person(1), bought(1, "TEST"), bought(2))
    issue(connection)
    assert uses(connection) == 0
    for _ in range(2):
        assert not redemptions.settle_page(connection, SECRET, LATER)
    assert uses(connection) == 1
    issue(connection, "SECOND")
    store(connection, bought(3, "SECOND"))
    redemptions.settle_anew(connection)
    redemptions.settle_page(connection, SECRET, LATER)
    assert (uses(connection), uses(connection, "SECOND"), noticed(connection)) == (1, 1, [])


def test_mailboxes_of_people_who_came_first_are_spelled_out(connection: Connection) -> None:
    store(connection, person(1, email="An.Na+x@googlemail.com"), person(2, email=""))
    before = [rows(connection, one) for one in (customers, customer_sources)]
    for one in (customers, customer_sources):
        connection.execute(update(one).values(mailbox=None, home=None))
    assert redemptions.spell_page(connection)
    assert not redemptions.spell_page(connection)
    assert [rows(connection, one) for one in (customers, customer_sources)] == before
    assert [row["mailbox"] for row in before[0]] == ["anna@gmail.com", None]
    assert [row["home"] for row in before[1]] == [row["home"] for row in before[0]] != ["", ""]


# --- new customers -----------------------------------------------------------------------------------------------------


def test_a_new_customer_coupon_of_an_old_customer_is_counted_and_reported(connection: Connection) -> None:
    issue(connection, offer=NEWCOMERS)
    issue(connection, "OTHER", NEWCOMERS)
    store(connection, person(1), order(1), person(2))
    store(connection, bought(2, "TEST"), bought(3, "OTHER", customer_number="K2", email="anna2@example.org"))
    assert noticed(connection) == [("TEST", Action.AGAINST_TERMS, "new_customers_only", "A-2")]


def test_the_second_of_two_orders_of_one_page_is_not_the_first(connection: Connection) -> None:
    issue(connection, offer=NEWCOMERS)
    issue(connection, "OTHER", NEWCOMERS)
    first, second = bought(1, "TEST", ordered_at=NOW - HOUR, email="anna1@example.org"), bought(2, "OTHER", email="anna1@example.org")
    store(connection, person(1), second, first)
    assert noticed(connection) == [("OTHER", Action.AGAINST_TERMS, "new_customers_only", "A-2")]


def test_whoever_redeems_by_an_import_is_a_new_customer_no_more(connection: Connection) -> None:
    issue(connection, offer=NEWCOMERS)
    issue(connection, "OTHER", NEWCOMERS)
    shopper = somebody(1)
    store(connection, bought(1, "TEST", customer_number="", email="NEW1+x@example.org", address=replace(shopper.address, street="Gasse 1")))
    assert reason(redemptions.quote(connection, "OTHER", by(shopper), ASKING)) is RefusalReason.NEW_CUSTOMERS_ONLY
    store(connection, bought(1, "TEST", customer_number="", email="NEW1+x@example.org", state=OrderState.CANCELLED, changed_at=LATER))
    done = rows(connection, customers)[0]["first_sale_at"]
    assert done, "the order was completed once: that is final"
    assert count(connection, new_customers) > 0
    assert reason(redemptions.quote(connection, "OTHER", by(shopper), ASKING)) is RefusalReason.NEW_CUSTOMERS_ONLY


def test_whoever_cancels_before_anything_was_sent_is_a_new_customer_still(connection: Connection) -> None:
    issue(connection, offer=NEWCOMERS)
    issue(connection, "OTHER", NEWCOMERS)
    shopper = somebody(1)
    mine = bought(1, "TEST", customer_number="", email=shopper.email, address=shopper.address, state=OrderState.OPEN)
    store(connection, mine)
    assert reason(redemptions.quote(connection, "OTHER", by(shopper), ASKING)) is RefusalReason.NEW_CUSTOMERS_ONLY
    store(connection, replace(mine, state=OrderState.CANCELLED, changed_at=LATER))
    assert count(connection, new_customers) == 0
    assert reason(redemptions.quote(connection, "OTHER", by(shopper), ASKING)) is None


# --- partners ----------------------------------------------------------------------------------------------------------


def partner_code(connection: Connection, code: str = "VERA", slug: str = "vera") -> int:
    partner = partners.add(connection, slug, slug.title(), f"{slug}@example.org", "", NOW)
    issue(connection, code, replace(STANDING, slug=f"for-{slug}"), partner_id=partner.id)
    return partner.id


def lines(connection: Connection) -> list[tuple[int, int]]:
    return [(row["customer_id"], row["partner_id"]) for row in rows(connection, first_lines)]


def test_a_new_customer_belongs_to_the_partner_once_the_order_is_completed(connection: Connection) -> None:
    vera = partner_code(connection)
    store(connection, person(1), bought(1, "vera", state=OrderState.OPEN))
    assert lines(connection) == []
    store(connection, bought(1, "vera", changed_at=LATER))
    assert lines(connection) == [(customer_id(connection), vera)]
    [one] = redemptions.by_order(connection, "shop", "A-1")
    assert rows(connection, first_lines)[0]["redemption_id"] == one.id


def test_it_is_the_same_where_the_checkout_redeemed_it(connection: Connection) -> None:
    vera = partner_code(connection)
    granted(redemptions.redeem(connection, "VERA", by(somebody(1)), "A-1", ASKING))
    store(connection, person(1), bought(1))
    assert lines(connection) == [(customer_id(connection), vera)]


def test_an_old_customer_belongs_to_nobody_and_a_partner_not_to_themselves(connection: Connection) -> None:
    partner_code(connection)
    store(connection, person(1), order(1), person(2), person(3, email="Vera+tea@example.org"))
    store(connection, bought(2, "VERA"), bought(3, "VERA", customer_number="K3", email="Vera+tea@example.org"))
    assert lines(connection) == []
    assert noticed(connection) == [("VERA", Action.AGAINST_TERMS, "own_code", "A-3")]


def test_the_first_assignment_stands(connection: Connection) -> None:
    vera, _ = partner_code(connection), partner_code(connection, "PAUL", "paul")
    store(connection, person(1), bought(1, "VERA"))
    store(connection, bought(2, "PAUL", ordered_at=NOW + HOUR))
    assert lines(connection) == [(customer_id(connection), vera)]


def test_an_order_that_finds_its_customer_later_assigns_them_then(connection: Connection) -> None:
    vera = partner_code(connection)
    store(connection, bought(1, "VERA", email="anna1@example.org"))
    assert lines(connection) == []
    store(connection, person(1))
    assert lines(connection) == [(customer_id(connection), vera)]
    [one] = redemptions.by_order(connection, "shop", "A-1")
    assert one.customer_id == customer_id(connection)


def test_erasure_leaves_the_count_and_no_hash_of_the_person(connection: Connection) -> None:
    issue(connection, offer=NEWCOMERS)
    store(connection, person(1), bought(1, "TEST", email="anna1@example.org"))
    anna = customer_id(connection)
    erase(connection, anna, SECRET, LATER)
    [row] = rows(connection, table)
    assert (row["customer_id"], row["email_hash"], row["address_hash"], row["state"]) == (anna, None, None, "redeemed")
    assert uses(connection) == 1
    assert reason(redemptions.quote(connection, "TEST", by(somebody(1)), at(LATER))) is RefusalReason.USED_UP


@pytest.mark.parametrize("changed", [{"voided": True}, {"valid_until": date(2026, 11, 20)}])
def test_a_code_against_its_terms_brings_no_first_line(connection: Connection, changed: dict[str, Any]) -> None:
    partner_code(connection)
    connection.execute(update(coupons).values(**changed))
    store(connection, person(1), bought(1, "VERA"))
    assert (uses(connection, "VERA"), lines(connection)) == (1, [])


def test_of_two_orders_of_one_day_the_first_stored_is_the_first(connection: Connection) -> None:
    partner_code(connection)
    store(connection, person(1), bought(1))
    store(connection, bought(2, "VERA"))
    assert lines(connection) == []


def test_a_completed_version_that_comes_after_a_newer_open_one_assigns(connection: Connection) -> None:
    vera = partner_code(connection)
    store(connection, person(1), bought(1, "VERA", state=OrderState.OPEN, changed_at=LATER))
    store(connection, bought(1, "VERA", changed_at=NOW))
    assert lines(connection) == [(customer_id(connection), vera)]
