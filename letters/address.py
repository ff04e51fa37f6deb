"""How is the address set, so that post and window envelope can read it?"""

from collections.abc import Sequence

from layouts.din5008 import Form
from layouts.style import BLACK
from letters.errors import UnprintableLetter
from letters.fonts import regular
from letters.page import POINT, Drawing
from letters.typeset import Setter, Type

MAX_LINES = 6
"""Lines of the address zone (DIN 5008)."""
_TYPE = Type(regular(), 10.5, 12)
_SMALLEST_PT = 9
"""The post reads no smaller type safely (print facts 1.4)."""
_RETURN_LINE = Type(regular(), 7, 9)
_SMALLEST_RETURN_LINE_PT = 6


def address_type(lines: Sequence[str], form: Form) -> Type | None:
    """One type for all lines, or None when they do not fit into the address zone.

    10.5 pt, and less only where a line would else reach beyond what a C6/5 window is sure to show.
    """
    widest = max(lines, key=_TYPE.width)
    type_ = _TYPE.fitted(widest, (form.window_visible.right - form.address_zone.x) * POINT, _SMALLEST_PT)
    return type_ if type_.width(widest) <= form.address_zone.width * POINT else None


def return_line_type(line: str, form: Form) -> Type | None:
    """The type of the small line above the address, or None when it does not fit."""
    type_ = _RETURN_LINE.fitted(line, form.return_line.width * POINT, _SMALLEST_RETURN_LINE_PT)
    return type_ if type_.width(line) <= form.return_line.width * POINT else None


def draw_address(drawing: Drawing, lines: Sequence[str], form: Form, setter: Setter) -> None:
    """Write the lines from the top of the address zone; they must fit."""
    type_ = address_type(lines, form)
    if type_ is None:
        raise UnprintableLetter("the address does not fit into the address field")
    zone = form.address_zone
    drawing.lines(zone.x * POINT, zone.y * POINT + type_.baseline, setter.select(type_), type_.leading, [setter.unkerned(line, type_) for line in lines])


def draw_return_line(drawing: Drawing, line: str, form: Form, setter: Setter) -> None:
    """Write the sender's small line with a fine rule below it; it must fit."""
    type_ = return_line_type(line, form)
    if type_ is None:
        raise UnprintableLetter("the return line does not fit into the address field")
    box = form.return_line
    x, bottom = box.x * POINT, box.bottom * POINT
    width, code = setter.line(line, type_)
    drawing.lines(x, bottom - 3.6, setter.select(type_), 0, [code])
    drawing.rule((x, bottom - 1), (x + width, bottom - 1), 0.25, BLACK)
