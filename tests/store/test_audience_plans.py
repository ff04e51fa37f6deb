"""Does a page of candidates cost what the page costs, however many people, orders and letters there are?

Both databases are asked for the plan of the very statement that ``page`` sends, in a shop of some size.
"""

import shutil
from collections.abc import Collection, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from benchmarks.large_shop import fill
from campaigns.kinds import AbandonedCart, Audience, CouponExpiry, NoPurchase, Product, ProductField, Reorder, Scanned, Segment, Who, Winback
from store import audience
from store.engine import open_engine, reading, writing
from store.schema import metadata
from tests.conftest import TEMPLATE
from tests.store.audiences import TODAY, of
from tests.store.shop import NOW

PEOPLE = 20_000
LARGE = {"customers", "customer_sources", "orders", "order_lines"}
"""What a shop of that size has so many of that no database should ever think of reading all for a page."""
SMALL = {"campaigns"}
"""Nobody has many of them."""
DERIVED = {"chosen", "moves", "history", "(subquery-", "json_each", "anon_", "tag"}
"""Parts of the statement itself: of them SQLite may read all, they are no larger than the page."""
LOYAL = Segment(who=Who.ALL, orders_min=2, total_min_cents=1, tags=("vip",), bought=(Product(ProductField.TITLE, "tee"),), scanned=Scanned.NO)
KINDS = [Winback(), NoPurchase(), AbandonedCart(), Reorder(), Segment(), LOYAL, CouponExpiry()]
kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: "loyal" if kind is LOYAL else str(kind.kind))
onlys = pytest.mark.parametrize("only", [None, range(PEOPLE // 2, PEOPLE // 2 + 300)], ids=["everybody", "some"])


@pytest.fixture(scope="module")
def sqlite_shop(sqlite_template: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("plans") / "postillion.db"
    shutil.copy(str(sqlite_template), path)
    engine = open_engine(f"sqlite:///{path}")
    fill(engine, PEOPLE, NOW, articles=True)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def postgresql_shop(request: pytest.FixtureRequest) -> Iterator[Engine]:
    server = request.getfixturevalue("postgres")
    name = server.new(TEMPLATE)
    engine = open_engine(server.url(name))
    fill(engine, PEOPLE, NOW, articles=True)
    yield engine
    engine.dispose()
    server.drop(name)


def plan(connection: Connection, kind: Audience, only: Collection[int] | None, explain: str) -> list[str]:
    """The lines of the database's plan for a page in the middle of the audience."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        sent.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    audience.page(connection, 1, of(kind), "DE", PEOPLE // 2 - 1, 50, TODAY, only)
    event.remove(connection, "before_cursor_execute", note)
    statement, parameters = sent[-1]  # before it SQLite may have begun a transaction
    rows = connection.exec_driver_sql(f"{explain} {statement}", parameters)
    return [str(row[-1]).strip() for row in rows]


@pytest.mark.parametrize("looked_at", [True, False], ids=["analysed", "never analysed"])
@kinds
@onlys
def test_sqlite_reads_no_table_whole(sqlite_shop: Engine, kind: Audience, only: Collection[int] | None, looked_at: bool) -> None:
    with sqlite_shop.connect() as connection:
        if not looked_at:
            connection.execute(text("DELETE FROM sqlite_stat1"))
            connection.execute(text("ANALYZE sqlite_schema"))  # reads what is known of the tables again: nothing
        lines = plan(connection, kind, only, "EXPLAIN QUERY PLAN")
        connection.rollback()
    scanned = {line.split()[1] for line in lines if line.startswith("SCAN")}
    assert {name for name in scanned if not name.startswith(tuple(DERIVED))} == set()
    assert any(line.startswith("SEARCH customers") for line in lines), lines
    assert any("USING COVERING INDEX ix_orders_of_customer" in line for line in lines), lines


@kinds
@onlys
def test_postgresql_reads_no_large_table_whole(postgresql_shop: Engine, kind: Audience, only: Collection[int] | None) -> None:
    with reading(postgresql_shop) as connection:
        lines = plan(connection, kind, only, "EXPLAIN")
    assert seen_whole(lines) & LARGE == set()
    assert any("ix_orders_of_customer" in line for line in lines), lines


@kinds
@onlys
def test_postgresql_has_an_index_for_every_table(postgresql_shop: Engine, kind: Audience, only: Collection[int] | None) -> None:
    """It rightly reads a small table whole; told not to, it finds another way to each, which it takes once the table is large."""
    with writing(postgresql_shop) as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        lines = plan(connection, kind, only, "EXPLAIN")
    assert seen_whole(lines) - SMALL == set()


def seen_whole(lines: list[str]) -> set[str]:
    """Tables of which PostgreSQL reads every row."""
    found = {line.split("Seq Scan on ")[1].split()[0] for line in lines if "Seq Scan on " in line}
    assert found <= set(metadata.tables)
    return found
