"""What does each kind's query say about a candidate, so that the rest can be asked in one way for all of them?

Everything that customers and orders tell comes along at once: joined again afterwards, PostgreSQL would read both tables whole for a page.
"""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, Select, case, literal, select

from campaigns.address import Address
from store.audience.sales import last_sale_id
from store.columns import UtcDateTime
from store.schema import customers, orders

EVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Before every sale, letter and holdout."""
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""After every sale."""
ADDRESS = tuple(field.name for field in fields(Address))
_PERSON = ("id", "person_key", "address_state", "first_sale_at", "email_hash", "address_hash", "number", "email", "sex", "language", "registered_at")
LAST = orders.alias("last_sale")


def with_last_sale(people: FromClause, *, at_least_one: bool = False) -> FromClause:
    """``people``, customers among them, each with the newest sale; whoever has none is left out only if wanted so."""
    return people.join(LAST, LAST.c.id == last_sale_id(customers.c.id), isouter=not at_least_one)


def _platform() -> ScalarSelect[str]:
    """Where somebody without a sale ordered last, whatever became of it: a marketplace's customers are not written to (market facts 7)."""
    order = orders.alias("newest_order")
    mine = select(order.c.platform).where(order.c.customer_id == customers.c.id)
    return mine.order_by(order.c.ordered_at.desc(), order.c.id.desc()).limit(1).correlate(customers).scalar_subquery()


def chosen(
    people: FromClause, trigger_id: ColumnElement[int], trigger_at: ColumnElement[datetime], since: ColumnElement[datetime] | None = None
) -> Select[Any]:
    """A candidate each: person, last sale, what started the sequence and when.

    Letters and holdouts made after ``since`` belong to the sequence; None: all of them.
    """
    return select(
        *(customers.c[name] for name in (*ADDRESS, *_PERSON)),
        LAST.c.id.label("sale_id"),
        LAST.c.number.label("order_number"),
        LAST.c.ordered_at.label("last_order_at"),
        case((LAST.c.id.is_(None), _platform()), else_=LAST.c.platform).label("platform"),
        trigger_id.label("trigger_id"),
        trigger_at.label("trigger_at"),
        (literal(EVER, UtcDateTime) if since is None else since).label("since"),
    ).select_from(people)
