"""kill -9 at every place of a checkout: the coupon is used if and only if the order's redemption is there, and what was told holds.

The list of places comes from a run that nobody kills, so a new one is tested by itself (reliability facts 3, C4).
"""

import shutil
import signal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from campaigns.checkout import HOLDS_A_USE
from store.engine import open_engine, reading, writing
from store.schema import coupons, new_customers, redemptions
from tests.conftest import TEMPLATE, Postgres
from tests.store import checkout_to_kill
from tests.store.redeeming import uses
from tests.store.shop import rows

POINTS = {
    "redeem.before_use",
    "redeem.after_use",
    "redeem.after_row",
    "redeem.before_claim",
    "redeem.after_claim",
    "redeem.after_end",
    "redeem.after_giving_back",
    "redeem.before_commit",
    "redeem.after_commit",
}
UNTOLD = ("id", "coupon_id", "redemption_id", "order_id", "created_at")


def contents(engine: Engine) -> list[Any]:
    """How coupons, redemptions and claims stand, without numbers, which may have gaps."""
    with reading(engine) as connection:
        for row in rows(connection, coupons):
            uses(connection, row["code"])  # the ledger is the count
        claimed = select(redemptions.c.order_ref, new_customers.c.key_hash).join(redemptions, redemptions.c.id == new_customers.c.redemption_id)
        held = [{name: value for name, value in row.items() if name not in UNTOLD} for row in rows(connection, redemptions)]
        return [
            sorted((row["code"], row["uses"]) for row in rows(connection, coupons)),
            sorted(held, key=lambda row: row["order_ref"]),
            sorted(map(tuple, connection.execute(claimed))),
        ]


def states(engine: Engine) -> dict[str, str]:
    with reading(engine) as connection:
        return {row["order_ref"]: row["state"] for row in rows(connection, redemptions)}


def test_a_coupon_is_used_if_and_only_if_its_redemption_is_there(
    kind: str, sqlite_template: Path, tmp_path: Path, request: Any
) -> None:  # fmt: skip
    server: Postgres | None = request.getfixturevalue("postgres") if kind == "postgresql" else None
    told, opened = tmp_path / "told", list[str]()

    def shop() -> tuple[str, Engine]:
        if server:
            opened.append(server.new(TEMPLATE))
            url = server.url(opened[-1])
        else:
            path = shutil.copy(sqlite_template, tmp_path / f"{len(list(tmp_path.glob('*.db')))}.db")
            url = f"sqlite:///{path}"
        engine = open_engine(url)
        with writing(engine) as connection:
            checkout_to_kill.open_shop(connection)
        return url, engine

    url, engine = shop()
    assert checkout_to_kill.run(url, "nowhere", told) == 0
    undisturbed = contents(engine)
    engine.dispose()
    passed = {name: int(often) for name, often in (line.split() for line in Path(f"{told}.points").read_text().splitlines())}
    assert passed.keys() >= POINTS
    for name, often in passed.items():
        for nth in sorted({1, often} if kind == "sqlite" else {(often + 1) // 2}):  # each new database of PostgreSQL takes its time
            url, engine = shop()
            assert checkout_to_kill.run(url, f"{name}:{nth}", told) == -signal.SIGKILL, f"nobody died at {name}:{nth}"
            contents(engine)
            found = states(engine)
            for line in told.read_text().splitlines():
                order, _, state = line.partition(" ")
                if state in HOLDS_A_USE:
                    assert found.get(order) is not None, f"{order} was told that it has the coupon, then {name}:{nth}"
            assert checkout_to_kill.run(url, "nowhere", told) == 0
            assert contents(engine) == undisturbed, f"after {name}:{nth}"
            engine.dispose()
            if server:
                server.drop(opened.pop())
