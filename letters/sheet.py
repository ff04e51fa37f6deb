"""How do a letter's parts come together on its sheets?

One ``LetterSetter`` per layout and language of a print file: compiled once, then it sets letter after letter.
"""

from collections.abc import Callable, Iterator
from itertools import chain, repeat

from campaigns.letter import LetterContent
from campaigns.sender import Sender
from layouts.din5008 import PAGE_HEIGHT
from layouts.layout import Layout
from layouts.style import BLACK
from layouts.text import Block as TextPart
from layouts.text import BulletList, Cart, Coupon, Heading, Paragraph, Placeholder, QrCode, Signature
from letters.address import draw_address, draw_return_line
from letters.art import Code, CouponBlock, QrBlock, letterhead
from letters.blocks import Block, ColumnsBlock, Galley, ListBlock, Scale, StackBlock, TextBlock, joined, signature
from letters.cart import CartBlock
from letters.errors import UnprintableLetter
from letters.page import POINT, Drawing, Page
from letters.typeset import Setter

Share = Callable[[Galley], Galley]
"""Turns a galley into one that refers to operators which the print file holds once."""

_FOOTER_BOTTOM = PAGE_HEIGHT - 9
"""Letter services keep 5 mm at the edges free (print facts 1.6); this leaves room for a printer's tolerance."""
_OTHER_PAGES_TOP = 25.0
_OTHER_PAGES_BOTTOM = PAGE_HEIGHT - 25
_CLEAR = 2.0
"""Millimetres that stay white between information block and text."""
_KEPT = 1000
"""Different galleys of one block that are kept for reuse."""


def is_shared(name: str) -> bool:
    """Whether letters of a print run mostly have the same value: the sender's data, the date, the offer."""
    return name.startswith("sender_") or name in ("signatory", "letter_date", "coupon_value", "coupon_conditions", "coupon_valid_until")


class SharedBlock:
    """A block that looks the same in many letters: set once for each set of values."""

    def __init__(self, block: Block, share: Share) -> None:
        self._block, self._share = block, share
        self._galleys: dict[tuple[str, ...], Galley] = {}
        self.names, self.before = block.names, block.before

    def set(self, content: LetterContent) -> Galley:
        """See ``Block.set``."""
        key = joined(content.values, self.names)
        if key not in self._galleys:
            galley = self._block.set(content)
            if len(self._galleys) >= _KEPT:
                return galley
            self._galleys[key] = self._share(galley)
        return self._galleys[key]


class SharedCoupon:
    """A coupon whose box is shared, with each letter's own code."""

    def __init__(self, block: CouponBlock, share: Share) -> None:
        self._block, self._share = block, share
        self._boxes: dict[tuple[str, ...], tuple[Galley, float]] = {}
        self.names, self.before = block.names, block.before

    def set(self, content: LetterContent) -> Galley:
        """See ``Block.set``."""
        key = joined(content.values, self._block.shared_names)
        if key not in self._boxes:
            galley, y = self._block.box(content.values)
            self._boxes[key] = (self._share(galley) if len(self._boxes) < _KEPT else galley), y
        box, y = self._boxes[key]
        code = self._block.code(content.values, y)
        return Galley(box.height, code, box.form) if box.form else Galley(box.height, f"{box.operators}\n{code}")


