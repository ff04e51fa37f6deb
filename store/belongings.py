"""How does what names its owner (an order, a cart) come in once, whatever the order of arrival?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Row, Table, bindparam, update

from campaigns.cart import Cart
from campaigns.identity import real_number
from campaigns.order import Order
from campaigns.record import Outcome
from store.people import Naming, Whose, naming
from store.versions import Key, Versions, changed_at, is_older, known_rows, outcomes, versions

R = TypeVar("R", Order, Cart)


@dataclass(frozen=True, slots=True)
class News(Generic[R]):
    """What a batch says that is not stored yet.

    Of each key the newest version counts, whole; but an older one may say whose it is where newer ones do not: shops blank the
    mailbox of old orders.
    """

    records: Sequence[R]
    batch: Mapping[Key, Versions[R]]
    known: Mapping[Key, Row[Any]]
    new: Mapping[Key, R]
    newer: Mapping[Key, R]
    """What replaces a stored row."""
    older: Mapping[Key, R]
    """What can only say whose a stored row is."""

    @property
    def all(self) -> dict[Key, R]:
        """All three."""
        return {**self.new, **self.newer, **self.older}

    def linked(self, key: Key) -> int | None:
        """Whose the stored row is so far."""
        return self.known[key].customer_id if key in self.known else None

    def outcomes(self, named: Collection[Key]) -> list[Outcome]:
        """What became of each record; ``named`` are those of ``older`` that did say something."""
        return outcomes(self.records, {key: self.batch[key].newest for key in (*self.new, *self.newer, *named)})


def news(connection: Connection, table: Table, records: Sequence[R], hashes: Sequence[str]) -> News[R]:
    """Compare a batch with what is stored, in one query."""
    records = [_named_really(record) for record in records]
    batch = versions(records, hashes)
    moment = "updated_at" if "updated_at" in table.c else "changed_at"
    names: list[str] = ["id", "customer_id", "email_key", "customer_number", moment]
    known = known_rows(connection, table, batch, [*names, "sold_at"] if "sold_at" in table.c else names)
    found: tuple[dict[Key, R], dict[Key, R], dict[Key, R]] = {}, {}, {}
    new, newer, older = found
    for key, one in batch.items():
        before = known.get(key)
        if before is None:
            new[key] = reduce(_newer, one.all)
        elif not one.are(before.record_hash):
            record = reduce(_newer, one.all)
            kept = older if is_older(changed_at(record), getattr(before, moment)) else newer
            kept[key] = _named(record, before.email_key or "", before.customer_number)
    return News(records, batch, known, new, newer, older)


def _named_really(record: R) -> R:
    return record if record.customer_number == real_number(record.customer_number) else replace(record, customer_number="")


def _newer(one: R, other: R) -> R:
    newer, older = (one, other) if is_older(changed_at(other), changed_at(one)) else (other, one)
    return _named(newer, older.email, older.customer_number)


def _named(record: R, email: str, customer_number: str) -> R:
    if (record.email or not email) and (record.customer_number or not customer_number):
        return record
    return replace(record, email=record.email or email, customer_number=record.customer_number or customer_number)


def owners(connection: Connection, news: News[R], secret: bytes) -> Naming:
    """Ask for the owners of all that is new."""
    found = news.all
    linked = {owner for key in found if (owner := news.linked(key))}
    return naming(connection, news.records[0].source, found.values(), linked, secret)


def add_older(connection: Connection, table: Table, news: News[R], whose: Mapping[Key, Whose], more: Mapping[Key, Mapping[str, Any]]) -> set[Key]:
    """Let older versions say whose a row is, if nobody has said it, and ``more``; gives the keys where that was news."""
    rows = {}
    for key in news.older:
        before, one = news.known[key], whose[key]
        said = {
            "customer_id": before.customer_id or one.customer_id,
            "email_key": before.email_key or one.email_key,
            "customer_number": before.customer_number or one.customer_number,
            **more.get(key, {}),
        }
        if any(value != getattr(before, name) for name, value in said.items()) and not one.is_erased:
            rows[key] = said
    if rows:
        names = next(iter(rows.values()))
        replace_rows(connection, table, list(names), [tuple(said.values()) for said in rows.values()], [news.known[key].id for key in rows])
    return set(rows)


def replace_rows(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]], ids: Sequence[int]) -> None:
    """Overwrite stored rows with ``rows`` (columns ``names``), whose ids are ``ids``."""
    if rows:
        new = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
        values = [dict(zip((f"new_{name}" for name in names), row, strict=True)) | {"its_id": key} for row, key in zip(rows, ids, strict=True)]
        connection.execute(update(table).where(table.c.id == bindparam("its_id")).values(new), values)
