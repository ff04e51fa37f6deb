"""How do the rows of a file become records, those that are known already left out?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any, NamedTuple, TypeAlias

from campaigns.cart import Cart
from campaigns.customer import Customer, email_key
from campaigns.identity import real_number
from campaigns.order import Order
from campaigns.record import Kind, Record
from campaigns.rejection import Rejection, RejectionReason
from importers.csv_file import carts, coupons, customers, listed, orders
from importers.csv_file.columns import Columns
from importers.csv_file.formats import Format
from importers.csv_file.reading import Fault, Reader, Table
from importers.csv_file.rows import ROWS, Group, Parsed
from importers.csv_file.seen import Seen
from importers.errors import BadRecord

Known: TypeAlias = Callable[[Kind, Sequence[str]], Mapping[str, str]]
"""Which of these records of a kind are stored, by the source's own keys, and under which hash."""
LONGEST_GROUP = 10_000
"""Rows of one order or cart; more are a column that is no order number."""
_SHOWN_KEY = 80


class _Kind(NamedTuple):
    """How the rows of a kind become records."""

    make: Callable[[Group[Any], str, Format], tuple[Record, ...]]
    keys: tuple[str, ...] = ()
    """Fields of the source's own key: the first one that is filled. Without any, records are not compared with others."""
    names: tuple[str, ...] = ()
    """Fields by which a person knows the record."""
    together: bool = False
    """Neighbouring rows of one name are one record; else each row is one."""


_KINDS: Mapping[Kind, _Kind] = {
    Kind.OBJECTIONS: _Kind(listed.objection, names=("id", "customer_number", "email", "last_name", "name")),
    Kind.ROBINSON: _Kind(listed.robinson_entry, names=("last_name", "name", "company")),
    Kind.CUSTOMERS: _Kind(customers.customer, ("id", "customer_number", "email"), ("id", "customer_number", "email")),
    Kind.ORDERS: _Kind(orders.order, ("id", "number"), ("number", "id"), together=True),
    Kind.CARTS: _Kind(carts.cart, ("id",), ("id",), together=True),
    Kind.COUPONS: _Kind(coupons.coupon, ("code",), ("code",)),
}
_HASHED: Mapping[Kind, type[Record]] = {Kind.CUSTOMERS: Customer, Kind.ORDERS: Order, Kind.CARTS: Cart}
"""What the store keeps with a hash of each record."""


class Result(NamedTuple):
    """What became of the rows of one record; without records or a rejection the store knows it already."""

    position: int
    records: tuple[Record, ...] = ()
    hash: str = ""
    rejection: Rejection | None = None


