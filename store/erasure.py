"""How does a person go, while the shop's statistics and the person's objection stay (product.md 11.1)?

What is personal is told by the labels of the schema: every personal or free-text column of a table that names a customer is emptied,
so a new column cannot be forgotten. The rows stay: dates, totals, states and scans count on, under the number of nobody.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, Table, bindparam, delete, exists, insert, or_, select, union_all, update

from campaigns.address import Address
from campaigns.customer import email_key
from campaigns.letter import BEFORE_HAND_OVER
from campaigns.print_run import STOPPABLE
from campaigns.profile import DESK, GUEST
from store import audience, former_mailboxes, imports, letters
from store.columns import Pii
from store.hashes import Name, name_of
from store.profiles import hand_on
from store.recognising import evidence
from store.schema import (
    carts,
    coupon_events,
    coupons,
    customer_sources,
    customers,
    merges,
    metadata,
    objections,
    orders,
    print_runs,
    redemptions,
    webhook_deliveries,
)
from store.schema import letters as letters_table
from store.sets import among
from store.tombstones import ERASED, key_of, number_of

REASON = "erased"
"""Why a letter that had not been handed over was taken out."""
NOT_BY_CUSTOMER = {
    "audit_events": "who did what at the desk: people who work with the letters; whom they did it to stands there by number alone",
    "coupon_events": "by the person's redemptions and coupons; what was refused to nobody we know goes after half a year",
    "idempotency_keys": "answers to programs, kept for days: they cannot be told apart by person",
    "partners": "people who sell for the shop, under terms of their own; the operator changes what stands there",
    "print_runs": "the comment of whoever approved it",
    "rejections": "records that were never taken over: they cannot be told apart by person",
    "users": "people who work with the letters",
    "webhook_deliveries": "by what they are about; those still to be worked off will meet the tombstone",
}
"""Tables with personal columns that name no customer, and what is done about them instead."""
_LEADS_BACK = {
    "customers": ("number", "email_hash", "address_hash", "desk_fields"),
    "orders": ("customer_number",),
    "carts": ("customer_number",),
    "redemptions": ("email_hash", "address_hash"),
    "sign_up_codes": ("email_hash",),
}
"""No personal data by themselves, but they would lead back to the person."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure did."""

    customer_ids: tuple[int, ...]
    """The person's row, and the rows of those who had turned out to be the same person."""
    letters_cancelled: int


def rows_of_person(connection: Connection, customer_id: int) -> list[int]:
    """The customer that this one turned out to be, then all others that turned out to be the same; empty for an unknown number."""
    root: int | None = customer_id
    seen: list[int] = []
    while root is not None and root not in seen:
        seen.append(root)
        row = connection.execute(select(customers.c.merged_into).where(customers.c.id == root)).one_or_none()
        if row is None:
            return []
        root = row.merged_into
    found = [seen[-1]]
    for one in found:  # grows while it is walked through
        gone = select(merges.c.gone_id).join(customers, customers.c.id == merges.c.gone_id).where(merges.c.kept_id == one, customers.c.merged_into == one)
        found += [each for each in connection.execute(gone.distinct().order_by(merges.c.gone_id)).scalars() if each not in found]
    return found


def erase(connection: Connection, customer_id: int, secret: bytes, now: datetime) -> Erasure | None:
    """Let a person be nobody, everything in the caller's transaction; None for an unknown number.  Safe to repeat.

    Letters that have not been handed over are taken out, an objection stays as keyed hashes of every name that the person had,
    and the sources' keys stay as keyed hashes, so that no import brings the person back (store.tombstones). So do the keyed hashes of
    who had a new-customer coupon (new_customers): they name nobody, and nobody gets a second one by asking to be erased.
    """
    imports.lock(connection)  # nobody imports them, and no campaign writes to them, at the same moment
    audience.lock(connection)
    ids = rows_of_person(connection, customer_id)
    if not ids:
        return None
    keep_objection(connection, ids, secret)
    cancelled = _take_letters_out(connection, ids)
    _forget_deliveries(connection, ids)
    _hash_keys(connection, ids, secret, now)
    _forget_what_was_said_of_coupons(connection, ids)
    for table in metadata.tables.values():
        if names_customer(table):
            empty(connection, table, table.c.customer_id.in_(ids))
    former_mailboxes.forget(connection, ids)
    connection.execute(delete(merges).where(or_(merges.c.kept_id.in_(ids), merges.c.gone_id.in_(ids))))
    released = set(connection.execute(select(customers.c.email_key).where(customers.c.id.in_(ids), customers.c.email_key.is_not(None))).scalars())
    empty(connection, customers, customers.c.id.in_(ids))
    hand_on(connection, released, now)
    connection.execute(update(customers).where(customers.c.id.in_(ids), customers.c.erased_at.is_(None)).values(erased_at=now))
    return Erasure(tuple(ids), cancelled)


