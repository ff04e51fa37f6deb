"""Is the buyer the partner in person, under whatever mailbox, number or name of the same home?  (product.md 8.2)"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from campaigns.address import Address
from campaigns.customer import email_key
from campaigns.newcomer import home, mailbox
from campaigns.partner import Partner
from store.matching import LIVE
from store.profiles import to_customer
from store.schema import customer_sources, customers


@dataclass(frozen=True, slots=True)
class Somebody:
    """All that tells a person: customer records, and mailboxes and homes in their one spelling (campaigns.newcomer)."""

    ids: frozenset[int]
    mailboxes: frozenset[str]
    homes: frozenset[str]

    def is_one_with(self, other: "Somebody") -> bool:
        """Whether the two have anything in common: a household counts as one, as it does for new customers (decision 0031)."""
        return bool(self.ids & other.ids or self.mailboxes & other.mailboxes or self.homes & other.homes)


def somebody(connection: Connection, ids: Collection[int], email: str = "", address: Address | None = None) -> Somebody:
    """Whoever is told of, with all that is known of these customers: further mailboxes, and where they live."""
    people = connection.execute(select(customers).where(customers.c.id.in_(ids), *LIVE)).all() if ids else []
    claims = select(customer_sources.c.email_key).where(customer_sources.c.customer_id.in_(ids), customer_sources.c.email_key.is_not(None))
    written = [email, *(row.email for row in people), *(connection.execute(claims).scalars() if ids else ())]
    homes = [home(address) if address else None, *(home(to_customer(row).address) for row in people)]
    return Somebody(frozenset(ids), frozenset(map(mailbox, written)) - {""}, frozenset(one for one in homes if one))


def partner_in_person(connection: Connection, email: str, own_customer_id: int | None) -> Somebody:
    """A partner as a buyer, looked up now: whoever registers as a partner may become a customer later."""
    ids = set() if own_customer_id is None else {own_customer_id}
    if key := mailbox(email):
        held = select(customers.c.id).where(or_(customers.c.mailbox == key, customers.c.email_key == email_key(email)), *LIVE)
        claim = customer_sources.c
        claimed = select(claim.customer_id).where(or_(claim.email_key == email_key(email), claim.mailbox == key))
        ids |= set(connection.execute(held.union(claimed)).scalars())
    return somebody(connection, ids, email)


def is_self(connection: Connection, partner: Partner, buyer: Somebody) -> bool:
    """Whether the buyer is the partner: by a customer record, by any mailbox of it in any spelling, or by the home."""
    return partner_in_person(connection, partner.email, partner.own_customer_id).is_one_with(buyer)
