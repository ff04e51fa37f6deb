"""How do up to 2,000 letters become one PDF?"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from campaigns.letter import LetterContent, code_url
from campaigns.sender import Sender
from layouts.layout import Layout
from letters.art import Code, DrawnCode
from letters.blocks import Galley
from letters.check import problem
from letters.encoding import Encoder
from letters.errors import UnprintableLetter
from letters.page import Page
from letters.print_canvas import PrintCanvas
from letters.qr_code import CodeFamily
from letters.qr_path import printed
from letters.sheet import LetterSetter
from letters.typeset import Setter
from letters.watermark import watermark as drawn_watermark


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a letter stands in its print file."""

    first_page: int
    """Counted from 1."""
    pages: int


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """What became of the letters of one print file."""

    sha256: str
    bytes: int
    pages: int
    placed: tuple[Placed | None, ...]
    """One for each content, in order; None for a letter that could not be set."""
    failures: tuple[tuple[int, str], ...]
    """Index of the content and the reason, for each letter that could not be set."""


def render(
    contents: Iterable[LetterContent],
    layouts: Mapping[str, Layout],
    sender: Sender,
    public_url: str,
    path: Path,
    title: str,
    created_at: datetime,
    watermark: str = "",
) -> RenderedFile:
    """Write one PDF with all letters of ``contents``, in their order, to ``path`` (replacing what is there).

    Equal arguments give equal bytes, in any process, so that doing it again costs nothing; ``created_at`` is aware and goes into
    the file. A letter that cannot be set is left out as a whole and told of in ``failures``. Raises UnprintableCode when
    ``public_url`` fits no QR code of a layout: then no letter can be printed. ``path`` is written in one go at the end; until then
    a letter takes some 12 KB of memory. ``watermark`` is a word like SPECIMEN that stands large and light below the text of every
    page: a proof that nobody takes for a letter.
    """
    return _PrintFile(layouts, sender, public_url, title, created_at, watermark).write(contents, path)


class _PrintFile:
    """One PDF in the making."""

    def __init__(self, layouts: Mapping[str, Layout], sender: Sender, public_url: str, title: str, created_at: datetime, watermark: str) -> None:
        self._layouts, self._sender, self._public_url = layouts, sender, public_url
        self._canvas = PrintCanvas(title, created_at)
        self._setter = Setter(Encoder(self._canvas.document))
        self._watermark = self._share(drawn_watermark(watermark, self._setter)).form if watermark else ""
        self._families: dict[tuple[str, int], CodeFamily] = {}
        self._setters: dict[tuple[str, str, int], LetterSetter] = {}

    def write(self, contents: Iterable[LetterContent], path: Path) -> RenderedFile:
        placed: list[Placed | None] = []
        failures: list[tuple[int, str]] = []
        count = 0
        for index, content in enumerate(contents):
            try:
                pages = self._set(content)
            except UnprintableLetter as error:
                placed.append(None)
                failures.append((index, str(error)))
            else:
                placed.append(Placed(count + 1, len(pages)))
                count += len(pages)
                for page in pages:
                    if self._watermark:
                        page.underlay(self._watermark)
                    self._canvas.add(page)
        data = self._canvas.getpdfdata()
        path.write_bytes(data)
        return RenderedFile(hashlib.sha256(data).hexdigest(), len(data), count, tuple(placed), tuple(failures))

    def _set(self, content: LetterContent) -> list[Page]:
        layout = self._layouts.get(content.layout)
        if layout is None:
            raise UnprintableLetter(f"there is no layout {content.layout!r}")
        if reason := problem(content, layout, self._sender):
            raise UnprintableLetter(reason)
        return self._letter_setter(layout, content.language, len(content.token)).set(content)

    def _letter_setter(self, layout: Layout, language: str, token_length: int) -> LetterSetter:
        key = layout.name, language, token_length
        if key not in self._setters:

            def code(room: str, size: float) -> Code:
                return DrawnCode(printed(self._family(room, token_length), size))

            self._setters[key] = LetterSetter(layout, language, self._sender, self._setter, self._share, code)
        return self._setters[key]

    def _family(self, room: str, token_length: int) -> CodeFamily:
        if (room, token_length) not in self._families:
            self._families[room, token_length] = CodeFamily(code_url(self._public_url, room, ""), token_length)
        return self._families[room, token_length]

    def _share(self, galley: Galley) -> Galley:
        return Galley(galley.height, "", self._canvas.share(galley.height, galley.operators))