def names_customer(table: Table) -> bool:
    """Whether the table's rows belong to customers."""
    return "customer_id" in table.c


def personal_columns(table: Table) -> list[Column[Any]]:
    """What the labels call personal, without the keys that rows are found by."""
    return [column for column in table.columns if column.info["pii"] in (Pii.PERSONAL, Pii.FREE_TEXT) and not column.primary_key]


def empty(connection: Connection, table: Table, which: Any) -> None:
    """Empty the personal columns of some rows, and what would lead back to the person."""
    columns = [*personal_columns(table), *(table.c[name] for name in _LEADS_BACK.get(table.name, ()))]
    if columns:
        connection.execute(update(table).where(which).values({column.name: _nothing(column) for column in columns}))


def _nothing(column: Column[Any]) -> Any:
    """What stands in a column that says nothing."""
    if column.nullable:
        return None
    if isinstance(column.type, JSON):
        return {} if column.server_default is None else []
    return b"" if column.type.python_type is bytes else ""


def _take_letters_out(connection: Connection, ids: Sequence[int]) -> int:
    """Cancel what the print shop does not have; whoever hands a run over has settled it before, or waits until this is done."""
    theirs = (letters_table.c.customer_id.in_(ids), letters_table.c.state.in_(BEFORE_HAND_OVER))
    waiting = connection.execute(select(letters_table.c.id, letters_table.c.print_run_id).where(*theirs)).all()
    runs = {row.print_run_id for row in waiting}
    locked = select(print_runs.c.id).where(print_runs.c.id.in_(runs), print_runs.c.state.in_(STOPPABLE)).order_by(print_runs.c.id).with_for_update()
    stoppable = set(connection.execute(locked).scalars()) if runs else set()
    gone = [row.id for row in waiting if row.print_run_id in stoppable]
    letters.cancel(connection, gone, REASON)
    return len(gone)


def keys_at_sources(connection: Connection, ids: Sequence[int]) -> dict[str, list[str]]:
    """Source -> its own keys of the person, their orders and their carts."""
    keys: dict[str, list[str]] = {}
    named = union_all(*(select(table.c.source, table.c.source_id).where(table.c.customer_id.in_(ids)) for table in (customer_sources, orders, carts)))
    for row in connection.execute(named):
        keys.setdefault(row.source, []).append(row.source_id)
    return keys


def _forget_deliveries(connection: Connection, ids: Sequence[int]) -> None:
    """Delete what webhooks said of them and nobody could work off."""
    table = webhook_deliveries.c
    for source, subjects in keys_at_sources(connection, ids).items():
        connection.execute(update(webhook_deliveries).where(table.source == source, table.subject.in_(subjects)).values(body=None))


def _forget_what_was_said_of_coupons(connection: Connection, ids: Sequence[int]) -> None:
    """Empty the words in the coupons' log; what a checkout called an order is replaced, unless it is the order's own number: it may be an e-mail address."""
    table, log, order = redemptions.c, coupon_events.c, orders.c
    own_name = exists().where(order.id == table.order_id, or_(order.source_id == table.order_ref, order.number == table.order_ref))
    theirs = connection.execute(
        select(table.id, table.coupon_id, table.source, table.order_ref, own_name.label("is_number")).where(table.customer_id.in_(ids))
    ).all()
    said = update(coupon_events).where(log.coupon_id == bindparam("its"), log.source == bindparam("of"), log.order_ref == bindparam("was"))
    named = [{"its": row.coupon_id, "of": row.source, "was": row.order_ref, "now": row.order_ref if row.is_number else f"{ERASED}{row.id}"} for row in theirs]
    if named:
        connection.execute(said.values(detail="", order_ref=bindparam("now")), named)
    about = or_(among(connection, log.redemption_id, [row.id for row in theirs]), log.coupon_id.in_(select(coupons.c.id).where(coupons.c.customer_id.in_(ids))))
    connection.execute(update(coupon_events).where(about, log.detail != "").values(detail=""))
    if renamed := [{"its": row.id, "now": f"{ERASED}{row.id}"} for row in theirs if not row.is_number]:
        connection.execute(update(redemptions).where(table.id == bindparam("its")).values(order_ref=bindparam("now")), renamed)


