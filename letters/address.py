"""How is the address set, so that post and window envelope can read it?"""

from collections.abc import Sequence
from dataclasses import dataclass

from layouts.din5008 import Form
from layouts.style import BLACK
from letters.errors import UnprintableLetter
from letters.fonts import regular, shown
from letters.page import POINT, Drawing
from letters.typeset import Setter, Type

_TYPE = Type(regular(), 10.5, 12)
_SMALLEST_PT = 9
"""The post reads no smaller type safely (print facts 1.4)."""
_RETURN_LINE = Type(regular(), 7, 9)
_SMALLEST_RETURN_LINE_PT = 6


@dataclass(frozen=True, slots=True)
class FittedAddress:
    """The lines as they are printed, all in one type."""

    lines: tuple[str, ...]
    type: Type


def fitted(lines: Sequence[str], form: Form) -> FittedAddress | None:
    """The address as it fits into the address zone of ``form``, or None when it does not.

    10.5 pt, and less (9 pt at least) only where a line would else reach beyond what the window is sure to show; a line that is wider
    than the zone even so is broken at a blank while there are lines left (docs/addresses.md). Raises KeyError for a character that
    the typeface lacks.
    """
    if len(lines) > form.address_lines:
        return None
    type_ = address_type(lines, form)
    if type_ is None and len(lines) < form.address_lines and (broken := _broken(lines, form)):
        return fitted(broken, form)
    return FittedAddress(tuple(lines), type_) if type_ else None


def address_type(lines: Sequence[str], form: Form) -> Type | None:
    """One type for all lines as they stand, or None when one of them is wider than the address zone."""
    widest = max(lines, key=_TYPE.width)
    type_ = _TYPE.fitted(widest, (form.window_visible.right - form.address_zone.x) * POINT, _SMALLEST_PT)
    return type_ if type_.width(widest) <= form.address_zone.width * POINT else None


def address_problem(lines: Sequence[str], form: Form) -> str | None:
    """Why the lines cannot be set, in words for a marketer, or None."""
    if fitted(lines, form):
        return None
    if len(lines) > form.address_lines:
        return f"the address has {len(lines)} lines, the window shows {form.address_lines}"
    widest = max(lines, key=_TYPE.width)
    return f"the address line {widest!r} is wider than the {form.address_zone.width:g} mm of the address field: shorten it"


def _broken(lines: Sequence[str], form: Form) -> list[str] | None:
    """The lines with the widest of them in two parts, the first as long as its blanks let it be; the last line stays whole."""
    at = max(range(len(lines)), key=lambda index: _TYPE.width(lines[index]))
    if at == len(lines) - 1:
        return None
    words = lines[at].split(" ")
    room = (form.window_visible.right - form.address_zone.x) * POINT
    for count in range(len(words) - 1, 0, -1):
        first = " ".join(words[:count])
        if _TYPE.width(first) <= room:
            return [*lines[:at], first, " ".join(words[count:]), *lines[at + 1 :]]
    return None


def line_ends(found: FittedAddress, form: Form) -> tuple[tuple[float, float], ...]:
    """Where the last character of each line begins: from the left and to the baseline, in millimetres."""
    type_, zone = found.type, form.address_zone
    top = zone.y + type_.baseline / POINT
    return tuple((zone.x + type_.width(shown(line)[:-1]) / POINT, top + count * type_.leading / POINT) for count, line in enumerate(found.lines))


def return_line_type(line: str, form: Form) -> Type | None:
    """The type of the small line above the address, or None when it does not fit."""
    type_ = _RETURN_LINE.fitted(line, form.return_line.width * POINT, _SMALLEST_RETURN_LINE_PT)
    return type_ if type_.width(line) <= form.return_line.width * POINT else None


def return_line_problem(line: str, form: Form) -> str | None:
    """Why the return line cannot be set, or None; a form without room for one (a print shop writes its own) prints none."""
    if not form.return_line.width or return_line_type(line, form):
        return None
    return f"the return line {line!r} is wider than the {form.return_line.width:g} mm of the address field: shorten the sender's name"


def draw_address(drawing: Drawing, lines: Sequence[str], form: Form, setter: Setter) -> None:
    """Write the lines from the top of the address zone; they must fit."""
    found = fitted(lines, form)
    if found is None:
        raise UnprintableLetter("the address does not fit into the address field")
    zone, type_ = form.address_zone, found.type
    codes = [setter.unkerned(line, type_) for line in found.lines]
    drawing.lines(zone.x * POINT, zone.y * POINT + type_.baseline, setter.select(type_), type_.leading, codes)


def draw_return_line(drawing: Drawing, line: str, form: Form, setter: Setter) -> None:
    """Write the sender's small line with a fine rule below it; it must fit. A form without room for one has none."""
    if not form.return_line.width:
        return
    type_ = return_line_type(line, form)
    if type_ is None:
        raise UnprintableLetter("the return line does not fit into the address field")
    box = form.return_line
    x, bottom = box.x * POINT, box.bottom * POINT
    width, code = setter.line(line, type_)
    drawing.lines(x, bottom - 3.6, setter.select(type_), 0, [code])
    drawing.rule((x, bottom - 1), (x + width, bottom - 1), 0.25, BLACK)