class LetterSetter:
    """Sets the letters of one layout in one language."""

    def __init__(self, layout: Layout, language: str, sender: Sender, setter: Setter, share: Share, codes: Callable[[str, float], Code]) -> None:
        self._style, self._text, self._sender, self._setter, self._share = layout.style, layout.text(language), sender, setter, share
        self._form = layout.form
        self._scale = Scale.of(layout.style)
        self._measure = self._form.body.width * POINT
        self._codes = codes
        self._objection_code = codes("O", layout.style.objection_code_size)
        self._objection_x = self._objection_code.size + self._objection_code.quiet + 4
        self._groups = _groups(self._text.body, self._body_block)
        self._information = self._shared(StackBlock(self._text.information, setter, self._scale.information, self._form.information_block.width * POINT, 6))
        self._objection = StackBlock(self._text.objection, setter, self._scale.small, self._measure - self._objection_x, 3)
        self._footer = ColumnsBlock(self._text.footer, setter, self._scale.fine, self._measure)
        self._furniture: dict[tuple[str, ...], tuple[Galley, float]] = {}
        head = [run.name for paragraph in self._text.letterhead for line in paragraph.lines for run in line if isinstance(run, Placeholder)]
        self._furniture_names = tuple(dict.fromkeys([*head, *self._footer.names]))

    def set(self, content: LetterContent) -> list[Page]:
        """The letter's pages; raises UnprintableLetter."""
        page = Page()
        furniture, footer_top = self._furniture_of(content)
        page.put(0, 0, furniture.operators, furniture.form)
        self._put_information(page, content)
        drawing = Drawing()
        draw_address(drawing, content.address, self._form, self._setter)
        page.put(0, 0, drawing.operators)
        bottom = self._put_objection(page, content, footer_top)
        return self._flow(page, content, bottom)

    def _put_information(self, page: Page, content: LetterContent) -> None:
        box, galley = self._form.information_block, self._information.set(content)
        if box.y + galley.height / POINT > self._form.body.y - _CLEAR:
            raise UnprintableLetter("the information block runs into the text: take lines out of it")
        page.put(box.x, box.y, galley.operators, galley.form)

    def _flow(self, first: Page, content: LetterContent, bottom: float) -> list[Page]:
        """Put the body on as many pages as it needs; ``bottom`` is the end of the body on page 1, in points."""
        pages, page, y, fresh = [first], first, self._form.body.y * POINT, True
        x = self._form.body.x
        for galleys in self._stacks(content):
            height = sum(before + galley.height for before, galley in galleys)
            if y + height > bottom and not fresh:
                page, y, fresh, bottom = Page(), _OTHER_PAGES_TOP * POINT, True, _OTHER_PAGES_BOTTOM * POINT
                pages.append(page)
            if y + height > bottom + 0.01:
                raise UnprintableLetter("a paragraph is longer than a page: shorten the text or the values in it")
            for before, galley in galleys:
                y += 0 if fresh else before
                page.put(x, y / POINT, galley.operators, galley.form)
                y += galley.height
                fresh = False
        for index, other in enumerate(pages[1:], 2):
            self._put_page_number(other, f"{index} / {len(pages)}")
        return pages

    def _stacks(self, content: LetterContent) -> Iterator[list[tuple[float, Galley]]]:
        """What stays on one page together, from top to bottom: galleys, and the points of white above each."""
        for group in self._groups:
            stack: list[tuple[float, Galley]] = []
            for block in group:
                if not isinstance(block, CartBlock):
                    stack.append((block.before, block.set(content)))
                    continue
                first, *others = block.stacks(content)
                stack += zip(chain([block.before], repeat(0.0)), first, strict=False)
                for other in others:
                    yield stack
                    stack = [(0.0, galley) for galley in other]
            yield stack

    def _put_page_number(self, page: Page, text: str) -> None:
        type_ = self._scale.fine
        width, code = self._setter.line(text, type_)
        drawing = Drawing()
        drawing.lines(0, 0, self._setter.select(type_), 0, [code])
        page.put(self._form.body.right - width / POINT, _FOOTER_BOTTOM, drawing.operators)

    def _put_objection(self, page: Page, content: LetterContent, footer_top: float) -> float:
        """Put the notice above the footer; returns where the body must end, in points."""
        code, galley, drawing = self._objection_code, self._objection.set(content), Drawing()
        height = max(code.size, galley.height)
        top = footer_top - 14 - height
        drawing.rule((0, -11), (self._measure, -11), 0.25, BLACK)
        code.draw(drawing, 0, (height - code.size) / 2, content.token)
        drawing.place(self._objection_x, (height - galley.height) / 2, galley.operators)
        page.put(self._form.body.x, top / POINT, drawing.operators)
        return top - 11 - 8

    def _furniture_of(self, content: LetterContent) -> tuple[Galley, float]:
        """Everything on page 1 that does not change from letter to letter, and where its footer begins."""
        key = joined(content.values, self._furniture_names)
        if key not in self._furniture:
            drawing = Drawing()
            body = self._form.body
            drawing.place(0, 0, letterhead(self._text.letterhead, content.values, self._setter, self._style, body.x * POINT, body.right * POINT))
            draw_return_line(drawing, self._sender.return_line, self._form, self._setter)
            self._draw_marks(drawing)
            footer = self._footer.set(content)
            footer_top = _FOOTER_BOTTOM * POINT - footer.height
            drawing.place(body.x * POINT, footer_top, footer.operators)
            self._furniture[key] = self._share(Galley(PAGE_HEIGHT * POINT, drawing.operators)), footer_top
        return self._furniture[key]

    def _draw_marks(self, drawing: Drawing) -> None:
        if self._style.fold_marks:
            for y, length in ((self._form.fold_marks[0], 2.5), (self._form.hole_mark, 4.0), (self._form.fold_marks[1], 2.5)):
                drawing.rule((5 * POINT, y * POINT), ((5 + length) * POINT, y * POINT), 0.25, BLACK)

    def _shared(self, block: Block) -> Block:
        return SharedBlock(block, self._share) if all(map(is_shared, block.names)) else block

    def _body_block(self, part: TextPart) -> Block | CartBlock:
        scale, setter, measure = self._scale, self._setter, self._measure
        leading = scale.body.leading
        match part:
            case Heading():
                type_ = scale.heading if part.level == 1 else scale.subheading
                return self._shared(TextBlock(Paragraph((part.line,)), setter, type_, measure, leading / 2))
            case Paragraph():
                return self._shared(TextBlock(part, setter, scale.body, measure, leading / 2))
            case BulletList():
                return self._shared(ListBlock(part, setter, scale.body, measure, leading / 2))
            case Signature():
                return self._shared(signature(part, setter, scale.body, measure))
            case Coupon() | Cart() | QrCode():
                return self._art(part)

    def _art(self, part: Coupon | Cart | QrCode) -> Block | CartBlock:
        scale, setter, measure = self._scale, self._setter, self._measure
        match part:
            case Coupon():
                return SharedCoupon(CouponBlock(part, setter, scale, self._style, measure), self._share)
            case Cart():
                return CartBlock(part, setter, scale, self._style, measure)
            case QrCode():
                return QrBlock(part, self._codes("S", self._style.qr_code_size), setter, scale, measure)


def _groups(parts: tuple[TextPart, ...], compiled: Callable[[TextPart], Block | CartBlock]) -> list[list[Block | CartBlock]]:
    """Blocks that stay on one page together: a heading with what follows, the signature with what is before it."""
    groups: list[list[Block | CartBlock]] = []
    before: TextPart | None = None
    for part in parts:
        block = compiled(part)
        if groups and (isinstance(before, Heading) or isinstance(part, Signature)):
            groups[-1].append(block)
        else:
            groups.append([block])
        before = part
    return groups
