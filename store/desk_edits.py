"""How does what somebody corrected in the desk win over every later import, until it is given back (product.md 1.8)?

A correction is one more telling of a source of its own, so imports, merges and their undoing need no rule for it.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from campaigns.address import Address
from campaigns.customer import Customer, Sex, email_key
from campaigns.newcomer import home, mailbox
from campaigns.profile import DESK, FIELDS, Part, Told, only, told_as_dict, told_from_dict
from store import imports
from store.errors import WrongName, WrongState
from store.linking import link
from store.matching import LIVE
from store.profiles import refresh, to_customer
from store.schema import customer_sources, customers
from store.uniting import root, unite_equals
from store.upsert import upsert


def edit(connection: Connection, customer_id: int, fields: Mapping[str, Any], by: str, secret: bytes, now: datetime) -> None:
    """Correct some fields of a customer; the parts that they belong to (name, address …) are the desk's from now on, blank or not.

    ``fields``: names as in Address and Customer -> text; ``tags`` a list.  Whoever is the same as another customer after it is
    united with them.  Raises WrongName for a field that there is not, WrongState for somebody who was erased, never there, or is a seed.
    """
    for name in fields:
        if not any(name in names for names in FIELDS.values()):
            raise WrongName(f"A customer has no field {name!r}: choose from {', '.join(name for names in FIELDS.values() for name in names)}.")
    imports.lock(connection, imports.PATIENCE_SECONDS)  # nobody erases or unites them between the look and the change
    customer_id = root(connection, customer_id)
    row = connection.execute(select(customers).where(customers.c.id == customer_id, *LIVE)).one_or_none()
    if row is None:
        raise WrongState(f"There is no customer {customer_id}, not any more, or it is a seed address: nothing was changed.")
    told, _ = _desk_rows(connection, customer_id).get(str(customer_id), ({}, now))
    parts = {Part(part) for part in told.get("parts", ())} | {part for part, names in FIELDS.items() if set(names) & set(fields)}
    _save(connection, customer_id, str(customer_id), _with(to_customer(row), fields), parts, by, now)
    _settle(connection, customer_id, secret, now)


def release(connection: Connection, customer_id: int, parts: Collection[Part], secret: bytes, now: datetime) -> None:
    """Give parts back to the shops: what they said last holds again."""
    imports.lock(connection, imports.PATIENCE_SECONDS)
    customer_id = root(connection, customer_id)
    for source_id, (told, told_at) in _desk_rows(connection, customer_id).items():
        left = {Part(part) for part in told["parts"]} - set(parts)
        if left:
            record = told_from_dict(DESK, source_id, told_at, told).record
            _save(connection, customer_id, source_id, record, left, told["by"], told_at)
        else:
            connection.execute(delete(customer_sources).where(customer_sources.c.source == DESK, customer_sources.c.source_id == source_id))
    _settle(connection, customer_id, secret, now)


def parts(connection: Connection, customer_id: int) -> set[Part]:
    """What of the customer is the desk's word."""
    return {Part(part) for told, _ in _desk_rows(connection, root(connection, customer_id)).values() for part in told["parts"]}


def _desk_rows(connection: Connection, customer_id: int) -> dict[str, tuple[dict[str, Any], datetime]]:
    """What was edited of the customer, and of those who turned out to be the same, and when: by the source's key."""
    table = customer_sources.c
    query = select(table.source_id, table.record, table.changed_at).where(table.source == DESK, table.customer_id == customer_id)
    return {row.source_id: (row.record, row.changed_at) for row in connection.execute(query)}


def _with(person: Customer, fields: Mapping[str, Any]) -> Customer:
    address = {name: str(value).strip() for name, value in fields.items() if name in Address.__dataclass_fields__}
    own: dict[str, Any] = {name: str(value).strip() for name, value in fields.items() if name in ("number", "email", "language")}
    if "sex" in fields:
        own["sex"] = Sex(fields["sex"])
    if "tags" in fields:
        own["tags"] = tuple(fields["tags"])
    return replace(person, address=replace(person.address, **address), **own)


def _save(connection: Connection, customer_id: int, source_id: str, record: Customer, parts: Collection[Part], by: str, at: datetime) -> None:
    kept = only(replace(record, source=DESK, source_id=source_id), parts)
    told = told_as_dict(Told(kept)) | {"parts": sorted(str(part) for part in parts), "by": by}
    row = {
        "source": DESK,
        "source_id": source_id,
        "customer_id": customer_id,
        "number": "",
        "email_key": email_key(kept.email) or None,
        "mailbox": mailbox(kept.email) or None,
        "home": home(kept.address) or "",
        "record_hash": "",
        "record": told,
        "changed_at": at,
        "stored_at": at,
    }
    upsert(connection, customer_sources, ("source", "source_id"), [row])


def _settle(connection: Connection, customer_id: int, secret: bytes, now: datetime) -> None:
    refresh(connection, (customer_id,), secret, now)
    unite_equals(connection, (customer_id,), secret, now)
    link(connection, (customer_id,), now)
