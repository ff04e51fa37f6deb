"""What must stand in each of the named blocks, and what does a letter make of it?

All raise InvalidText, with the line on which the block begins.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from layouts.errors import InvalidText
from layouts.text import MORE, Block, Cart, Coupon, Heading, Paragraph, Placeholder, QrCode, Signature


def paragraphs(inside: Sequence[Block], name: str, path: Path, line: int) -> tuple[Paragraph, ...]:
    """The content of a block that holds nothing else."""
    if wrong := [block for block in inside if not isinstance(block, Paragraph)]:
        raise InvalidText(path, f"::: {name} holds paragraphs only, no {type(wrong[0]).__name__.lower()}.", line)
    return tuple(block for block in inside if isinstance(block, Paragraph))


def mentions(paragraphs: Sequence[Paragraph], name: str) -> bool:
    """Whether one of them prints a placeholder."""
    return any(isinstance(run, Placeholder) and run.name == name for paragraph in paragraphs for line in paragraph.lines for run in line)


def coupon(inside: Sequence[Block], path: Path, line: int) -> Coupon:
    """Its value, what stands above the code, the code, and the terms below it."""
    headings = [(index, block) for index, block in enumerate(inside) if isinstance(block, Heading)]
    if [(heading.level, index > 0) for index, heading in headings] != [(1, False), (2, True)]:
        raise InvalidText(path, "::: coupon starts with its value (# {coupon_value}) and holds its code (## {coupon_code}).", line)
    (_, value), (at, code) = headings
    label, terms = (paragraphs(part, "coupon", path, line) for part in (inside[1:at], inside[at + 1 :]))
    if not mentions(terms, "coupon_conditions"):
        raise InvalidText(path, "German law (§ 5a UWG) wants the terms beside an offer: add {coupon_conditions} below the code.", line)
    return Coupon(value.line, label, code.line, terms)


def cart(inside: Sequence[Block], path: Path, line: int) -> Cart:
    """The words for articles without a row, the sum, and small print."""
    words = paragraphs(inside, "cart", path, line)
    more = [paragraph for paragraph in words if mentions([paragraph], MORE)]
    if len(more) != 1 or words[0] is not more[0]:
        raise InvalidText(path, f"::: cart starts with the words for articles that have no row of their own, like: and {{{MORE}}} more articles.", line)
    return Cart(more[0], words[1] if len(words) > 1 else None, words[2:])


def qr_code(inside: Sequence[Block], path: Path, line: int) -> QrCode:
    """What stands beside the code that leads to the shop."""
    if wrong := [block for block in inside if not isinstance(block, Heading | Paragraph)]:
        raise InvalidText(path, f"::: qr-code holds headings and paragraphs only, no {type(wrong[0]).__name__.lower()}.", line)
    return QrCode(tuple(block for block in inside if isinstance(block, Heading | Paragraph)))


def signature(inside: Sequence[Block], path: Path, line: int) -> Signature:
    """Closing and name."""
    return Signature(paragraphs(inside, "signature", path, line))


IN_TEXT: dict[str, Callable[[Sequence[Block], Path, int], Block]] = {"coupon": coupon, "cart": cart, "qr-code": qr_code, "signature": signature}
"""Those that stand where they are written in the text."""
