"""Who is meant by an e-mail address, and who by a customer number of this source?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

from sqlalchemy import Connection, select

from campaigns.customer import email_key
from campaigns.profile import GUEST
from store import tombstones
from store.schema import customer_sources, customers
from store.sets import among

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
    numbers = {record.customer_number for record in records} - {""}
    claim = customer_sources.c
    found: Owners = {}
    if emails:  # the last of a mailbox counts: who holds it, else the oldest
        holds = customers.c.email_key.is_not_distinct_from(claim.email_key)
        by_email = select(claim.email_key, claim.customer_id).join(customers, customers.c.id == claim.customer_id)
        rows = connection.execute(by_email.where(among(connection, claim.email_key, emails)).order_by(holds, claim.customer_id.desc()))
        found |= {("email", row.email_key): row.customer_id for row in rows}
    if numbers:
        for name in (claim.source_id, claim.number):  # the number is the stronger name
            by_name = select(name, claim.customer_id).where(claim.source == source, among(connection, name, numbers)).order_by(claim.customer_id.desc())
            found |= {("number", row[0]): row.customer_id for row in connection.execute(by_name)}
    return found


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
    erased: Mapping[str, int]
    """The source's keys and numbers that were somebody's who was erased -> what is left of them."""
    erased_ids: Collection[int]

    def whose(self, record: NamesSomebody, linked: int | None, *, mailbox_first: bool = False) -> Whose:
        """By number; else whose it was (``linked``) and by e-mail: an order stays, a cart follows its mailbox."""
        email = email_key(record.email)
        left = self.erased.get(record.customer_number) or self.erased.get(GUEST + email) or (linked if linked in self.erased_ids else None)
        if left:
            return Whose(left, None, "", True)
        by_number, by_email = self.owners.get(("number", record.customer_number)), self.owners.get(("email", email))
        owner = by_number or (by_email or linked if mailbox_first else linked or by_email)
        return Whose(owner, email or None, record.customer_number)


def naming(connection: Connection, source: str, records: Collection[NamesSomebody], linked: Collection[int], secret: bytes) -> Naming:
    """Ask once for a whole batch; ``linked`` are the owners of those that are stored already."""
    names = {name for record in records for name in (record.customer_number, GUEST + email_key(record.email)) if name}
    gone = select(customers.c.id).where(customers.c.erased_at.is_not(None), among(connection, customers.c.id, linked))
    erased_ids = set(connection.execute(gone).scalars()) if linked else set()
    return Naming(source, owners_of(connection, source, records), tombstones.owners(connection, source, names, secret), erased_ids)
