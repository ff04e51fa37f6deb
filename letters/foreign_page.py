"""Which pages does somebody else's PDF have, and is it harmless to print them?

Read with pypdf, and measured before anything is unpacked (letters.unpacking). What becomes of a page: letters.embedding.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.errors import LimitReachedError
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NullObject, StreamObject

from letters import reachable
from letters.errors import UnusableFile
from letters.unpacking import Drawn, Tally, measured

logging.getLogger("pypdf").addHandler(logging.NullHandler())  # what it stumbles over is told once, in our own words

_ACTIVE = {"/JavaScript": "scripts", "/JS": "scripts", "/AA": "actions", "/EmbeddedFiles": "attachments"}


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


def streams(page: ForeignPage) -> Iterator[DictionaryObject]:
    """Every dictionary that the page refers to, streams among them; each once."""
    yield from (thing for thing in reachable.reachable(page.resources) if isinstance(thing, DictionaryObject))


def _refuse_active(root: DictionaryObject, name: str) -> None:
    names = root.get("/Names", NullObject()).get_object()
    for key, words in _ACTIVE.items():
        if key in root or (isinstance(names, DictionaryObject) and key in names):
            raise UnusableFile(f"{name} holds {words}, which paper cannot do: export it again as PDF/X-4.")
    opens = root.get("/OpenAction", NullObject()).get_object()
    if isinstance(opens, DictionaryObject) and opens.get("/S") != "/GoTo":  # which page to show first, most programs say
        raise UnusableFile(f"{name} holds an action at opening, which paper cannot do: export it again as PDF/X-4.")
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
        if not isinstance(node, DictionaryObject) or depth > reachable.MOST_DEPTH:
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
    notes = page.get("/Annots", ArrayObject()).get_object()
    if any(note.get_object().get("/Subtype") != "/Link" for note in notes):  # links draw nothing, and are not copied
        raise UnusableFile(f"{name} holds notes or form fields, which paper cannot do: export it again without them (as PDF/X-4).")
    if "/AA" in page:
        raise UnusableFile(f"{name} holds actions, which paper cannot do: export it again as PDF/X-4.")
    if int(page.get("/Rotate", 0)) % 360 or float(page.get("/UserUnit", 1)) != 1:
        raise UnusableFile(f"{name} has a page that is turned or scaled by a viewer's setting: export it upright and in its real size.")
    media = _box(page, "/MediaBox", name)
    box = next(_box(page, key, name) for key in ("/TrimBox", "/CropBox", "/MediaBox") if key in page)
    resources = page.get("/Resources", DictionaryObject()).get_object()
    room = Tally(name)
    for thing in reachable.reachable(resources):
        if isinstance(thing, StreamObject):
            room.take(measured(thing, name))
    contents = page.get("/Contents", ArrayObject()).get_object()
    parts = [part.get_object() for part in contents] if isinstance(contents, ArrayObject) else [contents]
    for part in parts:
        if isinstance(part, StreamObject):
            room.take(measured(part, name))
    drawn = b"\n".join(part.get_data() for part in parts if isinstance(part, StreamObject))
    counter = Drawn(name)
    counter.bytes_of(drawn, resources)
    for drawing in reachable.drawings(resources):
        counter.bytes_of(drawing.get_data(), drawing.get("/Resources", resources).get_object())
    return ForeignPage(page, resources, drawn, box, media)


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
