"""How does each kind of block look? Paragraph, heading, stacks of small lines."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from typing import Protocol, runtime_checkable

from campaigns.letter import LetterContent
from layouts.style import Style
from layouts.text import Line, Paragraph
from letters.fonts import Face, face, regular, semibold
from letters.page import Drawing, Written, text_object
from letters.typeset import Setter, Type
from letters.word import Values


@dataclass(frozen=True, slots=True)
class Galley:
    """Set matter, ready to be put on a page: its height in points and its operators."""

    height: float
    operators: str
    form: str = ""
    """Name of the form that lies below the operators: what letters share stands in the print file once."""
    texts: Sequence[Written] = ()
    """What is written over the operators."""
    head: "Galley | None" = None
    """Of the table whose row it is: stands above it again where it begins a page."""

    @property
    def drawn(self) -> str:
        """Operators and texts together."""
        return f"{self.operators}\n{text_object(self.texts)}" if self.texts else self.operators


class Block(Protocol):
    """Something that a letter's values turn into a galley."""

    names: tuple[str, ...]
    """The placeholders that it prints."""
    before: float
    """Points of white above it."""

    def set(self, content: LetterContent) -> Galley:
        """The block as it looks in this letter."""


_UNBROKEN = 10_000.0
"""A measure that no line reaches."""


@runtime_checkable
class Divisible(Protocol):
    """A block that may go on on the next page."""

    def units(self, content: LetterContent) -> list[list[Galley]]:
        """The block from top to bottom in parts between which a page may end; their galleys stand below each other."""


def chunks(lines: int, divided: Set[int]) -> list[int]:
    """How many lines of a paragraph stay together, from its first to its last.

    No page begins or ends with a single line of it, and none ends with a divided word (``divided``: numbers of such lines from 0).
    """
    ends = [0, *(end for end in range(2, lines - 1) if end - 1 not in divided), lines]
    return [end - start for start, end in pairwise(ends)]


@dataclass(frozen=True, slots=True)
class Scale:
    """The types of a layout: few sizes, two families at the most; the address always in the one that the post reads best."""

    body: Type
    heading: Type
    subheading: Type
    small: Type
    fine: Type
    information: Type
    address: Type
    return_line: Type
    display_semibold: Face
    """Of the sender's name."""
    display_bold: Face
    """Of a coupon's value."""

    @classmethod
    def of(cls, style: Style) -> "Scale":
        """The scale that a layout's style asks for."""
        small, text, heading = style.small_pt, regular(style.font), semibold(style.heading_font)
        return cls(
            body=Type(text, style.body_pt, style.leading_pt),
            heading=Type(heading, style.heading_pt, style.leading_pt * ceil(2 * style.heading_pt / style.leading_pt) / 2),  # on the half-line grid
            subheading=Type(heading, style.body_pt + 1, style.leading_pt),
            small=Type(text, small, small + 3),
            fine=Type(text, 7.5, 10),
            information=Type(text, 9, 12),
            address=Type(regular(), 10.5, 12),
            return_line=Type(regular(), 7, 9),
            display_semibold=heading,
            display_bold=face("Bold", style.heading_font),
        )


class TextBlock:
    """A paragraph or a heading."""

    def __init__(self, lines: Paragraph, setter: Setter, type_: Type, measure: float, before: float, after: float = 0, divides: bool = False) -> None:
        self._compiled = setter.compile(lines.lines, type_, measure, divides)
        self._font, self._type, self._after = setter.select(type_), type_, after
        self.names, self.before = self._compiled.names, before

    def set(self, content: LetterContent) -> Galley:
        """See ``Block.set``."""
        return self._galley(self._compiled.set(content.values), self._after)

    def units(self, content: LetterContent) -> list[list[Galley]]:
        """See ``Divisible.units``."""
        codes, units, first = self._compiled.set(content.values), list[list[Galley]](), 0
        for count in chunks(len(codes), self._compiled.divided(content.values)):
            units.append([self._galley(codes[first : first + count])])
            first += count
        return units

    def _galley(self, codes: Sequence[str], after: float = 0) -> Galley:
        drawing = Drawing()
        drawing.lines(0, self._type.baseline, self._font, self._type.leading, codes)
        return Galley(len(codes) * self._type.leading + after, drawing.art, texts=drawing.texts)


class HeadingBlock:
    """A heading: set smaller, where a name in it is wider than the text; only what the smallest type cannot hold is cut.

    ``after`` is white below it, besides what the next block keeps above itself: the subject stands apart from the salutation.
    """

    def __init__(self, line: Line, setter: Setter, type_: Type, smallest: float, measure: float, before: float, after: float = 0) -> None:
        self._line, self._setter, self._type, self._smallest, self._measure, self.before = line, setter, type_, smallest, measure, before
        self._after = after
        self._words = setter.compile([line], type_, _UNBROKEN)
        self._blocks: dict[float, TextBlock] = {}
        self.names = self._words.names

    def set(self, content: LetterContent) -> Galley:
        """See ``Block.set``."""
        return self._block(content).set(content)

    def _block(self, content: LetterContent) -> TextBlock:
        widest, size = self._words.longest_word(content.values), self._type.size
        if widest > self._measure:
            size = max(self._smallest, int(size * self._measure / widest * 4) / 4)
        if size not in self._blocks:
            type_ = replace(self._type, size=size)
            self._blocks[size] = TextBlock(Paragraph((self._line,)), self._setter, type_, self._measure, self.before, self._after)
        return self._blocks[size]


class StackBlock:
    """Paragraphs below each other whose empty lines vanish: information block, notice."""

    def __init__(
        self, paragraphs: Sequence[Paragraph], setter: Setter, type_: Type, measure: float, gap: float, before: float = 0, divides: bool = False
    ) -> None:
        self._stack = [setter.compile(paragraph.lines, type_, measure, divides) for paragraph in paragraphs]
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
        return Galley(height, drawing.art, texts=drawing.texts)


class PictureBlock:
    """A picture that is the same in every letter."""

    names: tuple[str, ...] = ()

    def __init__(self, picture: Galley, before: float) -> None:
        self._picture, self.before = picture, before

    def set(self, _: LetterContent) -> Galley:
        """See ``Block.set``."""
        return self._picture


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


def joined(values: Values, names: Sequence[str]) -> tuple[str, ...]:
    """The values that a block depends on: equal ones give equal galleys."""
    return tuple([values.get(name, "") for name in names])
