"""Who does not want our advertising?  Absolute, without an end, and kept beyond the person's data (Art. 21 GDPR)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, insert, or_, select, update

from campaigns.customer import email_key
from campaigns.objection import Objection, ObjectionChannel
from campaigns.record import Outcome
from campaigns.rejection import Rejection, RejectionReason
from store.hashes import address_hash, email_hash
from store.people import owners_of
from store.schema import customers, letters, objections
from store.sets import among
from store.uniting import rows_of
from store.upsert import insert_for


def add(connection: Connection, customer_id: int, channel: ObjectionChannel, now: datetime, letter_id: int | None = None) -> bool:
    """File a person's objection; False if it was there already.  The evidence of the first one stays as it is."""
    person = connection.execute(select(customers.c.email_hash, customers.c.address_hash).where(customers.c.id == customer_id)).one()
    row = {**person._mapping, "customer_id": customer_id, "letter_id": letter_id, "channel": channel, "received_at": now}
    statement = insert_for(connection, objections).on_conflict_do_nothing(index_elements=["customer_id"])
    return connection.execute(statement.values(row).returning(objections.c.id)).one_or_none() is not None


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


def recognise(connection: Connection, ids: Collection[int]) -> None:
    """Link objections of people who were not known yet to those of these customers whom they name: from here on they stay with them."""
    nameless = objections.c.customer_id.is_(None)
    if not ids or not connection.execute(select(exists().where(nameless))).scalar_one():
        return
    people = connection.execute(select(customers.c.id, customers.c.email_hash, customers.c.address_hash).where(among(connection, customers.c.id, ids))).all()
    taken = set(connection.execute(select(objections.c.customer_id).where(among(connection, objections.c.customer_id, ids))).scalars())
    owners: dict[tuple[str, str], int] = {}
    for row in people:
        if row.id not in taken:
            owners |= {(name, value): row.id for name in ("email_hash", "address_hash") if (value := getattr(row, name))}
    found: dict[int, int] = {}
    for name in ("email_hash", "address_hash"):
        column = objections.c[name]
        query = select(objections.c.id, column).where(nameless, among(connection, column, [value for kind, value in owners if kind == name]))
        for row in connection.execute(query.order_by(objections.c.received_at, objections.c.id)):
            owner = owners[name, row[1]]
            if row.id not in found and owner not in found.values():
                found[row.id] = owner
    if found:
        statement = update(objections).where(objections.c.id == bindparam("its")).values(customer_id=bindparam("owner"))
        connection.execute(statement, [{"its": its, "owner": owner} for its, owner in found.items()])


def upsert_objections(connection: Connection, records: Sequence[Objection], secret: bytes, now: datetime) -> list[Outcome | Rejection]:
    """File what is new and say what became of each; whoever is not known yet is recognised when an import brings them.

    An objection that names nobody is rejected: its sender must be asked.
    """
    if not records:
        return []
    people = owners_of(connection, records[0].source, records)
    results: list[Outcome | Rejection] = []
    rows: list[dict[str, Any]] = []
    hashed = [(email_hash(record.email, secret) if record.email else None, address_hash(record.address, secret)) for record in records]
    filed = _filed(connection, people.values(), hashed)
    for place, (record, (by_email, by_address)) in enumerate(zip(records, hashed, strict=True)):
        owner = people.get(("email", email_key(record.email))) or people.get(("number", record.customer_number))
        if not (by_email or by_address or owner):
            results.append(_nobody(place, record))
            continue
        names = {("customer", owner), ("email", by_email), ("address", by_address)} - {("customer", None), ("email", None), ("address", None)}
        if names <= filed:
            results.append(Outcome.UNCHANGED)
            continue
        if ("customer", owner) in filed:
            owner = None  # the first evidence stays; this one adds a name to know the person by
        filed |= names
        rows.append(
            {"customer_id": owner, "email_hash": by_email, "address_hash": by_address, "channel": record.channel, "source": record.source,
             "received_at": record.received_at or now}
        )  # fmt: skip
        results.append(Outcome.STORED)
    if rows:
        connection.execute(insert(objections), rows)
    return results


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
