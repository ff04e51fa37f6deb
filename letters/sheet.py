"""How do a letter's parts come together on its sheets?

One ``LetterSetter`` per layout and language of a print file: compiled once, then it sets letter after letter.
"""

from collections.abc import Callable, Sequence

from campaigns.letter import LetterContent
from campaigns.sender import Sender
from layouts.din5008 import PAGE_HEIGHT
from layouts.layout import Layout
from layouts.style import BLACK
from layouts.text import Block as TextPart
from layouts.text import BulletList, Cart, Condition, Coupon, Flowing, Heading, NumberedList, PageBreak, Paragraph, Placeholder, QrCode, Signature, Table
from letters.address import draw_address, draw_return_line
from letters.art import Code, QrBlock, letterhead
from letters.artwork import Artwork
from letters.blocks import Block, ColumnsBlock, Galley, HeadingBlock, PictureBlock, Scale, StackBlock, TextBlock, joined
from letters.cart import CartBlock
from letters.coupon import CouponBlock
from letters.errors import UnprintableLetter
from letters.flow import Body, Group, continued, flattened, grouped, parts_of, units_of
from letters.lists import bullets, numbers
from letters.page import POINT, Drawing, Page
from letters.table import TableBlock
from letters.typeset import Setter, Type

Share = Callable[[Galley], Galley]
"""Turns a galley into one that refers to operators which the print file holds once."""

_OTHER_PAGES_BOTTOM, _PAGE_NUMBER_ROOM = 25.0, 10.0
"""Millimetres below the text of following pages, and those of them that the page number takes above the footer's place."""
_MOST_PAGES = 6
"""Three sheets printed on both sides: what 20 g, a standard letter, allow (print facts 1.5). More is a value gone wrong."""
_ABOVE_OBJECTION = 14.0
"""Points of white between the text and the rule above the notice: more than below that rule, and than between any two rules of a table."""
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

    def units(self, content: LetterContent) -> list[list[Galley]]:
        """See ``Divisible.units``; what is divided is not shared."""
        return units_of(self._block, content)


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
        return Galley(box.height, box.operators, box.form, (self._block.code(content.values, y),))


