"""Where does the print shop take print runs from: a folder, an SFTP server or an S3 bucket?"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self
from urllib.parse import SplitResult, unquote, urlsplit

from printshop.errors import InvalidPlace, TargetDiffers

CHUNK = 4 << 20  # bytes held in memory of a file on its way


@dataclass(frozen=True, slots=True)
class Access:
    """What opens the door; secrets are in no repr, message, log or table."""

    password: str = field(default="", repr=False)
    key_file: Path | None = None
    known_hosts: Path | None = None
    s3_key_id: str = field(default="", repr=False)
    s3_secret: str = field(default="", repr=False)
    s3_endpoint: str = ""
    s3_region: str = ""


class Place(Protocol):
    """A folder that the print shop takes print runs from; paths are relative to it, with slashes.

    Every act raises PlaceUnreachable or PlaceFull (try later), PlaceRefuses or UnknownHost (stop).
    """

    @property
    def url(self) -> str:
        """Where it is, without any password."""

    def names(self, folder: str) -> list[str]:
        """What lies in a folder, in the order of the alphabet; nothing if there is no such folder."""

    def has(self, path: str) -> bool:
        """Whether a file or folder is there."""

    def chunks(self, path: str) -> Iterator[bytes]:
        """A file's content, a few megabytes at a time; raises FileNotFoundError."""

    def write(self, path: str, content: Path | bytes) -> None:
        """Write a file into a folder that is there, over one of that name; it may be there in part until this returns."""

    def rename(self, path: str, new: str) -> None:
        """Give a file another name in one step that leaves no half file; raises NameTaken rather than overwrite."""

    def delete(self, path: str) -> None:
        """Delete a file; one that is gone already is fine."""

    def is_folder(self, path: str) -> bool:
        """Whether a folder is there, rather than a file."""

    def make_folder(self, folder: str) -> None:
        """Make a folder and those above it; one that is there is fine."""

    def remove_folder(self, folder: str) -> None:
        """Remove a folder if nothing is in it."""

    def close(self) -> None:
        """Hang up."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_error: object) -> None: ...


def open_place(url: str, access: Access = Access(), setting: str = "POSTILLION_HANDOVER_URL") -> Place:
    """The place behind a path, ``file://``, ``sftp://user@host[:port]/path`` or ``s3://bucket/prefix``.

    An SFTP path is absolute; ``/~/`` begins at the user's home. The libraries are loaded only where they are needed: they cost
    a second. ``setting`` is named where the address is wrong. Raises InvalidPlace, and what every act of a place raises.
    """
    parts = _parts(url, setting)
    if parts.scheme == "sftp":
        from printshop.sftp import SftpPlace

        return SftpPlace(parts, access)
    if parts.scheme == "s3":
        from printshop.s3 import S3Place

        return S3Place(parts.netloc, parts.path.strip("/"), access)
    from printshop.folder import FolderPlace

    return FolderPlace(Path(unquote(parts.path) if parts.scheme == "file" else url))


def read(place: Place, path: str) -> bytes:
    """A small file as a whole; raises FileNotFoundError."""
    return b"".join(place.chunks(path))


def sha256_at(place: Place, path: str) -> str:
    """The checksum of what really lies there: the file is read back; raises FileNotFoundError."""
    digest = hashlib.sha256()
    for chunk in place.chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


def write_once(place: Place, path: str, content: bytes) -> None:
    """Write a small file whole or not at all; the same again is fine, raises TargetDiffers rather than overwrite other content."""
    if place.has(path):
        if read(place, path) != content:
            raise TargetDiffers(f"{place.url}/{path} is there already with other content. Nothing was overwritten: move it away, then try again.")
        return
    part = f"{path}.part"
    if "/" in path:
        place.make_folder(path.rpartition("/")[0])
    place.write(part, content)
    place.rename(part, path)


def _parts(url: str, setting: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise InvalidPlace(f"{setting} cannot be read: write it like sftp://user@host:22/path.") from None
    if parts.scheme not in ("", "file", "sftp", "s3"):
        raise InvalidPlace(f"{setting} begins with {parts.scheme}://: it can be a folder, sftp://user@host/path or s3://bucket/prefix.")
    if parts.password is not None or (parts.scheme == "s3" and "@" in parts.netloc):
        raise InvalidPlace(
            f"{setting} holds a password: take it out, since addresses are shown. Put it into POSTILLION_HANDOVER_PASSWORD (SFTP) "
            "or POSTILLION_HANDOVER_S3_SECRET (S3)."
        )
    if parts.scheme in ("sftp", "s3") and not parts.hostname:
        raise InvalidPlace(f"{setting} names no {'host' if parts.scheme == 'sftp' else 'bucket'} behind {parts.scheme}://.")
    return parts
