"""How does a print run get to the print shop whole or not at all, however often it is tried?"""

import hashlib
import re
from contextlib import suppress
from pathlib import Path

from campaigns.errors import PostillionError
from printshop.errors import NameTaken, TargetDiffers
from printshop.folder import sync
from printshop.places import Place, sha256_at

__all__ = ["Parcel", "file_sha256", "sync"]

_PART = re.compile(r"(?:\.(\d+))?\.part")


class Parcel:
    """A folder at the print shop in the making: first everything is laid down as ``.part``, then it gets its names.

    One process works on a parcel at a time, each in a ``turn`` of its own that goes up: a former one that wakes up writes beside
    what counts, never into it. Each act can be repeated; each raises what a Place raises.
    """

    def __init__(self, place: Place, folder: str, turn: int) -> None:
        self.place = place
        self.folder = folder
        self.turn = turn
        self._parts: frozenset[str] | None = None

    @property
    def url(self) -> str:
        """Where the print shop finds it, without any password."""
        return f"{self.place.url}/{self.folder}"

    def lay_down(self, source: Path, sha256: str) -> None:
        """Copy a file beside its final name; raises TargetDiffers if another content has that name already."""
        self._lay_down(source.name, sha256, source)

    def lay_down_bytes(self, name: str, content: bytes) -> None:
        """The same for a small file that was just made."""
        self._lay_down(name, hashlib.sha256(content).hexdigest(), content)

    def has(self, name: str) -> bool:
        """Whether the file has its final name and the print shop has not taken it away."""
        return self.place.has(self._path(name))

    def knows(self, name: str) -> bool:
        """Whether the file lies there, with its final name or without."""
        return self._newest(name) is not None or self.has(name)

    def is_laid_down(self, name: str, sha256: str) -> bool:
        """Whether the file is there with that content and has not got its name yet."""
        part = self._newest(name)
        return part is not None and sha256_at(self.place, self._path(part)) == sha256

    def reveal(self, name: str) -> None:
        """Give a file of the newest turn its final name; one that has it already stays as it is."""
        part = self._newest(name)
        if part is None:
            return
        try:
            self._rename(part, name)
        except NameTaken:
            return
        except FileNotFoundError:  # a later turn was faster
            self._parts = None
            if self._newest(name):
                raise

    def remove_parts(self, *, of_this_turn: bool = False) -> None:
        """Give up whatever was laid down and has no name, of all turns or of this one; a folder without anything goes too."""
        for name in self.place.names(self.folder):
            if name.endswith(".part") and (not of_this_turn or f".{self.turn}." in name):
                self.place.delete(self._path(name))
        self.place.remove_folder(self.folder)
        self._parts = None

    def _lay_down(self, name: str, sha256: str, content: Path | bytes) -> None:
        if self.has(name) and sha256_at(self.place, self._path(name)) != sha256:
            raise TargetDiffers(
                f"{self.url}/{name} is there already with other content. Nothing was overwritten: move it away or ask the print shop, then hand over again."
            )
        half, whole = f"{name}.{self.turn}.half.part", f"{name}.{self.turn}.part"
        former = self._newest(name)
        if former and sha256_at(self.place, self._path(former)) == sha256:  # it need not travel twice
            if former != whole:
                self._rename(former, whole)
            return
        self.place.make_folder(self.folder)
        try:
            self.place.write(self._path(half), content)
            if sha256_at(self.place, self._path(half)) != sha256:
                raise TargetDiffers(f"{name} was not copied whole: check the disk of {self.url}, then hand over again.")
        except BaseException:
            with suppress(PostillionError, OSError):  # if the line is cut, a later turn removes it by its name
                self.place.delete(self._path(half))
            raise
        if former == whole:
            self.place.delete(self._path(whole))
        self._rename(half, whole)

    def _rename(self, name: str, new: str) -> None:
        self.place.rename(self._path(name), self._path(new))
        if self._parts is not None:
            self._parts = (self._parts - {name}) | {new}

    def _newest(self, name: str) -> str | None:
        """What was laid down whole in the latest turn; without a number: by a version that knew no turns."""
        if self._parts is None:  # asked once, not for every file: a listing over the network grows with the files
            self._parts = frozenset(self.place.names(self.folder))
        turns = {}
        for part in self._parts:
            if part.startswith(name) and (found := _PART.fullmatch(part, len(name))):
                turns[int(found[1] or 0)] = part
        return turns[max(turns)] if turns else None

    def _path(self, name: str) -> str:
        return f"{self.folder}/{name}"


def file_sha256(path: Path) -> str:
    """The checksum of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
