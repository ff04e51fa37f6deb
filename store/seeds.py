"""Which addresses of our own get a letter of every print run, to see what arrives and when (Kontrolladressen, product.md 3.8)?

A seed address is a customer whom no import knows: without a mailbox, a source or a hash, so that nobody is ever taken for it. It
is in no audience and in no result.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, insert, select

from campaigns.address import Address
from campaigns.customer import Customer, Sex
from store.erasure import erase
from store.profiles import to_customer
from store.schema import customers, objections

_SEEDS = (customers.c.is_seed.is_(True), customers.c.erased_at.is_(None))


@dataclass(frozen=True, slots=True)
class Seed:
    """An address of our own."""

    id: int
    customer: Customer
    added_at: datetime
    objected: bool = False
    """Whoever tried the objection code of a letter gets none any more, here as everywhere: remove the address and add it anew."""


def add(connection: Connection, address: Address, sex: Sex, language: str, now: datetime) -> int:
    """Keep a seed address and give its customer number; one that is there already stays as it is.

    Whether it can be printed is for the caller to ask.
    """
    known = next((seed.id for seed in listed(connection) if seed.customer.address == address), None)
    if known is not None:
        return known
    row = asdict(address) | {"person_key": f"seed-{secrets.token_hex(8)}", "sex": sex, "language": language, "is_seed": True}
    return int(connection.execute(insert(customers).values(row | {"created_at": now, "changed_at": now}).returning(customers.c.id)).scalar_one())


def listed(connection: Connection) -> list[Seed]:
    """All seed addresses in use, the oldest first."""
    objected = exists().where(objections.c.customer_id == customers.c.id).label("objected")
    rows = connection.execute(select(customers, objected).where(*_SEEDS).order_by(customers.c.id))
    return [Seed(row.id, to_customer(row), row.created_at, bool(row.objected)) for row in rows]


def remove(connection: Connection, seed_id: int, secret: bytes, now: datetime) -> bool:
    """Write to the address no more, and forget it as any person who asks for it is forgotten; False for a number that is none of ours.

    Its letters stay on record; one that has not been handed over is taken out.
    """
    if connection.execute(select(customers.c.id).where(customers.c.id == seed_id, *_SEEDS)).one_or_none() is None:
        return False
    erase(connection, seed_id, secret, now)
    return True
