"""Two hundred checkouts want the same coupon at the same moment: how many get it?

Threads with connections of their own, on both databases (reliability facts 3, goal C1).  ``python -m benchmarks redeem`` repeats it a hundred times.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import Engine

from campaigns.checkout import Checkout, RefusalReason, Refused, Shopper
from store import redemptions
from store.engine import Connection, reading, writing
from store.redemptions import Redemption, Wish
from store.schema import new_customers
from store.schema import redemptions as table
from tests.store.redeeming import ASKING, CART, NEWCOMERS, STANDING, TEN, by, issue, reason, somebody, uses
from tests.store.shop import count

MANY = 200
AT_ONCE = 12
"""Connections; SQLAlchemy's pool gives 15, and the rest of the threads would wait for it and not for the coupon."""
Act = Callable[[Connection], Redemption | Refused]


def all_at_once(engine: Engine, acts: Sequence[Act]) -> list[Redemption | Refused]:
    """Each in a transaction of its own; they start together."""
    starting = Barrier(AT_ONCE)

    def some(mine: Sequence[Act]) -> list[Redemption | Refused]:
        starting.wait()
        answers = []
        for act in mine:
            with writing(engine) as connection:
                answers.append(act(connection))
        return answers

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [answer for answers in pool.map(some, [acts[place::AT_ONCE] for place in range(AT_ONCE)]) for answer in answers]


def redeem(code: str, order_ref: str, cart: Checkout = CART) -> Act:
    return partial(redemptions.redeem, code=code, checkout=cart, order_ref=order_ref, asking=ASKING)


@pytest.mark.parametrize("limit", [1, 50])
def test_a_limit_admits_exactly_so_many(engine: Engine, limit: int) -> None:
    with writing(engine) as connection:
        issue(connection, offer=replace(STANDING, uses=limit))
    answers = all_at_once(engine, [redeem("TEST", f"o{number}") for number in range(MANY)])
    assert Counter(map(reason, answers)) == {None: limit, RefusalReason.USED_UP: MANY - limit}
    with reading(engine) as connection:
        assert uses(connection) == limit


@pytest.mark.parametrize("limit", [1, 50])
def test_a_limit_holds_for_those_that_are_answered_together(engine: Engine, limit: int) -> None:
    """As several processes of the API ask, each with all that have come to it at this moment."""
    with writing(engine) as connection:
        issue(connection, offer=replace(STANDING, uses=limit))
    groups = [[Wish("TEST", CART, f"o{number}", ASKING) for number in range(start, start + 20)] for start in range(0, MANY, 20)]
    with ThreadPoolExecutor(len(groups)) as pool:
        answers = [answer for found in pool.map(partial(redemptions.together, engine), groups) for answer in found]
    assert Counter(map(reason, answers)) == {None: limit, RefusalReason.USED_UP: MANY - limit}
    assert sum(isinstance(answer, Redemption) for answer in answers) == limit
    with reading(engine) as connection:
        assert uses(connection) == limit


def test_the_same_order_two_hundred_times_is_one_use_and_one_answer(engine: Engine) -> None:
    with writing(engine) as connection:
        issue(connection, offer=STANDING)
    answers = all_at_once(engine, [redeem("TEST", "o1")] * MANY)
    assert Counter(isinstance(answer, Redemption) and answer.is_repeat for answer in answers) == {True: MANY - 1, False: 1}
    with reading(engine) as connection:
        assert (uses(connection), count(connection, table)) == (1, 1)


def test_a_limit_per_person_holds_however_many_tabs_are_open(engine: Engine) -> None:
    with writing(engine) as connection:
        issue(connection, offer=replace(STANDING, uses_per_customer=3))
    spellings = ("anna@gmail.com", "A.n.n.a@googlemail.com", "anna+tea@gmail.com")
    answers = all_at_once(engine, [redeem("TEST", f"o{number}", by(Shopper(spellings[number % 3]))) for number in range(60)])
    assert Counter(map(reason, answers)) == {None: 3, RefusalReason.CUSTOMER_LIMIT: 57}


def test_somebody_is_a_new_customer_with_one_of_many_coupons(engine: Engine) -> None:
    """Twenty codes, forty people who come with three of them each: the unique key decides across coupons."""
    with writing(engine) as connection:
        for number in range(20):
            issue(connection, f"NEW{number}", replace(NEWCOMERS, uses=None, uses_per_customer=None))
    people = [redeem(f"NEW{(person + turn) % 20}", f"o{person}-{turn}", by(somebody(person))) for turn in range(3) for person in range(40)]
    answers = all_at_once(engine, people)
    assert Counter(map(reason, answers)) == {None: 40, RefusalReason.NEW_CUSTOMERS_ONLY: 80}
    with reading(engine) as connection:
        assert (count(connection, table), count(connection, new_customers)) == (40, 80)
        assert sum(uses(connection, f"NEW{number}") for number in range(20)) == 40


def test_those_that_share_a_transaction_are_answered_each_for_itself(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    with writing(engine) as connection:
        issue(connection)
    impossible = replace(CART, lines=())
    acts = [Wish("TEST", CART, "o1", ASKING), Wish("TEST", impossible, "o2", ASKING), Wish("GUESSED", CART, "o3", ASKING), Wish("TEST", CART, "o1", ASKING)]
    first, broken, unknown, again = redemptions.together(engine, acts)
    assert isinstance(first, Redemption) and isinstance(broken, Exception) and isinstance(again, Redemption)
    assert reason(unknown) is RefusalReason.UNKNOWN_CODE
    assert again.id == first.id and again.is_repeat
    assert [record.getMessage() for record in caplog.records] == ["4 checkouts of one transaction are asked one by one: InvalidCheckout"]
    with reading(engine) as connection:
        assert uses(connection) == 1
    assert TEN.uses == 1
