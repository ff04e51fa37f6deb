"""How do orders and carts that came before their customer find them?"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, exists, func, or_, select, update

from campaigns.profile import GUEST
from store import redemptions
from store.people import numbered
from store.schema import carts, customer_sources, customers, orders
from store.sets import among


def link(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """Give these customers the orders and carts that name them and have no owner; costs what the customers cost, however many wait."""
    if not ids:
        return
    claim = customer_sources.c
    query = select(claim.customer_id, claim.source, claim.source_id, claim.number, claim.email_key).where(among(connection, claim.customer_id, ids))
    claims: Sequence[Row[Any]] = ()
    for table in (orders, carts):
        if connection.execute(select(exists().where(table.c.customer_id.is_(None)))).scalar_one():
            claims = claims or connection.execute(query).all()
            found = _found(connection, table, claims)
            if found:
                statement = update(table).where(table.c.id == bindparam("its")).values(customer_id=bindparam("owner"))
                connection.execute(statement, [{"its": key, "owner": owner} for key, owner in found.items()])
            if found and table is orders:
                _date_linked(connection, found)
                redemptions.owned(connection, found, now)


def _found(connection: Connection, table: Table, claims: Sequence[Row[Any]]) -> dict[int, int]:
    """Order or cart -> whom it names, as in store.people: by the source's number, else by its own key, else by the mailbox."""
    mailboxes: dict[str, int] = {}
    keys: dict[str, dict[str, int]] = {}
    numbers: dict[str, set[str]] = {}
    for row in sorted(claims, key=lambda row: -row.customer_id):  # of two the older customer
        keys.setdefault(row.source, {})[row.source_id] = row.customer_id
        if row.number and not row.source_id.startswith(GUEST):
            numbers.setdefault(row.source, set()).add(row.number)
        if row.email_key:
            mailboxes[row.email_key] = row.customer_id
    waiting = table.c.customer_id.is_(None)
    by_mailbox = select(table.c.id, table.c.email_key).where(waiting, among(connection, table.c.email_key, mailboxes))
    found = {row.id: mailboxes[row.email_key] for row in connection.execute(by_mailbox)}
    for source, its_keys in keys.items():
        asked = {*its_keys, *numbers.get(source, ())}
        by_name = select(table.c.id, table.c.customer_number).where(waiting, table.c.source == source, among(connection, table.c.customer_number, asked))
        named = connection.execute(by_name).all()
        wanted = numbers.get(source, set()) & {row.customer_number for row in named}
        owners = its_keys | (numbered(connection, source, wanted) if wanted else {})
        found |= {row.id: owners[row.customer_number] for row in named if row.customer_number in owners}
    return found


def _date_linked(connection: Connection, order_ids: Collection[int]) -> None:
    table = orders.c
    query = select(table.customer_id, func.min(table.sold_at).label("at")).where(among(connection, table.id, order_ids), table.sold_at.is_not(None))
    rows = connection.execute(query.group_by(table.customer_id))
    date_first_sales(connection, {row.customer_id: row.at for row in rows})


def date_first_sales(connection: Connection, completed: Mapping[int, datetime]) -> None:
    """Turn prospects with a completed order into customers: dated by the earliest ever seen, never undone (product.md 2.1)."""
    table = customers.c
    later = or_(table.first_sale_at.is_(None), table.first_sale_at > bindparam("at", type_=table.first_sale_at.type))
    statement = update(customers).where(table.id == bindparam("owner"), later).values(first_sale_at=bindparam("at", type_=table.first_sale_at.type))
    if completed:
        connection.execute(statement, [{"owner": owner, "at": at} for owner, at in completed.items()])
