"""How many of the people that letters reached lately have ordered since (product.md 9.3)?"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, exists, func, literal, select, type_coerce

from campaigns.kinds import CampaignKind
from campaigns.order import SALES
from campaigns.results import Band, Meter, MeterKind, Reckoning
from store.columns import UtcDateTime
from store.results.mailed import counted, starts_at
from store.schema import campaign_versions, campaigns, letters, orders


def meters(connection: Connection, days: int, targets: Mapping[MeterKind, Band], reckoning: Reckoning, now: datetime) -> list[Meter]:
    """All three, in the order of their kinds; people who got letters of two kinds count in both."""
    of_kind = _campaigns(connection)
    measured = {kind: _measured(connection, of_kind.get(kind.campaign_kind, []), days, reckoning, now) for kind in MeterKind}
    return [Meter(kind, days, *measured[kind], targets[kind]) for kind in MeterKind]


def _campaigns(connection: Connection) -> dict[str, list[int]]:
    """Kind -> the campaigns that are of it by now."""
    version = campaign_versions.c
    rows = connection.execute(select(campaigns.c.id, version.definition).join(campaign_versions, version.id == campaigns.c.version_id))
    found: dict[str, list[int]] = {kind: [] for kind in CampaignKind}
    for row in rows:
        found.setdefault(str(row.definition.get("kind", "")), []).append(row.id)
    return found


def _measured(connection: Connection, campaign_ids: list[int], days: int, reckoning: Reckoning, now: datetime) -> tuple[int, int]:
    """People contacted, and those of them who ordered."""
    if not campaign_ids:
        return 0, 0
    start = starts_at(connection, reckoning)
    recent = (start > now - timedelta(days=days), start <= now)
    first = select(letters.c.customer_id, type_coerce(func.min(start), UtcDateTime()).label("since")).where(*counted(campaign_ids), *recent)
    people = first.group_by(letters.c.customer_id).cte("contacted")
    ordered = exists().where(
        orders.c.customer_id == people.c.customer_id, orders.c.ordered_at >= people.c.since, orders.c.ordered_at <= now, orders.c.state.in_(SALES)
    )
    row = connection.execute(select(func.count(), func.coalesce(func.sum(case((ordered, literal(1)), else_=literal(0))), 0)).select_from(people)).one()
    return int(row[0]), int(row[1])
