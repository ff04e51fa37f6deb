"""How do codes that another system made come in?"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, TypeAlias

from sqlalchemy import Connection, bindparam, insert, select, update

from campaigns.coupon import CouponRecord, normalise
from campaigns.customer import email_key
from campaigns.offer import CodeSource, Offer, valid_until
from campaigns.record import Outcome
from campaigns.rejection import Rejection, RejectionReason
from store import issuing, offers
from store.issuing import OWN
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
    partner_id: int | None = None


def upsert_coupons(connection: Connection, records: Sequence[CouponRecord], now: datetime) -> list[Result]:
    """Store what is new or changed and say what became of each; all records come from one source.

    A code is one however it is written (coupon.normalise): people type it from paper, so no two may differ in a hyphen alone.
    A code under an offer that nobody saved, or one that belongs to another offer or to a letter of ours, is rejected. So is one for
    somebody unknown under a personal offer, or one whose letters take imported codes: as nobody's it would be given to a stranger.
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
    query = select(table.code_key, table.id, table.code, table.offer_id, table.letter_id, table.customer_id, table.valid_until, table.source, table.partner_id)
    rows = connection.execute(query.where(among(connection, table.code_key, {normalise(record.code) for record in records})))
    return {row.code_key: _Coupon(*row[1:]) for row in rows}


def _after(record: CouponRecord, before: _Coupon | None, terms: tuple[int, Offer], people: Owners, source: str, now: datetime) -> _Coupon:
    """A blank overwrites nothing: neither whose the code is nor its last day; and what a letter of ours prints stays as it is printed."""
    offer_id, offer = terms
    if before and before.letter_id is not None:
        return before
    owner = _owner(record, people)
    if before:
        last_day = _no_later(record.valid_until, offer) if record.valid_until else before.valid_until
        return before._replace(customer_id=owner or before.customer_id, valid_until=last_day)
    last_day = record.valid_until or valid_until(offer, now.date(), 0)
    return _Coupon(None, record.code, offer_id, None, owner, _no_later(last_day, offer), source)


def _no_later(day: date, offer: Offer) -> date:
    return min(day, offer.valid_until) if offer.valid_until else day


def _owner(record: CouponRecord, people: Owners) -> int | None:
    return people.get(("email", email_key(record.email))) or people.get(("number", record.customer_number))


def _problem(place: int, record: CouponRecord, terms: Mapping[str, tuple[int, Offer]], before: _Coupon | None, people: Owners) -> Rejection | None:
    if not normalise(record.code):
        return Rejection(place, record.code, RejectionReason.NO_KEY, "There is no code in this record: fill in letters or digits.")
    if record.offer not in terms:
        return Rejection(
            place, record.code, RejectionReason.UNKNOWN_OFFER, f'There is no offer "{record.offer}": save it first (flow save-offer), or correct the name.'
        )
    if wrong := _contradiction(record, terms[record.offer], before, people):
        return Rejection(place, record.code, RejectionReason.CONTRADICTION, wrong)
    return None


def _contradiction(record: CouponRecord, terms: tuple[int, Offer], before: _Coupon | None, people: Owners) -> str:
    """Why the code cannot be what the record says; empty where it can."""
    offer_id, offer = terms
    if before:
        is_letters = before.letter_id is not None and before.source == OWN
        checks = (
            (before.partner_id is not None, "belongs to a partner"),
            (is_letters, "belongs to a letter of ours"),
            (before.offer_id != offer_id, "stands for another offer"),
        )
        what = next((what for holds, what in checks if holds), "")
        return f'The code "{before.code}" {what} already: make another one.' if what else ""
    named = bool(record.email or record.customer_number)
    if named and _owner(record, people) is None and (offer.codes is CodeSource.IMPORTED or offer.personal):
        return f'The code "{record.code}" is for somebody whom nobody knows here, and would go to a stranger: import the customers first, then the codes.'
    if offer.personal and not named and offer.codes is not CodeSource.IMPORTED:
        return f'The code "{record.code}" is for nobody, and the offer "{offer.slug}" is personal: name the customer by e-mail or number.'
    return ""


def _write(connection: Connection, changed: Sequence[_Coupon], terms: Mapping[str, tuple[int, Offer]], source: str, now: datetime) -> None:
    offer_of = dict(terms.values())
    new = [
        issuing.row(one.code, one.offer_id, offer_of[one.offer_id], one.valid_until, now, customer_id=one.customer_id, source=source)
        for one in changed
        if one.id is None
    ]
    if new:
        connection.execute(insert(coupons), new)
    old = [{"its": one.id, "owner": one.customer_id, "last_day": one.valid_until} for one in changed if one.id is not None]
    if old:
        statement = update(coupons).where(coupons.c.id == bindparam("its"))
        connection.execute(statement.values(customer_id=bindparam("owner"), valid_until=bindparam("last_day")), old)
