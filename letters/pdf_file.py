"""How does a PDF file get onto the disk without being in memory as a whole?

Pages are written as they are finished; fonts, whose subsets are known last, come at the end and are made by reportlab.
"""

import hashlib
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import BinaryIO

from reportlab.pdfbase.pdfdoc import PDFDocument, PDFIndirectObject, PDFTrueTypeFont

COMPRESSION = 5
"""Three quarters of the time of zlib's default for 2 % more bytes (measured on pages with two QR codes)."""
_HEADER = b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n"


class PdfFile:
    """Numbered objects on their way to a file; counts bytes and hashes them as they pass."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._offsets: list[int] = []
        self.size = 0
        self._pass(_HEADER)

    @property
    def sha256(self) -> str:
        """Of everything written so far."""
        return self._digest.hexdigest()

    def reserve(self) -> int:
        """A number for an object that is written later."""
        self._offsets.append(0)
        return len(self._offsets)

    def write(self, number: int, body: bytes) -> None:
        """Write the object whose number was reserved."""
        self._offsets[number - 1] = self.size
        self._pass(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    def add(self, body: bytes) -> int:
        """Write an object and return its number."""
        number = self.reserve()
        self.write(number, body)
        return number

    def add_stream(self, content: bytes, entries: bytes = b"") -> int:
        """Write a compressed stream and return its number; ``entries`` go into its dictionary."""
        packed = zlib.compress(content, COMPRESSION)
        return self.add(b"<<%b/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream" % (entries, len(packed), packed))

    def add_fonts(self, document: PDFDocument) -> Mapping[str, int]:
        """Write the fonts that reportlab collected in ``document``; returns resource name -> number."""
        document.objectcounter = len(self._offsets)
        for font in document.delayedFonts:
            font.addObjects(document)
        _retag(document, self._digest.digest())
        for number in range(len(self._offsets) + 1, document.objectcounter + 1):
            name = document.numberToId[number]
            self._offsets.append(self.size)
            self._pass(PDFIndirectObject(name, document.idToObject[name]).format(document))
        names = document.idToObject["BasicFonts"].dict
        return {name: document.idToObjectNumberAndVersion[name][0] for name in sorted(names)}

    def finish(self, root: int, title: str, created_at: datetime) -> None:
        """Write the description, the table of objects and the end."""
        stamp = created_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
        entries = {"Title": text_string(title), "Creator": text_string("Postillion"), "Producer": text_string("Postillion, fonts by ReportLab")}
        info = self.add(
            "<<{}/CreationDate({stamp})/ModDate({stamp})/Trapped/False>>".format(
                "".join(f"/{key}{value}" for key, value in entries.items()), stamp=stamp
            ).encode()
        )
        identity = self._digest.hexdigest()[:32]
        table = "".join(f"{offset:010d} 00000 n \n" for offset in self._offsets)
        start, count = self.size, len(self._offsets) + 1
        self._pass(f"xref\n0 {count}\n0000000000 65535 f \n{table}".encode())
        self._pass(f"trailer\n<</Size {count}/Root {root} 0 R/Info {info} 0 R/ID[<{identity}><{identity}>]>>\nstartxref\n{start}\n%%EOF\n".encode())

    def _pass(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self.size += len(data)


def _retag(document: PDFDocument, content: bytes) -> None:
    """Give every subset a tag of its own: reportlab calls the first one AAAAAA in every file, and some RIPs cache fonts by name."""
    for font in [thing for thing in document.idToObject.values() if isinstance(thing, PDFTrueTypeFont)]:
        tag = hashlib.sha256(content + font.BaseFont.encode()).digest()[:6]
        font.BaseFont = "".join(chr(ord("A") + byte % 26) for byte in tag) + font.BaseFont[6:]
        document.idToObject[font.FontDescriptor.name].dict["FontName"] = f"/{font.BaseFont}"


def text_string(text: str) -> str:
    """A PDF text string that holds any character."""
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"
