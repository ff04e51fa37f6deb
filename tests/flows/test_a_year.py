"""Does a year of all campaigns, day by day, keep every promise to every customer, and does it come to something sensible?"""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, event

import layouts
import letters.check
from campaigns.sender import Sender
from campaigns.verdict import Reason
from flows.selection import selecting
from layouts import Layout
from store import migrate
from store.engine import open_engine, reading
from store.settings import Settings
from tests.flows.year import Year
from tests.flows.year_checks import Checks
from tests.flows.year_results import check_results
from tests.flows.year_shop import LAST_DAY, MAKE_SHOP, Shop, real_shop, sample_shop

PEOPLE = int(os.environ.get("YEAR_PEOPLE", "600"))
"""Of the real shop; ``make year`` takes all 5,422."""
EXPECTED = {
    Reason.OBJECTION,
    Reason.ABROAD,
    Reason.TOO_OLD,
    Reason.OPEN_CART,
    Reason.SEQUENCE_DONE,
    Reason.CONVERTED,
    Reason.NOT_DUE,
    Reason.IN_OTHER_CAMPAIGN,
    Reason.COOLDOWN,
}


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Say something to whoever runs the tests."""

    def out(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{text}\n")

    return out


@pytest.fixture(autouse=True)
def layouts_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """They do not change in this year, and a thousand runs would read them again and again."""
    checked: set[str] = set()

    def refuse_misfits(layout: Layout, sender: Sender) -> None:
        if layout.name not in checked:
            letters.check.refuse_misfits(layout, sender)
            checked.add(layout.name)

    monkeypatch.setattr(layouts, "load", cache(layouts.load))
    monkeypatch.setattr(selecting, "refuse_misfits", refuse_misfits)


def check_year(checks: Checks) -> dict[str, dict[str, Any]]:
    """What holds for any shop's year."""
    rows = {row["campaign"]: row for row in checks.rows()}
    assert checks.letters_checked == sum(row["selected"] for row in rows.values())
    with reading(checks.engine) as connection:
        for slug in rows:
            mailed, held_out = checks.mailed_and_held_out(connection, slug)
            assert not mailed & held_out, f"{slug}: both mailed and held out"
            assert is_tenth(len(held_out), len(mailed | held_out)), f"{slug}: {len(held_out)} of {len(mailed | held_out)} held out"
    for row in rows.values():
        assert row["step 1"] >= row["step 2"] >= row["step 3"], "a sequence gets thinner from step to step"
    return rows


def is_tenth(found: int, of: int) -> bool:
    """Within five standard deviations of a binomial draw."""
    return bool(abs(found - of / 10) <= 5 * (of * 0.09) ** 0.5)


def test_a_year_of_the_sample_shop(engine: Engine, settings: Settings, tmp_path: Path, tell: Callable[[str], None]) -> None:
    shop = sample_shop(tmp_path / "shop", 160, settings)
    checks = Year(engine, settings, shop).live(shop.first_day + timedelta(days=100))
    rows = check_year(checks)
    tell(checks.table())
    assert sum(row["step 2"] for row in rows.values()) > 0
    assert check_results(engine, datetime.combine(shop.first_day + timedelta(days=101), time(), UTC)) > 0


@pytest.mark.timeout(7200)
@pytest.mark.skipif(not MAKE_SHOP.exists(), reason="the real order history is material of ../shared, which is not here")
def test_a_year_of_a_real_shop(tmp_path: Path, tell: Callable[[str], None]) -> None:
    settings = Settings(
        data_dir=tmp_path,
        database_url="",
        inbox_dir=tmp_path,
        handover_dir=tmp_path,
        public_url="https://tee.example",
        secret_key=SecretStr("a key that only tests use"),
    )
    shop: Shop = real_shop(tmp_path, PEOPLE, settings)
    engine = open_engine(settings.database)
    event.listen(engine, "connect", lambda connection, _: connection.execute("pragma synchronous=off"))
    migrate.upgrade(engine)
    checks = Year(engine, settings, shop).live()
    tell(checks.table())
    rows = check_year(checks)
    assert check_results(engine, datetime.combine(LAST_DAY + timedelta(days=1), time(), UTC)) > 0
    engine.dispose()
    assert min(checks.counted.values()) >= 1
    assert all(row["handed over"] > 0 for row in rows.values()), "every kind of campaign has written to somebody"
    assert rows["winback"]["step 3"] > 0
    assert checks.verdicts.keys() >= EXPECTED, "a year without a case of these would prove little"
    assert sum(row["taken out"] for row in rows.values()) > 0, "some objected, bought or were united in time, some runs were rejected"
