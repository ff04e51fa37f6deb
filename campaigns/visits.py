"""How often did somebody really come by a letter's code, if a phone asks twice for one scan?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

SAME_VISIT = timedelta(minutes=30)
"""What web analytics call a session (Google Analytics, Matomo)."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Human scans of one letter by one visitor, none more than half an hour after the one before."""

    first_at: datetime
    last_at: datetime


def visits(scans: Iterable[tuple[str, datetime]]) -> list[Visit]:
    """Fold human scans (visitor, moment) of one letter into visits, in time order; scans without a visitor count as one visitor's."""
    open_visits: dict[str, Visit] = {}
    done: list[Visit] = []
    for visitor, at in sorted(scans, key=lambda scan: scan[1]):
        known = open_visits.get(visitor)
        if known and at - known.last_at <= SAME_VISIT:
            open_visits[visitor] = Visit(known.first_at, at)
        else:
            if known:
                done.append(known)
            open_visits[visitor] = Visit(at, at)
    return sorted([*done, *open_visits.values()], key=lambda visit: visit.first_at)
