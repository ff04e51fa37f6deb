"""What tells people and inserting machines which sheet this is?

Marks stand on the fronts of all sheets of a letter. Machines differ: kind and place come from the print shop (layouts.production).
"""

from collections.abc import Sequence

import numpy as np
import zxingcpp

from layouts.din5008 import Box
from layouts.production import Dash, InserterMark, MarkKind, Production, SheetNumber
from layouts.style import BLACK
from letters.fonts import regular
from letters.page import POINT, Drawing, Page, number
from letters.typeset import Setter, Type

_NUMBER = Type(regular(), 6, 7)
_QUIET_MODULES = 1
"""White around a data matrix (ISO/IEC 16022, 7)."""
_SEQUENCE = {Dash.SEQUENCE_1: 1, Dash.SEQUENCE_2: 2, Dash.SEQUENCE_4: 4}


def blank_page() -> Page:
    """The back of a letter's last sheet: nothing on it at all."""
    return Page()


def boxes(production: Production) -> list[Box]:
    """Where marks may stand on a front, with a little more: the only things of ours that may stand in a zone that is kept free."""
    found = []
    if number_ := production.sheet_number:
        found.append(Box(number_.x - 0.5, number_.y - 2.5, 25, 3.5))
    if mark := production.inserter:
        if mark.kind is MarkKind.OMR:
            found.append(Box(mark.x - 0.5, mark.y - 0.5, mark.length + 1, (len(mark.dashes) - 1) * mark.pitch + 1))
        else:
            found.append(Box(mark.x, mark.y, 30 * mark.module, 30 * mark.module))
    return found


class Marks:
    """Draws the marks of one print file."""

    def __init__(self, production: Production, job: str, setter: Setter) -> None:
        self._production, self._job, self._setter = production, job, setter
        self._sheets = 0

    def draw(self, pages: Sequence[Page], sequence: int) -> None:
        """Mark all sheets of the letter with number ``sequence`` in its file, in order: sheets are counted on from letter to letter."""
        fronts = pages[::2] if self._production.duplex else pages
        for sheet, page in enumerate(fronts, 1):
            self._sheets += 1
            if place := self._production.sheet_number:
                self._number(page, place, f"{sequence:06d} {sheet}/{len(fronts)}")
            if mark := self._production.inserter:
                if mark.kind is MarkKind.OMR:
                    self._dashes(page, mark, self._sheets, is_last=sheet == len(fronts))
                else:
                    self._matrix(page, mark, f"{self._job};{sequence:06d};{sheet};{len(fronts)}")

    def _number(self, page: Page, place: SheetNumber, text: str) -> None:
        drawing = Drawing()
        drawing.lines(0, 0, self._setter.select(_NUMBER), 0, [self._setter.line(text, _NUMBER)[1]])
        page.put(place.x, place.y, drawing.operators)

    def _dashes(self, page: Page, mark: InserterMark, sheet: int, *, is_last: bool) -> None:
        drawing = Drawing()
        for place in dashes(mark, sheet, is_last=is_last):
            y = place * mark.pitch * POINT
            drawing.rule((0, y), (mark.length * POINT, y), mark.thickness * POINT, BLACK)
        page.put(mark.x, mark.y, drawing.operators)

    def _matrix(self, page: Page, mark: InserterMark, text: str) -> None:
        rows = data_matrix(text)
        unit, side = mark.module * POINT, len(rows) * mark.module * POINT
        drawing = Drawing()
        quiet = _QUIET_MODULES * unit
        drawing.units(quiet, quiet, side, unit, f"{_path(rows)}f")
        page.put(mark.x, mark.y, drawing.operators)


def dashes(mark: InserterMark, sheet: int, *, is_last: bool) -> list[int]:
    """Places of the dashes that are printed on sheet number ``sheet``, from 0 at the top; their number is even where there is a parity dash."""
    said = [place for place, dash in enumerate(mark.dashes) if _is_said(dash, sheet, is_last)]
    if Dash.PARITY in mark.dashes and len(said) % 2:
        said.append(mark.dashes.index(Dash.PARITY))
    return sorted(said)


def _is_said(dash: Dash, sheet: int, is_last: bool) -> bool:
    if dash in _SEQUENCE:
        return bool(sheet & _SEQUENCE[dash])
    return dash is Dash.START or (dash is Dash.END and is_last)


def data_matrix(text: str) -> list[list[bool]]:
    """The modules of a data matrix (ECC 200; square, as this library makes them), row by row, without its quiet zone."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, force_square=True)
    dark = np.asarray(barcode.to_image(scale=1, add_quiet_zones=False)) == 0
    return [[bool(module) for module in row] for row in dark]


def _path(rows: Sequence[Sequence[bool]]) -> str:
    """Rectangles of the dark runs in units, origin in the lower left corner."""
    found = []
    for index, row in enumerate(rows):
        start = None
        for column, dark in enumerate([*row, False]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                found.append(f"{start} {number(len(rows) - 1 - index)} {column - start} 1 re\n")
                start = None
    return "".join(found)
