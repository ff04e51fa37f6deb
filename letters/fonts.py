"""Which typefaces do letters use, how wide is a word in them, and which characters do they lack?"""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import font_source_sans_pro
from reportlab.pdfbase.pdfdoc import PDFDocument
from reportlab.pdfbase.ttfonts import TTFont

from letters.kerning import Kerning

FILES = Path(font_source_sans_pro.font_directory)

CAP_HEIGHT = 0.66
"""Height of capital letters in Source Sans Pro, in em."""


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
    """One cut of the typeface; compared by identity."""

    name: str
    font: TTFont
    widths: Mapping[str, float]
    """Character -> width in em; holds every character that the face can print."""
    kerning: Mapping[str, int]
    """Two characters -> change of their distance in thousandths of an em."""

    def width(self, text: str) -> float:
        """Width of ``text`` in em; raises KeyError for a character that the face lacks."""
        return sum(map(self.widths.__getitem__, text))

    def missing(self, text: str) -> list[str]:
        """The characters of ``text`` that the face cannot print, each once, in order."""
        return [char for char in dict.fromkeys(text) if char not in self.widths]


@cache
def face(name: str) -> Face:
    """A face by its file name: Regular, It, Semibold, Bold, BoldIt. Read once per process (5 ms)."""
    font = TaggedFont(f"SourceSansPro-{name}", str(FILES / f"SourceSansPro-{name}.ttf"))
    # Marks that belong on the letter before would stand beside it (reportlab places none), and control characters show nothing;
    # characters beyond U+FFFF reportlab writes so that nobody can copy them again.
    codes = [code for code in font.face.charToGlyph if code <= 0xFFFF and unicodedata.category(chr(code))[0] not in "MC"]
    widths = {chr(code): font.face.charWidths[code] / 1000 for code in codes}
    return Face(name, font, widths, Kerning(bytes(font.face.get_table("GPOS")), font.face.charToGlyph))


def regular() -> Face:
    """Running text."""
    return face("Regular")


def semibold() -> Face:
    """Headings and what is bold in a text."""
    return face("Semibold")


def styled(bold: bool, italic: bool) -> Face:
    """The face of a run."""
    return face({(False, False): "Regular", (True, False): "Semibold", (False, True): "It", (True, True): "BoldIt"}[bold, italic])
