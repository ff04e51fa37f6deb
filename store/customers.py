"""How is a person of a shop stored, so that the same person from two places is one customer?"""

import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, select, update

from campaigns.address import household_key
from campaigns.customer import Customer, email_key
from campaigns.identity import real_number
from campaigns.newcomer import home, mailbox
from campaigns.profile import DESK, Told, tell, told_as_dict, told_from_dict
from campaigns.record import Outcome
from store import former_mailboxes
from store.erasure import keep_objection, rows_of_person
from store.former_mailboxes import Replaced
from store.hashes import Name
from store.linking import link
from store.matching import LIVE, Matching
from store.profiles import columns, refresh, to_customer
from store.recognising import recognise
from store.redemptions import people_came_in
from store.schema import customer_sources, customers
from store.sets import among, insert_rows, new_ids
from store.tombstones import owners as erased_owners
from store.uniting import Attached, note, unite_equals
from store.versions import Key, Versions, known_rows, outcomes, versions

_SOURCE_COLUMNS = ("source", "source_id", "number", "email_key", "record_hash", "record", "changed_at", "stored_at", "customer_id", "mailbox", "home")


def upsert_customers(connection: Connection, records: Sequence[Customer], secret: bytes, now: datetime, hashes: Sequence[str] = ()) -> list[Outcome]:
    """Store what is new or changed and say which; the same records again change nothing.  ``hashes``: as in store.records.

    Whose a new record is: store.matching; what the customer's row says after it: campaigns.profile. Customers who turn out to be
    the same are united, unless somebody has parted them. The key of somebody who was erased brings nobody back.
    """
    if not records:
        return []
    records = [record if record.number == real_number(record.number) else replace(record, number="") for record in records]
    batch = versions(records, hashes)
    known = known_rows(connection, customer_sources, batch, ("customer_id", "changed_at"))
    erased = _erased(connection, {key: one for key, one in batch.items() if key not in known}, secret)
    changed = {key: one for key, one in batch.items() if key not in erased and (key not in known or not one.are(known[key].record_hash))}
    told_anew = _tell(connection, {key: one for key, one in changed.items() if key in known}, known, secret, now)
    touched = {known[key].customer_id for key in told_anew}
    refresh(connection, touched, secret, now)
    added = _add(connection, {key: one for key, one in changed.items() if key not in known}, secret, now)
    refresh(connection, added.joined, secret, now)
    unite_equals(connection, touched | added.joined, secret, now)
    link(connection, touched | added.joined | added.new, now)
    people_came_in(connection, touched | added.joined | added.new, secret)
    return outcomes(records, {key: one.newest for key, one in changed.items() if key not in known or key in told_anew})


def _erased(connection: Connection, batch: Mapping[Key, Versions[Customer]], secret: bytes) -> set[Key]:
    """Records of people who were erased, known by their source's key or their number."""
    found: set[Key] = set()
    for source in {source for source, _ in batch}:
        mine = {key: one.newest for key, one in batch.items() if key[0] == source}
        gone = erased_owners(connection, source, {key[1] for key in mine}, {record.number for record in mine.values()}, secret)
        found |= {key for key, record in mine.items() if key[1] in gone.keys or record.number in gone.numbers}
    return found


def _row(key: Key, told: Told, record_hash: str, customer_id: int, now: datetime, spelled: tuple[str | None, str] | None = None) -> tuple[Any, ...]:
    record = told.record
    spelled = spelled or (mailbox(record.email) or None, home(record.address) or "")
    return (*key, record.number, email_key(record.email) or None, record_hash, json.dumps(told_as_dict(told)), record.changed_at, now, customer_id, *spelled)


def _tell(connection: Connection, batch: Mapping[Key, Versions[Customer]], known: Mapping[Key, Row[Any]], secret: bytes, now: datetime) -> set[Key]:
    """Add to what known sources have told; gives the keys of those who said something new."""
    rows: list[tuple[Any, ...]] = []
    replaced: list[Replaced] = []
    for key, before in known_rows(connection, customer_sources, batch, ("record", "changed_at", "email_key")).items():
        told = old = told_from_dict(*key, before.changed_at, before.record) if before.record is not None else None
        for record in batch[key].all:
            told = tell(told, record)
        is_older = old is not None and batch[key].is_older_than(old.record.changed_at)
        record_hash = before.record_hash if is_older else batch[key].hash
        if told and (told != old or record_hash != before.record_hash):
            rows.append(_row(key, told, record_hash, known[key].customer_id, now))
            if before.email_key and email_key(told.record.email) not in ("", before.email_key):
                replaced.append(Replaced(known[key].customer_id, key[0], before.email_key))
    former_mailboxes.remember(connection, replaced, secret, now)
    if rows:
        new = {name: bindparam(f"new_{name}", type_=customer_sources.c[name].type) for name in _SOURCE_COLUMNS[2:]}
        its = (customer_sources.c.source == bindparam("its_source"), customer_sources.c.source_id == bindparam("its_key"))
        names = ("its_source", "its_key", *(f"new_{name}" for name in new))
        values = [dict(zip(names, row, strict=True)) | {"new_record": json.loads(row[5])} for row in rows]
        connection.execute(update(customer_sources).where(*its).values(new), values)
    return {(row[0], row[1]) for row in rows}


