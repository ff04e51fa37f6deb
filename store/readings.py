"""What does a monitor want to know of the database, in few and cheap questions?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from campaigns.letter import LetterState
from campaigns.print_run import FINISHED, PrintRunState
from store import sync_states, webhooks
from store.imports import ImportState
from store.schema import imports, letters, print_runs, webhook_deliveries
from store.webhooks import DeliveryState

LETTERS_WITHIN = timedelta(days=90)
"""Print runs older than that are not counted over and over."""
_NEWEST_IMPORTS = 200_000
"""Every batch of the API is an import: only so many of the newest are looked through."""
_HOUSEKEEPING = ":housekeeping"  # a colon: no shop is called that
_NIGHTLY = "nightly"


@dataclass(frozen=True, slots=True)
class Readings:
    """How things stood when they were asked for."""

    webhooks: Mapping[DeliveryState, int]
    oldest_webhook_at: datetime | None
    """When the oldest of those came that are still to be worked off."""
    letters: Mapping[LetterState, int]
    """Of print runs begun within 90 days."""
    unfinished_runs: Mapping[PrintRunState, int]
    longest_waiting_since: datetime | None
    """Since when the print run that has waited for approval for longest does so."""
    imported_at: Mapping[str, datetime]
    """Source -> when its last import ended well."""
    housekeeping_at: datetime | None


def take(connection: Connection, now: datetime) -> Readings:
    """Read everything, a query each."""
    return Readings(
        webhooks.counts(connection),
        _oldest_webhook(connection),
        _letters(connection, now - LETTERS_WITHIN),
        _runs(connection),
        _waiting_since(connection),
        _imports(connection),
        _housekeeping(connection),
    )


def answers(connection: Connection) -> bool:
    """Whether our tables can be read: a question that costs nothing."""
    connection.execute(select(print_runs.c.id).limit(1)).all()
    return True


def note_housekeeping(connection: Connection, now: datetime) -> None:
    """It went through to its end."""
    sync_states.save(connection, _HOUSEKEEPING, _NIGHTLY, {}, now)


def _oldest_webhook(connection: Connection) -> datetime | None:
    table = webhook_deliveries.c
    found: datetime | None = connection.execute(select(func.min(table.received_at)).where(table.state == DeliveryState.WAITING)).scalar_one()
    return found


def _letters(connection: Connection, since: datetime) -> dict[LetterState, int]:
    young = select(print_runs.c.id).where(print_runs.c.created_at >= since)
    place = letters.c.print_run_id, letters.c.state  # in the order of the index: a million letters are counted in it alone, and nothing is sorted
    found = dict.fromkeys(LetterState, 0)
    for _, state, count in connection.execute(select(*place, func.count()).where(letters.c.print_run_id.in_(young)).group_by(*place)):
        found[LetterState(state)] += count
    return found


def _runs(connection: Connection) -> dict[PrintRunState, int]:
    table = print_runs.c
    rows = connection.execute(select(table.state, func.count()).where(table.state.not_in(FINISHED)).group_by(table.state))
    known = [state for state in PrintRunState if state not in FINISHED]
    return dict.fromkeys(known, 0) | {PrintRunState(state): count for state, count in rows}


def _waiting_since(connection: Connection) -> datetime | None:
    table = print_runs.c
    found: datetime | None = connection.execute(select(func.min(table.rendered_at)).where(table.state == PrintRunState.AWAITING_APPROVAL)).scalar_one()
    return found


def _imports(connection: Connection) -> dict[str, datetime]:
    table = imports.c
    newest = select(func.max(table.id)).scalar_subquery()
    mine = (table.id > newest - _NEWEST_IMPORTS, table.state == ImportState.FINISHED)
    query = select(table.source, func.max(table.finished_at)).where(*mine).group_by(table.source)
    return {source: at for source, at in connection.execute(query) if at}


def _housekeeping(connection: Connection) -> datetime | None:
    return sync_states.moved_at(connection, _HOUSEKEEPING, _NIGHTLY)
