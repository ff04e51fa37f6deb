"""Which inks does a page use, and for what?

Two readers: a quick one that lists a page's operators and colours (40 µs), and a thorough one that follows the drawing as a RIP
does. 2,000 letters are drawn in a few dozen ways only, so the thorough one is asked once for each way (letters.preflight.structure).
"""

import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import hypot

import pikepdf

from letters.preflight.findings import Code
from letters.preflight.unpacking import MOST_DRAWING, unpacked

Tell = Callable[[Code, str], None]

WORDS = frozenset({b"Tj", b"TJ", b"'", b'"'})
PAINTS = WORDS | frozenset({b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"S", b"s", b"sh", b"Do", b"BI"})
"""Operators that leave something on the paper."""
_STRING = re.compile(rb"\((?:[^()\\]++|\\.)*+\)", re.DOTALL)
_BARE = bytes(32 if char in b"[]<>" else char for char in range(256))
_DIGITS = b"0123456789.+-"
_BEFORE_K = re.compile(rb"\s[kK](?=\s|$)")
_BEFORE_DO = re.compile(rb"/([^\s/\[\]<>()]+)\s+Do\b")
_INLINE = re.compile(rb"\bID\s.*?(?:\sEI(?=\s|$)|\Z)", re.DOTALL)
_CLOSED = b"))"
"""Ends a string that nobody ended, even behind a backslash: else each of a million of them would be looked for to the end of the stream."""
_LONGEST = 60
"""Bytes that four numbers before ``k`` take at the most."""
_SETTINGS = {b"g": 1, b"G": 1, b"rg": 3, b"RG": 3, b"cs": 1, b"CS": 1, b"sc": 4, b"SC": 4, b"scn": 4, b"SCN": 4, b"Tr": 1, b"gs": 1}
"""What else changes colours or hides words, and how many values it takes; our own pages have none of it."""
_BEFORE_SETTING = re.compile(rb"\s(?:g|G|rg|RG|cs|CS|scn?|SCN?|Tr|gs)(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Glance:
    """What a content stream uses; equal glances draw with the same inks and the same kinds of marks."""

    operators: frozenset[bytes]
    colours: frozenset[bytes]
    """Like ``0 0 0 1 k``; with what else the stream sets (``3 Tr``)."""
    forms: frozenset[bytes] = frozenset()
    """Names of the forms and pictures that it draws."""

    @property
    def is_blank(self) -> bool:
        """Whether nothing is left on the paper."""
        return not self.operators & PAINTS

    @property
    def is_written(self) -> bool:
        """Whether the stream itself holds words; those of the forms that it draws do not count."""
        return bool(self.operators & WORDS)


UNSEEN = Glance(frozenset(), frozenset())
"""Of a page that cannot be followed."""


def glance(stream: bytes) -> Glance:
    """The operators and the CMYK colours of a content stream."""
    bare = _STRING.sub(b" ", (_INLINE.sub(b"ID EI", stream) if b"EI" in stream else stream) + _CLOSED)
    if b"(" in bare or bare.find(b")") != len(bare) - len(_CLOSED):  # strings within strings, as we never write them, or one without an end
        return _slow_glance(stream)
    bare = bare[: -len(_CLOSED)]
    operators = frozenset(bare.translate(_BARE, _DIGITS).split())
    colours = set()
    if b"k" in operators or b"K" in operators:
        for found in _BEFORE_K.finditer(bare):
            colours.add(b" ".join(bare[max(0, found.start() - _LONGEST) : found.end()].split()[-5:]))
    if not _SETTINGS.keys().isdisjoint(operators):
        for found in _BEFORE_SETTING.finditer(bare):
            values = bare[max(0, found.start() - _LONGEST) : found.end()].split()
            colours.add(b" ".join(values[-1 - _SETTINGS[values[-1]] :]))
    return Glance(operators, frozenset(colours), frozenset(_BEFORE_DO.findall(bare)) if b"Do" in operators else frozenset())


def _slow_glance(stream: bytes) -> Glance:
    with pikepdf.new() as scratch, warnings.catch_warnings():
        warnings.simplefilter("error")  # pikepdf only warns of a drawing that ends in the middle
        found = pikepdf.parse_content_stream(scratch.make_stream(stream))
    operators = frozenset(str(one.operator).encode() for one in found)
    forms = frozenset(str(one.operands[0])[1:].encode() for one in found if str(one.operator) == "Do" and len(one.operands))
    colours = {" ".join([*map(str, one.operands), name]).encode() for one in found if (name := str(one.operator)) in ("k", "K") or name.encode() in _SETTINGS}
    return Glance(operators, frozenset(colours), forms)


Matrix = tuple[float, float, float, float, float, float]
_PLAIN: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class Ink:
    """A colour: its space and the share of each ink from 0 to 1."""

    space: str
    shares: tuple[float, ...] = ()

    @property
    def total(self) -> float:
        """Percent of ink on the paper."""
        return 100 * sum(self.shares) if self.space == "CMYK" else 0.0

    @property
    def is_black_alone(self) -> bool:
        """Whether no other ink than black is in it."""
        return self.space == "Gray" or (self.space == "CMYK" and not any(self.shares[:3]))

    @property
    def is_mixed_black(self) -> bool:
        """Whether it is a black that other inks are printed under: letters get coloured edges where the plates are off by a hair."""
        return self.space == "CMYK" and self.shares[3] >= 0.8 and any(self.shares[:3])

    def __str__(self) -> str:
        return f"{self.space} {' '.join(f'{share:g}' for share in self.shares)}".strip()


_BLACK = Ink("Gray", (0.0,))


@dataclass(frozen=True, slots=True)
class _State:
    fill: Ink = _BLACK
    stroke: Ink = _BLACK
    mode: int = 0
    matrix: Matrix = _PLAIN


_SHOWS_TEXT = frozenset({"Tj", "TJ", "'", '"'})
_FILLS = frozenset({"f", "F", "f*", "B", "B*", "b", "b*"})
_STROKES = frozenset({"S", "s", "B", "B*", "b", "b*"})
_ENDS_PATH = _FILLS | _STROKES | {"n"}
_SPACES = {"/DeviceRGB": "RGB", "/DeviceCMYK": "CMYK", "/DeviceGray": "Gray", "/CalRGB": "RGB", "/CalGray": "Gray", "/Lab": "Lab", "/Pattern": "Pattern"}
_CODE_PARTS = 40
"""Rectangles in one path: what has more is a QR code, or as fine as one."""
_MOST_INK = 300
"""Percent of all inks together that paper takes (print facts 2.1)."""
_FINE_DPI = 200
"""Print shops want 250 to 300 in pictures (print facts 1.6); below this one sees it."""
_DEEPEST = 12
"""Forms within forms; deeper ones draw themselves, or somebody plays with us."""
_MOST_DRAWN = 20_000
"""Forms that one thing may draw, each counted as often as it is drawn: ten within ten, six times over, keep a press busy for days."""


def space_of(colour_space: object) -> str:
    """What a colour space of a PDF comes to: Gray, CMYK, RGB, Lab, Separation, Pattern."""
    found = colour_space
    if isinstance(found, pikepdf.Array) and len(found):
        kind = str(found[0])
        if kind == "/ICCBased":
            return {1: "Gray", 3: "RGB", 4: "CMYK"}.get(int(found[1].get("/N", 0)), "unknown")
        if kind in ("/Indexed", "/I") or (kind == "/Pattern" and len(found) > 1):
            return space_of(found[1])
        if kind in ("/Separation", "/DeviceN"):
            return "RGB" if space_of(found[2]) in ("RGB", "Lab") else "Separation"
        return _SPACES.get(kind, kind.strip("/"))
    return _SPACES.get(str(found), {"/RGB": "RGB", "/CMYK": "CMYK", "/G": "Gray"}.get(str(found), str(found).strip("/")))


class Reader:
    """Follows the drawing of a page and tells what a print shop would turn down."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._forms: set[object] = set()
        """Forms that were read already, each with the colours that it was called with."""
        self._drawn: dict[object, int] = {}
        """How many forms each form draws, itself among them; 0 while it is being read."""

    def read(self, page: pikepdf.Object) -> None:
        """Read a page and the forms that it draws."""
        self._read(page, _resources(page), _State(), 0)

    def _read(self, drawn: pikepdf.Object, resources: pikepdf.Object, state: _State, depth: int) -> None:  # noqa: C901 (one branch for each kind of operator)
        stack: list[_State] = []
        parts = 0
        if depth:
            self._drawn[drawn.objgen] = 0
        count = 1
        if depth:
            unpacked(drawn, MOST_DRAWING)
        for instruction in pikepdf.parse_content_stream(pikepdf.Page(drawn) if depth == 0 else drawn):
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                self._picture(instruction.iimage.obj, resources, state)
                continue
            name, operands = str(instruction.operator), instruction.operands
            if name == "q":
                stack.append(state)
            elif name == "Q":
                state = stack.pop() if stack else state
            elif name == "re" or name == "m":
                parts += 1
            elif name in _SHOWS_TEXT:
                self._text(state)
            elif name in _ENDS_PATH:
                self._path(name, parts, state, depth)
                parts = 0
            elif name == "Do":
                count += self._draw(str(operands[0]), resources, state, depth)
                if count > _MOST_DRAWN:
                    raise ValueError("forms draw forms so often that nobody can wait for it")
            elif name == "sh":
                self._shading(_of(resources, "/Shading", str(operands[0])))
            elif name == "Tf":
                self._font(_of(resources, "/Font", str(operands[0])), resources, state, depth)
            else:
                state = _changed(state, name, operands, resources)
                if name in ("scn", "SCN") and len(operands) and isinstance(operands[-1], pikepdf.Name):
                    count += self._form(_of(resources, "/Pattern", str(operands[-1])), resources, state, depth)
        if depth:
            self._drawn[drawn.objgen] = count

    def _font(self, font: pikepdf.Object | None, resources: pikepdf.Object, state: _State, depth: int) -> None:
        """The letters of a font that are drawings themselves."""
        if font is not None and str(font.get("/Subtype")) == "/Type3":
            for _, drawing in font.get("/CharProcs", pikepdf.Dictionary()).items():
                self._form(drawing, font.get("/Resources", resources), state, depth)

    def _text(self, state: _State) -> None:
        if state.mode in (3, 7):
            self._tell(Code.HIDDEN, "There is text that nobody sees (rendering mode 3 or 7): print it, or take it out.")
            return
        ink = state.fill if state.mode in (0, 2, 4, 6) else state.stroke
        self._judge(ink)
        if ink.is_mixed_black:
            self._tell(Code.MIXED_BLACK, f"Text is set in {ink}: set it in black alone (0 0 0 1), or it gets coloured edges on the press.")

    def _path(self, name: str, parts: int, state: _State, depth: int) -> None:
        if name in _FILLS:
            self._judge(state.fill)
            if parts > _CODE_PARTS and depth == 0 and state.fill not in (Ink("CMYK", (0.0, 0.0, 0.0, 1.0)), _BLACK):
                self._tell(Code.CODE_NOT_BLACK, f"A QR code is drawn in {state.fill}: phones read it safely in black alone (0 0 0 1) only.")
        if name in _STROKES:
            self._judge(state.stroke)

    def _judge(self, ink: Ink) -> None:
        if ink.space in ("RGB", "Lab"):
            self._tell(Code.RGB_COLOUR, f"Something is drawn in {ink}: give its colour in CMYK, for nobody knows else what the press makes of it.")
        elif ink.total > _MOST_INK + 0.5:
            self._tell(Code.TOO_MUCH_INK, f"The colour {ink} lays {ink.total:.0f} % of ink on the paper, more than {_MOST_INK} %: it would not dry.")

    def _shading(self, shading: object) -> None:
        if isinstance(shading, pikepdf.Object) and (space := space_of(shading.get("/ColorSpace"))) in ("RGB", "Lab"):
            self._judge(Ink(space))

    def _draw(self, name: str, resources: pikepdf.Object, state: _State, depth: int) -> int:
        """Look at what ``Do`` draws; gives the number of forms."""
        drawn = _of(resources, "/XObject", name)
        if drawn is not None and str(drawn.get("/Subtype")) == "/Image":
            self._picture(drawn, resources, state)
            return 1
        return self._form(drawn, resources, state, depth)

    def _form(self, drawn: pikepdf.Object | None, resources: pikepdf.Object, state: _State, depth: int) -> int:
        """Read a form, a pattern or a drawn letter; raises ValueError for one that draws itself."""
        if not isinstance(drawn, pikepdf.Stream):
            return 0
        if depth >= _DEEPEST or self._drawn.get(drawn.objgen) == 0:
            raise ValueError("a form draws itself, or too many lie within each other")
        key = drawn.objgen, state.fill, state.stroke
        if key not in self._forms:
            self._forms.add(key)
            self._read(drawn, drawn.get("/Resources", resources), replace(state, matrix=_times(_matrix(drawn.get("/Matrix")), state.matrix)), depth + 1)
        return self._drawn[drawn.objgen]

    def _picture(self, picture: pikepdf.Object, resources: pikepdf.Object, state: _State) -> None:
        space = picture.get("/ColorSpace", picture.get("/CS"))
        named = _of(resources, "/ColorSpace", str(space)) if isinstance(space, pikepdf.Name) else None
        if bool(picture.get("/ImageMask", picture.get("/IM", False))):
            self._judge(state.fill)
        elif space is not None and (kind := space_of(named if named is not None else space)) in ("RGB", "Lab"):
            self._tell(Code.RGB_COLOUR, f"A picture is in {kind}: convert it to CMYK with the print shop's profile.")
        elif space is None and "/JPXDecode" in str(picture.get("/Filter")):
            self._tell(Code.RGB_COLOUR, "A picture is JPEG 2000 that does not say in which inks: save it as CMYK in JPEG or ZIP.")
        wide, high = int(picture.get("/Width", picture.get("/W", 0))), int(picture.get("/Height", picture.get("/H", 0)))
        a, b, c, d, _, _ = state.matrix
        across, down = hypot(a, b) / 72, hypot(c, d) / 72
        if across > 0 and down > 0 and (dpi := min(wide / across, high / down)) < _FINE_DPI:
            self._tell(Code.COARSE_PICTURE, f"A picture of {wide} × {high} pixels comes to {dpi:.0f} dpi at its size: print shops want 250 to 300.")


_DEVICE = {"k": "CMYK", "g": "Gray", "rg": "RGB"}


def _changed(state: _State, name: str, operands: Iterable[object], resources: pikepdf.Object) -> _State:
    """The state after an operator that draws nothing."""
    numbers = tuple(float(one) for one in operands if isinstance(one, int | float | Decimal))
    if name == "cm" and len(numbers) == 6:
        return replace(state, matrix=_times(numbers, state.matrix))
    if name == "Tr" and numbers:
        return replace(state, mode=int(numbers[0]))
    small = name.lower()
    before = state.fill if name == small else state.stroke
    if small in _DEVICE:
        ink = Ink(_DEVICE[small], numbers)
    elif small == "cs":
        ink = _named(str(next(iter(operands), "")), resources)
    elif small in ("sc", "scn"):
        ink = Ink(before.space, numbers)
    else:
        return state
    return replace(state, fill=ink) if name == small else replace(state, stroke=ink)


def _named(name: str, resources: pikepdf.Object) -> Ink:
    found = _of(resources, "/ColorSpace", name)
    space = space_of(found if found is not None else pikepdf.Name(name))
    return Ink(space, {"CMYK": (0.0, 0.0, 0.0, 1.0), "RGB": (0.0, 0.0, 0.0), "Gray": (0.0,)}.get(space, ()))


def _resources(page: pikepdf.Object) -> pikepdf.Object:
    found: pikepdf.Object = pikepdf.Page(page).resources
    return found


def _of(resources: pikepdf.Object, kind: str, name: str) -> pikepdf.Object | None:
    group = resources.get(kind)
    found: pikepdf.Object | None = group.get(name) if isinstance(group, pikepdf.Dictionary) else None
    return found


def _matrix(values: object) -> Matrix:
    """A form's own matrix; the plain one if it has none."""
    match [float(value) for value in values] if isinstance(values, pikepdf.Array) else []:
        case [a, b, c, d, e, f]:
            return a, b, c, d, e, f
    return _PLAIN


def _times(first: Sequence[float], then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u
