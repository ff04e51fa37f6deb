"""Which campaigns are there, and what did each of their versions say?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from campaigns.campaign import Campaign
from campaigns.definition import as_dict, from_dict
from campaigns.definition import version as content_hash
from store.schema import campaign_versions, campaigns


@dataclass(frozen=True, slots=True)
class SavedCampaign:
    """A campaign with its numbers in the database."""

    id: int
    version_id: int
    definition: Campaign


def save(connection: Connection, campaign: Campaign, now: datetime) -> SavedCampaign:
    """Create the campaign or give it a new version; an equal definition changes nothing."""
    version_id = _version(connection, campaign, now)
    table = campaigns.c
    known = connection.execute(select(table.id).where(table.slug == campaign.slug)).scalar_one_or_none()
    if known is None:
        row = {"slug": campaign.slug, "version_id": version_id, "created_at": now}
        campaign_id = connection.execute(insert(campaigns).values(row).returning(table.id)).scalar_one()
        return SavedCampaign(campaign_id, version_id, campaign)
    connection.execute(update(campaigns).where(table.id == known).values(version_id=version_id))
    return SavedCampaign(known, version_id, campaign)


def _version(connection: Connection, campaign: Campaign, now: datetime) -> int:
    table, current = campaign_versions.c, content_hash(campaign)
    known = connection.execute(select(table.id).where(table.slug == campaign.slug, table.version == current)).scalar_one_or_none()
    if known is not None:
        return int(known)
    row = {"slug": campaign.slug, "version": current, "definition": as_dict(campaign), "saved_at": now}
    return int(connection.execute(insert(campaign_versions).values(row).returning(table.id)).scalar_one())


def by_slug(connection: Connection, slug: str) -> SavedCampaign | None:
    """The campaign as it was last saved."""
    table, version = campaigns.c, campaign_versions.c
    query = (
        select(table.id, version.id.label("version_id"), version.definition).join(campaign_versions, version.id == table.version_id).where(table.slug == slug)
    )
    row = connection.execute(query).one_or_none()
    return SavedCampaign(row.id, row.version_id, from_dict(row.definition)) if row else None


def version(connection: Connection, version_id: int) -> Campaign:
    """The definition that a print run was made with."""
    definition = connection.execute(select(campaign_versions.c.definition).where(campaign_versions.c.id == version_id)).scalar_one()
    return from_dict(definition)


def slugs(connection: Connection) -> list[str]:
    """All campaigns by name."""
    return list(connection.execute(select(campaigns.c.slug).order_by(campaigns.c.slug)).scalars())
