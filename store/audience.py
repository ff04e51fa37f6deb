"""Who are a campaign's candidates, and all that their verdict may depend on, in one query?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, Select, and_, exists, func, or_, select

from campaigns.address import AddressState, household_key, postal, sort_key
from campaigns.audience import Facts, Verdict
from campaigns.campaign import Campaign
from campaigns.cart import CART_LIFE, CartKind
from campaigns.letter import ON_PAPER, Recipient
from campaigns.order import SALES
from store.profiles import to_customer
from store.schema import carts, customers, letters, objections, orders, verdicts
from store.upsert import insert_for

_LOCK = 7_061_787
"""Any number of our own, beside the one of store.migrate."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person of the audience: the facts to decide on and what a letter would need."""

    facts: Facts
    recipient: Recipient
    household_key: str
    sort_key: str


def lock(connection: Connection) -> None:
    """Let one selection page be decided at a time, of whatever campaign, until this transaction ends.

    Else two campaigns could each find the same person unwritten to and both write (SQLite has its write lock).
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def page(connection: Connection, campaign_id: int, campaign: Campaign, home: str, after: int, limit: int, now: datetime) -> list[Candidate]:
    """The next ``limit`` candidates by customer id: everybody whose last sale is long enough ago."""
    rows = connection.execute(_winback(campaign_id, campaign, after, limit, now))
    return [_candidate(row, home) for row in rows]


def _winback(campaign_id: int, campaign: Campaign, after: int, limit: int, now: datetime) -> Select[Any]:
    erased = select(customers.c.id).where(customers.c.erased_at.is_not(None))
    last = (
        select(orders.c.customer_id, func.max(orders.c.ordered_at).label("at"), func.count().label("orders_count"))
        .where(orders.c.customer_id > after, orders.c.state.in_(SALES), orders.c.customer_id.not_in(erased))
        .group_by(orders.c.customer_id)
        .having(func.max(orders.c.ordered_at) <= now - timedelta(days=campaign.audience.inactive_days))
        .order_by(orders.c.customer_id)
        .limit(limit)
        .subquery()
    )
    sale, newest = orders.alias("sale"), orders.alias("newest")
    newest_id = (
        select(sale.c.id)
        .where(sale.c.customer_id == last.c.customer_id, sale.c.ordered_at == last.c.at, sale.c.state.in_(SALES))
        .order_by(sale.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            customers,
            last.c.orders_count,
            newest.c.id.label("order_id"),
            newest.c.number.label("order_number"),
            newest.c.platform,
            last.c.at.label("last_order_at"),
            _objected().label("objected"),
            _open_cart(now).label("open_cart"),
            *_letter_facts(campaign_id, last.c.at, campaign, now),
        )
        .join_from(last, customers, customers.c.id == last.c.customer_id)
        .join(newest, newest.c.id == newest_id)
        .order_by(customers.c.id)
    )


def _objected() -> ColumnElement[bool]:
    return or_(
        exists().where(objections.c.customer_id == customers.c.id),
        and_(customers.c.email_hash.is_not(None), exists().where(objections.c.email_hash == customers.c.email_hash)),
        and_(customers.c.address_hash.is_not(None), exists().where(objections.c.address_hash == customers.c.address_hash)),
    )


def _open_cart(now: datetime) -> ColumnElement[bool]:
    later_order = exists().where(orders.c.customer_id == carts.c.customer_id, orders.c.ordered_at >= carts.c.updated_at).correlate(carts)
    waits = (carts.c.completed_at.is_(None), carts.c.updated_at > now - CART_LIFE, ~later_order)  # as campaigns.cart says
    pauses = (carts.c.kind == CartKind.CART, carts.c["items"] != [], *waits)
    return exists().where(carts.c.customer_id == customers.c.id, *pauses)


def _letter_facts(campaign_id: int, last_sale_at: ColumnElement[datetime], campaign: Campaign, now: datetime) -> list[ColumnElement[Any]]:
    mine = and_(letters.c.customer_id == customers.c.id, letters.c.state.in_(ON_PAPER))
    sent = func.coalesce(letters.c.handed_over_at, letters.c.created_at)
    # by time and not by trigger: a refunded order, or the same order from a second source, starts no second sequence
    sequence = and_(mine, letters.c.campaign_id == campaign_id, letters.c.created_at > last_sale_at)

    def scalar(value: ColumnElement[Any], where: ColumnElement[bool]) -> ScalarSelect[Any]:
        return select(value).select_from(letters).where(where).correlate_except(letters).scalar_subquery()

    newest_step = select(letters.c.handed_over_at).where(sequence).order_by(letters.c.step.desc()).limit(1).correlate_except(letters).scalar_subquery()
    return [
        scalar(func.max(letters.c.step), sequence).label("last_step"),
        newest_step.label("last_step_at"),
        scalar(func.max(sent), mine).label("last_letter_at"),
        scalar(func.count(), and_(mine, sent > now - timedelta(days=campaign.limits.cap_days))).label("letters_in_cap"),
    ]


def _candidate(row: Row[Any], home: str) -> Candidate:
    customer = to_customer(row)
    facts = Facts(
        customer_id=row.id,
        person_key=row.person_key,
        country=row.country,
        address_state=AddressState(row.address_state),
        address_problem=postal(customer.address, home).problem,
        objected=bool(row.objected),
        from_marketplace=bool(row.platform),
        trigger=f"order-{row.order_id}",
        trigger_at=row.last_order_at,
        open_cart=bool(row.open_cart),
        last_step=row.last_step or 0,
        last_step_at=row.last_step_at,
        last_letter_at=row.last_letter_at,
        letters_in_cap=row.letters_in_cap,
    )
    recipient = Recipient(customer, row.order_number, row.last_order_at, row.orders_count)
    return Candidate(facts, recipient, household_key(customer.address) or "", sort_key(customer.address, home))


def record(connection: Connection, campaign_id: int, decided: Sequence[tuple[int, Verdict]], now: datetime) -> None:
    """Keep the last verdict per person and campaign; ``since`` moves only when it changes."""
    if not decided:
        return
    rows = [
        {
            "campaign_id": campaign_id,
            "customer_id": customer_id,
            "outcome": verdict.outcome,
            "reason": verdict.reason,
            "detail": verdict.detail,
            "step": verdict.step,
            "since": now,
        }
        for customer_id, verdict in decided
    ]
    statement = insert_for(connection, verdicts)
    new = statement.excluded
    changed = or_(*(verdicts.c[name].is_distinct_from(new[name]) for name in ("outcome", "reason", "detail", "step")))
    values = {name: new[name] for name in ("outcome", "reason", "detail", "step", "since")}
    connection.execute(statement.on_conflict_do_update(index_elements=["campaign_id", "customer_id"], set_=values, where=changed), rows)
