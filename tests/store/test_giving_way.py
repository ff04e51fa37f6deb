"""An import and a checkout wait for each other in a ring: does each of them get through, without anybody starting it again?

New customers' claims cannot be taken in one order by both: a page of orders takes them buyer by buyer, a checkout its buyer's two by their text.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import OperationalError

from campaigns.address import Address
from campaigns.checkout import RedemptionState, RefusalReason, Shopper
from campaigns.newcomer import home, mailbox
from campaigns.order import OrderState
from store import redemptions
from store.engine import open_engine, reading, writing
from store.giving_way import TRIES, gave_way, written
from store.hashes import newcomer_hash
from store.orders import upsert_orders
from store.redemptions import Redemption, Wish, claims
from store.schema import redemptions as table
from tests.conftest import SECRET, TEMPLATE, Postgres
from tests.store.redeeming import ASKING, CART, NEWCOMERS, STANDING, TEN, by, issue, reason, uses
from tests.store.shop import NOW, order, rows

HOUSE = Address(last_name="Fremd", street="Gasse 7", postcode="01067", country="DE")
NEIGHBOUR = Shopper("new@example.org", "", HOUSE)
OTHER_HOUSE = Address(last_name="Anders", street="Ring 1", postcode="01067", country="DE")


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    """SQLite has one writer at a time: nobody can wait in a ring."""
    name = postgres.new(TEMPLATE)
    yield postgres.url(name)
    postgres.drop(name)


def opened(url: str, patience: str) -> tuple[Engine, list[Any]]:
    """An engine whose transactions look for a ring after so long, and the errors that it has seen."""
    engine, seen = open_engine(url), list[Any]()

    def look_after(connection: psycopg.Connection, _record: object) -> None:
        connection.execute(f"SET deadlock_timeout = '{patience}'")
        connection.commit()

    event.listen(engine, "connect", look_after)
    event.listen(engine, "handle_error", lambda context: seen.append(type(context.original_exception)))
    return engine, seen


def halves() -> Sequence[Any]:
    """Two orders, each of somebody who shares one half with the shopper, mailbox or home: first the one whose key the shopper takes last."""
    by_mailbox = order(1, email=NEIGHBOUR.email, address=OTHER_HOUSE, ordered_at=NOW)
    by_home = order(2, email="other@example.org", address=HOUSE, ordered_at=NOW)
    is_mailbox_first = newcomer_hash("mailbox", mailbox(NEIGHBOUR.email), SECRET) < newcomer_hash("home", home(HOUSE) or "", SECRET)
    first, second = (by_home, by_mailbox) if is_mailbox_first else (by_mailbox, by_home)
    new: dict[str, Any] = {"customer_number": "", "state": OrderState.OPEN, "discount_codes": ("import",)}
    return [replace(first, **new), replace(second, ordered_at=second.ordered_at.replace(minute=1), **new)]


@pytest.mark.parametrize("victim", ["import", "checkout"])
def test_whoever_gives_way_is_done_again(url: str, monkeypatch: pytest.MonkeyPatch, victim: str) -> None:
    importing, of_import = opened(url, "50ms" if victim == "import" else "1min")
    paying, of_checkout = opened(url, "50ms" if victim == "checkout" else "1min")
    with writing(importing) as connection:
        issue(connection, "IMPORT", replace(NEWCOMERS, uses=None, uses_per_customer=None))
        issue(connection, "CHECKOUT", replace(NEWCOMERS, slug="others", uses=None, uses_per_customer=None))
    has_one, claim = threading.Event(), claims.claim

    def pausing(connection: Connection, keys: Collection[str], redemption_id: int, now: datetime) -> bool:
        taken = claim(connection, keys, redemption_id, now)
        if connection.engine is importing and not has_one.is_set():
            has_one.set()
            until(lambda: waiting(importing))  # the checkout has one claim and wants ours
        return taken

    monkeypatch.setattr(claims, "claim", pausing)
    with ThreadPoolExecutor(2) as pool:
        page = pool.submit(written, importing, lambda connection: upsert_orders(connection, halves(), SECRET, NOW))
        has_one.wait(10)
        [answer] = redemptions.together(paying, [Wish("CHECKOUT", by(NEIGHBOUR), "c1", ASKING)])
        page.result(30)
    assert reason(answer) is (None if victim == "import" else RefusalReason.NEW_CUSTOMERS_ONLY), answer
    victims = of_import if victim == "import" else of_checkout
    assert victims == [psycopg.errors.DeadlockDetected], "they have met, and this one gave way, once"
    assert (of_checkout if victim == "import" else of_import) == []
    with reading(importing) as connection:
        assert uses(connection, "IMPORT") == 2, "what the shop has granted is a fact"
        assert uses(connection, "CHECKOUT") == isinstance(answer, Redemption)
        assert {row["state"] for row in rows(connection, table)} == {RedemptionState.REDEEMED}
    importing.dispose()
    paying.dispose()


def waiting(engine: Engine) -> bool:
    """Whether anybody waits for another's transaction."""
    with engine.connect() as connection:
        return bool(connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")).scalar_one())


def until(found: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not found():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_it_is_tried_so_often_and_no_more(engine: Engine) -> None:
    tried: list[int] = []

    def in_the_way(_connection: Connection) -> None:
        tried.append(1)
        busy = psycopg.errors.SerializationFailure() if engine.dialect.name == "postgresql" else locked()
        raise OperationalError("UPDATE coupons", {}, busy)

    with pytest.raises(OperationalError):
        written(engine, in_the_way)
    assert len(tried) == TRIES


def locked() -> Exception:
    error = RuntimeError("database is locked")
    error.sqlite_errorcode = 5  # type: ignore[attr-defined]
    return error


def test_what_is_wrong_in_itself_is_not_tried_again(engine: Engine) -> None:
    tried: list[int] = []

    def wrong(connection: Connection) -> None:
        tried.append(1)
        connection.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(Exception, match="nowhere") as caught:
        written(engine, wrong)
    assert len(tried) == 1 and isinstance(caught.value, Exception) and not gave_way(caught.value)


def test_sqlites_lock_held_by_somebody_else_is_waited_for_again(tmp_path: Any) -> None:
    """As an import meets it whose page waits behind a long one."""
    url = f"sqlite:///{tmp_path}/shop.db"
    holding, asking = open_engine(url), open_engine(url, 20)
    in_vain: list[int] = []
    with holding.connect() as other:
        transaction = other.begin()

        def let_go(_context: Any) -> None:
            in_vain.append(1)
            transaction.rollback()

        event.listen(asking, "handle_error", let_go)
        assert written(asking, lambda _connection: "through") == "through"
    assert in_vain == [1]
    holding.dispose()
    asking.dispose()


def test_a_group_that_has_waited_for_sqlite_in_vain_does_not_wait_one_by_one(tmp_path: Any, sqlite_template: Any) -> None:
    path = tmp_path / "shop.db"
    path.write_bytes(sqlite_template.read_bytes())
    holding, asking = open_engine(f"sqlite:///{path}"), open_engine(f"sqlite:///{path}", 20)
    with writing(holding) as connection:
        issue(connection, offer=replace(STANDING, uses=5))
    in_vain: list[int] = []
    event.listen(asking, "handle_error", lambda _context: in_vain.append(1))
    wishes = [Wish("TEST", CART, f"o{number}", ASKING) for number in range(3)]
    with writing(holding):
        answers = redemptions.together(asking, wishes)
    assert all(isinstance(answer, OperationalError) for answer in answers) and len(answers) == 3
    assert in_vain == [1]
    assert [reason(answer) for answer in redemptions.together(asking, wishes)] == [None] * 3
    assert TEN.uses == 1
    holding.dispose()
    asking.dispose()
