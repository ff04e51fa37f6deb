"""Whatever a checkout and a shop call an order: does each order have its own coupons, counted once?"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from campaigns.checkout import Checkout, CheckoutLine, RedemptionState, RefusalReason, Shopper
from campaigns.offer import Offer
from campaigns.order import OrderState
from store import coupon_events, orders, redemptions
from store.engine import reading
from store.schema import coupon_events as events_table
from store.schema import redemptions as table
from tests.store.redeeming import ANNA, ASKING, CART, NEWCOMERS, STANDING, TEN, at, by, granted, issue, reason, somebody, uses
from tests.store.shop import LATER, NOW, days_ago, person, rows, store
from tests.store.test_orders_redeem import bought

HOUR = timedelta(hours=1)


def noticed(connection: Connection) -> list[str]:
    return sorted(one.event.outcome for one in coupon_events.noticed(connection, days_ago(9)))


@pytest.mark.parametrize("pages", [1, 2])
def test_two_orders_of_one_number_use_a_code_each(connection: Connection, pages: int) -> None:
    issue(connection, offer=STANDING)
    both = [bought(1, "TEST"), replace(bought(2, "TEST"), number="A-1")]
    for page in [both] if pages == 1 else [[one] for one in both]:
        store(connection, *page)
    assert uses(connection) == 2
    assert redemptions.by_order(connection, "shop", "A-1") == [], "nobody knows which of them is meant"
    assert redemptions.roll_back(connection, "A-1", ASKING, "") == []
    store(connection, replace(both[1], state=OrderState.CANCELLED, changed_at=LATER))
    assert [one.state for one in redemptions.by_order(connection, "shop", "o1")] == [RedemptionState.REDEEMED]


def test_a_number_that_is_another_orders_key_touches_only_the_key(connection: Connection) -> None:
    issue(connection, offer=replace(TEN, slug="a"))
    issue(connection, "OTHER", replace(TEN, slug="b"))
    store(connection, replace(bought(1, "TEST"), source_id="55"), replace(bought(2, "OTHER"), source_id="77", number="55"))
    redemptions.roll_back(connection, "55", ASKING, "cancelled")
    assert (uses(connection), uses(connection, "OTHER")) == (0, 1)


def test_an_order_whose_key_a_checkout_has_given_to_another_one_comes_in(connection: Connection) -> None:
    issue(connection, offer=STANDING)
    granted(redemptions.redeem(connection, "TEST", CART, "55", ASKING))
    store(connection, replace(bought(2, "TEST"), source_id="77", number="55"))
    store(connection, replace(bought(1, "TEST"), source_id="55"))
    assert uses(connection) == 2
    assert len(redemptions.by_order(connection, "shop", "55")) == 1


def test_what_was_redeemed_by_key_is_found_by_number_and_the_other_way_round(connection: Connection) -> None:
    issue(connection, offer=STANDING)
    done = granted(redemptions.redeem(connection, "TEST", CART, "o1", ASKING))
    store(connection, bought(1, "TEST"))
    assert granted(redemptions.redeem(connection, "TEST", CART, "A-1", ASKING)).id == done.id
    assert uses(connection) == 1
    [back] = redemptions.roll_back(connection, "A-1", ASKING, "cancelled")
    assert (back.id, uses(connection)) == (done.id, 0)


@pytest.mark.parametrize("source", ["shop", "checkout"])
def test_a_checkout_with_a_name_of_its_own_is_the_order_of_the_same_person(connection: Connection, source: str) -> None:
    issue(connection)
    done = granted(redemptions.redeem(connection, "TEST", by(ANNA), "checkout-77", replace(ASKING, source=source)))
    store(connection, person(1), bought(1, "TEST"))
    assert [one.id for one in redemptions.by_order(connection, "shop", "A-1")] == [done.id]
    assert (uses(connection), noticed(connection)) == (1, [])


def test_a_code_taken_out_of_an_order_is_free_and_may_come_back(connection: Connection) -> None:
    issue(connection)
    for hours, (codes, expected) in enumerate([(["TEST"], 1), ([], 0), (["TEST"], 1)]):
        store(connection, bought(1, *codes, changed_at=NOW + hours * HOUR))
        assert uses(connection) == expected


def test_a_cancelled_order_is_granted_nothing(connection: Connection) -> None:
    issue(connection)
    store(connection, bought(1, state=OrderState.CANCELLED))
    for name in ("A-1", "o1"):
        assert reason(redemptions.redeem(connection, "TEST", CART, name, ASKING)) is RefusalReason.ROLLED_BACK


ERNA = Shopper("erna@example.org")


@pytest.mark.parametrize("shopper", [ANNA, Shopper()], ids=["said who", "said nothing"])
def test_the_order_that_it_belongs_to_gives_it_back_when_it_comes_in_cancelled(connection: Connection, shopper: Shopper) -> None:
    issue(connection)
    granted(redemptions.redeem(connection, "TEST", by(shopper), "A-1", ASKING))
    store(connection, person(1), bought(1, state=OrderState.CANCELLED))
    assert uses(connection) == 0


def test_another_sources_order_of_the_same_number_gives_nothing_back(connection: Connection) -> None:
    issue(connection)
    granted(redemptions.redeem(connection, "TEST", by(ANNA), "A-1", ASKING))
    store(connection, person(1), bought(1, source="marketplace", state=OrderState.CANCELLED))
    assert uses(connection) == 1
    store(connection, bought(1, state=OrderState.CANCELLED))
    assert uses(connection) == 0


def test_an_order_of_somebody_else_with_the_same_number_gives_nothing_back(connection: Connection) -> None:
    """One source brings the orders of several shops, each with numbers of its own (Billbee)."""
    issue(connection)
    done = granted(redemptions.redeem(connection, "TEST", by(ERNA), "A-1", ASKING))
    store(connection, person(1), bought(1, email=ANNA.email, state=OrderState.CANCELLED))
    assert (uses(connection), done.order_id) == (1, None)
    store(connection, bought(2, "TEST", number="A-1", customer_number="", email=ERNA.email))
    assert [one.state for one in redemptions.by_order(connection, "shop", "o2")] == [RedemptionState.REDEEMED]
    assert (uses(connection), noticed(connection)) == (1, [])
    store(connection, bought(2, number="A-1", customer_number="", email=ERNA.email, state=OrderState.CANCELLED, changed_at=LATER))
    assert uses(connection) == 0, "its own order does"


def test_a_deleted_order_of_somebody_else_with_the_same_number_gives_nothing_back(connection: Connection) -> None:
    issue(connection)
    store(connection, person(1), person(2))
    store(connection, bought(1, customer_number="K2"))
    granted(redemptions.redeem(connection, "TEST", by(ANNA), "A-1", ASKING))
    orders.mark_deleted(connection, "shop", "o1", LATER)
    assert uses(connection) == 1


def test_somebody_elses_cancelled_order_of_the_number_keeps_nobody_from_the_coupon(connection: Connection) -> None:
    issue(connection)
    store(connection, person(1), bought(1, email=ANNA.email, state=OrderState.CANCELLED))
    assert reason(redemptions.redeem(connection, "TEST", by(ANNA), "A-1", ASKING)) is RefusalReason.ROLLED_BACK
    granted(redemptions.redeem(connection, "TEST", by(ERNA), "A-1", ASKING))


# --- one purchase that two sources bring -------------------------------------------------------------------------------


@pytest.mark.parametrize("numbers", [("A-1", "A-1"), ("#1001", "1001"), ("1001", "#1001")])
@pytest.mark.parametrize("offer", [TEN, STANDING])
def test_one_purchase_that_two_sources_bring_is_one_use(connection: Connection, numbers: tuple[str, str], offer: Offer) -> None:
    issue(connection, offer=offer)
    first, second = bought(1, "TEST", number=numbers[0]), bought(9, "TEST", number=numbers[1], source="billbee", customer_number="", email=ANNA.email)
    store(connection, person(1), first)
    for changed_at in (NOW, LATER):
        store(connection, replace(second, changed_at=changed_at))
    assert (uses(connection), noticed(connection)) == (1, [])
    told = [(row["action"], row["outcome"], row["source"]) for row in rows(connection, events_table)]
    assert told == [("redeem", "granted", "shop"), ("redeem", "repeated", "billbee")], "written down once"
    store(connection, replace(second, state=OrderState.CANCELLED, changed_at=LATER + HOUR))
    assert uses(connection) == 1, "the order that has it says when it is over"
    store(connection, replace(first, state=OrderState.CANCELLED, changed_at=LATER))
    assert uses(connection) == 0
    store(connection, replace(second, changed_at=LATER + 2 * HOUR))
    assert uses(connection) == 0, "what was rolled back stays so, whichever source tells of it"


@pytest.mark.parametrize(
    "other",
    [{"number": "A-2"}, {"total_cents": 901}, {"email": "other@example.org"}, {"ordered_at": NOW + timedelta(days=1)}, {"currency": "CHF"}],
    ids=["number", "total", "person", "day", "currency"],
)
def test_two_purchases_are_two_uses_whichever_one_thing_differs(connection: Connection, other: dict[str, Any]) -> None:
    issue(connection, offer=STANDING)
    store(connection, person(1), bought(1, "TEST"))
    store(connection, replace(bought(1, "TEST", source="billbee", customer_number="", email=ANNA.email), **other))
    assert uses(connection) == 2


@pytest.mark.parametrize("sources", [("shop", "billbee"), ("billbee", "shop")])
def test_a_checkouts_use_is_that_of_its_own_sources_order_whichever_source_is_first(connection: Connection, sources: tuple[str, str]) -> None:
    issue(connection, offer=STANDING)
    store(connection, person(1), bought(8, number="A-8"))  # the shop brings orders of its own
    done = granted(redemptions.redeem(connection, "TEST", by(ANNA), "A-1", ASKING))
    for source in sources:
        store(connection, bought(1, "TEST", source=source, customer_number="", email=ANNA.email))
    assert (uses(connection), noticed(connection)) == (1, [])
    assert [one.id for one in redemptions.by_order(connection, "shop", "o1")] == [done.id]


# --- what was asked in vain --------------------------------------------------------------------------------------------


def test_what_was_asked_in_vain_is_written_down(connection: Connection) -> None:
    issue(connection)
    redemptions.release(connection, "NOBODYS", "o1", ASKING)
    redemptions.release(connection, "TEST", "o1", ASKING)
    redemptions.roll_back(connection, "o1", ASKING, "")
    granted(redemptions.redeem(connection, "TEST", CART, "o1", ASKING))
    redemptions.release(connection, "TEST", "o1", ASKING)
    told = [(row["action"], row["outcome"]) for row in rows(connection, events_table)]
    assert told[:3] == [("release", "unknown_code"), ("release", "not_counted"), ("roll_back", "not_counted")]
    assert told[3:] == [("redeem", "granted"), ("release", "not_counted")]


# --- several coupons of one order --------------------------------------------------------------------------------------


def test_the_second_coupon_sees_what_the_first_has_left(connection: Connection) -> None:
    for code in ("ONE", "TWO"):
        issue(connection, code, replace(TEN, slug="both", value=6000, combinable=True))
    first = granted(redemptions.reserve(connection, "ONE", CART, "o1", 30, ASKING))
    second = granted(redemptions.redeem(connection, "TWO", CART, "o1", ASKING))
    assert (first.quote.gross_cents, second.quote.gross_cents) == (900, 360)
    assert granted(redemptions.redeem(connection, "ONE", CART, "o1", ASKING)).quote == first.quote, "what was reserved is kept"


def test_coupons_together_never_take_more_than_a_cart_that_has_become_smaller(connection: Connection) -> None:
    for code in ("ONE", "TWO"):
        issue(connection, code, replace(TEN, slug="both", value=9000, combinable=True))
    granted(redemptions.reserve(connection, "ONE", CART, "o1", 30, ASKING))
    two = granted(redemptions.redeem(connection, "TWO", CART, "o1", ASKING))
    small = Checkout("EUR", (CheckoutLine("P1", 1, 200, 700),))
    one = granted(redemptions.redeem(connection, "ONE", small, "o1", ASKING))
    assert one.quote.gross_cents + two.quote.gross_cents <= 200


def test_an_expired_reservation_of_the_order_does_not_stand_in_its_way(connection: Connection) -> None:
    issue(connection)
    issue(connection, "OTHER", replace(TEN, slug="other"))
    granted(redemptions.reserve(connection, "TEST", CART, "o1", 30, at(NOW - 2 * HOUR)))
    granted(redemptions.redeem(connection, "OTHER", CART, "o1", ASKING))


def test_two_that_do_not_go_together_wait_for_each_other(engine: Engine) -> None:
    from tests.store.test_redemptions_at_once import all_at_once, redeem

    with engine.begin() as connection:
        for number in range(12):
            issue(connection, f"C{number}", replace(TEN, slug=f"c{number}"))
    answers = all_at_once(engine, [redeem(f"C{number}", "o1") for number in range(12)])
    assert sorted(map(str, map(reason, answers))) == ["None", *["not_combinable"] * 11]
    with reading(engine) as connection:
        assert len(rows(connection, table)) == 1


# --- new customers, and what an import notices -------------------------------------------------------------------------


def test_an_order_brings_the_home_of_a_newcomer_whom_the_checkout_knew_by_mail(connection: Connection) -> None:
    issue(connection, offer=NEWCOMERS)
    issue(connection, "OTHER", NEWCOMERS)
    home = somebody(4).address
    granted(redemptions.redeem(connection, "TEST", by(Shopper("first@example.org")), "o1", ASKING))
    store(connection, bought(1, "TEST", customer_number="", email="first@example.org", address=home))
    assert reason(redemptions.redeem(connection, "OTHER", by(Shopper("second@example.org", "", home)), "o2", ASKING)) is RefusalReason.NEW_CUSTOMERS_ONLY


def test_a_mistyped_mailbox_is_free_again_once_it_is_corrected(connection: Connection) -> None:
    issue(connection, offer=NEWCOMERS)
    issue(connection, "OTHER", NEWCOMERS)
    granted(redemptions.reserve(connection, "TEST", by(somebody(1)), "o1", 30, ASKING))
    granted(redemptions.redeem(connection, "TEST", by(somebody(2)), "o1", ASKING))
    assert reason(redemptions.quote(connection, "OTHER", by(somebody(1)), ASKING)) is None
    assert reason(redemptions.quote(connection, "OTHER", by(somebody(2)), ASKING)) is RefusalReason.NEW_CUSTOMERS_ONLY


def test_an_import_notices_limit_minimum_currency_and_company(connection: Connection) -> None:
    issue(connection, offer=replace(STANDING, slug="a", uses_per_customer=1, combinable=True))
    issue(connection, "DEAR", replace(TEN, slug="b", minimum_order_cents=100_000))
    store(connection, person(1), bought(1, "TEST"), bought(2, "TEST", ordered_at=NOW + HOUR))
    assert noticed(connection) == ["customer_limit"]
    store(connection, bought(3, "TEST", "DEAR", customer_number="", email="x@example.org", ordered_at=NOW + HOUR))
    assert noticed(connection) == ["customer_limit", "minimum_not_reached", "not_combinable"]
    issue(connection, "FRANCS", replace(TEN, slug="c", minimum_order_cents=1, currency="CHF"))
    store(connection, bought(4, "FRANCS", customer_number="", email="y@example.org"))
    assert "wrong_currency" in noticed(connection)
