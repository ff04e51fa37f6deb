"""What does a layout's text consist of, once its Markdown is read?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


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


Block = Heading | Paragraph | BulletList | Coupon | Cart | QrCode | Signature


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
    """Those that every letter needs a value for; a line of information block, signature or footer is left out without one."""
    characters: frozenset[str] = field(init=False)
    """Every character of the fixed words."""
    italic_placeholders: bool = field(init=False)
    """Whether a value is printed in italics, a face that knows fewer characters."""
    lists_cart: bool = field(init=False)
    """Whether it lists the articles of a cart."""

    def __post_init__(self) -> None:
        signature = [block for block in self.body if isinstance(block, Signature)]
        body = [block for block in self.body if not isinstance(block, Signature)]
        required = _runs((*self.letterhead, *body, *self.objection))
        runs = (*required, *_runs((*self.information, *signature, *self.footer)))
        names = [run for run in runs if isinstance(run, Placeholder)]
        found = {
            "placeholders": frozenset(run.name for run in names),
            "required": frozenset(run.name for run in required if isinstance(run, Placeholder)) - {MORE},
            "characters": frozenset(char for run in runs if isinstance(run, Words) for char in run.text),
            "italic_placeholders": any(run.italic for run in names),
            "lists_cart": any(isinstance(block, Cart) for block in body),
        }
        for name, value in found.items():
            object.__setattr__(self, name, value)


def _runs(blocks: Iterable[Block]) -> list[Run]:
    return [run for block in blocks for line in lines(block) for run in line]


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
        case Cart():
            yield from (line for paragraph in (block.more, block.total, *block.notes) if paragraph for line in paragraph.lines)
        case QrCode():
            yield from (line for part in block.caption for line in lines(part))
        case Signature():
            yield from (line for paragraph in block.paragraphs for line in paragraph.lines)
