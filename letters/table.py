"""How is a table set: columns as wide as their words need, fine rules between the rows?"""

from collections.abc import Sequence
from dataclasses import replace

from campaigns.letter import LetterContent
from layouts.style import BLACK, Cmyk
from layouts.text import Alignment, Table
from letters.blocks import Galley
from letters.errors import UnprintableLetter
from letters.page import Drawing
from letters.typeset import Compiled, Setter, Type
from letters.word import Values

_GAP = 14.0
"""Points between two columns."""
_AIR = 2.5
"""Points above and below the lines of a row."""
_AFTER = 6.0
"""Points of white below the last rule, besides what the next block keeps above itself."""
_FINE = Cmyk(0, 0, 0, 40)
_SHARE_BEFORE = {Alignment.LEFT: 0.0, Alignment.CENTRE: 0.5, Alignment.RIGHT: 1.0}
"""Part of the white in a cell that stands before its words."""
_UNBROKEN = 10_000.0
"""A measure that no cell reaches."""


class TableBlock:
    """A table as wide as its words need it: cells run over several lines only where the whole would be wider than the text."""

    def __init__(self, table: Table, setter: Setter, type_: Type, head: Type, measure: float, before: float) -> None:
        self._table, self._setter, self._measure, self._type, self._head = table, setter, measure, type_, head
        self._rows = [(head, table.header), *((type_, row) for row in table.rows)]
        self._natural = [[setter.compile([cell], kind, _UNBROKEN) for cell in row] for kind, row in self._rows]
        self._narrow: dict[tuple[float, ...], list[list[Compiled]]] = {}
        self.names = tuple(dict.fromkeys(name for row in self._natural for cell in row for name in cell.names))
        self.before = before

    def set(self, content: LetterContent) -> Galley:
        """See ``Block.set``; raises UnprintableLetter where not even the longest words fit beside each other."""
        rows = self._set_rows(content.values)
        drawing, y = Drawing(), 0.0
        for row in rows:
            drawing.place(0, y, row.operators)
            y += row.height
        return Galley(y, drawing.operators)

    def units(self, content: LetterContent) -> list[list[Galley]]:
        """See ``Divisible.units``: the head stays with the first row and is repeated on the next page; no row is divided."""
        head, first, *others = self._set_rows(content.values)
        return [[head, first], *([replace(row, head=head)] for row in others)]

    def _set_rows(self, values: Values) -> list[Galley]:
        widths = self._widths(values)
        cells = self._compiled(widths)
        total = sum(widths) + _GAP * (len(widths) - 1)
        last = len(cells) - 1
        rows = [self._row(kind, row, widths, total, values, index in (0, last)) for index, ((kind, _), row) in enumerate(zip(self._rows, cells, strict=True))]
        return [*rows[:-1], replace(rows[-1], height=rows[-1].height + _AFTER)]

    def _widths(self, values: Values) -> list[float]:
        """The columns' widths in points: those of their longest cells, or if that is too much, of their words and a share of the rest."""
        columns = range(len(self._table.columns))
        room = self._measure - _GAP * (len(columns) - 1)
        natural = [max(row[column].width(values) for row in self._natural) for column in columns]
        if sum(natural) <= room:
            return natural
        least = [max(row[column].longest_word(values) for row in self._natural) for column in columns]
        if sum(least) > room:
            raise UnprintableLetter("a table is wider than the text: take a column out of it or shorten its words")
        spare, wanted = room - sum(least), sum(natural) - sum(least)
        return [low + (high - low) * spare / wanted for low, high in zip(least, natural, strict=True)]

    def _compiled(self, widths: Sequence[float]) -> list[list[Compiled]]:
        key = tuple(round(width, 3) + 0.001 for width in widths)
        if key not in self._narrow:
            self._narrow.clear()  # letters mostly have the same widths as the one before
            self._narrow[key] = [[self._setter.compile([cell], kind, width) for cell, width in zip(row, key, strict=True)] for kind, row in self._rows]
        return self._narrow[key]

    def _row(self, kind: Type, row: Sequence[Compiled], widths: Sequence[float], total: float, values: Values, strong: bool) -> Galley:
        cells = [cell.measured(values) for cell in row]
        height = max(1, *map(len, cells)) * kind.leading + 2 * _AIR
        drawing, font, x = Drawing(), self._setter.select(kind), 0.0
        for lines, width, alignment in zip(cells, widths, self._table.columns, strict=True):
            for number, (used, code) in enumerate(lines):
                drawing.lines(x + _SHARE_BEFORE[alignment] * max(0.0, width - used), _AIR + number * kind.leading + kind.baseline, font, 0, [code])
            x += width + _GAP
        drawing.rule((0, height), (total, height), 0.5 if strong else 0.25, BLACK if strong else _FINE)
        return Galley(height, drawing.operators)