class _Added(NamedTuple):
    """Who came in by new records."""

    new: set[int]
    joined: set[int]
    """Those of whom a second record came, in the database or in this batch, or whose mailbox somebody else goes by."""


def _add(connection: Connection, batch: Mapping[Key, Versions[Customer]], secret: bytes, now: datetime) -> _Added:
    if not batch:
        return _Added(set(), set())
    told = {key: reduce(tell, one.all[1:], tell(None, one.all[0])) for key, one in batch.items()}
    profiles = {key: columns(one.record, secret) for key, one in told.items()}
    matching = Matching(connection, [one.record for one in told.values()], (new["address_hash"] for new in profiles.values()))
    born = f"{int(now.timestamp() * 1000):012x}"  # person keys of one time stand together in their index
    fresh = iter(new_ids(connection, customers, len(batch)))
    people: list[tuple[Any, ...]] = []
    rows: list[tuple[Any, ...]] = []
    joined: set[int] = set()
    attached: list[Attached] = []
    named: dict[int, Name] = {}
    for key, one in told.items():
        new = profiles[key]
        match = matching.find(one.record, new["address_hash"])
        owner = match.customer_id if match else next(fresh)
        if match is None:
            if matching.is_claimed(new["email_key"]):
                new["email_key"] = None  # refresh knows who holds it
                joined.add(owner)
            new["tags"] = json.dumps(new["tags"])
            named[owner] = (new["email_hash"], new["address_hash"])
            people.append((owner, f"{born}{secrets.token_hex(8)}", now, now, *new.values()))
        else:
            joined.add(owner)
            if match.reason:
                attached.append(Attached(owner, *key, match.reason))
        matching.place(one.record, new["address_hash"], owner)
        rows.append(_row(key, one, batch[key].hash, owner, now, (new["mailbox"], new["home"])))
    insert_rows(connection, customers, ("id", "person_key", "created_at", "changed_at", *columns(Customer("", ""), secret)), people)
    insert_rows(connection, customer_sources, _SOURCE_COLUMNS, rows)
    note(connection, attached, now)
    recognise(connection, {key: [name] for key, name in named.items()})
    return _Added({person[0] for person in people}, joined)


def gone(connection: Connection, source: str, source_id: str, secret: bytes, now: datetime) -> bool:
    """Forget what a source told of one of its customers, because it has deleted them; False for an unknown key.

    Other sources' words stay. With none left the customer has no name and no address, so gets no letter; orders, letters and
    objection stay: a shop that tidies up is no erasure. Something older of the same key changes nothing any more.
    """
    table = customer_sources.c
    mine = (table.source == source, table.source_id == source_id)
    owner = connection.execute(select(table.customer_id).where(*mine)).scalar_one_or_none()
    if owner is None:
        return False
    keep_objection(connection, rows_of_person(connection, owner), secret)
    nothing = told_as_dict(Told(Customer(source, source_id)))
    said = {"record": nothing, "email_key": None, "mailbox": None, "home": "", "record_hash": ""}
    connection.execute(update(customer_sources).where(*mine).values(changed_at=now, stored_at=now, **said))
    refresh(connection, (owner,), secret, now)
    return True


def count(connection: Connection) -> int:
    """How many people there are, those who were merged into others, erased or are seeds left out."""
    alive = customers.c.merged_into.is_(None) & customers.c.erased_at.is_(None) & ~customers.c.is_seed
    return int(connection.execute(select(func.count()).select_from(customers).where(alive)).scalar_one())


def household(connection: Connection, customer_id: int) -> list[int]:
    """Everybody with the same surname at the same address, the customer among them; empty if that cannot be told."""
    table = customers.c
    row = connection.execute(select(customers).where(table.id == customer_id, *LIVE)).one_or_none()
    key = household_key(to_customer(row).address) if row else None
    if row is None or key is None:
        return []
    rows: Iterable[Row[Any]] = connection.execute(select(customers).where(table.postcode == row.postcode, *LIVE).order_by(table.id))
    return [other.id for other in rows if household_key(to_customer(other).address) == key]


def by_source(connection: Connection, source: str, source_ids: Collection[str]) -> dict[str, int]:
    """The customers who go by these keys at a source."""
    table = customer_sources.c
    rows = connection.execute(select(table.source_id, table.customer_id).where(table.source == source, among(connection, table.source_id, source_ids)))
    return {row.source_id: row.customer_id for row in rows}


def sources_of(connection: Connection, customer_id: int) -> list[tuple[str, str]]:
    """Each shop that knows the customer, and its own key of them; of an erased person only that there was one."""
    table = customer_sources.c
    rows = connection.execute(select(table.source, table.source_id).where(table.customer_id == customer_id, table.source != DESK).order_by(table.stored_at))
    return [(row.source, row.source_id) for row in rows]
