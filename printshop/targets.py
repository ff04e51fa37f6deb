"""How does a print run get to the print shop whole or not at all, however often it is tried?"""

import hashlib
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from printshop.errors import TargetDiffers


class Parcel:
    """A folder at the print shop in the making: first everything is laid down as ``.part``, then it gets its names.

    One process works on a parcel at a time, each in a ``turn`` of its own that goes up: a former one that wakes up writes beside
    what counts, never into it. Each act can be repeated.
    """

    def __init__(self, folder: Path, turn: int) -> None:
        self.folder = folder
        self.turn = turn

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

    def is_laid_down(self, name: str, sha256: str) -> bool:
        """Whether the file is there with that content and has not got its name yet."""
        part = self._newest(name)
        return part is not None and file_sha256(part) == sha256

    def reveal(self, name: str) -> None:
        """Give a file of the newest turn its final name; one that has it already stays as it is."""
        part = self._newest(name)
        if part and not self.has(name):
            part.rename(self.folder / name)
            sync(self.folder)

    def remove_parts(self, *, of_this_turn: bool = False) -> None:
        """Give up whatever was laid down and has no name, of all turns or of this one; a folder without anything goes too."""
        for part in self.folder.glob(f"*.{self.turn}.*part" if of_this_turn else "*.part"):
            part.unlink(missing_ok=True)
        if self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()

    def _lay_down(self, name: str, sha256: str, write: Callable[[BinaryIO], object]) -> None:
        target = self.folder / name
        if target.exists() and file_sha256(target) != sha256:
            raise TargetDiffers(
                f"{target} is there already with other content. Nothing was overwritten: move it away or ask the print shop, then hand over again."
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        half = self.folder / f"{name}.{self.turn}.half.part"
        try:
            with half.open("wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            if file_sha256(half) != sha256:
                raise TargetDiffers(f"{name} was not copied whole: check the disk of {self.folder}, then hand over again.")
            half.replace(self.folder / f"{name}.{self.turn}.part")
        finally:
            half.unlink(missing_ok=True)
        sync(self.folder)
        sync(self.folder.parent)

    def _newest(self, name: str) -> Path | None:
        """What was laid down whole in the latest turn; without a number: by a version that knew no turns."""
        turns = {int(found[1] or 0): part for part in self.folder.glob("*.part") if (found := re.fullmatch(rf"{re.escape(name)}(?:\.(\d+))?\.part", part.name))}
        return turns[max(turns)] if turns else None


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
