"""What does a print shop want of the files that it gets?

A profile is data: layouts/print_shops/NAME.toml for the shops we know, or a TOML file of the operator's. What a print run began with is stored
with it, so that its files come out the same whatever is edited meanwhile.
"""

import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass, replace
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from campaigns.errors import Stop
from layouts.din5008 import FORM_B, PAGE_HEIGHT, PAGE_WIDTH, Box
from layouts.errors import InvalidProduction, did_you_mean
from layouts.layout import Layout

SHOPS = Path(__file__).parent / "print_shops"
_MOST_LINES = 6
"""Of an address (DIN 5008)."""
_PLACE = re.compile(r"\s*\(at line (\d+), column \d+\)")
_TABLE = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]")
_KEY = re.compile(r"\s*([\w.-]+)\s*=")
Mistakes = list[tuple[str, str]]
"""Key, and what is wrong with it."""
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


def shops() -> list[str]:
    """The profiles that come with Postillion, sorted."""
    return sorted(path.stem for path in SHOPS.glob("*.toml"))


def load(name: str, output_profile: Path | None = None, condition: str = "") -> Production:
    """The profile ``name``: one of ``shops()`` or the path of a TOML file, with the operator's own ICC profile where one is given.

    Raises InvalidProduction, which names the file and every mistake in it with its line and key.
    """
    path = SHOPS / f"{name}.toml" if name in shops() else Path(name)
    production = _read(path)
    if output_profile and production.output:
        production = replace(production, output=_own_output(output_profile, condition))
    return production


def _own_output(path: Path, condition: str) -> OutputIntent:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidProduction(path, f"the output profile cannot be read: {error.strerror}.") from None
    # ICC.1:2010 7.2: bytes 12 to 20 are the class and the colour space, 36 to 40 the signature
    if content[36:40] != b"acsp" or content[12:20] != b"prtrCMYK":
        raise InvalidProduction(path, "this is no ICC profile of a printing condition in CMYK.")
    if not condition:
        raise InvalidProduction(path, "the profile's printing condition is not named: set POSTILLION_OUTPUT_CONDITION, for example to FOGRA52.")
    return OutputIntent(condition, condition, hashlib.sha256(content).hexdigest(), str(path.resolve()))


def _read(path: Path) -> Production:
    if not path.is_file():
        raise InvalidProduction(path, f"there is no such print shop{did_you_mean(path.name, shops())} There are: {', '.join(shops())}, or name a TOML file.")
    try:
        source = path.read_text(encoding="utf-8")
        values = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        place = _PLACE.search(str(error))
        raise InvalidProduction(path, (int(place[1]) if place else None, f"this is no TOML: {_PLACE.sub('', str(error))}.")) from error
    mistakes: Mistakes = []
    if (paper := values.pop("paper", "A4")) != "A4":
        mistakes.append(("paper", f"'paper' is {paper!r}, but letters are set on A4 only: this print shop cannot be used yet."))
    if (output := values.pop("output", True)) is not True:
        if output is not False:
            mistakes.append(("output", f"'output' is {output!r}, but must be true or false: the profile is named by POSTILLION_OUTPUT_PROFILE."))
        values["output"] = None
    production: Production = _made(Production, {"slug": path.stem, **values}, "", mistakes)
    if mistakes:
        lines = _lines_of_keys(source)
        raise InvalidProduction(path, *sorted(((_line_of(key, lines), problem) for key, problem in mistakes), key=lambda one: one[0] or 0))
    return production


def _lines_of_keys(source: str) -> dict[str, int]:
    """On which line each key of a TOML file stands, tables with their name in front, as ``free_zones[0].box``."""
    found: dict[str, int] = {}
    table, counts = "", Counter[str]()
    for number, text in enumerate(source.splitlines(), 1):
        if match := _TABLE.match(text):
            table = match[2]
            if match[1] == "[[":
                counts[table] += 1
                table += f"[{counts[table] - 1}]"
            found.setdefault(table, number)
        elif match := _KEY.match(text):
            found.setdefault(f"{table}.{match[1]}" if table else match[1], number)
    return found


def _line_of(key: str, lines: Mapping[str, int]) -> int | None:
    """The line of a key, or of what it stands in: inline tables and lists are on one line mostly."""
    while key and key not in lines:
        key = key.rpartition("[" if key.endswith("]") else ".")[0]
    return lines.get(key)


def as_dict(production: Production) -> dict[str, Any]:
    """The production as JSON can hold it."""
    return asdict(production)


def from_dict(stored: Mapping[str, Any]) -> Production:
    """The way back from ``as_dict``; a print run from before there was any gives the defaults. Raises InvalidProduction."""
    mistakes: Mistakes = []
    production: Production = _made(Production, stored, "", mistakes)
    if mistakes:
        raise InvalidProduction(Path("the stored production"), *(problem for _, problem in mistakes))
    return production


def _made(kind: Any, value: Any, key: str, mistakes: Mistakes) -> Any:
    """``value`` as JSON or TOML hold it, as an instance of ``kind``; with a mistake noted it is nothing to go on with."""
    if get_origin(kind) is UnionType:
        inner = next(one for one in get_args(kind) if one is not type(None))
        return None if value is None else _made(inner, value, key, mistakes)
    if get_origin(kind) is tuple:
        if not isinstance(value, list | tuple):
            return mistakes.append((key, f"{key!r} is {value!r}, but must be a list."))
        return tuple(_made(get_args(kind)[0], one, f"{key}[{index}]", mistakes) for index, one in enumerate(value))
    if is_dataclass(kind):
        return _made_of_keys(kind, value, key, mistakes)
    return _member(kind, value, key, mistakes) if isinstance(kind, type) and issubclass(kind, StrEnum) else _checked(kind, value, key, mistakes)


def _made_of_keys(kind: Any, value: Any, key: str, mistakes: Mistakes) -> Any:
    prefix = f"{key}." if key else ""
    if not isinstance(value, Mapping):
        return mistakes.append((key, f"{key!r} is {value!r}, but must be a table."))
    known = [field.name for field in fields(kind)]
    for name in value:
        if name not in known:
            mistakes.append((prefix + name, f"there is no key {prefix + name!r}{did_you_mean(name, known)} Keys are: {', '.join(known)}."))
    hints = get_type_hints(kind)
    made = {name: _made(hints[name], one, prefix + name, mistakes) for name, one in value.items() if name in known}
    lacking = [field.name for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING and field.name not in made]
    if lacking:
        return mistakes.append((key, f"{key!r} lacks something: add {', '.join(map(repr, lacking))}."))
    return kind(**made)


def _member(kind: type[StrEnum], value: Any, key: str, mistakes: Mistakes) -> StrEnum | None:
    known = [str(member) for member in kind]
    if value in known:
        return kind(value)
    mistakes.append((key, f"{key!r} is {value!r}, but may only be one of: {', '.join(known)}."))
    return None


_WORDS = {bool: "true or false", int: "a whole number above 0", float: "a number of 0 or more", str: "a text"}


def _checked(kind: Any, value: Any, key: str, mistakes: Mistakes) -> Any:
    right = {
        bool: isinstance(value, bool),
        int: isinstance(value, int) and not isinstance(value, bool) and value > 0,
        float: isinstance(value, int | float) and not isinstance(value, bool) and value >= 0,
        str: isinstance(value, str),
    }[kind]
    if not right:
        return mistakes.append((key, f"{key!r} is {value!r}, but must be {_WORDS[kind]}."))
    return float(value) if kind is float else value
