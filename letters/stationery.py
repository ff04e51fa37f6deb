"""Can a marketer's own PDF be printed below the letters, and does it leave address and codes their white?"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from math import ceil, floor

from pikepdf import Pdf, PdfError
from PIL import Image
from pypdf.generic import DictionaryObject

from layouts.din5008 import PAGE_HEIGHT, PAGE_WIDTH, Box
from layouts.layout import Layout
from layouts.production import Production
from letters import drawn_alone, embedding, foreign_page
from letters.errors import UnusableFile
from letters.foreign_page import ForeignPage
from letters.page import POINT, Page
from letters.preflight.findings import BROKEN, Code, Finding, Findings, Severity, finding
from letters.preflight.structure import inspect
from letters.print_canvas import PrintCanvas

MOST_PAGES = 2
"""The first sheet, and all that follow it."""
_TOLERANCE = 1.0
"""Millimetres by which a sheet may differ from A4."""
DPI = 50
_WHITE = 250
"""Level of 255 from which on a pixel counts as bare paper; what is antialiased at the edge of white stays above it."""
_EXPORT = "export it as PDF/X-4"
_TOO_HARD = "a page of the PDF cannot be drawn in 10 seconds, or only by a program that crashes: simplify it, or place it as a picture."
_NOT_CMYK = f"is drawn in colours that are not CMYK (RGB), which every press converts differently: {_EXPORT} with conversion to CMYK (ISO Coated v2)."


@dataclass(frozen=True, slots=True)
class Sheets:
    """A stationery that can be embedded."""

    pages: tuple[ForeignPage, ...]
    findings: tuple[Finding, ...]
    """What is worth a look though it can be printed."""


@lru_cache(maxsize=8)
def read(content: bytes, name: str) -> Sheets:
    """The sheets of a stationery; raises UnusableFile with all reasons why it cannot be printed."""
    pages = foreign_page.read(content, name, MOST_PAGES)
    found = [one for number, page in enumerate(pages, 1) for one in (*_size(page, name, number), *content_findings(page, name, number))]
    if errors := [str(one) for one in found if one.severity is Severity.ERROR]:
        raise UnusableFile(" ".join(errors))
    return Sheets(pages, tuple(found))


def vector_logo(content: bytes, name: str) -> ForeignPage:
    """A logo drawn as a PDF of one page; raises UnusableFile."""
    [page] = foreign_page.read(content, name, 1)
    if errors := [str(one) for one in content_findings(page, name, 1) if one.severity is Severity.ERROR]:
        raise UnusableFile(" ".join(errors))
    return page


def ink(page: ForeignPage) -> Image.Image:
    """The sheet as it will be printed, in grey at ``DPI``, cut to A4."""
    return _rendered(page)


def window_finding(layout: Layout) -> Finding | None:
    """What the first sheet prints where only return line and address may be seen through the envelope's window."""
    if not layout.style.stationery:
        return None
    sheets = read(layout.files[layout.style.stationery], layout.style.stationery)
    window = layout.form.window_reserved
    if (dirty := inked(ink(sheets.pages[0]), window.core)) is None:
        return None
    return finding(
        Code.WINDOW_NOT_CLEAR,
        f"{layout.style.stationery} prints on {words(dirty)} of the first sheet, but {words(window)} may be seen through the envelope's window "
        f"and must stay white: move it out of there.",
        1,
    )


def inked(sheet: Image.Image, box: Box) -> Box | None:
    """The part of ``box`` that is printed on, in millimetres, or None when it is white."""
    scale = DPI / 25.4
    area = (floor(box.x * scale), floor(box.y * scale), ceil(box.right * scale), ceil(box.bottom * scale))
    printed = sheet.crop(area).point(lambda level: 255 * (level < _WHITE)).getbbox()
    if printed is None:
        return None
    left, top, right, bottom = ((area[at % 2] + side) / scale for at, side in enumerate(printed))
    return Box(round(left, 1), round(top, 1), round(right - left, 1), round(bottom - top, 1))


