"""How do up to 2,000 letters become one PDF?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from campaigns.letter import LetterContent, code_url
from campaigns.sender import Sender
from layouts.layout import Layout
from letters.art import Code
from letters.blocks import Galley
from letters.check import problem
from letters.encoding import Encoder
from letters.errors import UnprintableLetter
from letters.page import POINT, Page, number
from letters.pdf_file import PdfFile
from letters.qr_code import CodeFamily
from letters.qr_path import printed
from letters.sheet import LetterSetter
from letters.typeset import Setter


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
    contents: Iterable[LetterContent], layouts: Mapping[str, Layout], sender: Sender, public_url: str, path: Path, title: str, created_at: datetime
) -> RenderedFile:
    """Write one PDF with all letters of ``contents``, in their order, to ``path`` (replacing what is there).

    Equal arguments give equal bytes, in any process, so that doing it again costs nothing; ``created_at`` is aware and goes into
    the file. A letter that cannot be set is left out as a whole and told of in ``failures``. Raises UnprintableCode when
    ``public_url`` fits no QR code of a layout: then no letter can be printed. Memory does not grow with the number of letters
    beyond a few bytes each.
    """
    with path.open("wb") as file:
        return _PrintFile(file, layouts, sender, public_url).write(contents, title, created_at)


class _PrintFile:
    """One PDF in the making."""

    def __init__(self, file: BinaryIO, layouts: Mapping[str, Layout], sender: Sender, public_url: str) -> None:
        self._layouts, self._sender, self._public_url = layouts, sender, public_url
        self._pdf = PdfFile(file)
        self._catalog, self._tree, self._fonts, self._resources = (self._pdf.reserve() for _ in range(4))
        self._encoder = Encoder()
        self._setter = Setter(self._encoder)
        self._forms: list[int] = []
        self._pages: list[int] = []
        self._families: dict[tuple[str, int], CodeFamily] = {}
        self._setters: dict[tuple[str, str, int], LetterSetter] = {}

    def write(self, contents: Iterable[LetterContent], title: str, created_at: datetime) -> RenderedFile:
        placed: list[Placed | None] = []
        failures: list[tuple[int, str]] = []
        for index, content in enumerate(contents):
            try:
                pages = self._set(content)
            except UnprintableLetter as error:
                placed.append(None)
                failures.append((index, str(error)))
            else:
                placed.append(Placed(len(self._pages) + 1, len(pages)))
                self._add_pages(pages)
        self._finish(title, created_at)
        return RenderedFile(self._pdf.sha256, self._pdf.size, len(self._pages), tuple(placed), tuple(failures))

    def _set(self, content: LetterContent) -> list[bytes]:
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
                return Code(printed(self._family(room, token_length), size))

            self._setters[key] = LetterSetter(layout, language, self._sender, self._setter, self._share, code)
        return self._setters[key]

    def _family(self, room: str, token_length: int) -> CodeFamily:
        if (room, token_length) not in self._families:
            self._families[room, token_length] = CodeFamily(code_url(self._public_url, room, ""), token_length)
        return self._families[room, token_length]

    def _share(self, galley: Galley) -> Galley:
        """Write the operators as a form of their own, which RIPs keep, and refer to it."""
        margin = 20 * POINT
        box = " ".join(map(number, (-margin, -galley.height - margin, 210 * POINT + margin, margin)))
        entries = f"/Type/XObject/Subtype/Form/BBox[{box}]/Resources<</Font {self._fonts} 0 R>>".encode()
        self._forms.append(self._pdf.add_stream(galley.operators.encode("latin-1"), entries))
        return Galley(galley.height, f"/X{len(self._forms)} Do")

    def _add_pages(self, pages: list[bytes]) -> None:
        for content in pages:
            stream = self._pdf.add_stream(content)
            self._pages.append(
                self._pdf.add(b"<</Type/Page/Parent %d 0 R/Resources %d 0 R%b/Contents %d 0 R>>" % (self._tree, self._resources, Page.boxes, stream))
            )

    def _finish(self, title: str, created_at: datetime) -> None:
        fonts = self._pdf.add_fonts(self._encoder.document)
        self._pdf.write(self._fonts, _references(fonts))
        forms = _references({f"X{index}": form for index, form in enumerate(self._forms, 1)})
        self._pdf.write(self._resources, b"<</Font %d 0 R/XObject%b>>" % (self._fonts, forms))
        kids = " ".join(f"{page} 0 R" for page in self._pages).encode()
        self._pdf.write(self._tree, b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(self._pages), kids))
        self._pdf.write(self._catalog, b"<</Type/Catalog/Pages %d 0 R>>" % self._tree)
        self._pdf.finish(self._catalog, title, created_at)


def _references(numbers: Mapping[str, int]) -> bytes:
    return f"<<{''.join(f'/{name} {number} 0 R' for name, number in numbers.items())}>>".encode()
