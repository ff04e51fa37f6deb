"""What does a stream of somebody's PDF hold, if it is not a thousand times larger than it looks?"""

import base64
import zlib

import pikepdf

MOST_DRAWING = 30_000_000
"""Bytes of operators on one page, or in one form; a letter has 20,000."""
_FLATE = "/FlateDecode"
_TEXT = {
    "/ASCII85Decode": lambda data: base64.a85decode(data.strip().removesuffix(b"~>")),
    "/ASCIIHexDecode": lambda data: bytes.fromhex(data.strip(b"> \r\n").decode()),
}


def unpacked(stream: pikepdf.Object, most: int) -> bytes:
    """The bytes of a stream, of which no more than ``most`` are ever in memory; raises ValueError for more, and pikepdf's errors."""
    filters = stream.get("/Filter", pikepdf.Array())
    names = [str(name) for name in (filters if isinstance(filters, pikepdf.Array) else [filters])]
    if _FLATE not in names or "/DecodeParms" in stream or not all(name == _FLATE or name in _TEXT for name in names):
        return _within(bytes(stream.read_bytes()), most)
    found = bytes(stream.read_raw_bytes())
    for name in names:
        if name == _FLATE:
            unpacking = zlib.decompressobj()
            try:
                found = unpacking.decompress(found, most + 1)
            except zlib.error as error:
                raise ValueError(str(error)) from None
        else:
            found = _TEXT[name](found)
    return _within(found, most)


def _within(found: bytes, most: int) -> bytes:
    if len(found) > most:
        raise ValueError(f"it unpacks to more than {most / 1e6:.0f} MB")
    return found