def words(box: Box) -> str:
    """A rectangle for people: ``x 20 to 105 mm, y 45 to 90 mm``."""
    return f"x {box.x:.0f} to {box.right:.0f} mm, y {box.y:.0f} to {box.bottom:.0f} mm"


def _size(page: ForeignPage, name: str, number: int) -> Iterator[Finding]:
    """The cut sheet is A4; beyond it there may be bleed."""
    wide, high = page.width / POINT, page.height / POINT
    if abs(wide - PAGE_WIDTH) > _TOLERANCE or abs(high - PAGE_HEIGHT) > _TOLERANCE:
        yield finding(
            Code.WRONG_PAGE_SIZE,
            f"page {number} of {name} measures {wide:.0f} × {high:.0f} mm, but letters are {PAGE_WIDTH:g} × {PAGE_HEIGHT:g} mm "
            f"(what is cut off must be told by the TrimBox): {_EXPORT} in A4.",
            number,
        )


def content_findings(page: ForeignPage, name: str, number: int) -> list[Finding]:
    """Fonts that are not embedded, colours that are not CMYK, and whatever else the preflight would turn down every print file for that shows the page."""
    found: list[Finding] = []
    for font in sorted({str(thing.get("/BaseFont", "?"))[1:] for thing in foreign_page.streams(page) if _lacks_font(thing)}):
        found.append(finding(Code.FONT_NOT_EMBEDDED, f"{name} uses the font {font} without embedding it: {_EXPORT}, which embeds all fonts.", number))
    told = {one.code for one in found}
    for one in _on_press(page):
        if one.severity is Severity.ERROR and one.code not in told:
            rgb = one.code is Code.RGB_COLOUR
            message = f"{name} {_NOT_CMYK}" if rgb else f"page {number} of {name}: {one.message}"
            found.append(finding(one.code, message, number))
            told |= {one.code} if rgb else set()
    return found


@lru_cache(maxsize=8)
def _on_press(page: ForeignPage) -> tuple[Finding, ...]:
    """What the preflight says of a print file that shows nothing but the page."""
    found = Findings()
    try:
        with Pdf.open(BytesIO(_alone(page))) as pdf:
            inspect(pdf, Production(output=None), found)
    except (PdfError, *BROKEN) as error:
        found.add(Code.UNREADABLE, f"it cannot be followed ({str(error)[:80]}): {_EXPORT} again.")
    return found.kept


def _lacks_font(thing: DictionaryObject) -> bool:
    if thing.get("/Type") != "/Font" or thing.get("/Subtype") in ("/Type0", "/Type3"):
        return False  # a Type0 font is embedded by its descendant, which is looked at by itself; a Type3 font is drawn
    descriptor = thing.get("/FontDescriptor")
    return descriptor is None or not any(key in descriptor.get_object() for key in ("/FontFile", "/FontFile2", "/FontFile3"))


@lru_cache(maxsize=8)
def _rendered(page: ForeignPage) -> Image.Image:
    return _drawn_alone(_alone(page))


def _alone(page: ForeignPage) -> bytes:
    """A PDF of our own copy of the page: what cannot be reached from it is not there for anybody to stumble over."""
    canvas, sheet = PrintCanvas("", datetime(2026, 1, 1, tzinfo=UTC)), Page()
    sheet.underlay(embedding.embed(canvas.document, page, "sheet"))
    canvas.add(sheet)
    return bytes(canvas.getpdfdata())


def _drawn_alone(pdf: bytes) -> Image.Image:
    """Drawn by a program of its own, which may crash; raises UnusableFile then, and for what takes too long or too much memory."""
    try:
        program = [sys.executable, "-I", drawn_alone.__file__, str(DPI)]
        ran = subprocess.run(program, input=pdf, capture_output=True, timeout=3 * drawn_alone.MOST_SECONDS, check=False)  # noqa: S603 (ours)
    except subprocess.TimeoutExpired as error:
        raise UnusableFile(_TOO_HARD) from error
    if ran.returncode:
        raise UnusableFile(_TOO_HARD)
    return Image.open(BytesIO(ran.stdout)).copy()
