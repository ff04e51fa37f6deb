"""Orders came in before their codes were looked at, and customers before their mailboxes were: what of them is still to be done?"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from campaigns.address import Address
from campaigns.newcomer import home, mailbox
from store import sync_states
from store.profiles import to_customer
from store.redemptions.arrival import to_arrival
from store.redemptions.arriving import arrived
from store.schema import customer_sources, customers, orders

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


def spell_page(connection: Connection) -> bool:
    """Write down mailbox and home in their one spelling for the next page of people, then of what sources tell; True as long as there is another.

    What has come in since this version has them already; until then store.redemptions.buyer looks for these rows in another way.
    """
    table = customers.c
    rows = connection.execute(select(customers).where(table.home.is_(None)).limit(PAGE)).all()
    if rows:
        told = [{"its": row.id, "box": mailbox(row.email) or None, "door": home(to_customer(row).address) or ""} for row in rows]
        connection.execute(update(customers).where(table.id == bindparam("its")).values(mailbox=bindparam("box"), home=bindparam("door")), told)
        return True
    return _spell_sources(connection)


def _spell_sources(connection: Connection) -> bool:
    table = customer_sources.c
    query = select(table.source, table.source_id, table.email_key, table.record).where(table.home.is_(None)).limit(PAGE)
    rows = connection.execute(query).all()
    if rows:
        its = (table.source == bindparam("of"), table.source_id == bindparam("was"))
        told = [{"of": row.source, "was": row.source_id, "box": mailbox(row.email_key or "") or None, "door": _door(row.record)} for row in rows]
        connection.execute(update(customer_sources).where(*its).values(mailbox=bindparam("box"), home=bindparam("door")), told)
    return len(rows) == PAGE


def _door(record: dict[str, Any] | None) -> str:
    return home(Address(**((record or {}).get("address") or {}))) or ""
