"""Checkouts that are answered together: do they hear what they would hear one after the other, and is the same written?"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, select

from campaigns.checkout import Channel, RefusalReason, Refused, Shopper
from campaigns.order import OrderState
from store import redemptions
from store.engine import reading, writing
from store.orders import upsert_orders
from store.redemptions import Redemption, Wish
from store.schema import coupon_events, coupons, new_customers
from store.schema import redemptions as table
from tests.conftest import SECRET
from tests.store.redeeming import ANNA, ASKING, CART, NEWCOMERS, STANDING, TEN, at, by, granted, issue, reason, somebody, uses
from tests.store.shop import NOW, customer_id, order, person, rows, store

Answers = list[Redemption | Refused]
CODES = ("ONCE", "THREE", "TWICE EACH", "NEW", "NEWER", "ANNAS", "LONER", "NOBODYS")
PEOPLE = (
    Shopper(), ANNA, Shopper("Anna1+tea@example.org"), Shopper(customer_number="K1"), somebody(1), somebody(2), replace(somebody(2), email="x@example.org"),
    Shopper("somebody@gmail.com"), Shopper("some.body@googlemail.com"),
)  # fmt: skip


def open_shop(connection: Connection) -> None:
    store(connection, person(1))
    issue(connection, "ONCE", TEN)
    issue(connection, "THREE", replace(STANDING, slug="three", uses=3))
    issue(connection, "TWICE EACH", replace(STANDING, slug="twice", uses_per_customer=2))
    issue(connection, "NEW", replace(NEWCOMERS, slug="new", uses=None, uses_per_customer=None))
    issue(connection, "NEWER", replace(NEWCOMERS, slug="newer", uses=4, uses_per_customer=1))
    issue(connection, "ANNAS", replace(TEN, slug="annas", personal=True, uses=5), customer_id=customer_id(connection))
    issue(connection, "LONER", replace(STANDING, slug="loner", combinable=False))
    for code, order_ref in (("ONCE", "o1"), ("THREE", "o2"), ("THREE", "o3"), ("TWICE EACH", "o4"), ("NEWER", "o5")):  # all over by now
        granted(redemptions.reserve(connection, code, by(somebody(int(order_ref[1]))), order_ref, 5, at(NOW - timedelta(hours=1))))
    cancelled = order(7, state=OrderState.CANCELLED, customer_number="", email="")
    untold = order(8, state=OrderState.COMPLETED, customer_number="", email="", discount_codes=("three", "loner"))
    upsert_orders(connection, [cancelled, untold], SECRET, NOW)


def some_wishes(chance: random.Random) -> list[Wish]:
    """As a busy shop has them: few orders, few people, few codes, so that most of them meet."""
    moments = [NOW + timedelta(minutes=minute) for minute in sorted(chance.choices(range(90), k=40))]
    return [
        Wish(
            chance.choice(CODES), replace(by(chance.choice(PEOPLE)), other_codes=chance.choice(((), (), ("LONER",)))), f"o{chance.randrange(12)}",
            at(moment, source=chance.choice(("shop", "shop", "shop", "branch"))), chance.choice((None, 20)),
        )
        for moment in moments
    ]  # fmt: skip


def one_by_one(connection: Connection, wishes: Sequence[Wish]) -> Answers:
    return [answer for wish in wishes for answer in redemptions.grant(connection, [wish])]


def in_sets(connection: Connection, wishes: Sequence[Wish]) -> Answers:
    return [answer for start in range(0, len(wishes), 8) for answer in redemptions.grant(connection, wishes[start : start + 8])]


def outcome(engine: Engine, wishes: Sequence[Wish], ask: Callable[[Connection, Sequence[Wish]], Answers]) -> list[Any]:
    """What is heard and what is written, without numbers; nothing of it stays."""
    with engine.connect() as connection, connection.begin() as transaction:
        numbers: dict[int | None, int] = {None: 0}

        def unnumbered(row: dict[str, Any]) -> dict[str, Any]:
            return {name: (numbers.setdefault(value, len(numbers)) if name in ("id", "redemption_id") else value) for name, value in row.items()}

        answers = [replace(one, id=numbers.setdefault(one.id, len(numbers))) if isinstance(one, Redemption) else one for one in ask(connection, wishes)]
        for code in CODES[:-1]:
            uses(connection, code)
        kept = [unnumbered(row) for row in rows(connection, table)]
        noted = [unnumbered({**row, "id": None}) for row in rows(connection, coupon_events)]
        noted.sort(key=lambda row: (row["at"], row["coupon_id"] or 0, row["order_ref"], row["action"], row["outcome"], row["redemption_id"]))
        claimed = sorted((row["key_hash"], numbers[row["redemption_id"]]) for row in rows(connection, new_customers))
        counted = sorted(map(tuple, connection.execute(select(coupons.c.code, coupons.c.uses))))
        transaction.rollback()
    return [answers, sorted(kept, key=lambda row: row["id"]), noted, claimed, counted]


@pytest.mark.parametrize("seed", range(4))
def test_a_set_is_answered_as_one_after_the_other_would_be(engine: Engine, seed: int) -> None:
    with writing(engine) as connection:
        open_shop(connection)
    wishes = some_wishes(random.Random(seed))
    alone, together = outcome(engine, wishes, one_by_one), outcome(engine, wishes, in_sets)
    assert together == alone
    assert len(heard := {reason(answer) for answer in alone[0]}) >= 5 and None in heard


def test_a_use_stays_whose_it_was_when_its_checkout_tells_the_cart(engine: Engine) -> None:
    """The order came in as nobody's and took the use; whoever tells its cart, beside another order of their own, is answered as if they came alone."""
    with writing(engine) as connection:
        open_shop(connection)
        issue(connection, "EACH", replace(STANDING, slug="each", uses_per_customer=1))
        upsert_orders(connection, [order(9, customer_number="", email="", discount_codes=("each",))], SECRET, NOW)
    wishes = [Wish("EACH", by(somebody(2)), order_ref, ASKING) for order_ref in ("o9", "o10", "o11")]
    alone, together = outcome(engine, wishes, one_by_one), outcome(engine, wishes, in_sets)
    assert together == alone
    assert [reason(answer) for answer in alone[0]] == [None, None, RefusalReason.CUSTOMER_LIMIT]


def test_fifty_ask_hardly_more_questions_than_one(engine: Engine) -> None:
    """What they do not share is to take the use and to write it down."""
    with writing(engine) as connection:
        issue(connection, offer=replace(STANDING, uses_per_customer=1))
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _connection, _cursor, statement, *_: asked.append(statement))
    redemptions.together(engine, [Wish("TEST", by(somebody(number)), f"o{number}", ASKING) for number in range(50)])
    assert len([one for one in asked if not one.startswith(("UPDATE", "INSERT INTO redemptions"))]) <= 12
    with reading(engine) as connection:
        assert uses(connection) == 50


def test_a_question_beside_wishes_is_answered_too(engine: Engine) -> None:
    with writing(engine) as connection:
        issue(connection)
    wish = Wish("TEST", CART, "o1", ASKING)
    quoted, done, again = redemptions.together(engine, [lambda c: redemptions.quote(c, "TEST", CART, ASKING), wish, wish])
    assert reason(quoted) is RefusalReason.USED_UP, "wishes come first: all of them have come at the same moment"
    assert done.order_ref == "o1" and done.channel is Channel.API
    assert again.id == done.id and again.is_repeat
