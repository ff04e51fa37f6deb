"""What hangs on a customer, and how does it go over to another one and back?"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, Table, bindparam, delete, exists, insert, select, update

from campaigns.letter import LetterState
from store.schema import (
    carts,
    coupons,
    customer_sources,
    first_lines,
    former_mailboxes,
    holdouts,
    letters,
    objections,
    orders,
    partners,
    privacy_requests,
    prospect_views,
    redemptions,
    sign_up_codes,
    verdicts,
)
from store.sets import among

SIMPLE: tuple[Table, ...] = (orders, carts, coupons, holdouts, privacy_requests, redemptions, sign_up_codes, prospect_views, former_mailboxes)
"""Whose rows just change hands."""
MOVING = (*SIMPLE, customer_sources, letters, objections, verdicts, first_lines, partners)
"""Every table whose rows belong to a customer; a test compares it with the schema."""
_TAKEN_OUT = (LetterState.CANCELLED, LetterState.FAILED)
"""As in schema.LETTER_ONCE_WHERE: such a letter never went out."""
Moved: TypeAlias = dict[str, Any]
"""Table (``sources`` for customer_sources) -> the keys of the rows that went over; of a letter also its trigger before."""


def move(connection: Connection, kept_by: Mapping[int, int]) -> dict[int, Moved]:
    """Hand everything of each who is gone to whoever is kept, and say what that was."""
    moved: dict[int, Moved] = {gone: {} for gone in kept_by}
    _note(connection, customer_sources, kept_by, moved, "sources")
    for table in SIMPLE:
        _note(connection, table, kept_by, moved, table.name)
    for table in (customer_sources, *SIMPLE):
        statement = update(table).where(table.c.customer_id == bindparam("gone")).values(customer_id=bindparam("kept"))
        connection.execute(statement, [{"gone": gone, "kept": kept} for gone, kept in kept_by.items()])
    _move_letters(connection, kept_by, moved)
    for table in (objections, verdicts):
        _move_unless_there(connection, table, kept_by, moved)
    _move_first_lines(connection, kept_by, moved)
    _move_partners(connection, kept_by, moved)
    return moved


def _note(connection: Connection, table: Table, kept_by: Mapping[int, int], moved: Mapping[int, Moved], name: str) -> None:
    keys = list(table.primary_key.columns)
    for row in connection.execute(select(table.c.customer_id, *keys).where(among(connection, table.c.customer_id, kept_by)).order_by(*keys)):
        moved[row.customer_id].setdefault(name, []).append(row[1] if len(keys) == 1 else list(row[1:]))


def _move_letters(connection: Connection, kept_by: Mapping[int, int], moved: Mapping[int, Moved]) -> None:
    """Both may have got the same step for the same trigger: both letters are out, so the second one's trigger says whose it was."""
    table = letters.c
    query = select(table.id, table.customer_id, table.campaign_id, table.trigger, table.step, table.state)
    rows = connection.execute(query.where(among(connection, table.customer_id, {*kept_by, *kept_by.values()})).order_by(table.id)).all()
    taken = {(row.customer_id, row.campaign_id, row.trigger, row.step) for row in rows if row.customer_id not in kept_by and row.state not in _TAKEN_OUT}
    values = []
    for row in rows:
        if row.customer_id in kept_by:
            kept = kept_by[row.customer_id]
            place = (kept, row.campaign_id, row.trigger, row.step)
            trigger = f"{row.trigger} of {row.customer_id}" if place in taken else row.trigger
            if row.state not in _TAKEN_OUT:
                taken.add(place)
            moved[row.customer_id].setdefault("letters", []).append([row.id, row.trigger])
            values.append({"letter": row.id, "owner": kept, "new": trigger})
    _give_letters(connection, values)


def _give_letters(connection: Connection, values: list[dict[str, Any]]) -> None:
    if values:
        statement = update(letters).where(letters.c.id == bindparam("letter")).values(customer_id=bindparam("owner"), trigger=bindparam("new"))
        connection.execute(statement, values)


def _move_unless_there(connection: Connection, table: Table, kept_by: Mapping[int, int], moved: Mapping[int, Moved]) -> None:
    """A person has one objection, and one verdict per campaign: the kept one's stays, the other's stays with the tombstone as evidence."""
    key = next(column for column in table.primary_key.columns if column.name != "customer_id")
    per = [table.c.campaign_id] if "campaign_id" in table.c else []
    query = select(table.c.customer_id, key.label("its_key"), *per).where(among(connection, table.c.customer_id, {*kept_by, *kept_by.values()}))
    rows = connection.execute(query.order_by(table.c.customer_id, key)).all()
    taken = {(row.customer_id, *row[2:]) for row in rows if row.customer_id not in kept_by}
    moving = []
    for row in rows:
        if row.customer_id in kept_by and (place := (kept_by[row.customer_id], *row[2:])) not in taken:
            taken.add(place)
            moved[row.customer_id].setdefault(table.name, []).append(row.its_key)
            moving.append({"gone": row.customer_id, "kept": place[0], "its": row.its_key})
    if moving:
        statement = update(table).where(table.c.customer_id == bindparam("gone"), key == bindparam("its"))
        connection.execute(statement.values(customer_id=bindparam("kept")), moving)


