"""How is a person of a shop stored, so that the same person from two places is one customer?"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, func, or_, select, update

from campaigns.address import Address, AddressState
from campaigns.customer import Customer, Sex, email_key
from campaigns.order import OrderState
from store.schema import customer_sources, customers, orders
from store.upsert import record_hash, upsert

ADDRESS = ("addition", "street", "postcode", "town", "country")
NAME = ("title", "first_name", "last_name", "company")
GUEST = "guest:"
"""Begins the source's key of a person who is known from orders alone."""


def email_hash(email: str, secret: bytes) -> str:
    """The keyed hash under which an objection outlives the person's data."""
    return hmac.new(secret, f"email\0{email_key(email)}".encode(), hashlib.sha256).hexdigest()


def upsert_customers(connection: Connection, records: Sequence[Customer], secret: bytes, now: datetime) -> int:
    """Store what is new or changed and say how many; the same records again change nothing.

    A person is found by the source's own key, else by e-mail, else as the guest whose orders named the customer number.
    A blank never overwrites what is known: address and name are replaced whole or not at all, so that no letter mixes an
    old addition with a new street. What the post said of an address ends with it.
    """
    latest = {(record.source, record.source_id): record for record in records}
    known = _known_sources(connection, latest)
    changed = {key: record for key, record in latest.items() if known.get(key, (0, ""))[1] != record_hash(record)}
    owners: dict[tuple[str, str], int | str] = {key: known[key][0] for key in changed if key in known}
    emails = _owners_of_emails(connection, {email_key(record.email) for record in changed.values() if record.email})
    moves = _moves({key: known[key][0] for key in changed if key in known}, changed, emails)
    emails = {email: owner for email, owner in emails.items() if owner not in moves}
    guests = _guests_by_number(connection, [record for key, record in changed.items() if key not in known])
    new: dict[str, Customer] = {}
    updates: list[tuple[int | str, Customer]] = []
    for key, record in changed.items():
        address = email_key(record.email)
        owner: int | str | None = owners.get(key) or emails.get(address) or guests.get((record.source, record.number))
        if owner is None:
            owner = secrets.token_hex(12)
            new[owner] = record
        else:
            updates.append((owner, record))
        if address:
            emails.setdefault(address, owner)
        owners[key] = owner
    if moves:  # first leave, then enter: two people may swap their mailboxes
        connection.execute(update(customers).where(customers.c.id.in_(moves)).values(email_key=None))
    _update(connection, [change for change in updates if change[0] not in new], emails, secret, now)
    ids = _insert(connection, new, secret, now)
    again: list[tuple[int | str, Customer]] = [(ids[owner], record) for owner, record in updates if owner in new]
    _update(connection, again, {email: ids.get(owner, owner) for email, owner in emails.items()}, secret, now)
    rows = [
        {
            "source": source,
            "source_id": source_id,
            "number": record.number,
            "customer_id": ids.get(owners[source, source_id], owners[source, source_id]),
            "record_hash": record_hash(record),
        }
        for (source, source_id), record in changed.items()
    ]
    upsert(connection, customer_sources, ("source", "source_id"), rows)
    return len(changed)


def _known_sources(connection: Connection, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[int, str]]:
    found: dict[tuple[str, str], tuple[int, str]] = {}
    by_source: dict[str, list[str]] = {}
    for source, source_id in keys:
        by_source.setdefault(source, []).append(source_id)
    table = customer_sources.c
    for source, ids in by_source.items():
        query = select(table.source_id, table.customer_id, table.record_hash).where(table.source == source, table.source_id.in_(ids))
        found |= {(source, row.source_id): (row.customer_id, row.record_hash) for row in connection.execute(query)}
    return found


def _moves(known: Mapping[tuple[str, str], int], changed: Mapping[tuple[str, str], Customer], emails: Mapping[str, int | str]) -> dict[int | str, str]:
    """Who goes to another mailbox that is free, or given up by somebody who can go as well: owner -> mailbox."""
    wanted: dict[str, int | str] = {}
    for key, owner in known.items():
        email = email_key(changed[key].email)
        if email and emails.get(email) != owner:
            wanted.setdefault(email, owner)
    moves = {mover: email for email, mover in wanted.items()}
    while blocked := [mover for mover, email in moves.items() if email in emails and emails[email] not in moves]:
        for mover in blocked:
            del moves[mover]
    return moves


def _owners_of_emails(connection: Connection, emails: set[str]) -> dict[str, int | str]:
    query = select(customers.c.email_key, customers.c.id).where(customers.c.email_key.in_(emails))
    return {row.email_key: row.id for row in connection.execute(query)} if emails else {}


