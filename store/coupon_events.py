"""Who asked what of a coupon, and what was the answer?  The audit log: nothing in it is changed, and what was granted stays."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, insert, or_, select, update

from campaigns.checkout import Channel
from store.schema import coupon_events, coupons
from store.sets import among


class Action(StrEnum):
    """What was to be done with a coupon, or what was noticed of it."""

    QUOTE = "quote"
    RESERVE = "reserve"
    REDEEM = "redeem"
    RELEASE = "release"
    EXPIRE = "expire"
    ROLL_BACK = "roll_back"
    REMEMBER = "remember"
    VOID = "void"
    DERIVE = "derive"
    """A partner made a code of the partner's own."""
    SWITCH = "switch"
    """A partner took such a code out of use, or back into it."""
    ISSUE = "issue"
    """Codes were drawn in advance: one row for many, which ``detail`` counts."""
    SAVE = "save"
    """Somebody made or changed an offer; ``detail`` says what."""
    PARTNER = "partner"
    """Somebody of the desk took a partner in, or changed what a partner may do or see; ``detail`` says what."""
    DOUBLE_USE = "double_use"
    """An order came in with a code that has no use left: the shop has granted it all the same, and nothing of it is counted."""
    AGAINST_TERMS = "against_terms"
    """An order came in with a code that it should not have been granted (void, out of date, not for this buyer); it is counted."""


GRANTED = "granted"
"""The outcome of what was not refused; else it is a RefusalReason."""
SWITCHED_ON, SWITCHED_OFF = "switched_on", "switched_off"
"""The outcomes of SWITCH."""
REFUSALS_KEPT = timedelta(days=180)
"""Long enough for a person who asks why a coupon was refused, and for whoever looks for guessers."""
_ASKED = (Action.RESERVE, Action.REDEEM, Action.RELEASE, Action.ROLL_BACK, Action.REMEMBER)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log."""

    action: Action
    outcome: str
    at: datetime
    channel: Channel
    coupon_id: int | None = None
    """None: a code that nobody issued. It is not written down: it may be a mistyped one of somebody else's."""
    redemption_id: int | None = None
    actor: str = ""
    source: str = ""
    order_ref: str = ""
    detail: str = ""


_INSERT = insert(coupon_events)
_COLUMNS = tuple(field.name for field in fields(Event))


def note(connection: Connection, events: Sequence[Event]) -> None:
    """Add to the log, in the transaction of what it tells of."""
    if events:
        connection.execute(_INSERT, [{name: getattr(event, name) for name in _COLUMNS} for event in events])


def of_coupon(connection: Connection, coupon_id: int, limit: int = 200) -> list[Event]:
    """The newest events of one coupon, newest first."""
    query = select(coupon_events).where(coupon_events.c.coupon_id == coupon_id).order_by(coupon_events.c.id.desc()).limit(limit)
    return [_to_event(row) for row in connection.execute(query)]


def notes_on(connection: Connection, action: Action, slug: str, limit: int) -> list[Event]:
    """What people did to an offer (SAVE) or a partner (PARTNER) of this short name, the newest first."""
    mine = (coupon_events.c.action == action, coupon_events.c.detail.startswith(f"{slug}: ", autoescape=True))
    query = select(coupon_events).where(*mine).order_by(coupon_events.c.at.desc(), coupon_events.c.id.desc()).limit(limit)
    return [_to_event(row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something about a code that a person should look at."""

    code: str
    event: Event
    id: int = 0
    """Of the line in the log."""
    seen_at: datetime | None = None
    """When somebody at the desk ticked it off, and who."""
    seen_by: str = ""


_TO_LOOK_AT = (Action.DOUBLE_USE, Action.AGAINST_TERMS)


def noticed(connection: Connection, since: datetime, limit: int = 200, *, seen: bool = False) -> list[Noticed]:
    """Codes that orders used twice or against their terms, the newest first: those that nobody has ticked off, or with ``seen`` all."""
    table = coupon_events.c
    query = select(coupon_events, coupons.c.code).join(coupons, coupons.c.id == table.coupon_id)
    query = query.where(table.action.in_(_TO_LOOK_AT), table.at >= since)
    rows = connection.execute((query if seen else query.where(table.seen_at.is_(None))).order_by(table.at.desc(), table.id.desc()).limit(limit))
    return [Noticed(row.code, _to_event(row), row.id, row.seen_at, row.seen_by) for row in rows]


def unseen(connection: Connection, since: datetime) -> int:
    """How many of them nobody has ticked off."""
    table = coupon_events.c
    query = select(func.count()).where(table.action.in_(_TO_LOOK_AT), table.at >= since, table.seen_at.is_(None))
    return int(connection.execute(query).scalar_one())


def tick_off(connection: Connection, ids: Collection[int], by: str, now: datetime) -> int:
    """Somebody has dealt with these; gives how many nobody had ticked off before."""
    table = coupon_events.c
    open_ones = (among(connection, table.id, ids), table.action.in_(_TO_LOOK_AT), table.seen_at.is_(None))
    return len(connection.execute(update(coupon_events).where(*open_ones).values(seen_at=now, seen_by=by).returning(table.id)).all())


def take_back_tick(connection: Connection, event_id: int) -> bool:
    """It is to be looked at once more; False where it was not ticked off."""
    mine = (coupon_events.c.id == event_id, coupon_events.c.seen_at.is_not(None))
    return bool(connection.execute(update(coupon_events).where(*mine).values(seen_at=None, seen_by="")).rowcount)


def counts(connection: Connection, actions: Collection[Action], since: datetime) -> dict[tuple[Action, str], int]:
    """How often each of these actions had which outcome since then: a rise of unknown codes is somebody who guesses."""
    table = coupon_events.c
    query = select(table.action, table.outcome, func.count().label("often")).where(table.action.in_(actions), table.at >= since)
    return {(Action(row.action), row.outcome): row.often for row in connection.execute(query.group_by(table.action, table.outcome))}


def found_by_import(connection: Connection, source: str, since: datetime) -> dict[Action, int]:
    """How many codes the source's orders used twice, and how many against their terms, since an import of it began."""
    table = coupon_events.c
    mine = (table.action.in_((Action.DOUBLE_USE, Action.AGAINST_TERMS)), table.at >= since, table.source == source, table.channel == Channel.IMPORT)
    found = connection.execute(select(table.action, func.count().label("often")).where(*mine).group_by(table.action))
    return {Action(row.action): row.often for row in found}


def is_blocked(coupon_id: Any) -> ColumnElement[bool]:
    """Whether somebody at the desk has blocked the code, for good; ``coupon_id`` as an SQL expression or a number."""
    return exists().where(coupon_events.c.coupon_id == coupon_id, coupon_events.c.action == Action.VOID)


def asked_in_vain() -> ColumnElement[bool]:
    """Quotes, refusals and repeated answers: they go after a while (store.retention).

    What changed a coupon stays (granted, given back, blocked, switched), and so does what a person should look at: it is noticed once.
    """
    table = coupon_events.c
    return or_(table.action == Action.QUOTE, and_(table.action.in_(_ASKED), table.outcome != GRANTED))


def _to_event(row: Row[Any]) -> Event:
    return Event(
        Action(row.action), row.outcome, row.at, Channel(row.channel), row.coupon_id, row.redemption_id, row.actor, row.source, row.order_ref, row.detail
    )  # fmt: skip
