"""How does a proof say on every page that it is none of the letters that are sent?"""

from math import cos, radians, sin

from layouts.din5008 import PAGE_HEIGHT, PAGE_WIDTH
from layouts.style import Cmyk
from letters.blocks import Galley
from letters.fonts import face
from letters.page import POINT, Drawing, number
from letters.typeset import Setter, Type

_INK = Cmyk(0, 0, 0, 15)
"""Seen across the room; text and codes over it keep five sixths of their contrast."""
_ANGLE = radians(52)
"""Rising to the right it runs beside the address, which stands at the left of the page's head."""
_LENGTH, _LARGEST_PT = 255 * POINT, 190


def watermark(word: str, setter: Setter) -> Galley:
    """A large light word across the page, drawn from the page's top-left corner; raises KeyError for characters that the font lacks."""
    type_ = Type(face("Bold"), _LARGEST_PT, _LARGEST_PT).fitted(word, _LENGTH, 1)
    width, code = setter.line(word, type_)
    middle = type_.size * type_.face.cap_height / 2
    across, up = cos(_ANGLE), sin(_ANGLE)
    x = PAGE_WIDTH * POINT / 2 - across * width / 2 + up * middle
    y = -PAGE_HEIGHT * POINT / 2 - up * width / 2 - across * middle
    drawing = Drawing()
    drawing.lines(0, 0, setter.select(type_), 0, [code], _INK)
    turned = " ".join(map(number, (across, up, -up, across, x, y)))
    return Galley(PAGE_HEIGHT * POINT, f"q {turned} cm\n{drawing.operators} Q")
