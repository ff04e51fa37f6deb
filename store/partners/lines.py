"""Who came through whom: a partner's first line, and the tree below a partner?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, exists, func, literal, or_, select, tuple_

from campaigns.partner import Partner
from store.partners.own import is_self, somebody
from store.partners.register import to_partner
from store.schema import coupons, customers, first_lines, partners, redemptions
from store.upsert import insert_for


@dataclass(frozen=True, slots=True)
class FirstLine:
    """Somebody whom a partner has brought, as far as a partner may see it: no name, no address."""

    place: int
    """Running number, 1 for the first."""
    assigned_at: datetime
    is_customer: bool
    """Address type: customer (Kunde) once an order was completed, else prospect (Interessent)."""
    code: str
    """The partner's code that the person came with; empty where the operator assigned by hand."""


@dataclass(frozen=True, slots=True)
class Downline:
    """A partner in the tree, with what came through him or her directly."""

    partner: Partner
    depth: int
    """0 for the partner that the tree is asked for, or for one without a sponsor."""
    brought: int


def assign_first_line(connection: Connection, customer_id: int, partner_id: int, redemption_id: int | None, now: datetime) -> bool:
    """Let a new customer belong to a partner's first line; the first assignment stands (product.md 8.2).

    False, and nothing changes, for somebody who has one already, for the partner in person, for whoever has bought before under
    another record, and for a partner or customer that is not there. Safe to repeat and to race: the table's key decides.
    """
    partner = connection.execute(select(partners).where(partners.c.id == partner_id)).one_or_none()
    buyer = connection.execute(select(customers.c.id).where(customers.c.id == customer_id)).one_or_none()
    if partner is None or buyer is None or is_self(connection, to_partner(partner), somebody(connection, [customer_id])):
        return False
    if _bought_before(connection, customer_id):
        return False
    row = {"customer_id": customer_id, "partner_id": partner_id, "redemption_id": redemption_id, "assigned_at": now}
    made = insert_for(connection, first_lines).on_conflict_do_nothing().values(row).returning(first_lines.c.customer_id)
    return connection.execute(made).scalar_one_or_none() is not None  # psycopg counts no rows of such an insert


def _bought_before(connection: Connection, customer_id: int) -> bool:
    """Whether somebody of the same mailbox or home, in any spelling, was a customer first: a second account makes no new customer (decision 0031)."""
    buyer, other = customers.alias("buyer"), customers.alias("other")
    same = or_(other.c.mailbox == buyer.c.mailbox, and_(other.c.home == buyer.c.home, buyer.c.home != ""))
    earlier = tuple_(other.c.first_sale_at, other.c.id) < tuple_(buyer.c.first_sale_at, buyer.c.id)
    before = or_(buyer.c.first_sale_at.is_(None), earlier)
    they = exists().where(buyer.c.id == customer_id, other.c.id != buyer.c.id, other.c.merged_into.is_(None), same, before, other.c.first_sale_at.is_not(None))
    return bool(connection.execute(select(they)).scalar_one())


def first_line(connection: Connection, partner: Partner, limit: int) -> list[FirstLine]:
    """The newest of those whom the partner has brought."""
    query = (
        select(
            func.row_number().over(order_by=(first_lines.c.assigned_at, first_lines.c.customer_id)).label("place"),
            first_lines.c.assigned_at,
            customers.c.first_sale_at,
            func.coalesce(coupons.c.code, "").label("code"),
        )
        .select_from(
            first_lines.join(customers, customers.c.id == first_lines.c.customer_id)
            .outerjoin(redemptions, redemptions.c.id == first_lines.c.redemption_id)
            .outerjoin(coupons, coupons.c.id == redemptions.c.coupon_id)
        )
        .where(first_lines.c.partner_id == partner.id)
        .order_by(first_lines.c.assigned_at.desc(), first_lines.c.customer_id.desc())
        .limit(limit)
    )
    return [FirstLine(row.place, row.assigned_at, row.first_sale_at is not None, row.code) for row in connection.execute(query)]


def first_lines_count(connection: Connection, partner: Partner) -> int:
    """How many the partner has brought."""
    return int(connection.execute(select(func.count()).where(first_lines.c.partner_id == partner.id)).scalar_one())


def downline(connection: Connection, partner: Partner | None = None) -> list[Downline]:
    """The tree below a partner, or the whole of it, each before those whom he or she has sponsored (depth first, by name).

    One query however deep; for the operator alone, a partner sees the own first line only.
    """
    top = partners.c.id == partner.id if partner else partners.c.sponsor_id.is_(None)
    tree = select(partners.c.id, literal(0).label("depth")).where(top).cte("tree", recursive=True)
    tree = tree.union_all(select(partners.c.id, tree.c.depth + 1).join(tree, partners.c.sponsor_id == tree.c.id))
    brought = select(first_lines.c.partner_id, func.count().label("brought")).group_by(first_lines.c.partner_id).subquery()
    rows = connection.execute(
        select(partners, tree.c.depth, brought.c.brought).join(tree, tree.c.id == partners.c.id).outerjoin(brought, brought.c.partner_id == partners.c.id)
    )
    found = {row.id: Downline(to_partner(row), row.depth, row.brought or 0) for row in rows}
    return _ordered(found)


def _ordered(found: Mapping[int, Downline]) -> list[Downline]:
    below: dict[int | None, list[Downline]] = {}
    for one in found.values():
        sponsor = one.partner.sponsor_id if one.depth else None
        below.setdefault(sponsor, []).append(one)
    ordered: list[Downline] = []
    waiting = sorted(below.get(None, []), key=_name, reverse=True)
    while waiting:
        ordered.append(waiting.pop())
        waiting += sorted(below.get(ordered[-1].partner.id, []), key=_name, reverse=True)
    return ordered


def _name(one: Downline) -> str:
    return one.partner.name.casefold()
