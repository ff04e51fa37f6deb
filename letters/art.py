"""How do the designed parts look: letterhead, coupon, a QR code with its caption?"""

from collections.abc import Sequence
from typing import Protocol

from campaigns.letter import LetterContent
from layouts.din5008 import PAGE_WIDTH
from layouts.style import Letterhead, Style
from layouts.text import Coupon, Heading, Line, Paragraph, Placeholder, QrCode
from letters.blocks import Galley, Scale
from letters.errors import UnprintableLetter
from letters.fonts import CAP_HEIGHT, face, regular, semibold
from letters.page import PAPER, POINT, Drawing
from letters.qr_path import PrintedCode, path_table
from letters.typeset import Setter, Type, Values


def plain(line: Line, values: Values) -> str:
    """A line as plain text, for lines that are never broken."""
    return "".join(values[run.name] if isinstance(run, Placeholder) else run.text for run in line)


def _names(lines: Sequence[Line]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(run.name for line in lines for run in line if isinstance(run, Placeholder)))


_EDGE = 8.0
"""Millimetres of white around the art: office printers and letter services print no closer to the edge than 5."""
_BAND, _RULE = 20.0, 24.0
"""Millimetres from the white edge to the end of the band or to the rule, where the form has room for it."""
_CLEAR = 5.0
"""Millimetres between letterhead and window."""


class Code(Protocol):
    """A kind of QR code at its size, in points."""

    size: float
    quiet: float

    def draw(self, drawing: Drawing, x: float, y: float, token: str) -> None:
        """Draw the symbol with its top-left corner at x, y; the quiet zone around it is the caller's to keep."""


class DrawnCode:
    """A code that draws each letter's own symbol."""

    def __init__(self, printed: PrintedCode) -> None:
        self._family = printed.family
        self._paths = path_table(printed.family.modules)
        self._module = printed.module * POINT
        self.size, self.quiet = printed.size * POINT, printed.quiet * POINT

    def draw(self, drawing: Drawing, x: float, y: float, token: str) -> None:
        """See ``Code.draw``."""
        drawing.path(x, y, self.size, self._module, self._paths.path(self._family.symbol(token)))


class CouponBlock:
    """The coupon: the value large on the accent colour, a perforation, the code on a tint.

    ``box`` is the part that letters of a print run share; the code is set over it.
    """

    before = 10.5
    _STUB, _HEIGHT, _STUB_PT = 132.0, 91.0, 36.0
    """Side of the value and least height in points, for a value of that size."""
    _PADDING = 15.0

    def __init__(self, coupon: Coupon, setter: Setter, scale: Scale, style: Style, measure: float) -> None:
        self._setter, self._style, self._measure, self._value, self._code = setter, style, measure, coupon.value, coupon.code
        larger = style.value_pt / self._STUB_PT
        self._stub, self._least_height = self._STUB * larger, self._HEIGHT * larger
        self._x = self._stub + self._PADDING
        self._room = measure - self._x - self._PADDING
        self._small = scale.small
        self._label = [setter.compile(paragraph.lines, scale.small, self._room) for paragraph in coupon.label]
        self._terms = [setter.compile(paragraph.lines, scale.small, self._room) for paragraph in coupon.terms]
        self._value_type = Type(face("Bold"), style.value_pt, style.value_pt)
        self._code_type = Type(semibold(), 21, 28)
        compiled = [*self._label, *self._terms]
        self.shared_names = tuple(dict.fromkeys([*_names([coupon.value]), *(name for part in compiled for name in part.names)]))
        self.names = tuple(dict.fromkeys([*self.shared_names, *_names([coupon.code])]))

    def box(self, values: Values) -> tuple[Galley, float]:
        """Everything but the code, and the distance of the code's line from the top."""
        label = [code for part in self._label for code in part.set(values)]
        terms = [code for part in self._terms for code in part.set(values)]
        leading = self._small.leading
        inside = (len(label) + len(terms)) * leading + self._code_type.leading
        height = max(self._least_height, inside + 2 * self._PADDING)
        top = (height - inside) / 2 - 1
        drawing = Drawing()
        drawing.rectangle(0, 0, self._stub, height, self._style.accent)
        drawing.rectangle(self._stub, 0, self._measure - self._stub, height, self._style.tint)
        drawing.rule((self._stub, 0), (self._stub, height), 1.2, PAPER, "2.6 2.6")
        self._draw_value(drawing, plain(self._value, values), height)
        font = self._setter.select(self._small)
        for y, codes in ((top, label), (top + len(label) * leading + self._code_type.leading, terms)):
            if codes:
                drawing.lines(self._x, y + self._small.baseline, font, leading, codes)
        return Galley(height, drawing.operators), top + len(label) * leading

    def _draw_value(self, drawing: Drawing, value: str, height: float) -> None:
        room = self._stub - 16
        type_ = self._value_type.fitted(value, room, 12)
        width, code = self._setter.line(value, type_)
        if width > room:
            raise UnprintableLetter(f"the coupon's value {value!r} is too long for the coupon: shorten it")
        drawing.lines((self._stub - width) / 2, height / 2 + type_.size * CAP_HEIGHT / 2, self._setter.select(type_), 0, [code], PAPER)

    def code(self, values: Values, y: float) -> str:
        """The operators of the code, ``y`` below the top of the box."""
        text = plain(self._code, values)
        type_ = self._code_type.fitted(text, self._room, 10)
        width, code = self._setter.line(text, type_)
        if width > self._room:
            raise UnprintableLetter(f"the coupon code {text!r} is too long for the coupon: use shorter codes")
        drawing = Drawing()
        drawing.lines(self._x, y + self._code_type.baseline, self._setter.select(type_), 0, [code])
        return drawing.operators


