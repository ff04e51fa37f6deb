"""How do codes that another system made come in?"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import Connection, insert, select, update

from campaigns.coupon import CouponRecord
from campaigns.customer import email_key
from campaigns.offer import Offer
from campaigns.record import Outcome
from campaigns.rejection import Rejection, RejectionReason
from store import offers
from store.people import Owners, owners_of
from store.schema import coupons

Result: TypeAlias = Outcome | Rejection


def upsert_coupons(connection: Connection, records: Sequence[CouponRecord], now: datetime) -> list[Result]:
    """Store what is new or changed and say what became of each.

    A code under an offer that nobody saved, or one that belongs to another offer or to a letter of ours, is rejected.
    """
    if not records:
        return []
    terms = offers.by_slug(connection, {record.offer for record in records})
    known = {row.code: row for row in connection.execute(select(coupons).where(coupons.c.code.in_({record.code for record in records})))}
    people = owners_of(connection, records[0].source, records)
    results: list[Result] = []
    new: dict[str, dict[str, Any]] = {}
    for place, record in enumerate(records):
        problem = _problem(place, record, terms, known, new)
        if problem:
            results.append(problem)
            continue
        row = _row(record, *terms[record.offer], people, now)
        old = known.get(record.code)
        if old is None:
            results.append(Outcome.UNCHANGED if new.get(record.code) == row else Outcome.STORED)
            new[record.code] = row
        elif (old.customer_id, old.valid_until) == (row["customer_id"] or old.customer_id, row["valid_until"] if record.valid_until else old.valid_until):
            results.append(Outcome.UNCHANGED)
        else:
            changed = {"customer_id": row["customer_id"] or old.customer_id, "valid_until": row["valid_until"] if record.valid_until else old.valid_until}
            connection.execute(update(coupons).where(coupons.c.id == old.id).values(changed))
            results.append(Outcome.STORED)
    if new:
        connection.execute(insert(coupons), list(new.values()))
    return results


def _problem(place: int, record: CouponRecord, terms: Mapping[str, Any], known: Mapping[str, Any], new: Mapping[str, Any]) -> Rejection | None:
    if not record.code:
        return Rejection(place, "", RejectionReason.NO_KEY, "There is no code in this record: fill in the code.")
    if record.offer not in terms:
        return Rejection(
            place, record.code, RejectionReason.UNKNOWN_OFFER, f'There is no offer "{record.offer}": save it first (flow save-offer), or correct the name.'
        )
    offer_id = terms[record.offer][0]
    old = known.get(record.code)
    if old is not None and (old.offer_id != offer_id or old.letter_id is not None):
        what = "belongs to a letter of ours" if old.letter_id is not None else "stands for another offer"
        return Rejection(place, record.code, RejectionReason.CONTRADICTION, f'The code "{record.code}" {what} already: make another one.')
    if record.code in new and new[record.code]["offer_id"] != offer_id:
        return Rejection(place, record.code, RejectionReason.CONTRADICTION, f'The code "{record.code}" stands here twice, for two offers.')
    return None


def _row(record: CouponRecord, offer_id: int, offer: Offer, people: Owners, now: datetime) -> dict[str, Any]:
    owner = people.get(("email", email_key(record.email))) or people.get(("number", record.customer_number))
    return {
        "code": record.code,
        "offer_id": offer_id,
        "customer_id": owner,
        "terms": asdict(offer),
        "valid_until": record.valid_until or (now + timedelta(days=offer.valid_days)).date(),
        "issued_at": now,
        "source": record.source,
    }
