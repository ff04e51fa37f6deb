"""What does a layout's text consist of, once its Markdown is read?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Words:
    """Fixed words in one face."""

    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A value of the letter, printed as it is."""

    name: str
    bold: bool = False
    italic: bool = False


MORE = "cart_more_count"
"""How many articles a cart block sums up instead of listing them: it knows only when it is set, and prints it itself."""

Run = Words | Placeholder
Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that the text itself separates; each may still run over several lines on paper."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that stands out; level 1 is the subject of the letter."""

    level: int
    line: Line


@dataclass(frozen=True, slots=True)
class BulletList:
    """Points of equal rank."""

    items: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class NumberedList:
    """Points in their order."""

    items: tuple[Paragraph, ...]
    start: int = 1
    """The number of the first point."""


class Alignment(StrEnum):
    """Where the cells of a column begin or end."""

    LEFT = "left"
    CENTRE = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many cells as there are columns; a cell is one line, which may run over several on paper."""

    columns: tuple[Alignment, ...]
    header: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """Blocks that only some letters print: those with a value for a placeholder, or those without."""

    name: str
    blocks: tuple["Flowing", ...]
    negated: bool = False

    def holds(self, values: Mapping[str, str]) -> bool:
        """Whether a letter with these values prints the blocks."""
        return bool(values.get(self.name, "").strip()) is not self.negated

    @property
    def needs(self) -> frozenset[str]:
        """The placeholders that a letter needs a value for where the condition holds."""
        return frozenset(run.name for run in _runs(self.blocks) if isinstance(run, Placeholder))


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What comes after it begins on a new page."""


@dataclass(frozen=True, slots=True)
class Coupon:
    """The coupon's box: large value, the code, what stands above the code and the terms below it."""

    value: Line
    label: tuple[Paragraph, ...]
    code: Line
    terms: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Cart:
    """The articles of an abandoned cart; these are the words below them."""

    more: Paragraph
    """Printed with ``MORE`` in it, and only where there are more articles than rows."""
    total: Paragraph | None
    """The sum, below the column of prices."""
    notes: tuple[Paragraph, ...]
    """Small print."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """The code that leads to the shop, with its caption beside it."""

    caption: tuple[Heading | Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """Closing and name; space to sign is left between its paragraphs."""

    paragraphs: tuple[Paragraph, ...]


Flowing = Heading | Paragraph | BulletList | NumberedList | Table
"""What running text consists of; a condition may hold any of it."""
Block = Flowing | Condition | PageBreak | Coupon | Cart | QrCode | Signature


@dataclass(frozen=True, slots=True)
class Text:
    """All words of one letter in one language, by the place where they stand."""

    language: str
    letterhead: tuple[Paragraph, ...]
    information: tuple[Paragraph, ...]
    body: tuple[Block, ...]
    objection: tuple[Paragraph, ...]
    footer: tuple[Paragraph, ...]

    placeholders: frozenset[str] = field(init=False)
    """Every placeholder of the text."""
    required: frozenset[str] = field(init=False)
    """Those that every letter needs a value for; a line of information block, signature or footer is left out without one, and
    what stands in a condition is needed only where the condition holds."""
    conditional: frozenset[str] = field(init=False)
    """Those that stand in conditions and nowhere else."""
    conditions: tuple[Condition, ...] = field(init=False)
    characters: frozenset[str] = field(init=False)
    """Every character of the fixed words."""
    italic_placeholders: bool = field(init=False)
    """Whether a value is printed in italics, a face that knows fewer characters."""
    lists_cart: bool = field(init=False)
    """Whether it lists the articles of a cart."""

    def __post_init__(self) -> None:
        signature = [block for block in self.body if isinstance(block, Signature)]
        conditions = tuple(block for block in self.body if isinstance(block, Condition))
        body = [block for block in self.body if not isinstance(block, Signature | Condition)]
        required = _runs((*self.letterhead, *body, *self.objection))
        always = [*required, *_runs((*self.information, *signature, *self.footer))]
        runs = [*always, *_runs(conditions)]
        names = [run for run in runs if isinstance(run, Placeholder)]
        found = {
            "placeholders": frozenset(run.name for run in names),
            "required": frozenset(run.name for run in required if isinstance(run, Placeholder)) - {MORE},
            "conditional": frozenset(run.name for run in names) - {run.name for run in always if isinstance(run, Placeholder)},
            "conditions": conditions,
            "characters": frozenset(char for run in runs if isinstance(run, Words) for char in run.text),
            "italic_placeholders": any(run.italic for run in names),
            "lists_cart": any(isinstance(block, Cart) for block in body),
        }
        for name, value in found.items():
            object.__setattr__(self, name, value)

    def needed(self, values: Mapping[str, str]) -> frozenset[str]:
        """The placeholders that a letter with these values must have a value for."""
        if not self.conditions:
            return self.required
        return self.required.union(*(condition.needs for condition in self.conditions if condition.holds(values)))


def _runs(blocks: Iterable[Block]) -> list[Run]:
    return [run for line in _lines(blocks) for run in line]


def lines(block: Block) -> Iterator[Line]:
    """Every line of a block, in reading order."""
    match block:
        case Paragraph() | Heading():
            yield from block.lines if isinstance(block, Paragraph) else (block.line,)
        case BulletList() | NumberedList():
            yield from _lines(block.items)
        case Table():
            yield from (cell for row in (block.header, *block.rows) for cell in row)
        case Condition():
            yield from _lines(block.blocks)
        case Coupon():
            yield from (block.value, *_lines(block.label), block.code, *_lines(block.terms))
        case Cart():
            yield from _lines(paragraph for paragraph in (block.more, block.total, *block.notes) if paragraph)
        case QrCode():
            yield from _lines(block.caption)
        case Signature():
            yield from _lines(block.paragraphs)
        case PageBreak():
            return


def _lines(blocks: Iterable[Block]) -> Iterator[Line]:
    return (line for block in blocks for line in lines(block))
