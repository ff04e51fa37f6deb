"""How does a layout look? The numbers of its layout.toml, checked."""

import tomllib
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from layouts.din5008 import FORM_B, FORMS, Form
from layouts.errors import InvalidLayout, did_you_mean


class Letterhead(StrEnum):
    """The art at the head of page 1."""

    BAND = "band"
    """A band in the accent colour that carries the shop's name."""
    RULE = "rule"
    """The shop's name above a fine rule."""


@dataclass(frozen=True, slots=True)
class Cmyk:
    """A printing colour in percent of each ink."""

    cyan: float
    magenta: float
    yellow: float
    black: float


BLACK = Cmyk(0, 0, 0, 100)


@dataclass(frozen=True, slots=True)
class Style:
    """Everything about a layout's looks that is a number or a choice; defaults are those of a plain business letter."""

    title: str
    form: Form = FORM_B
    letterhead: Letterhead = Letterhead.RULE
    fold_marks: bool = True
    accent: Cmyk = BLACK
    tint: Cmyk = Cmyk(0, 0, 0, 6)
    body_pt: float = 10.5
    leading_pt: float = 14
    heading_pt: float = 13
    small_pt: float = 8.5
    value_pt: float = 36
    """The coupon's value; its box grows with it."""
    cart_rows: int = 8
    """Articles of a cart that have a row; a longer list would push the rest of the letter off page 1."""
    qr_code_size: float = 20
    objection_code_size: float = 15


_LIMITS = {
    "body_pt": (10, 14, "DIN 5008 wants 10 pt or more"),
    "leading_pt": (12, 20, "lines of a letter"),
    "heading_pt": (10, 28, "a heading"),
    "small_pt": (7, 10, "small print must stay readable"),
    "value_pt": (28, 64, "a coupon that leaves room for its code"),
    "cart_rows": (3, 20, "a list that still leaves room for a letter"),
    "qr_code_size": (16, 40, "phones read 16 mm or more safely"),
    "objection_code_size": (13, 20, "phones read 13 mm or more"),
}
_WHOLE = ("cart_rows",)
_COLOURS = ("accent", "tint")


def read(path: Path) -> Style:
    """The style in ``path`` (layout.toml); raises InvalidLayout with the key and what it may hold."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidLayout(path, f"this is no TOML: {error}.") from error
    known = [field.name for field in fields(Style)]
    for key in values:
        if key not in known:
            raise InvalidLayout(path, f"there is no key {key!r}{did_you_mean(key, known)} Keys are: {', '.join(known)}.")
    if not isinstance(values.get("title"), str) or not values["title"].strip():
        raise InvalidLayout(path, "the key 'title' is missing: give the layout a name that marketers recognise.")
    return Style(**{key: _checked(path, key, value) for key, value in values.items()})


def _checked(path: Path, key: str, value: Any) -> Any:
    if key in _LIMITS:
        return _whole(path, key, value) if key in _WHOLE else _number(path, key, value)
    if key in _COLOURS:
        return _colour(path, key, value)
    choices: dict[str, dict[Any, Any]] = {
        "form": FORMS,
        "letterhead": {str(member): member for member in Letterhead},
        "fold_marks": {True: True, False: False},
    }
    if key not in choices:
        return value
    if not isinstance(value, str | bool) or value not in choices[key]:
        allowed = ", ".join(str(choice).lower() if isinstance(choice, bool) else repr(choice) for choice in choices[key])
        raise InvalidLayout(path, f"{key!r} is {value!r}, but may only be one of: {allowed}.")
    return choices[key][value]


def _number(path: Path, key: str, value: Any) -> float:
    low, high, reason = _LIMITS[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InvalidLayout(path, f"{key!r} is {value!r}, but must be a number from {low} to {high}: {reason}.")
    return float(value)


def _whole(path: Path, key: str, value: Any) -> int:
    if _number(path, key, value) % 1:
        raise InvalidLayout(path, f"{key!r} is {value!r}, but must be a whole number.")
    return int(value)


def _colour(path: Path, key: str, value: Any) -> Cmyk:
    wrong = (
        not isinstance(value, list) or len(value) != 4 or any(isinstance(ink, bool) or not isinstance(ink, int | float) or not 0 <= ink <= 100 for ink in value)
    )
    if wrong or sum(value) > 300:
        raise InvalidLayout(path, f"{key!r} is {value!r}, but must be four percentages [cyan, magenta, yellow, black] that add up to 300 at most.")
    return Cmyk(*value)
