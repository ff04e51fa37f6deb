"""What follows once an order with a coupon is completed: whose first line does its buyer belong to?  (product.md 8.2)"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, exists, or_, select, update

from campaigns.checkout import RedemptionState, RefusalReason
from campaigns.order import SALES
from store import partners
from store.coupon_events import Action
from store.hashes import mailbox_hash
from store.schema import coupon_events, coupons, customers, orders, redemptions, sign_up_codes
from store.sets import among

_BRINGS_NOBODY = (
    RefusalReason.VOID, RefusalReason.PARTNER_INACTIVE, RefusalReason.EXPIRED, RefusalReason.NOT_YET_VALID,
    RefusalReason.OWN_CODE, RefusalReason.OTHER_CUSTOMER, RefusalReason.NEW_CUSTOMERS_ONLY,
)  # fmt: skip
"""A code that an order should not have had for one of these reasons brings its partner no customer."""


def completed(connection: Connection, order_ids: Collection[int], now: datetime) -> None:
    """Assign the buyers of completed orders who came with a partner's code and had completed none before; safe to repeat."""
    if not order_ids:
        return
    earlier = orders.alias("earlier")
    had_one = exists().where(
        earlier.c.customer_id == orders.c.customer_id,
        earlier.c.sold_at.is_not(None),
        earlier.c.id != orders.c.id,
        or_(earlier.c.ordered_at < orders.c.ordered_at, and_(earlier.c.ordered_at == orders.c.ordered_at, earlier.c.id < orders.c.id)),
    )
    table = coupon_events.c
    wrong = exists().where(table.redemption_id == redemptions.c.id, table.action == Action.AGAINST_TERMS, table.outcome.in_(_BRINGS_NOBODY))
    query = (
        select(redemptions.c.id, orders.c.customer_id, coupons.c.partner_id)
        .select_from(redemptions.join(orders, orders.c.id == redemptions.c.order_id).join(coupons, coupons.c.id == redemptions.c.coupon_id))
        .where(among(connection, redemptions.c.order_id, order_ids), redemptions.c.state == RedemptionState.REDEEMED)
        .where(orders.c.customer_id.is_not(None), orders.c.sold_at.is_not(None), orders.c.state.in_(SALES), coupons.c.partner_id.is_not(None), ~had_one, ~wrong)
    )
    for row in connection.execute(query.order_by(orders.c.ordered_at, orders.c.id, redemptions.c.id)).all():
        partners.assign_first_line(connection, row.customer_id, row.partner_id, row.id, now)


def owned(connection: Connection, owners: Mapping[int, int], now: datetime) -> None:
    """Orders (order -> customer) have found their customer after they came in: so have their redemptions."""
    table = redemptions.c
    mine = among(connection, table.order_id, owners)
    waiting = connection.execute(select(table.id, table.order_id).where(mine, table.customer_id.is_(None))).all()
    if waiting:
        statement = update(redemptions).where(table.id == bindparam("its")).values(customer_id=bindparam("owner"))
        connection.execute(statement, [{"its": row.id, "owner": owners[row.order_id]} for row in waiting])
    if connection.execute(select(exists().where(mine))).scalar_one():
        completed(connection, owners, now)


def people_came_in(connection: Connection, ids: Collection[int], secret: bytes) -> None:
    """Give new or changed customers what waits under their mailbox in any spelling: codes of a sign-up, and uses whose order is not in yet."""
    tables = [
        table
        for table in (sign_up_codes, redemptions)
        if ids and connection.execute(select(exists().where(table.c.customer_id.is_(None), table.c.email_hash.is_not(None)))).scalar_one()
    ]
    if not tables:
        return
    known = select(customers.c.id, customers.c.mailbox).where(among(connection, customers.c.id, ids), customers.c.mailbox.is_not(None))
    owners = {mailbox_hash(row.mailbox, secret): row.id for row in connection.execute(known.order_by(customers.c.id.desc()))}  # of two the older
    for table in tables:
        waiting = (table.c.customer_id.is_(None), among(connection, table.c.email_hash, owners))
        found = set(connection.execute(select(table.c.email_hash).where(*waiting)).scalars())
        if found:
            statement = update(table).where(table.c.email_hash == bindparam("mailbox_hash"), table.c.customer_id.is_(None))
            connection.execute(statement.values(customer_id=bindparam("owner")), [{"mailbox_hash": one, "owner": owners[one]} for one in found])
