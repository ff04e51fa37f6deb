"""Does a coupon go from reserved to redeemed, expired, released and rolled back as it should, and never otherwise?"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, update

from campaigns.checkout import Channel, Quote, RedemptionState, RefusalReason, Refused, Shopper
from campaigns.coupon import normalise
from campaigns.errors import InvalidCheckout
from store import coupon_events, redemptions
from store.coupon_events import Action
from store.schema import coupon_events as events_table
from store.schema import coupons
from store.schema import redemptions as table
from tests.conftest import SECRET
from tests.store.redeeming import ANNA, ASKING, CART, STANDING, TEN, at, by, granted, issue, reason, somebody, uses
from tests.store.shop import DRESDEN, NOW, count, customer_id, person, rows, store

HOUR = timedelta(hours=1)


def state_of(connection: Connection, order_ref: str = "o1") -> RedemptionState:
    [one] = redemptions.by_order(connection, "shop", order_ref)
    return one.state


def events(connection: Connection) -> list[tuple[str, str]]:
    return [(row["action"], row["outcome"]) for row in rows(connection, events_table)]


# --- quote -------------------------------------------------------------------------------------------------------------


def test_a_quote_holds_nothing_and_is_written_down(connection: Connection) -> None:
    issue(connection)
    answer = redemptions.quote(connection, " te-st ", CART, ASKING)
    assert isinstance(answer, Quote) and answer.gross_cents == 150
    assert (uses(connection), count(connection, table)) == (0, 0)
    [event] = coupon_events.of_coupon(connection, rows(connection, coupons)[0]["id"])
    assert (event.action, event.outcome, event.actor, event.source, event.at) == (Action.QUOTE, "granted", "shop-sync", "shop", NOW)


def test_a_code_that_nobody_issued_is_counted_and_not_written_down(connection: Connection) -> None:
    for act in (redemptions.quote(connection, "GUESSED", CART, ASKING), redemptions.redeem(connection, "GUESSED", CART, "o1", ASKING)):
        assert reason(act) is RefusalReason.UNKNOWN_CODE
    assert "GUESSED" not in str(rows(connection, events_table)).upper()
    counted = coupon_events.counts(connection, [Action.QUOTE, Action.REDEEM], NOW - HOUR)
    assert counted == {(Action.QUOTE, "unknown_code"): 1, (Action.REDEEM, "unknown_code"): 1}


def test_a_refusal_is_written_down_with_its_reason(connection: Connection) -> None:
    coupon_id = issue(connection, valid_until=date(2026, 11, 21))
    assert reason(redemptions.redeem(connection, "TEST", CART, "o1", ASKING)) is RefusalReason.EXPIRED
    [event] = coupon_events.of_coupon(connection, coupon_id)
    assert (event.action, event.outcome, event.order_ref, event.redemption_id) == (Action.REDEEM, "expired", "o1", None)


def test_a_cart_that_cannot_be_takes_nothing(connection: Connection) -> None:
    issue(connection)
    with pytest.raises(InvalidCheckout):
        redemptions.redeem(connection, "TEST", replace(CART, lines=()), "o1", ASKING)
    assert uses(connection) == 0


# --- reserve and redeem ------------------------------------------------------------------------------------------------


def test_a_reservation_holds_the_use_and_is_redeemed(connection: Connection) -> None:
    issue(connection)
    reserved = granted(redemptions.reserve(connection, "TEST", CART, "o1", 30, ASKING))
    assert (reserved.state, reserved.expires_at, reserved.uses_left, uses(connection)) == (RedemptionState.RESERVED, NOW + HOUR / 2, 0, 1)
    assert reason(redemptions.redeem(connection, "TEST", CART, "o2", ASKING)) is RefusalReason.USED_UP
    done = granted(redemptions.redeem(connection, "TEST", CART, "o1", at(NOW + HOUR / 4)))
    assert (done.id, done.state, done.redeemed_at, done.expires_at, done.is_repeat) == (reserved.id, RedemptionState.REDEEMED, NOW + HOUR / 4, None, False)
    assert uses(connection) == 1


def test_a_repeated_request_has_the_stored_answer_whatever_has_become_of_the_coupon(connection: Connection) -> None:
    coupon_id = issue(connection)
    first = granted(redemptions.redeem(connection, "TEST", CART, "o1", ASKING))
    connection.execute(update(coupons).where(coupons.c.id == coupon_id).values(voided=True))
    after_its_end = at(NOW + timedelta(days=400))
    again = granted(redemptions.redeem(connection, "test", replace(CART, lines=CART.lines[:1]), "o1", after_its_end))
    assert again == first.again
    assert granted(redemptions.reserve(connection, "TEST", CART, "o1", 5, ASKING)) == first.again
    assert uses(connection) == 1
    assert events(connection)[1:] == [("redeem", "repeated"), ("reserve", "repeated")]


def test_a_reservation_is_asked_again_with_the_same_cart_or_with_another(connection: Connection) -> None:
    issue(connection)
    first = granted(redemptions.reserve(connection, "TEST", CART, "o1", 30, ASKING))
    assert granted(redemptions.reserve(connection, "TEST", CART, "o1", 60, ASKING)) == first.again
    smaller = granted(redemptions.reserve(connection, "TEST", replace(CART, lines=CART.lines[:1]), "o1", 60, at(NOW + HOUR / 4)))
    assert (smaller.id, smaller.quote.gross_cents, smaller.expires_at) == (first.id, 100, NOW + HOUR * 5 / 4)
    done = granted(redemptions.redeem(connection, "TEST", CART, "o1", at(NOW + HOUR)))
    assert (done.quote.gross_cents, uses(connection)) == (150, 1)


def test_a_reservation_keeps_its_moment(connection: Connection) -> None:
    """Reserved a minute before the coupon ends, paid for a minute after."""
    issue(connection, valid_until=NOW.date())
    midnight = NOW.replace(hour=23, minute=59)
    granted(redemptions.reserve(connection, "TEST", CART, "o1", 30, at(midnight)))
    late = at(midnight + timedelta(minutes=2))
    assert reason(redemptions.quote(connection, "TEST", CART, late)) is RefusalReason.EXPIRED
    assert granted(redemptions.redeem(connection, "TEST", CART, "o1", late)).state is RedemptionState.REDEEMED


def test_what_a_refused_redeem_was_reserved_as_stays(connection: Connection) -> None:
    issue(connection, offer=replace(TEN, minimum_order_cents=1400))
    granted(redemptions.reserve(connection, "TEST", CART, "o1", 30, ASKING))
    too_little = replace(CART, lines=CART.lines[:1])
    assert reason(redemptions.redeem(connection, "TEST", too_little, "o1", ASKING)) is RefusalReason.MINIMUM_NOT_REACHED
    assert (state_of(connection), uses(connection)) == (RedemptionState.RESERVED, 1)


# --- the end -----------------------------------------------------------------------------------------------------------


def test_an_expired_reservation_is_free_for_others_at_once_and_for_its_order_if_nobody_came(connection: Connection) -> None:
    issue(connection)
    granted(redemptions.reserve(connection, "TEST", CART, "o1", 30, ASKING))
    granted(redemptions.redeem(connection, "TEST", CART, "o2", at(NOW + HOUR)))
    assert (state_of(connection), state_of(connection, "o2"), uses(connection)) == (RedemptionState.EXPIRED, RedemptionState.REDEEMED, 1)
    assert reason(redemptions.redeem(connection, "TEST", CART, "o1", at(NOW + HOUR))) is RefusalReason.USED_UP
    redemptions.roll_back(connection, "o2", ASKING, "cancelled")
    assert granted(redemptions.redeem(connection, "TEST", CART, "o1", at(NOW + HOUR))).state is RedemptionState.REDEEMED
    assert uses(connection) == 1


def test_the_clock_frees_what_nobody_came_for_a_page_at_a_time(connection: Connection) -> None:
    issue(connection, offer=STANDING)
    for number in range(5):
        granted(redemptions.reserve(connection, "TEST", CART, f"o{number}", 10 * number + 10, ASKING))
    assert redemptions.expire(connection, NOW + timedelta(minutes=30), 2) == 2
    assert redemptions.expire(connection, NOW + timedelta(minutes=30), 2) == 1
    assert redemptions.expire(connection, NOW + timedelta(minutes=30), 2) == 0
    assert uses(connection) == 2
    assert {row["channel"] for row in rows(connection, events_table) if row["action"] == "expire"} == {Channel.EXPIRY}


def test_a_reservation_given_back_can_be_taken_again(connection: Connection) -> None:
    issue(connection)
    granted(redemptions.reserve(connection, "TEST", CART, "o1", 30, ASKING))
    released = redemptions.release(connection, "te st", "o1", ASKING, "cart emptied")
    assert released and (released.state, released.reason, released.is_repeat) == (RedemptionState.RELEASED, "cart emptied", False)
    again = redemptions.release(connection, "TEST", "o1", ASKING)
    assert again and again.is_repeat
    assert uses(connection) == 0
    assert granted(redemptions.reserve(connection, "TEST", CART, "o1", 30, ASKING)).id == released.id
    assert uses(connection) == 1


def test_what_is_redeemed_is_not_released(connection: Connection) -> None:
    issue(connection)
    granted(redemptions.redeem(connection, "TEST", CART, "o1", ASKING))
    kept = redemptions.release(connection, "TEST", "o1", ASKING)
    assert kept and (kept.state, kept.is_repeat, uses(connection)) == (RedemptionState.REDEEMED, True, 1)
    assert redemptions.release(connection, "TEST", "another", ASKING) is None
    assert redemptions.release(connection, "GUESSED", "o1", ASKING) is None


def test_a_cancelled_order_gives_its_use_to_others_and_never_takes_it_again(connection: Connection) -> None:
    issue(connection)
    granted(redemptions.redeem(connection, "TEST", CART, "o1", ASKING))
    [back] = redemptions.roll_back(connection, "o1", ASKING, "order cancelled")
    assert (back.state, back.reason, back.ended_at, uses(connection)) == (RedemptionState.ROLLED_BACK, "order cancelled", NOW, 0)
    assert redemptions.roll_back(connection, "o1", ASKING, "once more") == [back.again]
    for answer in (redemptions.redeem(connection, "TEST", CART, "o1", ASKING), redemptions.reserve(connection, "TEST", CART, "o1", 5, ASKING)):
        assert reason(answer) is RefusalReason.ROLLED_BACK
    assert granted(redemptions.redeem(connection, "TEST", CART, "o2", ASKING))
    assert uses(connection) == 1
    assert redemptions.roll_back(connection, "unknown", ASKING, "") == []


def test_one_coupon_of_an_order_is_rolled_back_by_number(connection: Connection) -> None:
    both = replace(TEN, combinable=True)
    issue(connection, offer=both)
    issue(connection, "OTHER", offer=both)
    first, _ = (granted(redemptions.redeem(connection, code, CART, "o1", ASKING)) for code in ("TEST", "OTHER"))
    back = redemptions.roll_back_one(connection, first.id, at(NOW, channel=Channel.DESK), "support")
    assert back and back.state is RedemptionState.ROLLED_BACK
    assert (uses(connection), uses(connection, "OTHER")) == (0, 1)
    assert [one.state for one in redemptions.by_order(connection, "shop", "o1")] == [RedemptionState.ROLLED_BACK, RedemptionState.REDEEMED]
    assert redemptions.roll_back_one(connection, 4711, ASKING, "") is None


def test_a_voided_code_keeps_what_it_was_redeemed_for(connection: Connection) -> None:
    coupon_id = issue(connection, offer=STANDING)
    granted(redemptions.redeem(connection, "TEST", CART, "o1", ASKING))
    assert redemptions.void(connection, coupon_id, ASKING, "stolen")
    assert not redemptions.void(connection, coupon_id, ASKING, "again")
    assert reason(redemptions.redeem(connection, "TEST", CART, "o2", ASKING)) is RefusalReason.VOID
    assert (state_of(connection), uses(connection)) == (RedemptionState.REDEEMED, 1)
    assert ("void", "granted") in events(connection)


# --- several coupons, several times, several people --------------------------------------------------------------------


@pytest.mark.parametrize(("one", "other", "expected"), [(True, True, None), (True, False, "not_combinable"), (False, True, "not_combinable")])
def test_two_coupons_of_an_order_both_have_to_allow_it(connection: Connection, one: bool, other: bool, expected: str | None) -> None:
    issue(connection, offer=replace(TEN, combinable=one))
    issue(connection, "OTHER", offer=replace(TEN, combinable=other))
    granted(redemptions.redeem(connection, "OTHER", CART, "o1", ASKING))
    assert reason(redemptions.redeem(connection, "TEST", CART, "o1", ASKING)) == expected
    named = replace(CART, other_codes=("o-t-h-e-r", "TEST"))
    assert reason(redemptions.quote(connection, "TEST", named, ASKING, "o1")) == expected


def test_a_code_of_another_system_is_never_taken_for_combinable(connection: Connection) -> None:
    issue(connection, offer=replace(TEN, combinable=True))
    assert reason(redemptions.quote(connection, "TEST", replace(CART, other_codes=("WHOEVER",)), ASKING)) is RefusalReason.NOT_COMBINABLE


def test_a_person_uses_a_standing_code_so_often_and_no_more_in_any_spelling(connection: Connection) -> None:
    issue(connection, offer=replace(STANDING, uses_per_customer=2))
    store(connection, person(1))
    for number, email in enumerate(("anna1@example.org", "Anna1+shop@example.org")):
        granted(redemptions.redeem(connection, "TEST", by(Shopper(email)), f"o{number}", ASKING))
    for shopper in (Shopper("ANNA1@EXAMPLE.ORG"), Shopper(customer_number="K1"), Shopper("else@example.org", "", ANNA.address)):
        assert reason(redemptions.quote(connection, "TEST", by(shopper), ASKING)) is RefusalReason.CUSTOMER_LIMIT
    assert granted(redemptions.redeem(connection, "TEST", by(somebody(1)), "o9", ASKING))
    redemptions.roll_back(connection, "o0", ASKING, "")
    assert granted(redemptions.redeem(connection, "TEST", by(Shopper("anna1@example.org")), "o10", ASKING))


def test_a_limit_per_person_wants_to_know_who_it_is(connection: Connection) -> None:
    issue(connection, offer=replace(STANDING, uses_per_customer=1))
    assert reason(redemptions.redeem(connection, "TEST", CART, "o1", ASKING)) is RefusalReason.CUSTOMER_REQUIRED


def test_a_personal_code_is_for_its_person_by_number_or_by_mailbox(connection: Connection) -> None:
    store(connection, person(1), person(2))
    issue(connection, offer=replace(TEN, personal=True), customer_id=customer_id(connection))
    for stranger in (Shopper("anna2@example.org"), Shopper(customer_number="K2"), Shopper("nobody@example.org")):
        assert reason(redemptions.quote(connection, "TEST", by(stranger), ASKING)) is RefusalReason.OTHER_CUSTOMER
    for herself in (Shopper("Anna1+tea@example.org"), Shopper(customer_number="K1")):
        assert reason(redemptions.quote(connection, "TEST", by(herself), ASKING)) is None
    done = granted(redemptions.redeem(connection, "TEST", by(Shopper(customer_number="K1")), "o1", ASKING))
    assert done.customer_id == customer_id(connection)


def test_nothing_that_names_the_shopper_is_kept_beside_keyed_hashes(connection: Connection) -> None:
    issue(connection)
    shopper = Shopper("geheim@example.org", "K99", replace(DRESDEN, last_name="Geheimrat"))
    granted(redemptions.redeem(connection, "TEST", by(shopper), "o1", ASKING))
    held = str([rows(connection, each) for each in (table, events_table)])
    assert not any(word in held for word in ("geheim", "Geheimrat", "K99"))


def test_a_person_who_comes_in_later_has_what_they_redeemed(connection: Connection) -> None:
    issue(connection)
    granted(redemptions.redeem(connection, "TEST", by(ANNA), "o1", ASKING))
    store(connection, person(1))
    [one] = redemptions.of_customer(connection, customer_id(connection))
    assert one.order_ref == "o1"


def test_the_invoice_asks_for_the_lines_again(connection: Connection) -> None:
    issue(connection)
    done = granted(redemptions.redeem(connection, "TEST", CART, "o1", ASKING))
    [again] = redemptions.by_order(connection, "shop", "o1")
    assert again == done
    assert [(share.vat_rate, share.gross_cents) for share in again.quote.shares] == [(700, 50), (1900, 100)]
    assert all(line.gross_cents == line.net_cents + line.vat_cents for line in again.quote.lines)
    assert redemptions.by_order(connection, "another-shop", "o1") == []
    assert isinstance(redemptions.redeem(connection, "TEST", CART, "o1", replace(ASKING, source="another-shop", secret=SECRET)), Refused)
    assert normalise(again.code) == "TEST"