def _guests_by_number(connection: Connection, records: Iterable[Customer]) -> dict[tuple[str, str], int]:
    """Source and customer number -> the person known from orders alone who goes by it."""
    numbers = {record.number for record in records if record.number}
    if not numbers:
        return {}
    table = customer_sources.c
    query = select(table.source, table.number, table.customer_id).where(table.number.in_(numbers), table.source_id.startswith(GUEST))
    return {(row.source, row.number): row.customer_id for row in connection.execute(query)}


def _insert(connection: Connection, new: Mapping[str, Customer], secret: bytes, now: datetime) -> dict[int | str, int]:
    """Insert under fresh person keys and give back person key -> id."""
    if not new:
        return {}
    rows = [{"person_key": person_key, **_columns(record, secret), "created_at": now, "changed_at": now} for person_key, record in new.items()]
    connection.execute(customers.insert(), rows)
    query = select(customers.c.person_key, customers.c.id).where(customers.c.person_key.in_(list(new)))
    return {row.person_key: row.id for row in connection.execute(query)}


def _columns(record: Customer, secret: bytes) -> dict[str, Any]:
    address, email = record.address, email_key(record.email)
    return {
        "number": record.number,
        "email": record.email.strip(),
        "email_key": email or None,
        "email_hash": email_hash(email, secret) if email else None,
        "sex": record.sex,
        **{name: getattr(address, name) for name in (*NAME, *ADDRESS)},
        "language": record.language,
        "registered_at": record.registered_at,
    }


def _update(connection: Connection, changes: list[tuple[int | str, Customer]], email_owners: Mapping[str, int | str], secret: bytes, now: datetime) -> None:
    if not changes:
        return
    rows = []
    for owner, record in changes:
        columns = _columns(record, secret)
        if email_owners.get(columns["email_key"] or "", owner) != owner:  # another person's mailbox: uniting the two is a merge of its own
            columns |= {"email": "", "email_key": None, "email_hash": None}
        rows.append({f"new_{name}": value for name, value in columns.items()} | {"owner": owner, "at": now})
    connection.execute(_UPDATE, rows)


def _new(name: str) -> Any:
    return bindparam(f"new_{name}", type_=customers.c[name].type)


def _when(given: Any, name: str) -> Any:
    return case((given, _new(name)), else_=customers.c[name])


def _given(*names: str) -> Any:
    return or_(*(_new(name) != "" for name in names))


_renamed = and_(_given("first_name"), _new("first_name") != customers.c.first_name)
"""Another first name is another person at the same key: the old salutation must not stay."""
_moved = or_(*(_new(name) != customers.c[name] for name in ("street", "postcode", "town", "country")))
_of_the_address = or_(customers.c.address_state == AddressState.UNDELIVERABLE, customers.c.address_state == AddressState.MOVED)  # no IN: executemany

_UPDATE = (
    update(customers)
    .where(customers.c.id == bindparam("owner"))
    .values(
        {name: _when(_given("street"), name) for name in ADDRESS}
        | {name: _when(_given("last_name", "first_name", "company"), name) for name in NAME}
        | {name: _when(_given(name), name) for name in ("number", "email", "language")}
        | {"sex": _when(or_(_given("sex"), _renamed), "sex")}
        | {name: func.coalesce(_new(name), customers.c[name]) for name in ("email_key", "email_hash", "registered_at")}
        | {"address_state": case((and_(_given("street"), _moved, _of_the_address), AddressState.OK), else_=customers.c.address_state)}
        | {"changed_at": bindparam("at", type_=customers.c.changed_at.type)}
    )
)


def date_first_sales(connection: Connection, ids: Sequence[int] | None = None) -> None:
    """Turn prospects with a completed order into customers: dated by the earliest ever seen, never undone (product.md 2.1).

    Without ``ids`` everybody is looked at.
    """
    sales = select(orders.c.customer_id, func.min(orders.c.ordered_at).label("at")).where(
        orders.c.customer_id.is_not(None), orders.c.state == OrderState.COMPLETED
    )
    if ids is not None:
        sales = sales.where(orders.c.customer_id.in_(ids))
    first = sales.group_by(orders.c.customer_id).subquery()
    later = or_(customers.c.first_sale_at.is_(None), customers.c.first_sale_at > first.c.at)
    connection.execute(update(customers).values(first_sale_at=first.c.at).where(customers.c.id == first.c.customer_id, later))


def to_customer(row: Any) -> Customer:
    """A row of the customers table (or a join that names its columns) as the domain's record."""
    address = Address(**{name: getattr(row, name) for name in (*NAME, *ADDRESS)})
    return Customer("postillion", str(row.id), row.number, row.email, Sex(row.sex), address, row.language, row.registered_at)
