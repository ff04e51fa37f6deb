"""Whose record is this?  The customer's of the same e-mail address, else of the same number, else of the same name and address (product.md 1.8)."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, select

from campaigns.address import Address
from campaigns.customer import Customer, email_key
from campaigns.identity import MergeReason, same_name
from campaigns.profile import GUEST
from store.profiles import NAME
from store.schema import customer_sources, customers
from store.sets import among

LIVE = (customers.c.merged_into.is_(None), customers.c.erased_at.is_(None))
"""People who can be found: not those who turned out to be somebody else, nor those who were erased."""


class Match(NamedTuple):
    """The customer to whom a record belongs, and whether that is worth noting as a merge."""

    customer_id: int
    reason: MergeReason | None
    """None where the shop itself says so: a guest order names the mailbox, or the number, of an account of the same shop."""


MOST = 10
"""A number that more records share ("0", "guest") is no customer number."""
_CLAIMS = (
    select(
        customer_sources.c.customer_id,
        customer_sources.c.source,
        customer_sources.c.source_id,
        customer_sources.c.email_key,
        customer_sources.c.number,
        customers.c.email_key.label("held"),
        *(customers.c[name] for name in NAME),
    )
    .join(customers, customers.c.id == customer_sources.c.customer_id)
    .where(*LIVE)
)


class _Claim(NamedTuple):
    """Who goes by a mailbox or a number, and who says so."""

    customer_id: int
    source: str
    is_guest: bool
    name: Address


class Matching:
    """The customers whom the new records of a batch may belong to; each record that is placed becomes one of them."""

    def __init__(self, connection: Connection, records: Sequence[Customer], hashes: Iterable[str | None]) -> None:
        emails = {email_key(record.email) for record in records} - {""}
        numbers = {record.number for record in records} - {""}
        self._emails = _by_email(connection, emails) if emails else {}
        self._numbers = _by_number(connection, numbers) if numbers else {}
        self._hashes = _by_hash(connection, {one for one in hashes if one})

    def find(self, record: Customer, address_hash: str | None) -> Match | None:
        """Whose the record is; None for somebody new."""
        is_guest = record.source_id.startswith(GUEST)
        claim = self._emails.get(email_key(record.email))
        if claim:
            own = claim.source == record.source and (claim.is_guest or is_guest)
            return Match(claim.customer_id, None if own else MergeReason.EMAIL)
        claims = self._numbers.get(record.number, ())
        for claim in claims if len(claims) <= MOST else ():
            if claim.source == record.source and (claim.is_guest or is_guest):
                return Match(claim.customer_id, None)
            if same_name(claim.name, record.address):
                return Match(claim.customer_id, MergeReason.NUMBER)
        owner = self._hashes.get(address_hash) if address_hash else None
        return Match(owner, MergeReason.ADDRESS) if owner else None

    def place(self, record: Customer, address_hash: str | None, customer_id: int) -> None:
        """Let later records of the batch find the customer by this one."""
        claim = _Claim(customer_id, record.source, record.source_id.startswith(GUEST), record.address)
        if mailbox := email_key(record.email):
            self._emails.setdefault(mailbox, claim)
        if record.number:
            self._numbers.setdefault(record.number, []).append(claim)
        if address_hash:
            self._hashes.setdefault(address_hash, customer_id)


def _by_email(connection: Connection, emails: Collection[str]) -> dict[str, _Claim]:
    rows = connection.execute(_CLAIMS.where(among(connection, customer_sources.c.email_key, emails)).order_by(customers.c.id)).all()
    held = [row for row in rows if row.held == row.email_key]
    return {row.email_key: _claim(row) for row in (*reversed(rows), *held)}  # who holds the mailbox, else the oldest customer


def _by_number(connection: Connection, numbers: Collection[str]) -> dict[str, list[_Claim]]:
    mine = among(connection, customer_sources.c.number, numbers)
    telling = select(customer_sources.c.number).where(mine).group_by(customer_sources.c.number).having(func.count() <= MOST)
    found: dict[str, list[_Claim]] = {}
    for row in connection.execute(_CLAIMS.where(customer_sources.c.number.in_(telling)).order_by(customers.c.id)):
        found.setdefault(row.number, []).append(_claim(row))
    return found


def _by_hash(connection: Connection, hashes: Collection[str]) -> dict[str, int]:
    query = select(customers.c.address_hash, customers.c.id).where(among(connection, customers.c.address_hash, hashes), *LIVE)
    return {row.address_hash: row.id for row in connection.execute(query.order_by(customers.c.id.desc()))} if hashes else {}


def _claim(row: Row[Any]) -> _Claim:
    return _Claim(row.customer_id, row.source, row.source_id.startswith(GUEST), Address(**{name: getattr(row, name) for name in NAME}))
