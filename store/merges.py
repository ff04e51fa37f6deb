"""How does somebody see, make and undo merges (product.md 1.8)?"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, tuple_, update

from campaigns.customer import Customer
from campaigns.identity import MergeReason
from campaigns.profile import Telling, combined
from store import imports, tombstones
from store.errors import CannotUndo
from store.matching import LIVE
from store.moving import Moved, give_back
from store.profiles import ADDRESS, refresh, telling, to_customer
from store.recognising import evidence
from store.schema import customer_sources, customers, merges, objections, orders
from store.sets import among
from store.uniting import Pair, root, rows_of, unite_equals
from store.uniting import unite as unite_pairs


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge as the desk shows it."""

    id: int
    kept_id: int
    kept: Customer
    """As everybody knows them now."""
    gone_id: int | None
    """None while a record that had no customer of its own is attached."""
    gone: Customer
    """The other one, as the records that went over describe them."""
    sources: tuple[tuple[str, str], ...]
    """Source and key of those records."""
    reason: MergeReason
    merged_at: datetime
    undone_at: datetime | None
    undone_by: str


def latest(connection: Connection, limit: int = 50, before_id: int | None = None, customer_id: int | None = None) -> list[Merge]:
    """The newest merges first, the undone among them; ``before_id`` goes on where a page ended, ``customer_id`` asks for one person."""
    query = select(merges).order_by(merges.c.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(merges.c.id < before_id)
    if customer_id is not None:
        query = query.where(or_(merges.c.kept_id == customer_id, merges.c.gone_id == customer_id))
    rows = connection.execute(query).all()
    roots = {row.kept_id: root(connection, row.kept_id) for row in rows}
    kept = {row.id: to_customer(row) for row in connection.execute(select(customers).where(among(connection, customers.c.id, set(roots.values()))))}
    told = _told(connection, {key for row in rows for key in _sources(row)})
    return [
        Merge(
            row.id, row.kept_id, kept[roots[row.kept_id]], row.gone_id, combined([told[key] for key in _sources(row) if key in told]),
            _sources(row), MergeReason(row.reason), row.merged_at, row.undone_at, row.undone_by,
        )
        for row in rows
    ]  # fmt: skip


def by_id(connection: Connection, merge_id: int) -> Merge | None:
    """One merge; None if there is no such one."""
    found = latest(connection, 1, before_id=merge_id + 1)
    return found[0] if found and found[0].id == merge_id else None


def _sources(row: Row[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((source, source_id) for source, source_id in row.moved.get("sources", ()))


def _told(connection: Connection, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Telling]:
    table = customer_sources.c
    query = select(customer_sources).where(tuple_(table.source, table.source_id).in_(list(keys)), table.record.is_not(None))
    return {(row.source, row.source_id): telling(row) for row in connection.execute(query)}


# --- by somebody's word ------------------------------------------------------------------------------------------------


def unite(connection: Connection, kept: int, gone: int, reason: MergeReason, secret: bytes, now: datetime) -> bool:
    """Make two customers one because somebody says so, even if that was undone once; False if they are one already, or one was erased or is a seed."""
    imports.lock(connection, imports.PATIENCE_SECONDS)
    kept, gone = root(connection, kept), root(connection, gone)
    alive = select(customers.c.id).where(customers.c.id.in_((kept, gone)), *LIVE)
    if len(connection.execute(alive).all()) < 2:
        return False
    unite_pairs(connection, [Pair(kept, gone, reason)], secret, now)
    return True


def unite_at_shop(connection: Connection, source: str, kept_source_id: str, gone_source_id: str, secret: bytes, now: datetime) -> bool:
    """Do as the shop did with two of its own customers; False if there is nothing to do, or if one of them was erased.

    Where only the one that is gone is known, the other's key is noted beside it, so that its next import finds the same customer.
    """
    table = customer_sources.c
    query = select(table.source_id, table.customer_id).where(table.source == source, table.source_id.in_((kept_source_id, gone_source_id)))
    known = {row.source_id: row.customer_id for row in connection.execute(query)}
    if gone_source_id not in known or tombstones.owners(connection, source, (kept_source_id, gone_source_id), (), secret).keys:
        return False
    if kept_source_id not in known:
        row = {"source": source, "source_id": kept_source_id, "customer_id": known[gone_source_id], "record_hash": "", "stored_at": now}
        connection.execute(insert(customer_sources).values(row))
        return True
    return unite(connection, known[kept_source_id], known[gone_source_id], MergeReason.SHOP, secret, now)


# --- undoing -----------------------------------------------------------------------------------------------------------


def undo(connection: Connection, merge_id: int, by: str, secret: bytes, now: datetime) -> int:
    """Take a merge back and give the number of the customer who is separate again; no rule ever unites the two again.

    Both become what their own sources have told, by the same rule as in an import. Orders and carts go to whomever they name, letters,
    coupons and requests to where they came from; an objection that came while they were one holds for both. Merges that came
    after this one stay. Raises CannotUndo.
    """
    imports.lock(connection, imports.PATIENCE_SECONDS)
    merge = connection.execute(select(merges).where(merges.c.id == merge_id)).one_or_none()
    if merge is None:
        raise CannotUndo(f"There is no merge {merge_id}: erasing a person deletes their merges.")
    if merge.undone_at:
        raise CannotUndo(f"Merge {merge_id} was undone already, on {merge.undone_at:%Y-%m-%d} by {merge.undone_by or 'the shop'}.")
    kept = _row(connection, root(connection, merge.kept_id))
    keys = _still_there(connection, kept.id, _sources(merge))
    if not keys:
        raise CannotUndo(f"Nothing of what merge {merge_id} brought together is with customer {kept.id} any more: look at that customer's other merges.")
    group = rows_of(connection, kept.id)
    gone = _revived(connection, merge.gone_id, now)
    claim = customer_sources.c
    connection.execute(update(customer_sources).where(tuple_(claim.source, claim.source_id).in_(keys)).values(customer_id=gone.id))
    give_back(connection, merge.moved, kept.id, gone.id, merge.merged_at)
    refresh(connection, (kept.id, gone.id), secret, now)
    _part_address_states(connection, merge.moved, kept, gone, direct=kept.id == merge.kept_id)
    _part_first_sales(connection, (kept.id, gone.id))
    _copy_objection(connection, group, kept.id, gone.id, merge.merged_at)
    connection.execute(update(merges).where(merges.c.id == merge_id).values(undone_at=now, undone_by=by, gone_id=gone.id))
    unite_equals(connection, (kept.id, gone.id), secret, now)  # what kept one of the two from being united with a third may be gone
    return root(connection, gone.id)


def _row(connection: Connection, customer_id: int) -> Row[Any]:
    return connection.execute(select(customers).where(customers.c.id == customer_id)).one()


def _still_there(connection: Connection, kept: int, keys: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    table = customer_sources.c
    query = select(table.source, table.source_id).where(table.customer_id == kept, tuple_(table.source, table.source_id).in_(list(keys)))
    return [(row.source, row.source_id) for row in connection.execute(query)]


def _revived(connection: Connection, gone_id: int | None, now: datetime) -> Row[Any]:
    """The tombstone, alive again, or a new customer for records that never had one."""
    if gone_id is None:
        row = {"person_key": secrets.token_hex(12), "created_at": now, "changed_at": now}
        gone_id = int(connection.execute(insert(customers).values(row).returning(customers.c.id)).scalar_one())
    connection.execute(update(customers).where(customers.c.id == gone_id).values(merged_into=None))
    return _row(connection, gone_id)


def _part_address_states(connection: Connection, moved: Moved, kept: Row[Any], gone: Row[Any], *, direct: bool) -> None:
    """What the post said while they were one holds for the address that it was said of; else each has the state from before."""
    before, united = moved.get("address_state", ("ok", None)) if direct else ("ok", None)
    news = kept.address_state != united
    for row, own in ((_row(connection, kept.id), before), (_row(connection, gone.id), gone.address_state)):
        same = all(getattr(row, name) == getattr(kept, name) for name in ADDRESS)
        state = kept.address_state if same and news else own
        connection.execute(update(customers).where(customers.c.id == row.id).values(address_state=state))


def _part_first_sales(connection: Connection, ids: Sequence[int]) -> None:
    """Each is a customer since their own first sale."""
    first = select(func.min(orders.c.sold_at)).where(orders.c.customer_id == customers.c.id).scalar_subquery()
    connection.execute(update(customers).where(customers.c.id.in_(ids)).values(first_sale_at=first))


def _copy_objection(connection: Connection, group: Collection[int], kept: int, gone: int, merged_at: datetime) -> None:
    """What was said while they were one, whichever of their rows it was filed for, was said to be both: nobody is written to by mistake."""
    table = objections.c
    filed = connection.execute(select(objections).where(table.customer_id.in_({*group, kept, gone})).order_by(table.received_at, table.id)).all()
    has_one = {row.customer_id for row in filed}
    to_both = [row for row in filed if row.filed_at is None or row.filed_at >= merged_at]
    for one in (kept, gone):
        if to_both and one not in has_one:
            person = _row(connection, one)
            said = evidence(to_both[0]) | {"customer_id": one, "email_hash": person.email_hash, "address_hash": person.address_hash}
            connection.execute(insert(objections).values(said))
