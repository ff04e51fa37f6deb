"""Does every filter of a segment let through whom it describes and keep out everybody else?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from campaigns.address import Address
from campaigns.day import Day
from campaigns.kinds import Product, ProductField, Scanned, Segment, Who
from campaigns.order import Order, OrderLine, OrderState
from campaigns.scan import ScanKind
from store import scans
from store.audience.chosen import EVER
from store.scans import Scan
from tests.store.audiences import candidates, facts, names
from tests.store.shop import NOW, Run, add_letter, customer_id, days_ago, hold_out, order, person, start_run, store

EVERYBODY = Segment(who=Who.ALL)
SKU, TITLE, CATEGORY = ProductField


@pytest.fixture
def run(connection: Connection) -> Run:
    return start_run(connection)


def living(country: str = "DE", postcode: str = "20095") -> Address:
    return Address(first_name="Anna", last_name="Müller", street="Weg 1", postcode=postcode, town="Ort", country=country)


def bought(number: int, *orders: Any) -> list[Order]:
    """Orders of customer ``number``; each a dictionary of what is special about it."""
    return [order(100 * number + place, customer_number=f"K{number}", **changes) for place, changes in enumerate(orders)]


def holds(*products: str | tuple[str, str] | tuple[str, str, str]) -> dict[str, Any]:
    """An order of articles: sku, title, category."""
    lines = [(one, "Tea", "") if isinstance(one, str) else (*one, "", "")[:3] for one in products]
    return {"lines": tuple(OrderLine(sku, title, 1, 100, category) for sku, title, category in lines)}


# --- people ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "expected"), [(Who.ALL, ["K1", "K2", "K3"]), (Who.CUSTOMERS, ["K1"]), (Who.PROSPECTS, ["K2", "K3"])])
def test_customers_have_completed_an_order(connection: Connection, run: Run, who: Who, expected: list[str]) -> None:
    store(connection, person(1), person(2), person(3), *bought(1, {}), *bought(2, {"state": OrderState.OPEN}))
    assert names(connection, run, Segment(who=who)) == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"countries": ("DE",)}, ["K1", "K2", "K5"]),
        ({"countries": ("AT", "GB")}, ["K3", "K4"]),
        ({"postcodes": ("20",)}, ["K1"]),
        ({"postcodes": ("200", "2010", "5")}, ["K1", "K5"]),
        ({"postcodes": ("sw1",)}, ["K4"]),
        ({"postcodes": ("2_",)}, []),
        ({"languages": ("de",)}, ["K1", "K3"]),
        ({"languages": ("en",)}, ["K4", "K5"]),
        ({"languages": ("de", "fr")}, ["K1", "K2", "K3"]),
        ({"tags": ("vip",)}, ["K2", "K3"]),
        ({"tags": ("b2b", "press")}, ["K1", "K3"]),
        ({"tags": ("vi", 'vip"')}, []),
        ({"countries": ("DE",), "tags": ("vip",)}, ["K2"]),
    ],
)
def test_filters_of_the_person(connection: Connection, run: Run, filters: dict[str, Any], expected: list[str]) -> None:
    store(
        connection,
        person(1, address=living(), tags=("press",)),
        person(2, address=living(postcode="01067"), language="fr", tags=("vip", "tea")),
        person(3, address=living("AT", "1010"), tags=("vip", "b2b")),
        person(4, address=living("GB", "SW1A 1AA"), tags=()),
        person(5, address=living(postcode="50667"), language="en", tags=("VIP",)),
    )
    assert names(connection, run, replace(EVERYBODY, **filters)) == expected


# --- orders ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"orders_min": 2}, ["K2", "K3"]),
        ({"orders_max": 1}, ["K1", "K4", "K5"]),
        ({"orders_max": 0}, ["K4", "K5"]),
        ({"orders_min": 1, "orders_max": 2}, ["K1", "K2"]),
        ({"total_min_cents": 3000}, ["K2", "K3"]),
        ({"total_min_cents": 3001}, ["K3"]),
        ({"total_max_cents": 3000}, ["K1", "K2", "K4", "K5"]),
        ({"total_min_cents": 1, "currency": "CHF"}, ["K1"]),
        ({"average_min_cents": 1500}, ["K2"]),
        ({"average_min_cents": 1501}, []),
        ({"average_max_cents": 1034}, ["K3"]),
        ({"average_max_cents": 1033}, []),
        ({"average_max_cents": 9000, "currency": "CHF"}, ["K1"]),
    ],
)
def test_filters_of_count_and_value(connection: Connection, run: Run, filters: dict[str, Any], expected: list[str]) -> None:
    """K1 has bought in francs and nothing in euros that lasted, K4 has only cancelled, K5 never ordered; K3's average is 1033 1/3 cents."""
    store(connection, *(person(number) for number in range(1, 6)))
    store(connection, *bought(1, {"total_cents": 9000, "currency": "CHF"}, {"total_cents": 900, "state": OrderState.REFUNDED}))
    store(connection, *bought(2, {"total_cents": 1000}, {"total_cents": 2000, "state": OrderState.OPEN}, {"state": OrderState.CANCELLED, "total_cents": 1}))
    store(connection, *bought(3, {"total_cents": 1000}, {"total_cents": 1100}, {"total_cents": 1001}))
    store(connection, *bought(4, {"state": OrderState.CANCELLED, "total_cents": 5000}))
    assert names(connection, run, replace(EVERYBODY, **filters)) == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"platforms": ("ebay",)}, ["K2"]),
        ({"platforms": ("",)}, ["K1", "K3"]),
        ({"platforms": ("", "ebay")}, ["K1", "K2", "K3"]),
        ({"platforms": ("amazon",)}, []),
        ({"last_order_min_days": 10}, ["K1"]),
        ({"last_order_min_days": 1}, ["K1", "K2"]),
        ({"last_order_max_days": 10}, ["K1", "K2", "K3"]),
        ({"last_order_max_days": 9}, ["K2", "K3"]),
        ({"last_order_max_days": 0}, ["K3"]),
        ({"last_order_min_days": 2, "last_order_max_days": 8}, []),
        ({"first_order_from": date(2026, 11, 12)}, ["K1", "K2", "K3"]),
        ({"first_order_from": date(2026, 11, 13)}, ["K2", "K3"]),
        ({"first_order_until": date(2026, 11, 12)}, ["K1"]),
        ({"first_order_until": date(2026, 11, 11)}, []),
        ({"first_order_from": date(2026, 11, 1), "first_order_until": date(2026, 11, 20)}, ["K1", "K2"]),
    ],
)
def test_filters_of_first_and_last_order(connection: Connection, run: Run, filters: dict[str, Any], expected: list[str]) -> None:
    """Today is 22 November; K1 ordered on the 12th, K2 on the 13th and yesterday, K3 today, K4 has only asked for an offer."""
    store(connection, *(person(number) for number in range(1, 5)))
    store(connection, *bought(1, {"ordered_at": days_ago(10)}, {"ordered_at": days_ago(1), "platform": "amazon", "state": OrderState.CANCELLED}))
    store(connection, *bought(2, {"ordered_at": days_ago(9)}, {"ordered_at": days_ago(1), "platform": "ebay"}))
    store(connection, *bought(3, {"ordered_at": NOW}))
    store(connection, *bought(4, {"ordered_at": days_ago(30), "state": OrderState.OFFERED}))
    assert names(connection, run, replace(EVERYBODY, **filters)) == expected


