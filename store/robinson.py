"""Who stands on the Robinson list?  Kept as keyed hashes: these people never asked to be in our database."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from campaigns.objection import RobinsonEntry
from campaigns.record import Outcome
from campaigns.rejection import Rejection, RejectionReason
from store.hashes import address_hash
from store.schema import robinson
from store.upsert import insert_for


def upsert_entries(connection: Connection, records: Sequence[RobinsonEntry], secret: bytes, now: datetime) -> list[Outcome | Rejection]:
    """Add who is new and say what became of each; without a full name and address an entry is rejected."""
    hashes = [address_hash(record.address, secret) for record in records]
    wanted = {one for one in hashes if one}
    known = set(connection.execute(select(robinson.c.address_hash).where(robinson.c.address_hash.in_(wanted))).scalars()) if wanted else set()
    if wanted - known:
        statement = insert_for(connection, robinson).on_conflict_do_nothing(index_elements=["address_hash"])
        connection.execute(statement, [{"address_hash": one, "listed_at": now} for one in sorted(wanted - known)])
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
