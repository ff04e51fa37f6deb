"""How is somebody a new customer once, however many coupons they have and however many orders come at once?"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, exists, select

from store.schema import new_customers, orders, redemptions
from store.upsert import insert_for


def claim(connection: Connection, keys: Collection[str], redemption_id: int, now: datetime) -> bool:
    """Take the new customer's keys for this redemption, in their order and in one statement.

    False if somebody else has one of them (then undo the transaction's part).

    The unique key decides: on PostgreSQL whoever comes second waits until the first has committed.
    """
    if not keys:
        return True
    wanted = [{"key_hash": key, "redemption_id": redemption_id, "claimed_at": now} for key in sorted(set(keys))]
    statement = insert_for(connection, new_customers).on_conflict_do_nothing().values(wanted).returning(new_customers.c.key_hash)
    if len(connection.execute(statement).all()) == len(wanted):
        return True
    holders = connection.execute(select(new_customers.c.redemption_id).where(new_customers.c.key_hash.in_(keys))).scalars()
    return set(holders) == {redemption_id}


def correct(connection: Connection, keys: Collection[str], redemption_id: int) -> None:
    """The shopper turned out to be somebody else than was said when the coupon was reserved: whoever was named by mistake has taken nothing."""
    connection.execute(delete(new_customers).where(new_customers.c.redemption_id == redemption_id, new_customers.c.key_hash.not_in(keys)))


def drop(connection: Connection, redemption_id: int) -> None:
    """Let somebody be a new customer again whose redemption came to nothing, unless its order was completed once: that is final."""
    final = exists().where(redemptions.c.id == redemption_id, orders.c.id == redemptions.c.order_id, orders.c.sold_at.is_not(None))
    connection.execute(delete(new_customers).where(new_customers.c.redemption_id == redemption_id, ~final))