@pytest.mark.parametrize(
    ("filters", "is_candidate"),
    [
        ({"last_order_min_days": 1}, True),
        ({"last_order_max_days": 0}, False),
        ({"first_order_from": date(2026, 3, 29)}, False),
        ({"first_order_until": date(2026, 3, 28)}, True),
    ],
)
def test_days_are_those_of_the_shop(connection: Connection, run: Run, filters: dict[str, Any], is_candidate: bool) -> None:
    """Half past eleven at night in Berlin is the day before, on the night before the clock is put forward too."""
    store(connection, person(), order(ordered_at=datetime(2026, 3, 28, 22, 30, tzinfo=UTC)))
    day = Day(datetime(2026, 3, 29, 4, tzinfo=UTC), ZoneInfo("Europe/Berlin"), 3)
    assert len(candidates(connection, run, Segment(**filters), day=day)) == is_candidate
    store(connection, order(ordered_at=datetime(2026, 3, 28, 23, 30, tzinfo=UTC)))
    assert len(candidates(connection, run, Segment(**filters), day=day)) == (not is_candidate), "and half past midnight is the day itself"


# --- articles ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("products", "expected"),
    [
        ([Product(SKU, "T1")], ["K1"]),
        ([Product(SKU, "t1")], ["K1"]),
        ([Product(SKU, "T*")], ["K1", "K2"]),
        ([Product(SKU, "t1*")], ["K1", "K2"]),
        ([Product(SKU, "1")], []),
        ([Product(SKU, "Ä-ß?*")], ["K4"]),
        ([Product(SKU, "ä-ß?[1]")], ["K4"]),
        ([Product(SKU, "ä-ßx[1]")], []),
        ([Product(SKU, "a.c"), Product(SKU, "x%")], ["K3"]),
        ([Product(TITLE, "grüner")], ["K2"]),
        ([Product(TITLE, "GRÜNER TEE")], ["K2"]),
        ([Product(TITLE, "Gruner")], []),
        ([Product(TITLE, "öl")], ["K3", "K4"]),
        ([Product(TITLE, "Tee*")], []),
        ([Product(TITLE, "a%b_c\\d")], ["K4"]),
        ([Product(TITLE, "a_b")], []),
        ([Product(CATEGORY, "tee & Öle")], ["K3"]),
        ([Product(CATEGORY, "tee")], ["K2"]),
        ([Product(SKU, "T1"), Product(TITLE, "ölkanne")], ["K1", "K4"]),
    ],
)
def test_what_somebody_bought(connection: Connection, run: Run, products: Sequence[Product], expected: list[str]) -> None:
    everybody = [f"K{number}" for number in range(1, 6)]
    store(connection, *(person(number) for number in range(1, 6)))
    store(connection, *bought(1, holds("X9", "T1")), *bought(2, holds(("T12", "Bio GRÜNER Tee", "TEE"))))
    store(connection, *bought(3, holds(("a.c", "Öl", "Tee & öle"))), *bought(4, holds(("ä-ß?[1]", "Ölkanne A%b_C\\d"))))
    store(connection, *bought(5, holds(("Z", "Z", "Z")), {"state": OrderState.CANCELLED, **holds("T1", ("a.c", "grüner tee ölkanne", "tee"))}))
    assert names(connection, run, Segment(bought=tuple(products))) == expected
    rest = [name for name in everybody if name not in expected]
    assert names(connection, run, Segment(not_bought=tuple(products))) == rest, "what was cancelled was not bought"


