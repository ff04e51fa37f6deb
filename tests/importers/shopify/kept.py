"""What a flow would keep of a run, without a database: records by their key, and the state of each stream."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from campaigns.coupon import CouponRecord
from campaigns.objection import Objection, RobinsonEntry
from campaigns.record import Kind, Record
from campaigns.rejection import Rejection
from importers.batch import Batch
from importers.shopify import STREAMS, Credentials, Shop, fetch
from tests.shops.shopify.server import MockShopify

SOURCE = "shopify"
LONG_AGO = {"watermark": "2000-01-01T00:00:00Z"}
"""The state of a stream that is to be read from its beginning page by page."""
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@contextmanager
def entered(mock: MockShopify, fixed: bool = False) -> Iterator[Shop]:
    """A way into the mock's shop, whose time is the mock's."""
    app = {"access_token": mock.access_token} if fixed else {"client_id": mock.client_id, "client_secret": mock.client_secret}
    with Shop(Credentials(mock.shop, **app), url=mock.url, sleep=mock.clock.sleep, clock=lambda: mock.clock.now().timestamp()) as shop:
        yield shop


@dataclass(slots=True)
class Kept:
    """Batches are stored one by one, each with its state, as a transaction would."""

    records: dict[tuple[Kind, str], Record] = field(default_factory=dict)
    states: dict[Kind, dict[str, Any]] = field(default_factory=dict)
    rejections: list[Rejection] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    """Of the last run."""

    def run(self, shop: Shop, kind: Kind, until: datetime, batches: int | None = None) -> None:
        """Fetch a stream; ``batches``: and be killed after so many of them."""
        self.batches = []
        for batch in islice(fetch(shop, kind, SOURCE, self.states.get(kind, {}), until), batches):
            self._keep(kind, batch)

    def run_all(self, shop: Shop, until: datetime) -> None:
        """Fetch all streams."""
        for kind in STREAMS:
            self.run(shop, kind, until)

    def of(self, kind: Kind) -> list[Any]:
        """The records of a kind by their keys."""
        return [record for (other, _), record in sorted(self.records.items()) if other == kind]

    def _keep(self, kind: Kind, batch: Batch) -> None:
        assert len(batch.records) == len(batch.positions)
        assert len(batch.records) + len(batch.rejections) <= 1000
        for record in batch.records:
            assert not isinstance(record, CouponRecord | Objection | RobinsonEntry)
            self.records[kind, record.source_id] = record
        self.rejections += batch.rejections
        if batch.state is not None:
            self.states[kind] = dict(batch.state)
        self.batches.append(batch)

    def run_in(self, mock: MockShopify, kind: Kind = Kind.CUSTOMERS) -> None:
        """Fetch a stream of the mock's shop up to now."""
        with entered(mock) as shop:
            self.run(shop, kind, mock.clock.now())

    @property
    def read(self) -> int:
        """Objects of the last run, taken over or not."""
        return sum(len(batch.records) + len(batch.rejections) for batch in self.batches)
