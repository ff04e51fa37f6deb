"""To how much does a page of somebody else's PDF come when everything in it is unpacked and drawn?

Measured without keeping what comes out: a bomb of a few kilobytes may unpack to more than any memory holds.
"""

import base64
import re
import zlib
from collections import Counter
from typing import Any

from pypdf.generic import ArrayObject, DictionaryObject, NullObject, StreamObject

from letters.errors import UnusableFile
from letters.reachable import MOST_DEPTH

MOST_UNPACKED = 50_000_000
"""Bytes that one stream may unpack to: an A4 page in CMYK at 240 dpi; a decompression bomb has a thousand times as much."""
_MOST_UNPACKED_TOGETHER = 150_000_000
"""Bytes that all streams of one page may unpack to."""
_MOST_DRAWING = 10_000_000
"""Bytes of operators that one page may have, those of its forms counted as often as they are drawn: a map with every house has two."""
_MOST_PIXELS = 100_000_000
_TEXT_FILTERS = ("/ASCII85Decode", "/A85", "/ASCIIHexDecode", "/AHx")
_FLATE = ("/FlateDecode", "/Fl")
_PICTURE_FILTERS = ("/DCTDecode", "/DCT", "/CCITTFaxDecode", "/CCF", "/JBIG2Decode")
_DO = re.compile(rb"/([^\s/\[\]<>()]+)\s+Do\b")


class Tally:
    """Adds up what a page unpacks to."""

    def __init__(self, name: str) -> None:
        self._name, self._left = name, _MOST_UNPACKED_TOGETHER

    def take(self, count: int) -> None:
        """Raise UnusableFile when all that was taken is more than a page needs."""
        self._left -= count
        if self._left < 0:
            most = _MOST_UNPACKED_TOGETHER / 1e6
            raise UnusableFile(f"{self._name} unpacks to more than {most:.0f} MB in all, more than a page needs: export it again, pictures with 300 dpi.")


def measured(stream: StreamObject, name: str) -> int:
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
    if filters[0] in _FLATE and (len(filters) == 1 or (len(filters) == 2 and filters[1] in _PICTURE_FILTERS)):  # some programs pack a JPEG once more
        if (count := unpacked(raw)) <= MOST_UNPACKED:
            return count if len(filters) == 1 else max(count, int(width) * int(height))
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


class Drawn:
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
        if self._known.get(id(form)) == 0 or depth > MOST_DEPTH:
            raise UnusableFile(f"{self._name} has a part that draws itself: export it again.")
        if id(form) not in self._known:
            self._known[id(form)] = 0
            self._known[id(form)] = 1 + self.bytes_of(form.get_data(), form.get("/Resources", around).get_object(), depth)
        return self._known[id(form)]
