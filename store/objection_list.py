"""Who has objected, how did we hear of it, and which letters did it meet?  For the desk, and as evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from campaigns.objection import ObjectionChannel
from store.evidence import Effect
from store.schema import customers, letters, objection_evidence, objections
from store.sets import among

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Filed:
    """One objection."""

    id: int
    channel: ObjectionChannel
    source: str
    received_at: datetime
    filed_at: datetime | None
    letter_id: int | None
    """The letter whose code it came by."""
    customer_id: int | None
    """None for somebody whom no import has brought yet."""
    name: str
    """Empty for those who are not known, and for those who were erased."""
    stopped: tuple[int, ...] = ()
    """Letters that were taken out before they were handed over."""
    too_late: tuple[int, ...] = ()
    """Letters that were at the print shop or with the post."""


def newest(connection: Connection, before: int, limit: int) -> list[Filed]:
    """The newest ones with an id below ``before``, with what each did; names of people whom nobody knows yet are not kept."""
    who = customers.c
    query = select(objections, who.first_name, who.last_name, who.company, who.email).outerjoin(customers, who.id == objections.c.customer_id)
    rows = connection.execute(query.where(objections.c.id < before).order_by(objections.c.id.desc()).limit(limit)).all()
    met = _met(connection, [row.customer_id for row in rows if row.customer_id is not None])
    return [_filed(row, met.get(row.customer_id, ())) for row in rows]


def _met(connection: Connection, ids: Sequence[int]) -> dict[int, list[tuple[int, Effect]]]:
    """Customer -> letters that an objection of theirs met."""
    if not ids:
        return {}
    table, letter = objection_evidence.c, letters.c
    query = select(letter.customer_id, table.letter_id, table.effect).join_from(letters, objection_evidence, table.letter_id == letter.id)
    found: dict[int, list[tuple[int, Effect]]] = {}
    for row in connection.execute(query.where(among(connection, letter.customer_id, ids)).order_by(table.letter_id)):
        found.setdefault(row.customer_id, []).append((row.letter_id, Effect(row.effect)))
    return found


def _filed(row: Row[Any], met: Sequence[tuple[int, Effect]]) -> Filed:
    name = f"{row.first_name or ''} {row.last_name or ''}".strip() or row.company or row.email or ""
    stopped, late = (tuple(letter for letter, effect in met if effect is one) for one in (Effect.STOPS, Effect.TOO_LATE))
    return Filed(
        row.id, ObjectionChannel(row.channel), row.source, row.received_at, row.filed_at, row.letter_id, row.customer_id, name, stopped, late
    )  # fmt: skip
