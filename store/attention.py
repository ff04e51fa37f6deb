"""What needs a person's attention: what waits, what failed, what has not been heard of for too long?"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select

from campaigns.errors import InvalidCampaign
from campaigns.print_run import PrintRunState
from store import campaigns, imports
from store.imports import Import, ImportState
from store.schema import campaigns as campaigns_table
from store.schema import print_runs, shop_reports, sync_states
from store.shop_reports.listing import ReportState

OVERDUE = timedelta(days=2)
"""A shop whose records are read every night has missed one by then."""


def print_runs_in(connection: Connection, states: Collection[PrintRunState], before: datetime) -> list[tuple[int, str]]:
    """Number and name of print runs that are in one of these states, since before then: decided or, where nobody has, rendered."""
    table = print_runs.c
    since = func.coalesce(table.decided_at, table.rendered_at, table.created_at)
    query = select(table.id, campaigns_table.c.slug).join(campaigns_table, campaigns_table.c.id == table.campaign_id)
    rows = connection.execute(query.where(table.state.in_(states), since <= before).order_by(table.id))
    return [(row.id, f"{row.slug}-{row.id:05d}") for row in rows]


def failed_imports(connection: Connection) -> list[Import]:
    """The newest import of each kind of each source, where it failed."""
    return [one for one in imports.latest(connection) if one.state is ImportState.FAILED]


def overdue_sources(connection: Connection, before: datetime) -> tuple[str, ...]:
    """Sources that are read again and again, and have not been since then; CSV files come when they come and are not among them."""
    table = sync_states.c
    query = select(table.source).group_by(table.source).having(func.max(table.moved_at) < before).order_by(table.source)
    return tuple(connection.execute(query).scalars())


def rejected_reports(connection: Connection, since: datetime) -> tuple[str, ...]:
    """Names of print shops' reports since then that were not taken over in full, the newest first."""
    table = shop_reports.c
    query = select(table.name).where(table.received_at >= since, or_(table.rejected > 0, table.message != "", table.state == ReportState.TAKING_IN))
    return tuple(connection.execute(query.order_by(table.id.desc()).limit(50)).scalars())


def unreadable_campaigns(connection: Connection) -> tuple[str, ...]:
    """Short names of campaigns whose definition this version cannot read any more."""
    return tuple(slug for slug in campaigns.slugs(connection) if _is_unreadable(connection, slug))


def _is_unreadable(connection: Connection, slug: str) -> bool:
    try:
        campaigns.by_slug(connection, slug)
    except InvalidCampaign:
        return True
    return False
