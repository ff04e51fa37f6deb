"""How many letters, answers and orders, by campaign, step and layout?

Each question is one statement that the database adds up; what comes back is a few rows for each step, layout and hour.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, case, distinct, func, literal, or_, select, union_all

from campaigns.checkout import RedemptionState
from campaigns.letter import ON_PAPER, LetterState
from campaigns.order import SALES
from campaigns.results import Reckoning
from campaigns.scan import ScanKind
from campaigns.verdict import Outcome, Reason
from store.audience.history import trigger_of_coupon
from store.results.mailed import WITH_THE_SHOP, counted, grouped, hour_of, once, sales_within, starts_at
from store.schema import coupons, holdouts, letters, objections, orders, redemptions, scans, verdicts

LINE = ("campaign_id", "step", "layout")


class Part(NamedTuple):
    """Something counted of one step and layout."""

    campaign_id: int
    step: int
    layout: str
    counts: dict[str, int]
    hour: str = ""
    currency: str = ""


def of_letters(connection: Connection, ids: Collection[int], reckoning: Reckoning) -> Iterator[Part]:
    """The letters themselves, by hour of posting."""
    table, hour = letters.c, hour_of(connection, starts_at(connection, reckoning))
    by = [*(table[name] for name in LINE), case((table.state.in_(WITH_THE_SHOP), hour), else_=literal("")).label("hour")]
    here = {
        "selected": table.state.in_(ON_PAPER),
        "handed_over": table.state.in_(WITH_THE_SHOP),
        "printed": table.state.in_((LetterState.PRINTED, LetterState.POSTED, LetterState.RETURNED)),
        "posted": table.state.in_((LetterState.POSTED, LetterState.RETURNED)),
        "returned": table.state == LetterState.RETURNED,
        "estimated": and_(table.state.in_(WITH_THE_SHOP), table.posted_at.is_(None)),
    }
    sums = [func.sum(case((condition, literal(1)), else_=literal(0))).label(name) for name, condition in here.items()]
    cost = func.sum(case((here["handed_over"], table.cost_cents), else_=literal(0))).label("cost_cents")
    query = select(*by, *sums, cost).where(table.campaign_id.in_(ids), table.is_seed.is_(False)).group_by(*by)
    for row in connection.execute(query):
        yield _part(row, [*here, "cost_cents"])


def of_holdouts(connection: Connection, ids: Collection[int]) -> Iterator[Part]:
    """People held out: once each in the campaign (``holdout``), in the step (``_step``) and in the step's layout (``_layout``)."""
    table = holdouts.c
    order = (table.step, table.layout, table.id)
    person = (table.campaign_id, table.customer_id)
    rows = select(
        *(table[name] for name in LINE), once(person, order).label("holdout"),
        once((*person, table.step), order).label("holdout_step"), once((*person, table.step, table.layout), order).label("holdout_layout"),
    ).where(table.campaign_id.in_(ids)).cte("people")  # fmt: skip
    names = ("holdout", "holdout_step", "holdout_layout")
    for row in connection.execute(grouped(rows, LINE, names)):
        yield _part(row, names)


def of_scans(connection: Connection, ids: Collection[int], now: datetime) -> Iterator[Part]:
    """Letters scanned by people."""
    by, human = [letters.c[name] for name in LINE], (scans.c.kind == ScanKind.HUMAN, scans.c.scanned_at <= now)
    query = select(*by, func.count(distinct(scans.c.letter_id)).label("scanned")).join(letters, letters.c.id == scans.c.letter_id)
    for row in connection.execute(query.where(*human, *counted(ids)).group_by(*by)):
        yield _part(row, ["scanned"])


def scans_by_hour(connection: Connection, campaign_id: int, now: datetime) -> Sequence[Row[Any]]:
    """Hour and number of all scans by people."""
    hour = hour_of(connection, scans.c.scanned_at).label("hour")
    query = select(hour, func.count().label("scans")).join(letters, letters.c.id == scans.c.letter_id)
    return connection.execute(query.where(scans.c.kind == ScanKind.HUMAN, scans.c.scanned_at <= now, *counted([campaign_id])).group_by(hour)).all()


def of_objections(connection: Connection, ids: Collection[int]) -> Iterator[Part]:
    """Letters whose objection code was used."""
    by = [letters.c[name] for name in LINE]
    query = select(*by, func.count(distinct(letters.c.id)).label("objected")).join(objections, objections.c.letter_id == letters.c.id)
    for row in connection.execute(query.where(*counted(ids)).group_by(*by)):
        yield _part(row, ["objected"])


