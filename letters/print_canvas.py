"""How do finished pages become a PDF? reportlab's canvas, set up once for all print files."""

import hashlib
import zlib
from datetime import UTC, datetime
from io import BytesIO

from reportlab import rl_config
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFDocument, PDFName, PDFObjectReference, PDFPage, PDFResourceDictionary, PDFStream, xObjectName
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas

from layouts.din5008 import PAGE_HEIGHT, PAGE_WIDTH
from letters.fonts import regular
from letters.page import POINT, Page, number

rl_config.useA85 = 0  # reportlab would else write every stream a quarter longer, as text
_COMPRESSION = 5
"""Three quarters of the time of zlib's default for 2 % more bytes (measured on pages with two QR codes)."""
_OVERHANG = 20 * POINT
"""A form shows nothing beyond its box: lines and letters may stick out of a block by this much."""


class PrintCanvas(Canvas):  # type: ignore[misc]
    """A4 pages in CMYK with ``bleed`` millimetres around them; the same drawing gives the same bytes."""

    def __init__(self, title: str, created_at: datetime, bleed: float = 0) -> None:
        registerFont(regular().font)
        edge = round(bleed * POINT, 3)
        width, height = (round(side * POINT, 3) for side in (PAGE_WIDTH, PAGE_HEIGHT))
        super().__init__(
            BytesIO(),
            pagesize=(width + 2 * edge, height + 2 * edge),
            pageCompression=1,
            invariant=1,
            initialFontName=regular().font.fontName,  # else every page would name a Helvetica that is not embedded
            pdfVersion=(1, 6),
            enforceColorSpace="CMYK",
        )
        self.setTrimBox((edge, edge, edge + width, edge + height))
        self._shift = f"1 0 0 1 {number(edge)} {number(edge)} cm" if edge else ""
        if edge:
            self.setBleedBox((0, 0, width + 2 * edge, height + 2 * edge))
        self.setTitle(title)
        stamp = created_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
        self.setDateFormatter(lambda *_: stamp)
        # What the file's /ID and the names of its fonts are made from. Begun anew: reportlab begins with SOURCE_DATE_EPOCH.
        self._doc.signature = hashlib.md5(stamp.encode(), usedforsecurity=False)
        self._forms = 0
        self._everywhere: list[str] = []
        self._resources: dict[tuple[str, ...], PDFObjectReference] = {}

    def _make_preamble(self) -> None:
        """Nothing before a page's own operators: reportlab would begin each with a matrix that changes nothing."""
        self._preamble = ""

    @property
    def document(self) -> PDFDocument:
        """What hands out the codes of characters (letters.encoding)."""
        return self._doc

    def share(self, height: float, operators: str) -> str:
        """Keep operators as a form XObject, which RIPs draw once; returns the name to draw it by."""
        return self._keep((-_OVERHANG, -height - _OVERHANG, PAGE_WIDTH * POINT + _OVERHANG, _OVERHANG), operators)

    def share_units(self, side: int, operators: str) -> str:
        """The same for a square of ``side`` units, origin in its lower left corner; returns operators that may stand anywhere on a page."""
        name = self._keep((-1, -1, side + 1, side + 1), operators)
        self._everywhere.append(name)
        return f"/{name} Do"

    def add(self, page: Page) -> None:
        """Draw a page and be done with it: only its compressed stream stays in memory."""
        if self._shift:
            self.addLiteral(self._shift)
        for operators, form in page.blocks:
            self.addLiteral(f"{operators} /{form} Do" if form else operators)
        self.showPage()
        done = self._doc.Pages[-1]
        self._pack(done)
        done.Resources = self._resources_of((*self._everywhere, *(form for _, form in page.blocks if form)))

    def _keep(self, box: tuple[float, float, float, float], operators: str) -> str:
        self._forms += 1
        name = str(self._forms)
        self.beginForm(name, *box)
        self.addLiteral(operators)
        self.endForm()
        self._doc.updateSignature(operators)
        return name

    def _resources_of(self, forms: tuple[str, ...]) -> PDFObjectReference:
        """One dictionary for all pages that show the same forms; reportlab would write it into every page."""
        if forms not in self._resources:
            resources = PDFResourceDictionary()
            resources.basicFonts()
            resources.XObject = PDFDictionary({name: PDFObjectReference(xObjectName(name)) for name in forms})  # short names: each page says them
            self._resources[forms] = self._doc.Reference(resources)
        return self._resources[forms]

    def _pack(self, page: PDFPage) -> None:
        packed = zlib.compress(page.stream.encode("ascii"), _COMPRESSION)
        self._doc.updateSignature(packed)
        page.Contents, page.stream = PDFStream(PDFDictionary({"Filter": PDFName("FlateDecode")}), packed), None
        page.Trans = None  # reportlab gives every page an empty transition, which PDF/X does not want