def _move_first_lines(connection: Connection, kept_by: Mapping[int, int], moved: Mapping[int, Moved]) -> None:
    """A person came through one partner: of two assignments the earlier stands, the other stays with the tombstone as evidence."""
    table = first_lines.c
    query = select(table.customer_id, table.partner_id, table.redemption_id, table.assigned_at)
    rows = {row.customer_id: row for row in connection.execute(query.where(among(connection, table.customer_id, {*kept_by, *kept_by.values()})))}
    for gone, kept in kept_by.items():
        theirs, own = rows.get(gone), rows.get(kept)
        if theirs is not None and (own is None or theirs.assigned_at < own.assigned_at):
            rows[kept] = theirs
            moved[gone]["first_lines"] = True
            connection.execute(delete(first_lines).where(table.customer_id.in_((gone, kept))))
            places = [(kept, theirs), *([(gone, own)] if own else [])]
            connection.execute(insert(first_lines), [{**row._mapping, "customer_id": one} for one, row in places])


def _move_partners(connection: Connection, kept_by: Mapping[int, int], moved: Mapping[int, Moved]) -> None:
    """Partners know themselves as buyers: a self-referral is told by it."""
    table = partners.c
    for row in connection.execute(select(table.id, table.own_customer_id).where(among(connection, table.own_customer_id, kept_by))).all():
        moved[row.own_customer_id].setdefault("partners", []).append(row.id)
        connection.execute(update(partners).where(table.id == row.id).values(own_customer_id=kept_by[row.own_customer_id]))


# --- back --------------------------------------------------------------------------------------------------------------


def give_back(connection: Connection, moved: Moved, kept: int, gone: int, merged_at: datetime) -> None:
    """Let what went over with ``gone``, and what has come in their name since, be theirs again.

    The records at the sources (customer_sources) must be with their customers already: they tell whose an order is.
    """
    for table in (coupons, holdouts, privacy_requests, redemptions, sign_up_codes, prospect_views, former_mailboxes):
        mine = (table.c.customer_id == kept, among(connection, table.c.id, moved.get(table.name, ())))
        connection.execute(update(table).where(*mine).values(customer_id=gone))
    own = objections.alias()  # wherever it lies by now: a later merge may have left it with a tombstone
    has_one = exists().where(own.c.customer_id == gone)
    theirs_before = (among(connection, objections.c.id, moved.get("objections", ())), ~has_one)
    connection.execute(update(objections).where(*theirs_before).values(customer_id=gone))
    triggers = {letter: trigger for letter, trigger in moved.get("letters", ())}
    theirs = connection.execute(select(letters.c.id).where(letters.c.customer_id == kept, among(connection, letters.c.id, triggers))).scalars()
    _give_letters(connection, [{"letter": letter, "owner": gone, "new": triggers[letter]} for letter in theirs])
    old = (verdicts.c.customer_id == kept, verdicts.c.since <= merged_at, among(connection, verdicts.c.campaign_id, moved.get("verdicts", ())))
    connection.execute(update(verdicts).where(*old).values(customer_id=gone))
    for table in (orders, carts):
        _give_back_named(connection, table, moved, kept, gone)
    theirs_now = select(orders.c.id).where(orders.c.customer_id == gone)
    connection.execute(update(redemptions).where(redemptions.c.customer_id == kept, redemptions.c.order_id.in_(theirs_now)).values(customer_id=gone))
    _give_back_first_lines(connection, moved, kept, gone)
    own_record = (partners.c.own_customer_id == kept, among(connection, partners.c.id, moved.get("partners", ())))
    connection.execute(update(partners).where(*own_record).values(own_customer_id=gone))


def _give_back_first_lines(connection: Connection, moved: Moved, kept: int, gone: int) -> None:
    """The two change places again; whoever had none is in nobody's first line."""
    if "first_lines" in moved:
        table = first_lines.c
        rows = {row.customer_id: row for row in connection.execute(select(first_lines).where(table.customer_id.in_((kept, gone))))}
        connection.execute(delete(first_lines).where(table.customer_id.in_(rows)))
        places = [{**rows[one]._mapping, "customer_id": other} for one, other in ((kept, gone), (gone, kept)) if one in rows]
        if places:
            connection.execute(insert(first_lines), places)


def _give_back_named(connection: Connection, table: Table, moved: Moved, kept: int, gone: int) -> None:
    """Orders or carts go to whomever they name by number, else to where they came from, else to whoever alone has their mailbox."""
    claim = customer_sources.c
    query = select(claim.customer_id, claim.source, claim.source_id, claim.number, claim.email_key).where(claim.customer_id.in_((kept, gone)))
    claims = connection.execute(query).all()
    numbers = {(row.source, row.source_id): row.customer_id for row in claims} | {(row.source, row.number): row.customer_id for row in claims}
    mailboxes: dict[str, set[int]] = {}
    for row in claims:
        mailboxes.setdefault(row.email_key, set()).add(row.customer_id)
    held = select(table.c.id, table.c.source, table.c.customer_number, table.c.email_key).where(table.c.customer_id == kept)
    before: Collection[int] = set(moved.get(table.name, ()))
    going = []
    for row in connection.execute(held):
        named = numbers.get((row.source, row.customer_number)) if row.customer_number else None
        if named == gone or (named is None and (row.id in before or mailboxes.get(row.email_key) == {gone})):
            going.append(row.id)
    connection.execute(update(table).where(among(connection, table.c.id, going)).values(customer_id=gone))