def of_redemptions(connection: Connection, ids: Collection[int], currency: str) -> Iterator[Part]:
    """Letters whose coupon was redeemed, and the orders that did it; an order with the coupons of two letters counts for the later one.

    A reminder has no coupon of its own: it is about the one that its trigger names, and what that one did before it is not its doing.
    """
    letter, used = letters.c, redemptions.c
    its = [letter[name] for name in (*LINE, "customer_id")]
    own = select(coupons.c.id.label("coupon_id"), letter.id, *its, literal(None, type_=letter.handed_over_at.type).label("since"))
    reminded = select(coupons.c.id.label("coupon_id"), letter.id, *its, letter.handed_over_at.label("since"))
    about = union_all(
        own.join(letters, letter.id == coupons.c.letter_id).where(*counted(ids)),
        reminded.join(letters, letter.trigger == trigger_of_coupon(coupons.c.id)).where(*counted(ids), letter.trigger.startswith("coupon-")),
    ).cte("about")
    order = case((used.order_id.is_(None), -used.id), else_=used.order_id)
    is_order = or_(used.order_id.is_(None), orders.c.state.in_(SALES))
    seen: ColumnElement[int] = once((about.c.campaign_id, order), (about.c.id.desc(), used.id))
    person = (about.c.campaign_id, about.c.customer_id)
    here = {"redeemers": person, "redeemers_step": (*person, about.c.step), "redeemers_layout": (*person, about.c.step, about.c.layout)}
    is_ours = and_(is_order, orders.c.currency == currency)
    rows = (
        select(
            *(about.c[name] for name in LINE), once((about.c.campaign_id, about.c.id), (used.id,)).label("redeemed"),
            case((is_order, seen), else_=literal(0)).label("redeemed_orders"),
            *(case((is_order, once((*those, is_order), (used.id,))), else_=literal(0)).label(name) for name, those in here.items()),
            case((is_ours, seen * orders.c.total_cents), else_=literal(0)).label("redeemed_revenue_cents"),
        )
        .join_from(about, redemptions, used.coupon_id == about.c.coupon_id)
        .outerjoin(orders, orders.c.id == used.order_id)
        .where(used.state == RedemptionState.REDEEMED, or_(about.c.since.is_(None), used.created_at >= about.c.since))
        .cte("uses")
    )  # fmt: skip
    names = ("redeemed", "redeemed_orders", "redeemed_revenue_cents", *here)
    for row in connection.execute(grouped(rows, LINE, names)):
        yield _part(row, names)


def of_sales(connection: Connection, ids: Collection[int], reckoning: Reckoning, now: datetime) -> Iterator[Part]:
    """Orders of mailed people within the window, by hour and currency; buyers as held-out people in ``of_holdouts``."""
    sale = sales_within(connection, ids, reckoning, now)
    its, order = sale.c, (sale.c.ordered_at, sale.c.order_id)
    person = (its.campaign_id, its.customer_id)
    rows = select(
        *(its[name] for name in LINE), its.currency, hour_of(connection, its.ordered_at).label("hour"), its.total_cents.label("revenue_cents"),
        once(person, order).label("buyers"), once((*person, its.step), order).label("buyers_step"),
        once((*person, its.step, its.layout), order).label("buyers_layout"),
    ).cte("ranked")  # fmt: skip
    names = ("revenue_cents", "buyers", "buyers_step", "buyers_layout")
    for row in connection.execute(grouped(rows, (*LINE, "currency", "hour"), names)):
        part = _part(row, names)
        yield part._replace(counts=part.counts | {"orders": int(row.rows)}, currency=row.currency)


def excluded(connection: Connection, ids: Collection[int]) -> dict[int, dict[Reason, int]]:
    """Campaign -> people by the reason why its last run left them out."""
    table = verdicts.c
    query = select(table.campaign_id, table.reason, func.count().label("people")).where(table.campaign_id.in_(ids), table.outcome == Outcome.EXCLUDED)
    found: dict[int, dict[Reason, int]] = {}
    for row in connection.execute(query.group_by(table.campaign_id, table.reason).order_by(func.count().desc(), table.reason)):
        found.setdefault(row.campaign_id, {})[Reason(row.reason)] = row.people
    return found


def _part(row: Row[Any], names: Collection[str]) -> Part:
    values = row._mapping
    return Part(row.campaign_id, row.step, row.layout, {name: int(values[name]) for name in names}, values.get("hour") or "")
