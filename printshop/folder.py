"""How does a print run get into a folder of this machine or of a mounted drive, so that a power cut loses nothing?"""

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfileobj
from typing import Self

from printshop.errors import NameTaken
from printshop.places import CHUNK


class FolderPlace:
    """A Place on a disk; its own errors are those of the operating system."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def url(self) -> str:
        """The folder's path from the root."""
        return str(self._folder.resolve())

    def names(self, folder: str) -> list[str]:
        """What lies in a folder."""
        path = self._folder / folder
        return sorted(one.name for one in path.iterdir()) if path.is_dir() else []

    def has(self, path: str) -> bool:
        """Whether it is there."""
        return (self._folder / path).exists()

    def chunks(self, path: str) -> Iterator[bytes]:
        """A file's content."""
        with (self._folder / path).open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def write(self, path: str, content: Path | bytes) -> None:
        """Write a file and have it on disk."""
        with (self._folder / path).open("wb") as file:
            if isinstance(content, bytes):
                file.write(content)
            else:
                with content.open("rb") as source:
                    copyfileobj(source, file, 1 << 20)
            file.flush()
            os.fsync(file.fileno())

    def rename(self, path: str, new: str) -> None:
        """Give another name, and have that on disk."""
        if self.has(new):
            raise NameTaken(f"{self._folder / new} is there already.")
        (self._folder / path).rename(self._folder / new)
        sync((self._folder / new).parent)

    def delete(self, path: str) -> None:
        """Delete a file."""
        (self._folder / path).unlink(missing_ok=True)

    def is_folder(self, path: str) -> bool:
        """Whether it is a folder."""
        return (self._folder / path).is_dir()

    def make_folder(self, folder: str) -> None:
        """Make a folder, and have its name on disk."""
        path = self._folder / folder
        path.mkdir(parents=True, exist_ok=True)
        sync(path.parent)

    def remove_folder(self, folder: str) -> None:
        """Remove an empty folder."""
        path = self._folder / folder
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()

    def close(self) -> None:
        """Nothing to hang up."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def sync(path: Path) -> None:
    """Have a file's content, or a folder's names, on disk before going on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
