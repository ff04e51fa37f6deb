"""How are points set: dashes or numbers in front, lines below each other?"""

from collections.abc import Sequence

from campaigns.letter import LetterContent
from layouts.text import Paragraph
from letters.blocks import Galley, chunks
from letters.page import Drawing
from letters.typeset import Setter, Type

_DASH = "–"
_DASH_ROOM = 12.0
_NUMBER_GAP = 0.5
"""White between number and words, in em."""


class ListBlock:
    """Points whose words all begin at the same place; numbers end at the same place."""

    def __init__(self, items: Sequence[Paragraph], labels: Sequence[str], setter: Setter, type_: Type, measure: float, before: float) -> None:
        drawn = [setter.line(label, type_) for label in labels]
        widest = max(width for width, _ in drawn)
        numbered = labels[0] != _DASH
        self._indent = widest + _NUMBER_GAP * type_.size if numbered else _DASH_ROOM
        self._labels = [(widest - width, code) for width, code in drawn]
        self._items = [setter.compile(item.lines, type_, measure - self._indent, divides=True) for item in items]
        self._font, self._type = setter.select(type_), type_
        self.names, self.before = tuple(dict.fromkeys(name for item in self._items for name in item.names)), before

    def set(self, content: LetterContent) -> Galley:
        """See ``Block.set``."""
        drawing, height = Drawing(), 0.0
        for label, item in zip(self._labels, self._items, strict=True):
            codes = item.set(content.values)
            self._draw(drawing, height, label, codes)
            height += len(codes) * self._type.leading
        return Galley(height, drawing.operators)

    def units(self, content: LetterContent) -> list[list[Galley]]:
        """See ``Divisible.units``: an item of few lines is not divided, and no single line begins or ends the list on a page."""
        units: list[list[Galley]] = []
        for label, item in zip(self._labels, self._items, strict=True):
            codes, first = item.set(content.values), 0
            for count in chunks(len(codes), item.divided(content.values)):
                drawing = Drawing()
                self._draw(drawing, 0, label if first == 0 else None, codes[first : first + count])
                units.append([Galley(count * self._type.leading, drawing.operators)])
                first += count
        return joined_ends(units, 2 * self._type.leading)

    def _draw(self, drawing: Drawing, y: float, label: tuple[float, str] | None, codes: Sequence[str]) -> None:
        baseline, leading = y + self._type.baseline, self._type.leading
        if label:
            drawing.lines(label[0], baseline, self._font, leading, [label[1]])
        drawing.lines(self._indent, baseline, self._font, leading, codes)


def bullets(items: Sequence[Paragraph], setter: Setter, type_: Type, measure: float, before: float) -> ListBlock:
    """Points with a dash in front."""
    return ListBlock(items, [_DASH] * len(items), setter, type_, measure, before)


def numbers(items: Sequence[Paragraph], start: int, setter: Setter, type_: Type, measure: float, before: float) -> ListBlock:
    """Points that are counted."""
    return ListBlock(items, [f"{number}." for number in range(start, start + len(items))], setter, type_, measure, before)


def joined_ends(units: list[list[Galley]], least: float) -> list[list[Galley]]:
    """Units of which the first and the last are at least ``least`` points high: no single line stands alone on a page."""
    if len(units) > 1 and sum(galley.height for galley in units[0]) < least - 0.01:
        units = [units[0] + units[1], *units[2:]]
    if len(units) > 1 and sum(galley.height for galley in units[-1]) < least - 0.01:
        units = [*units[:-2], units[-2] + units[-1]]
    return units
