"""What does a finished page really say?  Read by libraries that had no part in making it (pdfium, zxing-cpp)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2 as pdfium
import zxingcpp

from layouts.din5008 import Box

DPI = 100
MM = 72 / 25.4


class PrintedPages:
    """The pages of a print file, by number from 1; a number that is not there raises IndexError."""

    def __init__(self, document: pdfium.PdfDocument) -> None:
        self._document = document

    def __len__(self) -> int:
        return len(self._document)

    def codes(self, number: int, dpi: int = DPI) -> list[str]:
        """What the QR codes of a page hold, from top to bottom, as a phone would see them at ``dpi``."""
        image = self._page(number).render(scale=dpi / 72, grayscale=True).to_numpy()
        found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
        return [code.text for code in sorted(found, key=lambda code: code.position.top_left.y)]

    def text(self, number: int, box: Box | None = None) -> str:
        """The words of a page, or those within a rectangle (millimetres from the top-left corner); lines end with CR LF."""
        page = self._page(number)
        words = page.get_textpage()
        if box is None:
            return _with_hyphens(words.get_text_bounded())
        height = page.get_height()
        left, right = box.x * MM, (box.x + box.width) * MM
        top, bottom = height - box.y * MM, height - (box.y + box.height) * MM
        return _with_hyphens(words.get_text_bounded(left=left, bottom=bottom, right=right, top=top))

    def _page(self, number: int) -> pdfium.PdfPage:
        if not 1 <= number <= len(self):
            raise IndexError(f"There is no page {number}, only 1 to {len(self)}.")
        return self._document[number - 1]


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
