"""What does a finished page really say?  Read by libraries that had no part in making it (pdfium, zxing-cpp)."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pypdfium2 as pdfium
import zxingcpp
from numpy.typing import NDArray
from pypdfium2 import raw

from layouts.din5008 import PAGE_HEIGHT, Box

DPI = 100
MM = 72 / 25.4
Picture = NDArray[np.uint8]
"""A page in shades of grey, row by row; white is 255."""


_EDGES = tuple(ctypes.c_float() for _ in range(4))
"""Where pdfium writes left, bottom, right and top to; pdfium is for one thread at a time anyhow."""


_PLACE = ctypes.c_double(), ctypes.c_double()
_TURN = raw.FS_MATRIX()
_ON_THE_SPOT = 0.6
"""Points (0.2 mm) that a character may stand beside its place."""
_STRAIGHT = 0.01
"""By how much of its size a character may be turned or drawn out."""

UnreadablePdf = pdfium.PdfiumError
"""A file, or a page of it, that pdfium cannot make sense of."""


class PrintedPage:
    """One page, measured like a letter: in millimetres from the top-left corner of the trimmed sheet."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._page = page
        self._left, _, _, self._top = page.get_trimbox()
        self._words: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give its memory back."""
        if self._words is not None:
            self._words.close()
        self._page.close()

    def text(self, box: Box | None = None) -> str:
        """The words of the page, or those within a rectangle; lines end with CR LF."""
        if box is None:
            return _with_hyphens(self._text_page.get_text_bounded())
        left, top = self._left + box.x * MM, self._top - box.y * MM
        return _with_hyphens(self._text_page.get_text_bounded(left=left, bottom=top - box.height * MM, right=left + box.width * MM, top=top))

    def all_words(self) -> str:
        """The words of the page in a quarter of the time of ``text``, with divided words as pdfium gives them; lines end with CR LF."""
        return str(self._text_page.get_text_range())

    def text_boxes(self) -> list[Box]:
        """The rectangles of everything that is written on the page, about a line each."""
        words = self._text_page
        return [self._box(*words.get_rect(index)) for index in range(words.count_rects())]

    def has_character_at(self, x: float, baseline: float, size_pt: float) -> bool:
        """Whether a character of this size begins there, upright: as it was set, not moved, drawn out or turned."""
        words, across, up = self._text_page, self._left + x * MM, self._top - baseline * MM
        near = raw.FPDFText_GetCharIndexAtPos(words.raw, across + size_pt / 4, up + size_pt / 4, size_pt, size_pt / 2)
        return any(_stands_at(words.raw, index, across, up, size_pt) for index in chain((near,), range(words.count_chars())))

    def art(self, above: float = PAGE_HEIGHT) -> Iterator[tuple[Box, bool]]:
        """The rectangles of the paths, pictures and forms that the page draws itself, and whether one is a form: then of all that is drawn in it.

        Only of those that reach higher than ``above`` millimetres from the top.
        """
        lowest = self._top - above * MM
        handle, edges = self._page.raw, _EDGES
        for index in range(raw.FPDFPage_CountObjects(handle)):
            drawn = raw.FPDFPage_GetObject(handle, index)
            kind = raw.FPDFPageObj_GetType(drawn)
            if kind != raw.FPDF_PAGEOBJ_TEXT and raw.FPDFPageObj_GetBounds(drawn, *edges) and edges[3].value > lowest:
                yield self._box(*(edge.value for edge in edges)), kind == raw.FPDF_PAGEOBJ_FORM

    def picture(self, dpi: int = DPI) -> Picture:
        """The page as it looks on paper."""
        found: Picture = self._page.render(scale=dpi / 72, grayscale=True).to_numpy().squeeze()
        return found

    def cut(self, picture: Picture, box: Box, dpi: int = DPI) -> Picture:
        """The part of the page's picture within a rectangle."""
        left, _, _, top = self._page.get_cropbox()
        x, y = (self._left - left) / MM + box.x, (top - self._top) / MM + box.y
        first_row, last_row, first, last = (max(0, round(edge * dpi / 25.4)) for edge in (y, y + box.height, x, x + box.width))
        return picture[first_row:last_row, first:last]

    def codes(self, dpi: int = DPI) -> list[str]:
        """What its QR codes hold, from top to bottom, as a phone would see them."""
        return codes_in(self.picture(dpi))

    @property
    def _text_page(self) -> Any:
        if self._words is None:
            self._words = self._page.get_textpage()
        return self._words

    def _box(self, left: float, bottom: float, right: float, top: float) -> Box:
        return Box((left - self._left) / MM, (self._top - top) / MM, (right - left) / MM, (top - bottom) / MM)


@dataclass(frozen=True, slots=True)
class SeenCode:
    """A QR code in a picture."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def side(self) -> float:
        """The shorter of its sides, in pixels."""
        return min(self.right - self.left, self.bottom - self.top)


def codes_in(picture: Picture) -> list[str]:
    """What the QR codes in a picture hold, from top to bottom."""
    return [code.text for code in codes_seen(picture)]


def codes_seen(picture: Picture) -> list[SeenCode]:
    """The QR codes in a picture and their edges in its pixels, from top to bottom."""
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return sorted(map(_seen, found), key=lambda code: code.top)


def _seen(code: zxingcpp.Barcode) -> SeenCode:
    place = code.position
    corners = (place.top_left, place.top_right, place.bottom_left, place.bottom_right)
    xs, ys = [corner.x for corner in corners], [corner.y for corner in corners]
    return SeenCode(code.text, min(xs), min(ys), max(xs), max(ys))


class PrintedPages:
    """The pages of a print file, by number from 1; a number that is not there raises IndexError."""

    def __init__(self, document: pdfium.PdfDocument) -> None:
        self._document = document

    def __len__(self) -> int:
        return len(self._document)

    def page(self, number: int) -> PrintedPage:
        """One page; close it, or use it in a ``with`` statement."""
        if not 1 <= number <= len(self):
            raise IndexError(f"There is no page {number}, only 1 to {len(self)}.")
        return PrintedPage(self._document[number - 1])

    def codes(self, number: int, dpi: int = DPI) -> list[str]:
        """See ``PrintedPage.codes``."""
        with self.page(number) as page:
            return page.codes(dpi)

    def text(self, number: int, box: Box | None = None) -> str:
        """See ``PrintedPage.text``."""
        with self.page(number) as page:
            return page.text(box)


def _stands_at(words: Any, index: int, x: float, y: float, size: float) -> bool:
    """Whether a character's origin is there (in points, on a hair) and its matrix is that of upright type."""
    if not raw.FPDFText_GetCharOrigin(words, index, *_PLACE) or abs(_PLACE[0].value - x) > _ON_THE_SPOT or abs(_PLACE[1].value - y) > _ON_THE_SPOT:
        return False
    raw.FPDFText_GetMatrix(words, index, _TURN)
    scale = raw.FPDFText_GetFontSize(words, index) / size
    return all(abs(scale * seen - wanted) <= _STRAIGHT for seen, wanted in ((_TURN.a, 1), (_TURN.b, 0), (_TURN.c, 0), (_TURN.d, 1)))


def _with_hyphens(text: str) -> str:
    """pdfium takes a hyphen at the end of a line for a divided word and joins the lines with U+0002: give both back."""
    return text.replace("\x02", "-\r\n").rstrip("\r\n")


@contextmanager
def pages_of(path: Path) -> Iterator[PrintedPages]:
    """Open a print file for reading back."""
    document = pdfium.PdfDocument(path)
    try:
        yield PrintedPages(document)
    finally:
        document.close()
