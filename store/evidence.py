"""Which letters did an objection stop, and for which did it come too late (product.md 2.4)?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, case, exists, literal, select, update

from campaigns.letter import BEFORE_HAND_OVER, LetterState
from campaigns.objection import ObjectionChannel
from campaigns.print_run import PrintRunState
from store.columns import UtcDateTime
from store.schema import campaigns, letters, objection_evidence, print_runs
from store.sets import among
from store.upsert import insert_for

ON_ITS_WAY = timedelta(days=14)
"""A letter that was handed over within this time may still arrive after the objection."""
_GONE = (LetterState.HANDED_OVER, LetterState.PRINTED, LetterState.POSTED)


class Effect(StrEnum):
    """What the objection did to one letter."""

    STOPS = "stops"
    """Not handed over yet: it is taken out before."""
    TOO_LATE = "too_late"
    """At the print shop or with the post."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One letter that an objection met."""

    letter_id: int
    campaign: str
    step: int
    effect: Effect
    channel: ObjectionChannel
    received_at: datetime
    handed_over_at: datetime | None


def note(connection: Connection, customer_ids: Collection[int], channel: ObjectionChannel, received_at: datetime, now: datetime) -> None:
    """Write down what the objection of these people means for their letters of now; of two objections the first one stands."""
    if not customer_ids:
        return
    table = letters.c
    settled = exists().where(print_runs.c.id == table.print_run_id, print_runs.c.state == PrintRunState.HANDING_OVER).correlate(letters)
    effect = case((table.state.in_(BEFORE_HAND_OVER) & ~settled, Effect.STOPS.value), else_=Effect.TOO_LATE.value)
    met = table.state.in_(BEFORE_HAND_OVER) | (table.state.in_(_GONE) & (table.handed_over_at > now - ON_ITS_WAY))
    found = select(table.id, effect, literal(str(channel)), literal(received_at, UtcDateTime), literal(now, UtcDateTime))
    statement = insert_for(connection, objection_evidence).from_select(
        ["letter_id", "effect", "channel", "received_at", "noted_at"], found.where(among(connection, table.customer_id, customer_ids), met)
    )
    connection.execute(statement.on_conflict_do_nothing(index_elements=["letter_id"]))


def handed_over(connection: Connection, print_run_id: int) -> None:
    """What was to be stopped and is with the print shop all the same was not: it was filed in the moment that settled the print run."""
    gone = select(letters.c.id).where(letters.c.print_run_id == print_run_id, letters.c.state == LetterState.HANDED_OVER)
    table = objection_evidence.c
    connection.execute(update(objection_evidence).where(table.letter_id.in_(gone), table.effect == Effect.STOPS).values(effect=Effect.TOO_LATE))


def of_people(connection: Connection, customer_ids: Sequence[int]) -> list[Evidence]:
    """What objections of these people did, newest letter first."""
    table = objection_evidence.c
    query = (
        select(table.letter_id, campaigns.c.slug, letters.c.step, table.effect, table.channel, table.received_at, letters.c.handed_over_at)
        .join_from(objection_evidence, letters, letters.c.id == table.letter_id)
        .join(campaigns, campaigns.c.id == letters.c.campaign_id)
        .where(letters.c.customer_id.in_(customer_ids))
        .order_by(table.letter_id.desc())
    )
    rows = connection.execute(query)
    return [Evidence(row[0], row[1], row[2], Effect(row[3]), ObjectionChannel(row[4]), row[5], row[6]) for row in rows]
