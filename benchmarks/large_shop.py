"""Where does a shop of a million customers come from in a minute, the same one every time?

Written past the importers, by set: people, accounts, orders and their articles, carts, objections and the letters of an earlier
campaign, spread over five years. Orders stand in the database by date, as a shop's history is imported, so those of one
customer lie far from each other.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, Table, text

from campaigns.campaign import Campaign, Step
from store import campaigns
from store.engine import writing
from store.schema import carts, customer_sources, customers, letters, objections, order_lines, orders, print_runs
from store.sets import insert_rows

ORDERS_PER_CUSTOMER = 4
YEARS = 5
_SECONDS = YEARS * 365 * 86_400
_CHUNK = 50_000
_FIRST_NAMES = ("Anna", "Jürgen", "Maria", "Peter", "Sabine", "Thomas", "Ursula", "Karl-Heinz", "Ayşe", "Jan")
_LAST_NAMES = ("Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schäfer", "von der Heide")
_TOWNS = ("Berlin", "Hamburg", "München", "Köln", "Frankfurt am Main", "Düsseldorf", "Leipzig", "Dresden", "Nürnberg", "Görlitz")
Moments = NDArray[np.int64]
"""Seconds since the first day of the shop."""


def fill(engine: Engine, people: int, now: datetime, *, articles: bool = False) -> None:
    """Fill an empty database: of ``people`` one in ten has never bought, one in a hundred has objected, one in fifty has left a cart.

    ``articles`` adds a line to each order, which only segments look at.
    """
    rng = np.random.default_rng(people)
    first_day = now - timedelta(seconds=_SECONDS)
    registered = np.sort(rng.integers(0, _SECONDS, people))
    owners, bought = _purchases(rng, registered)
    with writing(engine) as connection:
        _insert(connection, customers, _people(rng, registered, owners, bought, first_day))
        _insert(connection, customer_sources, (("shop", str(one), one + 1, "") for one in range(people)))
        _insert(connection, orders, _orders(rng, owners, bought, first_day))
        if articles:
            _insert(connection, order_lines, ((one + 1, 1, f"T{one % 500}", f"Grüner Tee {one % 500}", 1, 900, "Tee") for one in range(len(owners))))
        _insert(connection, carts, _carts(rng, people, now))
        chosen = rng.choice(people, people // 100, replace=False)
        _insert(connection, objections, ((int(one) + 1, _hash("email", one), _hash("address", one), "desk", now) for one in chosen))
        _insert(connection, letters, _letters(rng, people, _earlier_campaign(connection, now), now))
    analyse(engine)


def analyse(engine: Engine) -> None:
    """Let the database look at its tables, as both do by themselves in the long run."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    else:
        with writing(engine) as connection:
            connection.execute(text("ANALYZE"))


_COLUMNS = {
    customers: (
        "id", "person_key", "number", "email", "email_key", "email_hash", "sex", "title", "first_name", "last_name", "company", "addition", "street",
        "postcode", "town", "country", "registered_at", "first_sale_at", "created_at", "changed_at", "address_hash",
    ),
    customer_sources: ("source", "source_id", "customer_id", "record_hash"),
    orders: (
        "id", "source", "source_id", "record_hash", "number", "customer_id", "ordered_at", "state", "total_cents", "currency", "platform",
        "discount_codes", "sold_at",
    ),
    order_lines: ("order_id", "position", "sku", "title", "quantity", "unit_price_cents", "category"),
    carts: ("id", "source", "source_id", "record_hash", "kind", "customer_id", "currency", "created_at", "updated_at", "items"),
    objections: ("customer_id", "email_hash", "address_hash", "channel", "received_at"),
    letters: (
        "token", "campaign_id", "customer_id", "trigger", "step", "print_run_id", "state", "layout", "language", "postcode", "country", "household_key",
        "landing_url", "content", "created_at", "handed_over_at",
    ),
}  # fmt: skip


