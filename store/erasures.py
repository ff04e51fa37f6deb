"""Who was erased, and who objected, told outside the database, so that a backup brings nobody back?

``erasures.jsonl`` in the data directory: keyed hashes and moments, no names.  It is written from the database, which knows all of it, so a line that
was lost is added the next time; a line too many does no harm.  After an older state was restored it is read, and what it says is done again.
"""

import hmac
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select

from store import erasure, privacy_requests, source_erasure
from store.engine import Engine, reading
from store.giving_way import written
from store.privacy_requests import PrivacyRequestKind
from store.schema import customer_sources, customers, objections
from store.schema import privacy_requests as requests_table
from store.sets import among
from store.tombstones import ERASED

NAME = "erasures.jsonl"
PEOPLE_AT_ONCE = 50
"""Erased once more in one transaction: scans and imports wait for it."""
ROWS_AT_ONCE = 20_000
CHANNEL = "restored backup"


def path_in(data_dir: Path) -> Path:
    """Where the journal lies."""
    return data_dir / NAME


@dataclass(frozen=True, slots=True)
class Repeated:
    """What was done again after a restore."""

    people: int
    """Erased once more."""
    kept_out: int
    """Of whom the older state knows nothing; no import brings them back."""
    sources: int
    """Shops that had taken their data back."""
    objections: int


def write_down(engine: Engine, data_dir: Path, secret: bytes) -> int:
    """Add what the database knows and the journal does not; gives how many lines.  To be called after erasures, at every start and before a backup."""
    path = path_in(data_dir)
    known = {_key(line) for line in read(path)}
    with reading(engine) as connection:
        lines = [line for line in _lines(connection, secret) if _key(line) not in known]
    if lines:
        append(path, lines)
    return len(lines)


def read(path: Path) -> list[dict[str, Any]]:
    """All whole lines, each once; the last one of somebody who was killed is left out, and two processes may have written the same."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for line in path.read_bytes().splitlines() if path.is_file() else ():
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict) and said.keys() & {"person", "source_erased", "objection"}:
            found.setdefault(_key(said), said)
    return list(found.values())


def known_to(engine: Engine, data_dir: Path) -> tuple[int, ...]:
    """Changes as soon as there is something to write down, or the journal is gone; much cheaper than looking (50,000 people erased: 2 s)."""
    path = path_in(data_dir)
    done = (requests_table.c.kind == PrivacyRequestKind.SOURCE_ERASURE, requests_table.c.done_at.is_not(None))
    with reading(engine) as connection:
        counts = (
            select(func.count()).select_from(customers).where(customers.c.erased_at.is_not(None)),
            select(func.count()).select_from(requests_table).where(*done),
            select(func.count()).select_from(objections),
            select(func.coalesce(func.max(objections.c.id), 0)),
        )
        found = [connection.execute(query).scalar_one() for query in counts]
    return (*found, int(path.is_file()))


def append(path: Path, lines: list[dict[str, Any]]) -> None:
    """Add lines that are on disk before this returns; only its owner may read the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{json.dumps(line, separators=(',', ':'))}\n" for line in lines)
    path.touch(mode=0o600)
    with path.open("ab") as file:
        file.write(f"\n{text}".encode())  # an empty line first: the one before may be torn
        file.flush()
        os.fsync(file.fileno())


def _key(line: Mapping[str, Any]) -> tuple[Any, ...]:
    if "person" in line:
        return ("person", line["person"])
    if "source_erased" in line:
        return ("source", line["source_erased"], line.get("at"))
    return ("objection", line["objection"], line.get("address"))


def _lines(connection: Connection, secret: bytes) -> Iterator[dict[str, Any]]:
    theirs: dict[int, list[list[str]]] = {}
    keys = select(customer_sources.c.customer_id, customer_sources.c.source, customer_sources.c.source_id, customer_sources.c.number)
    for row in connection.execute(keys.where(customer_sources.c.source_id.startswith(ERASED))):
        theirs.setdefault(row.customer_id, []).append([row.source, row.source_id, row.number])
    gone = select(customers.c.id, customers.c.person_key, customers.c.erased_at).where(customers.c.erased_at.is_not(None)).order_by(customers.c.id)
    for row in connection.execute(gone):
        yield {"person": _hashed(row.person_key, secret), "at": row.erased_at.isoformat(), "keys": theirs.get(row.id, [])}
    done = (requests_table.c.kind == PrivacyRequestKind.SOURCE_ERASURE, requests_table.c.done_at.is_not(None))
    for row in connection.execute(select(requests_table.c.source, requests_table.c.done_at).where(*done).order_by(requests_table.c.id)):
        yield {"source_erased": row.source, "at": row.done_at.isoformat()}
    person = (
        func.coalesce(objections.c.email_hash, customers.c.email_hash).label("email"),
        func.coalesce(objections.c.address_hash, customers.c.address_hash).label("address"),
    )
    filed = select(*person, objections.c.channel, objections.c.source, objections.c.received_at)
    for row in connection.execute(filed.outerjoin(customers, customers.c.id == objections.c.customer_id).order_by(objections.c.id)):
        if row.email or row.address:
            said = {"channel": row.channel, "source": row.source, "at": row.received_at.isoformat()}
            yield {"objection": row.email, "address": row.address} | said


