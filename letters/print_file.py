"""How do up to 2,000 letters become one PDF?"""

import gc
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from campaigns.letter import LetterContent, code_url
from campaigns.sender import Sender
from layouts.layout import Layout
from layouts.production import Production
from letters.art import Code
from letters.artwork import Artwork
from letters.blocks import Galley
from letters.check import problem
from letters.drawn_code import DrawnCode
from letters.encoding import Encoder
from letters.errors import UnprintableLetter
from letters.finish import Record, finished
from letters.furnishing import artwork
from letters.marks import Marks, blank_page
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
    """With the blank back of its last sheet, where both sides are printed."""


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
    production: Production = Production(),  # noqa: B008 (frozen)
    ids: Sequence[int] = (),
) -> RenderedFile:
    """Write one PDF with all letters of ``contents``, in their order, to ``path`` (replacing what is there).

    Equal arguments give equal bytes, in any process, so that doing it again costs nothing; ``created_at`` is aware and goes into
    the file. A letter that cannot be set is left out as a whole and told of in ``failures``. Raises UnprintableCode when
    ``public_url`` fits no QR code of a layout (then no letter can be printed), and ProfileChanged. ``path`` is written in one go at
    the end; until then a letter takes some 12 KB of memory. ``watermark`` is a word like SPECIMEN that stands large and light below
    the text of every page: a proof that nobody takes for a letter. ``production`` is what the print shop wants. ``ids`` are the
    letters' numbers, one for each content, which PDF/VT's records carry; without them their places in ``contents`` count.
    """
    with _garbage_left_alone():
        return _PrintFile(layouts, sender, public_url, title, created_at, watermark, production).write(contents, ids, path)


@contextmanager
def _garbage_left_alone() -> Iterator[None]:
    """Every page stays in memory until the file is written: looking through all of them for garbage, over and over, takes a tenth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _PrintFile:
    """One PDF in the making."""

    def __init__(
        self, layouts: Mapping[str, Layout], sender: Sender, public_url: str, title: str, created_at: datetime, watermark: str, production: Production
    ) -> None:
        self._layouts = {name: production.fitted(layout) for name, layout in layouts.items()}
        self._sender, self._public_url, self._production = sender, public_url, production
        self._title, self._created_at = title, created_at
        self._canvas = PrintCanvas(title, created_at, production.bleed)
        self._setter = Setter(Encoder(self._canvas.document))
        self._marks = Marks(production, title, self._setter)
        self._watermark = self._share(drawn_watermark(watermark, self._setter)).form if watermark else ""
        self._families: dict[tuple[str, int], CodeFamily] = {}
        self._codes: dict[tuple[str, int, float], Code] = {}
        self._artworks: dict[str, Artwork] = {}
        self._setters: dict[tuple[str, str, int], LetterSetter] = {}

    def write(self, contents: Iterable[LetterContent], ids: Sequence[int], path: Path) -> RenderedFile:
        placed: list[Placed | None] = []
        failures: list[tuple[int, str]] = []
        records: list[Record] = []
        count = 0
        for index, content in enumerate(contents):
            try:
                pages = self._set(content)
            except UnprintableLetter as error:
                placed.append(None)
                failures.append((index, str(error)))
                continue
            records.append(Record(ids[index] if ids else index + 1, _region(content), len(pages)))
            self._marks.draw(pages, len(records))
            placed.append(Placed(count + 1, len(pages)))
            count += len(pages)
            for page in pages:
                self._canvas.add(page)
        data = finished(self._canvas.getpdfdata(), self._title, self._created_at, self._production, records)
        path.write_bytes(data)
        return RenderedFile(hashlib.sha256(data).hexdigest(), len(data), count, tuple(placed), tuple(failures))

    def _set(self, content: LetterContent) -> list[Page]:
        layout = self._layouts.get(content.layout)
        if layout is None:
            raise UnprintableLetter(f"there is no layout {content.layout!r}")
        if reason := problem(content, layout, self._sender):
            raise UnprintableLetter(reason)
        pages = self._letter_setter(layout, content.language, len(content.token)).set(content)
        if self._watermark:
            for page in pages:
                page.underlay(self._watermark)
        if self._production.duplex and len(pages) % 2:
            pages.append(blank_page())
        most = self._production.most_pages
        if most and len(pages) > most:
            raise UnprintableLetter(f"the letter has {len(pages)} pages, {self._production.title} takes {most}: shorten the text or the values in it")
        return pages

    def _letter_setter(self, layout: Layout, language: str, token_length: int) -> LetterSetter:
        key = layout.name, language, token_length
        if key not in self._setters:

            def code(room: str, size: float) -> Code:
                return self._code(room, token_length, size)

            self._setters[key] = LetterSetter(layout, language, self._sender, self._setter, self._share, code, artwork=self._artwork(layout))
        return self._setters[key]

    def _artwork(self, layout: Layout) -> Artwork:
        if layout.name not in self._artworks:
            output = self._production.output
            self._artworks[layout.name] = artwork(layout, self._canvas.document, output.read() if output and layout.files else None)
        return self._artworks[layout.name]

    def _code(self, room: str, token_length: int, size: float) -> Code:
        key = room, token_length, size
        if key not in self._codes:
            self._codes[key] = DrawnCode(printed(self._family(room, token_length), size), self._canvas.share_units)
        return self._codes[key]

    def _family(self, room: str, token_length: int) -> CodeFamily:
        if (room, token_length) not in self._families:
            self._families[room, token_length] = CodeFamily(code_url(self._public_url, room, ""), token_length)
        return self._families[room, token_length]

    def _share(self, galley: Galley) -> Galley:
        return Galley(galley.height, "", self._canvas.share(galley.height, galley.drawn))


_POSTCODE_BEFORE_TOWN = re.compile(r"([0-9]{2})[0-9]{2,3} ")


def _region(content: LetterContent) -> str:
    """The first two digits of an inland postcode: enough to sort by, and names nobody; empty abroad, where the last line is the country's name."""
    found = _POSTCODE_BEFORE_TOWN.match(content.address[-1]) if content.address else None
    return found[1] if found else ""
