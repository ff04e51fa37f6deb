"""Who does not want our advertising?  Absolute, without an end, and kept beyond the person's data (Art. 21 GDPR)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from campaigns.customer import email_key
from campaigns.objection import AT_THE_DESK, Objection, ObjectionChannel
from campaigns.record import Outcome
from campaigns.rejection import Rejection, RejectionReason
from store import evidence, former_mailboxes, imports
from store.hashes import Name, name_of
from store.people import numbered, owners_of
from store.schema import customer_sources, customers, letters, objections
from store.sets import among
from store.uniting import root, rows_of
from store.upsert import insert_for


def add(connection: Connection, customer_id: int, channel: ObjectionChannel, now: datetime, letter_id: int | None = None) -> bool:
    """File a person's objection; False if it was there already.  The evidence of the first one stays as it is."""
    imports.lock(connection, imports.PATIENCE_SECONDS)  # nobody unites them with somebody else at the same moment
    customer_id = root(connection, customer_id)
    person = connection.execute(select(customers.c.email_hash, customers.c.address_hash).where(customers.c.id == customer_id)).one()
    row = {**person._mapping, "customer_id": customer_id, "letter_id": letter_id, "channel": channel, "received_at": now, "filed_at": now}
    statement = insert_for(connection, objections).on_conflict_do_nothing(index_elements=["customer_id"])
    is_new = connection.execute(statement.values(row).returning(objections.c.id)).one_or_none() is not None
    if not is_new:
        _said_again(connection, [customer_id], now)
    evidence.note(connection, rows_of(connection, customer_id), channel, now, now)
    return is_new


def _said_again(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """The first evidence stays, but a merge that is undone must know that it was said to both of them."""
    if ids:
        connection.execute(update(objections).where(among(connection, objections.c.customer_id, ids)).values(filed_at=now))


def add_by_letter(connection: Connection, letter_id: int, now: datetime) -> bool:
    """File the objection of whoever got this letter."""
    customer_id = connection.execute(select(letters.c.customer_id).where(letters.c.id == letter_id)).scalar_one()
    return add(connection, customer_id, ObjectionChannel.LETTER, now, letter_id)


def received_at(connection: Connection, customer_id: int) -> datetime | None:
    """Since when the person's objection stands, whichever of the rows that turned out to be the person it was filed for."""
    person = select(customers).where(customers.c.id == customer_id).subquery()
    mine = or_(
        objections.c.customer_id.in_(rows_of(connection, customer_id)),
        objections.c.email_hash == select(person.c.email_hash).scalar_subquery(),
        objections.c.address_hash == select(person.c.address_hash).scalar_subquery(),
    )
    return connection.execute(select(objections.c.received_at).where(mine).order_by(objections.c.received_at).limit(1)).scalar_one_or_none()


def upsert_objections(connection: Connection, records: Sequence[Objection], secret: bytes, now: datetime) -> list[Outcome | Rejection]:
    """File what is new and say what became of each; whoever is not known yet is recognised when an import brings them.

    An objection that names nobody is rejected: its sender must be asked.
    """
    if not records:
        return []
    results: list[Outcome | Rejection] = []
    rows: list[dict[str, Any]] = []
    hashed = [name_of(record.email, record.address, secret) for record in records]
    meant = _meant(connection, records, hashed)
    filed = _filed(connection, {one for ids in meant for one in ids}, hashed)
    again: set[int] = set()
    for place, (record, (by_email, by_address), ids) in enumerate(zip(records, hashed, meant, strict=True)):
        if not (by_email or by_address or ids):
            results.append(_nobody(place, record))
            continue
        named: set[tuple[str, object]] = {(kind, value) for kind, value in (("email", by_email), ("address", by_address)) if value}
        new = [one for one in sorted(ids) if ("customer", one) not in filed]
        again |= ids - set(new)
        if not new and named <= filed:
            results.append(Outcome.UNCHANGED)
            continue
        filed |= named | {("customer", one) for one in new}
        said = {"channel": record.channel, "source": record.source, "received_at": record.received_at or now, "filed_at": now}
        # where all of them are on record the first evidence stays, and this one adds a name to know them by
        rows.append(said | {"customer_id": new[0] if new else None, "email_hash": by_email, "address_hash": by_address})
        rows += [said | {"customer_id": one, "email_hash": None, "address_hash": None} for one in new[1:]]
        results.append(Outcome.STORED)
    _said_again(connection, again, now)
    if rows:
        connection.execute(insert(objections), rows)
    for record, ids in zip(records, meant, strict=True):
        evidence.note(connection, ids, record.channel, record.received_at or now, now)
    return results


def _meant(connection: Connection, records: Sequence[Objection], hashed: Sequence[Name]) -> list[set[int]]:
    """All whom each of them names: by number, by a mailbox that they hold, claim or went by once, by name and address."""
    owners = owners_of(connection, records[0].source, records)
    anywhere = _numbered_anywhere(connection, records) if records[0].source == AT_THE_DESK else {}
    table, claim = customers.c, customer_sources.c
    mailboxes = {email_key(record.email) for record in records} - {""}
    by_claim = select(claim.email_key, claim.customer_id).where(among(connection, claim.email_key, mailboxes))
    by_address = select(table.address_hash, table.id).where(among(connection, table.address_hash, {one for _, one in hashed if one}), table.is_seed.is_(False))
    found: dict[str, set[int]] = {}
    former = former_mailboxes.owners(connection, {one for one, _ in hashed if one})
    by_number = [owners.get(("number", record.customer_number)) or anywhere.get(record.customer_number) for record in records]
    for query in (by_claim, by_address):
        for name, customer_id in connection.execute(query):
            found.setdefault(name, set()).add(customer_id)
    return [
        found.get(email_key(record.email), set()) | former.get(email or "", set()) | found.get(address or "", set()) | ({owner} if owner else set())
        for record, (email, address), owner in zip(records, hashed, by_number, strict=True)
    ]


def _numbered_anywhere(connection: Connection, records: Sequence[Objection]) -> dict[str, int]:
    """Whom a number names in whatever shop; nobody where several people have it."""
    wanted, found = {record.customer_number for record in records} - {""}, dict[str, set[int]]()
    for source in connection.execute(select(customer_sources.c.source).where(among(connection, customer_sources.c.number, wanted)).distinct()).scalars().all():
        for number, owner in numbered(connection, source, wanted).items():
            found.setdefault(number, set()).add(root(connection, owner))
    return {number: owners.pop() for number, owners in found.items() if len(owners) == 1}


def _nobody(place: int, record: Objection) -> Rejection:
    key = record.email or record.customer_number or record.address.name
    return Rejection(
        place, key, RejectionReason.NO_KEY, "Nobody can be told by this: an e-mail address, a known customer number, or full name with street and postcode."
    )


def _filed(connection: Connection, ids: Iterable[int], hashed: Sequence[tuple[str | None, str | None]]) -> set[tuple[str, object]]:
    """What already stands for an objection among these."""
    emails, addresses = {one for one, _ in hashed if one}, {other for _, other in hashed if other}
    table = objections.c
    query = select(table.customer_id, table.email_hash, table.address_hash)
    rows = connection.execute(query.where(or_(table.customer_id.in_(set(ids)), table.email_hash.in_(emails), table.address_hash.in_(addresses))))
    return {name for row in rows for name in (("customer", row.customer_id), ("email", row.email_hash), ("address", row.address_hash))}