# --- letters -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scanned", "expected"), [(Scanned.YES, ["K1"]), (Scanned.NO, ["K2", "K3"]), (Scanned.ANY, ["K1", "K2", "K3"])])
def test_only_a_persons_scan_counts(connection: Connection, run: Run, scanned: Scanned, expected: list[str]) -> None:
    store(connection, person(1), person(2), person(3))
    first, second = (add_letter(connection, run, customer_id(connection, f"anna{number}@example.org")) for number in (1, 2))
    for place, (letter, kind) in enumerate(((first, ScanKind.BOT), (first, ScanKind.HUMAN), (second, ScanKind.BOT), (second, ScanKind.EARLY))):
        scans.record(connection, Scan(f"scan-{place}", letter, kind, NOW))
    assert names(connection, run, replace(EVERYBODY, scanned=scanned)) == expected


# --- the sequence ------------------------------------------------------------------------------------------------------


def test_the_clock_begins_with_the_last_sale_else_the_account(connection: Connection, run: Run) -> None:
    store(connection, person(1, registered_at=days_ago(900)), person(2, registered_at=days_ago(800)), person(3), *bought(1, {"ordered_at": days_ago(50)}))
    found = candidates(connection, run, EVERYBODY)
    assert [(one.facts.trigger, one.facts.trigger_at, one.stops_after) for one in found] == [
        ("segment", days_ago(50), days_ago(50)),
        ("segment", days_ago(800), EVER),
        ("segment", NOW, EVER),
    ]


def test_a_sale_after_the_last_letter_ends_the_sequence_unless_it_recurs(connection: Connection, run: Run) -> None:
    once, recurring = Segment(), Segment(loop_days=90)
    store(connection, person(), order(1, ordered_at=days_ago(100)))
    anna = customer_id(connection)
    assert not facts(connection, run, once).bought_since
    add_letter(connection, run, anna, "segment", 1, now=days_ago(50))
    found = facts(connection, run, once)
    assert (found.last_step, found.bought_since) == (1, False)
    store(connection, order(2, ordered_at=days_ago(40)))
    assert [facts(connection, run, kind).bought_since for kind in (once, recurring)] == [True, False]
    assert facts(connection, run, recurring).last_step == 1
    hold_out(connection, run, anna, "segment", 2, now=days_ago(30))
    assert facts(connection, run, once).bought_since is False, "the sale was before the newest step"