def _hash_keys(connection: Connection, ids: Sequence[int], secret: bytes, now: datetime) -> None:
    """Keep the sources' keys as hashes, and the key that a guest of each of these sources would have under a mailbox of the person."""
    table = customer_sources.c
    guests = _guest_keys(connection, ids, secret)
    shared = _shared_numbers(connection, ids)
    query = select(table.source, table.source_id, table.number).where(table.customer_id.in_(ids), ~table.source_id.startswith(ERASED))
    its = (table.source == bindparam("of"), table.source_id == bindparam("was"))
    changed = [
        {
            "of": row.source,
            "was": row.source_id,
            "hashed": key_of(row.source, row.source_id, secret),
            "hashed_number": "" if (row.source, row.number) in shared else number_of(row.source, row.number, secret),
        }
        for row in connection.execute(query)
    ]
    there = _stored_keys(connection, [row["hashed"] for row in changed])
    twice = [{"of": row["of"], "was": row["was"]} for row in changed if row["hashed"] in there]
    if twice:
        connection.execute(delete(customer_sources).where(*its), twice)
    if once := [row for row in changed if row["hashed"] not in there]:
        new = {"source_id": bindparam("hashed"), "number": bindparam("hashed_number"), "record_hash": ""}
        connection.execute(update(customer_sources).where(*its).values(new), once)
    there = _stored_keys(connection, guests)
    rest = {"customer_id": ids[0], "record_hash": "", "stored_at": now}
    if added := [{"source": source, "source_id": key, **rest} for key, source in guests.items() if key not in there]:
        connection.execute(insert(customer_sources), added)


def _stored_keys(connection: Connection, keys: Collection[str]) -> set[str]:
    """Those of the hashed keys that are stored already."""
    return set(connection.execute(select(customer_sources.c.source_id).where(among(connection, customer_sources.c.source_id, keys))).scalars())


def _shared_numbers(connection: Connection, ids: Sequence[int]) -> set[tuple[str, str]]:
    """Source and number, where others have the person's number as well: it tells nobody."""
    mine, other = customer_sources.alias("mine"), customer_sources.alias("other")
    query = select(mine.c.source, mine.c.number).join(other, (other.c.source == mine.c.source) & (other.c.number == mine.c.number))
    rows = connection.execute(query.where(mine.c.customer_id.in_(ids), other.c.customer_id.not_in(ids), mine.c.number != "").distinct())
    return {(row.source, row.number) for row in rows}


def _guest_keys(connection: Connection, ids: Sequence[int], secret: bytes) -> dict[str, str]:
    """Hashed key of a guest -> source, for every mailbox that is the person's alone, at every source that knows them."""
    claim = customer_sources.c
    mailboxes = {email_key(one) for one in connection.execute(select(customers.c.email).where(customers.c.id.in_(ids))).scalars()}
    mailboxes |= set(connection.execute(select(claim.email_key).where(claim.customer_id.in_(ids), claim.email_key.is_not(None))).scalars())
    shared = select(claim.email_key).where(among(connection, claim.email_key, mailboxes), claim.customer_id.not_in(ids))
    mailboxes -= {"", *connection.execute(shared).scalars()}
    sources = set(keys_at_sources(connection, ids)) - {DESK}
    return {key_of(source, GUEST + mailbox, secret): source for source in sources for mailbox in mailboxes}


def keep_objection(connection: Connection, ids: Sequence[int], secret: bytes) -> None:
    """Where the person objected, note every name that we know them by, before it goes: nothing else will tell who must not be written to."""
    names: set[Name] = {(row.email_hash, row.address_hash) for row in connection.execute(select(customers).where(customers.c.id.in_(ids)))}
    names |= set(former_mailboxes.names(connection, ids))
    hashes = {value for name in names for value in name if value}
    table = objections.c
    query = select(objections).where(or_(table.customer_id.in_(ids), table.email_hash.in_(hashes), table.address_hash.in_(hashes)))
    filed = connection.execute(query.order_by(table.received_at)).all()
    if filed:
        _note_names(connection, filed, names | set(_names_in_sources(connection, ids, secret)))


def _names_in_sources(connection: Connection, ids: Sequence[int], secret: bytes) -> Iterator[Name]:
    query = select(customer_sources.c.record).where(customer_sources.c.customer_id.in_(ids), customer_sources.c.record.is_not(None))
    for record in connection.execute(query).scalars():
        yield _name_in(record, secret)


def _name_in(record: Mapping[str, Any], secret: bytes) -> Name:
    return name_of(record.get("email") or "", Address(**(record.get("address") or {})), secret)


def _note_names(connection: Connection, filed: Sequence[Any], names: Collection[Name]) -> None:
    known = {None, *(value for one in filed for value in (one.email_hash, one.address_hash))}
    said = evidence(filed[0]) | {"letter_id": None}
    rows = [{"email_hash": by_email, "address_hash": by_address, **said} for by_email, by_address in names if {by_email, by_address} - known]
    if rows:
        connection.execute(insert(objections), rows)
