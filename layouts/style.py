"""How does a layout look? The keys of its layout.toml, checked."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from layouts.din5008 import FORM_B, FORMS, PAGE_WIDTH, Box, Form
from layouts.errors import InvalidLayout, did_you_mean


class Font(StrEnum):
    """A family of typefaces."""

    SANS = "sans"
    SERIF = "serif"


class Letterhead(StrEnum):
    """The art at the head of page 1."""

    BAND = "band"
    """A band in the accent colour that carries the shop's name."""
    RULE = "rule"
    """The shop's name above a fine rule."""
    STRIPE = "stripe"
    """A slim stripe of the accent colour at the edge, and the name in that colour below it."""
    CENTRED = "centred"
    """The shop's name in the middle between two fine rules."""
    NONE = "none"
    """Nothing: the stationery carries it."""


class CouponLook(StrEnum):
    """How a coupon is drawn."""

    STUB = "stub"
    """The value on the accent colour, a perforation, the code on the tint."""
    TICKET = "ticket"
    """An outline to cut out, the value in the accent colour."""
    BANNER = "banner"
    """As wide as the letterhead's band: a large value on the accent colour, the code on a white label."""
    STEPS = "steps"
    """Steps that rise in the accent colour, the value on the highest: for offers that grow from letter to letter."""


@dataclass(frozen=True, slots=True)
class Cmyk:
    """A printing colour in percent of each ink."""

    cyan: float
    magenta: float
    yellow: float
    black: float

    def lighter(self, part: float) -> "Cmyk":
        """The same hue with that part (0 to 1) of the inks."""
        return Cmyk(*(round(ink * part, 1) for ink in (self.cyan, self.magenta, self.yellow, self.black)))


BLACK = Cmyk(0, 0, 0, 100)


