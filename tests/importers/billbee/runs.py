"""A run of the importer against a Billbee on loopback, and what it has brought."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from campaigns.customer import Customer
from campaigns.order import Order
from campaigns.record import Kind, Record
from importers.batch import Batch
from importers.billbee import Account, Credentials, fetch
from tests.shops.billbee.server import MockBillbee

SOURCE = "billbee"


def account_of(mock: MockBillbee, page_size: int = 250) -> Account:
    """The account, living by the mock's clock."""
    return Account(Credentials(mock.api_key, mock.user, mock.password), mock.url, mock.clock.sleep, mock.seconds, page_size)


def run(account: Account, kind: Kind, until: datetime, state: Mapping[str, Any] | None = None) -> list[Batch]:
    """All batches of one run."""
    return list(fetch(account, kind, SOURCE, state or {}, until))


def state_after(batches: Iterable[Batch], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a flow has kept once the batches are stored."""
    kept = dict(before or {})
    for batch in batches:
        kept = kept if batch.state is None else dict(batch.state)
    return kept


def records(batches: Iterable[Batch]) -> list[Record]:
    """All records, in the order in which they came."""
    return [record for batch in batches for record in batch.records]


def orders(batches: Iterable[Batch]) -> dict[str, Order]:
    """Id -> the latest version that came."""
    return {record.source_id: record for record in records(batches) if isinstance(record, Order)}


def customers(batches: Iterable[Batch]) -> dict[str, Customer]:
    """Id -> the latest version that came."""
    return {record.source_id: record for record in records(batches) if isinstance(record, Customer)}