def _insert(connection: Connection, table: Table, rows: Iterator[tuple[Any, ...]]) -> None:
    """Without its indexes, which are made when all is there."""
    indexes = [index for index in table.indexes if not index.unique]
    for index in indexes:
        index.drop(connection)
    chunk: list[tuple[Any, ...]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            insert_rows(connection, table, _COLUMNS[table], chunk)
            chunk = []
    insert_rows(connection, table, _COLUMNS[table], chunk)
    for index in indexes:
        index.create(connection)


def _purchases(rng: np.random.Generator, registered: Moments) -> tuple[NDArray[np.int64], Moments]:
    """Whose order, and when, by date: one for nine in ten, the rest for few, most of them soon after the first one."""
    people = len(registered)
    buyers = rng.permutation(people)[: people * 9 // 10]
    more = buyers[(len(buyers) * rng.random(people * ORDERS_PER_CUSTOMER - len(buyers)) ** 2).astype(np.int64)]
    owners = np.concatenate([buyers, more])
    waited = np.concatenate([np.zeros(len(buyers)), rng.random(len(more)) ** 2])
    at = registered[owners] + ((_SECONDS - registered[owners]) * waited).astype(np.int64)
    order = np.argsort(at, kind="stable")
    return owners[order], at[order]


def _people(rng: np.random.Generator, registered: Moments, owners: NDArray[np.int64], bought: Moments, first_day: datetime) -> Iterator[tuple[Any, ...]]:
    first_sale = np.full(len(registered), -1)
    first_sale[owners[::-1]] = bought[::-1]
    abroad, odd = rng.random(len(registered)), rng.integers(0, 10, (len(registered), 3))
    for one, at in enumerate(registered.tolist()):
        came = first_day + timedelta(seconds=at)
        sale = int(first_sale[one])
        first, last, town = (int(each) for each in odd[one])
        postcode, country = (f"{one * 7919 % 99_999:05d}", "DE") if abroad[one] < 0.93 else (f"{1000 + one % 8999}", "AT" if abroad[one] < 0.97 else "CH")
        yield (
            one + 1, f"{one:028x}", f"K{one}", f"p{one}@example.org", f"p{one}@example.org", _hash("email", one), "f" if first % 2 == 0 else "m", "",
            _FIRST_NAMES[first], _LAST_NAMES[last], "", "", "" if one % 97 == 0 else f"{_LAST_NAMES[first]}straße {one % 150 + 1}", postcode, _TOWNS[town],
            country, came, first_day + timedelta(seconds=sale) if sale >= 0 else None, came, came, _hash("address", one),
        )  # fmt: skip


def _orders(rng: np.random.Generator, owners: NDArray[np.int64], bought: Moments, first_day: datetime) -> Iterator[tuple[Any, ...]]:
    luck = rng.random(len(owners)).tolist()
    for one, (owner, at, chance) in enumerate(zip(owners.tolist(), bought.tolist(), luck, strict=True)):
        state = "completed" if chance < 0.96 else "cancelled" if chance < 0.98 else "refunded"
        ordered_at = first_day + timedelta(seconds=at)
        platform = "amazon" if chance < 0.03 else ""
        yield one + 1, "shop", f"{one:09d}", "-", f"A-{one}", owner + 1, ordered_at, state, 900 + one % 9000, "EUR", platform, "[]", ordered_at


def _carts(rng: np.random.Generator, people: int, now: datetime) -> Iterator[tuple[Any, ...]]:
    items = json.dumps([{"sku": "T1", "title": "Grüner Tee", "quantity": 1, "unit_price_cents": 900}], ensure_ascii=False)
    for place, owner in enumerate(sorted(rng.choice(people, people // 50, replace=False).tolist())):
        touched = now - timedelta(days=place % 120, hours=3)
        yield place + 1, "shop", f"c{place}", "-", "cart" if place % 5 else "wishlist", owner + 1, "EUR", touched, touched, items


def _letters(rng: np.random.Generator, people: int, run: tuple[int, int], now: datetime) -> Iterator[tuple[Any, ...]]:
    content = json.dumps({"layout": "winback", "language": "de", "token": "", "address": ["Anna Müller", "Weg 1", "10115 Berlin"], "values": {"x": "y" * 800}})
    for place, owner in enumerate(sorted(rng.choice(people, people * 3 // 100, replace=False).tolist())):
        made = now - timedelta(days=10 + place % 390)
        yield (
            f"B{place:09d}", run[0], owner + 1, "order-0", 1, run[1], "posted", "winback", "de", "10115", "DE", "", "https://tee.example", content, made,
            made + timedelta(days=1),
        )  # fmt: skip


def _earlier_campaign(connection: Connection, now: datetime) -> tuple[int, int]:
    """Campaign and print run of the letters that went out before."""
    earlier = campaigns.save(connection, Campaign("earlier", "Earlier", "https://tee.example", (Step("winback"),)), now)
    row = {
        "campaign_id": earlier.id, "version_id": earlier.version_id, "state": "handed_over", "approval": "ask", "letter_date": now.date(), "sender": {},
        "public_url": "", "layouts": {}, "cursor": 0, "funnel": {}, "created_at": now,
    }  # fmt: skip
    return earlier.id, int(connection.execute(print_runs.insert().values(row).returning(print_runs.c.id)).scalar_one())


def _hash(kind: str, one: Any) -> str:
    return hashlib.sha256(f"{kind}{one}".encode()).hexdigest()
