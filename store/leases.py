"""Who is working on something now, so that nobody else writes to it, on whichever machine?

A lease ends by itself when its owner dies. Whoever takes it over gets a higher fence; the former owner, should it wake up, finds
its own fence outdated and writes nothing (reliability facts 2.2).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from store.errors import LostLease
from store.schema import leases
from store.upsert import insert_for


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds something (nobody, if the owner is empty), and until when."""

    owner: str
    until: datetime
    fence: int


def claim(connection: Connection, name: str, place: str, process: int, now: datetime, lasts: timedelta) -> int | None:
    """The fence of the new lease, or None while somebody at another place holds it.

    A place has room for one living process, which the caller is (flows.locks): whoever held the lease from there is dead.
    """
    fresh = insert_for(connection, leases).values(name=name, owner="", until=now, fence=0).on_conflict_do_nothing(index_elements=["name"])
    connection.execute(fresh)
    table = leases.c
    row = connection.execute(select(table.owner, table.until, table.fence).where(table.name == name).with_for_update()).one()
    if row.owner and row.until > now and not row.owner.startswith(f"{place} "):
        return None
    fence = int(row.fence) + 1
    connection.execute(update(leases).where(table.name == name).values(owner=f"{place} {process}", until=now + lasts, fence=fence))
    return fence


def renew(connection: Connection, name: str, fence: int, until: datetime) -> None:
    """Hold it longer; raises LostLease if it is somebody else's by now."""
    held = update(leases).where(leases.c.name == name, leases.c.fence == fence).values(until=until)
    if connection.execute(held).rowcount == 0:
        raise _lost(name)


def check(connection: Connection, name: str, fence: int) -> None:
    """Within the transaction that writes: nobody takes the lease over before it ends.  Raises LostLease."""
    query = select(leases.c.fence).where(leases.c.name == name).with_for_update()
    if connection.execute(query).scalar_one_or_none() != fence:
        raise _lost(name)


def release(connection: Connection, name: str, fence: int, now: datetime) -> None:
    """Let go; a lease that somebody else has taken over stays theirs."""
    connection.execute(update(leases).where(leases.c.name == name, leases.c.fence == fence).values(owner="", until=now))


def find(connection: Connection, name: str) -> Lease | None:
    """The lease of that name, None where nobody ever had one."""
    row = connection.execute(select(leases.c.owner, leases.c.until, leases.c.fence).where(leases.c.name == name)).one_or_none()
    return Lease(row.owner, row.until, row.fence) if row else None


def _lost(name: str) -> LostLease:
    return LostLease(f"Another process has taken over {name}: this one stops here, and what it was about to write is not written.")
