"""A whole shop's history (UCI Online Retail under invented names) goes through without a loss, in both formats."""

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from campaigns.cart import Cart
from campaigns.customer import Customer
from campaigns.order import Order
from campaigns.record import Record
from importers.csv_file import open_csv


@pytest.fixture(scope="module", params=["shopify", "german"])
def shop(request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    out = tmp_path_factory.mktemp(request.param)
    subprocess.run([sys.executable, shared / "tools" / "make_shop.py", out, "--format", request.param], check=True)
    names = ("customers.csv", "orders.csv", "carts.csv") if request.param == "shopify" else ("kunden.csv", "bestellungen.csv", "warenkoerbe.csv")
    return {kind: out / name for kind, name in zip(("customers", "orders", "carts"), names, strict=True)}


def test_every_record_of_a_real_history_arrives(shop: dict[str, Path]) -> None:
    for kind, path in shop.items():
        file = open_csv(path, "shop")
        assert file.kind == kind
        expected = Counter[str]()
        with path.open(encoding=file.encoding, newline="") as text:
            rows = csv.reader(text, delimiter=file.delimiter)
            next(rows)
            expected.update(row[0].removeprefix("'") for row in rows)
        batches = list(file.batches())
        records = [record for batch in batches for record in batch.records]
        assert not [rejection for batch in batches for rejection in batch.rejections]
        assert len(records) == len(expected)
        assert Counter(dict(map(key_and_rows, records))) == expected


def key_and_rows(record: Record) -> tuple[str, int]:
    """What the file's first column calls it, and its number of rows there."""
    match record:
        case Order(number=number, lines=lines):
            return number, len(lines)
        case Cart(source_id=source_id, items=items):
            return source_id, len(items)
    assert isinstance(record, Customer)
    return record.source_id, 1
