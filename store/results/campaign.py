"""How do the counts of one campaign, or of all, become its results?"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Row, func, select

from campaigns.campaign import Campaign
from campaigns.definition import from_dict
from campaigns.errors import InvalidCampaign
from campaigns.results import CampaignResults, Counts, Day, OtherCurrency, Overview, Reckoning, ResultLine
from campaigns.results.lift import lift
from campaigns.verdict import Reason
from store.results import counting
from store.results.counting import Part
from store.results.mailed import counted, starts_at
from store.results.watching import watched
from store.schema import campaign_versions, campaigns, letters

_COUNTED = frozenset(field.name for field in fields(Counts)) - {"excluded"}
_PEOPLE = ("holdout", "buyers", "redeemers")
"""Counted once in each whole: their sums over steps would count people twice."""


def of_campaign(connection: Connection, slug: str, reckoning: Reckoning, now: datetime) -> CampaignResults | None:
    """Everything about one campaign as of ``now``; None if there is no such one.

    Costs some ten statements, however many letters; they read the campaign's letters and the orders of those who got one.
    """
    row = connection.execute(_saved().where(campaigns.c.slug == slug)).one_or_none()
    if row is None:
        return None
    definition = _definition(row.definition)
    parts = _parts(connection, [row.id], reckoning, now)
    days = reckoning.window_days + sum(step.delay_days for step in (definition.steps[1:] if definition else ()))
    return CampaignResults(
        slug=slug,
        name=definition.name if definition else slug,
        kind=definition.kind if definition else None,
        currency=reckoning.currency,
        window_days=reckoning.window_days,
        posting_days=reckoning.posting_days,
        as_of=now,
        total=_total(parts, reckoning.currency, counting.excluded(connection, [row.id]).get(row.id, {})),
        lines=tuple(_lines(parts, reckoning.currency)),
        lift=lift(watched(connection, row.id, days, reckoning, now, len(definition.steps) if definition else None), days),
        last_posted_at=_newest(connection, [row.id], reckoning).get(row.id),
        days=_days(parts, counting.scans_by_hour(connection, row.id, now), reckoning.timezone),
        other_currencies=_others(parts, reckoning.currency),
    )


def overview(connection: Connection, reckoning: Reckoning, now: datetime) -> list[Overview]:
    """All campaigns by slug, each with its totals and without its lift."""
    saved = connection.execute(_saved().order_by(campaigns.c.slug)).all()
    ids = [row.id for row in saved]
    by_campaign: dict[int, list[Part]] = {each: [] for each in ids}
    for part in _parts(connection, ids, reckoning, now):
        by_campaign[part.campaign_id].append(part)
    reasons, newest = counting.excluded(connection, ids), _newest(connection, ids, reckoning)
    return [
        Overview(
            row.slug, definition.name if definition else row.slug, definition.kind if definition else None, reckoning.currency,
            _total(by_campaign[row.id], reckoning.currency, reasons.get(row.id, {})), newest.get(row.id),
        )
        for row, definition in ((row, _definition(row.definition)) for row in saved)
    ]  # fmt: skip


def _saved() -> Any:
    version = campaign_versions.c
    return select(campaigns.c.id, campaigns.c.slug, version.definition).outerjoin(campaign_versions, version.id == campaigns.c.version_id)


def _definition(saved: dict[str, Any] | None) -> Campaign | None:
    try:
        return from_dict(saved) if saved else None
    except InvalidCampaign:
        return None


def _parts(connection: Connection, ids: Collection[int], reckoning: Reckoning, now: datetime) -> list[Part]:
    return list(
        chain(
            counting.of_letters(connection, ids, reckoning),
            counting.of_holdouts(connection, ids),
            counting.of_scans(connection, ids, now),
            counting.of_objections(connection, ids),
            counting.of_redemptions(connection, ids, reckoning.currency),
            counting.of_sales(connection, ids, reckoning, now),
        )
    )


def _newest(connection: Connection, ids: Collection[int], reckoning: Reckoning) -> Mapping[int, datetime]:
    query = select(letters.c.campaign_id, func.max(starts_at(connection, reckoning), type_=letters.c.posted_at.type).label("newest"))
    return {row.campaign_id: row.newest for row in connection.execute(query.where(*counted(ids)).group_by(letters.c.campaign_id))}


def _total(parts: Iterable[Part], currency: str, excluded: Mapping[Reason, int]) -> Counts:
    return Counts(excluded=excluded, **_added(parts, currency))


def _lines(parts: Sequence[Part], currency: str) -> Iterable[ResultLine]:
    for step in sorted({part.step for part in parts}):
        here = [part for part in parts if part.step == step]
        yield ResultLine(step, None, Counts(**_added(here, currency, "_step")))
        layouts = sorted({part.layout for part in here})
        for layout in layouts if len(layouts) > 1 else ():
            yield ResultLine(step, layout, Counts(**_added([part for part in here if part.layout == layout], currency, "_layout")))


def _added(parts: Iterable[Part], currency: str, of: str = "") -> dict[str, Any]:
    """Sums by name; of people the count that is right for this whole."""
    found: Counter[str] = Counter()
    for part in parts:
        found.update({name: count for name, count in part.counts.items() if name != "revenue_cents" or part.currency == currency})
    people = {name: found[name + of] for name in _PEOPLE}
    return {name: count for name, count in found.items() if name in _COUNTED} | people


def _others(parts: Iterable[Part], currency: str) -> tuple[OtherCurrency, ...]:
    orders: Counter[str] = Counter()
    revenue: Counter[str] = Counter()
    for part in parts:
        if part.currency not in ("", currency):
            orders[part.currency] += part.counts["orders"]
            revenue[part.currency] += part.counts["revenue_cents"]
    return tuple(OtherCurrency(each, orders[each], revenue[each]) for each in sorted(orders))


def _days(parts: Iterable[Part], scans: Sequence[Row[Any]], timezone: tzinfo) -> tuple[Day, ...]:
    found: dict[str, Counter[date]] = {"posted": Counter(), "scans": Counter(), "orders": Counter()}
    for part in parts:
        if part.hour:
            name = "orders" if "orders" in part.counts else "handed_over"
            found["orders" if name == "orders" else "posted"][_day(part.hour, timezone)] += part.counts[name]
    for row in scans:
        found["scans"][_day(row.hour, timezone)] += row.scans
    days = sorted({day for each in found.values() for day in each})
    if not days:
        return ()
    span = (days[0] + timedelta(days=number) for number in range((days[-1] - days[0]).days + 1))
    return tuple(Day(day, found["posted"][day], found["scans"][day], found["orders"][day]) for day in span)


def _day(hour: str, timezone: tzinfo) -> date:
    return datetime.fromisoformat(f"{hour}:00:00").replace(tzinfo=UTC).astimezone(timezone).date()
