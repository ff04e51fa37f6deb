"""What may a partner see of those who gave the partner's code and have not bought yet?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, func, insert, or_, select

from campaigns.checkout import RedemptionState
from campaigns.partner import ContactField, Partner
from store.schema import coupons, customers, objections, partners, prospect_views, redemptions, sign_up_codes


@dataclass(frozen=True, slots=True)
class Prospect:
    """A direct prospect of a partner, with the fields that the operator has released and no other."""

    id: int
    since: datetime
    contact: Mapping[ContactField, str]


@dataclass(frozen=True, slots=True)
class View:
    """Who looked at what of whom, and when."""

    partner: str
    customer_id: int | None
    fields: tuple[ContactField, ...]
    seen_at: datetime


def prospects(connection: Connection, partner: Partner, limit: int) -> list[Prospect]:
    """The newest direct prospects: they gave a code of the partner's at sign-up or at a checkout, and have completed no order yet.

    Nobody who objected to advertising, and nobody erased. Fields that are not released are not even read.
    """
    given = [
        select(table.c.customer_id, at.label("since"))
        .join(coupons, coupons.c.id == table.c.coupon_id)
        .where(coupons.c.partner_id == partner.id, table.c.customer_id.is_not(None), *more)
        for table, at, more in (
            (sign_up_codes, sign_up_codes.c.given_at, ()),
            (redemptions, redemptions.c.created_at, (redemptions.c.state.in_([RedemptionState.RESERVED, RedemptionState.REDEEMED]),)),
        )
    ]
    both = given[0].union_all(given[1]).subquery()
    first = select(both.c.customer_id, func.min(both.c.since).label("since")).group_by(both.c.customer_id).subquery()
    released = [customers.c[field.value] for field in partner.released]
    rows = connection.execute(
        select(customers.c.id, first.c.since, *released)
        .join(first, first.c.customer_id == customers.c.id)
        .where(customers.c.first_sale_at.is_(None), customers.c.erased_at.is_(None), customers.c.merged_into.is_(None), _no_objection())
        .order_by(first.c.since.desc(), customers.c.id.desc())
        .limit(limit)
    )
    return [Prospect(row.id, row.since, {field: row._mapping[field.value] for field in partner.released}) for row in rows]


def _no_objection() -> ColumnElement[bool]:
    by_hash = objections.c.email_hash == customers.c.email_hash, objections.c.address_hash == customers.c.address_hash
    return ~exists().where(or_(objections.c.customer_id == customers.c.id, *by_hash))


def note_views(connection: Connection, partner: Partner, seen: Sequence[Prospect], now: datetime) -> None:
    """Write down what the partner is about to be shown; without released fields there is nothing to be seen, and nothing to note."""
    if seen and partner.released:
        fields = [field.value for field in partner.released]
        connection.execute(insert(prospect_views), [{"partner_id": partner.id, "customer_id": one.id, "fields": fields, "seen_at": now} for one in seen])


def views(connection: Connection, limit: int, partner: Partner | None = None) -> list[View]:
    """The access log, the newest first: for the operator, and for a person who asks who has seen their data."""
    query = select(partners.c.slug, prospect_views).join(partners, partners.c.id == prospect_views.c.partner_id)
    if partner:
        query = query.where(prospect_views.c.partner_id == partner.id)
    rows = connection.execute(query.order_by(prospect_views.c.id.desc()).limit(limit))
    return [View(row.slug, row.customer_id, tuple(ContactField(field) for field in row.fields), row.seen_at) for row in rows]