class QrBlock:
    """The code that leads to the shop with its caption beside it, both on one middle line."""

    def __init__(self, block: QrCode, code: Code, setter: Setter, scale: Scale, measure: float) -> None:
        self._code = code
        self._x = code.size + code.quiet + 6
        self._parts = []
        for part in block.caption:
            type_ = scale.subheading if isinstance(part, Heading) else scale.body
            lines = (part.line,) if isinstance(part, Heading) else part.lines
            self._parts.append((setter.compile(lines, type_, measure - self._x), type_, setter.select(type_)))
        self.names = tuple(dict.fromkeys(name for compiled, _, _ in self._parts for name in compiled.names))
        self.before = max(0.0, 14 - code.quiet)

    def set(self, content: LetterContent) -> Galley:
        """See ``Block.set``."""
        parts = [(compiled.set(content.values), type_, font) for compiled, type_, font in self._parts]
        text_height = sum(len(codes) * type_.leading for codes, type_, _ in parts)
        height = max(self._code.size + 2 * self._code.quiet, text_height)
        drawing = Drawing()
        self._code.draw(drawing, 0, (height - self._code.size) / 2, content.token)
        y = (height - text_height) / 2
        for codes, type_, font in parts:
            drawing.lines(self._x, y + type_.baseline, font, type_.leading, codes)
            y += len(codes) * type_.leading
        return Galley(height, drawing.operators)


def letterhead(paragraphs: Sequence[Paragraph], values: Values, setter: Setter, style: Style, left: float, right: float) -> str:
    """The head of page 1, drawn from the page's top-left corner; the name at the left, a second paragraph at the right."""
    drawing = Drawing()
    band = style.letterhead is Letterhead.BAND
    top = _EDGE * POINT
    height = min(_BAND if band else _RULE, style.form.letterhead.height - _EDGE - _CLEAR) * POINT
    if band:
        drawing.rectangle(_EDGE * POINT, top, (PAGE_WIDTH - 2 * _EDGE) * POINT, height, style.accent)
    else:
        drawing.rule((left, top + height), (right, top + height), 0.5, style.accent)
    texts = [" ".join(plain(line, values) for line in paragraph.lines) for paragraph in paragraphs]
    name, note = [*texts, "", ""][:2]
    note_type = Type(regular(), 9.5, 12)
    note_width, note_code = setter.line(note, note_type)
    room = right - left - (note_width + 20 if note else 0)
    name_type = Type(semibold(), 21 if band else 17, 24).fitted(name, room, 11)
    name_width, name_code = setter.line(name, name_type)
    if name_width > room:
        beside = f" beside {note!r}" if note else ""
        raise UnprintableLetter(f"the sender's name {name!r} is too long for the letterhead{beside}: shorten it")
    baseline = top + (height + name_type.size * CAP_HEIGHT) / 2 if band else top + height - 9
    ink = PAPER if band else style.accent
    drawing.lines(left, baseline, setter.select(name_type), 0, [name_code], ink)
    if note:
        drawing.lines(right - note_width, baseline, setter.select(note_type), 0, [note_code], ink)
    return drawing.operators