@dataclass(frozen=True, slots=True)
class Style:
    """Everything about a layout's looks that is a number, a choice or a file; defaults are those of a plain business letter."""

    title: str
    form: Form = FORM_B
    font: Font = Font.SANS
    heading_font: Font = Font.SANS
    """Of the sender's name, the headings and the coupon's value."""
    letterhead: Letterhead = Letterhead.RULE
    logo: str = ""
    logo_height: float = 14
    signature: str = ""
    signature_height: float = 14
    stationery: str = ""
    """A PDF below everything: its first page on the first sheet, its second on all others."""
    fold_marks: bool = True
    accent: Cmyk = BLACK
    tint: Cmyk = Cmyk(0, 0, 0, 6)
    left: float = 25
    right: float = 20
    bottom: float = 9
    """From the lower edge of the sheet to the footer."""
    following_top: float = 25
    """White above the text of following pages."""
    body_pt: float = 10.5
    leading_pt: float = 14
    heading_pt: float = 13
    small_pt: float = 8.5
    coupon: CouponLook = CouponLook.STUB
    value_pt: float = 36
    """The coupon's value; its box grows with it."""
    cart_rows: int = 8
    """Articles of a cart that have a row; a longer list would push the rest of the letter off page 1."""
    qr_code_size: float = 20
    objection_code_size: float = 16

    @property
    def page_form(self) -> Form:
        """The form with this layout's margins."""
        body = self.form.body
        return replace(self.form, body=Box(self.left, body.y, PAGE_WIDTH - self.left - self.right, body.height))

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the files that it prints."""
        return tuple(name for name in (self.logo, self.signature, self.stationery) if name)


_LIMITS = {
    "logo_height": (6, 25, "a logo that leaves the address its room"),
    "signature_height": (8, 30, "a signature that still looks written"),
    "left": (20, 40, "DIN 5008 wants 25, punched holes need 20"),
    "right": (10, 40, "DIN 5008 wants 20, and 10 at the least"),
    "bottom": (9, 60, "printers and letter services keep the edges free"),
    "following_top": (15, 90, "letter services keep the edges free"),
    "body_pt": (10, 14, "DIN 5008 wants 10 pt or more"),
    "leading_pt": (12, 20, "lines of a letter"),
    "heading_pt": (10, 28, "a heading"),
    "small_pt": (7, 10, "small print must stay readable"),
    "value_pt": (28, 72, "a coupon that leaves room for its code"),
    "cart_rows": (3, 20, "a list that still leaves room for a letter"),
    "qr_code_size": (16, 40, "phones read 16 mm or more safely"),
    "objection_code_size": (13, 20, "phones read 13 mm or more, 16 safely"),
}
_WHOLE = ("cart_rows",)
_COLOURS = ("accent", "tint")
_FILES = {"logo": (".png", ".jpg", ".jpeg", ".pdf"), "signature": (".png",), "stationery": (".pdf",)}
MOST_BYTES = 20_000_000
"""Of one file: a page of pictures at 300 dpi takes less, and every print file carries it."""
_CHOICES: dict[str, Mapping[Any, Any]] = {
    "form": FORMS,
    "font": {str(member): member for member in Font},
    "heading_font": {str(member): member for member in Font},
    "letterhead": {str(member): member for member in Letterhead},
    "coupon": {str(member): member for member in CouponLook},
    "fold_marks": {True: True, False: False},
}
_PLACE = re.compile(r"\s*\(at line (\d+), column (\d+)\)")


def read(path: Path) -> Style:
    """The style in ``path`` (layout.toml); raises InvalidLayout with line, key and what it may hold."""
    return _Toml(path).style()


def mistakes(path: Path) -> list[InvalidLayout]:
    """Everything that is wrong with a layout.toml: one mistake for each key, or the one that keeps it from being read at all."""
    try:
        return list(_Toml(path).mistakes())
    except InvalidLayout as error:
        return [error]


class _Toml:
    """One layout.toml on its way to a style."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._source = path.read_text(encoding="utf-8")
            self._values = tomllib.loads(self._source)
        except tomllib.TOMLDecodeError as error:
            found = _PLACE.search(str(error))
            line, column = (int(number) for number in found.groups()) if found else (len(self._source.splitlines()), None)
            raise InvalidLayout(path, f"this is no TOML: {_PLACE.sub('', str(error))}.", line, column) from error
        except UnicodeDecodeError as error:
            raise InvalidLayout(path, f"this is no TOML: {error}.") from error

    def style(self) -> Style:
        for mistake in self.mistakes():
            raise mistake
        return Style(**{key: self._checked(key, value) for key, value in self._values.items()})

    def mistakes(self) -> Iterator[InvalidLayout]:
        known = [field.name for field in fields(Style)]
        title = self._values.get("title")
        if not isinstance(title, str) or not title.strip():
            yield self._wrong("title", "the key 'title' is missing: give the layout a name that marketers recognise.")
        for key, value in self._values.items():
            if key not in known:
                yield self._wrong(key, f"there is no key {key!r}{did_you_mean(key, known)} Keys are: {', '.join(known)}.")
                continue
            try:
                self._checked(key, value)
            except InvalidLayout as error:
                yield error

    def _wrong(self, key: str, problem: str) -> InvalidLayout:
        """The error with the line on which ``key`` stands."""
        here = re.compile(rf'\s*\[*\s*["\']?{re.escape(key)}["\']?\s*[=\].]')
        line = next((number for number, text in enumerate(self._source.splitlines(), 1) if here.match(text)), None)
        return InvalidLayout(self._path, problem, line)

    def _checked(self, key: str, value: Any) -> Any:
        if key in _LIMITS:
            return self._whole(key, value) if key in _WHOLE else self._number(key, value)
        if key in _COLOURS:
            return self._colour(key, value)
        if key in _FILES:
            return self._file(key, value)
        return self._choice(key, value) if key in _CHOICES else value

    def _choice(self, key: str, value: Any) -> Any:
        choices = _CHOICES[key]
        if not isinstance(value, str | bool) or value not in choices:
            allowed = ", ".join(str(choice).lower() if isinstance(choice, bool) else repr(choice) for choice in choices)
            raise self._wrong(key, f"{key!r} is {value!r}, but may only be one of: {allowed}.")
        return choices[value]

    def _number(self, key: str, value: Any) -> float:
        low, high, reason = _LIMITS[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self._wrong(key, f"{key!r} is {value!r}, but must be a number from {low} to {high}: {reason}.")
        return float(value)

    def _whole(self, key: str, value: Any) -> int:
        if self._number(key, value) % 1:
            raise self._wrong(key, f"{key!r} is {value!r}, but must be a whole number.")
        return int(value)

    def _colour(self, key: str, value: Any) -> Cmyk:
        inks = value if isinstance(value, list) and len(value) == 4 else []
        if not inks or any(isinstance(ink, bool) or not isinstance(ink, int | float) or not 0 <= ink <= 100 for ink in inks) or sum(inks) > 300:
            raise self._wrong(key, f"{key!r} is {value!r}, but must be four percentages [cyan, magenta, yellow, black] that add up to 300 at most.")
        return Cmyk(*inks)

    def _file(self, key: str, value: Any) -> str:
        if not isinstance(value, str):
            raise self._wrong(key, f"{key!r} is {value!r}, but must be the name of a file in this folder.")
        if not value:
            return value
        file = self._path.parent / value
        if Path(value).name != value or not file.resolve().is_relative_to(self._path.parent.resolve()):
            raise self._wrong(key, f"{key!r} is {value!r}, but must lie in the layout's own folder: give the file's name only.")
        if file.suffix.lower() not in _FILES[key]:
            raise self._wrong(key, f"{key!r} is {value!r}, but must be a file that ends with {' or '.join(_FILES[key])}.")
        if not file.is_file():
            raise self._wrong(key, f"{key!r} names {value!r}, but there is no such file in {self._path.parent}.")
        if (size := file.stat().st_size) > MOST_BYTES:
            raise self._wrong(key, f"{value!r} has {size / 1e6:.0f} MB, but every print file carries it: {MOST_BYTES / 1e6:.0f} MB at most.")
        return value
