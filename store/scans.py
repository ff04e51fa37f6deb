"""When was a letter's code scanned, and by what?"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from campaigns.letter import ON_PAPER
from campaigns.scan import ScanKind, classify
from store.schema import scans
from store.sets import is_postgresql


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
        """The way back from ``packed``."""
        arrival_id, token, seen, at, visitor = json.loads(record)
        return cls(arrival_id, token, ScanKind(seen), datetime.fromtimestamp(at, UTC), visitor)


@dataclass(frozen=True, slots=True)
class Link:
    """Where a letter's code leads, and what tells a customer's scan from ours."""

    letter_id: int
    landing_url: str
    handed_over_at: datetime | None
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
    """Those of the tokens (capitals) that stand on paper, and where they lead."""
    cursor: Any = connection.connection.cursor()  # past SQLAlchemy: a batch of one scan would cost twice as much (make bench AREA=scans)
    if is_postgresql(connection):
        cursor.execute(_LINKS + " token = ANY(%s)", (list(tokens),))
        return {token: Link(*rest) for token, *rest in cursor.fetchall()}
    cursor.execute(_LINKS + " token IN (SELECT value FROM json_each(?))", (json.dumps(list(tokens)),))
    return {token: Link(letter_id, url, _moment(text), bool(is_seed)) for token, letter_id, url, text, is_seed in cursor.fetchall()}


_LINKS = f"""SELECT token, id, landing_url, handed_over_at, is_seed FROM letters WHERE state IN ({", ".join(f"'{state}'" for state in ON_PAPER)}) AND"""  # noqa: S608 (words of our own)
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
    kind = classify(arrival.seen, link.is_seed, link.handed_over_at, arrival.scanned_at)
    return Scan(arrival.id, link.letter_id, kind, arrival.scanned_at, arrival.visitor)


def record_all(connection: Connection, found: Sequence[Scan]) -> None:
    """Store scans; the same ones again change nothing."""
    if not found:
        return
    rows = [(scan.id, scan.letter_id, str(scan.kind), scan.scanned_at, scan.visitor) for scan in found]
    cursor: Any = connection.connection.cursor()
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


def forget_visitors(connection: Connection, now: datetime) -> int:
    """Drop the visitors' hashes of old scans; gives how many.  What was scanned, and when, stays."""
    old = (scans.c.scanned_at < now - VISITORS_KEPT, scans.c.visitor != "")
    return connection.execute(update(scans).where(*old).values(visitor="")).rowcount
