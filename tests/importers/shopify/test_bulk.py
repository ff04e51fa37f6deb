"""Does a bulk operation that ends badly store nothing, and the next run find its way?"""

import pytest

from campaigns.record import Kind
from importers.errors import (
    BrokenAnswer,
    MissingScope,
    ShopUnreachable,
)
from tests.importers.shopify.kept import Kept, entered
from tests.shops.shopify.bulk import BulkEnd, Cut
from tests.shops.shopify.server import MockShopify

pytestmark = pytest.mark.usefixtures("small_pages")

DAY = 86_400.0


@pytest.mark.parametrize(
    ("end", "kind", "says"),
    [
        (BulkEnd("FAILED", "TIMEOUT", partial_lines=30), BrokenAnswer, r"broke off .* \(TIMEOUT\); it left a part of the file, which is not taken over"),
        (BulkEnd("FAILED", "INTERNAL_SERVER_ERROR"), BrokenAnswer, r"broke off .* \(INTERNAL_SERVER_ERROR\)\. Nothing was imported"),
        (BulkEnd("FAILED", "ACCESS_DENIED"), MissingScope, "does not let the app read all of customers"),
        (BulkEnd(more_objects=1), BrokenAnswer, "Shopify counted 91"),
        (BulkEnd(more_objects=-1), BrokenAnswer, "Shopify counted 89"),
        (BulkEnd(more_bytes=1), BrokenAnswer, "bytes instead of"),
        (BulkEnd(cut=Cut.MID_LINE), BrokenAnswer, "bytes instead of"),
        (BulkEnd(cut=Cut.LINE_END), BrokenAnswer, "bytes instead of"),
        (BulkEnd(cut=Cut.HUNG_UP), ShopUnreachable, "8 attempts"),
    ],
)
def test_a_bulk_operation_that_ends_badly_stores_nothing_and_the_next_run_begins_anew(
    mock: MockShopify, end: BulkEnd, kind: type[Exception], says: str
) -> None:
    kept = Kept()
    mock.bulk.next(end)
    with pytest.raises(kind, match=says):
        kept.run_in(mock)
    assert kept.records == {}
    assert "watermark" not in kept.states[Kind.CUSTOMERS]
    if kind is not ShopUnreachable:
        kept.run_in(mock)
        assert len(kept.of(Kind.CUSTOMERS)) == 90


@pytest.mark.parametrize("end", [BulkEnd("EXPIRED"), BulkEnd("CANCELED"), BulkEnd(download_status=403), BulkEnd(download_status=404)])
def test_a_bulk_operation_that_came_to_nothing_is_begun_again_once(mock: MockShopify, end: BulkEnd) -> None:
    kept = Kept()
    mock.bulk.next(end)
    kept.run_in(mock)
    assert len(kept.of(Kind.CUSTOMERS)) == 90
    mock.bulk.next(end)
    mock.bulk.next(end)
    kept = Kept()
    with pytest.raises(BrokenAnswer, match="twice"):
        kept.run_in(mock)
    assert (kept.records, kept.states) == ({}, {Kind.CUSTOMERS: {}})
    kept.run_in(mock)
    assert len(kept.of(Kind.CUSTOMERS)) == 90


def test_a_file_of_last_week_is_made_again(mock: MockShopify) -> None:
    kept = Kept()
    with entered(mock) as shop:
        kept.run(shop, Kind.CUSTOMERS, mock.clock.now(), batches=2)
    mock.bulk.poll(kept.states[Kind.CUSTOMERS]["operation"])
    mock.clock.advance(8 * DAY)
    kept.run_in(mock)
    assert len(kept.of(Kind.CUSTOMERS)) == 90
    assert mock.log.count("StartBulk") == 2


def test_an_operation_that_shopify_does_not_know_is_begun_anew(mock: MockShopify) -> None:
    kept = Kept(states={Kind.CUSTOMERS: {"operation": "gid://shopify/BulkOperation/1"}})
    kept.run_in(mock)
    assert len(kept.of(Kind.CUSTOMERS)) == 90


def test_a_shop_busy_with_other_operations_means_later(mock: MockShopify) -> None:
    """Another stream's operation is not ours to read."""
    mock.settings.bulk_limit = 1
    kept = Kept()
    with entered(mock) as shop:
        kept.run(shop, Kind.ORDERS, mock.clock.now(), batches=1)
        with pytest.raises(ShopUnreachable, match="as many bulk operations as it allows"):
            kept.run(shop, Kind.CUSTOMERS, mock.clock.now())
    assert set(kept.states) == {Kind.ORDERS}


def test_an_operation_of_ours_that_nobody_remembers_is_taken_over(mock: MockShopify) -> None:
    """Killed between the request and the storing of its id."""
    mock.settings.bulk_limit = 1
    with entered(mock) as shop:
        Kept().run(shop, Kind.CUSTOMERS, mock.clock.now(), batches=1)
        kept = Kept()
        kept.run(shop, Kind.CUSTOMERS, mock.clock.now())
    assert len(kept.of(Kind.CUSTOMERS)) == 90
    assert len(mock.bulk.operations) == 1
