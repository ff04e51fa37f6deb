"""Who is meant by what somebody typed into the one search field of the desk?

What names one thing exactly (a mailbox, a customer number, a letter's token, a coupon code, an order's number) is looked up in its
index; only where nothing is called so, the beginnings of names and the like are compared.
"""

from collections.abc import Iterator
from enum import StrEnum

from sqlalchemy import Column, Connection, func, select

from campaigns.coupon import normalise
from campaigns.customer import email_key
from store.history import Found, search
from store.profiles import to_customer
from store.schema import coupons, customer_sources, customers, letters, orders
from store.sets import among
from store.uniting import root

_LONGEST = 200


class By(StrEnum):
    """What was recognised."""

    EMAIL = "email"
    NUMBER = "number"
    TOKEN = "token"  # noqa: S105
    COUPON = "coupon"
    ORDER = "order"
    BEGINNING = "beginning"
    """Of a name, a company, an e-mail address, a number or a postcode."""


def find(connection: Connection, text: str, limit: int) -> tuple[list[Found], By]:
    """People whom the text names, and by what; all customers, newest first, for an empty one."""
    text = " ".join(text.replace("\0", "").split())[:_LONGEST]
    if text:
        for by, ids in _exactly(connection, text):
            if found := _people(connection, ids, limit):
                return found, by
    return search(connection, text, limit), By.BEGINNING


def _exactly(connection: Connection, text: str) -> Iterator[tuple[By, set[int]]]:
    """Customers by everything that may be called just this; each question is one look into an index."""
    if "@" in text:
        claimed = select(customer_sources.c.customer_id).where(customer_sources.c.email_key == email_key(text))
        own = select(customers.c.id).where(customers.c.email_key == email_key(text))
        yield By.EMAIL, {*connection.execute(own).scalars(), *connection.execute(claimed).scalars()}
        return
    yield By.NUMBER, set(connection.execute(select(customer_sources.c.customer_id).where(customer_sources.c.number == text)).scalars())
    if text.isascii() and text.isalnum():
        yield By.TOKEN, set(connection.execute(select(letters.c.customer_id).where(letters.c.token == text.upper())).scalars())
    if key := normalise(text):
        mine = select(coupons.c.customer_id).where(coupons.c.code_key == key, coupons.c.customer_id.is_not(None))
        yield By.COUPON, set(connection.execute(mine).scalars())
    numbers = {text, text.removeprefix("#"), f"#{text}"}  # Shopify's order names begin with a hash
    mine = select(orders.c.customer_id).where(orders.c.source.in_(_each(connection, orders.c.source)), orders.c.number.in_(numbers))
    yield By.ORDER, set(connection.execute(mine.where(orders.c.customer_id.is_not(None))).scalars())


def _each(connection: Connection, column: Column[str]) -> list[str]:
    """The few different values of a column that an index begins with, one step of the index for each."""
    found: list[str] = []
    while (following := connection.execute(select(func.min(column)).where(column > (found[-1] if found else ""))).scalar_one()) is not None:
        found.append(following)
    return found


def _people(connection: Connection, ids: set[int], limit: int) -> list[Found]:
    """Whom these turned out to be, without those who were erased."""
    if not ids:
        return []
    roots = {root(connection, one) for one in sorted(ids)[:limit]}
    query = select(customers).where(among(connection, customers.c.id, roots), customers.c.erased_at.is_(None)).order_by(customers.c.id.desc())
    return [Found(row.id, to_customer(row), row.first_sale_at, row.is_seed) for row in connection.execute(query.limit(limit))]
