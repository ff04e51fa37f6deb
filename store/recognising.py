"""Whom does an objection name, by e-mail or by name and address?  From here on it stays with them, whatever these become."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, insert, select, update

from store.hashes import Name
from store.schema import objections
from store.sets import among


def has_objections(connection: Connection) -> bool:
    """Whether there is anything to be recognised by."""
    return bool(connection.execute(select(exists(select(objections.c.id)))).scalar_one())


def recognise(connection: Connection, names: Mapping[int, Collection[Name]]) -> None:
    """Give customers whom an objection names one of their own; those who have one keep it.

    ``names``: customer -> all that they are known by, before a change and after it: afterwards nobody finds them by the old ones.
    """
    if not (names and has_objections(connection)):
        return
    taken = set(connection.execute(select(objections.c.customer_id).where(among(connection, objections.c.customer_id, names))).scalars())
    owners: dict[tuple[str, str], list[int]] = {}
    for one in sorted(set(names) - taken):
        for kind, value in {pair for name in names[one] for pair in zip(("email_hash", "address_hash"), name, strict=True)}:
            if value:
                owners.setdefault((kind, value), []).append(one)
    found: dict[int, Row[Any]] = {}
    for kind in ("email_hash", "address_hash"):
        query = select(objections).where(among(connection, objections.c[kind], [value for of, value in owners if of == kind]))
        for row in connection.execute(query.order_by(objections.c.received_at, objections.c.id)):
            for owner in owners[kind, getattr(row, kind)]:
                found.setdefault(owner, row)
    _link(connection, found)


def _link(connection: Connection, found: Mapping[int, Row[Any]]) -> None:
    """The first whom a nameless one names gets it itself, everybody else a copy of its evidence."""
    owned: dict[int, int] = {}
    for owner, row in found.items():
        if row.customer_id is None:
            owned.setdefault(row.id, owner)
    if owned:
        statement = update(objections).where(objections.c.id == bindparam("its")).values(customer_id=bindparam("owner"))
        connection.execute(statement, [{"its": its, "owner": owner} for its, owner in owned.items()])
    copies = [evidence(row) | {"customer_id": owner} for owner, row in found.items() if owned.get(row.id) != owner]
    if copies:
        connection.execute(insert(objections), copies)


def evidence(row: Row[Any]) -> dict[str, Any]:
    """What a copy of an objection says of how it came."""
    return {name: getattr(row, name) for name in ("letter_id", "channel", "source", "received_at", "filed_at")}
