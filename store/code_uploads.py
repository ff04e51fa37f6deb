"""Which codes of ours must be in a shop before their letters go out, how far have they come, and which must leave it again?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, exists, func, insert, select, update

from campaigns.letter import BEFORE_HAND_OVER
from campaigns.offer import CodeSource, Offer
from store import offers
from store.schema import code_uploads, coupons, letters, uploaded_codes
from store.upsert import insert_for


class UploadState(StrEnum):
    """Where an upload stands."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    """The shop has its discount."""
    DONE = "done"


class CodeState(StrEnum):
    """Where a code stands on its way into a shop."""

    WAITING = "waiting"
    SENT = "sent"
    """In a batch that the shop works off in its own time."""
    CREATED = "created"
    REFUSED = "refused"
    """The shop does not take it: its letter is taken out."""
    REMOVED = "removed"
    """Void, and no longer good in the shop."""


@dataclass(frozen=True, slots=True)
class Upload:
    """The codes of one offer in one print run: one discount of the shop's, one last day."""

    id: int
    source: str
    title: str
    offer: Offer
    valid_until: date
    discount_id: str
    state: UploadState


def plan(connection: Connection, print_run_id: int, source: str, now: datetime) -> int:
    """Note which codes of the print run's letters have to go into the shop ``source``; safe to repeat. Gives how many are not there yet."""
    wanted = (
        select(coupons.c.id, coupons.c.offer_id, coupons.c.valid_until, coupons.c.terms)
        .join(letters, letters.c.id == coupons.c.letter_id)
        .where(letters.c.print_run_id == print_run_id, letters.c.state.in_(BEFORE_HAND_OVER), _is_for_a_shop())
        .where(~exists().where(uploaded_codes.c.coupon_id == coupons.c.id))
    )
    groups: dict[tuple[int, date], list[int]] = {}
    terms: dict[tuple[int, date], Mapping[str, Any]] = {}
    for row in connection.execute(wanted.order_by(coupons.c.id)):
        groups.setdefault((row.offer_id, row.valid_until), []).append(row.id)
        terms[row.offer_id, row.valid_until] = row.terms
    for (offer_id, last_day), ids in groups.items():
        title = f"Postillion {terms[offer_id, last_day]['slug']}, print run {print_run_id}, until {last_day}"
        new = {"offer_id": offer_id, "print_run_id": print_run_id, "source": source, "title": title, "valid_until": last_day}
        connection.execute(insert_for(connection, code_uploads).on_conflict_do_nothing().values(**new, state=UploadState.PLANNED, created_at=now))
        mine = (code_uploads.c.source == source, code_uploads.c.title == title)
        upload_id = connection.execute(select(code_uploads.c.id).where(*mine)).scalar_one()
        connection.execute(insert(uploaded_codes), [{"coupon_id": one, "upload_id": upload_id, "state": CodeState.WAITING} for one in ids])
        connection.execute(update(code_uploads).where(code_uploads.c.id == upload_id).values(state=_begun()))
    return missing(connection, print_run_id)


def _begun() -> Any:
    """Codes that came later open an upload again."""
    return case((code_uploads.c.discount_id == "", UploadState.PLANNED.value), else_=UploadState.UNDER_WAY.value)


def unfinished(connection: Connection, print_run_id: int) -> list[Upload]:
    """The print run's uploads that are not done, the oldest first."""
    query = select(code_uploads).where(code_uploads.c.print_run_id == print_run_id, code_uploads.c.state != UploadState.DONE)
    return _uploads(connection, query)


def _uploads(connection: Connection, query: Select[Any]) -> list[Upload]:
    rows = connection.execute(query.order_by(code_uploads.c.id)).all()
    return [Upload(row.id, row.source, row.title, _offer(connection, row.id), row.valid_until, row.discount_id, UploadState(row.state)) for row in rows]


def _offer(connection: Connection, upload_id: int) -> Offer:
    """The terms that the letters print, whatever the offer says by now."""
    query = select(coupons.c.terms).join(uploaded_codes, uploaded_codes.c.coupon_id == coupons.c.id).where(uploaded_codes.c.upload_id == upload_id)
    return offers.offer_of(connection.execute(query.order_by(coupons.c.id).limit(1)).scalar_one())


def first_code(connection: Connection, upload_id: int) -> tuple[int, str]:
    """The code that the discount is made with, and found again by; one that was taken out again is nowhere to be found."""
    query = select(coupons.c.id, coupons.c.code).join(uploaded_codes, uploaded_codes.c.coupon_id == coupons.c.id)
    there = (uploaded_codes.c.upload_id == upload_id, uploaded_codes.c.state != CodeState.REMOVED)
    row = connection.execute(query.where(*there).order_by(coupons.c.id).limit(1)).one()
    return row.id, row.code


def waiting(connection: Connection, upload_id: int, limit: int) -> list[tuple[int, str]]:
    """Coupon and code of those that are to be sent next; one whose letter was taken out meanwhile stays here."""
    query = select(coupons.c.id, coupons.c.code).join(uploaded_codes, uploaded_codes.c.coupon_id == coupons.c.id)
    mine = (uploaded_codes.c.upload_id == upload_id, uploaded_codes.c.state == CodeState.WAITING, coupons.c.voided.is_(False))
    return [(row.id, row.code) for row in connection.execute(query.where(*mine).order_by(coupons.c.id).limit(limit))]


def batches(connection: Connection, upload_id: int) -> dict[str, dict[str, int]]:
    """Batch -> its codes with their coupons, of those that the shop was sent and has not answered for."""
    query = select(uploaded_codes.c.batch_id, coupons.c.code, coupons.c.id).join(coupons, coupons.c.id == uploaded_codes.c.coupon_id)
    mine = (uploaded_codes.c.upload_id == upload_id, uploaded_codes.c.state == CodeState.SENT)
    found: dict[str, dict[str, int]] = {}
    for row in connection.execute(query.where(*mine).order_by(coupons.c.id)):
        found.setdefault(row.batch_id, {})[row.code] = row.id
    return found