class LetterSetter:
    """Sets the letters of one layout in one language."""

    def __init__(
        self,
        layout: Layout,
        language: str,
        sender: Sender,
        setter: Setter,
        share: Share,
        codes: Callable[[str, float], Code],
        artwork: Artwork = Artwork(),  # noqa: B008 (frozen)
    ) -> None:
        setter = setter.speaking(language)
        self._style, self._text, self._sender, self._setter, self._share = layout.style, layout.text(language), sender, setter, share
        self._artwork = artwork
        self._form = layout.form
        self._scale = Scale.of(layout.style)
        self._measure = self._form.body.width * POINT
        self._codes = codes
        self._objection_code = codes("O", layout.style.objection_code_size)
        self._objection_x = self._objection_code.size + self._objection_code.quiet + 4
        self._parts = [(part, condition, self._blocks(part)) for part, condition in flattened(self._text.body)]
        self._groups: dict[tuple[bool, ...], list[Group]] = {}
        self._information = self._shared(StackBlock(self._text.information, setter, self._scale.information, self._form.information_block.width * POINT, 6))
        self._objection = StackBlock(self._text.objection, setter, self._scale.small, self._measure - self._objection_x, 3, divides=True)
        self._footer = ColumnsBlock(self._text.footer, setter, self._scale.fine, self._measure)
        self._furniture: dict[tuple[str, ...], tuple[Galley, float]] = {}
        head = [run.name for paragraph in self._text.letterhead for line in paragraph.lines for run in line if isinstance(run, Placeholder)]
        self._furniture_names = tuple(dict.fromkeys([*head, *self._footer.names]))

    def set(self, content: LetterContent) -> list[Page]:
        """The letter's pages; raises UnprintableLetter."""
        page = self._page(self._artwork.first_page)
        furniture, footer_top = self._furniture_of(content)
        page.put(0, 0, furniture.operators, furniture.form)
        for x, y, galley in self._artwork.head:
            page.put(x, y, galley.operators, galley.form, galley.texts)
        self._put_information(page, content)
        drawing = Drawing()
        draw_address(drawing, content.address, self._form, self._setter)
        page.put(0, 0, drawing.art, texts=drawing.texts)
        bottom = self._put_objection(page, content, footer_top)
        return self._flow(page, content, bottom)

    def _put_information(self, page: Page, content: LetterContent) -> None:
        box, galley = self._form.information_block, self._information.set(content)
        if box.y + galley.height / POINT > self._form.body.y - _CLEAR:
            raise UnprintableLetter("the information block runs into the text: take lines out of it")
        page.put(box.x, box.y, galley.operators, galley.form, galley.texts)

    @staticmethod
    def _page(underlay: str) -> Page:
        page = Page()
        if underlay:
            page.underlay(underlay)
        return page

    def _flow(self, first: Page, content: LetterContent, bottom: float) -> list[Page]:
        """Put the body on as many pages as it needs; ``bottom`` is the end of the body on page 1, in points."""
        body = Body(first, self._form.body.x, self._form.body.y * POINT, bottom)
        groups = [(group, group.set(content)) for group in self._groups_of(content)]
        if not any(group.on_new_page for group, _ in groups):
            body.squeeze(stack for _, stacks in groups for stack in stacks)
        for group, stacks in groups:
            if group.on_new_page:
                self._turn(body)
            if group.whole and body.put(stacks[0]):
                continue
            for stack in parts_of(group, content) if group.whole else stacks:
                if body.put(stack):
                    continue
                self._turn(body)
                if not body.put(continued(stack)):
                    raise UnprintableLetter("a part of the letter that cannot be divided is longer than a page: shorten the text or the values in it")
        for index, other in enumerate(body.pages[1:], 2):
            self._put_page_number(other, f"{index} / {len(body.pages)}")
        return body.pages

    def _turn(self, body: "Body") -> None:
        """Go on on a new page, unless nothing stands on this one yet."""
        if body.fresh and len(body.pages) > 1:
            return
        if len(body.pages) == _MOST_PAGES:
            raise UnprintableLetter(f"the letter is longer than {_MOST_PAGES} pages: shorten the text or the values in it")
        bottom = PAGE_HEIGHT - max(_OTHER_PAGES_BOTTOM, self._style.bottom + _PAGE_NUMBER_ROOM)
        body.turn(self._page(self._artwork.other_pages), self._style.following_top * POINT, bottom * POINT)

    def _groups_of(self, content: LetterContent) -> list[Group]:
        """The groups of the parts whose conditions hold in this letter."""
        held = tuple([condition.holds(content.values) for condition in self._text.conditions])
        if held not in self._groups:
            self._groups[held] = grouped([(part, blocks) for part, condition, blocks in self._parts if condition is None or condition.holds(content.values)])
        return self._groups[held]

    def _put_page_number(self, page: Page, text: str) -> None:
        type_ = self._scale.fine
        width, code = self._setter.line(text, type_)
        drawing = Drawing()
        drawing.lines(0, 0, self._setter.select(type_), 0, [code])
        page.put(self._form.body.right - width / POINT, PAGE_HEIGHT - self._style.bottom, drawing.operators)

    def _put_objection(self, page: Page, content: LetterContent, footer_top: float) -> float:
        """Put the notice above the footer; returns where the body must end, in points."""
        code, galley, drawing = self._objection_code, self._objection.set(content), Drawing()
        height = max(code.size, galley.height)
        top = footer_top - 14 - height
        drawing.rule((0, -11), (self._measure, -11), 0.25, BLACK)
        code.draw(drawing, 0, (height - code.size) / 2, content.token)
        page.put(self._form.body.x, top / POINT, drawing.art)
        page.put(self._form.body.x + self._objection_x / POINT, (top + (height - galley.height) / 2) / POINT, galley.operators, texts=galley.texts)
        return top - 11 - _ABOVE_OBJECTION

    def _furniture_of(self, content: LetterContent) -> tuple[Galley, float]:
        """Everything on page 1 that does not change from letter to letter, and where its footer begins."""
        key = joined(content.values, self._furniture_names)
        if key not in self._furniture:
            drawing = Drawing()
            body = self._form.body
            drawing.place(0, 0, letterhead(self._text.letterhead, content.values, self._setter, self._style, self._form))
            draw_return_line(drawing, self._sender.return_line, self._form, self._setter)
            self._draw_marks(drawing)
            footer = self._footer.set(content)
            footer_top = (PAGE_HEIGHT - self._style.bottom) * POINT - footer.height
            drawing.place(body.x * POINT, footer_top, footer.operators)
            self._furniture[key] = self._share(Galley(PAGE_HEIGHT * POINT, drawing.operators)), footer_top
        return self._furniture[key]

    def _draw_marks(self, drawing: Drawing) -> None:
        if self._style.fold_marks:
            for y, length in ((self._form.fold_marks[0], 2.0), (self._form.hole_mark, 3.0), (self._form.fold_marks[1], 2.0)):
                drawing.rule((4 * POINT, y * POINT), ((4 + length) * POINT, y * POINT), 0.25, BLACK)

    def _shared(self, block: Block) -> Block:
        return SharedBlock(block, self._share) if all(map(is_shared, block.names)) else block

    def _blocks(self, part: TextPart) -> list[Block | CartBlock]:
        match part:
            case Heading() | Paragraph() | BulletList() | NumberedList() | Table():
                return [self._shared(self._flowing(part))]
            case Signature():
                return [block if isinstance(block, PictureBlock) else self._shared(block) for block in self._signature(part)]
            case Coupon() | Cart() | QrCode():
                return [self._art(part)]
            case Condition() | PageBreak():
                return []

    def _flowing(self, part: Flowing) -> Block:
        scale, setter, measure = self._scale, self._setter, self._measure
        leading = scale.body.leading
        match part:
            case Heading():
                if part.level == 1:
                    return HeadingBlock(part.line, setter, scale.heading, scale.body.size, measure, leading / 2, after=leading / 2)
                return HeadingBlock(part.line, setter, scale.subheading, scale.body.size, measure, leading / 2)
            case Paragraph():
                return TextBlock(part, setter, scale.body, measure, leading / 2, divides=True)
            case BulletList():
                return bullets(part.items, setter, scale.body, measure, leading / 2)
            case NumberedList():
                return numbers(part.items, part.start, setter, scale.body, measure, leading / 2)
            case Table():
                head = Type(scale.display_semibold, scale.body.size, leading)
                return TableBlock(part, setter, scale.body, head, measure, leading / 2)

    def _signature(self, part: Signature) -> list[Block]:
        """Closing and name, with room to sign between them or the picture of the signature."""
        type_, picture = self._scale.body, self._artwork.signature
        leading = type_.leading

        def stack(paragraphs: Sequence[Paragraph], before: float) -> Block:
            return StackBlock(paragraphs, self._setter, type_, self._measure, gap=leading * 1.5, before=before)

        if picture is None or len(part.paragraphs) < 2:
            return [stack(part.paragraphs, leading)]
        return [stack(part.paragraphs[:1], leading), PictureBlock(picture, leading / 4), stack(part.paragraphs[1:], leading / 4)]

    def _art(self, part: Coupon | Cart | QrCode) -> Block | CartBlock:
        scale, setter, measure = self._scale, self._setter, self._measure
        match part:
            case Coupon():
                return SharedCoupon(CouponBlock(part, setter, scale, self._style, self._form), self._share)
            case Cart():
                return CartBlock(part, setter, scale, self._style, measure)
            case QrCode():
                return QrBlock(part, self._codes("S", self._style.qr_code_size), setter, scale, measure)
