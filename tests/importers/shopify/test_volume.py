"""Does a large shop come in with few requests, little memory, and no more haste than Shopify allows?"""

from dataclasses import replace

import pytest

from campaigns.record import Kind
from importers.shopify import STREAMS
from importers.shopify.pace import JITTER
from importers.shopify.streams import STREAMS as BY_KIND
from tests.importers.shopify.kept import LONG_AGO, Kept, entered
from tests.shops.shopify.server import MockShopify

pytestmark = pytest.mark.usefixtures("small_pages")


@pytest.mark.parametrize("kind", STREAMS)
def test_a_small_bucket_is_waited_for_and_not_run_into(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    """40 pages or more out of a bucket that holds few of them: what the app knows of it keeps it from being refused."""
    monkeypatch.setitem(BY_KIND, kind, replace(BY_KIND[kind], page_size=5))
    with MockShopify(customers=200, orders=200, checkouts=200, schema="small", bucket=100.0, restore_rate=5.0) as mock:
        kept = Kept(states={kind: dict(LONG_AGO)})
        kept.run_in(mock, kind)
        assert len(kept.of(kind)) == 200
        assert mock.log.count(BY_KIND[kind].field) == 40
        assert not [asked for asked in mock.log.requests if "THROTTLED" in asked.codes]
        assert len(mock.clock.pauses) >= 10
        spent = sum(asked.actual or 0 for asked in mock.log.requests)
        assert sum(mock.clock.pauses) <= spent / 5.0


def test_a_bucket_that_others_have_emptied_refuses_once(mock: MockShopify) -> None:
    mock.bucket.drain()
    Kept(states={Kind.CUSTOMERS: dict(LONG_AGO)}).run_in(mock)
    refused = [asked for asked in mock.log.requests if "THROTTLED" in asked.codes]
    assert len(refused) == 1
    needed = (refused[0].requested or 0) / mock.settings.restore_rate
    assert needed < mock.clock.pauses[0] <= needed + JITTER


@pytest.mark.timeout(60)
def test_a_first_import_of_100_000_customers_takes_six_requests() -> None:
    """Token, check, start, two polls, download."""
    with MockShopify(customers=100_000, orders=0, checkouts=0, schema="small") as mock:
        kept = Kept()
        with entered(mock) as shop:
            shop.check(whole=True)
            kept.run(shop, Kind.CUSTOMERS, mock.clock.now())
        assert mock.log.count() == 6
    assert len(kept.of(Kind.CUSTOMERS)) == 100_000
    assert [len(batch.records) for batch in kept.batches if batch.records] == [1000] * 100
    assert kept.rejections == []
