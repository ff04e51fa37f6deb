"""Which letters must not go out any more, although their people were selected?

Asked when a print run is handed over, the last time within the transaction that settles it: people object, die, move, buy and turn
out to be one person while letters wait for approval (product.md 3.3, 3.7, 5.4).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Text, and_, case, cast, exists, func, literal, not_, or_, select

from campaigns.address import AddressState
from campaigns.letter import ON_PAPER
from campaigns.order import SALES
from campaigns.verdict import Reason
from store.robinson import HOLDS as ROBINSON_HOLDS
from store.schema import carts, coupons, customers, letters, objections, orders, robinson


@dataclass(frozen=True, slots=True)
class Obsolete:
    """A letter that must not go out any more, and why."""

    letter_id: int
    customer_id: int
    print_file_id: int
    reason: Reason
    is_seed: bool


def find(connection: Connection, print_run_id: int, now: datetime) -> list[Obsolete]:
    """The print run's letters that must not go out any more, by id, each with the first reason that holds.

    A seed address is our own: it neither buys nor is anybody's duplicate, but whoever has objected gets nothing.
    """
    person = ((_objected(), Reason.OBJECTION), (_on_robinson_list(now), Reason.ROBINSON))
    moot = (
        (_bought(), Reason.CONVERTED),
        (_cart_completed(), Reason.CONVERTED),
        (_coupon_void(), Reason.NO_COUPON_LEFT),
        (or_(customers.c.merged_into.is_not(None), _has_another()), Reason.DUPLICATE),
        (_in_other_campaign(), Reason.IN_OTHER_CAMPAIGN),
    )
    reason = case(
        *((holds, why.value) for holds, why in person),
        (customers.c.address_state != AddressState.OK, customers.c.address_state),
        *((and_(letters.c.is_seed.is_(False), holds), why.value) for holds, why in moot),
    )
    query = (
        select(letters.c.id, letters.c.customer_id, letters.c.print_file_id, reason.label("reason"), letters.c.is_seed)
        .join(customers, customers.c.id == letters.c.customer_id)
        .where(letters.c.print_run_id == print_run_id, letters.c.state.in_(ON_PAPER), reason.is_not(None))
        .order_by(letters.c.id)
    )
    return [Obsolete(row.id, row.customer_id, row.print_file_id, Reason(row.reason), row.is_seed) for row in connection.execute(query)]


def _objected() -> ColumnElement[bool]:
    return or_(
        exists().where(objections.c.customer_id == customers.c.id),
        exists().where(objections.c.email_hash == customers.c.email_hash),
        exists().where(objections.c.address_hash == customers.c.address_hash),
    )


def _on_robinson_list(now: datetime) -> ColumnElement[bool]:
    listed = exists().where(robinson.c.address_hash == customers.c.address_hash, robinson.c.listed_at > now - ROBINSON_HOLDS)
    return and_(customers.c.first_sale_at.is_(None), letters.c.is_seed.is_(False), listed)


def _sale(*when: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(orders.c.customer_id == customers.c.id, orders.c.state.in_(SALES), *when)


def _bought() -> ColumnElement[bool]:
    """An order may be imported late: what counts is when it was placed."""
    return _sale(orders.c.ordered_at > func.coalesce(letters.c.stops_after, letters.c.created_at))


def _cart_completed() -> ColumnElement[bool]:
    """The cart that the letter is about has become an order, of whomever."""
    theirs = (carts.c.customer_id == customers.c.id, carts.c.completed_at.is_not(None))
    return exists().where(letters.c.trigger == literal("cart-") + cast(carts.c.id, Text), *theirs)


def _coupon_void() -> ColumnElement[bool]:
    """The coupon that the letter reminds of is worth nothing any more."""
    theirs = (coupons.c.customer_id == customers.c.id, coupons.c.voided.is_(True))
    return exists().where(letters.c.trigger == literal("coupon-") + cast(coupons.c.id, Text), *theirs)


def _has_another() -> ColumnElement[bool]:
    """Whether an older letter of the campaign says the same to the same person: they were selected as two people.

    A person has one place in a run. Of an earlier run it is the same if the step is and no new sequence began between the two:
    as the kind's audience tells sequences apart (decision 0023).
    """
    older = letters.alias("older")
    bought = exists().where(
        orders.c.customer_id == customers.c.id,
        orders.c.state.in_(SALES),
        orders.c.ordered_at > older.c.created_at,
        orders.c.ordered_at <= letters.c.created_at,
    )
    new_cart = exists().where(
        letters.c.trigger == literal("cart-") + cast(carts.c.id, Text), carts.c.customer_id == customers.c.id, carts.c.created_at >= older.c.created_at
    )
    begins = case(
        (letters.c.trigger.startswith("order-"), bought.correlate(customers, letters, older)),
        (letters.c.trigger.startswith("cart-"), new_cart.correlate(customers, letters, older)),
        (letters.c.trigger.startswith("coupon-"), letters.c.trigger != older.c.trigger),
        else_=False,
    )
    same = and_(older.c.step == letters.c.step, not_(begins))
    theirs = (older.c.customer_id == letters.c.customer_id, older.c.campaign_id == letters.c.campaign_id, older.c.id < letters.c.id)
    printed = (older.c.state.in_(ON_PAPER), older.c.is_seed.is_(False))
    return exists().where(*theirs, *printed, or_(older.c.print_run_id == letters.c.print_run_id, same)).correlate(customers, letters)


def _in_other_campaign() -> ColumnElement[bool]:
    """Whether another campaign's letter to the person is as near: selection never lets that happen to one person, but to two who are united."""
    other = letters.alias("other")
    theirs = (other.c.customer_id == letters.c.customer_id, other.c.campaign_id != letters.c.campaign_id, other.c.is_seed.is_(False))
    on_its_way = and_(other.c.handed_over_at.is_(None), other.c.id < letters.c.id)
    return exists().where(*theirs, other.c.state.in_(ON_PAPER), or_(on_its_way, other.c.handed_over_at >= letters.c.created_at)).correlate(letters)
