"""When was a letter's code scanned, and by what?"""

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from campaigns.letter import ON_PAPER
from campaigns.scan import ScanKind, classify
from store.schema import scans
from store.sets import is_postgresql

REFUSES_A_ROW = (DataError, IntegrityError)
"""Errors of the database about what it was given, not about itself: trying again will not help."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request for a letter's link, before anybody knows whether there is such a letter."""

    id: str
    """UUIDv7 of the application: the same arrival stored again changes nothing."""
    token: str
    """In capitals."""
    seen: ScanKind
    """As far as the request itself tells."""
    scanned_at: datetime
    visitor: str = ""
    """Hash under a key that changes every day, to know a visitor again within a visit; empty for none."""

    def packed(self) -> bytes:
        """For the journal."""
        return json.dumps([self.id, self.token, self.seen, self.scanned_at.timestamp(), self.visitor]).encode()

    @classmethod
    def unpacked(cls, record: bytes) -> "Arrival":
        """The way back from ``packed``; raises ValueError for anything else."""
        match json.loads(record):
            case [str(arrival_id), str(token), str(seen), float(at), str(visitor)]:
                return cls(arrival_id, token, ScanKind(seen), datetime.fromtimestamp(at, UTC), visitor)
        raise ValueError("not an arrival")


@dataclass(frozen=True, slots=True)
class Link:
    """Where a letter's code leads, and what tells a customer's scan from ours."""

    letter_id: int
    landing_url: str
    went_out_at: datetime | None
    """When it was posted; where no print shop says, when it was handed over."""
    is_seed: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    """One request for a letter's link; ``id`` is a UUIDv7 of the application."""

    id: str
    letter_id: int
    kind: ScanKind
    scanned_at: datetime
    visitor: str = ""


def links(connection: Connection, tokens: Collection[str]) -> dict[str, Link]:
    """Those of the tokens (capitals) that stand on the paper of somebody who was not erased since, and where they lead."""
    with _drivers_cursor(connection) as cursor:
        if is_postgresql(connection):
            cursor.execute(f"{_LINKS} = ANY(%s)", (list(tokens),))
            return {token: Link(*rest) for token, *rest in cursor.fetchall()}
        cursor.execute(f"{_LINKS} IN (SELECT value FROM json_each(?))", (json.dumps(list(tokens)),))  # noqa: S608 (words of our own)
        return {token: Link(letter_id, url, _moment(text), bool(is_seed)) for token, letter_id, url, text, is_seed in cursor.fetchall()}


@contextmanager
def _drivers_cursor(connection: Connection) -> Iterator[Any]:
    """Past SQLAlchemy, which would make a batch of one scan cost twice as much (make bench AREA=scans); its errors all the same."""
    cursor: Any = connection.connection.cursor()
    driver: Any = connection.dialect.dbapi
    try:
        yield cursor
    except driver.Error as error:
        is_gone = connection.dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor)
        if is_gone:
            connection.invalidate(error)
        raise DBAPIError.instance(None, None, error, driver.Error, True, is_gone, connection.dialect) from error


_LINKS = f"""SELECT letters.token, letters.id, letters.landing_url, coalesce(letters.posted_at, letters.handed_over_at), letters.is_seed
FROM letters JOIN customers ON customers.id = letters.customer_id
WHERE customers.erased_at IS NULL AND letters.state IN ({", ".join(f"'{state}'" for state in ON_PAPER)}) AND letters.token"""  # noqa: S608 (words of our own)
_COLUMNS = "id, letter_id, kind, scanned_at, visitor"
_ONCE = "ON CONFLICT (id) DO NOTHING"


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def take_in(connection: Connection, arrivals: Sequence[Arrival]) -> list[str | None]:
    """Store the scans of all arrivals that name a letter; where each leads, None for a token that stands on no paper."""
    known = links(connection, {arrival.token for arrival in arrivals})
    record_all(connection, [_scan(arrival, known[arrival.token]) for arrival in arrivals if arrival.token in known])
    return [known[arrival.token].landing_url if arrival.token in known else None for arrival in arrivals]


def _scan(arrival: Arrival, link: Link) -> Scan:
    kind = classify(arrival.seen, link.is_seed, link.went_out_at, arrival.scanned_at)
    return Scan(arrival.id, link.letter_id, kind, arrival.scanned_at, arrival.visitor)


def record_all(connection: Connection, found: Sequence[Scan]) -> None:
    """Store scans; the same ones again change nothing."""
    if not found:
        return
    rows = [(scan.id, scan.letter_id, str(scan.kind), scan.scanned_at, scan.visitor) for scan in found]
    with _drivers_cursor(connection) as cursor:
        if is_postgresql(connection):
            columns = [list(column) for column in zip(*rows, strict=True)]
            unnested = "unnest(%s::text[], %s::bigint[], %s::text[], %s::timestamptz[], %s::text[])"
            cursor.execute(f"INSERT INTO scans ({_COLUMNS}) SELECT * FROM {unnested} {_ONCE}", columns)  # noqa: S608
        else:
            cursor.executemany(f"INSERT INTO scans ({_COLUMNS}) VALUES (?, ?, ?, ?, ?) {_ONCE}", rows)  # noqa: S608


def record(connection: Connection, scan: Scan) -> None:
    """Store one scan; the same one again changes nothing."""
    record_all(connection, [scan])


def of_letters(connection: Connection, letter_ids: Sequence[int]) -> list[Scan]:
    """All scans of these letters in time order."""
    query = (
        select(scans.c.id, scans.c.letter_id, scans.c.kind, scans.c.scanned_at, scans.c.visitor)
        .where(scans.c.letter_id.in_(letter_ids))
        .order_by(scans.c.scanned_at, scans.c.id)
    )
    return [Scan(row.id, row.letter_id, ScanKind(row.kind), row.scanned_at, row.visitor) for row in connection.execute(query)]


VISITORS_KEPT = timedelta(days=180)
"""product.md 11.1: raw data of scans."""
