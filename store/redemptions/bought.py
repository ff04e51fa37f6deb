"""Has this person bought before, or used this coupon, whatever way mailbox and address were written?  (product.md 7.4)

Open and completed orders count as bought, and so does one that was completed once, whatever became of it (``customers.first_sale_at``
is final); so does an order that redeemed any coupon and has not come in yet. Cancelled, refunded, offered, test and deleted ones do not.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Connection, and_, exists, or_, select, union

from campaigns.checkout import HOLDS_A_USE, RedemptionState
from campaigns.customer import email_key
from campaigns.newcomer import mailbox
from campaigns.order import SALES
from store.redemptions.buyer import Buyer
from store.schema import customers, new_customers, orders, redemptions
from store.sets import is_postgresql, one_of, values


class Use(NamedTuple):
    """Who holds a use of a coupon."""

    redemption_id: int
    coupon_id: int
    customer_id: int | None
    email_hash: str | None
    address_hash: str | None
    expires_at: datetime | None
    """Of a reservation: from then on it is free, whether housekeeping has seen it or not."""


def uses_of(connection: Connection, coupon_id: int, buyer: Buyer, own: int | None, now: datetime) -> int:
    """How often this person, or household, uses the coupon, beside the redemption ``own``."""
    return count(uses(connection, [buyer], [coupon_id]), coupon_id, buyer, own, now)


def uses(connection: Connection, buyers: Collection[Buyer], coupon_ids: Collection[int]) -> list[Use]:
    """All uses of these coupons by these people and their households; found by person, whose uses are few: a code may have a hundred thousand."""
    ids, keys = {its for one in buyers for its in one.ids | one.neighbours}, {key for one in buyers for key in one.keys}
    if not (ids or keys):
        return []
    query = _uses(is_postgresql(connection))
    asked: dict[str, Collection[Any]] = {"ids": ids, "keys": keys, "coupon_ids": coupon_ids}
    return [Use(*row) for row in connection.execute(query, {name: values(connection, those) for name, those in asked.items()})]


def count(those: Iterable[Use], coupon_id: int, buyer: Buyer, own: int | None, now: datetime) -> int:
    """How many of these are the person's, or the household's, beside the redemption ``own``."""
    keys = set(buyer.keys)
    return sum(
        (one.customer_id in buyer.ids or one.customer_id in buyer.neighbours or one.email_hash in keys or one.address_hash in keys)
        for one in those
        if one.coupon_id == coupon_id and one.redemption_id != own and not (one.expires_at and one.expires_at <= now)
    )


@cache
def _uses(on_postgresql: bool) -> CompoundSelect[Any]:
    table = redemptions.c
    its = select(table.id, table.coupon_id, table.customer_id, table.email_hash, table.address_hash, table.expires_at).where(table.state.in_(HOLDS_A_USE))
    its = its.where(one_of(on_postgresql, table.coupon_id + 0, "coupon_ids"))  # + 0: never by the coupons' index
    whose = ((table.customer_id, "ids"), (table.email_hash, "keys"), (table.address_hash, "keys"))
    return union(*(its.where(one_of(on_postgresql, column, name)) for column, name in whose))


@dataclass(frozen=True, slots=True)
class ThisOrder:
    """The order in question, which makes nobody an old customer by itself."""

    source: str
    order_ref: str
    ordered_at: datetime | None = None
    """Once it has come in: only what was bought before counts."""
    redemption_id: int | None = None


def has_ordered(connection: Connection, buyer: Buyer, order: ThisOrder) -> bool:
    """Whether the person has bought before this order."""
    ids = buyer.ids | buyer.neighbours
    table = orders.c
    other = ~and_(table.source == order.source, or_(table.source_id == order.order_ref, table.number == order.order_ref))
    sale = and_(other, or_(table.state.in_(SALES), table.sold_at.is_not(None)))
    if order.ordered_at:
        sale = and_(sale, table.ordered_at < order.ordered_at)
    waiting = and_(table.customer_id.is_(None), table.email_key.in_({email_key(buyer.shopper.email), mailbox(buyer.shopper.email)} - {""}))
    questions = [exists().where(waiting, sale)]
    if ids:
        long_ago = customers.c.first_sale_at < order.ordered_at if order.ordered_at else customers.c.first_sale_at.is_not(None) & ~_is_sold(order)
        questions += [exists().where(table.customer_id.in_(ids), sale), exists().where(customers.c.id.in_(ids), long_ago)]
    redeemed = redemptions.c
    if persons := [
        *([redeemed.email_hash.in_(buyer.keys), redeemed.address_hash.in_(buyer.keys)] if buyer.keys else []),
        *([redeemed.customer_id.in_(ids)] if ids else []),
    ]:
        elsewhere = ~and_(redeemed.source == order.source, redeemed.order_ref == order.order_ref)
        not_in_yet = and_(redeemed.order_id.is_(None), *([redeemed.created_at < order.ordered_at] if order.ordered_at else []))
        bought = or_(not_in_yet, exists().where(table.id == redeemed.order_id, sale).correlate(redemptions))
        questions.append(exists().where(or_(*persons), redeemed.state == RedemptionState.REDEEMED, elsewhere, bought))
    return bool(connection.execute(select(or_(*questions))).scalar_one())


def _is_sold(order: ThisOrder) -> Any:
    """The first sale is this very order's."""
    table = orders.c
    mine = (table.source == order.source, or_(table.source_id == order.order_ref, table.number == order.order_ref))
    return exists().where(table.customer_id == customers.c.id, *mine, table.sold_at == customers.c.first_sale_at).correlate(customers)


def was_newcomer(connection: Connection, keys: Collection[str], redemption_id: int | None, now: datetime) -> bool:
    """Whether one of these keys has, or has had, a new-customer coupon with another order."""
    table = new_customers.c
    is_over = exists().where(redemptions.c.id == table.redemption_id, redemptions.c.state == RedemptionState.RESERVED, redemptions.c.expires_at <= now)
    query = select(table.redemption_id).where(table.key_hash.in_(keys), ~is_over)
    return any(other != redemption_id for other in connection.execute(query).scalars()) if keys else False
