"""What may a partner see of those who gave the partner's code and have not bought yet?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, func, insert, literal_column, or_, select

from campaigns.checkout import RedemptionState
from campaigns.partner import ContactField, Partner
from store.schema import coupons, customers, objections, orders, partners, prospect_views, redemptions, sign_up_codes
from store.sets import is_postgresql


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
    """The newest direct prospects: they gave a code of the partner's at sign-up or with an order, and have completed no order yet.

    Anybody can type the code beside a stranger's e-mail address, also into an order that nobody is going to pay. So the shop's own
    records decide: the person is shown who came about when the code was given, or when an order with it was placed. A reservation, or
    somebody who was known before, shows nobody. Nor is anybody shown who objected to advertising or was erased. Fields that are not
    released are not even read.
    """
    both = _signed_up(connection, partner).union_all(_ordered(connection, partner)).subquery()
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


def _signed_up(connection: Connection, partner: Partner) -> Select[Any]:
    """Those whose account was opened with the code: at most a day before it was given, since shops send both in their own time."""
    given = sign_up_codes.c.given_at
    query = select(sign_up_codes.c.customer_id, given.label("since")).join(coupons, coupons.c.id == sign_up_codes.c.coupon_id)
    mine = (coupons.c.partner_id == partner.id, customers.c.registered_at >= _day_before(connection, given))
    return query.join(customers, customers.c.id == sign_up_codes.c.customer_id).where(*mine)


def _ordered(connection: Connection, partner: Partner) -> Select[Any]:
    """Those whom the shop knows, or we know where it does not tell, since an order that has come in with the code."""
    came_at = func.coalesce(customers.c.registered_at, customers.c.created_at)
    query = select(orders.c.customer_id, redemptions.c.created_at.label("since")).join(redemptions, redemptions.c.order_id == orders.c.id)
    mine = (coupons.c.partner_id == partner.id, redemptions.c.state == RedemptionState.REDEEMED, came_at >= _day_before(connection, orders.c.ordered_at))
    return query.join(coupons, coupons.c.id == redemptions.c.coupon_id).join(customers, customers.c.id == orders.c.customer_id).where(*mine)


def _day_before(connection: Connection, moment: ColumnElement[datetime]) -> ColumnElement[Any]:
    return moment - literal_column("interval '1 day'") if is_postgresql(connection) else func.datetime(moment, "-1 day")


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
