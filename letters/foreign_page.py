"""How does a page of somebody else's PDF get into a print file, and what must it not do there?

It is read with pypdf, measured before anything is unpacked, and copied object by object as it is (fonts and pictures stay
compressed), as one form that pages refer to.
"""

import base64
import logging
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.errors import LimitReachedError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, NullObject, StreamObject, TextStringObject
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFDocument, PDFName, PDFStream, xObjectName

from letters.errors import UnusableFile

logging.getLogger("pypdf").addHandler(logging.NullHandler())  # what it stumbles over is told once, in our own words

MOST_UNPACKED = 50_000_000
"""Bytes that one stream may unpack to: an A4 page in CMYK at 240 dpi; a decompression bomb has a thousand times as much."""
_MOST_UNPACKED_TOGETHER = 150_000_000
"""Bytes that all streams of one page may unpack to."""
_MOST_DRAWING = 10_000_000
"""Bytes of operators that one page may have, those of its forms counted as often as they are drawn: a map with every house has two."""
_MOST_PIXELS = 100_000_000
_MOST_OBJECTS, _MOST_DEPTH = 20_000, 60
_TEXT_FILTERS = ("/ASCII85Decode", "/A85", "/ASCIIHexDecode", "/AHx")
_FLATE = ("/FlateDecode", "/Fl")
_PICTURE_FILTERS = ("/DCTDecode", "/DCT", "/CCITTFaxDecode", "/CCF", "/JBIG2Decode")
_LEFT_OUT = ("/Parent", "/StructParent", "/StructParents", "/Metadata", "/PieceInfo", "/LastModified", "/OC", "/Thumb", "/OPI", "/Ref", "/Annots", "/AA")
"""What means nothing, or must not be, outside the file that it comes from."""
_DO = re.compile(rb"/([^\s/\[\]<>()]+)\s+Do\b")
_ACTIVE = {"/JavaScript": "scripts", "/JS": "scripts", "/AA": "actions", "/OpenAction": "an action at opening", "/EmbeddedFiles": "attachments"}


@dataclass(frozen=True, slots=True, eq=False)
class ForeignPage:
    """One page, measured and found harmless."""

    page: DictionaryObject
    resources: DictionaryObject
    contents: bytes
    box: tuple[float, float, float, float]
    """What is left of it after cutting (TrimBox, else CropBox, else MediaBox), in points."""
    media: tuple[float, float, float, float]
    """The whole sheet, with the bleed."""

    @property
    def width(self) -> float:
        """Points."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        """Points."""
        return self.box[3] - self.box[1]


@lru_cache(maxsize=8)
def read(content: bytes, name: str, most_pages: int) -> tuple[ForeignPage, ...]:
    """The pages of a PDF; raises UnusableFile for one that is locked, broken, too long, unpacks to too much or does things."""
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted:
            raise UnusableFile(f"{name} is locked with a password or restricted: export it without any protection.")
        root = reader.root_object
        _refuse_active(root, name)
        leaves = list(_leaves(root["/Pages"], name, most_pages))
        if not leaves:
            raise UnusableFile(f"{name} has no pages: export it again.")
        return tuple(_page(leaf, name) for leaf in leaves)
    except UnusableFile:
        raise
    except LimitReachedError as error:  # pypdf's own limit of 75 MB, for what it must unpack to find the page at all
        raise UnusableFile(f"{name} unpacks to far more than a page needs: export it again, pictures with 300 dpi.") from error
    except Exception as error:  # whatever a broken file makes pypdf stumble over, the file is what is wrong
        raise UnusableFile(f"{name} cannot be read as a PDF: it is broken or something else, export it again.") from error


def embed(document: PDFDocument, page: ForeignPage, name: str, scale: float = 1.0, bleed: bool = False) -> str:
    """Put a page into a print file, once; returns the name of a form that draws it with its top-left corner at 0, 0.

    ``bleed``: with what lies beyond the cut.
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
    if "/Group" in page.page:
        entries["Group"] = copied.of(page.page["/Group"])
    document.Reference(PDFStream(PDFDictionary(entries), zlib.compress(page.contents, 9)), xObjectName(name))
    document.updateSignature(page.contents)
    return name


def streams(page: ForeignPage) -> Iterator[DictionaryObject]:
    """Every dictionary that the page refers to, streams among them; each once."""
    yield from (thing for thing in _reachable(page.resources) if isinstance(thing, DictionaryObject))


def drawings(page: ForeignPage) -> Iterator[StreamObject]:
    """Every form, pattern and drawn letter (of a Type3 font) that the page refers to; each once."""
    yield from _drawings(page.resources)


def _drawings(resources: DictionaryObject) -> Iterator[StreamObject]:
    for thing in _reachable(resources):
        if isinstance(thing, StreamObject):
            if thing.get("/Subtype") == "/Form" or "/PatternType" in thing or ("/BBox" in thing and "/Subtype" not in thing):
                yield thing
        elif isinstance(thing, DictionaryObject) and thing.get("/Subtype") == "/Type3":
            glyphs = thing.get("/CharProcs", DictionaryObject()).get_object()
            yield from (glyph for value in glyphs.values() if isinstance(glyph := value.get_object(), StreamObject))


