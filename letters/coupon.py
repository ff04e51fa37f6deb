"""How does a coupon look?"""

from collections.abc import Sequence
from dataclasses import dataclass

from layouts.din5008 import PAGE_WIDTH, Form
from layouts.style import Cmyk, CouponLook, Style
from layouts.text import Coupon, Line, Placeholder
from letters.art import EDGE, plain
from letters.blocks import Galley, Scale
from letters.errors import Misfit, UnprintableLetter
from letters.fonts import face, semibold
from letters.page import PAPER, POINT, Drawing, Written, number
from letters.typeset import Setter, Type
from letters.word import Values

_CODE_PT, _CODE_LEADING = 21, 29
_PADDING = 15.0
_LEAST_CODE = 45 * POINT
"""A code of a dozen characters in a size that can be read across a table."""
_STUB_PT = 36.0
"""The size of value that the measures below are meant for; they grow with it."""
_NOTCH, _CORNER, _INSET = 5.5, 6.0, 9.0
_TIGHTER = 50
"""Thousandths of an em that a space in the value is narrower than in running text."""
_QUARTER = 0.5523
"""Where the handles of a Bézier curve stand that draws a quarter of a circle."""
_STAIRS = ((0.15, 0.3), (0.31, 0.5), (0.47, 0.72), (0.7, 1.0))
"""Height of each step as a part of the box, and the part of the accent's inks."""


@dataclass(frozen=True, slots=True)
class _Measures:
    """Where value and code stand in a look, in points from the coupon's top-left corner."""

    height: float
    """At the least."""
    value_x: float
    value_width: float
    code_x: float
    code_width: float
    value_ink: Cmyk
    value_middle: float | None = None
    """None: the middle of the box."""


