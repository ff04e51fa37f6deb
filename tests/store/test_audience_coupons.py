"""Is everybody with a personal coupon that is still good a candidate, with the one that ends first?"""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Connection, update

from campaigns.coupon import CouponRecord
from campaigns.kinds import CouponExpiry
from campaigns.letter import LetterState
from campaigns.order import OrderState
from store import letters
from store.coupons import upsert_coupons
from store.schema import coupons
from store.schema import letters as letters_table
from tests.store.audiences import candidates, facts, names
from tests.store.shop import NOW, OFFER, Run, add_letter, customer_id, days_ago, hold_out, order, person, rows, start_run, store

TODAY = NOW.date()


@pytest.fixture
def run(connection: Connection) -> Run:
    started = start_run(connection)
    store(connection, person())
    return started


def grant(connection: Connection, code: str, last_day: date, number: str = "K1", issued_at: datetime | None = None) -> None:
    """A code that the shop made for somebody."""
    upsert_coupons(connection, [CouponRecord("shop", code, "ten", customer_number=number, valid_until=last_day)], issued_at or days_ago(40))


def test_the_coupon_that_ends_first_is_reminded_of(connection: Connection, run: Run) -> None:
    grant(connection, "LATER", TODAY + timedelta(days=30))
    grant(connection, "SOON", TODAY + timedelta(days=20))
    grant(connection, "ENDED", TODAY - timedelta(days=1))
    (found,) = candidates(connection, run, CouponExpiry())
    (mine,) = (row["id"] for row in rows(connection, coupons) if row["code"] == "SOON")
    assert (found.facts.trigger, found.facts.trigger_at, found.facts.ends_on) == (f"coupon-{mine}", days_ago(40), TODAY + timedelta(days=20))
    assert found.stops_after == days_ago(40)
    coupon = found.recipient.coupon
    assert coupon and (coupon.code, coupon.offer, coupon.valid_until) == ("SOON", OFFER, TODAY + timedelta(days=20))


@pytest.mark.parametrize(("days_left", "is_candidate"), [(0, True), (-1, False)])
def test_a_coupon_is_good_on_its_last_day(connection: Connection, run: Run, days_left: int, is_candidate: bool) -> None:
    grant(connection, "SOMMER", TODAY + timedelta(days=days_left))
    assert len(names(connection, run, CouponExpiry())) == is_candidate


def test_nobodys_coupon_and_a_void_one_remind_nobody(connection: Connection, run: Run) -> None:
    grant(connection, "ANYBODY", TODAY + timedelta(days=9), number="")
    assert names(connection, run, CouponExpiry()) == []
    grant(connection, "MINE", TODAY + timedelta(days=9))
    assert names(connection, run, CouponExpiry()) == ["K1"]
    connection.execute(update(coupons).values(voided=True))
    assert names(connection, run, CouponExpiry()) == []


def test_a_coupon_in_a_letter_counts_once_the_letter_went_out(connection: Connection, run: Run) -> None:
    add_letter(connection, run, customer_id(connection), now=days_ago(50))
    assert names(connection, run, CouponExpiry()) == []
    letters.advance(connection, run.id, LetterState.SELECTED, LetterState.HANDED_OVER, days_ago(49))
    found = facts(connection, run, CouponExpiry())
    assert (found.trigger_at, found.last_step) == (days_ago(50), 0), "the letter that brought it is no reminder"
    connection.execute(update(letters_table).values(state=LetterState.FAILED))
    assert names(connection, run, CouponExpiry()) == []


def test_a_coupon_for_which_a_letter_comes_too_late_makes_way_for_another(connection: Connection, run: Run) -> None:
    """A letter arrives in three days, and five must be left then."""
    grant(connection, "TOO LATE", TODAY + timedelta(days=7))
    assert facts(connection, run, CouponExpiry()).ends_on == TODAY + timedelta(days=7), "the verdict says that it is too late"
    grant(connection, "LATER", TODAY + timedelta(days=9))
    assert facts(connection, run, CouponExpiry()).ends_on == TODAY + timedelta(days=9)
    grant(connection, "JUST", TODAY + timedelta(days=8))
    assert facts(connection, run, CouponExpiry()).ends_on == TODAY + timedelta(days=8)


@pytest.mark.parametrize("is_held_out", [False, True])
def test_each_coupon_has_a_sequence_of_its_own(connection: Connection, run: Run, is_held_out: bool) -> None:
    grant(connection, "SOON", TODAY + timedelta(days=20))
    anna, first = customer_id(connection), facts(connection, run, CouponExpiry()).trigger
    if is_held_out:
        hold_out(connection, run, anna, first, 1, now=days_ago(3))
    else:
        add_letter(connection, run, anna, first, 1, now=days_ago(3))
        connection.execute(update(coupons).where(coupons.c.letter_id.is_not(None)).values(voided=True))
    found = facts(connection, run, CouponExpiry())
    assert (found.trigger, found.last_step) == (first, 1), "with nothing else to remind of, the verdict says that the sequence is done"
    grant(connection, "LATER", TODAY + timedelta(days=30))
    found = facts(connection, run, CouponExpiry())
    assert (found.ends_on, found.last_step) == (TODAY + timedelta(days=30), 0)
    assert found.trigger != first


def test_a_sale_since_the_coupon_was_issued_is_told(connection: Connection, run: Run) -> None:
    grant(connection, "SOMMER", TODAY + timedelta(days=5))
    store(connection, order(1, ordered_at=days_ago(40)))
    assert not facts(connection, run, CouponExpiry()).bought_since
    store(connection, order(2, ordered_at=days_ago(39)))
    assert facts(connection, run, CouponExpiry()).bought_since


def test_a_coupon_that_a_sale_came_after_makes_way_for_a_newer_one(connection: Connection, run: Run) -> None:
    grant(connection, "USED", TODAY + timedelta(days=20))
    store(connection, order(1, ordered_at=days_ago(30)))
    assert facts(connection, run, CouponExpiry()).bought_since, "with nothing else to remind of, the verdict says so"
    grant(connection, "NEWER", TODAY + timedelta(days=20), issued_at=days_ago(10))
    found = facts(connection, run, CouponExpiry())
    assert (found.trigger_at, found.bought_since) == (days_ago(10), False)


def test_a_coupon_that_was_used_is_not_reminded_of_and_makes_way_for_another(connection: Connection, run: Run) -> None:
    grant(connection, "SOON", TODAY + timedelta(days=20))
    assert names(connection, run, CouponExpiry()) == ["K1"]
    store(connection, order(1, ordered_at=NOW, discount_codes=("SOON",), state=OrderState.OPEN, customer_number=""))
    assert names(connection, run, CouponExpiry()) == []
    store(connection, order(1, discount_codes=("SOON",), state=OrderState.CANCELLED, customer_number=""))
    assert names(connection, run, CouponExpiry()) == ["K1"], "it is good again"
    connection.execute(update(coupons).values(uses=1))
    grant(connection, "LATER", TODAY + timedelta(days=30))
    (found,) = candidates(connection, run, CouponExpiry())
    assert found.recipient.coupon and found.recipient.coupon.code == "LATER"
