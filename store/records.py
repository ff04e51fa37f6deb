"""How do the records of one batch come in, whatever they are?"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias, TypeVar

from sqlalchemy import Connection, Table

from campaigns.cart import Cart
from campaigns.coupon import CouponRecord
from campaigns.customer import Customer
from campaigns.objection import Objection, RobinsonEntry
from campaigns.order import Order
from campaigns.record import Kind, Outcome, Record
from campaigns.rejection import Rejection
from store.carts import upsert_carts
from store.coupons import upsert_coupons
from store.customers import upsert_customers
from store.objections import upsert_objections
from store.orders import upsert_orders
from store.robinson import upsert_entries
from store.schema import carts, customer_sources, orders
from store.versions import known_rows

Result: TypeAlias = Outcome | Rejection
R = TypeVar("R")
_HASHED: dict[Kind, Table] = {Kind.CUSTOMERS: customer_sources, Kind.ORDERS: orders, Kind.CARTS: carts}


def upsert_records(connection: Connection, records: Sequence[Record], secret: bytes, now: datetime, hashes: Sequence[str] = ()) -> list[Result]:
    """Store what is new or changed and say of each record what became of it; all come from one source.

    A rejection's position is the record's place in ``records``, from 0.  The same records again change nothing.
    Kinds come in the order that lets the later ones find the earlier ones: people, what they bought, their codes.

    ``hashes``, if there are any, stand for ``records`` one by one: an importer may tell by them that a record is unchanged before it
    has read it (``known_hashes``). Records without them are compared by what they say.
    """
    found: dict[int, Result] = {}

    def of_kind(kind: type[R]) -> tuple[list[int], list[R], list[str]]:
        chosen = [(place, record) for place, record in enumerate(records) if isinstance(record, kind)]
        return [place for place, _ in chosen], [record for _, record in chosen], [hashes[place] for place, _ in chosen] if hashes else []

    places, objections, _ = of_kind(Objection)
    found |= _placed(places, upsert_objections(connection, objections, secret, now))
    places, entries, _ = of_kind(RobinsonEntry)
    found |= _placed(places, upsert_entries(connection, entries, secret, now))
    places, people, theirs = of_kind(Customer)
    found |= _placed(places, upsert_customers(connection, people, secret, now, theirs))
    places, bought, theirs = of_kind(Order)
    found |= _placed(places, upsert_orders(connection, bought, secret, now, theirs))
    places, left, theirs = of_kind(Cart)
    found |= _placed(places, upsert_carts(connection, left, secret, theirs))
    places, codes, _ = of_kind(CouponRecord)
    found |= _placed(places, upsert_coupons(connection, codes, now))
    return [found[place] for place in range(len(records))]


def known_hashes(connection: Connection, source: str, kind: Kind, source_ids: Collection[str]) -> dict[str, str]:
    """Those of a source's keys that are stored -> the hash that their record came with; empty for kinds that have none."""
    if kind not in _HASHED:
        return {}
    rows = known_rows(connection, _HASHED[kind], [(source, source_id) for source_id in source_ids], ())
    return {source_id: row.record_hash for (_, source_id), row in rows.items()}


def _placed(places: Sequence[int], results: Sequence[Result]) -> dict[int, Result]:
    return {place: replace(result, position=place) if isinstance(result, Rejection) else result for place, result in zip(places, results, strict=True)}