def note_discount(connection: Connection, upload_id: int, discount_id: str, coupon_id: int) -> None:
    """The shop has the discount, and with it the first code."""
    connection.execute(update(code_uploads).where(code_uploads.c.id == upload_id).values(discount_id=discount_id, state=UploadState.UNDER_WAY))
    note(connection, {coupon_id: ""})


def note_sent(connection: Connection, coupon_ids: Sequence[int], batch_id: str) -> None:
    """The shop was sent these codes, and has given the batch a key."""
    statement = update(uploaded_codes).where(uploaded_codes.c.coupon_id == bindparam("its"))
    connection.execute(statement.values(state=CodeState.SENT, batch_id=batch_id), [{"its": one} for one in coupon_ids])


def note(connection: Connection, results: Mapping[int, str]) -> None:
    """What the shop says of codes: coupon -> why it was refused, empty for one that was created."""
    if results:
        statement = update(uploaded_codes).where(uploaded_codes.c.coupon_id == bindparam("its"))
        changed = statement.values(state=bindparam("now"), detail=bindparam("why"))
        connection.execute(changed, [{"its": one, "now": CodeState.REFUSED if why else CodeState.CREATED, "why": why} for one, why in results.items()])


def send_again(connection: Connection, coupon_ids: Sequence[int]) -> None:
    """The shop has forgotten the batch, or these codes of it: they are sent once more."""
    if coupon_ids:
        statement = update(uploaded_codes).where(uploaded_codes.c.coupon_id == bindparam("its"))
        connection.execute(statement.values(state=CodeState.WAITING, batch_id=""), [{"its": one} for one in coupon_ids])


def close(connection: Connection, upload_id: int, now: datetime) -> None:
    """Every code of the upload has been answered for."""
    connection.execute(update(code_uploads).where(code_uploads.c.id == upload_id).values(state=UploadState.DONE, finished_at=now))


def missing(connection: Connection, print_run_id: int) -> int:
    """How many letters of the run, of those that are still to go out, carry a code that its shop does not have yet (nor has refused)."""
    answered = exists().where(uploaded_codes.c.coupon_id == coupons.c.id, uploaded_codes.c.state.in_([CodeState.CREATED, CodeState.REFUSED]))
    query = select(func.count()).select_from(coupons).join(letters, letters.c.id == coupons.c.letter_id)
    theirs = (letters.c.print_run_id == print_run_id, letters.c.state.in_(BEFORE_HAND_OVER), _is_for_a_shop())
    return int(connection.execute(query.where(*theirs, ~answered)).scalar_one())


def counts(connection: Connection, upload_id: int) -> dict[CodeState, int]:
    """How many codes of an upload are where."""
    query = select(uploaded_codes.c.state, func.count().label("codes")).where(uploaded_codes.c.upload_id == upload_id).group_by(uploaded_codes.c.state)
    return {CodeState(row.state): row.codes for row in connection.execute(query)}


# --- out again ---------------------------------------------------------------------------------------------------------


def runs_to_clear(connection: Connection, source: str) -> list[int]:
    """Print runs with void codes that may still be good in the shop ``source``, the oldest first."""
    query = select(code_uploads.c.print_run_id).where(code_uploads.c.source == source, _may_be_there()).distinct()
    return [run for run in connection.execute(query.order_by(code_uploads.c.print_run_id)).scalars() if run is not None]


def to_clear(connection: Connection, print_run_id: int, source: str) -> list[Upload]:
    """The print run's uploads with such codes."""
    return _uploads(connection, select(code_uploads).where(code_uploads.c.print_run_id == print_run_id, code_uploads.c.source == source, _may_be_there()))


def void(connection: Connection, upload_id: int) -> dict[str, int]:
    """Code -> coupon, of those of an upload that are void and may still be good in the shop.

    One that waits may be there as well: whoever sent it may have died before it was written down.
    """
    query = select(coupons.c.code, coupons.c.id).join(uploaded_codes, uploaded_codes.c.coupon_id == coupons.c.id)
    rows = connection.execute(query.where(uploaded_codes.c.upload_id == upload_id, *_VOID).order_by(coupons.c.id))
    return {row.code: row.id for row in rows}


def has_good(connection: Connection, upload_id: int) -> bool:
    """Whether a code of the upload is not void."""
    theirs = (uploaded_codes.c.upload_id == upload_id, coupons.c.id == uploaded_codes.c.coupon_id, coupons.c.voided.is_(False))
    return bool(connection.execute(select(exists().where(*theirs))).scalar_one())


def note_removed(connection: Connection, coupon_ids: Sequence[int]) -> None:
    """These are no longer good in the shop."""
    if coupon_ids:
        statement = update(uploaded_codes).where(uploaded_codes.c.coupon_id == bindparam("its"))
        connection.execute(statement.values(state=CodeState.REMOVED), [{"its": one} for one in coupon_ids])


def _may_be_there() -> ColumnElement[bool]:
    theirs = (uploaded_codes.c.upload_id == code_uploads.c.id, coupons.c.id == uploaded_codes.c.coupon_id)
    return exists().where(*theirs, *_VOID)


_VOID = (coupons.c.voided.is_(True), uploaded_codes.c.state.in_((CodeState.WAITING, CodeState.SENT, CodeState.CREATED)))


def _is_for_a_shop() -> ColumnElement[bool]:
    return and_(coupons.c.voided.is_(False), coupons.c.terms["codes"].as_string() == CodeSource.SHOPIFY)
