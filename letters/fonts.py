"""Which typefaces do letters use, how wide is a word in them, and which characters do they lack?"""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import font_source_sans_pro
import font_source_serif_pro
from reportlab.pdfbase.pdfdoc import PDFDocument
from reportlab.pdfbase.ttfonts import TTFont

from layouts.style import Font
from letters.kerning import Kerning

FILES = Path(font_source_sans_pro.font_directory)
_FAMILIES = {Font.SANS: ("SourceSansPro", FILES), Font.SERIF: ("SourceSerifPro", Path(font_source_serif_pro.font_directory))}

SOFT_HYPHEN = "\u00ad"
"""Where a word may be divided; printed only where it is."""


class TaggedFont(TTFont):  # type: ignore[misc]
    """A TrueType font whose subsets are named apart in every file.

    reportlab calls the first subset AAAAAA in every file, but print shops merge files, and some RIPs cache fonts by name.
    """

    def addObjects(self, doc: PDFDocument) -> None:  # noqa: N802 (reportlab's name: called once, when the document is complete)
        """Write the subsets, tagged by what the document holds."""
        super().addObjects(doc)
        internal = doc.fontMapping[self.fontName][1:]
        fonts = doc.idToObject["BasicFonts"].dict
        for font in [font for name, font in fonts.items() if name.startswith(f"{internal}+")]:
            tag = hashlib.sha256(doc.signature.digest() + font.BaseFont.encode()).digest()[:6]
            font.BaseFont = "".join(chr(ord("A") + byte % 26) for byte in tag) + font.BaseFont[6:]
            doc.idToObject[font.FontDescriptor.name].dict["FontName"] = f"/{font.BaseFont}"


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One cut of a typeface; compared by identity."""

    name: str
    family: Font
    font: TTFont
    widths: Mapping[str, float]
    """Character -> width in em; holds every character that the face can print."""
    kerning: Mapping[str, int]
    """Two characters -> change of their distance in thousandths of an em."""
    cap_height: float
    """Height of capital letters in em (the font's OS/2 table)."""
    lent: Mapping[str, "Face"]
    """Characters that the font lacks -> the face that prints them in its place."""

    def width(self, text: str) -> float:
        """Width of ``text`` in em as it is printed (see ``shown``); raises KeyError for a character that the face lacks."""
        try:
            return sum(map(self.widths.__getitem__, text))
        except KeyError:
            return sum(map(self.widths.__getitem__, shown(text)))

    def missing(self, text: str) -> list[str]:
        """The characters of ``text`` that the face cannot print, each once, in order."""
        return [char for char in dict.fromkeys(shown(text)) if char not in self.widths]


def shown(text: str) -> str:
    """Text as faces know it: letter and mark in one character (NFC) where there is one, and no soft hyphens."""
    return unicodedata.normalize("NFC", text).replace(SOFT_HYPHEN, "")


def face(name: str, family: Font = Font.SANS) -> Face:
    """A face by its file name: Regular, It, Semibold, SemiboldIt, Bold, BoldIt. Read once per process (5 ms).

    Source Serif knows fewer letters than Source Sans; a name that needs one of the others gets it from there.
    """
    return _face(name, family)


@cache  # not on face(): a family that is named and one that is taken as given would be two fonts of one name
def _face(name: str, family: Font) -> Face:
    prefix, files = _FAMILIES[family]
    font = TaggedFont(f"{prefix}-{name}", str(files / f"{prefix}-{name}.ttf"))
    # Marks that belong on the letter before would stand beside it (reportlab places none), and control characters show nothing;
    # characters beyond U+FFFF reportlab writes so that nobody can copy them again.
    codes = [code for code in font.face.charToGlyph if code <= 0xFFFF and unicodedata.category(chr(code))[0] not in "MC"]
    widths = {chr(code): font.face.charWidths[code] / 1000 for code in codes}
    lender = _face(name, Font.SANS) if family is not Font.SANS else None
    lent = {char: lender for char in lender.widths if char not in widths} if lender else {}
    if lender:
        widths |= {char: lender.widths[char] for char in lent}
    kerning = Kerning(bytes(font.face.get_table("GPOS")), font.face.charToGlyph)
    return Face(name, family, font, widths, kerning, font.face.capHeight / 1000, lent)


def regular(family: Font = Font.SANS) -> Face:
    """Running text."""
    return face("Regular", family)


def semibold(family: Font = Font.SANS) -> Face:
    """Headings and what is bold in a text."""
    return face("Semibold", family)


def styled(bold: bool, italic: bool, family: Font = Font.SANS) -> Face:
    """The face of a run."""
    return face({(False, False): "Regular", (True, False): "Semibold", (False, True): "It", (True, True): "SemiboldIt"}[bold, italic], family)