class CouponBlock:
    """The coupon in its layout's look.

    ``box`` is the part that letters of a print run share; the code is set over it.
    """

    before = 12.0
    _AFTER = 5.0
    """Points of white below it, with those that the next block keeps above itself."""

    def __init__(self, coupon: Coupon, setter: Setter, scale: Scale, style: Style, form: Form) -> None:
        self._setter, self._style, self._value, self._code, self._small = setter, style, coupon.value, coupon.code, scale.small
        self._measure = form.body.width * POINT
        self._left_edge, self._right_edge = (side * POINT for side in (EDGE - form.body.x, PAGE_WIDTH - EDGE - form.body.x))
        self._at = self._measures()
        if self._at.code_width < _LEAST_CODE:
            raise Misfit(
                f"The coupon's value ({style.value_pt:g} pt) leaves {max(0.0, self._at.code_width) / POINT:.0f} mm for code and terms, "
                f"{_LEAST_CODE / POINT:.0f} are needed: make 'value_pt' or the margins smaller."
            )
        self._label = [setter.compile(paragraph.lines, scale.small, self._at.code_width) for paragraph in coupon.label]
        self._terms = [setter.compile(paragraph.lines, scale.small, self._at.code_width, divides=True) for paragraph in coupon.terms]
        self._value_type = Type(face("Bold", style.heading_font), style.value_pt, style.value_pt)
        self._code_type = Type(semibold(), _CODE_PT, _CODE_LEADING)
        compiled = [*self._label, *self._terms]
        self.shared_names = tuple(dict.fromkeys([*_names([coupon.value]), *(name for part in compiled for name in part.names)]))
        self.names = tuple(dict.fromkeys([*self.shared_names, *_names([coupon.code])]))

    def box(self, values: Values) -> tuple[Galley, float]:
        """Everything but the code, and the distance of the code's line from the top."""
        label = [code for part in self._label for code in part.set(values)]
        terms = [code for part in self._terms for code in part.set(values)]
        leading = self._small.leading
        inside = (len(label) + len(terms)) * leading + self._code_type.leading
        height = max(self._at.height, inside + 2 * _PADDING)
        top = (height - inside) / 2 - 1
        drawing = Drawing()
        self._draw_ground(drawing, height)
        self._draw_value(drawing, plain(self._value, values), height)
        font = self._setter.select(self._small)
        for y, codes in ((top, label), (top + len(label) * leading + self._code_type.leading, terms)):
            if codes:
                drawing.lines(self._at.code_x, y + self._small.baseline, font, leading, codes)
        return Galley(height + self._AFTER, drawing.operators), top + len(label) * leading

    def code(self, values: Values, y: float) -> Written:
        """The code, ``y`` below the top of the box."""
        text = plain(self._code, values)
        type_ = self._code_type.fitted(text, self._at.code_width, 10)
        width, code = self._setter.line(text, type_)
        if width > self._at.code_width:
            raise UnprintableLetter(f"the coupon code {text!r} is too long for the coupon: use shorter codes")
        return Written(self._at.code_x, y + self._code_type.baseline, self._setter.select(type_), 0, [code])

    def _measures(self) -> _Measures:
        larger, measure, style = self._style.value_pt / _STUB_PT, self._measure, self._style
        match style.coupon:
            case CouponLook.BANNER:
                label = measure * 0.54
                x = self._right_edge - _INSET - label
                return _Measures(78 * larger**0.8, 0, x - _PADDING, x + _PADDING, label - 2 * _PADDING, PAPER)
            case CouponLook.TICKET:
                stub = 136 * larger
                return _Measures(88 * larger, 8, stub - 16, stub + _PADDING, measure - stub - 2 * _PADDING, style.accent)
            case CouponLook.STEPS:
                stub = 150 * larger
                return _Measures(100 * larger, _PADDING, stub * 0.75 - _PADDING - 5, stub + _PADDING, measure - stub - 2 * _PADDING, style.accent, 28 * larger)
            case CouponLook.STUB:
                stub = 132 * larger
                return _Measures(91 * larger, 8, stub - 16, stub + _PADDING, measure - stub - 2 * _PADDING, PAPER)

    def _draw_ground(self, drawing: Drawing, height: float) -> None:
        match self._style.coupon:
            case CouponLook.BANNER:
                self._draw_banner(drawing, height)
            case CouponLook.TICKET:
                self._draw_ticket(drawing, height)
            case CouponLook.STEPS:
                self._draw_steps(drawing, height)
            case CouponLook.STUB:
                self._draw_stub(drawing, height)

    def _draw_stub(self, drawing: Drawing, height: float) -> None:
        """Two panels with a perforation between them, and a notch at each end of it, as tickets have."""
        style, stub, measure = self._style, self._at.code_x - _PADDING, self._measure
        for outer, inwards, ink in ((0.0, 1.0, style.accent), (measure, -1.0, style.tint)):
            near = stub - inwards * _NOTCH
            bow = stub - inwards * _NOTCH * (1 - _QUARTER)
            far = _NOTCH * _QUARTER
            path = (
                f"{_at(outer, 0)} m {_at(near, 0)} l {_at(near, far)} {_at(bow, _NOTCH)} {_at(stub, _NOTCH)} c {_at(stub, height - _NOTCH)} l "
                f"{_at(bow, height - _NOTCH)} {_at(near, height - far)} {_at(near, height)} c {_at(outer, height)} l h"
            )
            drawing.shape(path, ink)
        drawing.rule((stub, _NOTCH + 3), (stub, height - _NOTCH - 2), 1.2, PAPER, "2.6 2.6")

    def _draw_ticket(self, drawing: Drawing, height: float) -> None:
        """A dashed line to cut along, and a fine one between value and code."""
        accent, stub = self._style.accent, self._at.code_x - _PADDING
        drawing.outline(_rounded(0.4, 0.4, self._measure - 0.8, height - 0.8, _CORNER), 0.8, accent, "4 2.5")
        drawing.rule((stub, _PADDING), (stub, height - _PADDING), 0.5, accent)

    def _draw_steps(self, drawing: Drawing, height: float) -> None:
        style, stub = self._style, self._at.code_x - _PADDING
        drawing.rectangle(0, 0, self._measure, height, style.tint)
        wide = stub / len(_STAIRS)
        for index, (high, part) in enumerate(_STAIRS):
            drawing.rectangle(index * wide, height * (1 - high), wide, height * high, style.accent.lighter(part))

    def _draw_banner(self, drawing: Drawing, height: float) -> None:
        """From edge to edge of the art, with a hole for the label: paper is whiter than ink."""
        left, at = self._left_edge, self._at
        label = _rounded(at.code_x - _PADDING, _INSET, at.code_width + 2 * _PADDING, height - 2 * _INSET, 3)
        outer = f"{_at(left, height)} {number(self._right_edge - left)} {number(height)} re"
        drawing.shape(f"{outer} {label}", self._style.accent, even_odd=True)

    def _draw_value(self, drawing: Drawing, value: str, height: float) -> None:
        at = self._at
        type_ = self._value_type.fitted(value, at.value_width, 12)
        width, code = closer(*self._setter.line(value, type_), type_.size)
        if width > at.value_width:
            raise UnprintableLetter(f"the coupon's value {value!r} is too long for the coupon: shorten it")
        middle = height / 2 if at.value_middle is None else at.value_middle
        leftwards = self._style.coupon in (CouponLook.BANNER, CouponLook.STEPS)
        x = at.value_x + (0 if leftwards else (at.value_width - width) / 2)
        drawing.lines(x, middle + type_.cap_height / 2, self._setter.select(type_), 0, [code], at.value_ink)


def closer(width: float, code: str, size: float) -> tuple[float, str]:
    """A large value with less white between amount and sign: the space of running text tears it apart."""
    if "Tf" in code:  # another face within: its operators hold spaces too
        return width, code
    return width - code.count(" ") * _TIGHTER * size / 1000, code.replace(" ", f" ){_TIGHTER}(")


def _names(lines: Sequence[Line]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(run.name for line in lines for run in line if isinstance(run, Placeholder)))


def _at(x: float, y: float) -> str:
    return f"{number(x)} {number(-y)}"


def _rounded(x: float, y: float, width: float, height: float, radius: float) -> str:
    """The path of a rectangle with round corners, clockwise from its top-left."""
    right, bottom, bow = x + width, y + height, radius * (1 - _QUARTER)
    return (
        f"{_at(x + radius, y)} m {_at(right - radius, y)} l {_at(right - bow, y)} {_at(right, y + bow)} {_at(right, y + radius)} c "
        f"{_at(right, bottom - radius)} l {_at(right, bottom - bow)} {_at(right - bow, bottom)} {_at(right - radius, bottom)} c "
        f"{_at(x + radius, bottom)} l {_at(x + bow, bottom)} {_at(x, bottom - bow)} {_at(x, bottom - radius)} c "
        f"{_at(x, y + radius)} l {_at(x, y + bow)} {_at(x + bow, y)} {_at(x + radius, y)} c h"
    )
