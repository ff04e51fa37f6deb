"""Which typefaces do letters use, how wide is a word in them, and which characters do they lack?"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import font_source_sans_pro
from reportlab.pdfbase.ttfonts import TTFont

from letters.kerning import Kerning

FILES = Path(font_source_sans_pro.font_directory)

CAP_HEIGHT = 0.66
"""Height of capital letters in Source Sans Pro, in em."""


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
    font = TTFont(f"SourceSansPro-{name}", str(FILES / f"SourceSansPro-{name}.ttf"))
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
