"""How does running text go over the pages: what stays together, and where may a page end?"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat

from campaigns.letter import LetterContent
from layouts.text import Block as TextPart
from layouts.text import Condition, Heading, PageBreak, Signature
from letters.blocks import Block, Divisible, Galley
from letters.cart import CartBlock
from letters.page import POINT, Page

_HAIR = 0.01
"""Points by which a page may be too full: sums of floats are not exact."""

_LEAST_AIR = 0.65
"""Part of the white between blocks that must be left: with less a letter looks crammed, and a second page is the smaller evil."""

Stack = list[tuple[float, Galley]]
"""Galleys that stay on one page together, and the points of white above each."""


class Group:
    """Blocks that stay together: a heading with what follows, the signature with what is before it.

    Where a block of them goes on on the next page, the part of it beside its neighbour stays with that.
    """

    def __init__(self, blocks: list[Block | CartBlock], on_new_page: bool) -> None:
        self.blocks, self.on_new_page = blocks, on_new_page
        plain = [block for block in blocks if not isinstance(block, CartBlock)]
        self.whole = plain if len(plain) == len(blocks) else []
        """The blocks if each is set in one piece; a cart is set row by row."""

    def set(self, content: LetterContent) -> list[Stack]:
        """The blocks from top to bottom: in one piece if they may be, else as ``parts_of`` gives them."""
        return [[(block.before, block.set(content)) for block in self.whole]] if self.whole else list(parts_of(self, content))


class Body:
    """The running text of a letter on its pages; lengths in points, x in millimetres."""

    def __init__(self, first: Page, x: float, top: float, bottom: float) -> None:
        self.pages, self._x, self._y, self._bottom = [first], x, top, bottom
        self._air = 1.0
        self.fresh = True
        """Nothing stands on the last page yet."""

    def squeeze(self, stacks: Iterable[Stack]) -> None:
        """Take so much white from between the blocks of a letter that it fits on its first page, where that is enough."""
        blocks = [one for stack in stacks for one in stack]
        white = sum([before for before, _ in blocks[1:]])
        over = self._y + white + sum([galley.height for _, galley in blocks]) - self._bottom
        if _HAIR < over <= white * (1 - _LEAST_AIR):
            self._air = 1 - over / white

    def turn(self, page: Page, top: float, bottom: float) -> None:
        """Go on on ``page``."""
        self.pages.append(page)
        self._y, self._bottom, self.fresh, self._air = top, bottom, True, 1.0

    def put(self, stack: Stack) -> bool:
        """Put galleys below what stands on the page, if it has room for all of them."""
        air = self._air
        y = self._y - (stack[0][0] * air if self.fresh else 0)
        if y + sum([before * air + galley.height for before, galley in stack]) > self._bottom + _HAIR:
            return False
        page, x = self.pages[-1], self._x
        for before, galley in stack:
            y += before * air
            page.put(x, y / POINT, galley.operators, galley.form, galley.texts)
            y += galley.height
        self._y, self.fresh = y, False
        return True


def continued(stack: Stack) -> Stack:
    """A stack as it begins a page: below the head of the table that goes on in it."""
    head = stack[0][1].head
    return [(0.0, head), *stack] if head else stack


def parts_of(group: Group, content: LetterContent) -> Iterator[Stack]:
    """A group from top to bottom in parts between which a page may end; the parts on both sides of two blocks are one."""
    stack: Stack = []
    for block in group.blocks:
        first, *others = block.stacks(content) if isinstance(block, CartBlock) else units_of(block, content)
        stack += zip(chain([block.before], repeat(0.0)), first, strict=False)
        for other in others:
            yield stack
            stack = [(0.0, galley) for galley in other]
    yield stack


def units_of(block: Block, content: LetterContent) -> list[list[Galley]]:
    """The block in parts between which a page may end; one part if it cannot be divided."""
    return block.units(content) if isinstance(block, Divisible) else [[block.set(content)]]


def flattened(parts: Sequence[TextPart]) -> Iterator[tuple[TextPart, Condition | None]]:
    """Every part, and the condition that it stands in."""
    for part in parts:
        if isinstance(part, Condition):
            yield from ((inside, part) for inside in part.blocks)
        else:
            yield part, None


def grouped(parts: Sequence[tuple[TextPart, list[Block | CartBlock]]]) -> list[Group]:
    """Parts that a letter prints, with their blocks, put together to what stays together."""
    groups: list[tuple[list[Block | CartBlock], bool]] = []
    before: TextPart | None = None
    for part, blocks in parts:
        if isinstance(before, Heading) or (groups and isinstance(part, Signature) and not isinstance(before, PageBreak)):
            groups[-1][0].extend(blocks)
        elif blocks:
            groups.append((list(blocks), isinstance(before, PageBreak)))
        before = part
    return [Group(*group) for group in groups]
