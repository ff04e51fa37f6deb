"""How do codes that another system made come in?"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, bindparam, insert, select, update

from campaigns.coupon import CouponRecord, normalise
from campaigns.customer import email_key
from campaigns.offer import CodeSource, Offer
from campaigns.record import Outcome
from campaigns.rejection import Rejection, RejectionReason
from store import offers
from store.code_pool import OWN
from store.people import Owners, owners_of
from store.schema import coupons
from store.sets import among

Result: TypeAlias = Outcome | Rejection


class _Coupon(NamedTuple):
    """A code as it is stored, or is about to be."""

    id: int | None
    code: str
    offer_id: int
    letter_id: int | None
    customer_id: int | None
    valid_until: date
    source: str


def upsert_coupons(connection: Connection, records: Sequence[CouponRecord], now: datetime) -> list[Result]:
    """Store what is new or changed and say what became of each; all records come from one source.

    A code is one however it is written (coupon.normalise): people type it from paper, so no two may differ in a hyphen alone.
    A code under an offer that nobody saved, or one that belongs to another offer or to a letter of ours, is rejected. So is one for
    somebody unknown under an offer whose letters take imported codes: as nobody's it would be given to a stranger.
    """
    if not records:
        return []
    source = records[0].source
    terms = offers.by_slug(connection, {record.offer for record in records})
    stored = _stored(connection, records)
    people = owners_of(connection, source, records)
    found = dict(stored)
    results: list[Result] = []
    for place, record in enumerate(records):
        key = normalise(record.code)
        before = found.get(key)
        problem = _problem(place, record, terms, before, people)
        if not problem:
            found[key] = _after(record, before, terms[record.offer], people, source, now)
        results.append(problem or (Outcome.UNCHANGED if found[key] == before else Outcome.STORED))
    _write(connection, [one for key, one in found.items() if one != stored.get(key)], terms, source, now)
    return results


def _stored(connection: Connection, records: Sequence[CouponRecord]) -> dict[str, _Coupon]:
    table = coupons.c
    query = select(table.code_key, table.id, table.code, table.offer_id, table.letter_id, table.customer_id, table.valid_until, table.source)
    rows = connection.execute(query.where(among(connection, table.code_key, {normalise(record.code) for record in records})))
    return {row.code_key: _Coupon(*row[1:]) for row in rows}


def _after(record: CouponRecord, before: _Coupon | None, terms: tuple[int, Offer], people: Owners, source: str, now: datetime) -> _Coupon:
    """A blank overwrites nothing: neither whose the code is nor its last day; and what a letter of ours prints stays as it is printed."""
    offer_id, offer = terms
    if before and before.letter_id is not None:
        return before
    owner = _owner(record, people)
    if before:
        return before._replace(customer_id=owner or before.customer_id, valid_until=record.valid_until or before.valid_until)
    return _Coupon(None, record.code, offer_id, None, owner, record.valid_until or (now + timedelta(days=offer.valid_days)).date(), source)


def _owner(record: CouponRecord, people: Owners) -> int | None:
    return people.get(("email", email_key(record.email))) or people.get(("number", record.customer_number))


def _problem(place: int, record: CouponRecord, terms: Mapping[str, tuple[int, Offer]], before: _Coupon | None, people: Owners) -> Rejection | None:
    if not normalise(record.code):
        return Rejection(place, record.code, RejectionReason.NO_KEY, "There is no code in this record: fill in letters or digits.")
    if record.offer not in terms:
        return Rejection(
            place, record.code, RejectionReason.UNKNOWN_OFFER, f'There is no offer "{record.offer}": save it first (flow save-offer), or correct the name.'
        )
    names_somebody = bool(record.email or record.customer_number)
    if before is None and names_somebody and _owner(record, people) is None and terms[record.offer][1].codes is CodeSource.IMPORTED:
        message = f'The code "{record.code}" is for somebody whom nobody knows here, and would go to a stranger: import the customers first, then the codes.'
        return Rejection(place, record.code, RejectionReason.CONTRADICTION, message)
    is_own = before is not None and before.letter_id is not None and before.source == OWN
    if before and (before.offer_id != terms[record.offer][0] or is_own):
        what = "belongs to a letter of ours" if is_own else "stands for another offer"
        return Rejection(place, record.code, RejectionReason.CONTRADICTION, f'The code "{before.code}" {what} already: make another one.')
    return None


def _write(connection: Connection, changed: Sequence[_Coupon], terms: Mapping[str, tuple[int, Offer]], source: str, now: datetime) -> None:
    offer_of = {offer_id: offers.terms_of(offer) for offer_id, offer in terms.values()}
    new: list[dict[str, Any]] = [
        {
            "code": one.code,
            "code_key": normalise(one.code),
            "offer_id": one.offer_id,
            "customer_id": one.customer_id,
            "terms": offer_of[one.offer_id],
            "valid_until": one.valid_until,
            "issued_at": now,
            "source": source,
        }
        for one in changed
        if one.id is None
    ]
    if new:
        connection.execute(insert(coupons), new)
    old = [{"its": one.id, "owner": one.customer_id, "last_day": one.valid_until} for one in changed if one.id is not None]
    if old:
        statement = update(coupons).where(coupons.c.id == bindparam("its"))
        connection.execute(statement.values(customer_id=bindparam("owner"), valid_until=bindparam("last_day")), old)
