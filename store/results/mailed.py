"""Which letters count, from when on, and which orders followed them?"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Select, String, and_, case, cast, exists, func, literal, or_, select, type_coerce

from campaigns.letter import LetterState
from campaigns.order import SALES
from campaigns.results import Reckoning
from store.columns import UtcDateTime
from store.schema import letters, orders
from store.sets import is_postgresql

WITH_THE_SHOP = (LetterState.HANDED_OVER, LetterState.PRINTED, LetterState.POSTED, LetterState.RETURNED)
"""States of a letter that was handed over, and cost what it cost."""


def days_later(connection: Connection, moment: ColumnElement[Any], days: int) -> ColumnElement[datetime]:
    """So many times 24 hours later, to the microsecond, whatever clocks are set back in between."""
    if is_postgresql(connection):
        later: ColumnElement[Any] = moment + func.make_interval(0, 0, 0, 0, days * 24)
    else:
        later = func.datetime(moment, f"{days:+d} days").op("||")(func.substr(moment, 20))
    return type_coerce(later, UtcDateTime())


def hour_of(connection: Connection, moment: ColumnElement[Any]) -> ColumnElement[str]:
    """``2026-11-22 17``, in UTC: days of the shop's calendar are made of them."""
    return func.to_char(func.timezone("UTC", moment), "YYYY-MM-DD HH24") if is_postgresql(connection) else func.substr(cast(moment, String), 1, 13)


def starts_at(connection: Connection, reckoning: Reckoning) -> ColumnElement[datetime]:
    """From when on an order may be the letter's doing: its posting as reported, else so many days after the hand-over."""
    return func.coalesce(letters.c.posted_at, days_later(connection, letters.c.handed_over_at, reckoning.posting_days))


def counted(campaign_ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    """Letters of these campaigns that were handed over; none of our own addresses."""
    return letters.c.campaign_id.in_(campaign_ids), letters.c.is_seed.is_(False), letters.c.state.in_(WITH_THE_SHOP)


def drawn(campaign_id: int) -> tuple[ColumnElement[bool], ...]:
    """Letters that were handed over, whatever became of them: those spoiled or recalled too.

    Who drops out after the draw for what they did since, as by a purchase, would leave the mailed group alone and not the held-out one.
    """
    return letters.c.campaign_id == campaign_id, letters.c.is_seed.is_(False), letters.c.handed_over_at.is_not(None)


def windows(connection: Connection, campaign_ids: Collection[int], reckoning: Reckoning) -> CTE:
    """Letter by letter, the time in which an order is put down to it: from its posting to the next letter's, ``window_days`` at the most."""
    table = letters.c
    started = select(
        table.id, table.campaign_id, table.customer_id, table.step, table.layout, starts_at(connection, reckoning).label("starts_at")
    ).where(*counted(campaign_ids)).cte("started")  # fmt: skip
    its = started.c
    following = func.lead(its.starts_at).over(partition_by=(its.campaign_id, its.customer_id), order_by=(its.starts_at, its.id))
    over = days_later(connection, its.starts_at, reckoning.window_days)
    return select(*its, over.label("ends_at"), type_coerce(following, UtcDateTime()).label("next_at")).cte("windows")


def sales_within(connection: Connection, campaign_ids: Collection[int], reckoning: Reckoning, now: datetime) -> CTE:
    """Every order of a mailed person within the window, once per campaign, with the last letter before it."""
    letter = windows(connection, campaign_ids, reckoning).c
    inside = (
        orders.c.customer_id == letter.customer_id, orders.c.ordered_at >= letter.starts_at, orders.c.ordered_at < letter.ends_at,
        or_(letter.next_at.is_(None), orders.c.ordered_at < letter.next_at), *is_sale(connection, now),
    )  # fmt: skip
    order = (orders.c.id.label("order_id"), orders.c.ordered_at, orders.c.total_cents, orders.c.currency)
    return select(letter.campaign_id, letter.customer_id, letter.step, letter.layout, *order).where(*inside).cte("sales")


def is_sale(connection: Connection, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """A sale by now, and not the same purchase as another source has brought already."""
    return orders.c.state.in_(SALES), orders.c.ordered_at <= now, ~_is_twin(connection)


def _is_twin(connection: Connection) -> ColumnElement[bool]:
    """As store.redemptions.whose tells it: another source, the same person, number (``#1001`` is 1001), total and currency, within a day."""
    other = orders.alias("other")
    before = or_(other.c.ordered_at < orders.c.ordered_at, and_(other.c.ordered_at == orders.c.ordered_at, other.c.id < orders.c.id))
    same = (
        other.c.customer_id == orders.c.customer_id, other.c.ordered_at <= orders.c.ordered_at, before,
        other.c.ordered_at > days_later(connection, orders.c.ordered_at, -1), other.c.state.in_(SALES), other.c.source != orders.c.source,
        other.c.total_cents == orders.c.total_cents, other.c.currency == orders.c.currency, _bare(other.c.number) == _bare(orders.c.number),
        _bare(orders.c.number) != "",
    )  # fmt: skip
    return exists().where(*same).correlate(orders)


def _bare(number: ColumnElement[str]) -> ColumnElement[str]:
    return case((func.substr(number, 1, 1) == "#", func.substr(number, 2)), else_=number)


def once(partition: Collection[ColumnElement[Any]], order: Collection[ColumnElement[Any]]) -> ColumnElement[int]:
    """1 in the first row of each partition, 0 in the others: sums of it count each partition once."""
    return case((func.row_number().over(partition_by=list(partition), order_by=list(order)) == 1, literal(1)), else_=literal(0))


def grouped(rows: CTE, keys: Collection[str], sums: Collection[str]) -> Select[Any]:
    """Sums of some columns of ``rows``, with their number, by some others."""
    by = [rows.c[name] for name in keys]
    return select(*by, func.count().label("rows"), *(func.sum(rows.c[name]).label(name) for name in sums)).group_by(*by)
