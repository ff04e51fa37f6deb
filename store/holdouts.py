"""Who would have had a letter and got none, so that what the letters do can be measured?"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from store.schema import holdouts
from store.sets import among


@dataclass(frozen=True, slots=True)
class NewHoldout:
    """A person whom the draw keeps out of a step."""

    customer_id: int
    trigger: str
    step: int
    layout: str
    """That the letter would have had."""
    household_key: str
    stops_after: datetime | None = None
    """A sale after this moment would have taken the letter out again."""


def add(connection: Connection, campaign_id: int, print_run_id: int, held_out: Sequence[NewHoldout], now: datetime) -> None:
    """Keep whom a run held out, in which step."""
    rows = [asdict(one) | {"campaign_id": campaign_id, "print_run_id": print_run_id, "held_out_at": now} for one in held_out]
    if rows:
        connection.execute(insert(holdouts), rows)


def households(connection: Connection, print_run_id: int, keys: Collection[str]) -> set[str]:
    """Those of ``keys`` that somebody is held out of in this print run."""
    known = {key for key in keys if key}
    if not known:
        return set()
    query = select(holdouts.c.household_key).where(holdouts.c.print_run_id == print_run_id, among(connection, holdouts.c.household_key, known))
    return set(connection.execute(query).scalars())


def count(connection: Connection, print_run_id: int) -> int:
    """People whom the print run held out."""
    return int(connection.execute(select(func.count()).where(holdouts.c.print_run_id == print_run_id)).scalar_one())


def settle(connection: Connection, print_run_id: int, now: datetime) -> None:
    """The letters of the run are handed over: from now on its held-out people count for the next step, too."""
    mine = (holdouts.c.print_run_id == print_run_id, holdouts.c.handed_over_at.is_(None))
    connection.execute(update(holdouts).where(*mine).values(handed_over_at=now))


def take_out(connection: Connection, ids: Collection[int]) -> None:
    """Forget rows whose letters would have been taken out before hand-over, as those of the mailed are."""
    if ids:
        connection.execute(delete(holdouts).where(among(connection, holdouts.c.id, ids)))


def remove(connection: Connection, print_run_id: int) -> set[int]:
    """Forget whom a print run held out that is not going to be printed; gives their customer ids."""
    gone = delete(holdouts).where(holdouts.c.print_run_id == print_run_id).returning(holdouts.c.customer_id)
    return set(connection.execute(gone).scalars())
