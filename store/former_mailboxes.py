"""Under which mailboxes did somebody go before, so that an objection or a new-customer coupon under an old one still finds them?"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from store.hashes import Name, email_hash, mailbox_hash
from store.schema import former_mailboxes
from store.sets import among


class Replaced(NamedTuple):
    """A source has told another mailbox of a customer than before."""

    customer_id: int
    source: str
    email_key: str
    """The one before."""


def remember(connection: Connection, replaced: Collection[Replaced], secret: bytes, now: datetime) -> None:
    """Note old mailboxes as keyed hashes, each once; nobody can read them back, and they go with the person."""
    if not replaced:
        return
    table = former_mailboxes.c
    query = select(table.customer_id, table.source, table.email_key_hash).where(among(connection, table.customer_id, {one.customer_id for one in replaced}))
    there = {tuple(row) for row in connection.execute(query)}
    rows = {
        (one.customer_id, one.source, email_hash(one.email_key, secret)): mailbox_hash(one.email_key, secret) or email_hash(one.email_key, secret)
        for one in replaced
    }
    new = [
        {"customer_id": key[0], "source": key[1], "email_key_hash": key[2], "mailbox_hash": spelled, "replaced_at": now}
        for key, spelled in rows.items()
        if key not in there
    ]
    if new:
        connection.execute(insert(former_mailboxes), new)


def owners(connection: Connection, hashes: Collection[str]) -> dict[str, set[int]]:
    """Keyed hash of an e-mail address -> customers who went by it once."""
    table = former_mailboxes.c
    found: dict[str, set[int]] = {}
    for row in connection.execute(select(table.email_key_hash, table.customer_id).where(among(connection, table.email_key_hash, hashes))) if hashes else ():
        found.setdefault(row.email_key_hash, set()).add(row.customer_id)
    return found


def names(connection: Connection, ids: Collection[int]) -> Iterable[Name]:
    """What these people were known by."""
    hashes = select(former_mailboxes.c.email_key_hash).where(among(connection, former_mailboxes.c.customer_id, ids))
    return [(one, None) for one in connection.execute(hashes).scalars()]


def forget(connection: Connection, ids: Collection[int], source: str | None = None) -> None:
    """Delete what is remembered of these people; ``source``: only what it has told."""
    whose = former_mailboxes.c.customer_id.in_(ids)
    connection.execute(delete(former_mailboxes).where(whose if source is None else whose & (former_mailboxes.c.source == source)))
