"""Which of the records that came is the newest of its key, and is it news?  Webhooks and pages arrive in any order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from sqlalchemy import Connection, Row, Table, select

from campaigns.record import Outcome
from store.sets import among
from store.upsert import record_hash


class Sourced(Protocol):
    """A record with its source's own key."""

    @property
    def source(self) -> str:
        """Who says it."""

    @property
    def source_id(self) -> str:
        """The source's key of it."""


Key: TypeAlias = tuple[str, str]
"""Source, and its own key."""
R = TypeVar("R", bound=Sourced)


@dataclass(frozen=True, slots=True)
class Versions(Generic[R]):
    """What one batch says of one key, in the order in which it came."""

    all: tuple[R, ...]
    newest: R
    hash: str
    """Of the newest."""

    def are(self, record_hash: str) -> bool:
        """Whether that is all known already."""
        return len(self.all) == 1 and self.hash == record_hash

    def is_older_than(self, moment: datetime | None) -> bool:
        """Whether even the newest is older than what was stored; False where either does not say when."""
        return is_older(changed_at(self.newest), moment)


def changed_at(record: object) -> datetime | None:
    """When the source changed the record; None where it does not say."""
    return getattr(record, "updated_at", None) or getattr(record, "changed_at", None)


def is_older(moment: datetime | None, than: datetime | None) -> bool:
    """An older record never overwrites a newer one; where either does not say when, the later to come counts."""
    return moment is not None and than is not None and moment < than


def versions(records: Sequence[R], hashes: Sequence[str]) -> dict[Key, Versions[R]]:
    """The records by key; ``hashes`` are theirs if somebody knows them already, else ("" or none at all) they are made here."""
    found: dict[Key, Versions[R]] = {}
    for record, given in zip(records, hashes or [""] * len(records), strict=True):
        key, its_hash = (record.source, record.source_id), given or record_hash(record)
        before = found.get(key)
        if before is None:
            found[key] = Versions((record,), record, its_hash)
        elif is_older(changed_at(record), changed_at(before.newest)):
            found[key] = Versions((*before.all, record), before.newest, before.hash)
        else:
            found[key] = Versions((*before.all, record), record, its_hash)
    return found


def known_rows(connection: Connection, table: Table, keys: Iterable[Key], names: Sequence[str]) -> dict[Key, Row[Any]]:
    """What is stored under these keys: ``source_id``, ``record_hash`` and the columns named."""
    by_source: dict[str, list[str]] = {}
    for source, source_id in keys:
        by_source.setdefault(source, []).append(source_id)
    query = select(table.c.source_id, table.c.record_hash, *(table.c[name] for name in names))
    found: dict[Key, Row[Any]] = {}
    for source, ids in by_source.items():
        for row in connection.execute(query.where(table.c.source == source, among(connection, table.c.source_id, ids))):
            found[source, row.source_id] = row
    return found


def outcomes(records: Sequence[R], stored: Mapping[Key, R]) -> list[Outcome]:
    """What became of each of ``records``: of several with one key, the newest counts."""
    return [Outcome.STORED if stored.get((record.source, record.source_id)) is record else Outcome.UNCHANGED for record in records]
