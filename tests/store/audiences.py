"""What the tests of every kind of audience ask: who is in it, and what is known about them?"""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC

from sqlalchemy import Connection

from campaigns.campaign import Campaign, Step
from campaigns.day import Day
from campaigns.facts import Facts
from campaigns.kinds import Audience, Segment
from store import audience
from store.audience import Candidate
from tests.store.shop import CAMPAIGN, NOW, Run

TODAY = Day(NOW, UTC, 3)


def of(kind: Audience) -> Campaign:
    """A campaign for that audience; its steps do not matter here."""
    return replace(CAMPAIGN, audience=kind, steps=(Step("plain", 0 if isinstance(kind, Segment) else 1),))


def candidates(connection: Connection, run: Run, kind: Audience, only: Collection[int] | None = None, day: Day = TODAY) -> list[Candidate]:
    """The whole audience."""
    return audience.page(connection, run.campaign_id, of(kind), "DE", 0, 100, day, only)


def names(connection: Connection, run: Run, kind: Audience) -> list[str]:
    """Customer numbers of the whole audience."""
    return [one.recipient.customer.number for one in candidates(connection, run, kind)]


def facts(connection: Connection, run: Run, kind: Audience) -> Facts:
    """What is known about the only one in the audience."""
    (found,) = candidates(connection, run, kind)
    return found.facts
