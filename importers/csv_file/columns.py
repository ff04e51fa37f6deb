"""What do the cells of a column mean?

Every distinct text of a column is parsed once: an export repeats most of its cells (titles, prices, dates, names).  What cannot be
parsed makes its row faulty, and the record of that row is rejected.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from importers import persons, text
from importers.csv_file import dates, money, objected
from importers.csv_file.formats import Format
from importers.csv_file.reading import Fault, Table
from importers.errors import BadRecord

Parse = Callable[[str], Any]

PARSES: Mapping[str, Parse] = {
    **dict.fromkeys(("id", "number", "customer_number", "house_number", "postcode", "sku", "code"), text.key),
    **dict.fromkeys(("first_name", "last_name", "name", "company", "honorific", "addition", "street", "town", "region"), text.printed),
    "email": text.email,
    "country": persons.country,
    "language": persons.language,
}
"""How the column of a field is parsed; the fields not named here or below are plain text."""
MOMENTS = frozenset({"ordered_at", "cancelled_at", "registered_at", "created_at", "updated_at", "completed_at"})
DAYS = frozenset({"valid_until"})
AMOUNTS: Mapping[str, Callable[[str, str], int | None]] = {
    "total": money.cents,
    "refunded": money.cents,
    "unit_price": money.cents,
    "line_total": money.cents,
    "quantity": money.count,
}
HAPPENED = frozenset({"ordered_at", "registered_at", "created_at"})
"""Moments that cannot be ahead of us; a day is left for clocks and time zones."""
_LOOKED_AT = 100
_KEPT_CELLS = 20_000
DATED = MOMENTS | DAYS | {"objected_at"}


class Column(NamedTuple):
    """The cells of a column and what each of them means: most are asked for on the first row of a record only."""

    cells: list[str]
    meanings: Mapping[str, Any]

    def at(self, index: int) -> Any:
        """What the cell of a row means."""
        return self.meanings[self.cells[index]]

    def between(self, start: int, stop: int) -> list[Any]:
        """What the cells of some rows mean."""
        return list(map(self.meanings.__getitem__, self.cells[start:stop]))


@dataclass(slots=True)
class Columns:
    """How the columns of one file are written, as far as they have shown it."""

    format: Format
    zone: ZoneInfo
    home: str = ""
    """Country of every address in a file that has addresses and no column for their country."""
    signs: dict[str, str] = field(default_factory=dict)
    """Decimal sign of each column of amounts, once it has shown one."""
    latest: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(days=1), repr=False)
    """When nothing can have happened yet: of two centuries that a year of two digits may mean, the one before."""
    slashes: dict[str, str] = field(default_factory=dict)
    """Order of day and month in each column of dates with slashes, once it has shown one."""
    shown: dict[str, str] = field(default_factory=dict, repr=False)
    """A date of each column that has one, to say how it is written; not a part of how cells are read."""
    _known: dict[tuple[str, str | None, str | None], dict[str, Any]] = field(default_factory=dict, repr=False)
    """Field and way to read it -> cell -> what it means."""

    def learn(self, table: Table) -> None:
        """Look at columns of amounts and dates that have not shown yet how they are written."""
        for name, cells in table.cells.items():
            if name in AMOUNTS and name not in self.signs and (sign := self._sign(cells)):
                self.signs[name] = sign
            if name in DATED and name not in self.slashes and (form := dates.slash_form(set(cells))):
                self.slashes[name] = form
            if name in DATED and name not in self.shown:
                self.shown |= dict([(name, cell) for cell in cells[:_LOOKED_AT] if _is_date(cell)][:1])

    def _sign(self, cells: Sequence[str]) -> str | None:
        return self.format.decimal or money.decimal_sign(set(cells))

    def _sign_of(self, name: str) -> str:
        """The decimal sign of a column: its own, else the one of the file's other columns; "" where none shows it, or they differ."""
        others = set(self.signs.values())
        return self.signs.get(name) or (others.pop() if len(others) == 1 else "")

    def parsed(self, name: str, table: Table, faults: dict[int, Fault]) -> "Column":
        """The column of a field; a cell that cannot be parsed stays text (or None) and is noted in ``faults``, unless its row has one already."""
        parse = self._parse_of(name)
        if name not in table.cells:
            return Column([""] * len(table), {"": parse(self._unsaid(name, table))})
        cells = table.cells[name]
        meanings = self._meanings(name)
        broken = _parse_all(set(cells).difference(meanings), parse, meanings)
        if not broken:
            return Column(cells, meanings)
        for index, cell in enumerate(cells):
            if cell in broken:
                faults.setdefault(index, broken[cell])
        with_broken = dict(meanings)
        for cell in broken:  # they are broken again in the next table
            del meanings[cell]
        return Column(cells, with_broken)

    def _meanings(self, name: str) -> dict[str, Any]:
        """What the cells of a column that came before mean, read the same way; forgotten when they get too many."""
        way = (name, self._sign_of(name) if name in AMOUNTS else None, self.slashes.get(name))
        if len(self._known.setdefault(way, {})) > _KEPT_CELLS:
            self._known[way] = {}
        return self._known[way]

    def _unsaid(self, name: str, table: Table) -> str:
        if name in self.format.fixed:
            return self.format.fixed[name]
        return self.home if name == "country" and "street" in table.cells else ""

    def _parse_of(self, name: str) -> Parse:
        parse = self._plain_parse_of(name)
        meanings = {text.text(word).casefold(): meaning for word, meaning in self.format.values.get(name, {}).items()}
        return (lambda cell: parse(meanings.get(text.text(cell).casefold(), cell))) if meanings else parse

    def _plain_parse_of(self, name: str) -> Parse:
        slashes = self.format.slashes or self.slashes.get(name, "")
        if name in HAPPENED:
            return partial(dates.past, zone=self.zone, slashes=slashes, latest=self.latest)
        if name in MOMENTS:
            return partial(dates.moment, zone=self.zone, slashes=slashes, latest=self.latest)
        if name in DAYS:
            return partial(dates.day, zone=self.zone, slashes=slashes)
        if name == "objected_at":
            return partial(objected.objected, zone=self.zone, slashes=slashes, latest=self.latest)
        if name in AMOUNTS:
            amount, sign = AMOUNTS[name], self._sign_of(name)
            return lambda cell: amount(cell, sign)
        return PARSES.get(name, text.text)


def _is_date(cell: str) -> bool:
    try:
        return bool(dates.form_of(cell, "dd/mm/yyyy"))
    except BadRecord:
        return False


def _parse_all(cells: Iterable[str], parse: Parse, known: dict[str, Any]) -> dict[str, Fault]:
    """Parse the cells into ``known``; gives those that could not be parsed."""
    broken, empty = {}, parse("")
    for cell in cells:
        try:
            known[cell] = parse(cell)
        except BadRecord as error:
            known[cell], broken[cell] = cell.strip()[: text.LONGEST_KEY] if empty == "" else empty, Fault(error.reason, error.message)
    return broken
