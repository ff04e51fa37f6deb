"""What does a print shop want of the files that it gets?

Where it is read from: layouts.print_shop. What a print run began with is stored with it, so that its files come out the same whatever is edited meanwhile.
"""

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from campaigns.errors import Stop
from layouts.din5008 import FORM_B, PAGE_HEIGHT, PAGE_WIDTH, Box
from layouts.layout import Layout

SHOPS = Path(__file__).parent / "print_shops"
_MOST_LINES = 6
"""Of an address (DIN 5008)."""
_BUNDLED_PROFILE = SHOPS / "ISOcoated_v2_300_bas.icc"


class Pages(StrEnum):
    """Which pages of a letter something is about."""

    FIRST = "first"
    OTHER = "other"
    EVERY = "every"

    def holds(self, number: int) -> bool:
        """Whether page ``number`` of a letter, counted from 1, is one of them."""
        return self is Pages.EVERY or (self is Pages.FIRST) == (number == 1)


@dataclass(frozen=True, slots=True)
class FreeZone:
    """Where nothing of ours may stand."""

    box: Box
    pages: Pages
    why: str


@dataclass(frozen=True, slots=True)
class Edge:
    """Millimetres that stay unprinted along the sides of every page."""

    top: float = 0
    right: float = 0
    bottom: float = 0
    left: float = 0


class MarkKind(StrEnum):
    """How an inserter knows which sheets belong together."""

    OMR = "omr"
    """Dashes that are there or not."""
    DATA_MATRIX = "data_matrix"


class Dash(StrEnum):
    """What one dash of an OMR mark says."""

    START = "start"
    """Always there: the machine finds the others by it."""
    END = "end"
    """On the last sheet of a letter: the envelope is complete."""
    PARITY = "parity"
    """Makes the number of dashes even."""
    SEQUENCE_1 = "sequence_1"
    SEQUENCE_2 = "sequence_2"
    SEQUENCE_4 = "sequence_4"
    """Bits of the sheet's number in the file: the machine stops where one is missing."""


@dataclass(frozen=True, slots=True)
class InserterMark:
    """A mark on every front, in millimetres; machines differ, so every number comes from the print shop."""

    kind: MarkKind
    x: float
    """Left end of the dashes, or of the data matrix with its quiet zone."""
    y: float
    """Of the first dash, or the top of the data matrix."""
    length: float = 7
    """Of a dash."""
    pitch: float = 25.4 / 6
    """From dash to dash."""
    thickness: float = 0.5
    """Of a dash."""
    dashes: tuple[Dash, ...] = (Dash.START, Dash.END, Dash.SEQUENCE_1, Dash.SEQUENCE_2, Dash.SEQUENCE_4, Dash.PARITY)
    """From top to bottom."""
    module: float = 12 * 25.4 / 600
    """Side of a module of the data matrix: whole dots of 600 dpi."""


@dataclass(frozen=True, slots=True)
class SheetNumber:
    """Where the small number stands that people find a sheet by: its left end and baseline."""

    x: float = 10
    y: float = 292


@dataclass(frozen=True, slots=True)
class OutputIntent:
    """The printing condition that the colours are meant for."""

    identifier: str
    """Its name in the registry of characterisations, like FOGRA39."""
    condition: str
    """The same in words."""
    sha256: str
    """Of the ICC profile."""
    profile: str = ""
    """Path of the ICC profile; empty for the bundled one."""

    def read(self) -> bytes:
        """The profile's bytes; raises ProfileChanged if they are not those that the print run began with."""
        path = Path(self.profile) if self.profile else _BUNDLED_PROFILE
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ProfileChanged(f"The output profile {path} cannot be read ({error.strerror}): put it back, or reject the print run.") from None
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise ProfileChanged(f"The output profile {path} is another one than when the print run began: restore it, or reject the run and start anew.")
        return content


class ProfileChanged(Stop):
    """The ICC profile that a print run began with is not there any more."""


