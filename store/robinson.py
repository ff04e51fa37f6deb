"""Who stands on the Robinson list?  Kept as keyed hashes, for as long as an entry lasts: these people never asked to be in our database."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from campaigns.objection import RobinsonEntry
from campaigns.record import Outcome
from campaigns.rejection import Rejection, RejectionReason
from store.hashes import address_hash
from store.schema import robinson
from store.sets import among
from store.upsert import upsert

HOLDS = timedelta(days=5 * 365 + 1)
"""How long an entry counts, from the day on which we last saw it on the list: five years (DDV; market facts 7)."""


def upsert_entries(connection: Connection, records: Sequence[RobinsonEntry], secret: bytes, now: datetime) -> list[Outcome | Rejection]:
    """Add who is new and say what became of each; without a full name and address an entry is rejected.

    Whoever stands on a later list again is known, and from then on listed for as long as anybody new.
    """
    hashes = [address_hash(record.address, secret) for record in records]
    wanted = {one for one in hashes if one}
    table = robinson.c
    known = set(connection.execute(select(table.address_hash).where(among(connection, table.address_hash, wanted), table.listed_at > now - HOLDS)).scalars())
    upsert(connection, robinson, ("address_hash",), [{"address_hash": one, "listed_at": now} for one in sorted(wanted)])
    results: list[Outcome | Rejection] = []
    for place, (record, one) in enumerate(zip(records, hashes, strict=True)):
        if one is None:
            results.append(_nameless(place, record))
        else:
            results.append(Outcome.UNCHANGED if one in known else Outcome.STORED)
            known.add(one)
    return results


def _nameless(place: int, record: RobinsonEntry) -> Rejection:
    return Rejection(place, record.address.name, RejectionReason.NO_KEY, "Nobody can be told by this: first name, last name, street and postcode are needed.")
