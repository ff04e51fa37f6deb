"""How does text become the bytes of a PDF string?

reportlab hands out the codes: a face is embedded as subsets of 256 characters, in the order in which a print file needs them.
"""

from operator import add

from reportlab.pdfbase.pdfdoc import PDFDocument

from letters.fonts import Face, shown
from letters.page import number

NO_BREAK_SPACE = "\u00a0"
_ESCAPED = {code: f"\\{code:03o}" for code in (*range(32), *range(127, 256))} | {ord(char): f"\\{char}" for char in "()\\"}

_TEXT_PT = 12
_SHOWS_IN_TEXT = 20
"""Thousandths of an em: a smaller correction is a fifth of a point at most in running text, and nobody sees it."""
_KEPT = 20_000
"""Words that are kept measured for each face and size: first names, towns and months come again, tokens do not."""


class Codes(dict[int, str]):
    """A table for ``str.translate``: character -> its code as it stands in a PDF string of one face at one size.

    A character outside the face's first subset (more than 250 different ones in a print file), or one that another face lends,
    ends the string, is shown in its own subset, and begins a new string: the text around it needs to know nothing of it. Spaces
    that do not break are shown as what they are on paper, a space.
    """

    def __init__(self, document: PDFDocument, face: Face, size: float) -> None:
        super().__init__()
        self._document, self._face, self._size = document, face, size
        self._subset(face, " ")
        self.select = self._select(face, 0)
        """The operator that selects face and size."""
        self[ord(NO_BREAK_SPACE)] = self[ord(" ")]
        self.words = Words(self, face, size)

    def __missing__(self, code: int) -> str:
        face = self._face.lent.get(chr(code), self._face)
        subset, byte = self._subset(face, chr(code))
        code_shown = _ESCAPED.get(byte, chr(byte))
        if subset or face is not self._face:
            code_shown = f")]TJ {self._select(face, subset)} [({code_shown})]TJ {self.select} [("
        self[code] = code_shown
        return code_shown

    def _subset(self, face: Face, char: str) -> tuple[int, int]:
        [(subset, encoded)] = face.font.splitString(char, self._document)
        return subset, encoded[0]

    def _select(self, face: Face, subset: int) -> str:
        return f"{face.font.getSubsetInternalName(subset, self._document)} {number(self._size)} Tf"


class Words(dict[str, tuple[float, str]]):
    """Word -> its width in points and its code, kerned where it shows; the code stands inside the array of a TJ operator."""

    def __init__(self, codes: Codes, face: Face, size: float) -> None:
        super().__init__()
        self._codes, self._face, self._size = codes, face, size
        self._shows = _SHOWS_IN_TEXT if size <= _TEXT_PT else 0

    def __missing__(self, written: str) -> tuple[float, str]:
        word = written if written.isascii() else shown(written)
        kerning, codes, shows = self._face.kerning, self._codes, self._shows
        width, code, start = self._face.width(word), "", 0
        for at, change in enumerate(map(kerning.__getitem__, map(add, word, word[1:])), 1):
            if change and abs(change) > shows:
                width += change / 1000
                code += f"{word[start:at].translate(codes)}){-change}("
                start = at
        measured = width * self._size, code + word[start:].translate(codes)
        if len(self) < _KEPT:
            self[written] = measured
        return measured


class Encoder:
    """The code tables of one print file."""

    def __init__(self, document: PDFDocument) -> None:
        self._document = document
        self._tables: dict[tuple[Face, float], Codes] = {}

    def codes(self, face: Face, size: float) -> Codes:
        """The table of one face at one size in points."""
        if (face, size) not in self._tables:
            self._tables[face, size] = Codes(self._document, face, size)
        return self._tables[face, size]
