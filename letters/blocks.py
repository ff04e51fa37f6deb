"""How does each kind of block look? Paragraph, heading, list, stacks of small lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Protocol

from campaigns.letter import LetterContent
from layouts.style import Cmyk, Style
from layouts.text import BulletList, Paragraph, Signature
from letters.fonts import regular, semibold
from letters.page import Drawing
from letters.typeset import Setter, Type, Values


@dataclass(frozen=True, slots=True)
class Galley:
    """Set matter, ready to be put on a page: its height in points and its operators."""

    height: float
    operators: str
    form: str = ""
    """Name of the form that lies below the operators: what letters share stands in the print file once."""


class Block(Protocol):
    """Something that a letter's values turn into a galley."""

    names: tuple[str, ...]
    """The placeholders that it prints."""
    before: float
    """Points of white above it."""

    def set(self, content: LetterContent) -> Galley:
        """The block as it looks in this letter."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The types of a layout: few sizes, one family."""

    body: Type
    heading: Type
    subheading: Type
    small: Type
    fine: Type
    information: Type
    address: Type
    return_line: Type

    @classmethod
    def of(cls, style: Style) -> "Scale":
        """The scale that a layout's style asks for."""
        small = style.small_pt
        return cls(
            body=Type(regular(), style.body_pt, style.leading_pt),
            heading=Type(semibold(), style.heading_pt, style.leading_pt * ceil(2 * style.heading_pt / style.leading_pt) / 2),  # on the half-line grid
            subheading=Type(semibold(), style.body_pt + 1, style.leading_pt),
            small=Type(regular(), small, small + 3),
            fine=Type(regular(), 7.5, 10),
            information=Type(regular(), 9, 12),
            address=Type(regular(), 10.5, 12),
            return_line=Type(regular(), 7, 9),
        )


class TextBlock:
    """A paragraph or a heading."""

    def __init__(self, lines: Paragraph, setter: Setter, type_: Type, measure: float, before: float, ink: Cmyk | None = None) -> None:
        self._compiled = setter.compile(lines.lines, type_, measure)
        self._font, self._type, self._ink = setter.select(type_), type_, ink
        self.names, self.before = self._compiled.names, before

    def set(self, content: LetterContent) -> Galley:
        """See ``Block.set``."""
        codes = self._compiled.set(content.values)
        drawing = Drawing()
        drawing.lines(0, self._type.baseline, self._font, self._type.leading, codes, self._ink)
        return Galley(len(codes) * self._type.leading, drawing.operators)


class ListBlock:
    """Points with a dash in front."""

    _INDENT = 12.0

    def __init__(self, bullets: BulletList, setter: Setter, type_: Type, measure: float, before: float) -> None:
        self._items = [setter.compile(item.lines, type_, measure - self._INDENT) for item in bullets.items]
        self._font, self._type, self._dash = setter.select(type_), type_, setter.line("–", type_)[1]
        self.names, self.before = tuple(dict.fromkeys(name for item in self._items for name in item.names)), before

    def set(self, content: LetterContent) -> Galley:
        """See ``Block.set``."""
        drawing, height, leading = Drawing(), 0.0, self._type.leading
        for item in self._items:
            codes = item.set(content.values)
            drawing.lines(0, height + self._type.baseline, self._font, leading, [self._dash])
            drawing.lines(self._INDENT, height + self._type.baseline, self._font, leading, codes)
            height += len(codes) * leading
        return Galley(height, drawing.operators)


class StackBlock:
    """Paragraphs below each other whose empty lines vanish: information block, signature."""

    def __init__(self, paragraphs: Sequence[Paragraph], setter: Setter, type_: Type, measure: float, gap: float, before: float = 0) -> None:
        self._stack = [setter.compile(paragraph.lines, type_, measure) for paragraph in paragraphs]
        self._font, self._type, self._gap = setter.select(type_), type_, gap
        self.names, self.before = tuple(dict.fromkeys(name for compiled in self._stack for name in compiled.names)), before

    def set(self, content: LetterContent) -> Galley:
        """See ``Block.set``."""
        drawing, height = Drawing(), 0.0
        for compiled in self._stack:
            if codes := compiled.set(content.values, skip_empty=True):
                height += self._gap if height else 0
                drawing.lines(0, height + self._type.baseline, self._font, self._type.leading, codes)
                height += len(codes) * self._type.leading
        return Galley(height, drawing.operators)


class ColumnsBlock:
    """Paragraphs beside each other, with equal white between them: the footer."""

    _GAP = 14.0

    def __init__(self, paragraphs: Sequence[Paragraph], setter: Setter, type_: Type, measure: float) -> None:
        self._measure = measure
        self._natural = [setter.compile(paragraph.lines, type_, measure) for paragraph in paragraphs]
        self._narrow = [setter.compile(paragraph.lines, type_, measure / len(paragraphs) - self._GAP) for paragraph in paragraphs]
        self._font, self._type = setter.select(type_), type_
        self.names, self.before = tuple(dict.fromkeys(name for column in self._natural for name in column.names)), 0.0

    def set(self, content: LetterContent) -> Galley:
        """See ``Block.set``; columns that are too wide together get equal widths and break their lines."""
        values = content.values
        widths = [column.width(values) for column in self._natural]
        room = self._measure - sum(widths)
        columns = self._natural
        if room < self._GAP * (len(widths) - 1):
            columns, room = self._narrow, 0
            widths = [self._measure / len(widths)] * len(widths)
        drawing, most, x = Drawing(), 0, 0.0
        for column, width in zip(columns, widths, strict=True):
            if codes := column.set(values, skip_empty=True):
                drawing.lines(x, self._type.baseline, self._font, self._type.leading, codes)
                most = max(most, len(codes))
            x += width + room / max(1, len(widths) - 1)
        return Galley(most * self._type.leading, drawing.operators)


def signature(block: Signature, setter: Setter, type_: Type, measure: float) -> StackBlock:
    """Closing and name with space between them to sign."""
    return StackBlock(block.paragraphs, setter, type_, measure, gap=type_.leading * 1.5, before=type_.leading)


def joined(values: Values, names: Sequence[str]) -> tuple[str, ...]:
    """The values that a block depends on: equal ones give equal galleys."""
    return tuple([values.get(name, "") for name in names])