class _Drawn:
    """Counts the bytes of operators that a page comes to when all its forms are drawn; raises UnusableFile for too many, and for circles."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._known: dict[int, int] = {}
        """Bytes of each form, by the identity of its stream; 0 while it is being counted."""

    def bytes_of(self, contents: bytes, resources: Any, depth: int = 0) -> int:
        """The bytes of ``contents`` and of all that it draws."""
        forms = resources.get("/XObject", DictionaryObject()).get_object() if isinstance(resources, DictionaryObject) else DictionaryObject()
        count = len(contents)
        for drawn, times in Counter(_DO.findall(contents)).items():
            form = forms.get("/" + drawn.decode("latin-1"), NullObject()).get_object()
            if isinstance(form, StreamObject) and form.get("/Subtype") == "/Form":
                count += times * self._form(form, resources, depth + 1)
        if count > _MOST_DRAWING:
            raise UnusableFile(f"{self._name} draws more than any page needs ({_MOST_DRAWING / 1e6:.0f} MB of lines): simplify it, or place it as a picture.")
        return count

    def _form(self, form: StreamObject, around: DictionaryObject, depth: int) -> int:
        if self._known.get(id(form)) == 0 or depth > _MOST_DEPTH:
            raise UnusableFile(f"{self._name} has a part that draws itself: export it again.")
        if id(form) not in self._known:
            self._known[id(form)] = 0
            self._known[id(form)] = 1 + self.bytes_of(form.get_data(), form.get("/Resources", around).get_object(), depth)
        return self._known[id(form)]


def _short(value: float) -> float:
    return round(float(value), 4)


def _refuse_active(root: DictionaryObject, name: str) -> None:
    names = root.get("/Names", NullObject()).get_object()
    for key, words in _ACTIVE.items():
        if key in root or (isinstance(names, DictionaryObject) and key in names):
            raise UnusableFile(f"{name} holds {words}, which paper cannot do: export it again as PDF/X-4.")
    form = root.get("/AcroForm", NullObject()).get_object()
    if isinstance(form, DictionaryObject) and ("/XFA" in form or form.get("/Fields", ArrayObject()).get_object()):
        raise UnusableFile(f"{name} holds form fields: export it again as PDF/X-4, with the fields flattened.")
    layers = root.get("/OCProperties", NullObject()).get_object()
    shown = layers.get("/D", DictionaryObject()).get_object() if isinstance(layers, DictionaryObject) else {}
    if shown.get("/OFF", ArrayObject()).get_object() or shown.get("/BaseState") == "/OFF":
        raise UnusableFile(f"{name} has hidden layers, which would be printed: delete them and export it again.")


def _leaves(tree: Any, name: str, most: int) -> Iterator[DictionaryObject]:
    """The pages in order, without looking at more than may be there; what pages inherit is written into each."""
    count = 0
    pending: list[tuple[Any, dict[str, Any], int]] = [(tree, {}, 0)]
    while pending:
        reference, inherited, depth = pending.pop()
        node = reference.get_object()
        if not isinstance(node, DictionaryObject) or depth > _MOST_DEPTH:
            raise UnusableFile(f"{name} has a broken page tree: export it again.")
        passed_on = {**inherited, **{key: node[key] for key in ("/Resources", "/MediaBox", "/CropBox", "/Rotate") if key in node}}
        if "/Kids" not in node:
            count += 1
            if count <= most:
                yield DictionaryObject({**node, **{NameObject(key): value for key, value in passed_on.items()}})
        kids = node.get("/Kids", ArrayObject()).get_object()
        if count > most or count + len(kids) > most:
            told = max(count, count + len(kids), int(node.get("/Count", 0)))
            raise UnusableFile(f"{name} has {told} pages or more, {most} at the most are printed: export only those.")
        pending += [(kid, passed_on, depth + 1) for kid in reversed(kids)]


def _page(page: DictionaryObject, name: str) -> ForeignPage:
    if page.get("/Annots", ArrayObject()).get_object():
        raise UnusableFile(f"{name} holds links, notes or form fields, which paper cannot do: export it again without them (as PDF/X-4).")
    if "/AA" in page:
        raise UnusableFile(f"{name} holds actions, which paper cannot do: export it again as PDF/X-4.")
    if int(page.get("/Rotate", 0)) % 360 or float(page.get("/UserUnit", 1)) != 1:
        raise UnusableFile(f"{name} has a page that is turned or scaled by a viewer's setting: export it upright and in its real size.")
    media = _box(page, "/MediaBox", name)
    box = next(_box(page, key, name) for key in ("/TrimBox", "/CropBox", "/MediaBox") if key in page)
    resources = page.get("/Resources", DictionaryObject()).get_object()
    room = _Room(name)
    for thing in _reachable(resources):
        if isinstance(thing, StreamObject):
            room.take(_measure(thing, name))
    contents = page.get("/Contents", ArrayObject()).get_object()
    parts = [part.get_object() for part in contents] if isinstance(contents, ArrayObject) else [contents]
    for part in parts:
        if isinstance(part, StreamObject):
            room.take(_measure(part, name))
    drawn = b"\n".join(part.get_data() for part in parts if isinstance(part, StreamObject))
    counter = _Drawn(name)
    counter.bytes_of(drawn, resources)
    for drawing in _drawings(resources):
        counter.bytes_of(drawing.get_data(), drawing.get("/Resources", resources).get_object())
    return ForeignPage(page, resources, drawn, box, media)


class _Room:
    """Adds up what a page unpacks to."""

    def __init__(self, name: str) -> None:
        self._name, self._left = name, _MOST_UNPACKED_TOGETHER

    def take(self, count: int) -> None:
        """Raise UnusableFile when all that was taken is more than a page needs."""
        self._left -= count
        if self._left < 0:
            most = _MOST_UNPACKED_TOGETHER / 1e6
            raise UnusableFile(f"{self._name} unpacks to more than {most:.0f} MB in all, more than a page needs: export it again, pictures with 300 dpi.")


def _box(page: DictionaryObject, key: str, name: str) -> tuple[float, float, float, float]:
    found = page[key].get_object()
    sides = [float(side) for side in found] if isinstance(found, ArrayObject) else []
    if len(sides) != 4:
        raise UnusableFile(f"{name} has a page without a size: export it again.")
    left, right = sorted((sides[0], sides[2]))
    bottom, top = sorted((sides[1], sides[3]))
    if not (0 < right - left < 15_000 and 0 < top - bottom < 15_000):
        raise UnusableFile(f"{name} has a page without a size: export it again.")
    return left, bottom, right, top


def _reachable(start: Any) -> Iterator[Any]:
    """Everything that ``start`` refers to, each object once; raises UnusableFile for more than any page can need."""
    seen: set[tuple[int, int]] = set()
    count = 0
    pending: list[Any] = [start]
    while pending:
        thing = pending.pop()
        if isinstance(thing, IndirectObject):
            key = thing.idnum, thing.generation
            if key in seen:
                continue
            seen.add(key)
            thing = thing.get_object()
        if isinstance(thing, DictionaryObject):
            pending += [value for name, value in thing.items() if name not in _LEFT_OUT]
        elif isinstance(thing, ArrayObject):
            pending += thing
        else:
            continue
        count += 1
        if count > _MOST_OBJECTS:
            raise UnusableFile(f"a page of the PDF consists of more than {_MOST_OBJECTS} parts: simplify it, or place it as a picture.")
        yield thing


def _measure(stream: StreamObject, name: str) -> int:
    """Refuse a stream that unpacks to more than a page can hold, without keeping what comes out; gives the bytes (of a packed picture: its pixels)."""
    width, height = (stream.get(key, 0) for key in ("/Width", "/Height"))
    if int(width) * int(height) > _MOST_PIXELS:
        raise UnusableFile(f"{name} holds a picture of {width} × {height} pixels: reduce it to 300 dpi when you export it.")
    if "/F" in stream and "/FFilter" in stream:
        raise UnusableFile(f"{name} refers to other files: export it with everything embedded.")
    found = stream.get("/Filter", ArrayObject()).get_object()
    filters = [str(item.get_object()) for item in found] if isinstance(found, ArrayObject) else [str(found)]
    raw = bytes(stream._data)
    while filters and filters[0] in _TEXT_FILTERS:
        raw = _from_text(raw, filters.pop(0))
    if not filters or (len(filters) == 1 and filters[0] in _PICTURE_FILTERS):
        return max(len(raw), int(width) * int(height))
    if len(filters) == 1 and filters[0] in _FLATE and (count := unpacked(raw)) <= MOST_UNPACKED:
        return count
    if len(filters) == 1 and filters[0] in _FLATE:
        raise UnusableFile(
            f"{name} holds a part that unpacks to more than {MOST_UNPACKED / 1e6:.0f} MB, far more than a page needs: export it again, pictures with 300 dpi."
        )
    raise UnusableFile(f"{name} holds parts that are packed in a rare way ({' '.join(filters)}): export it again as PDF/X-4 with pictures as JPEG or ZIP.")


def _from_text(raw: bytes, name: str) -> bytes:
    text = b"".join(raw.split())
    if name in _TEXT_FILTERS[:2]:
        return base64.a85decode(text.removeprefix(b"<~").partition(b"~>")[0])
    digits = text.partition(b">")[0]
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))


def unpacked(raw: bytes) -> int:
    """To how many bytes zlib data unpacks, counted up to one piece beyond the limit; takes 1 MB of memory at the most."""
    count, machine = 0, zlib.decompressobj()
    while raw and count <= MOST_UNPACKED:
        try:
            count += len(machine.decompress(raw, 1_000_000))
        except zlib.error:
            break  # pypdf and the press's machine say what they think of it
        raw = machine.unconsumed_tail
    return count


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
        if depth > 10 * _MOST_DEPTH:
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
            if name not in _LEFT_OUT and name != "/Length":
                entries[str(name)[1:]] = self.of(thing.raw_get(name), depth + 1)
        return copy
