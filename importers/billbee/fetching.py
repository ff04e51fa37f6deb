"""Which lists does a Billbee account give, and in which order?"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from campaigns.record import Kind
from importers.batch import Batch
from importers.billbee.account import Account
from importers.billbee.order_windows import fetch_orders
from importers.billbee.sweep import fetch_customers

STREAMS = (Kind.CUSTOMERS, Kind.ORDERS)
"""People before what they bought. Billbee has no carts (importer facts 2.4)."""


def fetch(account: Account, kind: Kind, source: str, state: Mapping[str, Any], until: datetime) -> Iterator[Batch]:
    """All that changed since ``state``, which is the last batch's of the run before, or {} for everything there is.

    ``source`` names the account in every record. ``until`` (aware UTC) is this run's upper end. A run that broke off is run
    again with the state of its last stored batch. Raises ``ShopRefused``, ``BrokenAnswer``, ``ShopUnreachable``, and
    ``ValueError`` for a kind that is not in ``STREAMS``.
    """
    match kind:
        case Kind.CUSTOMERS:
            return fetch_customers(account, source, state, until)
        case Kind.ORDERS:
            return fetch_orders(account, source, state, until)
    raise ValueError(f"Billbee has no {kind}.")
