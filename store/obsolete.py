"""Which letters must not go out any more, although their people were selected?

Asked when a print run is handed over, the last time within the transaction that settles it: people object, die, move, buy and turn
out to be one person while letters wait for approval (product.md 3.3, 3.7, 5.4).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Case, ColumnElement, Connection, FromClause, Text, and_, case, cast, exists, false, func, literal, not_, or_, select

from campaigns.address import AddressState
from campaigns.letter import ON_PAPER
from campaigns.order import SALES
from campaigns.verdict import Reason
from store.code_uploads import CodeState
from store.robinson import HOLDS as ROBINSON_HOLDS
from store.schema import carts, coupons, customers, holdouts, letters, objections, orders, robinson, uploaded_codes


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
    reason = _reason(letters, now, _has_another(), _code_refused())
    query = (
        select(letters.c.id, letters.c.customer_id, letters.c.print_file_id, reason.label("reason"), letters.c.is_seed)
        .join(customers, customers.c.id == letters.c.customer_id)
        .where(letters.c.print_run_id == print_run_id, letters.c.state.in_(ON_PAPER), reason.is_not(None))
        .order_by(letters.c.id)
    )
    return [Obsolete(row.id, row.customer_id, row.print_file_id, Reason(row.reason), row.is_seed) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A row of ``holdouts`` whose letter would be taken out now, and why."""

    row_id: int
    customer_id: int
    reason: Reason


def held_out(connection: Connection, print_run_id: int, now: datetime) -> list[HeldOut]:
    """Held-out people who are to be left out as the mailed are: else the held-out would keep the buyers and the mailed would not."""
    row = holdouts.c
    columns = (row.id, row.customer_id, row.campaign_id, row.print_run_id, row.trigger, row.stops_after, row.held_out_at.label("created_at"))
    would_be = select(*columns, false().label("is_seed")).where(row.print_run_id == print_run_id).subquery("would_be")
    reason = _reason(would_be, now, false(), false())
    query = select(would_be.c.id, would_be.c.customer_id, reason.label("reason")).join(customers, customers.c.id == would_be.c.customer_id)
    return [HeldOut(row.id, row.customer_id, Reason(row.reason)) for row in connection.execute(query.where(reason.is_not(None)))]


def _reason(letter: FromClause, now: datetime, has_another: ColumnElement[bool], code_refused: ColumnElement[bool]) -> Case[str]:
    """The first reason that holds for a letter, real or would-be."""
    person = ((objected(), Reason.OBJECTION), (_on_robinson_list(letter, now), Reason.ROBINSON))
    moot = (
        (_bought(letter), Reason.CONVERTED),
        (_cart_completed(letter), Reason.CONVERTED),
        (or_(_coupon_void(letter), code_refused), Reason.NO_COUPON_LEFT),
        (or_(customers.c.merged_into.is_not(None), has_another), Reason.DUPLICATE),
        (_in_other_campaign(letter), Reason.IN_OTHER_CAMPAIGN),
    )
    return case(
        *((holds, why.value) for holds, why in person),
        (customers.c.address_state != AddressState.OK, customers.c.address_state),
        *((and_(letter.c.is_seed.is_(False), holds), why.value) for holds, why in moot),
    )


def objected() -> ColumnElement[bool]:
    """Whether the customer of the query, by whatever is known of them, has objected to letters."""
    return or_(
        exists().where(objections.c.customer_id == customers.c.id),
        exists().where(objections.c.email_hash == customers.c.email_hash),
        exists().where(objections.c.address_hash == customers.c.address_hash),
    )


def _on_robinson_list(letter: FromClause, now: datetime) -> ColumnElement[bool]:
    listed = exists().where(robinson.c.address_hash == customers.c.address_hash, robinson.c.listed_at > now - ROBINSON_HOLDS)
    return and_(customers.c.first_sale_at.is_(None), letter.c.is_seed.is_(False), listed)


def _sale(*when: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(orders.c.customer_id == customers.c.id, orders.c.state.in_(SALES), *when)


def _bought(letter: FromClause) -> ColumnElement[bool]:
    """An order may be imported late: what counts is when it was placed."""
    return _sale(orders.c.ordered_at > func.coalesce(letter.c.stops_after, letter.c.created_at))


def _cart_completed(letter: FromClause) -> ColumnElement[bool]:
    """The cart that the letter is about has become an order, of whomever."""
    theirs = (carts.c.customer_id == customers.c.id, carts.c.completed_at.is_not(None))
    return exists().where(_is_about(letter, "cart-", carts.c.id), *theirs)


def _coupon_void(letter: FromClause) -> ColumnElement[bool]:
    """The coupon that the letter reminds of is worth nothing any more."""
    theirs = (coupons.c.customer_id == customers.c.id, coupons.c.voided.is_(True))
    return exists().where(_is_about(letter, "coupon-", coupons.c.id), *theirs)


def _code_refused() -> ColumnElement[bool]:
    """The letter's shop does not take its code."""
    refused = uploaded_codes.c.state == CodeState.REFUSED
    return exists().where(coupons.c.letter_id == letters.c.id, uploaded_codes.c.coupon_id == coupons.c.id, refused).correlate(letters)


def _is_about(letter: FromClause, what: str, row_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the trigger names this row: ``cart-7``, ``cart-7-order-9`` after a sale, ``cart-7 of 3`` after a merge."""
    name = literal(what) + cast(row_id, Text)
    return or_(letter.c.trigger == name, letter.c.trigger.startswith(name + "-"), letter.c.trigger.startswith(name + " "))


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
    new_cart = exists().where(_is_about(letters, "cart-", carts.c.id), carts.c.customer_id == customers.c.id, carts.c.created_at >= older.c.created_at)
    begins = case(
        (letters.c.trigger.startswith("order-"), bought.correlate(customers, letters, older)),
        (letters.c.trigger.startswith("cart-"), or_(new_cart.correlate(customers, letters, older), bought.correlate(customers, letters, older))),
        (letters.c.trigger.startswith("coupon-"), letters.c.trigger != older.c.trigger),
        else_=False,
    )
    same = and_(older.c.step == letters.c.step, not_(begins))
    theirs = (older.c.customer_id == letters.c.customer_id, older.c.campaign_id == letters.c.campaign_id, older.c.id < letters.c.id)
    printed = (older.c.state.in_(ON_PAPER), older.c.is_seed.is_(False))
    return exists().where(*theirs, *printed, or_(older.c.print_run_id == letters.c.print_run_id, same)).correlate(customers, letters)


def _in_other_campaign(letter: FromClause) -> ColumnElement[bool]:
    """Whether another campaign's letter to the person is as near: selection never lets that happen to one person, but to two who are united."""
    other = letters.alias("other")
    theirs = (other.c.customer_id == letter.c.customer_id, other.c.campaign_id != letter.c.campaign_id, other.c.is_seed.is_(False))
    older = or_(other.c.created_at < letter.c.created_at, and_(other.c.created_at == letter.c.created_at, other.c.campaign_id < letter.c.campaign_id))
    on_its_way = and_(other.c.handed_over_at.is_(None), older)
    return exists().where(*theirs, other.c.state.in_(ON_PAPER), or_(on_its_way, other.c.handed_over_at >= letter.c.created_at)).correlate(letter)
