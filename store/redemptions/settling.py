"""Orders came in before their codes were looked at, and customers before their mailboxes were: what of them is still to be done?"""

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from campaigns.newcomer import mailbox
from store import sync_states
from store.redemptions.arriving import arrived, to_arrival
from store.schema import customers, orders

_SOURCE, _STREAM = "postillion", "codes_of_orders"
PAGE = 1000


def settle_page(connection: Connection, secret: bytes, now: datetime) -> bool:
    """Redeem the codes of the next page of stored orders; True as long as there may be another. Safe to repeat: it goes on where it stopped.

    Orders that come in from now on settle themselves, so this reads every order once.
    """
    after = int(sync_states.get(connection, _SOURCE, _STREAM).get("after", 0))
    query = select(orders).where(orders.c.id > after).order_by(orders.c.id).limit(PAGE)
    page = [to_arrival(row) for row in connection.execute(query)]
    arrived(connection, [one for one in page if one.codes], secret, now)
    if page:
        sync_states.save(connection, _SOURCE, _STREAM, {"after": page[-1].order_id}, now)
    return len(page) == PAGE


def settle_anew(connection: Connection) -> None:
    """Begin at the first order again: codes may have been imported after the orders that used them."""
    sync_states.forget(connection, _SOURCE, _STREAM)


def spell_page(connection: Connection, after: int) -> int | None:
    """Write down the mailbox in its one spelling for the next page of customers who have none; gives where to go on, None at the end."""
    table = customers.c
    query = select(table.id, table.email).where(table.mailbox.is_(None), table.email != "", table.id > after).order_by(table.id).limit(PAGE)
    rows = connection.execute(query).all()
    found = [{"its": row.id, "key": key} for row in rows if (key := mailbox(row.email))]
    if found:
        connection.execute(update(customers).where(table.id == bindparam("its")).values(mailbox=bindparam("key")), found)
    return rows[-1].id if rows else None
