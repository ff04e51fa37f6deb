"""What does a page of somebody else's PDF refer to, and which of it is drawn?"""

from collections.abc import Iterator
from typing import Any

from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from letters.errors import UnusableFile

_MOST_OBJECTS = 20_000
MOST_DEPTH = 60
"""Levels of pages in groups of pages, or of forms in forms."""
LEFT_OUT = (
    *("/Parent", "/StructParent", "/StructParents", "/Metadata", "/PieceInfo", "/LastModified", "/OC", "/Thumb", "/OPI", "/Ref", "/Annots", "/AA"),
    "/Group",
)
"""What means nothing, or must not be, outside the file that it comes from; groups where nothing is transparent (letters.stationery) look the same without."""


def reachable(start: Any) -> Iterator[Any]:
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
            pending += [value for name, value in thing.items() if name not in LEFT_OUT]
        elif isinstance(thing, ArrayObject):
            pending += thing
        else:
            continue
        count += 1
        if count > _MOST_OBJECTS:
            raise UnusableFile(f"a page of the PDF consists of more than {_MOST_OBJECTS} parts: simplify it, or place it as a picture.")
        yield thing


def drawings(resources: DictionaryObject) -> Iterator[StreamObject]:
    """Every form, pattern and drawn letter (of a Type3 font) among them; each once."""
    for thing in reachable(resources):
        if isinstance(thing, StreamObject):
            if thing.get("/Subtype") == "/Form" or "/PatternType" in thing or ("/BBox" in thing and "/Subtype" not in thing):
                yield thing
        elif isinstance(thing, DictionaryObject) and thing.get("/Subtype") == "/Type3":
            glyphs = thing.get("/CharProcs", DictionaryObject()).get_object()
            yield from (glyph for value in glyphs.values() if isinstance(glyph := value.get_object(), StreamObject))
