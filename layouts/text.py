"""What does a layout's text consist of, once its Markdown is read?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


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
class Coupon:
    """The coupon's box: large value, the code, what stands above the code and the terms below it."""

    value: Line
    label: tuple[Paragraph, ...]
    code: Line
    terms: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class QrCode:
    """The code that leads to the shop, with its caption beside it."""

    caption: tuple[Heading | Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """Closing and name; space to sign is left between its paragraphs."""

    paragraphs: tuple[Paragraph, ...]


Block = Heading | Paragraph | BulletList | Coupon | QrCode | Signature


@dataclass(frozen=True, slots=True)
class Text:
    """All words of one letter in one language, by the place where they stand."""

    language: str
    letterhead: tuple[Paragraph, ...]
    information: tuple[Paragraph, ...]
    body: tuple[Block, ...]
    objection: tuple[Paragraph, ...]
    footer: tuple[Paragraph, ...]

    @property
    def has_coupon(self) -> bool:
        """Whether a coupon's box is printed."""
        return any(isinstance(block, Coupon) for block in self.body)

    @property
    def optional(self) -> frozenset[str]:
        """Placeholders that stand only where a line without its value is left out: information block and footer."""
        return self.placeholders - self.required

    @property
    def required(self) -> frozenset[str]:
        """Placeholders that every letter needs a value for."""
        return frozenset(_names((*self.letterhead, *self.body, *self.objection)))

    @property
    def placeholders(self) -> frozenset[str]:
        """Every placeholder of the text."""
        return frozenset(_names((*self.letterhead, *self.information, *self.body, *self.objection, *self.footer)))

    @property
    def words(self) -> str:
        """All fixed words, to check that the font can print them."""
        return " ".join(run.text for run in _runs((*self.letterhead, *self.information, *self.body, *self.objection, *self.footer)) if isinstance(run, Words))


def _names(blocks: Iterable[Block]) -> Iterator[str]:
    return (run.name for run in _runs(blocks) if isinstance(run, Placeholder))


def _runs(blocks: Iterable[Block]) -> Iterator[Run]:
    for block in blocks:
        for line in lines(block):
            yield from line


def lines(block: Block) -> Iterator[Line]:
    """Every line of a block, in reading order."""
    match block:
        case Paragraph():
            yield from block.lines
        case Heading():
            yield block.line
        case BulletList():
            yield from (line for item in block.items for line in item.lines)
        case Coupon():
            yield block.value
            yield from (line for paragraph in block.label for line in paragraph.lines)
            yield block.code
            yield from (line for paragraph in block.terms for line in paragraph.lines)
        case QrCode():
            yield from (line for part in block.caption for line in lines(part))
        case Signature():
            yield from (line for paragraph in block.paragraphs for line in paragraph.lines)
