"""What does a customer's row say, after all that the sources have told?

Imports, merges, their undoing and the desk change what is told and to whom it belongs; then the row is written anew here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, select, update

from campaigns.address import Address, AddressState
from campaigns.customer import Customer, Sex, email_key
from campaigns.identity import place
from campaigns.newcomer import home, mailbox
from campaigns.profile import DESK, Part, Telling, combined, told_from_dict
from store.hashes import address_hash, email_hash, name_of
from store.recognising import has_objections, recognise
from store.schema import customer_sources, customers
from store.sets import among

ADDRESS = ("addition", "street", "postcode", "town", "country")
NAME = ("title", "first_name", "last_name", "company")
_OF_THE_ADDRESS = (AddressState.UNDELIVERABLE, AddressState.MOVED)


def columns(record: Customer, secret: bytes) -> dict[str, Any]:
    """The row of a person; whether they may hold their mailbox (``email_key``) is decided by ``refresh``."""
    address, email = record.address, record.email.strip()
    return {
        "address_hash": address_hash(address, secret),
        "number": record.number,
        "email": email,
        "email_key": email_key(email) or None,
        "email_hash": email_hash(email, secret) if email else None,
        "mailbox": mailbox(email) or None,
        "home": home(address) or "",
        "sex": str(record.sex),
        "title": address.title,
        "first_name": address.first_name,
        "last_name": address.last_name,
        "company": address.company,
        "addition": address.addition,
        "street": address.street,
        "postcode": address.postcode,
        "town": address.town,
        "country": address.country,
        "language": record.language,
        "registered_at": record.registered_at,
        "tags": record.tags,
    }


def tellings(connection: Connection, ids: Collection[int]) -> dict[int, list[Telling]]:
    """Customer -> what each source has told of them; one of whom nothing is told is left out."""
    table = customer_sources.c
    query = select(table.customer_id, table.source, table.source_id, table.changed_at, table.stored_at, table.record)
    found: dict[int, list[Telling]] = {}
    for row in connection.execute(query.where(among(connection, table.customer_id, ids), table.record.is_not(None))):
        found.setdefault(row.customer_id, []).append(telling(row))
    return found


def telling(row: Row[Any]) -> Telling:
    """What a row of customer_sources with a record says."""
    told = told_from_dict(row.source, row.source_id, row.changed_at, row.record)
    return Telling(told, row.stored_at, tuple(Part(part) for part in row.record["parts"]) if row.source == DESK else ())


def refresh(connection: Connection, ids: Collection[int], secret: bytes, now: datetime) -> None:
    """Write the rows of these customers anew where what is told of them says something else by now; nobody erased or merged is touched.

    A mailbox has one holder. Whoever claims one that another customer holds waits for it with an empty ``email_key`` and gets it
    in the moment in which the holder gives it up: so two people may swap theirs, in one batch or in two.
    """
    if not ids:
        return
    live = (customers.c.merged_into.is_(None), customers.c.erased_at.is_(None))
    rows = {row.id: row for row in connection.execute(select(customers).where(among(connection, customers.c.id, ids), *live))}
    told = tellings(connection, rows)
    wanted = {}
    for customer_id, row in rows.items():
        mine = told.get(customer_id, [])
        wanted[customer_id] = _after(row, mine, columns(combined(mine), secret))
    _recognise(connection, rows, told, wanted, secret)
    released = {row.email_key for row in rows.values() if row.email_key and wanted[row.id]["email_key"] != row.email_key}
    leaving = [{"owner": row.id} for row in rows.values() if row.email_key in released]
    if leaving:  # first leave, then enter
        connection.execute(update(customers).where(customers.c.id == bindparam("owner")).values(email_key=None), leaving)
    _grant(connection, rows, wanted)
    changed = [one for one, new in wanted.items() if any(getattr(rows[one], name) != value for name, value in new.items())]
    if changed:
        values = [{f"new_{name}": value for name, value in wanted[one].items()} | {"owner": one, "new_changed_at": now} for one in changed]
        connection.execute(_UPDATE, values)
    hand_on(connection, released, now)


def _recognise(
    connection: Connection, rows: Mapping[int, Row[Any]], told: Mapping[int, Sequence[Telling]], wanted: Mapping[int, dict[str, Any]], secret: bytes
) -> None:
    """Whom an objection names by what they were called, are called from now on, or are called by any one source."""
    if has_objections(connection):
        names = {one: {(row.email_hash, row.address_hash), (wanted[one]["email_hash"], wanted[one]["address_hash"])} for one, row in rows.items()}
        for one, tellings_of_one in told.items():
            names[one] |= {name_of(telling.told.record.email, telling.told.record.address, secret) for telling in tellings_of_one}
        recognise(connection, names)


def _after(row: Row[Any], mine: Iterable[Telling], new: dict[str, Any]) -> dict[str, Any]:
    """What the post said of an address ends with it, and not with a new spelling of it."""
    state = row.address_state
    if state in _OF_THE_ADDRESS and new["street"]:
        before, after = Address(**{name: getattr(row, name) for name in ADDRESS}), Address(**{name: new[name] for name in ADDRESS})
        state = state if place(before) == place(after) else AddressState.OK
    parts = sorted({str(part) for telling in mine for part in telling.parts})
    return new | {"tags": list(new["tags"]), "desk_fields": parts, "address_state": str(state)}


def _grant(connection: Connection, rows: Mapping[int, Row[Any]], wanted: Mapping[int, dict[str, Any]]) -> None:
    """Take the mailbox from whoever would be its second holder; present holders come first, then the older customer."""
    asked = {new["email_key"] for one, new in wanted.items() if new["email_key"] and new["email_key"] != rows[one].email_key}
    query = select(customers.c.email_key, customers.c.id).where(among(connection, customers.c.email_key, asked))
    holders = {row.email_key: row.id for row in connection.execute(query)} if asked else {}
    for one in sorted(wanted):
        mailbox = wanted[one]["email_key"]
        if mailbox in asked and holders.setdefault(mailbox, one) != one:
            wanted[one]["email_key"] = None


def hand_on(connection: Connection, released: Collection[str], now: datetime) -> None:
    """Give mailboxes that nobody holds any more to those who have been waiting for them."""
    if not released:
        return
    claim, holder = customer_sources.c, customers.alias("holder")
    query = (
        select(customers.c.id, customers.c.email, claim.email_key)
        .join(customers, customers.c.id == claim.customer_id)
        .where(among(connection, claim.email_key, released), customers.c.email_key.is_(None), customers.c.merged_into.is_(None))
        .where(~exists().where(holder.c.email_key == claim.email_key))
    )
    rows = sorted(connection.execute(query), key=lambda row: -row.id)  # of several the older customer; no ORDER BY, as in store.matching
    waiting = {row.email_key: row.id for row in rows if email_key(row.email) == row.email_key}
    if waiting:
        given = [{"owner": one, "key": key, "at": now} for key, one in waiting.items()]
        connection.execute(update(customers).where(customers.c.id == bindparam("owner")).values(email_key=bindparam("key"), changed_at=bindparam("at")), given)


def _new(name: str) -> Any:
    return bindparam(f"new_{name}", type_=customers.c[name].type)


_WRITTEN = (*columns(Customer("", ""), b""), "desk_fields", "address_state")
_UPDATE = update(customers).where(customers.c.id == bindparam("owner")).values({name: _new(name) for name in (*_WRITTEN, "changed_at")})


def to_customer(row: Any) -> Customer:
    """A row of the customers table (or a join that names its columns) as the domain's record."""
    address = Address(**{name: getattr(row, name) for name in (*NAME, *ADDRESS)})
    return Customer("postillion", str(row.id), row.number, row.email, Sex(row.sex), address, row.language, row.registered_at, tuple(row.tags))
