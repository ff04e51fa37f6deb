"""Imports at a terminal: bars and counts, what a file would bring, how the imports stand, and what is said when a shop says no."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.locks import importing_from
from flows.wiring import installation
from store import settings as settings_module
from tests.flows.terminal import postillion
from tests.shops.billbee.server import MockBillbee
from tests.shops.billbee.settings import API_KEY, PASSWORD, USER
from tests.shops.billbee.settings import Settings as BillbeeSettings
from tests.shops.shopify.faults import Fault
from tests.shops.shopify.server import MockShopify
from tests.shops.shopify.settings import CLIENT_ID, CLIENT_SECRET, SHOP

ROBINSON = "Vorname;Nachname;Straße;PLZ;Ort\nRobin;Sohn;Am Strand 1;20095;Hamburg\n"
FOREIGN = "Knr;Rufname;Familie;Gasse;Plz;Stadt\n1;Anna;Müller;Hauptstr. 1;01067;Dresden\n"
MAPPING = """
name = "our till"
kind = "customers"
match = ["Knr", "Gasse"]

[columns]
Knr = "customer_number"
Rufname = "first_name"
Familie = "last_name"
Gasse = "street"
Plz = "postcode"
Stadt = "town"
"""


@pytest.fixture(autouse=True)
def migrated(own_installation: None) -> None:
    postillion("migrate")


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockShopify]:
    with MockShopify(customers=12, orders=9, checkouts=3, bulk_polls=0, real_time=True) as mock:
        connect(monkeypatch, SHOPIFY_SHOP=SHOP, SHOPIFY_CLIENT_ID=CLIENT_ID, SHOPIFY_CLIENT_SECRET=CLIENT_SECRET, SHOPIFY_URL=mock.url)
        yield mock


def connect(monkeypatch: pytest.MonkeyPatch, **values: Any) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"POSTILLION_{name}", str(value))
    settings_module.settings.cache_clear()


def test_a_shopify_shop_is_imported_and_its_standing_shown(shop: MockShopify) -> None:
    assert "12 customers read, 12 stored" in postillion("import", "shopify")
    assert "0 stored" in postillion("import", "shopify", "--stream", "customers")
    status = postillion("import", "status")
    assert f"shopify orders (from {SHOP}): finished " in status
    assert "; 9 read, 9 stored, 0 unchanged, 0 rejected; read up to " in status
    assert status.count("finished") == 3
    assert "9 orders read, 0 stored, 9 unchanged" in postillion("import", "shopify", "--whole", "--stream", "orders")


def test_a_billbee_account_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    with MockBillbee(customers=12, orders=9, settings=BillbeeSettings(unlimited=True)) as mock:
        connect(monkeypatch, BILLBEE_API_KEY=API_KEY, BILLBEE_USER=USER, BILLBEE_PASSWORD=PASSWORD, BILLBEE_URL=mock.url)
        assert "12 customers read, 12 stored" in postillion("import", "billbee")


def test_a_shop_that_says_no_is_answered_in_words_and_remembered(shop: MockShopify) -> None:
    shop.faults.always(Fault.FROZEN, operation="bulkOperationRunQuery")
    said = postillion("import", "shopify", code=1)
    assert "Its owner must settle that with Shopify" in said
    assert "Traceback" not in said
    status = postillion("import", "status")
    assert re.search(r"shopify orders \(from [\w.-]+\): failed [\d: -]+ UTC: .* Its owner must settle that with Shopify", status) is None
    assert re.search(r"shopify customers \(from [\w.-]+\): failed [\d: -]+ UTC: .* Its owner must settle that with Shopify", status)


def test_a_shop_that_gives_only_a_part_is_warned_of(shop: MockShopify) -> None:
    shop.settings.scopes.remove("read_all_orders")
    assert "lacks read_all_orders" in postillion("import", "shopify", code=1)
    assert "Warning: " in postillion("import", "shopify", "--stream", "customers")


def test_what_is_not_connected_or_not_there_says_so(shop: MockShopify) -> None:
    assert "There is no Billbee account to import from" in postillion("import", "billbee", code=1)
    assert "this shop has customers, orders, carts" in postillion("import", "shopify", "--stream", "coupons", code=2)


def test_two_imports_from_one_source_do_not_meet(shop: MockShopify) -> None:
    with installation() as (engine, found), importing_from(engine, found.data_dir, "shopify"):
        assert 'importing from the source "shopify" at this moment' in postillion("import", "shopify", code=1)


@pytest.mark.parametrize("source", ["../../outside", "", "a/b", "postillion:desk", "x" * 300, "My Shop"])
def test_a_name_that_is_none_is_refused_before_anything_is_stored(shop: MockShopify, source: str) -> None:
    sample = Path(__file__).parents[2] / "examples" / "sample_shop"
    assert "is no name for a source" in postillion("import", "csv", "--source", source, sample, code=1)
    assert "Nothing was imported yet." in postillion("import", "status")


def test_a_look_at_a_file_stores_nothing(tmp_path: Path) -> None:
    sample = Path(__file__).parents[2] / "examples" / "sample_shop"
    said = postillion("import", "csv", "--check", sample)
    assert "shopify_orders" in said
    assert "400 of the kind Customer" in said
    assert "517 of the kind Order" in said
    assert said.count("Nothing was stored.") == 3
    assert postillion("import", "status") == "Nothing was imported yet."
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "umsatz.csv").write_text("Monat;Umsatz\n1;2\n")
    (tmp_path / "two" / "zettel.csv").write_text(FOREIGN.replace("Knr;Rufname;Familie;Gasse;Plz;Stadt", "Kundennummer;Vorname;Nachname;Straße;PLZ;Ort"))
    said = postillion("import", "csv", "--check", tmp_path / "two", code=1)
    assert "umsatz.csv has headings of no format that we know" in said
    assert "1 of the kind Customer" in said, "one file that cannot be read keeps nobody from the others"


def test_a_file_is_what_somebody_says_it_is(tmp_path: Path) -> None:
    (tmp_path / "robinson.csv").write_text(ROBINSON, "utf-8")
    assert "1 robinson read, 1 stored" in postillion("import", "csv", tmp_path / "robinson.csv", "--as", "robinson")


def test_a_mapping_file_reads_what_nobody_knows(tmp_path: Path) -> None:
    (tmp_path / "kasse.csv").write_text(FOREIGN, "utf-8")
    (tmp_path / "kasse.toml").write_text(MAPPING, "utf-8")
    assert "no format that we know" in postillion("import", "csv", tmp_path / "kasse.csv", code=1)
    assert "1 customers read, 1 stored" in postillion("import", "csv", tmp_path / "kasse.csv", "--mapping", tmp_path / "kasse.toml")
    (tmp_path / "kasse.toml").write_text(MAPPING.replace('"street"', '"streat"'), "utf-8")
    assert "streat" in postillion("import", "csv", tmp_path / "kasse.csv", "--mapping", tmp_path / "kasse.toml", code=1)


def test_a_shop_is_told_to_send_webhooks_to_an_address_that_it_can_reach(shop: MockShopify, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "POSTILLION_PUBLIC_URL is http://127.0.0.1" in postillion("shopify", "webhooks", code=1)
    connect(monkeypatch, PUBLIC_URL="https://tee.example", SECRET_KEY="a key that only tests use")
    said = postillion("shopify", "webhooks")
    assert "orders/updated: registered" in said
    assert "enter https://tee.example/webhooks/shopify for these three" in said
    assert {row["uri"] for row in shop.subscriptions.rows} == {"https://tee.example/webhooks/shopify"}
    assert "orders/updated: was there" in postillion("shopify", "webhooks")
