"""Whom do campaigns of higher priority write to today, so that this one leaves them alone (docs/decisions 0022)?"""

from collections.abc import Collection, Iterator
from datetime import timedelta
from pathlib import Path

import layouts
from campaigns.audience import decide
from campaigns.campaign import Campaign
from campaigns.day import Day
from campaigns.errors import InvalidCampaign
from campaigns.sender import Sender
from campaigns.verdict import Outcome, Reason
from flows.errors import OfferGone
from flows.selection.choosing import Rivals, Work, offers_of
from layouts.errors import LayoutError
from letters.check import refuse_misfits
from letters.errors import Misfit
from store import audience, campaigns, letters, print_runs
from store.campaigns import SavedCampaign
from store.engine import Connection

NO_ROOM = (Reason.ABROAD, Reason.BUDGET, Reason.BELOW_MINIMUM, Reason.NO_COUPON_LEFT, Reason.HOUSEHOLD_DUPLICATE, Reason.UNPRINTABLE_TEXT)
"""Why a run leaves out people whom its rules would select: they are free for other campaigns, else they would wait for ever."""
COMPETES_FOR = timedelta(days=35)
"""After its last print run: a monthly schedule and some days."""


def rivals_of(connection: Connection, work: Work, layouts_dir: Path | None) -> Rivals:
    """Asks, within this transaction, which of some people the competing campaigns would write to; the first of them by priority is named."""
    sender = work.occasion.sender
    known = [rival for rival in _competing(connection, work.campaign, work.day) if _can_write(connection, rival.definition, sender, layouts_dir)]

    def taken(ids: Collection[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        for rival in known:
            asked = set(ids) - found.keys()
            found |= dict.fromkeys(_would_get(connection, rival, sender.country, work.day, work.secret, asked), rival.definition.slug)
        return found

    return taken


def _competing(connection: Connection, campaign: Campaign, day: Day) -> Iterator[SavedCampaign]:
    slugs = print_runs.run_since(connection, day.now - COMPETES_FOR) - {campaign.slug}
    found = [saved for slug in slugs if (saved := _readable(connection, slug))]
    for saved in sorted(found, key=lambda one: (one.definition.limits.priority, one.definition.slug)):
        rival = saved.definition
        if rival.limits.priority < campaign.limits.priority and rival.runs_on(day.today) and not _is_used_up(connection, saved):
            yield saved


def _readable(connection: Connection, slug: str) -> SavedCampaign | None:
    """None for a definition of an older version that cannot run any more: it writes to nobody."""
    try:
        return campaigns.by_slug(connection, slug)
    except InvalidCampaign:
        return None


def _can_write(connection: Connection, rival: Campaign, sender: Sender, layouts_dir: Path | None) -> bool:
    """Whether a run of it could begin: one whose layout or offer is gone fails day after day, and would keep people from the others."""
    try:
        offers_of(connection, rival)
        for name in dict.fromkeys(name for step in rival.steps for name in step.layouts):
            refuse_misfits(layouts.load(name, layouts_dir), sender)
    except (OfferGone, LayoutError, Misfit):
        return False
    return True


def _is_used_up(connection: Connection, rival: SavedCampaign) -> bool:
    """Whether it may print nothing more in its whole life: it would keep people from the others for ever."""
    limits = rival.definition.limits
    if limits.max_letters is None and limits.budget_cents is None:
        return False
    made, cents = letters.spent(connection, campaign_id=rival.id)
    return (limits.max_letters is not None and made >= limits.max_letters) or (limits.budget_cents is not None and cents >= limits.budget_cents)


def _would_get(connection: Connection, rival: SavedCampaign, home: str, day: Day, secret: bytes, ids: Collection[int]) -> Iterator[int]:
    """Who of these people its own run would select today; whom it would hold out, or had no room for when it ran last, it takes from nobody."""
    ids = set(ids) - audience.last_said(connection, rival.id, ids, NO_ROOM) if ids else ids
    if not ids:
        return
    for candidate in audience.page(connection, rival.id, rival.definition, home, 0, len(ids), day, only=ids):
        if decide(candidate.facts, rival.definition, day, secret).outcome is Outcome.SELECTED:
            yield candidate.facts.customer_id
