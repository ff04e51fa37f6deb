"""Who was mailed, who was held out, and what did each buy while they were watched (the material of the lift)?"""

from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Float, and_, case, cast, exists, func, literal, select, type_coerce, union_all

from campaigns.results import Group, Reckoning
from campaigns.results.lift import Watched
from store.columns import UtcDateTime
from store.results.mailed import WITH_THE_SHOP, days_later, drawn, is_sale, starts_at
from store.schema import holdouts, letters, merges, orders

_MAILED, _HELD_OUT, _BOTH = "mailed", "held_out", "both"


def watched(connection: Connection, campaign_id: int, days: int, reckoning: Reckoning, now: datetime, steps: int | None = None) -> Watched:
    """Everybody of the campaign by first assignment, watched for ``days`` from the first posting of that print run on.

    The same days for mailed and held-out people of a print run, or one of the groups would have had more time, or another season.
    The letters of later rounds of a loop, whose step is above ``steps``, cost nothing here: neither are their orders counted.
    """
    each = _each(connection, _people(connection, campaign_id, reckoning, steps), days, reckoning.currency, now).c
    query = select(
        each.assigned, each.is_over, func.count().label("people"), func.sum(case((each.orders > 0, literal(1)), else_=literal(0))).label("buyers"),
        func.sum(each.orders).label("orders"), func.sum(_squared(each.orders)).label("orders_squared"),
        func.sum(each.revenue).label("revenue"), func.sum(_squared(each.revenue)).label("revenue_squared"), func.sum(each.cost).label("cost"),
    ).group_by(each.assigned, each.is_over)  # fmt: skip
    groups: dict[tuple[str, bool], Group] = {}
    for row in connection.execute(query):
        group = Group(row.people, int(row.buyers), int(row.orders), float(row.orders_squared), int(row.revenue), float(row.revenue_squared), int(row.cost))
        groups[row.assigned, bool(row.is_over)] = group
    of = {group: (groups.get((group, True), Group()), groups.get((group, False), Group())) for group in (_MAILED, _HELD_OUT, _BOTH)}
    return Watched(*of[_MAILED], *of[_HELD_OUT], sum(group.people for group in of[_BOTH]))


def _squared(value: ColumnElement[Any]) -> ColumnElement[float]:
    return cast(value, Float) * cast(value, Float)


def _people(connection: Connection, campaign_id: int, reckoning: Reckoning, steps: int | None) -> CTE:
    """Person by person: which group, and since when."""
    table, out = letters.c, holdouts.c
    start = starts_at(connection, reckoning)
    here = drawn(campaign_id)
    run = table.print_run_id + 0  # SQLite would read the letters in the order of an index on it, all over the file
    runs = select(run.label("print_run_id"), func.min(start).label("since")).where(*here).group_by(run).cte("runs")
    since = type_coerce(func.coalesce(runs.c.since, days_later(connection, out.handed_over_at, reckoning.posting_days)), UtcDateTime())
    no_moment = literal(None, type_=UtcDateTime())
    is_paid = and_(table.state.in_(WITH_THE_SHOP), *([] if steps is None else [table.step <= steps]))
    cost = case((is_paid, table.cost_cents), else_=literal(0)).label("cost")
    mailed = select(table.customer_id, runs.c.since.label("mailed"), no_moment.label("held_out"), cost).join(runs, runs.c.print_run_id == table.print_run_id)
    held_out = select(out.customer_id, no_moment.label("mailed"), since.label("held_out"), literal(0).label("cost")).outerjoin(
        runs, runs.c.print_run_id == out.print_run_id
    )
    both = union_all(mailed.where(*here), held_out.where(out.campaign_id == campaign_id, out.handed_over_at.is_not(None))).subquery()
    first = select(
        both.c.customer_id, func.min(both.c.mailed).label("mailed"), func.min(both.c.held_out).label("held_out"), func.sum(both.c.cost).label("cost")
    )
    person = first.group_by(both.c.customer_id).subquery().c
    united = exists().where(merges.c.kept_id == person.customer_id, merges.c.gone_id.is_not(None), merges.c.undone_at.is_(None))
    assigned = case(
        (person.held_out.is_(None), _MAILED),
        (person.mailed.is_(None), _HELD_OUT),
        (and_(person.mailed != person.held_out, ~united), case((person.mailed < person.held_out, _MAILED), else_=_HELD_OUT)),
        else_=_BOTH,
    )
    earlier = case((person.mailed.is_(None), person.held_out), (person.held_out < person.mailed, person.held_out), else_=person.mailed)
    return select(person.customer_id, assigned.label("assigned"), type_coerce(earlier, UtcDateTime()).label("since"), person.cost).cte("people")


def _each(connection: Connection, people: CTE, days: int, currency: str, now: datetime) -> CTE:
    """Person by person, what was ordered while they were watched."""
    inside = (
        orders.c.customer_id == people.c.customer_id, orders.c.ordered_at >= people.c.since,
        orders.c.ordered_at < days_later(connection, people.c.since, days), *is_sale(connection, now),
    )  # fmt: skip
    revenue = func.sum(case((orders.c.currency == currency, orders.c.total_cents), else_=literal(0)))
    is_over = days_later(connection, people.c.since, days) <= now
    columns = (people.c.customer_id, people.c.assigned, is_over.label("is_over"), people.c.cost)
    query = select(*columns, func.count(orders.c.id).label("orders"), revenue.label("revenue")).outerjoin_from(people, orders, and_(*inside))
    return query.group_by(people.c.customer_id, people.c.assigned, is_over, people.c.cost).cte("each")
