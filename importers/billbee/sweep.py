"""How are the customers themselves read, of whom Billbee cannot say which have changed?

All of them, once a week; in between new orders bring their buyers along (``order_windows``). First the addresses, then the
people, each as one list. A killed sweep reads the addresses again and goes on with the people where it was.

State: ``{"swept_at": …}`` after a sweep; during one also ``{"began_at": …, "page": …, "rows": …}``.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from campaigns.customer import Customer
from campaigns.rejection import Rejection, RejectionReason
from importers.batch import Batch
from importers.billbee.account import Account
from importers.billbee.address_book import AddressBook
from importers.billbee.fields import identity, said
from importers.billbee.paging import Place, every_row
from importers.billbee.people import to_customer
from importers.errors import BadRecord

EVERY = timedelta(days=7)
ADDRESSES_SHARE = 0.5
"""Of a sweep, going by requests: there is at least an address for each customer."""


def fetch_customers(account: Account, source: str, state: Mapping[str, Any], until: datetime) -> Iterator[Batch]:
    """All customers with the address to write to, when the last sweep began a week ago or has not come to its end; else nothing."""
    until = until.replace(microsecond=0)
    swept = {"swept_at": state["swept_at"]} if "swept_at" in state else {}
    began_at = datetime.fromisoformat(state["began_at"]) if "began_at" in state else until
    place = Place(state["page"], state["rows"]) if "began_at" in state and _is_recent(began_at, until) else Place()
    if place == Place():
        began_at = until
        if swept and _is_recent(datetime.fromisoformat(swept["swept_at"]), until):
            return
    with AddressBook() as book:
        for page in every_row(partial(account.page, "customer-addresses"), _key, "customer addresses", may_grow=True):
            began_at = account.not_after_billbee(began_at)
            book.add(page.fresh)
            yield Batch(share=(page.share or 0.0) * ADDRESSES_SHARE)
        position = (place.page - 1) * account.page_size
        for page in every_row(partial(account.page, "customers"), _key, "customers", place, may_grow=True):
            now_at = {"began_at": began_at.isoformat(), "page": page.next.page, "rows": page.next.rows} if page.next else None
            after = {**swept, **now_at} if now_at else {"swept_at": began_at.isoformat()}
            share = ADDRESSES_SHARE + (page.share or 0.0) * (1 - ADDRESSES_SHARE)
            yield _batch(page.fresh, position, book, source, share, after)
            position += len(page.fresh)


def _is_recent(moment: datetime, until: datetime) -> bool:
    """Whether it was within the last week; a time to come is a clock's mistake, and reading all again is the remedy."""
    return timedelta(0) <= until - moment < EVERY


def _batch(rows: tuple[object, ...], before: int, book: AddressBook, source: str, share: float, state: Mapping[str, Any]) -> Batch:
    records: list[tuple[int, Customer]] = []
    rejections: list[Rejection] = []
    for position, row in enumerate(rows, before + 1):
        try:
            records.append((position, _customer(row, book, source)))
        except BadRecord as error:
            key = said(row.get("Number")) or said(row.get("Id")) if isinstance(row, dict) else ""
            rejections.append(Rejection(position, key, error.reason, error.message))
    return Batch(tuple(record for _, record in records), tuple(rejections), tuple(position for position, _ in records), share=share, state=state)


def _customer(row: object, book: AddressBook, source: str) -> Customer:
    if not isinstance(row, dict):
        raise BadRecord(RejectionReason.MALFORMED, f"Billbee gave {str(row)[:40]!r} in place of a customer.")
    return to_customer(row, book.of(identity(row.get("Id"))), source)


def _key(row: Mapping[str, Any]) -> str:
    return identity(row.get("Id"))
