"""How do orders and carts that came before their customer find them?"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, bindparam, exists, func, or_, select, update

from campaigns.order import OrderState
from store.schema import carts, customer_sources, customers, orders
from store.sets import among


def link(connection: Connection, ids: Collection[int]) -> None:
    """Give these customers the orders and carts that name them and have no owner: by the source's number, its own key, or the mailbox."""
    for table in (orders, carts):
        found = _found(connection, table, ids) if _any_unlinked(connection, table) else {}
        if found:
            statement = update(table).where(table.c.id == bindparam("its")).values(customer_id=bindparam("owner"))
            connection.execute(statement, [{"its": key, "owner": owner} for key, owner in found.items()])
        if found and table is orders:
            date_sales_of(connection, found)


def _any_unlinked(connection: Connection, table: Table) -> bool:
    return bool(connection.execute(select(exists().where(table.c.customer_id.is_(None)))).scalar_one())


def _found(connection: Connection, table: Table, ids: Collection[int]) -> dict[int, int]:
    claim = customer_sources.c
    named = (table.c.source == claim.source, table.c.customer_number != "")
    ways: tuple[tuple[ColumnElement[bool], ...], ...] = (  # the strongest last
        (table.c.email_key == claim.email_key,),
        (table.c.customer_number == claim.source_id, *named),
        (table.c.customer_number == claim.number, *named),
    )
    found: dict[int, int] = {}
    for way in ways:
        query = select(table.c.id, claim.customer_id).where(among(connection, claim.customer_id, ids), table.c.customer_id.is_(None), *way)
        found |= {row.id: row.customer_id for row in connection.execute(query.order_by(claim.customer_id.desc()))}
    return found


def date_sales_of(connection: Connection, order_ids: Collection[int]) -> None:
    """Turn the owners of these orders into customers, where the orders are completed."""
    table = orders.c
    query = select(table.customer_id, func.min(table.ordered_at).label("at")).where(table.customer_id.is_not(None), table.state == OrderState.COMPLETED)
    if order_ids:
        rows = connection.execute(query.where(among(connection, table.id, order_ids)).group_by(table.customer_id))
        date_first_sales(connection, {row.customer_id: row.at for row in rows})


def date_first_sales(connection: Connection, completed: Mapping[int, datetime]) -> None:
    """Turn prospects with a completed order into customers: dated by the earliest ever seen, never undone (product.md 2.1)."""
    table = customers.c
    later = or_(table.first_sale_at.is_(None), table.first_sale_at > bindparam("at", type_=table.first_sale_at.type))
    statement = update(customers).where(table.id == bindparam("owner"), later).values(first_sale_at=bindparam("at", type_=table.first_sale_at.type))
    if completed:
        connection.execute(statement, [{"owner": owner, "at": at} for owner, at in completed.items()])
