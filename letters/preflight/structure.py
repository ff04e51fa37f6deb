"""Is a PDF built as a print shop wants it: boxes, fonts, inks, marks of PDF/X, and nothing that moves?"""

import re
import warnings
from collections.abc import Iterator, Sequence

import pikepdf

from layouts.din5008 import PAGE_HEIGHT, PAGE_WIDTH
from layouts.production import OutputIntent, Production
from letters.preflight.findings import BROKEN, Code, Findings
from letters.preflight.ink import UNSEEN, Glance, Reader, glance, space_of
from letters.preflight.unpacking import MOST_DRAWING, unpacked

_MM = 72 / 25.4
_HAIR = 0.1
"""Points that a box may be off by rounding."""
_BOXES = ("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Parent")
_SUBSET = re.compile(r"/[A-Z]{6}\+")
_DEEPEST_TREE = 20
"""Levels of a page tree that values are looked for in."""
_LARGEST = 2000
"""Points that a page may be wide or high with all that is cut off: more would take gigabytes to look at as pixels."""
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_TYPE1, _COMPACT = (b"%!", b"\x80\1"), b"\1"
_TRUETYPE = (b"\0\1\0\0", b"true", b"OTTO")
_X4 = "PDF/X-4"
_VERSION = re.compile(rb"GTS_PDFXVersion\s*(?:>|=\s*[\"'])\s*PDF/X-4\s*[<\"']")
_MOST_BOOKMARKS = 1000
_MOST_FONT, _MOST_PROFILE = 50_000_000, 20_000_000
"""Bytes that a font and an ICC profile unpack to at the most."""
_ABOUT = 0.3
"""Millimetres that a page may differ from A4."""
Box = tuple[float, float, float, float]
_Boxes = tuple[Box | None, Box | None, Box | None, Box | None]
"""Media, crop, bleed and trim box of a page, as far as it names them."""


def inspect(pdf: pikepdf.Pdf, production: Production, findings: Findings) -> list[Glance]:
    """Look at everything in an opened PDF that needs no knowledge of its letters; gives what was seen of each page.

    For files of ours and for anybody's, like a marketer's stationery. What pages share is told of at the first of them.
    """
    _look_at_document(pdf, production, findings)
    return _Pages(production, findings).look_at(pdf)


def _look_at_document(pdf: pikepdf.Pdf, production: Production, findings: Findings) -> None:
    root = pdf.Root
    if _has_actions(root):
        findings.add(Code.ACTION, "The file runs something when it is opened (JavaScript or an action): save it without.")
    form = root.get("/AcroForm", pikepdf.Dictionary())
    if len(form.get("/Fields", ())) or "/XFA" in form:
        findings.add(Code.FORM_FIELDS, "The file has fields to fill in: flatten it, or print it to a new PDF.")
    if "/EmbeddedFiles" in root.get("/Names", {}):
        findings.add(Code.ATTACHMENT, "Other files are attached to this one: save it without.")
    if "/OCProperties" in root:
        findings.add(Code.HIDDEN, "The file has layers, which every program shows or hides as it likes: flatten them when you export it.")
    if production.output:
        _look_for_marks(pdf, production, findings)


def _has_actions(root: pikepdf.Object) -> bool:
    opens = root.get("/OpenAction")
    runs = isinstance(opens, pikepdf.Dictionary)  # an array only says which page to show first
    return runs or "/AA" in root or "/JavaScript" in root.get("/Names", {}) or any(map(_runs, _bookmarks(root)))


