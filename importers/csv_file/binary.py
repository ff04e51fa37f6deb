"""Is this a text file at all, and if not, what is it?  Told by its first bytes; nothing is ever unpacked."""

import stat
from pathlib import Path

from importers.errors import BinaryFile, UnreadableFile

_AS_CSV = 'Open it in its own program and save it as "CSV UTF-8".'
_UNPACK = "Unpack it first and import the CSV files in it."
_EXPORT = "Choose CSV in the shop's export and import that file."
_KINDS = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive", f"{_AS_CSV} If it is an archive: {_UNPACK.lower()}"),
    (b"PK\x05\x06", "an empty zip archive", _EXPORT),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", _AS_CSV),
    (b"\x1f\x8b", "packed with gzip", _UNPACK),
    (b"BZh", "packed with bzip2", _UNPACK),
    (b"\xfd7zXZ", "packed with xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "packed with zstandard", _UNPACK),
    (b"7z\xbc\xaf", "a 7z archive", _UNPACK),
    (b"Rar!", "a rar archive", _UNPACK),
    (b"%PDF", "a PDF", _EXPORT),
    (b"\x89PNG", "a picture", _EXPORT),
    (b"\xff\xd8\xff", "a picture", _EXPORT),
    (b"GIF8", "a picture", _EXPORT),
    (b"SQLite format 3", "a database", _EXPORT),
    (b"{\\rtf", "a text document", _AS_CSV),
    (b"\xff\xfe", '"Unicode text" (UTF-16)', _AS_CSV),
    (b"\xfe\xff", '"Unicode text" (UTF-16)', _AS_CSV),
    (b"<?xml", "XML", _EXPORT),
    (b"<!doctype", "a web page (shops write some \"Excel exports\" as one)", _AS_CSV),
    (b"<html", "a web page (shops write some \"Excel exports\" as one)", _AS_CSV),
    (b"<table", "a web page (shops write some \"Excel exports\" as one)", _AS_CSV),
    (b"[{", "JSON", _EXPORT),
    (b'{"', "JSON", _EXPORT),
)  # fmt: skip


def refuse_special(path: Path) -> int:
    """The size in bytes of a plain file; raises ``UnreadableFile`` for folders, devices and pipes, which might never end."""
    try:
        found = path.stat()
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error
    if not stat.S_ISREG(found.st_mode):
        raise UnreadableFile(f"{path} is not a file. Name a CSV file.")
    return found.st_size


def refuse_binary(path: Path, start: bytes) -> None:
    """Raise ``BinaryFile`` when the file's first bytes are those of something else than text."""
    plain = start[:64].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for mark, what, act in _KINDS:
        if start.startswith(mark) or plain.startswith(mark):
            raise BinaryFile(f"{path} is {what}, no CSV file. {act}")
    if b"\0" in start:
        raise BinaryFile(f"{path} is no text file: it has bytes that no text has. {_AS_CSV}")