FOGRA39 = OutputIntent("FOGRA39", "ISO Coated v2 300% (basICColor)", "b424c77f40c3423c925536f8ae08634985ccd0fe80eb253d5d229197ded7e886")
"""The only free profile of a common condition (decision 0028)."""


@dataclass(frozen=True, slots=True)
class Production:
    """All that differs from print shop to print shop; the defaults suit a lettershop that prints and inserts by itself."""

    slug: str = "lettershop"
    title: str = "Lettershop"
    address: Box | None = None
    """Where the shop's machine reads the address, if not where DIN 5008 puts it: the address lines move there."""
    return_line: bool = True
    """Whether the sender's small line may stand above the address."""
    free_zones: tuple[FreeZone, ...] = ()
    franking: Box | None = None
    """Where the print shop prints the frank, on page 1."""
    edge: Edge = Edge()
    most_pages: int | None = None
    """Of one letter."""
    most_bytes: int | None = None
    """Of one print file."""
    letters_per_file: int | None = None
    bleed: float = 0
    """Millimetres that the paper is larger than the page on all sides before it is cut."""
    duplex: bool = False
    """Print on both sides: a letter never begins on a back."""
    fold_marks: bool | None = None
    """None: as the layout says, and none beside an inserter's marks."""
    sheet_number: SheetNumber | None = None
    inserter: InserterMark | None = None
    document_parts: bool = False
    """PDF/VT-1: the file says which pages are one letter."""
    output: OutputIntent | None = FOGRA39
    """None: the file names no printing condition, and is no PDF/X."""

    @property
    def unprinted(self) -> tuple[FreeZone, ...]:
        """All places where nothing of ours may stand: the named ones, the frank's and the edges."""
        edge, zones = self.edge, list(self.free_zones)
        if self.franking:
            zones.append(FreeZone(self.franking, Pages.FIRST, "the frank"))
        sides = (
            (edge.top, Box(0, 0, PAGE_WIDTH, edge.top)),
            (edge.right, Box(PAGE_WIDTH - edge.right, 0, edge.right, PAGE_HEIGHT)),
            (edge.bottom, Box(0, PAGE_HEIGHT - edge.bottom, PAGE_WIDTH, edge.bottom)),
            (edge.left, Box(0, 0, edge.left, PAGE_HEIGHT)),
        )
        return (*zones, *(FreeZone(box, Pages.EVERY, "the unprinted edge") for width, box in sides if width))

    @property
    def address_lines(self) -> int:
        """Lines of an address that the print shop's rectangle holds."""
        if self._franks_in(FORM_B.address_zone):
            return FORM_B.franked.address_lines
        return _MOST_LINES if self.address is None else min(_MOST_LINES, replace(FORM_B, address_zone=self.address).address_lines)

    def _franks_in(self, address_zone: Box) -> bool:
        """Whether the frank takes the address's upper lines: then the address stands below it (print facts 1.1)."""
        return self.address is None and self.franking is not None and self.franking.overlaps(address_zone)

    def sheets(self, pages: int) -> int:
        """Sheets of paper that ``pages`` pages are printed on."""
        return -(-pages // 2) if self.duplex else pages

    def fitted(self, layout: Layout) -> Layout:
        """The layout as this print shop wants it: the address where its machine reads it, fold marks by its switch; the same if asked again."""
        style = layout.style
        if self.fold_marks is not None or self.inserter:  # an inserter could take a fold mark for one of its dashes
            style = replace(style, fold_marks=bool(self.fold_marks))
        form = style.form
        if self._franks_in(form.address_zone) and not self._franks_in(form.franked.address_zone):
            form = form.franked  # a larger frank leaves no room for an address: the layout is refused (letters.free_zones)
        if self.address:
            zone = form.address_zone
            left = zone.x if self.address.x <= zone.x < self.address.right else self.address.x
            form = replace(form, address_zone=Box(left, self.address.y, self.address.right - left, self.address.height))
        if not self.return_line:
            form = replace(form, return_line=replace(form.return_line, width=0))
        style = replace(style, form=form)
        return layout if style == layout.style else replace(layout, style=style)
