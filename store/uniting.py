"""Which customers are one person, and how do they become one (product.md 1.8)?

The older customer is kept, and with it its side of every holdout. The other row stays as an empty tombstone that points to it
(``merged_into``); whatever hung on it moves and is noted on the merge, so that it can be seen and undone (store.merges).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, select, update

from campaigns.address import AddressState
from campaigns.customer import Customer
from campaigns.identity import MergeReason, same_name
from campaigns.profile import DESK, GUEST
from store.linking import link
from store.matching import LIVE, MOST
from store.moving import move
from store.profiles import ADDRESS, columns, hand_on, refresh, to_customer
from store.recognising import recognise
from store.schema import customer_sources, customers, merges
from store.sets import among


class Pair(NamedTuple):
    """Two customers who are one person."""

    kept: int
    gone: int
    reason: MergeReason


class Attached(NamedTuple):
    """A new record that was taken for a customer who was there already."""

    customer_id: int
    source: str
    source_id: str
    reason: MergeReason


def note(connection: Connection, attached: Sequence[Attached], now: datetime) -> None:
    """Put on record which new records were taken for whom."""
    rows = [{"kept_id": one.customer_id, "reason": one.reason, "moved": {"sources": [[one.source, one.source_id]]}, "merged_at": now} for one in attached]
    if rows:
        connection.execute(merges.insert(), rows)


def root(connection: Connection, customer_id: int) -> int:
    """The customer that this one is by now."""
    while into := connection.execute(select(customers.c.merged_into).where(customers.c.id == customer_id)).scalar_one_or_none():
        customer_id = into
    return customer_id


def rows_of(connection: Connection, customer_id: int) -> list[int]:
    """The customer and all who turned out to be the same."""
    found = [customer_id]
    for one in found:  # grows while it is walked through
        gone = select(merges.c.gone_id).where(merges.c.kept_id == one, merges.c.gone_id.is_not(None), merges.c.undone_at.is_(None))
        found += connection.execute(gone.order_by(merges.c.gone_id)).scalars()
    return found


# --- finding -----------------------------------------------------------------------------------------------------------


def unite_equals(connection: Connection, suspects: Collection[int], secret: bytes, now: datetime) -> None:
    """Unite those of whom something changed with everybody whom they are the same as by now, until there is nobody left.

    Never those two of whom a merge was undone.
    """
    while suspects and (pairs := _pairs(connection, suspects)):
        unite(connection, pairs, secret, now)
        suspects = {pair.kept for pair in pairs}


def _pairs(connection: Connection, suspects: Collection[int]) -> list[Pair]:
    """Who is to be united, each gone once and nobody both gone and kept."""
    parted = _parted(connection)
    rules = (_same_mailbox, _same_number, _same_address)
    found = [pair for rule in rules for pair in sorted(set(rule(connection, suspects)))]
    groups: dict[int, set[int]] = {}
    reasons: dict[tuple[int, int], MergeReason] = {}
    for one, other, reason in found:
        mine, theirs = groups.get(one, {one}), groups.get(other, {other})
        if mine is theirs or {parted.get(each) for each in mine} & {parted.get(each) for each in theirs} - {None}:
            continue
        reasons |= {(min(a, b), max(a, b)): reason for a in mine for b in theirs}
        both = mine | theirs
        groups |= dict.fromkeys(both, both)
    kept = {id(group): min(group) for group in groups.values()}
    return [Pair(kept[id(group)], one, reasons[kept[id(group)], one]) for one, group in sorted(groups.items()) if one != kept[id(group)]]


def _parted(connection: Connection) -> dict[int, int]:
    """Everybody of whom a merge was undone -> a number that only those share who must never be united by a rule again.

    Those who were parted from the same customer are parted from each other as well: what is wrong with a mailbox that three people
    share is said once and not for every two of them.
    """
    found: dict[int, int] = {}
    for row in connection.execute(select(merges.c.kept_id, merges.c.gone_id).where(merges.c.undone_at.is_not(None)).order_by(merges.c.id)):
        one, other = root(connection, row.kept_id), root(connection, row.gone_id)
        if one != other:
            same = {found.setdefault(one, one), found.setdefault(other, one)}
            found |= {each: min(same) for each, number in found.items() if number in same}
    return found


def _same_mailbox(connection: Connection, suspects: Collection[int]) -> Iterable[Pair]:
    """Two accounts of one shop are two people until their names agree as well: a shop gives a mailbox to one of them at a time.

    So A may take over B's mailbox before B's own change has arrived.
    """
    mine, other = customer_sources.alias("mine"), customer_sources.alias("other")
    query = select(mine.c.customer_id, other.c.customer_id).join(other, other.c.email_key == mine.c.email_key)
    rows = connection.execute(query.where(among(connection, mine.c.customer_id, suspects), other.c.customer_id != mine.c.customer_id).distinct()).all()
    if not rows:
        return
    people = _people(connection, {one for row in rows for one in row})
    shops: dict[int, set[str]] = {}
    accounts = select(customer_sources.c.customer_id, customer_sources.c.source).where(~customer_sources.c.source_id.startswith(GUEST))
    for row in connection.execute(accounts.where(customer_sources.c.source != DESK, among(connection, customer_sources.c.customer_id, people))):
        shops.setdefault(row.customer_id, set()).add(row.source)
    for one, two in rows:
        if one in people and two in people:
            same_shop = shops.get(one, set()) & shops.get(two, set())
            if not same_shop or same_name(people[one].address, people[two].address):
                yield Pair(min(one, two), max(one, two), MergeReason.EMAIL)


def _same_number(connection: Connection, suspects: Collection[int]) -> Iterable[Pair]:
    mine, other = customer_sources.alias("mine"), customer_sources.alias("other")
    query = select(mine.c.customer_id, other.c.customer_id, mine.c.number).join(other, other.c.number == mine.c.number).distinct()
    rare = select(customer_sources.c.number).group_by(customer_sources.c.number).having(func.count() <= MOST)
    asked = (among(connection, mine.c.customer_id, suspects), mine.c.number != "", other.c.customer_id != mine.c.customer_id)
    rows = connection.execute(query.where(*asked, mine.c.number.in_(rare.where(customer_sources.c.number == mine.c.number)))).all()
    people = _people(connection, {one for row in rows for one in row[:2]})
    for one, two, _ in rows:
        if one in people and two in people and same_name(people[one].address, people[two].address):
            yield Pair(min(one, two), max(one, two), MergeReason.NUMBER)


def _same_address(connection: Connection, suspects: Collection[int]) -> Iterable[Pair]:
    mine, other = customers.alias("mine"), customers.alias("other")
    query = select(mine.c.id, other.c.id).join(other, (other.c.address_hash == mine.c.address_hash) & (other.c.id != mine.c.id))
    live = (condition for each in (mine, other) for condition in (each.c.merged_into.is_(None), each.c.erased_at.is_(None), each.c.is_seed.is_(False)))
    for one, two in connection.execute(query.where(among(connection, mine.c.id, suspects), *live)):
        yield Pair(min(one, two), max(one, two), MergeReason.ADDRESS)


def _people(connection: Connection, ids: Collection[int]) -> dict[int, Customer]:
    if not ids:
        return {}
    return {row.id: to_customer(row) for row in connection.execute(select(customers).where(among(connection, customers.c.id, ids), *LIVE))}


# --- uniting -----------------------------------------------------------------------------------------------------------


def unite(connection: Connection, pairs: Sequence[Pair], secret: bytes, now: datetime) -> None:
    """Make each pair one customer; nobody may be gone twice, or gone and kept, and all must be alive."""
    kept_by = {pair.gone: pair.kept for pair in pairs}
    kept = set(kept_by.values())
    before = {row.id: row for row in connection.execute(select(customers).where(among(connection, customers.c.id, {*kept_by, *kept})))}
    recognise(connection, {row.id: [(row.email_hash, row.address_hash)] for row in before.values()})
    moved = move(connection, kept_by)
    empty = columns(Customer("", ""), secret) | {"tags": [], "desk_fields": [], "changed_at": now}
    buried = update(customers).where(customers.c.id == bindparam("gone")).values(empty | {"merged_into": bindparam("kept")})
    connection.execute(buried, [{"gone": pair.gone, "kept": pair.kept} for pair in pairs])
    refresh(connection, kept, secret, now)
    hand_on(connection, {row.email_key for row in before.values() if row.email_key}, now)
    settled = _settle(connection, kept_by, before)
    rows = [
        {
            "kept_id": pair.kept,
            "gone_id": pair.gone,
            "reason": pair.reason,
            "moved": moved[pair.gone] | {"address_state": [before[pair.kept].address_state, settled[pair.kept]]},
            "merged_at": now,
        }
        for pair in pairs
    ]
    connection.execute(merges.insert(), rows)
    link(connection, kept, now)


def _settle(connection: Connection, kept_by: Mapping[int, int], before: Mapping[int, Row[Any]]) -> dict[int, str]:
    """What is true of both: a customer since the first sale of either; what the post said goes with the address that it said it of.

    Gives the address state of each who is kept.
    """
    values = []
    for row in _rows(connection, set(kept_by.values())):
        those = [before[row.id], *(before[gone] for gone, kept in kept_by.items() if kept == row.id)]
        values.append(
            {
                "kept": row.id,
                "sale": min((one.first_sale_at for one in those if one.first_sale_at), default=None),
                "made": min(one.created_at for one in those),
                "cart": max((one.last_cart_at for one in those if one.last_cart_at), default=None),
                "state": str(_address_state(row, those)),
            }
        )
    table = customers.c
    moments = {"first_sale_at": "sale", "created_at": "made", "last_cart_at": "cart"}
    new: dict[str, Any] = {name: bindparam(value, type_=table[name].type) for name, value in moments.items()}
    connection.execute(update(customers).where(table.id == bindparam("kept")).values(new | {"address_state": bindparam("state")}), values)
    return {value["kept"]: value["state"] for value in values}


def _address_state(row: Row[Any], those: Sequence[Row[Any]]) -> str:
    if any(one.address_state == AddressState.DECEASED for one in those):
        return AddressState.DECEASED
    return next((str(one.address_state) for one in those if all(getattr(one, name) == getattr(row, name) for name in ADDRESS)), str(row.address_state))


def _rows(connection: Connection, ids: Collection[int]) -> Sequence[Row[Any]]:
    return connection.execute(select(customers).where(among(connection, customers.c.id, ids))).all()
