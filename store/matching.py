"""Whose record is this?  The customer's of the same e-mail address, else of the same number, else of the same name and address (product.md 1.8)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, func, select

from campaigns.address import Address
from campaigns.customer import Customer, email_key
from campaigns.identity import MergeReason, same_name
from campaigns.profile import DESK, GUEST
from store.profiles import NAME
from store.schema import customer_sources, customers
from store.sets import among

LIVE = (customers.c.merged_into.is_(None), customers.c.erased_at.is_(None), customers.c.is_seed.is_(False))
"""People who can be found: not those who turned out to be somebody else, nor those who were erased, nor our own seed addresses."""


class Match(NamedTuple):
    """The customer to whom a record belongs, and whether that is worth noting as a merge."""

    customer_id: int
    reason: MergeReason | None
    """None where the shop itself says so: a guest order names the mailbox, or number and name, of an account of the same shop."""


MOST = 10
"""A number that more records share is no customer number."""


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
        self._shops = _shops(connection, {claim.customer_id for claims in self._emails.values() for claim in claims})
        self._numbers = _by_number(connection, numbers) if numbers else {}
        self._hashes = _by_hash(connection, {one for one in hashes if one})

    def find(self, record: Customer, address_hash: str | None) -> Match | None:
        """Whose the record is; None for somebody new."""
        is_guest = record.source_id.startswith(GUEST)

        def said_by(claim: _Claim, reason: MergeReason) -> Match:
            return Match(claim.customer_id, None if claim.source == record.source and (claim.is_guest or is_guest) else reason)

        for claim in self._emails.get(email_key(record.email), ()):
            two_accounts = not is_guest and record.source in self._shops.get(claim.customer_id, ())  # as in store.uniting
            if not two_accounts or same_name(claim.name, record.address):
                return said_by(claim, MergeReason.EMAIL)
        claims = self._numbers.get(record.number, ())
        for claim in claims if len(claims) <= MOST else ():
            if same_name(claim.name, record.address):
                return said_by(claim, MergeReason.NUMBER)
        owner = self._hashes.get(address_hash) if address_hash else None
        return Match(owner, MergeReason.ADDRESS) if owner else None

    def is_claimed(self, mailbox: str | None) -> bool:
        """Whether somebody goes by the mailbox already."""
        return mailbox in self._emails

    def place(self, record: Customer, address_hash: str | None, customer_id: int) -> None:
        """Let later records of the batch find the customer by this one."""
        claim = _Claim(customer_id, record.source, record.source_id.startswith(GUEST), record.address)
        if mailbox := email_key(record.email):
            self._emails.setdefault(mailbox, []).append(claim)
            if not claim.is_guest:
                self._shops.setdefault(customer_id, set()).add(record.source)
        if record.number:
            self._numbers.setdefault(record.number, []).append(claim)
        if address_hash:
            self._hashes.setdefault(address_hash, customer_id)


def _by_email(connection: Connection, emails: Collection[str]) -> dict[str, list[_Claim]]:
    rows, people = _claims(connection, among(connection, customer_sources.c.email_key, emails))
    found: dict[str, list[_Claim]] = {}
    for row in sorted(rows, key=lambda row: people[row.customer_id].email_key != row.email_key):  # who holds the mailbox, then the oldest customer
        found.setdefault(row.email_key, []).append(_claim(row, people))
    return found


def _shops(connection: Connection, ids: Collection[int]) -> dict[int, set[str]]:
    """Customer -> where they have an account."""
    table = customer_sources.c
    query = select(table.customer_id, table.source).where(among(connection, table.customer_id, ids), ~table.source_id.startswith(GUEST), table.source != DESK)
    found: dict[int, set[str]] = {}
    for row in connection.execute(query) if ids else ():
        found.setdefault(row.customer_id, set()).add(row.source)
    return found


def _by_number(connection: Connection, numbers: Collection[str]) -> dict[str, list[_Claim]]:
    mine = among(connection, customer_sources.c.number, numbers)
    telling = select(customer_sources.c.number).where(mine).group_by(customer_sources.c.number).having(func.count() <= MOST)
    rows, people = _claims(connection, among(connection, customer_sources.c.number, connection.execute(telling).scalars().all()))
    found: dict[str, list[_Claim]] = {}
    for row in rows:
        found.setdefault(row.number, []).append(_claim(row, people))
    return found


def _claims(connection: Connection, which: ColumnElement[bool]) -> tuple[list[Row[Any]], dict[int, Row[Any]]]:
    """Records at the sources, those of the oldest customer first, and their customers.

    Two questions and no ORDER BY: without statistics PostgreSQL would rather walk all customers than join or sort a few.
    """
    claim = customer_sources.c
    rows = connection.execute(select(claim.customer_id, claim.source, claim.source_id, claim.email_key, claim.number).where(which)).all()
    asked = select(customers.c.id, customers.c.email_key, *(customers.c[name] for name in NAME))
    ids = {row.customer_id for row in rows}
    people = {row.id: row for row in connection.execute(asked.where(among(connection, customers.c.id, ids), *LIVE))} if ids else {}
    return sorted((row for row in rows if row.customer_id in people), key=lambda row: row.customer_id), people


def _by_hash(connection: Connection, hashes: Collection[str]) -> dict[str, int]:
    query = select(customers.c.address_hash, customers.c.id.label("customer_id")).where(among(connection, customers.c.address_hash, hashes), *LIVE)
    rows = sorted(connection.execute(query), key=lambda row: -row.customer_id) if hashes else []
    return {row.address_hash: row.customer_id for row in rows}  # the oldest counts


def _claim(row: Row[Any], people: Mapping[int, Row[Any]]) -> _Claim:
    person = people[row.customer_id]
    return _Claim(row.customer_id, row.source, row.source_id.startswith(GUEST), Address(**{name: getattr(person, name) for name in NAME}))
