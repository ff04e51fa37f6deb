"""Can a marketer's own PDF be printed below the letters, and does it leave address and codes their white?"""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

from PIL import Image
from pypdf.generic import ArrayObject, DictionaryObject
from reportlab.pdfgen.canvas import Canvas

from layouts.din5008 import PAGE_HEIGHT, PAGE_WIDTH, Box
from layouts.layout import Layout
from letters import drawn_alone, foreign_page
from letters.errors import UnusableFile
from letters.foreign_page import ForeignPage
from letters.page import POINT
from letters.preflight.findings import Code, Finding, Severity, finding

MOST_PAGES = 2
"""The first sheet, and all that follow it."""
_TOLERANCE = 1.0
"""Millimetres by which a sheet may differ from A4."""
DPI = 50
_WHITE = 250
"""Level of 255 from which on a pixel counts as bare paper; what is antialiased at the edge of white stays above it."""
_EXPORT = "export it as PDF/X-4"
_TOO_HARD = "a page of the PDF cannot be drawn in 10 seconds, or only by a program that crashes: simplify it, or place it as a picture."
_RGB_OPERATOR = re.compile(rb"[\d.]\s+(?:rg|RG)(?![\w*])|/(?:CS|ColorSpace)\s*/(?:RGB|DeviceRGB)\b")
_STRINGS = re.compile(rb"\((?:\\.|[^()\\])*\)")
_RGB_SPACES = ("/DeviceRGB", "/CalRGB", "/Lab", "/CalGray")


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
    if (dirty := inked(ink(sheets.pages[0]), window)) is None:
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
    area = (round(box.x * scale), round(box.y * scale), round(box.right * scale), round(box.bottom * scale))
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
    """Fonts that are not embedded, colours that are not CMYK, transparency."""
    found: list[Finding] = []
    things = [*foreign_page.streams(page), *_group(page)]
    for font in sorted({str(thing.get("/BaseFont", "?"))[1:] for thing in things if _lacks_font(thing)}):
        found.append(finding(Code.FONT_NOT_EMBEDDED, f"{name} uses the font {font} without embedding it: {_EXPORT}, which embeds all fonts.", number))
    contents = [page.contents, *(thing.get_data() for thing in foreign_page.drawings(page))]
    if any(_RGB_OPERATOR.search(_STRINGS.sub(b"()", content)) for content in contents) or any(map(_is_rgb, things)):
        found.append(
            finding(
                Code.RGB_COLOUR,
                f"{name} holds colours that are not CMYK (RGB), which every press converts differently: {_EXPORT} with conversion to CMYK (ISO Coated v2).",
                number,
            )
        )
    if any(map(_is_transparent, things)):
        found.append(Finding(Code.TRANSPARENCY, f"{name} is transparent in places: PDF/X-4 allows it, old presses may not.", number, None, Severity.WARNING))
    return found


def _group(page: ForeignPage) -> list[DictionaryObject]:
    group = page.page.get("/Group")
    return [group.get_object()] if group is not None and isinstance(group.get_object(), DictionaryObject) else []


def _lacks_font(thing: DictionaryObject) -> bool:
    if thing.get("/Type") != "/Font" or thing.get("/Subtype") in ("/Type0", "/Type3"):
        return False  # a Type0 font is embedded by its descendant, which is looked at by itself; a Type3 font is drawn
    descriptor = thing.get("/FontDescriptor")
    return descriptor is None or not any(key in descriptor.get_object() for key in ("/FontFile", "/FontFile2", "/FontFile3"))


def _is_rgb(thing: DictionaryObject) -> bool:
    spaces = [thing.get(key) for key in ("/ColorSpace", "/CS")]
    resources = thing.get("/ColorSpace")
    if resources is not None and isinstance(resources.get_object(), DictionaryObject):
        spaces += list(resources.get_object().values())
    return any(_is_rgb_space(space, 0) for space in spaces if space is not None)


def _is_rgb_space(space: Any, depth: int) -> bool:
    space = space.get_object()
    if not isinstance(space, ArrayObject) or depth > 4:
        return str(space) in _RGB_SPACES
    kind = str(space[0])
    if kind == "/ICCBased":
        profile = space[1].get_object()
        return isinstance(profile, DictionaryObject) and int(profile.get("/N", 0)) == 3
    if kind in ("/Indexed", "/Separation", "/DeviceN", "/Pattern"):
        return any(_is_rgb_space(part, depth + 1) for part in space[1 : 2 if kind in ("/Indexed", "/Pattern") else 3])
    return kind in _RGB_SPACES


def _is_transparent(thing: DictionaryObject) -> bool:
    if "/SMask" in thing and str(thing["/SMask"]) != "/None":
        return True
    return any(float(thing.get(key, 1)) < 1 for key in ("/ca", "/CA")) or ("/BM" in thing and str(thing["/BM"]) not in ("/Normal", "/Compatible"))


@lru_cache(maxsize=8)
def _rendered(page: ForeignPage) -> Image.Image:
    """Drawn from our own copy: what cannot be reached from the page is not there for pdfium to stumble over."""
    output = BytesIO()
    canvas = Canvas(output, pagesize=(PAGE_WIDTH * POINT, PAGE_HEIGHT * POINT), invariant=1)
    foreign_page.embed(canvas._doc, page, "sheet")
    canvas.translate(0, PAGE_HEIGHT * POINT)
    canvas.doForm("sheet")
    canvas.showPage()
    canvas.save()
    return _drawn_alone(output.getvalue())


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
