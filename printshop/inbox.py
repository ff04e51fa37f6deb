"""Where do print shops put their reports, and how does each get out of the way once it was read?

A place (printshop.places): what was taken in goes to ``done``, what is no report to ``rejected``, with a text beside it that says why.
"""

from collections.abc import Sequence
from enum import StrEnum
from hashlib import sha256
from pathlib import PurePosixPath

from printshop.errors import NameTaken
from printshop.places import Place, write_once

_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload", ".swp")


class Tray(StrEnum):
    """Where a report goes that was read."""

    DONE = "done"
    REJECTED = "rejected"


class Inbox:
    """A place that print shops write to; it need not be there."""

    def __init__(self, place: Place) -> None:
        self._place = place

    @property
    def url(self) -> str:
        """Where it is."""
        return self._place.url

    def names(self) -> list[str]:
        """The files that lie there and have their final names."""
        final = [name for name in self._place.names("") if not name.startswith(".") and not name.lower().endswith(_UNFINISHED)]
        return [name for name in final if name not in (*Tray,) and not self._place.is_folder(name)]

    def read(self, name: str, most: int) -> bytes | None:
        """The file, of a larger one a little more than ``most`` bytes; None for one that is gone."""
        content = bytearray()
        try:
            for chunk in self._place.chunks(name):
                content += chunk
                if len(content) > most:
                    break
        except (FileNotFoundError, IsADirectoryError):
            return None
        return bytes(content)

    def put_away(self, name: str, content: bytes, tray: Tray, text: str = "") -> bool:
        """Move a file, with a text beside it where there is something to say; can be repeated, and nothing is written over.

        False for one that has other content by now: it stays, to be read again.
        """
        if self.read(name, len(content)) not in (content, None):
            return False
        self._place.make_folder(str(tray))
        mark = sha256(content + text.encode()).hexdigest()[:12]
        path = PurePosixPath(name)
        marked = f"{path.stem}.{mark}{path.suffix}"
        target = next((one for one in (name, marked) if not self._place.has(f"{tray}/{one}")), None)
        if target is None:  # the same file was put away under this very name already
            self._place.delete(name)
            return True
        if text:
            target = target if self._may_write(f"{tray}/{target}.txt", text) else marked
            write_once(self._place, f"{tray}/{target}.txt", text.encode())
        try:
            self._place.rename(name, f"{tray}/{target}")
        except (FileNotFoundError, NameTaken):
            if self._place.has(name):
                raise
        return True

    def _may_write(self, path: str, text: str) -> bool:
        """Nobody's text lies there, or ours of an attempt that was killed."""
        return not self._place.has(path) or b"".join(self._place.chunks(path)) == text.encode()


def rejections_text(head: str, lines: Sequence[tuple[int, str]], count: int) -> str:
    """What stands beside a file: a sentence, then a line for each line that was not taken over."""
    listed = [f"line {line}: {message}" for line, message in lines]
    more = [f"… and {count - len(lines)} more"] if count > len(lines) else []
    return "\n".join([head, *listed, *more, ""])
