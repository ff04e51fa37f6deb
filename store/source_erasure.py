"""How does a shop take its data back, one person or all of it (customers/redact, shop/redact)?"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from campaigns.customer import email_key
from campaigns.profile import DESK
from store import former_mailboxes, imports, profiles, tombstones
from store.erasure import empty, erase, keep_objection, rows_of_person
from store.schema import carts, customer_sources, customers, orders, redemptions, sign_up_codes, sync_states, webhook_deliveries

PEOPLE_AT_ONCE = 200
ORDERS_AT_ONCE = 5_000
"""What one transaction takes: scans and imports wait for it."""


def person_at(connection: Connection, source: str, source_id: str, email: str, secret: bytes) -> int | None:
    """The customer whom the source calls so, erased or not; else whoever holds this e-mail address, or claims it."""
    table = customer_sources.c
    known = connection.execute(select(table.customer_id).where(table.source == source, table.source_id == source_id)).scalar_one_or_none()
    if known is None:
        known = tombstones.owners(connection, source, [source_id], (), secret).keys.get(source_id)
    mailbox = email_key(email)
    if known is None and mailbox:
        known = connection.execute(select(customers.c.id).where(customers.c.email_key == mailbox)).scalar_one_or_none()
        claims = select(table.customer_id).where(table.email_key == mailbox).order_by(table.customer_id).limit(1)
        known = known or connection.execute(claims).scalar_one_or_none()
    return known


def empty_orders(connection: Connection, source: str, source_ids: Collection[str]) -> None:
    """Take what is personal out of some of the source's orders, whoever they belong to."""
    empty(connection, orders, (orders.c.source == source) & orders.c.source_id.in_(source_ids))


def erase_source(connection: Connection, source: str, secret: bytes, now: datetime) -> bool:
    """Take a step of forgetting everything that came from a source; True as long as another step is needed.

    Whoever is known from this source alone is erased, everybody else loses what it said. Its orders and carts stay as dates and amounts of
    nobody. It may come back: unlike after a person's own erasure nothing is kept to keep its people out.
    """
    imports.lock(connection)
    table = customer_sources.c
    named = select(table.customer_id).where(table.source == source, ~table.source_id.startswith(tombstones.ERASED))
    ids = connection.execute(named.distinct().order_by(table.customer_id).limit(PEOPLE_AT_ONCE)).scalars().all()
    for customer_id in ids:
        _forget_person(connection, source, customer_id, secret, now)
    if ids or _forget_rows(connection, source):
        return True
    deliveries = webhook_deliveries.c
    connection.execute(update(webhook_deliveries).where(deliveries.source == source, deliveries.body.is_not(None)).values(body=None))
    connection.execute(delete(sync_states).where(sync_states.c.source == source))
    return False


def _forget_person(connection: Connection, source: str, customer_id: int, secret: bytes, now: datetime) -> None:
    rows = rows_of_person(connection, customer_id)
    theirs = customer_sources.c.customer_id.in_(rows)
    others = ~customer_sources.c.source.in_((source, DESK))  # a correction of what the shop had told is no word of anybody else
    only_here = connection.execute(select(customer_sources.c.source).where(theirs, others).limit(1)).one_or_none() is None
    if only_here:
        erase(connection, customer_id, secret, now)
    else:
        keep_objection(connection, rows, secret)
    connection.execute(delete(customer_sources).where(theirs, ~others if only_here else customer_sources.c.source == source))
    if not only_here:
        former_mailboxes.forget(connection, rows, source)
        profiles.refresh(connection, rows, secret, now)


def _forget_rows(connection: Connection, source: str) -> int:
    """The next orders and carts that still say whose they are; how many."""
    count = 0
    for table in (orders, carts):
        alive = select(customers.c.id).where(customers.c.erased_at.is_(None))
        tells: Any = or_(table.c.email_key.is_not(None), table.c.customer_number != "", table.c.customer_id.in_(alive))
        ids = connection.execute(select(table.c.id).where(table.c.source == source, tells).limit(ORDERS_AT_ONCE)).scalars().all()
        if ids:
            empty(connection, table, table.c.id.in_(ids))
            connection.execute(update(table).where(table.c.id.in_(ids), table.c.customer_id.in_(alive)).values(customer_id=None))
        count += len(ids)
    return count + _forget_coupons(connection, source)


def _forget_coupons(connection: Connection, source: str) -> int:
    """The next uses of coupons and codes of a sign-up that still say whose they are; how many. The counts stay."""
    count = 0
    for table in (redemptions, sign_up_codes):
        nobody = {column.name: None for column in table.columns if column.name in ("email_hash", "address_hash")}
        alive = select(customers.c.id).where(customers.c.erased_at.is_(None))
        tells = or_(table.c.customer_id.in_(alive), *(table.c[name].is_not(None) for name in nobody))
        ids = connection.execute(select(table.c.id).where(table.c.source == source, tells).limit(ORDERS_AT_ONCE)).scalars().all()
        if ids:
            connection.execute(update(table).where(table.c.id.in_(ids)).values(nobody))
            connection.execute(update(table).where(table.c.id.in_(ids), table.c.customer_id.in_(alive)).values(customer_id=None))
        count += len(ids)
    return count