def _bookmarks(root: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """The first of the entries that viewers show beside the pages."""
    left = [root.get("/Outlines", pikepdf.Dictionary())]
    for _ in range(_MOST_BOOKMARKS):
        if not left:
            break
        entry = left.pop()
        if isinstance(entry, pikepdf.Dictionary):
            yield entry
            left += [entry[name] for name in ("/First", "/Next") if name in entry]


def _runs(entry: pikepdf.Object) -> bool:
    """Whether a bookmark does more than to show a page."""
    return "/A" in entry and str(entry.A.get("/S")) not in ("/GoTo", "/URI")


def _look_for_marks(pdf: pikepdf.Pdf, production: Production, findings: Findings) -> None:
    """The marks of PDF/X-4 (print facts 2.2)."""
    if pdf.pdf_version != "1.6":
        findings.add(Code.WRONG_VERSION, f"The file is PDF {pdf.pdf_version}, and {_X4} is 1.6: set it anew.")
    missing = [name for name, there in _marks(pdf) if not there]
    if missing:
        findings.add(Code.NOT_PDF_X, f"The file is no {_X4}, for it lacks: {', '.join(missing)}. Set it anew, or export it as {_X4}.")
    intents = [intent for intent in pdf.Root.get("/OutputIntents", ()) if intent.get("/S") == "/GTS_PDFX"]
    if len(intents) != 1 or "/DestOutputProfile" not in intents[0]:
        findings.add(Code.NO_OUTPUT_INTENT, "The file names no profile of the press: set POSTILLION_OUTPUT_PROFILE to the one of your print shop.")
    elif production.output and not _is_profile(intents[0], production.output):
        findings.add(Code.NOT_PDF_X, "The profile in the file is not that of the printing condition that it names, or of no press: set it anew.")
    if production.document_parts and "/DPartRoot" not in pdf.Root:
        findings.add(Code.NO_LETTER_MARKS, "The file does not say where each letter begins (PDF/VT): set it anew.")


def _is_profile(intent: pikepdf.Object, output: OutputIntent) -> bool:
    profile = intent.DestOutputProfile
    if not isinstance(profile, pikepdf.Stream) or profile.get("/N") != 4:
        return False
    found = unpacked(profile, _MOST_PROFILE)
    if str(intent.get("/OutputConditionIdentifier", "")) == output.identifier:
        return found == output.read()
    return found[16:20] == b"CMYK" and found[36:40] == b"acsp"  # the signature of every ICC profile


def look_at_parts(pdf: pikepdf.Pdf, starts: Sequence[tuple[int, int]], findings: Findings) -> None:
    """Whether the record structure of PDF/VT names the pages of each letter; ``starts`` are first page and number of pages, in order."""
    found = [(leaf.get("/Start"), leaf.get("/End")) for leaf in _leaves(pdf.Root.get("/DPartRoot", pikepdf.Dictionary()).get("/DPartRootNode"), 0)]
    places: dict[object, int] = {page.objgen: number for number, page in enumerate(pdf.pages, 1)}
    told = []
    for start, end in found:
        first = places.get(start.objgen, 0) if isinstance(start, pikepdf.Dictionary) else 0
        last = places.get(end.objgen, 0) if isinstance(end, pikepdf.Dictionary) else first
        told.append((first, last - first + 1))
    if told != list(starts):
        findings.add(Code.NO_LETTER_MARKS, "The file says of some pages that they are another letter's (PDF/VT): set it anew.")


def _leaves(node: pikepdf.Object | None, depth: int) -> Iterator[pikepdf.Object]:
    if not isinstance(node, pikepdf.Dictionary) or depth > _DEEPEST_TREE:
        return
    if "/DParts" not in node:
        yield node
    for row in node.get("/DParts", ()):
        for part in row:
            yield from _leaves(part, depth + 1)


def _marks(pdf: pikepdf.Pdf) -> Iterator[tuple[str, bool]]:
    xmp = pdf.Root.get("/Metadata")
    words = xmp.read_raw_bytes() if isinstance(xmp, pikepdf.Stream) and "/Filter" not in xmp else b""
    yield "readable XMP metadata", bool(words)
    yield "GTS_PDFXVersion in them", bool(_VERSION.search(words))
    yield "a title", bool(str(pdf.docinfo.get("/Title", "")))
    yield "/Trapped", pdf.docinfo.get("/Trapped") in (pikepdf.Name("/True"), pikepdf.Name("/False"))
    yield "an /ID", "/ID" in pdf.trailer


class _Pages:
    """Goes through the pages once; what many pages share is looked at when the first of them comes."""

    def __init__(self, production: Production, findings: Findings) -> None:
        self._production, self._findings = production, findings
        self._page = 0
        self._told: set[tuple[Code, str]] = set()
        self._resources: set[object] = set()
        self._fonts: set[object] = set()
        self._glances: set[tuple[Glance, object]] = set()
        self._boxes: dict[tuple[bytes, ...], list[tuple[Code, str]]] = {}
        """What is wrong with the boxes of a page, by the page's own words for them."""
        self._reader = Reader(self._tell)

    def look_at(self, pdf: pikepdf.Pdf) -> list[Glance]:
        return [self._look_at_page(number, page.obj) for number, page in enumerate(pdf.pages, 1)]

    def _tell(self, code: Code, message: str) -> None:
        """Note a fault of something that pages share at the first of them only."""
        if (code, message) not in self._told:
            self._told.add((code, message))
            self._findings.add(code, message, self._page)

    def _look_at_page(self, number: int, page: pikepdf.Object) -> Glance:
        self._page = number
        self._look_at_boxes(page)
        if len(page.get("/Annots", ())):
            self._findings.add(Code.ANNOTATION, "There are comments, links or fields on the page: flatten it, or print it to a new PDF.", number)
        if "/AA" in page:
            self._findings.add(Code.ACTION, "The page runs something when it is shown: save it without.", number)
        if "/Trans" in page:
            self._findings.add(Code.TRANSITION, "The page has a transition for the screen (/Trans), which PDF/X does not want: set it anew.", number)
        if int(page.get("/Rotate", _inherited(page, "/Rotate") or 0)) % 360 or float(page.get("/UserUnit", 1)) != 1:
            self._findings.add(Code.WRONG_PAGE_SIZE, "The page is turned or scaled by a setting of its own (/Rotate, /UserUnit): export it upright.", number)
        resources = _inherited(page, "/Resources")
        if resources is None:
            resources = pikepdf.Dictionary()
        key = resources.objgen if resources.is_indirect else ("own", number)
        if key not in self._resources:
            self._resources.add(key)
            self._look_at_resources(resources, set())
        if "/Group" in page and page.Group.get("/S") == "/Transparency" and space_of(page.Group.get("/CS")) == "RGB":
            self._tell(Code.RGB_COLOUR, "Transparency of the page is mixed in RGB: export it with a CMYK blending space.")
        return self._look_at_content(page, key)

    def _look_at_content(self, page: pikepdf.Object, resources: object) -> Glance:
        try:
            seen = glance(_content(page))
            if (seen, resources) not in self._glances:
                with warnings.catch_warnings():
                    warnings.simplefilter("error")  # pikepdf only warns of a drawing that ends in the middle
                    self._reader.read(page)
                self._glances.add((seen, resources))
        except (pikepdf.PdfError, *BROKEN) as error:
            self._findings.add(Code.UNREADABLE, f"The page's drawing cannot be followed ({str(error)[:80]}): export it anew.", self._page)
            return UNSEEN
        return seen

    def _look_at_boxes(self, page: pikepdf.Object) -> None:
        key = tuple([found.unparse() if (found := page.get(name)) is not None else b"" for name in _BOXES])
        if key not in self._boxes:
            boxes = _box(page, "/MediaBox"), _box(page, "/CropBox"), _box(page, "/BleedBox"), _box(page, "/TrimBox")
            self._boxes[key] = list(_wrong_boxes(boxes, self._production.bleed))
            if self._production.output and ("/TrimBox" in page) == ("/ArtBox" in page):
                self._boxes[key].append((Code.NOT_PDF_X, f"The page must say where it is cut, by a TrimBox and no ArtBox: set it anew, or export it as {_X4}."))
        for code, message in self._boxes[key]:
            self._findings.add(code, message, self._page)

    def _look_at_resources(self, resources: pikepdf.Object, seen: set[object]) -> None:
        for font in _values(resources, "/Font"):
            self._look_at_font(font, seen)
        if any(name in resources.get("/ColorSpace", ()) for name in ("/DefaultCMYK", "/DefaultGray")):
            self._tell(Code.MIXED_BLACK, "Black is turned into the inks of another profile (DefaultCMYK or DefaultGray): export it with plain CMYK.")
        for state in _values(resources, "/ExtGState"):
            self._look_at_state(state)
        for pattern in _values(resources, "/Pattern"):
            if (shading := pattern.get("/Shading")) is not None and space_of(shading.get("/ColorSpace")) in ("RGB", "Lab"):
                self._tell(Code.RGB_COLOUR, "A gradient is in RGB: convert it to CMYK.")
            self._look_at_inner(pattern, seen)
        for drawn in _values(resources, "/XObject"):
            if "/SMask" in drawn:
                self._tell(Code.TRANSPARENCY, "A picture is partly transparent: put it on white before you save it.")
            if "/OPI" in drawn or "/Ref" in drawn or "/F" in drawn:
                self._tell(Code.ATTACHMENT, "Something on the page lies in another file: embed it.")
            group = drawn.get("/Group")
            if group is not None and group.get("/S") == "/Transparency" and space_of(group.get("/CS")) == "RGB":  # others mix nothing without transparency
                self._tell(Code.TRANSPARENCY, "Something is drawn as a group whose inks are mixed in RGB: flatten the transparency.")
            self._look_at_inner(drawn, seen)

    def _look_at_inner(self, drawn: pikepdf.Object, seen: set[object]) -> None:
        if (drawn.objgen == (0, 0) or drawn.objgen not in seen) and (inner := drawn.get("/Resources")) is not None:
            seen.add(drawn.objgen)
            self._look_at_resources(inner, seen)

    def _look_at_state(self, state: pikepdf.Object) -> None:
        opaque = all(float(state.get(name, 1)) >= 1 for name in ("/CA", "/ca"))
        plain = str(state.get("/BM", "/Normal")) in ("/Normal", "/Compatible") and str(state.get("/SMask", "/None")) == "/None"
        if not (opaque and plain):
            self._tell(Code.TRANSPARENCY, "Something is drawn half transparent: flatten the transparency.")

    def _look_at_font(self, font: pikepdf.Object, seen: set[object]) -> None:
        if font.is_indirect and font.objgen in self._fonts:
            return
        self._fonts.add(font.objgen)
        if str(font.get("/Subtype")) == "/Type3":  # its letters are drawn in the file itself
            self._look_at_inner(font, seen)
            return
        inner = font.get("/DescendantFonts", [font])[0]
        name, descriptor = str(font.get("/BaseFont", "/unnamed")), inner.get("/FontDescriptor")
        if descriptor is None or not any(file in descriptor for file in _FONT_FILES):
            self._tell(Code.FONT_NOT_EMBEDDED, f"The font {name[1:]} is not in the file: embed it, or the press takes another.")
        elif not _is_font(descriptor):
            self._tell(Code.FONT_NOT_EMBEDDED, f"What is in the file for the font {name[1:]} is no font: export the file anew.")
        elif not _SUBSET.match(name):
            self._tell(Code.FONT_NOT_SUBSET, f"The font {name[1:]} is in the file as a whole: a subset of what is used is smaller.")


def _is_font(descriptor: pikepdf.Object) -> bool:
    """Whether what is embedded begins as a font does, and a TrueType font has all its tables."""
    kind = next(file for file in _FONT_FILES if file in descriptor)
    found = unpacked(descriptor[kind], _MOST_FONT)
    if kind == "/FontFile" or (kind == "/FontFile3" and found[:4] not in _TRUETYPE):
        return found.startswith(_TYPE1 if kind == "/FontFile" else _COMPACT)
    tables = [found[start : start + 16] for start in range(12, 12 + 16 * int.from_bytes(found[4:6], "big"), 16)]
    ends = [int.from_bytes(table[8:12], "big") + int.from_bytes(table[12:], "big") for table in tables]
    return found[:4] in _TRUETYPE and bool(ends) and max(ends) <= len(found)


def _content(page: pikepdf.Object) -> bytes:
    found = page.get("/Contents")
    if found is None:
        return b""
    together = b""
    for part in found if isinstance(found, pikepdf.Array) else [found]:
        together += unpacked(part, MOST_DRAWING - len(together)) + b"\n"
    return together


def _values(resources: pikepdf.Object, kind: str) -> Iterator[pikepdf.Object]:
    group = resources.get(kind)
    if isinstance(group, pikepdf.Dictionary):
        for _, value in group.items():
            if isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
                yield value


def _inherited(page: pikepdf.Object, name: str) -> pikepdf.Object | None:
    """A value of the page, or of the part of the page tree that it hangs in."""
    part: pikepdf.Object | None = page
    for _ in range(_DEEPEST_TREE):
        if part is None:
            break
        if (found := part.get(name)) is not None:
            return found
        part = part.get("/Parent")
    return None


def _box(page: pikepdf.Object, name: str) -> Box | None:
    found = _inherited(page, name) if name in ("/MediaBox", "/CropBox") else page.get(name)
    if not isinstance(found, pikepdf.Array) or len(found) != 4:
        return None
    a, b, c, d = (float(value) for value in found.as_list())
    return min(a, c), min(b, d), max(a, c), max(b, d)


def _wrong_boxes(boxes: _Boxes, wanted_bleed: float) -> Iterator[tuple[Code, str]]:
    media, crop, bleed, trim = boxes
    if media is None:
        yield Code.WRONG_BOXES, "The page has no size (MediaBox): export it anew."
        return
    if max(media[2] - media[0], media[3] - media[1]) > _LARGEST:
        yield Code.UNREADABLE, "The page is larger than any that letters are printed on: export it anew in A4."
        return
    crop = crop or media
    trim = trim or crop
    bleed = bleed or trim
    for inner, outer, words in ((trim, bleed, "TrimBox in BleedBox"), (bleed, crop, "BleedBox in CropBox"), (crop, media, "CropBox in MediaBox")):
        if not _within(inner, outer):
            yield Code.WRONG_BOXES, f"The page's boxes do not lie within each other ({words}): export it anew."
    wide, high = (trim[2] - trim[0]) / _MM, (trim[3] - trim[1]) / _MM
    if abs(wide - PAGE_WIDTH) > _ABOUT or abs(high - PAGE_HEIGHT) > _ABOUT:
        yield Code.WRONG_PAGE_SIZE, f"The page is {wide:.0f} × {high:.0f} mm, and a letter {PAGE_WIDTH:.0f} × {PAGE_HEIGHT:.0f} mm (A4, upright)."
    if wanted_bleed and not _within(_grown(trim, wanted_bleed * _MM), bleed):
        yield Code.NO_BLEED, f"The page has less than {wanted_bleed:g} mm of bleed, which the print shop cuts off: set it anew."


def _within(inner: Box, outer: Box) -> bool:
    return inner[0] >= outer[0] - _HAIR and inner[1] >= outer[1] - _HAIR and inner[2] <= outer[2] + _HAIR and inner[3] <= outer[3] + _HAIR


def _grown(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by
