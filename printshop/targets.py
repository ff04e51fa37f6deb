"""How does a file get to the print shop whole or not at all, however often it is tried?"""

import hashlib
import os
import shutil
from pathlib import Path

from printshop.errors import TargetDiffers


def put_file(folder: Path, source: Path, sha256: str) -> bool:
    """Copy ``source`` into ``folder`` under its name; False if it lies there already with this checksum.

    The copy appears under its name only when it is complete and checked.  Raises TargetDiffers rather than overwrite.
    """
    target = folder / source.name
    if _is_there(target, sha256):
        return False
    part = target.with_name(f"{target.name}.part")
    with source.open("rb") as read, part.open("wb") as write:
        shutil.copyfileobj(read, write, 1 << 20)
        write.flush()
        os.fsync(write.fileno())
    _reveal(part, target, sha256)
    return True


def put_bytes(folder: Path, name: str, content: bytes) -> bool:
    """The same for a small file that was just made."""
    target, sha256 = folder / name, hashlib.sha256(content).hexdigest()
    if _is_there(target, sha256):
        return False
    part = target.with_name(f"{name}.part")
    with part.open("wb") as write:
        write.write(content)
        write.flush()
        os.fsync(write.fileno())
    _reveal(part, target, sha256)
    return True


def file_sha256(path: Path) -> str:
    """The checksum of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Have a file's content, or a folder's names, on disk before going on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_there(target: Path, sha256: str) -> bool:
    if not target.exists():
        return False
    if file_sha256(target) == sha256:
        return True
    raise TargetDiffers(f"{target} is there already with other content. Nothing was overwritten: move it away or ask the print shop, then hand over again.")


def _reveal(part: Path, target: Path, sha256: str) -> None:
    if file_sha256(part) != sha256:
        part.unlink()
        raise TargetDiffers(f"{target.name} was not copied whole: check the disk, then hand over again.")
    part.rename(target)
    sync(target.parent)
