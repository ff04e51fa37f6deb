"""What has a campaign done so far: its definition, its runs, its letters, whom it held out?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select

from campaigns.campaign import Campaign
from campaigns.definition import from_dict
from campaigns.errors import InvalidCampaign
from campaigns.letter import ON_PAPER
from campaigns.scan import ScanKind
from store import print_runs
from store.print_runs import PrintRun
from store.schema import campaign_versions, campaigns, holdouts, letters, scans


@dataclass(frozen=True, slots=True)
class Record:
    """A campaign as the desk shows it; seed addresses count in nothing."""

    slug: str
    definition: Campaign | None
    """As it was last saved; None where that can no longer be read."""
    saved_at: datetime | None
    versions: int
    runs: tuple[PrintRun, ...]
    """The newest first."""
    letters: int
    """On paper: handed over, or on their way there."""
    cost_cents: int
    """Of those letters, as the tariff reckoned it at selection."""
    held_out: int
    """People who were held out of at least one step."""
    scanned: int
    """Letters whose code a person has scanned, each once."""


def everything(connection: Connection) -> list[Record]:
    """Every campaign by name, each with its newest run."""
    return [_record(connection, row, 1) for row in connection.execute(_saved().order_by(campaigns.c.slug)).all()]


def of(connection: Connection, slug: str, runs: int) -> Record | None:
    """One campaign with so many of its newest runs; None if there is no such one."""
    row = connection.execute(_saved().where(campaigns.c.slug == slug)).one_or_none()
    return _record(connection, row, runs) if row else None


def _saved() -> Any:
    version = campaign_versions.c
    return select(campaigns.c.id, campaigns.c.slug, version.definition, version.saved_at).outerjoin(campaign_versions, version.id == campaigns.c.version_id)


def _record(connection: Connection, row: Row[Any], runs: int) -> Record:
    versions = select(func.count()).where(campaign_versions.c.slug == row.slug)
    counted = (letters.c.campaign_id == row.id, letters.c.state.in_(ON_PAPER), letters.c.is_seed.is_(False))
    printed = connection.execute(select(func.count(), func.coalesce(func.sum(letters.c.cost_cents), 0)).where(*counted)).one()
    human = exists().where(scans.c.letter_id == letters.c.id, scans.c.kind == ScanKind.HUMAN)
    scanned = select(func.count()).select_from(letters).where(human)
    held_out = select(func.count(holdouts.c.customer_id.distinct())).where(holdouts.c.campaign_id == row.id)
    return Record(
        slug=row.slug,
        definition=_definition(row.definition),
        saved_at=row.saved_at,
        versions=int(connection.execute(versions).scalar_one()),
        runs=tuple(print_runs.latest(connection, runs, row.id)),
        letters=int(printed[0]),
        cost_cents=int(printed[1]),
        held_out=int(connection.execute(held_out).scalar_one()),
        scanned=int(connection.execute(scanned.where(*counted)).scalar_one()),
    )


def _definition(saved: dict[str, Any] | None) -> Campaign | None:
    try:
        return from_dict(saved) if saved else None
    except InvalidCampaign:
        return None