@dataclass(slots=True)
class Records:
    """One pass over the records of one file."""

    reader: Reader
    columns: Columns
    source: str
    known: Known | None = None
    _seen: Seen = field(default_factory=Seen)

    def results(self) -> Iterator[Result]:
        """What becomes of each record, in the file's order; memory does not grow with the file but for ten bytes a record."""
        for table, starts in self._groups():
            yield from self._judged(table, starts)

    def _groups(self) -> Iterator[tuple[Table, list[int]]]:
        """Tables of whole groups of rows with the index at which each group starts."""
        kind = _KINDS[self.columns.format.kind]
        rest: Table | None = None
        for part in self.reader.tables():
            self.columns.learn(part)
            table = rest.before(part) if rest else part
            starts = self._starts(table) if kind.together else list(range(len(table)))
            rest = None
            if kind.together and starts:
                last = starts.pop()
                rest = table.part(range(last, len(table)))
                table = table.part(range(last)) if last else table.part(())
            if starts:
                yield table, starts
        if rest:
            yield rest, self._starts(rest)

    def _starts(self, table: Table) -> list[int]:
        """Where another record begins: with another number, or another id under the same number (numbers can be given twice).

        Without a name each row is a record of its own; one of endless rows is cut, and all its parts are rejected.
        """
        ids, numbers = (self.columns.parsed(name, table, {}).between(0, len(table)) for name in ("id", "number"))
        starts: list[int] = []
        first, first_id, end = "", "", 0
        for index, (id_, number) in enumerate(zip(ids, numbers, strict=True)):
            name = number or id_
            if name != first or not name or index == end or (id_ and first_id and id_ != first_id):
                starts.append(index)
                first, first_id, end = name, id_, index + LONGEST_GROUP
        return starts

    def _judged(self, table: Table, starts: list[int]) -> Iterator[Result]:
        stops = [*starts[1:], len(table)]
        keys = self._keys(table, starts)
        hashes = self._hashes(table, starts, stops)
        contradictions = self._seen.contradictions(keys, hashes)
        known = self._known(keys)
        news = [group for group, key in enumerate(keys) if not key or known.get(key) != hashes[group] or group in contradictions]
        fresh = table if len(news) == len(starts) else table.part([index for group in news for index in range(starts[group], stops[group])])
        groups = self._parsed_groups(fresh, [stops[group] - starts[group] for group in news])
        new = set(news)
        for group, start in enumerate(starts):
            if group in new:
                yield self._result(next(groups), hashes[group], group in contradictions)
            else:
                yield Result(table.positions[start])

    def _keys(self, table: Table, starts: list[int]) -> list[str]:
        """The source's own key of each record, as far as its first row tells; "" where it does not."""
        names = _KINDS[self.columns.format.kind].keys
        if not names:
            return [""] * len(starts)
        first_rows = table.part(starts)
        columns = [self.columns.parsed(name, first_rows, {}).between(0, len(starts)) for name in names]
        if "email" in names:  # ids are compared letter by letter
            columns[names.index("email")] = list(map(email_key, columns[names.index("email")]))
        if "customer_number" in names:
            columns[names.index("customer_number")] = list(map(real_number, columns[names.index("customer_number")]))
        return [next(filter(None, cells), "") for cells in zip(*columns, strict=True)]

    def _known(self, keys: list[str]) -> Mapping[str, str]:
        kind = self.columns.format.kind
        return self.known(kind, [key for key in keys if key]) if self.known and kind in _HASHED else {}

    def _hashes(self, table: Table, starts: list[int], stops: list[int]) -> list[str]:
        """For each record what tells that its cells, or the way to read them, have changed."""
        way = blake2b(repr((_code(), self.columns)).encode(), digest_size=32).digest()
        whole = table.whole
        texts = ("\0\0".join(whole[start:stop]) for start, stop in zip(starts, stops, strict=True))
        return [blake2b(text.encode(), digest_size=16, key=way).hexdigest() for text in texts]

    def _parsed_groups(self, table: Table, sizes: list[int]) -> Iterator[Group[Any]]:
        row = ROWS[self.columns.format.kind]
        faults: dict[int, Fault] = dict(table.faults)
        parsed = Parsed(row, [self.columns.parsed(name, table, faults) for name in row._fields], table.positions, faults)
        start = 0
        for size in sizes:
            yield Group(parsed, start, start + size)
            start += size

    def _result(self, group: Group[Any], hash_: str, is_contradiction: bool) -> Result:
        kind = _KINDS[self.columns.format.kind]
        try:
            group.refuse_faults()
            if is_contradiction:
                raise BadRecord(RejectionReason.CONTRADICTION, _TWICE)
            if len(group) >= LONGEST_GROUP:
                raise BadRecord(RejectionReason.BROKEN_ROW, _ENDLESS)
            records = kind.make(group, self.source, self.columns.format)
        except BadRecord as error:
            name = next((cell for cell in (getattr(group.head, field) for field in kind.names) if cell), "")
            return Result(group.position, rejection=Rejection(error.position or group.position, name[:_SHOWN_KEY], error.reason, error.message))
        is_alone = len(records) == 1 and type(records[0]) is _HASHED.get(self.columns.format.kind)  # else its key may be another record's as well
        return Result(group.position, records, hash_ if is_alone else "")


_TWICE = (
    "The file names this record further above with other contents, and nobody can tell which is right. "
    "Rows of one order must stand together: export again, do not sort the file and do not put two exports into one."
)
_ENDLESS = f"More than {LONGEST_GROUP:,} rows of one record. Look whether the column of its number is the right one."


@cache
def _code() -> str:
    """Our own source: whoever corrects how a cell is read must not find that the store thinks it knows the record."""
    digest = blake2b(digest_size=16)
    for package in ("importers.csv_file", "importers.csv_file.known_formats", "importers", "campaigns"):
        for module in sorted(files(package).iterdir(), key=lambda each: each.name):
            if module.name.endswith(".py"):
                digest.update(module.read_bytes())
    return digest.hexdigest()
