"""Does anything of a letter stand on what its stationery prints?"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2 as pdfium
import zxingcpp
from PIL import Image, ImageChops

from campaigns.sender import Sender
from layouts.din5008 import Box
from layouts.layout import Layout
from layouts.style import Letterhead
from letters import proof_sheet, stationery
from letters.preflight.findings import Code, Finding, finding

_TEXT, _GROUND = 150, 205
"""Levels of 255: what is darker than the first is text of the letter; a ground darker than the second makes it hard to read."""
_WHITE_BETWEEN = round(5 / 25.4 * stationery.DPI)
"""Pixels: what stands further apart is told one by one, as people would point at it."""
_MOST_NAMED = 3
_CODE_DPI = 100
_QUIET = 2.6
"""Millimetres around a code that must be white: four modules of a code of 16 mm (print facts 4.1)."""


def findings(layout: Layout, language: str, sender: Sender, public_url: str) -> list[Finding]:
    """Where text or codes of a sample letter meet the stationery's ink; nothing for a layout without stationery."""
    if not layout.style.stationery:
        return []
    sheets = [stationery.ink(page) for page in stationery.read(layout.files[layout.style.stationery], layout.style.stationery).pages]
    bare = replace(layout, style=replace(layout.style, stationery="", fold_marks=False))
    content = proof_sheet.sample(layout, language, sender, public_url)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bare.pdf"
        if proof_sheet.write([content], {layout.name: bare}, sender, public_url, path).failures:
            return []  # told by the check of what fits
        pages = [picture.convert("L") for picture in proof_sheet.pictures(path, stationery.DPI)]
        codes = _codes(path)
    found = [*_codes_on_ink(codes, sheets[0], layout, language)]
    for number, page in enumerate(pages[: len(sheets)], 1):
        if boxes := _met(page, sheets[number - 1]):
            places = " and on ".join(stationery.words(box) for box in boxes[:_MOST_NAMED]) + (" and further down" if len(boxes) > _MOST_NAMED else "")
            found.append(
                finding(
                    Code.ZONE_NOT_CLEAR,
                    f"{layout.style.stationery} prints on {places}, where text of {layout.name}/{language}.md stands: {_cure(layout, boxes[0], number)}.",
                    number,
                )
            )
    return found


def _cure(layout: Layout, first: Box, number: int) -> str:
    move = "move one of them ('left', 'right', 'bottom', 'following_top' in layout.toml, or the stationery)"
    if number > 1 or layout.style.letterhead is Letterhead.NONE or first.y > layout.form.letterhead.height:
        return move
    return f'set letterhead = "none" in layout.toml if the stationery names the sender, or {move}'


def _met(page: Image.Image, sheet: Image.Image) -> list[Box]:
    """Where dark text stands on dark ground, from top to bottom; places that white parts are told one by one."""
    text = page.resize(sheet.size).point(lambda level: 255 * (level < _TEXT))
    ground = sheet.point(lambda level: 255 * (level < _GROUND))
    met, found = ImageChops.multiply(text, ground), list[Box]()
    while area := met.getbbox():
        end, bottom = area[1], area[3]
        while further := met.crop((0, end, met.width, min(bottom, end + _WHITE_BETWEEN))).getbbox():
            end += further[3]
        part = (0, area[1], met.width, end)
        inside = met.crop(part).getbbox() or part
        left, top, right, lower = (side / stationery.DPI * 25.4 for side in (inside[0], area[1] + inside[1], inside[2], area[1] + inside[3]))
        found.append(Box(left, top, right - left, lower - top))
        met.paste(0, part)
    return found


def _codes(path: Path) -> list[Box]:
    """The codes of the first page with their quiet zones, in millimetres."""
    document = pdfium.PdfDocument(path)
    try:
        seen = zxingcpp.read_barcodes(document[0].render(scale=_CODE_DPI / 72, grayscale=True).to_numpy())
    finally:
        document.close()
    boxes = []
    for one in seen:
        corners = [one.position.top_left, one.position.top_right, one.position.bottom_left, one.position.bottom_right]
        xs, ys = ([getattr(corner, axis) / _CODE_DPI * 25.4 for corner in corners] for axis in "xy")
        boxes.append(Box(min(xs) - _QUIET, min(ys) - _QUIET, max(xs) - min(xs) + 2 * _QUIET, max(ys) - min(ys) + 2 * _QUIET))
    return boxes


def _codes_on_ink(codes: list[Box], sheet: Image.Image, layout: Layout, language: str) -> Iterator[Finding]:
    for box in codes:
        if dirty := stationery.inked(sheet, box):
            yield finding(
                Code.CODE_UNREADABLE,
                f"{layout.style.stationery} prints on {stationery.words(dirty)}, where a QR code of {language}.md stands: codes need white paper.",
                1,
            )
