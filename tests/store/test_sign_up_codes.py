"""Does a code that was given at sign-up count for that person's first order, once?  (product.md 7.3, 8.2)"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from campaigns.checkout import RedemptionState, RefusalReason, Shopper
from campaigns.order import Order, OrderState
from store import partners, redemptions
from store.schema import first_lines, sign_up_codes
from tests.store.redeeming import ASKING, STANDING, issue, reason, somebody, uses
from tests.store.shop import LATER, NOW, customer_id, days_ago, order, person, rows, store

ANNA = Shopper("Anna1+news@example.org")


def bought(number: int = 1, *codes: str, **changes: Any) -> Order:
    return order(number, **{"ordered_at": LATER, "discount_codes": codes, "changed_at": LATER, "email": "anna1@example.org", **changes})


def partner_code(connection: Connection, code: str) -> int:
    partner = partners.add(connection, code.lower(), code.title(), f"{code}@example.org", "", NOW)
    issue(connection, code, replace(STANDING, slug=f"for-{code.lower()}"), partner_id=partner.id)
    return partner.id


def waiting(connection: Connection) -> list[bool]:
    return [row["settled_at"] is None for row in rows(connection, sign_up_codes)]


def brought(connection: Connection) -> list[tuple[int, int]]:
    return [(row["customer_id"], row["partner_id"]) for row in rows(connection, first_lines)]


def test_it_counts_for_the_first_order_as_if_that_carried_it(connection: Connection) -> None:
    vera = partner_code(connection, "VERA")
    assert redemptions.remember(connection, "vera", ANNA, ASKING) is True
    assert redemptions.remember(connection, "VERA", Shopper("ANNA1@example.org"), ASKING) is False
    store(connection, person(1))
    assert [row["customer_id"] for row in rows(connection, sign_up_codes)] == [customer_id(connection)], "found as soon as the person comes in"
    store(connection, bought(1))
    [one] = redemptions.by_order(connection, "shop", "A-1")
    assert (one.code, one.state, uses(connection, "VERA"), waiting(connection)) == ("VERA", RedemptionState.REDEEMED, 1, [False])
    assert brought(connection) == [(customer_id(connection), vera)]
    store(connection, bought(2, ordered_at=LATER + timedelta(days=9)))
    assert uses(connection, "VERA") == 1


def test_an_open_order_is_the_first_and_assigns_nobody_until_it_is_completed(connection: Connection) -> None:
    partner_code(connection, "VERA")
    redemptions.remember(connection, "VERA", ANNA, ASKING)
    store(connection, person(1), bought(1, state=OrderState.OPEN))
    assert (uses(connection, "VERA"), brought(connection)) == (1, [])
    store(connection, bought(1, changed_at=LATER + timedelta(days=1)))
    assert len(brought(connection)) == 1


def test_another_partners_code_on_the_order_goes_before(connection: Connection) -> None:
    partner_code(connection, "VERA")
    paul = partner_code(connection, "PAUL")
    redemptions.remember(connection, "VERA", ANNA, ASKING)
    store(connection, person(1), bought(1, "paul"))
    assert (uses(connection, "VERA"), uses(connection, "PAUL"), waiting(connection)) == (0, 1, [False])
    assert brought(connection) == [(customer_id(connection), paul)]


def test_of_two_partners_at_sign_up_the_first_counts(connection: Connection) -> None:
    vera = partner_code(connection, "VERA")
    partner_code(connection, "PAUL")
    for code in ("VERA", "PAUL"):
        redemptions.remember(connection, code, ANNA, ASKING)
    store(connection, person(1), bought(1))
    assert (uses(connection, "VERA"), uses(connection, "PAUL"), waiting(connection)) == (1, 0, [False, False])
    assert brought(connection) == [(customer_id(connection), vera)]


def test_the_same_code_on_the_order_counts_once(connection: Connection) -> None:
    partner_code(connection, "VERA")
    redemptions.remember(connection, "VERA", ANNA, ASKING)
    store(connection, person(1), bought(1, "VERA"))
    assert (uses(connection, "VERA"), waiting(connection)) == (1, [False])


def test_it_does_not_count_for_somebody_who_had_bought_before(connection: Connection) -> None:
    partner_code(connection, "VERA")
    store(connection, person(1), order(7, email="anna1@example.org"))
    redemptions.remember(connection, "VERA", ANNA, ASKING)
    store(connection, bought(1))
    assert (uses(connection, "VERA"), waiting(connection), brought(connection)) == (0, [False], [])


def test_an_order_from_before_the_sign_up_is_not_waited_for(connection: Connection) -> None:
    partner_code(connection, "VERA")
    redemptions.remember(connection, "VERA", ANNA, ASKING)
    store(connection, person(1), bought(1, ordered_at=days_ago(3)))
    assert (uses(connection, "VERA"), waiting(connection)) == (0, [True])


def test_what_cannot_be_remembered_is_refused(connection: Connection) -> None:
    issue(connection)
    assert reason(redemptions.remember(connection, "GUESSED", ANNA, ASKING)) is RefusalReason.UNKNOWN_CODE
    assert reason(redemptions.remember(connection, "TEST", Shopper(), ASKING)) is RefusalReason.CUSTOMER_REQUIRED
    issue(connection, "GONE", voided=True)
    assert reason(redemptions.remember(connection, "GONE", somebody(1), ASKING)) is RefusalReason.VOID
    assert rows(connection, sign_up_codes) == []


def test_a_cancelled_first_order_leaves_the_code_for_the_next(connection: Connection) -> None:
    vera = partner_code(connection, "VERA")
    redemptions.remember(connection, "VERA", ANNA, ASKING)
    store(connection, person(1), bought(1, state=OrderState.OPEN))
    store(connection, bought(1, state=OrderState.CANCELLED, changed_at=LATER + timedelta(days=1)))
    assert (uses(connection, "VERA"), waiting(connection)) == (0, [True])
    store(connection, bought(2, ordered_at=LATER + timedelta(days=2)))
    assert (uses(connection, "VERA"), waiting(connection)) == (1, [False])
    assert brought(connection) == [(customer_id(connection), vera)]


def test_an_order_with_a_day_and_no_time_is_of_the_day_of_the_sign_up(connection: Connection) -> None:
    partner_code(connection, "VERA")
    redemptions.remember(connection, "VERA", ANNA, ASKING)
    store(connection, person(1), bought(1, ordered_at=NOW.replace(hour=0)))
    assert uses(connection, "VERA") == 1


def test_a_code_that_is_no_partners_is_not_used_by_an_order_that_was_paid_in_full(connection: Connection) -> None:
    issue(connection)
    redemptions.remember(connection, "TEST", ANNA, ASKING)
    store(connection, person(1), bought(1))
    assert (uses(connection), waiting(connection)) == (0, [False])
