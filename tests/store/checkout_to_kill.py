"""A checkout in a process of its own that a test may kill: a day of one, with everything that a coupon can go through.

It is done again from its start by whoever comes after: every request is the same, so every answer must be.
"""

import multiprocessing
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from campaigns.order import OrderState
from store import failpoint, redemptions
from store.engine import Connection, open_engine, writing
from store.orders import upsert_orders
from store.redemptions import Redemption
from tests.conftest import SECRET
from tests.store.redeeming import CART, NEWCOMERS, STANDING, TEN, at, by, issue, somebody
from tests.store.shop import NOW, order

HOUR = timedelta(hours=1)


def open_shop(connection: Connection) -> None:
    issue(connection, "ONCE", TEN)
    issue(connection, "LATER", TEN)
    issue(connection, "STANDING", replace(STANDING, uses=5))
    issue(connection, "NEW", replace(NEWCOMERS, uses=None, uses_per_customer=None))


def _acts() -> dict[str, Callable[[Connection], object]]:
    """What is asked, in its order; an order number stands for what was said to the shop."""
    bought = order(9, number="o9", ordered_at=NOW, state=OrderState.COMPLETED, customer_number="", email="", discount_codes=("standing",))
    return {
        "o1": lambda c: redemptions.redeem(c, "ONCE", CART, "o1", at(NOW)),
        "o2": lambda c: redemptions.reserve(c, "LATER", CART, "o2", 30, at(NOW)),
        "o3": lambda c: redemptions.redeem(c, "LATER", CART, "o3", at(NOW + HOUR)),
        "o4": lambda c: redemptions.redeem(c, "NEW", by(somebody(4)), "o4", at(NOW)),
        "o5": lambda c: redemptions.reserve(c, "STANDING", CART, "o5", 30, at(NOW)),
        "o5 paid": lambda c: redemptions.redeem(c, "STANDING", CART, "o5", at(NOW)),
        "o6": lambda c: redemptions.redeem(c, "STANDING", CART, "o6", at(NOW)),
        "o6 cancelled": lambda c: redemptions.roll_back(c, "o6", at(NOW), "cancelled"),
        "o7": lambda c: redemptions.redeem(c, "NEW", by(somebody(4)), "o7", at(NOW)),
        "o9": lambda c: upsert_orders(c, [bought], SECRET, NOW),
    }


def run(url: str, death: str, told: Path) -> int:
    """Ask everything, note what was answered in the file ``told``, and die where ``death`` says; the exit code, and the points in told.points."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.store.checkout_to_kill", "psycopg"])
    process = context.Process(target=_checkout, args=(url, death, str(told)))
    process.start()
    process.join(60)
    code = process.exitcode
    process.close()
    assert code is not None, "it did not come to its end within a minute"
    return code


def _checkout(url: str, death: str, told: str) -> None:
    failpoint._ARMED = death
    engine = open_engine(url)
    with Path(told).open("w", buffering=1) as file:
        for name, act in _acts().items():
            if name == "o9":
                with writing(engine) as connection:
                    act(connection)
                    failpoint.pass_by("redeem.before_commit")
            else:
                [answer] = redemptions.together(engine, [act])
                if isinstance(answer, Exception):
                    raise answer
                file.write(f"{name} {answer.state if isinstance(answer, Redemption) else ''}\n")
    Path(f"{told}.points").write_text("".join(f"{name} {often}\n" for name, often in failpoint._passed.items()))
    engine.dispose()
