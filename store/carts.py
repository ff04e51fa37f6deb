"""How is a cart stored once, at the right customer?"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, case, delete, func, or_, select, update

from campaigns.cart import Cart
from campaigns.record import Outcome
from store.belongings import add_older, news, owners, replace_rows
from store.people import Whose
from store.schema import carts, customers
from store.sets import among, insert_rows

_COLUMNS = (
    "source",
    "source_id",
    "record_hash",
    "kind",
    "customer_id",
    "email_key",
    "customer_number",
    "currency",
    "created_at",
    "updated_at",
    "completed_at",
    "recovery_url",
    "value_cents",
    "items",
)


def upsert_carts(connection: Connection, records: Sequence[Cart], secret: bytes, hashes: Sequence[str] = ()) -> list[Outcome]:
    """Store what is new or changed and say which; all records come from one source.  ``hashes``: as in store.records."""
    if not records:
        return []
    found = news(connection, carts, records, hashes)
    named = owners(connection, found, secret)
    whose = {key: named.whose(record, found.linked(key), mailbox_first=True) for key, record in found.all.items()}

    def row(key: tuple[str, str], record: Cart) -> tuple[Any, ...]:
        return _row(record, found.batch[key].hash, whose[key])

    insert_rows(connection, carts, _COLUMNS, [(*one[:-1], json.dumps(one[-1])) for one in (row(key, record) for key, record in found.new.items())])
    replace_rows(connection, carts, _COLUMNS, [row(*one) for one in found.newer.items()], [found.known[key].id for key in found.newer])
    return found.outcomes(add_older(connection, carts, found, whose, {}))


def _row(record: Cart, record_hash: str, whose: Whose) -> tuple[Any, ...]:
    return (
        record.source,
        record.source_id,
        record_hash,
        str(record.kind),
        whose.customer_id,
        whose.email_key,
        whose.customer_number,
        record.currency,
        record.created_at,
        record.updated_at,
        record.completed_at,
        "" if whose.is_erased else record.recovery_url,
        record.value_cents,
        [asdict(item) for item in record.items],
    )


def remove(connection: Connection, source: str, source_id: str) -> bool:
    """Delete a cart that its source has deleted; False for an unknown one."""
    found = connection.execute(select(carts.c.id).where(carts.c.source == source, carts.c.source_id == source_id)).scalar_one_or_none()
    if found is None:
        return False
    note_last(connection, [found])
    return bool(connection.execute(delete(carts).where(carts.c.id == found)).rowcount)


def note_last(connection: Connection, ids: Sequence[int]) -> None:
    """Before carts go: a prospect's time counts from the last sign of life (store.prospects), which may have been one of them."""
    theirs = select(func.max(carts.c.updated_at)).where(carts.c.customer_id == customers.c.id, among(connection, carts.c.id, ids)).scalar_subquery()
    owners = select(carts.c.customer_id).where(among(connection, carts.c.id, ids), carts.c.customer_id.is_not(None))
    last = customers.c.last_cart_at
    connection.execute(update(customers).where(customers.c.id.in_(owners)).values(last_cart_at=case((or_(last.is_(None), last < theirs), theirs), else_=last)))
