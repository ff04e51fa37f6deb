"""The sample shop in examples/ is what its script writes, and worth a campaign."""

import importlib.util
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from campaigns.address import postal
from campaigns.customer import Customer
from campaigns.order import Order
from importers.csv_file import open_csv

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FILES = ("customers.csv", "orders.csv", "carts.csv")


@pytest.fixture(scope="module")
def make() -> Callable[..., None]:
    spec = importlib.util.spec_from_file_location("make_sample_shop", EXAMPLES / "make_sample_shop.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: Callable[..., None] = module.make
    return made


def records(name: str) -> list[Any]:
    batches = list(open_csv(EXAMPLES / "sample_shop" / name, "sample").batches())
    assert not [rejection for batch in batches for rejection in batch.rejections]
    return [record for batch in batches for record in batch.records]


def test_the_committed_files_are_what_the_script_writes(make: Callable[..., None], tmp_path: Path) -> None:
    make(tmp_path)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (EXAMPLES / "sample_shop" / name).read_bytes(), name


def test_another_seed_is_another_shop(make: Callable[..., None], tmp_path: Path) -> None:
    make(tmp_path, customers=50, seed=8)
    (first, *_), batch = (list(open_csv(tmp_path / "customers.csv", "sample").batches()),) * 2
    assert len(first.records) == 50 and len(batch) == 1
    assert first.records != tuple(records("customers.csv")[:50])


@pytest.mark.parametrize("days_later", [0, 30, 365])
def test_a_winback_finds_a_healthy_number_of_people_now_and_later(days_later: int) -> None:
    now = datetime(2026, 11, 15, tzinfo=UTC) + timedelta(days=days_later)
    last: dict[str, datetime] = {}
    for order in records("orders.csv"):
        assert isinstance(order, Order)
        if order.state.is_sale:
            last[order.email] = max(order.ordered_at, last.get(order.email, order.ordered_at))
    customers: list[Customer] = records("customers.csv")
    lapsed = [each for each in customers if each.email in last and timedelta(days=180) < now - last[each.email] < timedelta(days=1095)]
    reached = [each for each in lapsed if each.address.country in ("DE", "AT", "CH") and not postal(each.address, "DE").problem]
    assert len(reached) > 130
    problems = Counter(postal(each.address, "DE").problem for each in lapsed)
    assert {"no_street", "no_town", "bad_postcode"} <= {str(problem) for problem in problems}


def test_the_shop_has_customers_of_every_sort() -> None:
    customers, orders, carts = (records(name) for name in FILES)
    countries = Counter(each.address.country for each in customers)
    assert len(customers) == 400 and len(countries) >= 8
    assert countries["DE"] > 250 and countries["AT"] > 30 and countries["CH"] > 20
    assert {each.state.value for each in orders} == {"completed", "open", "cancelled", "refunded"}
    assert 20 < len(carts) < 60
    assert sum(bool(each.address.company) for each in customers) > 10
    assert {each.email for each in carts} < {each.email for each in customers}
    assert sum(path.stat().st_size for path in (EXAMPLES / "sample_shop").iterdir()) < 400_000
