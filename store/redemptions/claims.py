"""How is somebody a new customer once, however many coupons they have and however many orders come at once?"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, exists, select

from campaigns.checkout import RedemptionState
from store.schema import new_customers, orders, redemptions
from store.upsert import insert_for


def claim(connection: Connection, keys: Collection[str], redemption_id: int, now: datetime) -> bool:
    """Take the new customer's keys for this redemption, in their order and in one statement.

    False if somebody else has one of them (then undo the transaction's part); a reservation whose time is over has nothing any more.

    The unique key decides: on PostgreSQL whoever comes second waits until the first has committed.
    """
    if not keys or _take(connection, keys, redemption_id, now):
        return True
    return bool(_drop_expired(connection, keys, now)) and _take(connection, keys, redemption_id, now)


def _take(connection: Connection, keys: Collection[str], redemption_id: int, now: datetime) -> bool:
    wanted = [{"key_hash": key, "redemption_id": redemption_id, "claimed_at": now} for key in sorted(set(keys))]
    statement = insert_for(connection, new_customers).on_conflict_do_nothing().values(wanted).returning(new_customers.c.key_hash)
    if len(connection.execute(statement).all()) == len(wanted):
        return True
    holders = connection.execute(select(new_customers.c.redemption_id).where(new_customers.c.key_hash.in_(keys))).scalars()
    return set(holders) == {redemption_id}


def _drop_expired(connection: Connection, keys: Collection[str], now: datetime) -> int:
    """Take them from reservations that nobody came for in time; how many.

    The reservation's row is locked, so its own checkout, should it come at this very moment, either was first or finds its claim gone.
    """
    table, theirs = redemptions.c, select(new_customers.c.redemption_id).where(new_customers.c.key_hash.in_(keys))
    over = select(table.id).where(table.id.in_(theirs), table.state == RedemptionState.RESERVED, table.expires_at <= now).order_by(table.id)
    ids = connection.execute(over.with_for_update()).scalars().all()
    return connection.execute(delete(new_customers).where(new_customers.c.redemption_id.in_(ids))).rowcount if ids else 0


def correct(connection: Connection, keys: Collection[str], redemption_id: int) -> None:
    """The shopper turned out to be somebody else than was said when the coupon was reserved: whoever was named by mistake has taken nothing."""
    connection.execute(delete(new_customers).where(new_customers.c.redemption_id == redemption_id, new_customers.c.key_hash.not_in(keys)))


def drop(connection: Connection, redemption_id: int) -> None:
    """Let somebody be a new customer again whose redemption came to nothing, unless its order was completed once: that is final."""
    final = exists().where(redemptions.c.id == redemption_id, orders.c.id == redemptions.c.order_id, orders.c.sold_at.is_not(None))
    connection.execute(delete(new_customers).where(new_customers.c.redemption_id == redemption_id, ~final))
