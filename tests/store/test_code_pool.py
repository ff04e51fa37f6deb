"""Imported codes are taken once, by one letter each, and come back from letters that are not printed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, Engine, select, update

from campaigns.coupon import CouponRecord
from campaigns.letter import CouponGrant
from campaigns.offer import CodeSource
from campaigns.record import Outcome
from campaigns.rejection import Rejection
from store import audience, code_pool, issuing, letters, offers
from store.coupons import upsert_coupons
from store.engine import reading, writing
from store.errors import WrongState
from store.schema import coupons
from store.schema import letters as letters_table
from tests.store.shop import NOW, OFFER, Run, add_letter, customer_id, order, person, rows, start_run, store, wanted

UNTIL = date(2027, 2, 1)


def a_shop(connection: Connection, people: int = 1) -> Run:
    run = start_run(connection)
    for number in range(1, people + 1):
        store(connection, person(number), order(number, customer_number=f"K{number}"))
    return run


def with_codes(connection: Connection, *codes: str, until: date = UNTIL, **changes: str) -> None:
    upsert_coupons(connection, [replace(CouponRecord("shop", code, "ten", valid_until=until), **changes) for code in codes], NOW)  # type: ignore[arg-type]


def letter_with(connection: Connection, run: Run, customer: int, code: code_pool.PoolCode) -> set[int]:
    new = wanted(customer, run, coupon=CouponGrant(code.code, OFFER, code.valid_until), coupon_id=code.id)
    return letters.add(connection, run.campaign_id, run.id, [new], NOW)


def test_the_code_that_ends_soonest_is_taken_first(connection: Connection) -> None:
    run = a_shop(connection)
    with_codes(connection, "LATE-1", until=UNTIL + timedelta(days=9))
    with_codes(connection, "SOON-1", "SOON-2")
    assert [one.code for one in code_pool.left(connection, run.offer_id, UNTIL, 9)] == ["LATE-1", "SOON-2", "SOON-1"]
    assert [one.code for one in code_pool.left(connection, run.offer_id, UNTIL, 1)] == ["SOON-1"]
    assert code_pool.count(connection, run.offer_id, UNTIL) == 3
    assert code_pool.count(connection, run.offer_id, UNTIL + timedelta(days=1)) == 1


def test_codes_of_people_and_of_letters_and_void_ones_are_not_left(connection: Connection) -> None:
    run = a_shop(connection)
    add_letter(connection, run, customer_id(connection))
    with_codes(connection, "ANNAS", email="anna1@example.org")
    with_codes(connection, "VOID")
    connection.execute(update(coupons).where(coupons.c.code == "VOID").values(voided=True))
    assert code_pool.left(connection, run.offer_id, NOW.date(), 9) == []


def test_a_code_for_somebody_unknown_is_not_left_for_a_stranger(connection: Connection) -> None:
    run = a_shop(connection)
    offers.save(connection, replace(OFFER, codes=CodeSource.IMPORTED), NOW)
    record = CouponRecord("shop", "OTTOS", "ten", "otto@example.org")
    (refused,) = upsert_coupons(connection, [record], NOW)
    assert isinstance(refused, Rejection)
    assert "import the customers first" in refused.message
    assert "otto" not in refused.message
    assert code_pool.count(connection, run.offer_id, NOW.date()) == 0
    store(connection, person(7, email="otto@example.org"))
    assert upsert_coupons(connection, [record], NOW) == [Outcome.STORED]
    assert code_pool.count(connection, run.offer_id, NOW.date()) == 0


def test_codes_that_letters_took_can_be_imported_again(connection: Connection) -> None:
    run = a_shop(connection)
    anna = customer_id(connection)
    with_codes(connection, "TEA-1")
    (code,) = code_pool.left(connection, run.offer_id, UNTIL, 9)
    letter_with(connection, run, anna, code)
    changed = CouponRecord("shop", "TEA-1", "ten", "anna1@example.org", valid_until=UNTIL + timedelta(days=9))
    assert upsert_coupons(connection, [changed], NOW) == [Outcome.UNCHANGED], "what is printed stays as it is printed"


def test_a_letter_takes_its_code_with_the_terms_that_are_printed(connection: Connection) -> None:
    run = a_shop(connection)
    anna = customer_id(connection)
    with_codes(connection, "TEA-1")
    connection.execute(update(coupons).values(terms={"value": 500}))
    (code,) = code_pool.left(connection, run.offer_id, UNTIL, 9)
    assert letter_with(connection, run, anna, code) == {anna}
    (row,) = rows(connection, coupons)
    assert (row["code"], row["customer_id"], row["issued_at"], row["terms"]["value"]) == ("TEA-1", anna, NOW, 1000)
    assert letters.coupon_of(connection, row["letter_id"]) == ("TEA-1", UNTIL, False)
    assert code_pool.left(connection, run.offer_id, UNTIL, 9) == []
    issued = code_pool.issued(connection, "TEA-1")
    assert (issued.offer_id, issued.offer, issued.valid_until, issued.is_own) == (run.offer_id, OFFER, UNTIL, False)


def test_a_letter_that_exists_already_takes_no_code(connection: Connection) -> None:
    run = a_shop(connection)
    anna = customer_id(connection)
    add_letter(connection, run, anna)
    with_codes(connection, "TEA-1")
    (code,) = code_pool.left(connection, run.offer_id, UNTIL, 9)
    assert letter_with(connection, run, anna, code) == set()
    assert code_pool.left(connection, run.offer_id, UNTIL, 9) == [code]


def test_what_is_taken_out_gives_imported_codes_back_and_voids_our_own(connection: Connection) -> None:
    run = a_shop(connection, 2)
    anna, second = customer_id(connection), customer_id(connection, "anna2@example.org")
    with_codes(connection, "TEA-1")
    (code,) = code_pool.left(connection, run.offer_id, UNTIL, 9)
    letter_with(connection, run, anna, code)
    add_letter(connection, run, second)
    letters.cancel_run(connection, run.id, "rejected")
    imported, own = rows(connection, coupons)
    assert (imported["letter_id"], imported["customer_id"], imported["voided"]) == (None, None, False)
    assert own["letter_id"] is not None
    assert own["voided"]
    letter_with(connection, run, second, code)
    assert letters.count(connection, run.id) == 1


def test_letters_that_are_deleted_leave_no_code_of_our_own(connection: Connection) -> None:
    run = a_shop(connection, 2)
    anna, second = customer_id(connection), customer_id(connection, "anna2@example.org")
    with_codes(connection, "TEA-1")
    (code,) = code_pool.left(connection, run.offer_id, UNTIL, 9)
    letter_with(connection, run, anna, code)
    add_letter(connection, run, second)
    assert letters.remove(connection, run.id) == {anna, second}
    assert [row["code"] for row in rows(connection, coupons)] == ["TEA-1"]
    assert code_pool.left(connection, run.offer_id, UNTIL, 9) == [code]


def test_a_code_is_taken_once_whoever_asks_at_the_same_time(engine: Engine) -> None:
    with writing(engine) as connection:
        run = a_shop(connection, 8)
        with_codes(connection, *(f"TEA-{number}" for number in range(1, 5)))

    def take(number: int) -> bool:
        with writing(engine) as connection:
            audience.lock(connection)
            left = code_pool.left(connection, run.offer_id, UNTIL, 1)
            return bool(left) and bool(letter_with(connection, run, customer_id(connection, f"anna{number}@example.org"), left[0]))

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(1, 9))) == [False] * 4 + [True] * 4
    with reading(engine) as connection:
        assert len(set(connection.execute(select(coupons.c.letter_id)).scalars())) == 4


def test_a_code_that_is_gone_is_not_taken_twice(connection: Connection) -> None:
    run = a_shop(connection, 2)
    with_codes(connection, "TEA-1")
    (code,) = code_pool.left(connection, run.offer_id, UNTIL, 9)
    letter_with(connection, run, customer_id(connection), code)
    with pytest.raises(WrongState, match="taken by somebody else"):
        letter_with(connection, run, customer_id(connection, "anna2@example.org"), code)


def test_codes_that_somebody_has_used_and_codes_that_we_drew_ourselves_are_not_left(connection: Connection) -> None:
    run = a_shop(connection)
    with_codes(connection, "USED", "FREE")
    connection.execute(update(coupons).where(coupons.c.code == "USED").values(uses=1))
    issuing.draw(connection, run.offer_id, OFFER, 3, UNTIL, NOW)
    assert [one.code for one in code_pool.left(connection, run.offer_id, UNTIL, 9)] == ["FREE"]


def test_a_letter_binds_its_code_to_the_rules_as_they_are_printed(connection: Connection) -> None:
    run = a_shop(connection)
    with_codes(connection, "FREE")
    [free] = code_pool.left(connection, run.offer_id, UNTIL, 1)
    changed = replace(OFFER, uses=3, valid_from=date(2026, 12, 1))
    new = wanted(customer_id(connection), run, coupon=CouponGrant(free.code, changed, free.valid_until), coupon_id=free.id)
    letters.add(connection, run.campaign_id, run.id, [new], NOW)
    [row] = rows(connection, coupons)
    assert (row["most_uses"], row["valid_from"], offers.offer_of(row["terms"])) == (3, date(2026, 12, 1), changed)


def test_a_code_that_somebody_used_is_not_left(connection: Connection) -> None:
    run = a_shop(connection)
    with_codes(connection, "LEAKED", "FRESH")
    store(connection, order(9, discount_codes=("LEAKED",)))
    assert [one.code for one in code_pool.left(connection, run.offer_id, NOW.date(), 9)] == ["FRESH"]


def test_a_code_of_a_letter_that_goes_keeps_its_history(connection: Connection) -> None:
    run = a_shop(connection, 2)
    quiet, used = (add_letter(connection, run, customer_id(connection, f"anna{number}@example.org")) for number in (1, 2))
    [code] = (row["code"] for row in rows(connection, coupons) if row["letter_id"] == used)
    store(connection, order(9, discount_codes=(code,)))
    code_pool.forget(connection, select(letters_table.c.id).where(letters_table.c.id.in_((quiet, used))))
    [kept] = rows(connection, coupons)
    assert (kept["code"], kept["letter_id"], kept["customer_id"], kept["voided"], kept["uses"]) == (code, None, None, True, 1)
