"""How does a page of somebody else's PDF get into a print file?

Copied object by object as it is (fonts and pictures stay compressed), as one form that pages refer to (docs/decisions/0027).
"""

import zlib
from io import BytesIO
from typing import Any

from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject, TextStringObject
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFDocument, PDFName, PDFStream, xObjectName

from letters.errors import UnusableFile
from letters.foreign_page import ForeignPage
from letters.reachable import LEFT_OUT, MOST_DEPTH


def embed(document: PDFDocument, page: ForeignPage, name: str, scale: float = 1.0, bleed: bool = False) -> str:
    """Put a page into a print file, once; returns the name of a form that draws it with its top-left corner at 0, 0.

    ``bleed``: with what lies beyond the cut. Transparency groups are left behind: a page that has no transparency
    (letters.stationery) looks the same without.
    """
    left, bottom, right, top = page.media if bleed else page.box
    copied = _Copier(document)
    entries: dict[str, Any] = {
        "Type": PDFName("XObject"),
        "Subtype": PDFName("Form"),
        "BBox": PDFArray([_short(side) for side in (left, bottom, right, top)]),
        "Matrix": PDFArray([_short(number) for number in (scale, 0, 0, scale, -page.box[0] * scale, -page.box[3] * scale)]),
        "Resources": copied.of(page.resources),
        "Filter": PDFName("FlateDecode"),
    }
    document.Reference(PDFStream(PDFDictionary(entries), zlib.compress(page.contents, 9)), xObjectName(name))
    document.updateSignature(page.contents)
    return name


def _short(value: float) -> float:
    return round(float(value), 4)


def _written(thing: Any) -> bytes:
    """A number, name, string or null as it stands in a PDF."""
    if isinstance(thing, TextStringObject):
        return b"<" + thing.original_bytes.hex().encode() + b">"
    output = BytesIO()
    thing.write_to_stream(output)
    return output.getvalue()


class _Copier:
    """Copies objects of a pypdf document into one of reportlab's; what is shared stays shared, circles stay circles."""

    def __init__(self, document: PDFDocument) -> None:
        self._document = document
        self._copied: dict[tuple[int, int], Any] = {}

    def of(self, thing: Any, depth: int = 0) -> Any:
        if depth > 10 * MOST_DEPTH:
            raise UnusableFile("a page of the PDF is nested too deeply: export it again as PDF/X-4.")
        if isinstance(thing, IndirectObject):
            return self._indirect(thing, depth)
        if isinstance(thing, StreamObject):
            return self._document.Reference(self._filled(PDFStream(PDFDictionary(), bytes(thing._data), filters=[]), thing, depth))
        if isinstance(thing, DictionaryObject):
            return self._filled(PDFDictionary(), thing, depth)
        if isinstance(thing, ArrayObject):
            return PDFArray([self.of(item, depth + 1) for item in thing])
        return _written(thing)

    def _indirect(self, reference: IndirectObject, depth: int) -> Any:
        key = reference.idnum, reference.generation
        if key not in self._copied:
            thing = reference.get_object()
            if isinstance(thing, StreamObject | DictionaryObject):
                empty = PDFStream(PDFDictionary(), bytes(thing._data), filters=[]) if isinstance(thing, StreamObject) else PDFDictionary()
                self._copied[key] = self._document.Reference(empty)  # known before its content, which may lead back to it
                self._filled(empty, thing, depth)
            else:
                self._copied[key] = self.of(thing, depth + 1)
        return self._copied[key]

    def _filled(self, copy: Any, thing: DictionaryObject, depth: int) -> Any:
        entries = copy.dictionary if isinstance(copy, PDFStream) else copy
        for name in thing:
            if name not in LEFT_OUT and name != "/Length":
                entries[str(name)[1:]] = self.of(thing.raw_get(name), depth + 1)
        return copy
