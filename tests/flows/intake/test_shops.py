"""Does a connected shop give its records once, later what changed, and say what to do when it does not?"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from campaigns.record import Kind
from flows.clock import now
from flows.errors import ShopNotConnected, SourceTaken
from flows.intake.importing import ImportReport
from flows.intake.shops import Access, billbee_access, import_shop, shopify_access
from importers.errors import MissingScope, ShopFrozen, ShopRefused, WrongCredentials
from store import imports, sync_states
from store.engine import reading, writing
from store.imports import ImportState
from store.schema import carts, customers, orders
from store.settings import Settings
from tests.flows.shop_mocks import connected_to_billbee, connected_to_shopify
from tests.shops.billbee import faults
from tests.shops.billbee.server import MockBillbee
from tests.shops.billbee.settings import Settings as BillbeeSettings
from tests.shops.shopify.faults import Fault
from tests.shops.shopify.server import MockShopify


@pytest.fixture
def shop() -> Iterator[MockShopify]:
    with MockShopify(customers=30, orders=20, checkouts=5, bulk_polls=0, real_time=True) as mock:
        yield mock


@pytest.fixture
def connected(settings: Settings, shop: MockShopify) -> Settings:
    return connected_to_shopify(settings, shop.url)


def run(
    engine: Engine, settings: Settings, access: Access, *kinds: Kind, anew_since: datetime | None = None, heard: list[Any] | None = None
) -> list[ImportReport]:
    said = heard if heard is not None else []
    return import_shop(engine, settings, access, kinds or access.streams, said.append, said.append, anew_since)


def counts(reports: list[ImportReport]) -> dict[str, tuple[int, int, int]]:
    return {report.kind: (report.counts.read, report.counts.stored, report.counts.rejected) for report in reports}


def test_a_shop_comes_in_whole_and_then_only_what_changed(engine: Engine, connected: Settings, shop: MockShopify) -> None:
    first = run(engine, connected, shopify_access(connected))
    assert counts(first) == {"customers": (30, 30, 0), "orders": (20, 20, 0), "carts": (5, 5, 0)}
    assert {report.name for report in first} == {"mock-shop.myshopify.com"}
    with reading(engine) as connection:
        linked = connection.execute(select(func.count()).select_from(orders).where(orders.c.customer_id.is_not(None))).scalar_one()
        assert linked >= 18, "all but the few that name nobody"
        assert connection.execute(select(func.count()).select_from(carts)).scalar_one() == 5
    shop.clock.advance(-60)  # not in the first second of the next run: that would be the run's after it
    shop.world.change("Customer", 7, firstName="Idamaria")
    shop.clock.advance(60)
    again = run(engine, connected, shopify_access(connected))
    assert {report.kind: report.counts.stored for report in again} == {"customers": 1, "orders": 0, "carts": 0}
    with reading(engine) as connection:
        assert connection.execute(select(customers.c.first_name).where(customers.c.first_name == "Idamaria")).scalars().all() == ["Idamaria"]


def test_only_the_streams_that_are_asked_for_are_read(engine: Engine, connected: Settings, shop: MockShopify) -> None:
    assert counts(run(engine, connected, shopify_access(connected), Kind.CARTS, Kind.CUSTOMERS)) == {"customers": (30, 30, 0), "carts": (5, 5, 0)}
    assert not shop.log.count("Orders")


def test_whole_reads_everything_once_more_and_an_attempt_after_a_failure_only_what_is_missing(engine: Engine, connected: Settings) -> None:
    access = shopify_access(connected)
    run(engine, connected, access)
    began = now()
    whole = run(engine, connected, access, Kind.CUSTOMERS, anew_since=began)
    assert counts(whole) == {"customers": (30, 0, 0)}
    rest = run(engine, connected, access, anew_since=began)
    assert {report.kind: report.counts.read for report in rest} == {"customers": 0, "orders": 20, "carts": 5}


def test_everything_is_still_read_when_the_first_attempt_got_nowhere(engine: Engine, settings: Settings) -> None:
    with MockBillbee(customers=12, orders=5, settings=BillbeeSettings(unlimited=True)) as mock:
        connected = connected_to_billbee(settings, mock.url)
        access = billbee_access(connected)
        run(engine, connected, access)
        began = now()
        mock.next(faults.status(403, "Not now."), endpoint="customer-addresses")
        with pytest.raises(ShopRefused):
            run(engine, connected, access, anew_since=began)
        assert counts(run(engine, connected, access, anew_since=began)) == {"customers": (12, 0, 0), "orders": (5, 0, 0)}


def test_a_shop_that_removed_the_app_says_so_until_it_lets_us_in_again(engine: Engine, connected: Settings) -> None:
    with writing(engine) as connection:  # as the webhook app/uninstalled leaves it
        sync_states.save(connection, "shopify", sync_states.APP, {"uninstalled_at": "2026-11-20T10:00:00+00:00"}, now())
    heard: list[Any] = []
    run(engine, connected, shopify_access(connected), heard=heard)
    assert "the app was removed from the shop (2026-11-20" in str(heard[0])
    again: list[Any] = []
    run(engine, connected, shopify_access(connected), heard=again)
    assert "removed" not in str(again)


def test_without_the_scope_for_old_orders_a_first_import_stops_before_it_stores_anything(engine: Engine, connected: Settings, shop: MockShopify) -> None:
    shop.settings.scopes.remove("read_all_orders")
    with pytest.raises(MissingScope, match="read_all_orders"):
        run(engine, connected, shopify_access(connected))
    with reading(engine) as connection:
        assert imports.latest(connection) == []
    heard: list[Any] = []
    run(engine, connected, shopify_access(connected), Kind.CUSTOMERS, heard=heard)
    assert "older than 60 days" in str(heard[0])


def test_later_imports_only_warn_of_it(engine: Engine, connected: Settings, shop: MockShopify) -> None:
    run(engine, connected, shopify_access(connected))
    shop.settings.scopes.remove("read_all_orders")
    heard: list[Any] = []
    run(engine, connected, shopify_access(connected), heard=heard)
    assert "older than 60 days" in str(heard[0])


def test_a_shop_that_is_frozen_half_way_keeps_what_came_and_goes_on_when_it_is_open_again(engine: Engine, connected: Settings, shop: MockShopify) -> None:
    access = shopify_access(connected)
    shop.faults.always(Fault.FROZEN, operation="bulkOperationRunQuery", after=1)
    heard: list[Any] = []
    with pytest.raises(ShopFrozen, match="settle that with Shopify"):
        run(engine, connected, access, heard=heard)
    with reading(engine) as connection:
        states = {one.kind: (one.state, one.counts.stored) for one in imports.latest(connection)}
        message = next(one.message for one in imports.latest(connection) if one.state is ImportState.FAILED)
        place = sync_states.get(connection, "shopify", "customers")
    assert states == {"customers": (ImportState.FINISHED, 30), "orders": (ImportState.FAILED, 0)}
    assert "settle that with Shopify" in message
    assert place["watermark"]
    shop.faults.clear()
    assert counts(run(engine, connected, access)) == {"customers": (0, 0, 0), "orders": (20, 20, 0), "carts": (5, 5, 0)}


def test_a_second_shop_under_the_same_source_is_refused_before_its_records_are_missed(engine: Engine, connected: Settings) -> None:
    run(engine, connected, shopify_access(connected))
    other = connected.model_copy(update={"shopify_shop": "another-shop"})
    with pytest.raises(SourceTaken, match="a source of its own"):
        run(engine, other, shopify_access(other))
    assert counts(run(engine, other, shopify_access(other), anew_since=now()))["customers"] == (30, 0, 0), "the same shop under a new name"
    elsewhere = other.model_copy(update={"shopify_source": "elsewhere"})
    assert counts(run(engine, elsewhere, shopify_access(elsewhere)))["customers"][0] == 30


def test_a_refused_import_of_everything_leaves_the_place_of_the_right_shop_alone(engine: Engine, connected: Settings) -> None:
    run(engine, connected, shopify_access(connected))
    wrong = connected.model_copy(update={"shopify_shop": "mistyped", "shopify_client_id": "somebody"})
    with pytest.raises(WrongCredentials):
        run(engine, wrong, shopify_access(wrong), anew_since=now())
    assert counts(run(engine, connected, shopify_access(connected)))["customers"] == (0, 0, 0)


def test_credentials_that_are_missing_or_wrong_are_told_apart(engine: Engine, settings: Settings, connected: Settings) -> None:
    for access in (shopify_access, billbee_access):
        with pytest.raises(ShopNotConnected, match=r"docs/imports.md"):
            access(settings)
    with pytest.raises(ShopNotConnected, match="client id and client secret are needed"):
        shopify_access(connected.model_copy(update={"shopify_client_id": ""}))
    with pytest.raises(ShopNotConnected, match="API key, user and API password are needed"):
        billbee_access(settings.model_copy(update={"billbee_user": "shop@example.com"}))
    wrong = connected.model_copy(update={"shopify_client_id": "somebody"})
    with pytest.raises(WrongCredentials, match="Dev Dashboard"):
        run(engine, wrong, shopify_access(wrong))


def test_a_billbee_account_comes_in_whole_and_then_only_what_changed(engine: Engine, settings: Settings) -> None:
    with MockBillbee(customers=30, orders=20, settings=BillbeeSettings(unlimited=True)) as mock:
        connected = connected_to_billbee(settings, mock.url)
        first = run(engine, connected, billbee_access(connected))
        assert first[0].counts.stored == 30
        assert [report.counts.rejected for report in first] == [0, 0]
        with reading(engine) as connection:
            assert connection.execute(select(func.count()).select_from(orders)).scalar_one() == 20
        again = run(engine, connected, billbee_access(connected))
        assert [report.counts.stored for report in again] == [0, 0]
        assert {report.name for report in again} == {"Billbee"}
        assert not mock.violations