def _hashed(person_key: str, secret: bytes) -> str:
    if person_key.startswith(ERASED):  # of somebody whom only this journal knew
        return person_key.removeprefix(ERASED)
    return hmac.digest(secret, f"erasures\0{person_key}".encode(), "sha256").hex()


def repeat(engine: Engine, path: Path, secret: bytes, now: datetime, *, with_objections: bool) -> Repeated:
    """Do again what the journal says and the database does not know; safe to repeat, and cheap where there is nothing to do.

    Shops first: whoever is known from such a shop alone may come back with it, unlike after an erasure of their own.  Objections only where an
    older state was restored: one that was withdrawn since it was written down would be filed anew.
    """
    lines = read(path)
    sources = [line for line in lines if "source_erased" in line]
    done_again = sum(_source_again(engine, line, secret, now) for line in sources)
    people = {line["person"]: line for line in lines if "person" in line}
    with reading(engine) as connection:
        gone = connection.execute(select(customers.c.person_key).where(customers.c.erased_at.is_not(None))).scalars()
        for key in gone:
            people.pop(_hashed(key, secret), None)
    count = 0
    if people:
        found = _found(engine, people, secret)
        for start in range(0, len(found), PEOPLE_AT_ONCE):
            count += written(engine, partial(_erase, ids=[number for _, number in found[start : start + PEOPLE_AT_ONCE]], secret=secret, now=now))
        for name, _ in found:
            del people[name]
        if people:
            written(engine, partial(_keep_out, lines=list(people.values()), now=now))
    filed = written(engine, partial(_object, lines=[line for line in lines if "objection" in line], now=now)) if with_objections else 0
    return Repeated(count, len(people), done_again, filed)


def _source_again(engine: Engine, line: Mapping[str, Any], secret: bytes, now: datetime) -> bool:
    source, at = line["source_erased"], datetime.fromisoformat(line["at"])
    with reading(engine) as connection:
        kind = (requests_table.c.kind == PrivacyRequestKind.SOURCE_ERASURE, requests_table.c.source == source, requests_table.c.done_at >= at)
        if connection.execute(select(requests_table.c.id).where(*kind).limit(1)).one_or_none():
            return False
    while written(engine, lambda connection: source_erasure.erase_source(connection, source, secret, now)):
        pass

    def note(connection: Connection) -> None:
        number = privacy_requests.add(connection, PrivacyRequestKind.SOURCE_ERASURE, source, CHANNEL, None, at)
        privacy_requests.finish(connection, number, "everything of this source was erased again", now)

    written(engine, note)
    return True


def _found(engine: Engine, people: Mapping[str, Any], secret: bytes) -> list[tuple[str, int]]:
    """Names in the journal and the customers whom they mean, as far as the database has them."""
    found: list[tuple[str, int]] = []
    last = 0
    while True:
        with reading(engine) as connection:
            query = select(customers.c.id, customers.c.person_key).where(customers.c.id > last).order_by(customers.c.id).limit(ROWS_AT_ONCE)
            rows = connection.execute(query).all()
        if not rows:
            return found
        found += [(name, row.id) for row in rows if (name := _hashed(row.person_key, secret)) in people]
        last = rows[-1].id


def _erase(connection: Connection, *, ids: list[int], secret: bytes, now: datetime) -> int:
    for number in ids:
        erasure.erase(connection, number, secret, now)
        request = privacy_requests.add(connection, PrivacyRequestKind.ERASURE, "", CHANNEL, number, now)
        privacy_requests.finish(connection, request, "erased again", now)
    return len(ids)


def _keep_out(connection: Connection, *, lines: list[dict[str, Any]], now: datetime) -> None:
    """Tombstones of people who came and were erased after the backup."""
    for line in lines:
        row = {"person_key": ERASED + line["person"], "created_at": now, "changed_at": now, "erased_at": datetime.fromisoformat(line["at"]), "home": ""}
        number = connection.execute(insert(customers).values(row).returning(customers.c.id)).scalar_one()
        keys = {key: (source, its_number) for source, key, its_number in line["keys"]}
        there = set(connection.execute(select(customer_sources.c.source_id).where(among(connection, customer_sources.c.source_id, keys))).scalars())
        new = [
            {"source": source, "source_id": key, "number": its_number, "customer_id": number, "record_hash": "", "stored_at": now, "home": ""}
            for key, (source, its_number) in keys.items()
            if key not in there
        ]
        if new:
            connection.execute(insert(customer_sources), new)


def _object(connection: Connection, *, lines: list[dict[str, Any]], now: datetime) -> int:
    known = {value for row in connection.execute(select(objections.c.email_hash, objections.c.address_hash)) for value in row if value}
    new = [line for line in lines if {line["objection"], line.get("address")} - {None} - known]
    rows = [
        {
            "customer_id": None,
            "email_hash": line["objection"],
            "address_hash": line.get("address"),
            "channel": line["channel"],
            "source": line["source"],
            "received_at": datetime.fromisoformat(line["at"]),
            "filed_at": now,
        }
        for line in new
    ]
    if rows:
        connection.execute(insert(objections), rows)
    return len(rows)
