"""How does a print run get to the print shop whole or not at all, however often it is tried?"""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from printshop.errors import TargetDiffers


class Parcel:
    """A folder at the print shop in the making: first everything is laid down as ``.part``, then it gets its names.

    One process works on a parcel at a time; each act can be repeated.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def lay_down(self, source: Path, sha256: str) -> None:
        """Copy a file beside its final name; raises TargetDiffers if another content has that name already."""
        with source.open("rb") as read:
            self._lay_down(source.name, sha256, lambda write: shutil.copyfileobj(read, write, 1 << 20))

    def lay_down_bytes(self, name: str, content: bytes) -> None:
        """The same for a small file that was just made."""
        self._lay_down(name, hashlib.sha256(content).hexdigest(), lambda write: write.write(content))

    def has(self, name: str) -> bool:
        """Whether the file has its final name and the print shop has not taken it away."""
        return (self.folder / name).exists()

    def is_laid_down(self, name: str) -> bool:
        """Whether the file is there and has not got its name yet."""
        return self._part(name).exists()

    def reveal(self, name: str) -> None:
        """Give a file its final name; one that has it already stays as it is."""
        if self.is_laid_down(name):
            self._part(name).rename(self.folder / name)
            sync(self.folder)

    def remove_parts(self) -> None:
        """Give up whatever was laid down and has no name yet."""
        for part in self.folder.glob("*.part"):
            part.unlink()
        if self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()

    def _lay_down(self, name: str, sha256: str, write: Callable[[BinaryIO], object]) -> None:
        target, part = self.folder / name, self._part(name)
        if target.exists() and file_sha256(target) != sha256:
            raise TargetDiffers(
                f"{target} is there already with other content. Nothing was overwritten: move it away or ask the print shop, then hand over again."
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        if file_sha256(part) != sha256:
            part.unlink()
            raise TargetDiffers(f"{name} was not copied whole: check the disk of {self.folder}, then hand over again.")
        sync(self.folder)
        sync(self.folder.parent)

    def _part(self, name: str) -> Path:
        return self.folder / f"{name}.part"


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
