"""Who is meant by an e-mail address, and who by a customer number of this source?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeAlias

from sqlalchemy import Connection, Row, select

from campaigns.customer import email_key
from campaigns.identity import real_number
from campaigns.profile import GUEST
from store import tombstones
from store.matching import MOST
from store.schema import customer_sources, customers
from store.sets import among
from store.tombstones import Erased

Owners: TypeAlias = dict[tuple[str, str], int]
"""("number" or "email", the value) -> customer."""


class NamesSomebody(Protocol):
    """A record that says whose it is."""

    @property
    def email(self) -> str:
        """E-mail address, empty when unknown."""

    @property
    def customer_number(self) -> str:
        """The source's customer number, or its own key of the customer; empty when unknown."""


def owners_of(connection: Connection, source: str, records: Collection[NamesSomebody]) -> Owners:
    """The customers whom the records' e-mail addresses, and their numbers of ``source`` (else its own keys), name."""
    emails = {email_key(record.email) for record in records} - {""}
    numbers = {real_number(record.customer_number) for record in records} - {""}
    claim = customer_sources.c
    found: Owners = {}
    if emails:  # the last of a mailbox counts: who holds it, else the oldest
        holds = customers.c.email_key.is_not_distinct_from(claim.email_key)
        by_email = select(claim.email_key, claim.customer_id, holds.label("holds")).join(customers, customers.c.id == claim.customer_id)
        rows = connection.execute(by_email.where(among(connection, claim.email_key, emails)))
        found |= {("email", row.email_key): row.customer_id for row in sorted(rows, key=lambda row: (row.holds, -row.customer_id))}
    if numbers:
        by_key = select(claim.source_id, claim.customer_id).where(claim.source == source, among(connection, claim.source_id, numbers))
        named = {row.source_id: row.customer_id for row in connection.execute(by_key)} | numbered(connection, source, numbers)
        found |= {("number", name): owner for name, owner in named.items()}
    return found


def numbered(connection: Connection, source: str, numbers: Collection[str]) -> dict[str, int]:
    """The customers whom these numbers of the source name: the number is a stronger name than the source's own key.

    A number that many records or several mailboxes share names nobody, and neither does one that guests alone gave.
    """
    claim = customer_sources.c
    query = select(claim.number, claim.customer_id, claim.email_key).where(claim.source == source, among(connection, claim.number, numbers))
    rows: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(query.where(~claim.source_id.startswith(GUEST))):
        rows.setdefault(row.number, []).append(row)
    return {number: min(row.customer_id for row in those) for number, those in rows.items() if _is_one_person(those)}


def _is_one_person(rows: Sequence[Row[Any]]) -> bool:
    alone = len({row.customer_id for row in rows}) == 1
    return len(rows) <= MOST and (alone or len({row.email_key for row in rows} - {None}) <= 1)


class Whose(NamedTuple):
    """The owner of an order or a cart, and what may be kept of how it named them."""

    customer_id: int | None
    email_key: str | None
    customer_number: str
    is_erased: bool = False


@dataclass(frozen=True, slots=True)
class Naming:
    """How the orders or carts of one batch find their owners; nothing is kept that names somebody who was erased."""

    source: str
    owners: Owners
    erased: Erased
    erased_ids: Collection[int]

    def whose(self, record: NamesSomebody, linked: int | None, *, mailbox_first: bool = False) -> Whose:
        """By number; else whose it was (``linked``) and by e-mail: an order stays, a cart follows its mailbox.

        Nothing leaves somebody who was erased. Whoever signs up once more is somebody new, known by their new number.
        """
        email = email_key(record.email)
        by_number, by_email = self.owners.get(("number", record.customer_number)), self.owners.get(("email", email))
        left = linked if linked in self.erased_ids else None if by_number else self._left(record.customer_number, email)
        if left:
            return Whose(left, None, "", True)
        owner = by_number or (by_email or linked if mailbox_first else linked or by_email)
        return Whose(owner, email or None, record.customer_number)

    def _left(self, number: str, email: str) -> int | None:
        keys = self.erased.keys
        return self.erased.numbers.get(number) or keys.get(number) or keys.get(GUEST + email)


def naming(connection: Connection, source: str, records: Collection[NamesSomebody], linked: Collection[int], secret: bytes) -> Naming:
    """Ask once for a whole batch; ``linked`` are the owners of those that are stored already."""
    numbers = {record.customer_number for record in records} - {""}
    keys = numbers | {GUEST + mailbox for record in records if (mailbox := email_key(record.email))}
    gone = select(customers.c.id).where(customers.c.erased_at.is_not(None), among(connection, customers.c.id, linked))
    erased_ids = set(connection.execute(gone).scalars()) if linked else set()
    return Naming(source, owners_of(connection, source, records), tombstones.owners(connection, source, keys, numbers, secret), erased_ids)
